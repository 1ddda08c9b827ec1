import { mulDivDown } from "../math/index.js";

/**
 * A threshold on its way: `from` until `startMs`, then in a straight line to `to`, rounded down, and there from `startMs + overMs` on. A higher one holds at once.
 * Thresholds in whole basis points, times in whole milliseconds. Euler `LTVConfig.getLTV`; equal to `liquidationLtvAt` in `exact/euler-v2`.
 */
export function rampedThreshold(from: number, to: number, startMs: number, overMs: number, nowMs: number): number {
  if (nowMs < startMs) return from;
  const left = startMs + overMs - nowMs;
  return left <= 0 || to >= from ? to : to + mulDivDown(from - to, left, overMs);
}
