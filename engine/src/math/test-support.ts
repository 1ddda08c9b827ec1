import { uniform } from "./philox.js";

// For the tests beside it alone: nothing else imports this file.

/** The number right above a finite `x`. */
export function nextAbove(x: number): number {
  const bits = new BigInt64Array(1);
  const double = new Float64Array(bits.buffer);
  double[0] = x + 0;
  bits[0] += double[0] >= 0 ? 1n : -1n;
  return double[0];
}

/** How many last places of `expected` lie between the two. */
export function lastPlacesBetween(actual: number, expected: number): number {
  if (Object.is(actual, expected)) return 0;
  const size = Math.abs(expected);
  return Math.abs(actual - expected) / (nextAbove(size) - size);
}

/** The most last places between `ours` and `theirs` on 100,000 points drawn between `from` and `to` (a fixed seed). */
export function compareWithPlatform(
  ours: (x: number) => number,
  theirs: (x: number) => number,
  from: number,
  to: number,
): number {
  let worst = 0;
  for (let i = 0; i < 100_000; i++) {
    const x = from + (to - from) * uniform(20210519, 0, 0, 0, i);
    const actual = ours(x);
    const expected = theirs(x);
    if (actual !== expected) worst = Math.max(worst, lastPlacesBetween(actual, expected));
  }
  return worst;
}
