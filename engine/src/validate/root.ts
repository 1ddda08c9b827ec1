import { assert } from "../book/problem.js";

/**
 * The root of `f` between `low` and `high`, halved until the two ends are neighbouring floats.
 * `f(low)` and `f(high)` must differ in sign (zero counts as positive); returns the end at which `f` is positive or zero.
 */
export function bisectRoot(f: (x: number) => number, low: number, high: number): number {
  const risesToHigh = f(high) >= 0;
  assert(f(low) >= 0 !== risesToHigh, "bisectRoot needs a change of sign between its ends.");
  let negative = risesToHigh ? low : high;
  let positive = risesToHigh ? high : low;
  for (let step = 0; step < 2_000; step++) {
    const middle = negative + (positive - negative) / 2;
    if (middle === negative || middle === positive) break;
    if (f(middle) >= 0) positive = middle;
    else negative = middle;
  }
  return positive;
}

/** The argument of the smallest `f` between `low` and `high`, by golden sections; `f` must fall, then rise. */
export function goldenMinimum(f: (x: number) => number, low: number, high: number): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let left = low;
  let right = high;
  let inner = right - ratio * (right - left);
  let outer = left + ratio * (right - left);
  let atInner = f(inner);
  let atOuter = f(outer);
  for (let step = 0; step < 100; step++) {
    if (atInner <= atOuter) {
      right = outer;
      outer = inner;
      atOuter = atInner;
      inner = right - ratio * (right - left);
      atInner = f(inner);
    } else {
      left = inner;
      inner = outer;
      atInner = atOuter;
      outer = left + ratio * (right - left);
      atOuter = f(outer);
    }
  }
  return (left + right) / 2;
}
