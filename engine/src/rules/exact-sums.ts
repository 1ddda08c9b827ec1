import { mulDivDown, mulDivUp } from "../math/index.js";
import { basisPoints, powersOfTen } from "./account-value.js";

/** A sum of products value x basis points, kept as whole ten-thousandths and what is left, so that it is divided once and not term by term. */
export interface WeightedSum {
  /** The sum over 10,000, rounded down. */
  whole: number;
  /** What rounding left, 0 to 9,999. */
  left: number;
}

/** Adds value x bps to a sum. `value` is a whole number from 0, `bps` one from 0 to 10^9. */
export function addWeighted(sum: WeightedSum, value: number, bps: number): void {
  const left = sum.left + (((value % basisPoints) * bps) % basisPoints);
  const carried = left >= basisPoints ? 1 : 0;
  sum.whole += mulDivDown(value, bps, basisPoints) + carried;
  sum.left = left - carried * basisPoints;
}

/** value x bps / 10,000, halves up. */
export function basisPointsHalfUp(value: number, bps: number): number {
  return mulDivDown(value, bps, basisPoints) + (((value % basisPoints) * bps) % basisPoints >= basisPoints / 2 ? 1 : 0);
}

/**
 * Units of one asset that are worth as much as `units` of another, in one division: units x steps x 10^(decimals of `to`) / (steps of `to` x 10^decimals). Rounded
 * down or up; at a price of zero, or beyond what a Float64 counts, the largest safe integer.
 */
export function exchanged(
  units: number,
  steps: number,
  unitDecimals: number,
  toSteps: number,
  toDecimals: number,
  up: boolean,
): number {
  const shift = toDecimals - unitDecimals;
  const above = steps * powersOfTen[Math.max(0, shift)];
  const below = toSteps * powersOfTen[Math.max(0, -shift)];
  if (below === 0 || (units * above) / below > Number.MAX_SAFE_INTEGER) return Number.MAX_SAFE_INTEGER;
  return up ? mulDivUp(units, above, below) : mulDivDown(units, above, below);
}
