import { assert } from "../book/problem.js";

/** Children per block: small enough that the walk to a block's edge is short, large enough that the tree is a sixteenth of its leaves. */
const fanOut = 16;
const fanOutBits = 4;

/**
 * Finds, in a column that is read only, every row whose value reaches a bound, without looking at the others: maxima of blocks of 16, of
 * 16 x 16, ... in one array. A row is found in O(log n); nothing is allocated by a query.
 */
export class BlockMaxima {
  private readonly maxima: Float64Array;
  /** Where each level starts in `maxima`; level 0 are the blocks of 16 rows. */
  private readonly starts: Int32Array;
  private readonly levelCount: number;

  /** Keeps `values` (it is the leaf level) and builds the blocks above it. No value may be NaN. */
  constructor(private readonly values: Float64Array) {
    const sizes: number[] = [];
    let size = values.length;
    while (size > 1) {
      size = (size + fanOut - 1) >> fanOutBits;
      sizes.push(size);
    }
    this.levelCount = sizes.length;
    this.starts = new Int32Array(sizes.length + 1);
    for (let level = 0; level < sizes.length; level++) this.starts[level + 1] = this.starts[level] + sizes[level];
    this.maxima = new Float64Array(this.starts[sizes.length]).fill(Number.NEGATIVE_INFINITY);
    for (let row = 0; row < values.length; row++) {
      assert(!Number.isNaN(values[row]), "block maxima are of numbers");
      const block = row >> fanOutBits;
      if (values[row] > this.maxima[block]) this.maxima[block] = values[row];
    }
    for (let level = 1; level < sizes.length; level++) {
      const below = this.starts[level - 1];
      for (let child = 0; child < sizes[level - 1]; child++) {
        const at = this.starts[level] + (child >> fanOutBits);
        if (this.maxima[below + child] > this.maxima[at]) this.maxima[at] = this.maxima[below + child];
      }
    }
  }

  /** The first row in [from, to) whose value is at least `bound`; `to` where there is none. */
  next(from: number, to: number, bound: number): number {
    const { values, maxima, starts, levelCount } = this;
    let row = from;
    while (row < to) {
      // At the start of a block: take the largest block that starts here and holds nothing.
      let span = 1;
      let block = row;
      for (let level = 0; level < levelCount; level++) {
        if ((block & (fanOut - 1)) !== 0) break;
        block >>= fanOutBits;
        if (maxima[starts[level] + block] >= bound) break;
        span <<= fanOutBits;
      }
      if (span > 1) {
        row += span;
        continue;
      }
      if (values[row] >= bound) return row;
      row++;
    }
    return to;
  }
}
