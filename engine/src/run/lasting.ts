import type { Book } from "../book/book.js";
import { exp } from "../math/index.js";
import type { MergedDepth } from "./depth.js";
import type { VenueLadder } from "./venue-ladder.js";

/** One slope per asset and path: the smallest chord of its merged books at balance, in ln price per unit; 0 without any (MODEL 3.5). */
export function lastingSlopes(book: Book, depths: readonly MergedDepth[]): Float64Array {
  return Float64Array.from(book.assets, (_, asset) => {
    let slope = Number.POSITIVE_INFINITY;
    book.instruments.forEach((instrument, index) => {
      if (instrument.asset !== asset) return;
      const chord = mergedChord(depths[index].ladders);
      if (chord > 0) slope = Math.min(slope, chord);
    });
    return Number.isFinite(slope) ? slope : 0;
  });
}

/** Smallest chord |ln price| / units over both sides of follows-fair venues merged, in 1 / unit; 0 without any. */
export function mergedChord(ladders: readonly VenueLadder[]): number {
  const books = ladders.filter((ladder) => ladder.frame === "follows-fair");
  if (books.length === 0) return 0;
  // Chords of a merged book at a price are |ln price| over the sum of the venues' units at it: the smallest is at one of the venues' own levels.
  let smallest = Number.POSITIVE_INFINITY;
  for (const book of books) {
    for (const logPrice of book.logLevels()) {
      if (logPrice === 0) continue;
      let units = 0;
      const fair = book.middle(0);
      const price = fair * exp(logPrice);
      for (const other of books) units += Math.abs(other.positionAt(price, logPrice < 0 ? 1 : -1));
      if (units > 0) smallest = Math.min(smallest, Math.abs(logPrice) / units);
    }
  }
  return Number.isFinite(smallest) ? smallest : 0;
}
