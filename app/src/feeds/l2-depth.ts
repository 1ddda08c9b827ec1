import { type L2Book, replayL2 } from "./l2-replay.js";
import { type CurveLevel, median } from "./quote-depth.js";

/** Both sides of a depth curve relative to the middle of the book. */
export interface L2Depth {
  readonly bids: readonly CurveLevel[];
  readonly asks: readonly CurveLevel[];
  /** Middle price, in the quote asset (the median one where several moments are pooled). */
  readonly middle: number;
  readonly momentCount: number;
}

/** Distances from the middle, as fractions of price, at which resting volume is counted: within the 0.49 % that a 1000-level snapshot covers. */
export const depthDistances: readonly number[] = [0.0001, 0.0002, 0.0005, 0.001, 0.0015, 0.002, 0.0025, 0.003, 0.0035];

/** The depth curve of a book at one moment; null where a side is empty. A distance that adds no volume is left out. */
export function bookDepth(book: L2Book, distances: readonly number[] = depthDistances): L2Depth | null {
  const bid = book.bids.best;
  const ask = book.asks.best;
  if (bid === null || ask === null) return null;
  const middle = (bid + ask) / 2;
  return {
    bids: rising(
      distances.map((distance) => ({
        relativePrice: 1 - distance,
        units: book.bids.sizeUpTo(middle * (1 - distance)),
      })),
    ),
    asks: rising(
      distances.map((distance) => ({
        relativePrice: 1 + distance,
        units: book.asks.sizeUpTo(middle * (1 + distance)),
      })),
    ),
    middle: middle / 1e8,
    momentCount: 1,
  };
}

/** The curve at the last state not after `atMs`; null while the book was stale. */
export function depthAt(lines: Iterable<string>, atMs: number): L2Depth | null {
  let depth: L2Depth | null = null;
  replayL2(lines, {
    beforeUpdate(book, nextMs) {
      if (book.timeMs <= atMs && nextMs > atMs) depth = bookDepth(book);
    },
  });
  return depth;
}

/** The median curve over states `everyMs` apart: one moment of a book is noisy. */
export function medianDepth(
  lines: Iterable<string>,
  everyMs = 1000,
  distances: readonly number[] = depthDistances,
): L2Depth {
  const middles: number[] = [];
  const bids = distances.map((): number[] => []);
  const asks = distances.map((): number[] => []);
  let dueMs = 0;
  replayL2(lines, {
    beforeUpdate(book, nextMs) {
      if (nextMs < dueMs || book.bids.best === null || book.asks.best === null) return;
      dueMs = nextMs + everyMs;
      const middle = (book.bids.best + book.asks.best) / 2;
      middles.push(middle / 1e8);
      distances.forEach((distance, index) => {
        bids[index].push(book.bids.sizeUpTo(middle * (1 - distance)));
        asks[index].push(book.asks.sizeUpTo(middle * (1 + distance)));
      });
    },
  });
  const pooled = (sign: 1 | -1, sizes: readonly number[][]) =>
    rising(distances.map((distance, index) => ({ relativePrice: 1 + sign * distance, units: median(sizes[index]) })));
  return { bids: pooled(-1, bids), asks: pooled(1, asks), middle: median(middles), momentCount: middles.length };
}

function rising(levels: readonly CurveLevel[]): CurveLevel[] {
  const kept: CurveLevel[] = [];
  for (const level of levels) if (level.units > (kept[kept.length - 1]?.units ?? 0)) kept.push(level);
  return kept;
}
