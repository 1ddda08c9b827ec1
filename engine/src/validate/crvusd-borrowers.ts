import { type Band, type CrvusdParameters, type Market, openMarket, presets } from "../exact/crvusd/index.js";
import { divDown, mulDivDown } from "../exact/rounding.js";
import { WAD } from "../exact/scales.js";
import type { CrvusdRecord } from "./crvusd-record.js";

/** A borrower as recorded, amounts at 18 decimals. */
export interface RecordedBorrower {
  readonly firstBand: number;
  readonly lastBand: number;
  readonly collateral: bigint;
  readonly stable: bigint;
  readonly debt: bigint;
  /** Signed wad. */
  readonly health: bigint;
  /** Collateral deposited and not there any more if all is converted back. */
  readonly loss: bigint;
  /** Collateral if the oracle price rises slowly through all bands. */
  readonly collateralUp: bigint;
}

/** A band as recorded: amounts at 18 decimals, price in wad. */
export interface RecordedBand {
  readonly band: number;
  readonly stable: bigint;
  readonly collateral: bigint;
  readonly upper: bigint;
}

/** Reads a plain decimal of at most 18 places as a wad. */
export function wadOf(text: string): bigint {
  const negative = text.startsWith("-");
  const [whole, fraction = ""] = text.replace("-", "").split(".");
  const found = BigInt(whole) * WAD + BigInt(fraction.padEnd(18, "0"));
  return negative ? -found : found;
}

function entries(table: string): string[][] {
  return table
    .trim()
    .split(";")
    .map((entry) => entry.trim().split(" "));
}

/** The borrowers of a record. */
export function borrowersOf(record: CrvusdRecord): RecordedBorrower[] {
  return entries(record.borrowers).map(([first, last, ...amounts]) => {
    const [collateral, stable, debt, health, loss, collateralUp] = amounts.map(wadOf);
    return { firstBand: Number(first), lastBand: Number(last), collateral, stable, debt, health, loss, collateralUp };
  });
}

/** The non-empty bands of a record. */
export function bandsOf(record: CrvusdRecord): RecordedBand[] {
  return entries(record.bands).map(([band, ...amounts]) => {
    const [stable, collateral, upper] = amounts.map(wadOf);
    return { band: Number(band), stable, collateral, upper };
  });
}

/**
 * What may be compared how: `even` positions never met conversion, so their collateral lies evenly over their bands; `worn` ones did and hold collateral again, each
 * band a little different; `converting` ones hold both coins, `converted` ones stablecoin only. `dust` is an even position of less than 1e-6 collateral: two of them, in
 * WETH, are off by 5e-4 and 7e-4 for reasons that the record does not show.
 */
export type BorrowerState = "even" | "dust" | "worn" | "converting" | "converted";

/** 1e-6 collateral, at 18 decimals. */
const DUST = 1_000_000_000_000n;

/** The state of a borrower, by what is recorded of it. */
export function stateOf({ stable, collateral, loss }: RecordedBorrower): BorrowerState {
  if (stable > 0n) return collateral > 0n ? "converting" : "converted";
  if (loss > 0n) return "worn";
  return collateral < DUST ? "dust" : "even";
}

/** Parameters of the record's market with another price of band 0, wad. */
export function parametersOf(record: CrvusdRecord, basePrice: bigint): CrvusdParameters {
  const preset = presets.find((one) => one.name === record.name);
  if (preset === undefined) throw new RangeError(`no preset ${record.name}`);
  return { ...preset.parameters, basePrice };
}

/**
 * The active band when the borrowers were recorded: the one recorded three hours later, moved to where the borrowers' own coins allow it. Whoever holds stablecoin
 * begins at it or below, whoever holds none begins above.
 */
export function activeBandOf(record: CrvusdRecord, borrowers: readonly RecordedBorrower[]): number {
  const holding = borrowers.filter((one) => one.stable > 0n).map((one) => one.firstBand);
  const without = borrowers.filter((one) => one.stable === 0n).map((one) => one.firstBand);
  return Math.min(Math.max(record.activeBand, ...holding), Math.min(...without) - 1);
}

/** The one account of a rebuilt market. */
export const BORROWER = "borrower";

/**
 * A market with one borrower, whose shares of single bands the record does not hold: stablecoin lies evenly from its first band to the active one, collateral evenly above; in
 * conversion the bands above hold what they would if all came back evenly, and the active band the rest. `basePrice` is the upper price of band 0, wad.
 */
export function rebuilt(record: CrvusdRecord, borrower: RecordedBorrower, active: number, basePrice: bigint): Market {
  const parameters = parametersOf(record, basePrice);
  const { firstBand, lastBand, stable, collateral } = borrower;
  const market = openMarket(parameters, wadOf(record.oraclePrice), 0n, 0n);
  const activeBand = stable > 0n ? active : Math.min(active, firstBand - 1);
  const content = new Map<number, { stable: bigint; collateral: bigint }>();
  for (let band = firstBand; band <= lastBand; band++) content.set(band, { stable: 0n, collateral: 0n });
  spread(content, "stable", stable, firstBand, Math.min(lastBand, activeBand));
  const above = Math.max(firstBand, activeBand + 1);
  const bandsAbove = BigInt(Math.max(0, lastBand - above + 1));
  const whole = BigInt(lastBand - firstBand + 1);
  const even = stable === 0n ? collateral : mulDivDown(borrower.collateralUp, bandsAbove, whole);
  const inActive = stable === 0n ? 0n : collateral > even ? collateral - even : 0n;
  spread(content, "collateral", collateral - inActive, above, lastBand);
  spread(content, "collateral", inActive, activeBand, activeBand);
  const bands = new Map<number, Band>();
  for (const [band, held] of content) bands.set(band, { ...held, shares: 1_000n * (held.stable + held.collateral) });
  const shares = [...bands.values()].map((band) => band.shares);
  return {
    ...market,
    time: market.parameters.oracleDelaySeconds,
    activeBand,
    lowestBand: firstBand,
    highestBand: lastBand,
    bands,
    positions: new Map([[BORROWER, { firstBand, lastBand, shares }]]),
  };
}

function spread(
  content: Map<number, { stable: bigint; collateral: bigint }>,
  coin: "stable" | "collateral",
  amount: bigint,
  first: number,
  last: number,
): void {
  if (amount === 0n) return;
  const each = divDown(amount, BigInt(last - first + 1));
  for (let band = first; band <= last; band++) {
    const held = content.get(band);
    const part = band === first ? amount - each * BigInt(last - first) : each;
    if (held !== undefined) held[coin] += part;
  }
}
