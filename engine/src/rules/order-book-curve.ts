import { assert } from "../book/problem.js";
import { exp, expm1, log } from "../math/index.js";

/**
 * A depth curve relative to fair value: log-linear between levels, continuous, strictly falling in the position (docs/model.md).
 * `positions` rise from the most that can be bought (negative) through 0 to the most that can be sold; `logPrices` fall and are 0 at position 0.
 */
export interface OrderBookCurve {
  readonly positions: Float64Array;
  readonly logPrices: Float64Array;
}

/** Builds a curve from cumulative levels; both sides may be empty. Levels are those of `OrderBookVenue` (checked at parse). */
export function orderBookCurve(
  bids: readonly { readonly relativePrice: number; readonly units: number }[],
  asks: readonly { readonly relativePrice: number; readonly units: number }[],
): OrderBookCurve {
  const count = bids.length + asks.length + 1;
  const positions = new Float64Array(count);
  const logPrices = new Float64Array(count);
  let row = 0;
  for (let i = asks.length - 1; i >= 0; i--, row++) {
    positions[row] = -asks[i].units;
    logPrices[row] = log(asks[i].relativePrice);
  }
  row++;
  for (const bid of bids) {
    positions[row] = bid.units;
    logPrices[row] = log(bid.relativePrice);
    row++;
  }
  for (let i = 1; i < count; i++) {
    assert(positions[i] > positions[i - 1], "a depth curve's positions rise strictly");
    assert(logPrices[i] < logPrices[i - 1], "a depth curve's prices fall strictly");
  }
  return { positions, logPrices };
}

/** Row of the segment that holds `position`: the last row whose position is at most it, and at most the last but one. */
function segmentOf(positions: Float64Array, position: number): number {
  let low = 0;
  let high = positions.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (positions[middle] <= position) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** ln(price / fair value) at a position; constant beyond the last levels. */
export function logPriceAt(curve: OrderBookCurve, position: number): number {
  const { positions, logPrices } = curve;
  const last = positions.length - 1;
  if (last === 0 || position >= positions[last]) return logPrices[last];
  if (position <= positions[0]) return logPrices[0];
  const row = segmentOf(positions, position);
  const share = (position - positions[row]) / (positions[row + 1] - positions[row]);
  return logPrices[row] + share * (logPrices[row + 1] - logPrices[row]);
}

/** Price at a position, relative to fair value. */
export function relativePriceAt(curve: OrderBookCurve, position: number): number {
  return exp(logPriceAt(curve, position));
}

/** The real-valued position whose log price is `logPrice`, clamped to the curve's ends. */
export function positionOfLogPrice(curve: OrderBookCurve, logPrice: number): number {
  const { positions, logPrices } = curve;
  const last = positions.length - 1;
  if (last === 0 || logPrice >= logPrices[0]) return positions[0];
  if (logPrice <= logPrices[last]) return positions[last];
  let low = 0;
  let high = last - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (logPrices[middle] >= logPrice) low = middle;
    else high = middle - 1;
  }
  const share = (logPrices[low] - logPrice) / (logPrices[low] - logPrices[low + 1]);
  return positions[low] + share * (positions[low + 1] - positions[low]);
}

/**
 * Integral of the relative price over [from, to], from < to: what the walk is worth at fair value 1, in coins of price x units.
 * On a log-linear segment it is (e^a - e^b) / slope, written with expm1 so that a walk of one unit loses no digits.
 */
export function walkValue(curve: OrderBookCurve, from: number, to: number): number {
  const { positions, logPrices } = curve;
  const last = positions.length - 1;
  if (last === 0) return 0;
  let row = segmentOf(positions, from);
  let start = from;
  let sum = 0;
  while (start < to && row < last) {
    const stop = Math.min(to, positions[row + 1]);
    const slope = (logPrices[row + 1] - logPrices[row]) / (positions[row + 1] - positions[row]);
    const atStart = logPrices[row] + slope * (start - positions[row]);
    sum += (exp(atStart) * expm1(slope * (stop - start))) / slope;
    start = stop;
    row++;
  }
  return sum;
}

/**
 * The flattest part of a curve: the smallest |d ln price / d unit| over its segments, per unit; Infinity without levels. Lasting impact may not exceed it, or a
 * round trip would pay (docs/decisions/005-lasting-impact.md).
 */
export function flattestSlope(curve: OrderBookCurve): number {
  const { positions, logPrices } = curve;
  let flattest = Number.POSITIVE_INFINITY;
  for (let row = 1; row < positions.length; row++) {
    flattest = Math.min(flattest, (logPrices[row - 1] - logPrices[row]) / (positions[row] - positions[row - 1]));
  }
  return flattest;
}
