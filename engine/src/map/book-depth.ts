import { exp } from "../math/index.js";
import { positionOfLogPrice } from "../rules/order-book-curve.js";
import type { MergedDepth } from "../run/depth.js";
import { OrderBookLadder } from "../run/ladders.js";

/** How far below its real-valued place a venue starts before the last units are given out one by one. */
const margins = [1, 4] as const;

/**
 * The merged ladder of one instrument whose venues are all order books at balance: one cumulative curve, made once, log-linear between all venues'
 * levels. It says in one binary search about where each venue stands after a total; the last few units are then given out by falling
 * marginal price, ties by venue id, which is what `MergedDepth.allot` does by bisection. Equal to it to the unit; some thirty times faster.
 */
export class BookDepth {
  /** Merged totals, rising, at each knot, and every venue's real-valued position there (knot by knot). */
  private readonly totals: Float64Array;
  private readonly places: Float64Array;
  private readonly books: readonly OrderBookLadder[];
  private readonly allotted: Float64Array;
  private readonly starts: Float64Array;
  private readonly nextPrice: Float64Array;
  private hint = 0;
  private readonly logs: Float64Array;
  /** The log prices at which a venue's own levels end, nearest to balance: beyond them venues' prices differ. */
  private readonly nearestEnds: readonly [number, number];
  /** How far, relatively, `price` may lie from any venue's middle at the exact allotment. */
  readonly priceError: number;

  private constructor(books: readonly OrderBookLadder[]) {
    this.books = books;
    this.allotted = new Float64Array(books.length);
    this.starts = new Float64Array(books.length);
    this.nextPrice = new Float64Array(books.length);
    const logs = [...new Set(books.flatMap((book) => [...book.curve.logPrices]))].sort((a, b) => b - a);
    this.logs = Float64Array.from(logs);
    const curves = books.map((book) => book.curve);
    this.nearestEnds = [
      Math.min(...curves.map(({ logPrices }) => logPrices[0])),
      Math.max(...curves.map(({ logPrices }) => logPrices[logPrices.length - 1])),
    ];
    // A venue stands within two units of its real-valued place; beside that only the rounding of a few operations.
    this.priceError = 3 * Math.max(...curves.map(steepest)) + 1e-13;
    this.totals = new Float64Array(logs.length);
    this.places = new Float64Array(logs.length * books.length);
    logs.forEach((logPrice, knot) => {
      books.forEach((book, row) => {
        const place = positionOfLogPrice(book.curve, logPrice);
        this.places[knot * books.length + row] = place;
        this.totals[knot] += place;
      });
    });
  }

  /** The merged curve of a depth with two venues or more, all of them order books; undefined for any other. */
  static of(merged: MergedDepth): BookDepth | undefined {
    const books = merged.ladders.filter((ladder) => ladder instanceof OrderBookLadder);
    if (books.length < 2 || books.length < merged.ladders.length) return undefined;
    return new BookDepth(books);
  }

  /**
   * Where every venue stands after `units` from balance, in the order of the merged ladders (valid until the next call); undefined where the
   * curve's own rounding could matter (books of too many units per last place): ask `MergedDepth` then.
   */
  allot(units: number): Float64Array | undefined {
    if (units === 0) return this.allotted.fill(0);
    for (let i = 0; i < margins.length; i++) {
      this.seek(units);
      if (this.giveOut(units, margins[i])) return this.allotted;
    }
    return undefined;
  }

  /**
   * The venues' common middle price relative to fair value after `units` from balance, within `priceError`; NaN where a venue is at the end of its
   * levels, and the prices are not common.
   */
  price(units: number): number {
    const { totals, logs } = this;
    const knot = this.knotOf(units);
    const width = totals[knot + 1] - totals[knot];
    const share = width > 0 ? Math.min(1, Math.max(0, (units - totals[knot]) / width)) : 0;
    const logPrice = logs[knot] + share * (logs[knot + 1] - logs[knot]);
    return logPrice < this.nearestEnds[0] && logPrice > this.nearestEnds[1] ? exp(logPrice) : Number.NaN;
  }

  /** Puts every venue at its real-valued place for the total. */
  private seek(units: number): void {
    const { totals, places, books, allotted } = this;
    const knot = this.knotOf(units);
    const width = totals[knot + 1] - totals[knot];
    const share = width > 0 ? Math.min(1, Math.max(0, (units - totals[knot]) / width)) : 0;
    const from = knot * books.length;
    for (let row = 0; row < books.length; row++) {
      const start = places[from + row];
      allotted[row] = start + share * (places[from + books.length + row] - start);
    }
  }

  /** The knot below a total; the last answer first. */
  private knotOf(units: number): number {
    const { totals } = this;
    const last = totals.length - 1;
    let knot = Math.min(this.hint, last - 1);
    if (totals[knot] > units || (knot + 1 < last && totals[knot + 1] < units)) {
      let low = 0;
      let high = last - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (totals[middle] <= units) low = middle;
        else high = middle - 1;
      }
      knot = low;
      this.hint = knot;
    }
    return knot;
  }

  /**
   * Starts every venue `margin` units below its real-valued place and gives out the rest unit by unit, each to the venue whose next position has the
   * highest marginal price, ties by venue id. False where a venue may have started above its due.
   */
  private giveOut(units: number, margin: number): boolean {
    const { books, allotted, starts, nextPrice } = this;
    const selling = units > 0;
    let left = units;
    for (let row = 0; row < books.length; row++) {
      const start = Math.max(selling ? 0 : books[row].lowest(), Math.floor(allotted[row]) - margin);
      starts[row] = start;
      left -= start;
      nextPrice[row] = start < (selling ? books[row].highest() : 0) ? books[row].marginal(start + 1) : 0;
    }
    if (left <= 0 || left > 4 * margin * books.length) return false;
    for (let row = 0; row < books.length; row++) allotted[row] = starts[row];
    let least = 0;
    for (; left > 0; left--) {
      let best = 0;
      for (let row = 1; row < books.length; row++) if (nextPrice[row] > nextPrice[best]) best = row;
      least = nextPrice[best];
      if (least === 0) return false;
      allotted[best]++;
      nextPrice[best] =
        allotted[best] < (selling ? books[best].highest() : 0) ? books[best].marginal(allotted[best] + 1) : 0;
    }
    for (let row = 0; row < books.length; row++) {
      if (starts[row] > (selling ? 0 : books[row].lowest()) && books[row].marginal(starts[row]) <= least) return false;
    }
    return true;
  }
}

/** The largest |change of log price| per unit on a curve. */
function steepest({ positions, logPrices }: OrderBookLadder["curve"]): number {
  let most = 0;
  for (let row = 1; row < positions.length; row++) {
    most = Math.max(most, (logPrices[row - 1] - logPrices[row]) / (positions[row] - positions[row - 1]));
  }
  return most;
}
