import { divTowardsZero } from "../rounding.js";

/** Bits after the point of exponents and of e^x. */
const PRECISION = 59n;
/** One at 59 bits: 2^59. */
export const ONE_59 = 1n << PRECISION;

/** Last power of the series. */
const TERMS = 33n;

/** 33! over n! for n from 2 to 33, as whole numbers: the series is summed over one common denominator. */
const COEFFICIENTS: readonly bigint[] = coefficients();

function coefficients(): readonly bigint[] {
  const found: bigint[] = [];
  let product = 1n;
  for (let n = TERMS; n >= 2n; n--) {
    found.unshift(product);
    product *= n;
  }
  return found;
}

/** 33!: the common denominator. */
const DENOMINATOR = 2n * COEFFICIENTS[0];

/**
 * e^x with 59 bits after the point for x of 0 or more in the same: the series up to x^33 / 33!, every power and the sum rounded down, so never above e^x.
 * `backstop-protocol/smart-ltv` 17fd53c, `RiskyMath.generalExp`.
 */
export function exponential59(x: bigint): bigint {
  let power = x;
  let sum = 0n;
  for (const coefficient of COEFFICIENTS) {
    power = (power * x) >> PRECISION;
    sum += power * coefficient;
  }
  return divTowardsZero(sum, DENOMINATOR) + x + ONE_59;
}
