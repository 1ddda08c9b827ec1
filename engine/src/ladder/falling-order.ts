import { assert } from "../book/problem.js";
import { BlockMaxima } from "./block-maxima.js";
import { rowsByFallingKey } from "./rows-by-falling-key.js";

/**
 * How many of `keys`, which fall, are at least `bound`. Gallops from `hint`, the last answer: the rounds of a cascade move the price a little
 * each time, so the answer lies near and the search stays in cache. The answer does not depend on the hint.
 */
export function countAtLeast(keys: Float64Array, bound: number, hint: number): number {
  const length = keys.length;
  let low: number;
  let high: number;
  if (hint < length && keys[hint] >= bound) {
    low = hint + 1;
    let reach = 1;
    while (low + reach <= length && keys[low + reach - 1] >= bound) {
      low += reach;
      reach *= 2;
    }
    high = Math.min(length, low + reach - 1);
  } else {
    high = Math.min(hint, length);
    let reach = 1;
    while (high - reach >= 0 && keys[high - reach] < bound) {
      high -= reach;
      reach *= 2;
    }
    low = Math.max(0, high - reach + 1);
  }
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle] >= bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Running sums of a column in a given order: entry k is the exact sum of the first k rows. Sums stay below 2^53 (asserted). */
export function runningSums(values: Float64Array, rows: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(rows.length + 1);
  let sum = 0;
  for (let at = 0; at < rows.length; at++) {
    sum += values[rows[at]];
    sums[at + 1] = sum;
  }
  assert(sum <= Number.MAX_SAFE_INTEGER, `whole units sum to less than 2^53, not to ${sum}`);
  return sums;
}

/** Places of an order's sums, and how far one entry is from the next. */
export const soldSum = 0;
export const collateralSum = 1;
export const debtSum = 2;
export const sumStride = 4;

const coarseBits = 6;
const coarseStep = 64;

function interleave(sums: Float64Array, place: number, into: Float64Array): void {
  for (let at = 0; at < sums.length; at++) into[sumStride * at + place] = sums[at];
}

/**
 * Rows sorted by a falling key (the price at which something happens to them as the price falls), with exact running sums of three columns.
 * Each key is known within a relative half width of its own: rows further from a bound than that are decided by their place, the few others are
 * listed by `firstUnsureBefore` and `firstUnsureAfter` for an exact check.
 */
export class FallingOrder {
  readonly keys: Float64Array;
  /** Row of the original columns at each place. */
  readonly rows: ArrayLike<number>;
  /** Exact sums over the first k rows, side by side in one cache line: at 4 k + `soldSum`, `collateralSum`, `debtSum`. */
  readonly sums: Float64Array;
  private readonly lows: Float64Array;
  private readonly highs: Float64Array;
  private readonly lowBlocks: BlockMaxima;
  private readonly highBlocks: BlockMaxima;
  /** Every 64th key: small enough to stay in cache. */
  private readonly coarse: Float64Array;
  private hint = 0;

  /** `halfWidths` are relative; at one half or more the row is always unsure. */
  constructor(
    keys: Float64Array,
    halfWidths: Float64Array,
    sold: Float64Array,
    collateral: Float64Array,
    debt: Float64Array,
  ) {
    const rows = rowsByFallingKey(keys);
    const count = rows.length;
    this.rows = rows;
    this.keys = new Float64Array(count);
    // Lower ends are kept negated: maxima find them too.
    const lows = new Float64Array(count);
    const highs = new Float64Array(count);
    this.lows = lows;
    this.highs = highs;
    for (let at = 0; at < count; at++) {
      const key = keys[rows[at]];
      const width = halfWidths[rows[at]];
      this.keys[at] = key;
      const known = width < 0.5 && key > 0;
      lows[at] = known ? -(key * (1 - width)) : 0;
      highs[at] = known ? key * (1 + width) : Number.POSITIVE_INFINITY;
      if (key === Number.POSITIVE_INFINITY) lows[at] = Number.NEGATIVE_INFINITY;
    }
    this.lowBlocks = new BlockMaxima(lows);
    this.highBlocks = new BlockMaxima(highs);
    this.sums = new Float64Array(sumStride * (count + 1));
    interleave(runningSums(sold, rows), soldSum, this.sums);
    interleave(runningSums(collateral, rows), collateralSum, this.sums);
    interleave(runningSums(debt, rows), debtSum, this.sums);
    this.coarse = new Float64Array(Math.ceil(count / coarseStep));
    for (let at = 0; at < this.coarse.length; at++) this.coarse[at] = this.keys[at * coarseStep];
  }

  /** Number of rows whose key is at least `bound`. */
  count(bound: number): number {
    const { keys, hint } = this;
    // Often nothing has changed; otherwise the sparse keys say where to look, and the last 64 are two or three cache lines.
    if ((hint === 0 || keys[hint - 1] >= bound) && (hint === keys.length || keys[hint] < bound)) return hint;
    const block = countAtLeast(this.coarse, bound, hint >>> coarseBits);
    let low = block === 0 ? 0 : (block - 1) * coarseStep + 1;
    let high = Math.min(keys.length, block * coarseStep);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (keys[middle] >= bound) low = middle + 1;
      else high = middle;
    }
    this.hint = low;
    return low;
  }

  /** First place in [from, to), all with keys of at least `bound`, whose true key may lie below it; `to` where there is none. */
  firstUnsureBefore(from: number, to: number, bound: number): number {
    return this.lowBlocks.next(from, to, -bound);
  }

  /** First place from `from` on, all with keys below `bound`, whose true key may reach it; the number of rows where there is none. */
  firstUnsureAfter(from: number, bound: number): number {
    return this.highBlocks.next(from, this.keys.length, bound);
  }

  /** Whether a place's true key may lie on either side of `bound`. */
  isUnsure(at: number, bound: number): boolean {
    return this.lows[at] >= -bound && this.highs[at] >= bound;
  }
}
