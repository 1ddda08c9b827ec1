import { LN2_HIGH, LN2_LOW } from "./ln2.js";
import { POWER_OFFSET, POWERS_OF_TWO } from "./powers-of-two.js";

// ln x = k ln 2 + ln(1 + f) with 1 + f between sqrt(1/2) and sqrt(2). With s = f / (2 + f), |s| <= 0.1716,
// ln(1 + f) = 2 artanh(s) = 2s + 2s^3/3 + 2s^5/5 + ... (DLMF 4.6.5 and 4.37.24); cut after s^21 it is off by less than
// 0.01 of the last place, so its coefficients need no fitting. Since 2s = f - f^2/2 + s f^2/2, the exact f leads the
// sum and only the small rest rounds.

/** The two halves of one double; the second word holds sign and exponent, as every platform of today is little endian. */
const DOUBLE = new Float64Array(1);
const WORDS = new Uint32Array(DOUBLE.buffer);

const LEAST_NORMAL = 2.2250738585072014e-308;
const TWO_TO_54 = 18014398509481984;
/** The first twenty binary places of sqrt(2) - 1. */
const SQRT_2_FRACTION = 0x6a09e;
/** Below this size x is ln(1 + x) to the last place. */
const TINY = 5e-17;

/**
 * The natural logarithm of `x`, the same bits on every machine. Error below 0.9 of the last place (measured against
 * 160-bit digits; test: log.test.ts).
 * Zero gives -Infinity, a negative number and NaN give NaN.
 */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  return logOfPositive(x, 0);
}

/**
 * ln(1 + x) without the cancellation near zero. Error below 0.9 of the last place. -1 gives -Infinity, a smaller
 * number and NaN give NaN, -0 gives -0.
 */
export function log1p(x: number): number {
  if (!(x > -1)) return x === -1 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  if (Math.abs(x) < TINY) return x;
  if (x > -0.29 && x < 0.41) return x + restOf(x);
  // What 1 + x rounds away, relative to it, is what its logarithm lacks.
  const sum = 1 + x;
  const lost = x < 1 ? x - (sum - 1) : 1 - (sum - x);
  return logOfPositive(sum, lost / sum);
}

/** ln x + lost for finite x > 0. */
function logOfPositive(x: number, lost: number): number {
  // A subnormal number has no leading one; 2^54 gives it one exactly.
  const isSubnormal = x < LEAST_NORMAL;
  const normal = isSubnormal ? x * TWO_TO_54 : x;
  DOUBLE[0] = normal;
  // Exponent and first twenty places of the fraction in one word: adding the distance from sqrt(2) to 2 carries into
  // the exponent exactly where the fraction lies above sqrt(2), without a branch to mispredict.
  const exponent = ((WORDS[1] + (0x100000 - SQRT_2_FRACTION)) >>> 20) - 1023;
  const f = normal * POWERS_OF_TWO[POWER_OFFSET - exponent] - 1;
  const k = isSubnormal ? exponent - 54 : exponent;
  // k * LN2_HIGH is exact and 0 or larger than f, so the sum's rounding is known exactly.
  const base = k * LN2_HIGH;
  const sum = base + f;
  const rounded = f - (sum - base);
  return sum + (rounded + (restOf(f) + (k * LN2_LOW + lost)));
}

/** ln(1 + f) - f for -0.293 <= f <= 0.4143. Paired terms (Estrin) so that the multiplications overlap. */
function restOf(f: number): number {
  const s = f / (2 + f);
  const z = s * s;
  const z2 = z * z;
  const z4 = z2 * z2;
  const first = 2 / 3 + z * (2 / 5) + z2 * (2 / 7 + z * (2 / 9));
  const second = 2 / 11 + z * (2 / 13) + z2 * (2 / 15 + z * (2 / 17));
  const third = 2 / 19 + z * (2 / 21);
  const series = z * (first + z4 * (second + z4 * third));
  const half = 0.5 * f * f;
  return s * (half + series) - half;
}
