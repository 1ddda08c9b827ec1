import type { Book, PositionTable } from "../../../book/book.js";
import {
  BandTooFar,
  bandGrid,
  type CrvusdParameters,
  DebtTooHigh,
  firstBandFor,
  MAX_BANDS,
  MIN_BANDS,
  openMarket,
} from "../../../exact/crvusd/index.js";
import { ProtocolError } from "../../../exact/errors.js";
import { powersOfTen } from "../../../rules/account-value.js";
import type { LlammaOpening } from "../../../rules/crvusd.js";
import { SHARES_PER_COIN } from "../../../rules/crvusd-bands.js";
import type { Fault } from "../../definition.js";

/** Bands whose numbers lie farther from zero have no price of four digits. */
const farthestBand = 3000;

/** What a table says of a market's accounts, by row: whole units. */
export interface CrvusdTable {
  readonly table: PositionTable;
  readonly stableAsset: number;
  readonly collateralAsset: number;
  readonly collateral: Float64Array;
  /** Stablecoin that the bands already hold. */
  readonly converted: Float64Array;
  readonly debt: Float64Array;
  readonly firstBand: Float64Array | undefined;
  readonly lastBand: Float64Array | undefined;
  /** Units of a coin. */
  readonly stableScale: number;
  readonly collateralScale: number;
}

/** Reads the columns of a market's accounts; undefined where table or assets are not there. */
export function crvusdTable(
  book: Book,
  positions: string,
  collateral: string | undefined,
  stable: string | undefined,
): CrvusdTable | undefined {
  const table = book.positions.find(({ protocol }) => protocol === positions);
  const asset = (symbol: string | undefined) => book.assets.findIndex((one) => one.symbol === symbol);
  const [collateralAsset, stableAsset] = [asset(collateral), asset(stable)];
  if (table === undefined || collateralAsset < 0 || stableAsset < 0) return undefined;
  const column = (role: string, index: number) =>
    table.columns.find((one) => one.role === role && one.asset === index)?.values;
  const empty = () => new Float64Array(table.ids.length);
  return {
    table,
    stableAsset,
    collateralAsset,
    collateral: column("collateral", collateralAsset) ?? empty(),
    converted: column("collateral", stableAsset) ?? empty(),
    debt: column("debt", stableAsset) ?? empty(),
    firstBand: column("firstBand", -1),
    lastBand: column("lastBand", -1),
    stableScale: powersOfTen[book.assets[stableAsset].unitDecimals],
    collateralScale: powersOfTen[book.assets[collateralAsset].unitDecimals],
  };
}

/** First band and number of bands of each row; 0 bands where a row has no loan. */
export interface Placement {
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly faults: readonly Fault[];
}

/**
 * Where each loan lies: in the bands that the table names, else where the controller would put it at the opening price over `bands` bands. What it would refuse is a
 * fault, the first of each kind with the number of the others.
 */
export function placements(of: CrvusdTable, exact: CrvusdParameters, price: number, bands: number): Placement {
  const rowCount = of.table.ids.length;
  const first = new Int32Array(rowCount);
  const count = new Int32Array(rowCount);
  const refused = new Map<string, { row: number; rows: number; why: string; hint: string }>();
  const refuse = (code: string, row: number, why: string, hint: string) => {
    const known = refused.get(code);
    if (known === undefined) refused.set(code, { row, rows: 1, why, hint });
    else known.rows++;
  };
  const grid = bandGrid(exact);
  const market = {
    ...openMarket(exact, BigInt(Math.round(price * 1e8)) * 10_000_000_000n, 0n, 1n),
    grid,
    time: 1_000_000_000n,
  };
  for (let row = 0; row < rowCount; row++) {
    // What the book's decimals cut to nothing lies in no band; its debt stays.
    if (of.debt[row] === 0 || of.collateral[row] + of.converted[row] === 0) continue;
    if (of.firstBand !== undefined && of.lastBand !== undefined) {
      first[row] = of.firstBand[row];
      count[row] = of.lastBand[row] - of.firstBand[row] + 1;
      const whole = Number.isInteger(of.firstBand[row]) && Number.isInteger(of.lastBand[row]);
      if (!whole || !(count[row] >= MIN_BANDS && count[row] <= MAX_BANDS))
        refuse(
          "band-count-out-of-range",
          row,
          `lies in bands ${of.firstBand[row]} to ${of.lastBand[row]}`,
          `a position has ${MIN_BANDS} to ${MAX_BANDS} bands`,
        );
      else if (Math.max(Math.abs(first[row]), Math.abs(of.lastBand[row])) > farthestBand)
        refuse("band-too-far", row, `begins in band ${first[row]}`, `bands lie within ${farthestBand} of band 0`);
    } else if (of.converted[row] > 0) {
      refuse(
        "bands-missing",
        row,
        "holds stablecoin in its bands, and the table does not say which",
        "give accounts the columns firstBand x and lastBand x",
      );
    } else if (bands >= MIN_BANDS && bands <= MAX_BANDS) {
      try {
        first[row] = firstBandFor(market, BigInt(of.collateral[row]), BigInt(of.debt[row]), bands);
        count[row] = bands;
      } catch (problem) {
        if (!(problem instanceof ProtocolError)) throw problem;
        const tooHigh = problem instanceof DebtTooHigh || problem instanceof BandTooFar;
        refuse(
          tooHigh ? "debt-too-high" : "amount-too-low",
          row,
          `cannot borrow that over ${bands} bands: ${problem.message}`,
          tooHigh
            ? "let it owe less, or say in which bands it lies: firstBand x, lastBand x"
            : "give it more collateral",
        );
      }
    }
  }
  const faults = [...refused].map(([code, { row, rows, why, hint }]) => ({
    code,
    key: "positions",
    message: `account ${of.table.ids.at(row)} ${why}${rows > 1 ? `, and ${rows - 1} more like it` : ""}`,
    hint,
  }));
  const { low, high } = activeBands(of, first, count);
  if (faults.length === 0 && low > high)
    faults.push({
      code: "bands-disagree",
      key: "positions",
      message: `somebody holds stablecoin down to band ${low}, and somebody unconverted collateral from band ${high + 1} on`,
      hint: "bands above the active one hold collateral, those below it stablecoin",
    });
  return { first, count, faults };
}

/** The band whose oracle prices enclose `price`. */
function bandOf(exact: CrvusdParameters, price: number): number {
  const base = Number(exact.basePrice) / 1e18;
  const a = Number(exact.amplification);
  let band = 0;
  let upper = base;
  while (price > upper && band > -farthestBand) {
    upper = (upper * a) / (a - 1);
    band--;
  }
  while (price <= (upper * (a - 1)) / a && band < farthestBand) {
    upper = (upper * (a - 1)) / a;
    band++;
  }
  return band;
}

/** The bands that may be the active one: whoever holds stablecoin reaches down to it, whoever holds none begins above it. None where `low` exceeds `high`. */
function activeBands(of: CrvusdTable, first: Int32Array, count: Int32Array): { low: number; high: number } {
  let low = -farthestBand;
  let high = farthestBand;
  for (let row = 0; row < first.length; row++) {
    if (count[row] === 0) continue;
    const last = first[row] + count[row] - 1;
    if (of.converted[row] > 0) low = Math.max(low, of.collateral[row] === 0 ? last : first[row]);
    if (of.converted[row] === 0) high = Math.min(high, first[row] - 1);
    else if (of.collateral[row] > 0) high = Math.min(high, last);
  }
  return { low, high };
}

/** Bands and accounts of a market at the start of a path, and its grid of bands. */
export interface CrvusdBands {
  readonly opening: LlammaOpening;
  readonly gridStart: number;
  readonly gridEnd: number;
}

/**
 * Fills the bands: collateral lies evenly over an account's bands above the active one, stablecoin evenly over those below. In the active band everybody has
 * the same mix, so what an account brings there counts by its worth at the price, and a few units of one coin stand for the other.
 */
export function openBands(of: CrvusdTable, placed: Placement, exact: CrvusdParameters, price: number): CrvusdBands {
  const { first, count } = placed;
  const rowCount = first.length;
  const { low, high } = activeBands(of, first, count);
  const active = Math.min(high, Math.max(low, bandOf(exact, price)));
  let [lowest, highest, places] = [active, active, 0];
  const shareStart = new Int32Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    shareStart[row] = places;
    places += count[row];
    if (count[row] === 0) continue;
    lowest = Math.min(lowest, first[row]);
    highest = Math.max(highest, first[row] + count[row] - 1);
  }
  const [gridStart, gridEnd] = [lowest - 2, highest + 2];
  const bandCount = gridEnd - gridStart + 1;
  const opening = {
    price,
    activeBand: active,
    lowestBand: lowest,
    highestBand: highest,
    stable: new Float64Array(bandCount),
    collateral: new Float64Array(bandCount),
    shares: new Float64Array(bandCount),
    owners: new Int32Array(bandCount),
    firstBand: first,
    bandCount: count,
    shareStart,
    owned: new Float64Array(places),
    debt: Float64Array.from(of.debt),
  };
  const upper = (Number(exact.basePrice) / 1e18) * ratioToBase(exact, active);
  const lower = (upper * (Number(exact.amplification) - 1)) / Number(exact.amplification);
  const converted = Math.min(1, Math.max(0, (upper - price) / (upper - lower)));
  for (let row = 0; row < rowCount; row++) fillRow(of, opening, gridStart, row, converted);
  return { opening, gridStart, gridEnd };
}

function ratioToBase({ amplification }: CrvusdParameters, band: number): number {
  const a = Number(amplification);
  let ratio = 1;
  for (let step = 0; step < Math.abs(band); step++) ratio *= band > 0 ? (a - 1) / a : a / (a - 1);
  return ratio;
}

/** Spreads one account; `converted`: the part of the active band that counts as lying below it. */
function fillRow(of: CrvusdTable, opening: LlammaOpening, gridStart: number, row: number, converted: number): void {
  const { activeBand: active, price } = opening;
  const count = opening.bandCount[row];
  if (count === 0) return;
  const first = opening.firstBand[row];
  const below = Math.min(count, Math.max(0, active - first));
  const inActive = first <= active && active < first + count ? 1 : 0;
  const above = count - below - inActive;
  const stable = of.converted[row] / of.stableScale;
  const collateral = of.collateral[row] / of.collateralScale;
  const weightBelow = below + inActive * converted === 0 ? 1 : converted;
  const weightAbove = above + inActive * (1 - converted) === 0 ? 1 : 1 - converted;
  const stableEach = stable === 0 ? 0 : stable / (below + inActive * weightBelow);
  const collateralEach = collateral === 0 ? 0 : collateral / (above + inActive * weightAbove);
  for (let index = 0; index < count; index++) {
    const band = first + index;
    const place = band - gridStart;
    const x = band < active ? stableEach : band === active ? stableEach * weightBelow : 0;
    const y = band > active ? collateralEach : band === active ? collateralEach * weightAbove : 0;
    const worth = band < active ? x : band > active ? y : x / price + y;
    opening.stable[place] += x;
    opening.collateral[place] += y;
    opening.shares[place] += worth * SHARES_PER_COIN;
    opening.owned[opening.shareStart[row] + index] = worth * SHARES_PER_COIN;
    opening.owners[place]++;
  }
}
