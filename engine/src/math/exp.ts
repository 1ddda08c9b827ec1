import { LN2_HIGH, LN2_LOW, LOG2_E } from "./ln2.js";
import { POWER_OFFSET, POWERS_OF_TWO } from "./powers-of-two.js";

// e^x = 2^k * e^r with k the whole number nearest to x / ln 2, so |r| <= ln 2 / 2 = 0.3466. There the Taylor series
// (DLMF 4.2.19) cut after r^13 / 13! is off by less than 0.05 of the last place, so its coefficients need no fitting.

/** Above this e^x exceeds the largest double. */
const OVERFLOW_ABOVE = 709.79;
/** Below this e^x is under half the smallest double. */
const UNDERFLOW_BELOW = -745.14;
/** Below this size x is e^x - 1 to the last place. */
const TINY = 5e-17;
const TWO_TO_MINUS_64 = 5.421010862427522e-20;

/**
 * e to the power `x`, the same bits on every machine. Error below 0.65 of the last place (measured against 160-bit
 * digits), one last place where the result is subnormal; no fall between neighbours was found (test: exp.test.ts).
 * NaN gives NaN, overflow Infinity, underflow 0.
 */
export function exp(x: number): number {
  if (!(x <= OVERFLOW_ABOVE)) return x > OVERFLOW_ABOVE ? Number.POSITIVE_INFINITY : Number.NaN;
  if (x < UNDERFLOW_BELOW) return 0;
  const k = Math.floor(x * LOG2_E + 0.5);
  // k * LN2_HIGH and the difference are exact; `lost` is what the subtraction of the low part rounds away.
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const lost = high - r - low;
  // 1 + r rounds; what it rounds away goes to the tail.
  const head = 1 + r;
  const tail = r - (head - 1) + tailOf(r, lost);
  return timesPowerOfTwo(head + tail, k);
}

/**
 * e^x - 1 without the cancellation near zero. Error below one last place; -0 gives -0, NaN gives NaN,
 * overflow Infinity.
 */
export function expm1(x: number): number {
  if (x > 50) return exp(x);
  if (x < -40) return -1;
  if (Math.abs(x) < TINY) return x;
  const k = Math.floor(x * LOG2_E + 0.5);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const lost = high - r - low;
  if (k === 0) return r + tailOf(r, lost);
  if (x !== x) return x;
  const head = 1 + r;
  const tail = r - (head - 1) + tailOf(r, lost);
  const scale = POWERS_OF_TWO[k + POWER_OFFSET];
  // Knuth's two-sum keeps what `scaled - 1` rounds away.
  const scaled = head * scale;
  const sum = scaled - 1;
  const back = sum - scaled;
  const rounded = scaled - (sum - back) + (-1 - back);
  return sum + (rounded + tail * scale);
}

/** e^(r + lost) - 1 - r for |r| <= 0.35 and `lost` below its last place. Paired terms (Estrin) so that the multiplications overlap. */
function tailOf(r: number, lost: number): number {
  const r2 = r * r;
  const r4 = r2 * r2;
  const first = 1 / 2 + r * (1 / 6) + r2 * (1 / 24 + r * (1 / 120));
  const second = 1 / 720 + r * (1 / 5040) + r2 * (1 / 40320 + r * (1 / 362880));
  const third = 1 / 3628800 + r * (1 / 39916800) + r2 * (1 / 479001600 + r * (1 / 6227020800));
  return r2 * (first + r4 * (second + r4 * third)) + (lost + lost * r);
}

/** `y` times 2^k for 0.7 <= y <= 1.42 and -1075 <= k <= 1024, rounded at most once (below the normal numbers). */
function timesPowerOfTwo(y: number, k: number): number {
  if (k < -1021) return y * POWERS_OF_TWO[k + 64 + POWER_OFFSET] * TWO_TO_MINUS_64;
  if (k > 1023) return y * 2 * POWERS_OF_TWO[1023 + POWER_OFFSET];
  return y * POWERS_OF_TWO[k + POWER_OFFSET];
}
