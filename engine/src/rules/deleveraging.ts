import { assert } from "../book/problem.js";
import { mulDivDown, mulDivUp } from "../math/index.js";
import { basisPoints } from "./account-value.js";
import { compareProducts } from "./exact-products.js";
import type { Side } from "./perpetual.js";

/** How a queue ranks those that it may close. `queue` and `bybit` are one formula; `queue` is how exchanges without a name of their own are written. */
export type Ranking = "queue" | "binance" | "hyperliquid" | "bybit";

/** Who is closed when neither depth nor fund suffices. */
export type DeleveragingPolicy = Ranking | "dydx" | "pro-rata" | "capped-pro-rata" | "none";

/** All policies, as scenarios write them. */
export const deleveragingPolicies = [
  "queue",
  "binance",
  "hyperliquid",
  "bybit",
  "dydx",
  "pro-rata",
  "capped-pro-rata",
  "none",
] as const satisfies readonly DeleveragingPolicy[];

/** Accounts of one side that could be closed, column by column, in whole units; money in whole quote units. */
export interface Counterparties {
  readonly side: Side;
  /** Contract units, positive. */
  readonly size: Float64Array;
  readonly entry: Float64Array;
  readonly margin: Float64Array;
  /** The account's cash without unrealised profit. */
  readonly wallet: Float64Array;
  /** The account's cash with it. */
  readonly value: Float64Array;
  readonly maintenance: Float64Array;
  /** Value of the position at the mark, rounded down. */
  readonly notional: Float64Array;
}

/**
 * Rank of a profitable position in the deleveraging queue: profit over entry notional, times leverage (notional over equity); 0 without a
 * profit. Source: the queues of Bybit and BitMEX (profit x leverage).
 */
export function deleveragingRank(entry: number, notional: number, profit: number, equity: number): number {
  if (profit <= 0 || entry <= 0 || equity <= 0) return 0;
  return (profit / entry) * (notional / equity);
}

/** A rank as an exact fraction of products: (a x b) / (c x d); larger is closed earlier. */
type Rank = readonly [a: number, b: number, c: number, d: number];

const last: Rank = [0, 0, 1, 1];

/**
 * Binance: profit over wallet (at least one dollar) x maintenance over account value. Hyperliquid: notional over entry (a short: the other way round) x notional
 * over account value. Bybit: profit over entry x notional over the position's equity (for a loss the leverage divides). Sources: exact/deleveraging/ranking.ts.
 */
function rankOf(ranking: Ranking, of: Counterparties, place: number, dollar: number): Rank {
  const { side } = of;
  const entry = of.entry[place];
  const value = of.value[place];
  const notional = of.notional[place];
  if (ranking === "binance") {
    if (value <= 0) return last;
    return [Math.max(0, value - of.wallet[place]), of.maintenance[place], Math.max(dollar, of.wallet[place]), value];
  }
  if (ranking === "hyperliquid") {
    if (value <= 0) return last;
    if (side === -1) return [entry, 1, value, 1];
    return entry <= 0 ? last : [notional, notional, entry, value];
  }
  const profit = side * (notional - entry);
  const equity = of.margin[place] + profit;
  if (entry <= 0 || equity <= 0 || notional <= 0) return last;
  return profit >= 0 ? [profit, notional, entry, equity] : [profit, equity, entry, notional];
}

/** Places of the counterparties, first to be closed first; ties keep their order. Exact. `dollar`: quote units of one dollar. */
export function inRankOrder(ranking: Ranking, of: Counterparties, dollar: number): number[] {
  const ranks = Array.from(of.size, (_, place) => rankOf(ranking, of, place, dollar));
  return ranks.map((_, place) => place).sort((a, b) => compareRanks(ranks[b], ranks[a]) || a - b);
}

function compareRanks(a: Rank, b: Rank): number {
  // Only a loss of Bybit's rule is negative.
  if (a[0] < 0 !== b[0] < 0) return a[0] < 0 ? -1 : 1;
  const sign = a[0] < 0 ? -1 : 1;
  return sign * compareProducts([sign * a[0], a[1], b[2], b[3]], [sign * b[0], b[1], a[2], a[3]]);
}

/** Places in their order from `start` on, round the end: dYdX's. */
export function inTurn(count: number, start: number): number[] {
  return Array.from({ length: count }, (_, step) => (start + step) % count);
}

/**
 * Whether a counterparty closed whole at a price of `proceeds` for `units` keeps at least nothing; the proceeds are rounded against it. Source: dYdX v4,
 * OffsetSubaccountPerpetualPosition.
 */
export function survivesPrice(of: Counterparties, place: number, proceeds: number, units: number): boolean {
  const size = of.size[place];
  const value = of.side === 1 ? mulDivDown(proceeds, size, units) : mulDivUp(proceeds, size, units);
  return of.margin[place] + of.side * (value - of.entry[place]) >= 0;
}

/** Takes `need` in an order of places, each up to its cap; returns the units for which nobody was found. */
export function takeInOrder(
  need: number,
  caps: ArrayLike<number>,
  order: readonly number[],
  into: Float64Array,
): number {
  into.fill(0);
  let left = need;
  for (const place of order) {
    if (left === 0) break;
    into[place] = Math.min(caps[place], left);
    left -= into[place];
  }
  return left;
}

/** The largest part of a size that capped pro rata may close. */
export function cappedSize(size: number, capBasisPoints: number): number {
  return mulDivDown(size, Math.min(capBasisPoints, basisPoints), basisPoints);
}

/**
 * Water-filling: amount = min(cap, level x weight) at the one level at which the amounts sum to `need`; all caps where they sum to less. Whole units by the
 * largest remainder, ties in the order given. Returns the units left over. Source: arXiv:2512.01112, capped pro rata.
 */
export function waterFill(
  need: number,
  weights: ArrayLike<number>,
  caps: ArrayLike<number>,
  into: Float64Array,
): number {
  into.fill(0);
  let left = need;
  let weight = 0;
  let open: number[] = [];
  for (let place = 0; place < weights.length; place++) {
    if (weights[place] === 0 || caps[place] === 0) continue;
    open.push(place);
    weight += weights[place];
  }
  assert(weight <= Number.MAX_SAFE_INTEGER, "sizes sum to less than 2^53 units");
  for (;;) {
    // Whoever's cap lies at or below the level gives it whole; the level of the others rises, so this ends.
    const stay: number[] = [];
    let given = 0;
    let leaving = 0;
    for (const place of open) {
      if (compareProducts([caps[place], weight], [left, weights[place]]) > 0) {
        stay.push(place);
        continue;
      }
      into[place] = caps[place];
      given += caps[place];
      leaving += weights[place];
    }
    if (stay.length === open.length) break;
    open = stay;
    left -= given;
    weight -= leaving;
  }
  if (open.length === 0) return left;
  shareByLargestRemainder(left, weight, open, weights, into);
  return 0;
}

/** Floors first, then one unit each to the largest remainders. */
function shareByLargestRemainder(
  need: number,
  weight: number,
  open: readonly number[],
  weights: ArrayLike<number>,
  into: Float64Array,
): void {
  let left = need;
  for (const place of open) {
    into[place] = mulDivDown(need, weights[place], weight);
    left -= into[place];
  }
  if (left === 0) return;
  const remainder = new Map(open.map((place) => [place, remainderOf(need, weights[place], weight)]));
  const sorted = [...open].sort((a, b) => (remainder.get(b) as number) - (remainder.get(a) as number) || a - b);
  for (let index = 0; index < left; index++) into[sorted[index]] += 1;
}

/** 2^52: whole numbers have no higher bit. */
const topBit = 4_503_599_627_370_496;

/** need x part modulo whole, exactly: by doubling `part` from the top, as a product of two would not fit. */
function remainderOf(need: number, part: number, whole: number): number {
  let rest = 0;
  const reduced = need % whole;
  for (let bit = topBit; bit >= 1; bit /= 2) {
    rest = added(rest, rest, whole);
    if (Math.floor(part / bit) % 2 === 1) rest = added(rest, reduced, whole);
  }
  return rest;
}

/** a + b modulo whole for a and b below whole, without leaving 2^53. */
function added(a: number, b: number, whole: number): number {
  return a >= whole - b ? a - (whole - b) : a + b;
}

/**
 * Closes everybody in proportion to size, whole units by the largest remainder. Returns the units found: `need`, or everything there is.
 */
export function allotProRata(sizes: ArrayLike<number>, need: number, into: Float64Array): number {
  return need - waterFill(need, sizes, sizes, into);
}
