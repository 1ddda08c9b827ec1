import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { type L2Depth, medianDepth } from "./l2-depth.js";
import { measureRefill, type RefillRate } from "./l2-refill.js";
import { type L2ReplayResult, replayL2 } from "./l2-replay.js";

/** What was measured on an order-book feed. */
export interface MeasuredFeed {
  readonly replay: L2ReplayResult;
  /** Null where no episode was long enough. */
  readonly refill: RefillRate | null;
  readonly depth: L2Depth;
  /** How the rebuilt book compares with the feed's own best quotes. */
  readonly matchWords: string;
  /** Time of the first state in sequence. */
  readonly atMs: number;
}

/** Measures a Binance USD-M feed given as gzip or as plain text. Throws where no book can be rebuilt from it. */
export function measureFeed(path: string): MeasuredFeed {
  const bytes = readFileSync(path);
  const text = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
  const lines = text.toString("utf8").split("\n");
  let atMs = 0;
  const replay = replayL2(lines, {
    beforeUpdate(book) {
      if (atMs === 0) atMs = book.timeMs;
    },
  });
  if (atMs === 0)
    throw new Error(
      `no book can be rebuilt: ${replay.counts.snapshot} snapshots, ${replay.appliedCount} updates in sequence`,
    );
  const matchWords = `book rebuilt from ${replay.appliedCount} updates with ${replay.gaps.length} gaps; best bid and ask equal the feed's own best quote, prices and sizes, in ${replay.sameSizeCount} of ${replay.comparedCount} states`;
  return { replay, refill: measureRefill(() => lines), depth: medianDepth(lines), matchWords, atMs };
}
