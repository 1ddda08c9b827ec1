import { divDown, divHalfUp, divUp } from "../rounding.js";

/** One: fractions have 60 binary places, as the program's U68F60 (no overflow is modelled). */
export const FRACTION_ONE = 1n << 60n;

/** Whole units as a fraction. */
export function fromUnits(units: bigint): bigint {
  return units << 60n;
}

/** Basis points as a fraction, rounded down. */
export function fromBasisPoints(basisPoints: bigint): bigint {
  return divDown(fromUnits(basisPoints), 10_000n);
}

/** Percent as a fraction, rounded down. */
export function fromPercent(percent: bigint): bigint {
  return divDown(fromUnits(percent), 100n);
}

/** Product of two fractions, rounded down. */
export function multiply(a: bigint, b: bigint): bigint {
  return (a * b) >> 60n;
}

/** Quotient of two fractions, rounded down. */
export function divide(a: bigint, b: bigint): bigint {
  return divDown(a << 60n, b);
}

/** Whole units of a fraction, rounded down. */
export function toUnitsDown(fraction: bigint): bigint {
  return fraction >> 60n;
}

/** Whole units of a fraction, rounded up. */
export function toUnitsUp(fraction: bigint): bigint {
  return divUp(fraction, FRACTION_ONE);
}

/** Difference, 0 where it would be negative. */
export function subtractToZero(a: bigint, b: bigint): bigint {
  return a > b ? a - b : 0n;
}

/** The loan-to-value without borrow factors from which the bonus is that of bad debt: 0.99, to the nearest place. */
export const BAD_DEBT_REGION = divHalfUp(99n * FRACTION_ONE, 100n);
