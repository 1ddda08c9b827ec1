import type { ParameterFault } from "../protocol.js";
import { divDown, least, mulDivDown, sqrtDown } from "../rounding.js";
import { WAD } from "../scales.js";
import { binaryLogarithm, naturalLogarithmByTwo } from "./binary-logarithm.js";
import { wadLogarithm } from "./wad-exponential.js";

/** Fewest bands of a position. */
export const MIN_BANDS = 4;
/** Most bands of a position, and most bands that one trade reaches. */
export const MAX_BANDS = 50;
/** Most empty bands that a deposit, a trade or a look-up skips. */
export const MAX_SKIP = 1024;
/** Shares that nobody owns, added to every band's shares in a division, so that the first depositor cannot raise the price of a share. */
export const DEAD_SHARES = 1000n;
/** 1e-12 in wad: the lowest fee of a market. */
export const MIN_FEE = 1_000_000n;

/** Two generations of the contracts: `v1` as the crvUSD markets of 2023 to early 2024 run, `v2` is curve-stablecoin 2.0.0. */
export type CrvusdRules = "v1" | "v2";

/** Parameters of one crvUSD market: its AMM and its controller. */
export interface CrvusdParameters {
  /**
   * `v1`: debts and fractions of debts round down, a loan may not touch the oracle price, only a third party's repayment must leave a healthy loan, stablecoin in
   * the bands does not count towards a repayment, the last withdrawal's dust and a share of fees go to the admin. `v2`: debts round up, a loan may touch the oracle
   * price, every action but a liquidation must leave a healthy loan, stablecoin in the bands pays first, positions can shrink.
   */
  readonly rules: CrvusdRules;
  /** A: a band spans a fraction 1 / A of price. */
  readonly amplification: bigint;
  /** Upper oracle price of band 0 while the rate multiplier is 1; wad, stablecoin per collateral. */
  readonly basePrice: bigint;
  /** Static fee of a trade, wad. */
  readonly fee: bigint;
  /** Share of fees that goes to the admin, wad; zero in `v2`. */
  readonly adminFee: bigint;
  /** Share, wad, of the distance of the oracle price from the band's current prices that is charged as fee. 0.25 in `v2`; zero switches it off, as in `v1`. */
  readonly bandFeeShare: bigint;
  /** Discount on the position's value when a loan is made, wad. */
  readonly loanDiscount: bigint;
  /** Discount on the position's value in its health, wad. */
  readonly liquidationDiscount: bigint;
  /** 10^(18 - decimals) of the stablecoin. */
  readonly stablePrecision: bigint;
  /** 10^(18 - decimals) of the collateral. */
  readonly collateralPrecision: bigint;
  /** Seconds over which a jump of the oracle decays: 120. Zero switches smoothing off. */
  readonly oracleDelaySeconds: bigint;
  /** Largest step of the oracle within the delay, wad: 1.25. */
  readonly largestOracleStep: bigint;
}

/** Constants that a market derives from its amplification once, all wad. */
export interface BandGrid {
  /** ln(A / (A - 1)) as the AMM has it. */
  readonly logRatio: bigint;
  /** Logarithm of A / (A - 1) as the controller has it: natural in `v2`, base two in `v1`. */
  readonly controllerLogRatio: bigint;
  /** sqrt(A / (A - 1)), rounded down. */
  readonly sqrtRatio: bigint;
  /** (A / (A - 1))^50, every step rounded down: how far from the oracle a trade may go. */
  readonly farthest: bigint;
}

/** Derives the constants of a market. Source: AMM.vy and controller.vy constructors; v1 ControllerFactory.vy `_add_market`. */
export function bandGrid({ amplification, rules }: CrvusdParameters): BandGrid {
  const ratio = mulDivDown(WAD, amplification, amplification - 1n);
  let farthest = WAD;
  for (let band = 0; band < MAX_BANDS; band++) farthest = mulDivDown(farthest, amplification, amplification - 1n);
  return {
    logRatio: rules === "v1" ? naturalLogarithmByTwo(ratio) : wadLogarithm(ratio),
    controllerLogRatio: rules === "v1" ? binaryLogarithm(ratio) : wadLogarithm(ratio),
    sqrtRatio: sqrtDown(divDown(WAD * WAD * amplification, amplification - 1n)),
    farthest,
  };
}

/** Highest fee that a market with this amplification may have: min(4 / A, 10 %), wad, rounded down. Source: AMM.vy `MAX_FEE`. */
export function highestFee(amplification: bigint): bigint {
  return least(divDown(WAD * BigInt(MIN_BANDS), amplification), divDown(WAD, 10n));
}

/** All that is wrong with a market's parameters at once. Limits: ControllerFactory.vy `add_market` and AMM.vy `_set_fee`. */
export function faults(parameters: CrvusdParameters): ParameterFault[] {
  return [
    ...gridFaults(parameters),
    ...feeFaults(parameters),
    ...discountFaults(parameters),
    ...scaleFaults(parameters),
  ];
}

function fault(code: string, key: keyof CrvusdParameters, was: bigint, may: string, hint: string): ParameterFault {
  return { code, key, message: `${key} is ${was}; it may be ${may}`, hint };
}

function gridFaults({ amplification, basePrice }: CrvusdParameters): ParameterFault[] {
  const found: ParameterFault[] = [];
  if (amplification < 2n || amplification > 10_000n)
    found.push(
      fault("amplification-out-of-range", "amplification", amplification, "2 to 10000", "crvUSD markets use 100"),
    );
  if (basePrice <= 0n)
    found.push(fault("base-price-not-positive", "basePrice", basePrice, "above 0", "name the price of band 0 in wad"));
  return found;
}

function feeFaults({ rules, amplification, fee, adminFee, bandFeeShare }: CrvusdParameters): ParameterFault[] {
  const found: ParameterFault[] = [];
  const highest = amplification > 0n ? highestFee(amplification) : divDown(WAD, 10n);
  if (fee < MIN_FEE || fee > highest)
    found.push(fault("fee-out-of-range", "fee", fee, `${MIN_FEE} to ${highest}`, "at most 4 / A and 10 %, in wad"));
  if (adminFee < 0n || adminFee > WAD)
    found.push(
      fault("admin-fee-out-of-range", "adminFee", adminFee, `0 to ${WAD}`, "it is a share of the fee, in wad"),
    );
  if (rules === "v2" && adminFee !== 0n)
    found.push(
      fault("admin-fee-in-v2", "adminFee", adminFee, "0 under the rules v2", "2.0.0 has no admin fee on trades"),
    );
  if (bandFeeShare < 0n || bandFeeShare > WAD)
    found.push(fault("band-fee-out-of-range", "bandFeeShare", bandFeeShare, `0 to ${WAD}`, "2.0.0 uses a quarter"));
  return found;
}

function discountFaults({ loanDiscount, liquidationDiscount }: CrvusdParameters): ParameterFault[] {
  const found: ParameterFault[] = [];
  const lowest = divDown(WAD, 100n);
  const highest = divDown(WAD, 2n);
  if (liquidationDiscount < lowest)
    found.push(
      fault(
        "liquidation-discount-too-low",
        "liquidationDiscount",
        liquidationDiscount,
        `${lowest} or more`,
        "1 % in wad",
      ),
    );
  if (loanDiscount > highest)
    found.push(fault("loan-discount-too-high", "loanDiscount", loanDiscount, `at most ${highest}`, "50 % in wad"));
  if (loanDiscount <= liquidationDiscount)
    found.push(
      fault(
        "loan-discount-below-liquidation-discount",
        "loanDiscount",
        loanDiscount,
        `above the liquidation discount, ${liquidationDiscount}`,
        "else a loan could be liquidated as soon as it is made",
      ),
    );
  return found;
}

function scaleFaults(parameters: CrvusdParameters): ParameterFault[] {
  const found: ParameterFault[] = [];
  for (const key of ["stablePrecision", "collateralPrecision"] as const) {
    const value = parameters[key];
    if (!/^10{0,18}$/.test(value.toString()))
      found.push(fault("precision-no-power-of-ten", key, value, "10^0 to 10^18", "10^(18 - decimals of the token)"));
  }
  if (parameters.oracleDelaySeconds < 0n)
    found.push(
      fault(
        "delay-negative",
        "oracleDelaySeconds",
        parameters.oracleDelaySeconds,
        "0 or more",
        "0 switches smoothing off",
      ),
    );
  if (parameters.largestOracleStep <= WAD)
    found.push(
      fault(
        "oracle-step-not-above-one",
        "largestOracleStep",
        parameters.largestOracleStep,
        `above ${WAD}`,
        "1.25 in wad",
      ),
    );
  return found;
}
