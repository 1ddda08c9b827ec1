import {
  collateralWhenRising,
  healthOf,
  holdingsOf,
  type Market,
  openMarket,
  oracleUp,
  presets,
  stableWhenFalling,
} from "../exact/crvusd/index.js";
import { divDown, mulDivDown } from "../exact/rounding.js";
import { WAD } from "../exact/scales.js";
import { check, type Expectation, type ValidationCase } from "./case.js";
import {
  activeBandOf,
  BORROWER,
  type BorrowerState,
  bandsOf,
  borrowersOf,
  parametersOf,
  type RecordedBorrower,
  rebuilt,
  stateOf,
  wadOf,
} from "./crvusd-borrowers.js";
import { type CrvusdRecord, crvusdRecords } from "./crvusd-record.js";
import { rows } from "./rows.js";

const RECORD = "xenophonlabs/crvUSDrisk 7d17fa7, block 19122585";

/** How far our LLAMMA is from what was recorded of one market. */
export interface CrvusdErrors {
  /** The preset's name. */
  readonly name: string;
  readonly borrowers: Readonly<Record<BorrowerState, number>>;
  /** Largest relative difference of a band's upper oracle price. */
  readonly bandPrice: number;
  /** Relative difference of the price of band 0 that the even borrowers imply from the one between the two recorded moments. */
  readonly basePrice: number;
  /** Even borrowers whose health is met within the roundings of what is recorded. */
  readonly evenMet: number;
  /** Largest absolute difference of a health. */
  readonly health: Readonly<Record<BorrowerState, number>>;
  /** Largest relative difference of the collateral on the way up, of borrowers in conversion or through it. */
  readonly collateralUp: number;
  /** Largest difference of a sum of stablecoin or collateral, in units of 1e-18. */
  readonly sums: number;
}

interface Compared {
  readonly borrower: RecordedBorrower;
  readonly market: Market;
  readonly state: BorrowerState;
  /** Ours less the recorded one, wad. */
  readonly off: bigint;
}

/** The errors of one market. */
export function crvusdErrors(record: CrvusdRecord): CrvusdErrors {
  const borrowers = borrowersOf(record);
  const active = activeBandOf(record, borrowers);
  const basePrice = impliedBasePrice(record, borrowers, active);
  const compared = borrowers.map((borrower): Compared => {
    const market = rebuilt(record, borrower, active, basePrice);
    return { borrower, market, state: stateOf(borrower), off: healthOff(record, borrower, active, basePrice) };
  });
  const of = (state: BorrowerState) => compared.filter((one) => one.state === state);
  const states = ["even", "dust", "worn", "converting", "converted"] as const;
  const byState = (value: (state: BorrowerState) => number) =>
    Object.fromEntries(states.map((state) => [state, value(state)])) as Record<BorrowerState, number>;
  return {
    name: record.name,
    borrowers: byState((state) => of(state).length),
    bandPrice: bandPriceError(record),
    basePrice: ratio(basePrice - interpolatedBasePrice(record), basePrice),
    evenMet: of("even").filter((one) => magnitude(one.off) <= roundings(one)).length,
    health: byState((state) => largest(of(state).map(({ off }) => Number(off) / 1e18))),
    collateralUp: largest([...of("converting"), ...of("converted")].map(collateralUpError)),
    sums: largest(compared.flatMap(sumErrors)),
  };
}

/**
 * Price of band 0 when the borrowers were recorded, wad: no record has it, so it is the median of what the even borrowers' healths imply. One number fitted to
 * each market; a health depends on it in proportion, so two rounds find it to the last unit.
 */
export function impliedBasePrice(record: CrvusdRecord, borrowers: readonly RecordedBorrower[], active: number): bigint {
  const even = borrowers.filter((borrower) => stateOf(borrower) === "even");
  let basePrice = wadOf(record.bandBasePrice);
  for (let round = 0; round < 3; round++) {
    const implied = even.map((borrower) => {
      const market = rebuilt(record, borrower, active, basePrice);
      const value = stableWhenFalling(market, BORROWER) * (WAD - market.parameters.liquidationDiscount);
      return divDown(basePrice * (borrower.health + WAD) * borrower.debt, value);
    });
    implied.sort((a, b) => (a < b ? -1 : 1));
    basePrice = implied[implied.length >> 1];
  }
  return basePrice;
}

/** Between the price of band 0 recorded 20 hours before and the last saved rate multiplier, which is of up to three hours after, in a line; wad. */
function interpolatedBasePrice(record: CrvusdRecord): bigint {
  const preset = presets.find((one) => one.name === record.name);
  const before = wadOf(record.bandBasePrice);
  const after = mulDivDown(preset?.parameters.basePrice ?? 0n, wadOf(record.rateMultiplier), WAD);
  const [part, whole] = [record.borrowerTime - record.bandTime, record.marketTime - record.bandTime];
  return before + mulDivDown(after - before, BigInt(part), BigInt(whole));
}

/** Our health less the recorded one. The recorded collateral is cut to the token's unit: where one unit more meets the health better, that counts. */
function healthOff(record: CrvusdRecord, borrower: RecordedBorrower, active: number, basePrice: bigint): bigint {
  const off = (more: bigint) => {
    const market = rebuilt(record, { ...borrower, collateral: borrower.collateral + more }, active, basePrice);
    const discount = market.parameters.liquidationDiscount;
    return healthOf(market, BORROWER, borrower.debt, discount, "inner") - borrower.health;
  };
  const [asRecorded, oneMore] = [off(0n), off(parametersOf(record, basePrice).collateralPrecision)];
  return magnitude(oneMore) < magnitude(asRecorded) ? oneMore : asRecorded;
}

/**
 * What two units of 1e-18 of collateral a band are worth in the health (shares and holdings both round down), and ten units of health for the divisions and the
 * fitted price, wad.
 */
function roundings({ borrower, market }: Compared): bigint {
  const bands = BigInt(borrower.lastBand - borrower.firstBand + 1);
  return divDown(2n * bands * oracleUp(market, borrower.firstBand), borrower.debt) + 10n;
}

function bandPriceError(record: CrvusdRecord): number {
  const basePrice = wadOf(record.bandBasePrice);
  const market = openMarket(parametersOf(record, basePrice), basePrice, 0n, 0n);
  return largest(bandsOf(record).map(({ band, upper }) => ratio(oracleUp(market, band) - upper, upper)));
}

function collateralUpError({ borrower, market }: Compared): number {
  const found = collateralWhenRising(market, BORROWER) * market.parameters.collateralPrecision;
  return ratio(found - borrower.collateralUp, borrower.collateralUp);
}

function sumErrors({ borrower, market }: Compared): number[] {
  const { stable, collateral } = holdingsOf(market, BORROWER);
  const { stablePrecision, collateralPrecision } = market.parameters;
  return [
    Number(stable * stablePrecision - borrower.stable),
    Number(collateral * collateralPrecision - borrower.collateral),
  ];
}

const magnitude = (value: bigint) => (value < 0n ? -value : value);
const largest = (values: readonly number[]) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
/** A quotient of wads as a number, good to 18 decimals. */
const ratio = (part: bigint, whole: bigint) => Number(mulDivDown(part, WAD, whole)) / 1e18;

/** Largest difference of health that an even borrower may have: all of it roundings of what is recorded, which weigh most on the smallest position. */
const evenTolerance: Readonly<Record<string, number>> = {
  "mainnet-weth": 2e-12,
  "mainnet-wsteth": 1e-12,
  "mainnet-wbtc": 2e-12,
  "mainnet-sfrxeth": 1e-12,
  "mainnet-tbtc": 1e-15,
};

/** Five crvUSD markets and all their borrowers of 30 January 2024, through our LLAMMA under the rules of that time. */
export function crvusdCases(): ValidationCase[] {
  return crvusdRecords.flatMap((record) => marketCases(crvusdErrors(record)));
}

/** A health that may be off, and why. */
interface HealthCase {
  readonly state: BorrowerState;
  readonly what: string;
  readonly tolerance: number;
}

function marketCases(errors: CrvusdErrors): ValidationCase[] {
  const market = errors.name.replace("mainnet-", "");
  const { borrowers, health } = errors;
  const about = (id: string, unit: string, what: string, tolerance: number, expected = 0): Expectation => ({
    id: `crvusd-2024-01-30/${market}-${id}`,
    source: `${RECORD}: ${what}`,
    tag: "S",
    unit,
    expected,
    tolerance,
    row: rows.crvusd,
  });
  const healthCases: readonly HealthCase[] = [
    { state: "even", what: "never in conversion", tolerance: evenTolerance[errors.name] ?? 0 },
    { state: "dust", what: "never in conversion, below 1e-6 collateral, two in WETH unexplained", tolerance: 1e-3 },
    { state: "worn", what: "back from conversion, single bands not recorded and taken as even", tolerance: 3e-3 },
    { state: "converted", what: "wholly converted", tolerance: 1e-18 },
    {
      state: "converting",
      what: "in conversion, single bands not recorded, oracle of three hours later",
      tolerance: 2.5e-3,
    },
  ];
  const relative = "largest relative difference";
  const half = borrowers.converting + borrowers.converted;
  return [
    check(about("band-price", relative, "recorded without the contract's own rounding", 6e-12), errors.bandPrice),
    check(
      about("base-price", "relative difference", "fitted to borrowers, against two moments", 1e-6),
      errors.basePrice,
    ),
    check(
      about("even-met", "borrowers", "never in conversion, health met within roundings", 0, borrowers.even),
      errors.evenMet,
    ),
    ...healthCases
      .filter(({ state }) => borrowers[state] > 0)
      .map(({ state, what, tolerance }) =>
        check(
          about(`${state}-health`, "largest difference of health", `${borrowers[state]} borrowers ${what}`, tolerance),
          health[state],
        ),
      ),
    ...(half === 0
      ? []
      : [
          check(
            about(
              "collateral-up",
              relative,
              `value on the way up, ${half} borrowers, oracle of three hours later`,
              3e-3,
            ),
            errors.collateralUp,
          ),
        ]),
    check(about("sums", "1e-18 of a coin", "holdings through the shares rebuilt from them", 0), errors.sums),
  ];
}
