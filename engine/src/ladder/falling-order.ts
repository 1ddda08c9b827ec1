import { refuseTooLarge } from "../book/problem.js";
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

/**
 * `countAtLeast` where the key at `from` reaches the bound and the one at `to` (if there is one) does not: keys between lie close to a line, so the answer is
 * a few steps from where the line says.
 */
function countWithin(keys: Float64Array, bound: number, from: number, to: number): number {
  const high = keys[from];
  const low = keys[to < keys.length ? to : to - 1];
  const share = (high - bound) / (high - low);
  let at = share > 0 && share < 1 ? from + Math.floor(share * (to - from)) : from;
  while (at < to && keys[at] >= bound) at++;
  while (at > from && keys[at - 1] < bound) at--;
  return at;
}

/** Running sums of a column in a given order: entry k is the exact sum of the first k rows. Sums stay below 2^53, or the input is refused. */
export function runningSums(values: Float64Array, rows: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(rows.length + 1);
  let sum = 0;
  for (let at = 0; at < rows.length; at++) {
    sum += values[rows[at]];
    sums[at + 1] = sum;
  }
  if (sum > Number.MAX_SAFE_INTEGER) {
    refuseTooLarge(`the amounts of one asset in one table sum to ${sum} units; together they stay below 2^53`);
  }
  return sums;
}

/** The column that running sums were made of, by place: whole units, so the differences are exact. */
export function differences(sums: Float64Array): Float64Array {
  const values = new Float64Array(sums.length - 1);
  for (let at = 0; at < values.length; at++) values[at] = sums[at + 1] - sums[at];
  return values;
}

const coarseBits = 6;
const coarseStep = 64;

/**
 * Rows sorted by a falling key (the price at which something happens to them as the price falls), with exact running sums of three columns.
 * Each key is known within a relative half width of its own: rows further from a bound than that are decided by their place, the few others are
 * listed by `firstUnsureBefore` and `firstUnsureAfter` for an exact check.
 */
export class FallingOrder {
  readonly keys: Float64Array;
  /** Row of the original columns at each place. */
  readonly rows: ArrayLike<number>;
  /** Exact sums over the first k rows. */
  readonly soldSums: Float64Array;
  readonly collateralSums: Float64Array;
  readonly debtSums: Float64Array;
  private readonly lows: Float64Array;
  private readonly highs: Float64Array;
  private readonly lowBlocks: BlockMaxima;
  private readonly highBlocks: BlockMaxima;
  /** Collateral by place: made when somebody is looked for by size. */
  private holdings: BlockMaxima | undefined;
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
    this.soldSums = runningSums(sold, rows);
    this.collateralSums = runningSums(collateral, rows);
    this.debtSums = runningSums(debt, rows);
    this.coarse = new Float64Array(Math.ceil(count / coarseStep));
    for (let at = 0; at < this.coarse.length; at++) this.coarse[at] = this.keys[at * coarseStep];
  }

  /** Number of rows whose key is at least `bound`. */
  count(bound: number): number {
    const { keys, hint } = this;
    // Often nothing has changed; otherwise the sparse keys say where to look.
    if ((hint === 0 || keys[hint - 1] >= bound) && (hint === keys.length || keys[hint] < bound)) return hint;
    const block = countAtLeast(this.coarse, bound, hint >>> coarseBits);
    this.hint =
      block === 0 ? 0 : countWithin(keys, bound, (block - 1) * coarseStep, Math.min(keys.length, block * coarseStep));
    return this.hint;
  }

  /** First place in [from, to), all with keys of at least `bound`, whose true key may lie below it; `to` where there is none. */
  firstUnsureBefore(from: number, to: number, bound: number): number {
    return this.lowBlocks.next(from, to, -bound);
  }

  /** First place from `from` on, all with keys below `bound`, whose true key may reach it; the number of rows where there is none. */
  firstUnsureAfter(from: number, bound: number): number {
    return this.highBlocks.next(from, this.keys.length, bound);
  }

  /** First place in [from, to) whose collateral is at least `units`; `to` where there is none. */
  nextHolding(from: number, to: number, units: number): number {
    this.holdings ??= new BlockMaxima(differences(this.collateralSums));
    return this.holdings.next(from, to, units);
  }

  /** Whether a place's true key may lie on either side of `bound`. */
  isUnsure(at: number, bound: number): boolean {
    return this.lows[at] >= -bound && this.highs[at] >= bound;
  }
}
