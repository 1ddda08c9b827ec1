import { ERF_SMALL, erfSmall, scaledErfc } from "./error-function.js";
import { exp } from "./exp.js";
import { log } from "./log.js";
import { twoProductError } from "./two-product.js";

/** 1 / sqrt(2 pi). */
const INVERSE_SQRT_TWO_PI = 0.3989422804014327;
/** 1 / sqrt(2). */
const SQRT_HALF = 0.7071067811865476;

/** The standard normal density at `x`. Relative error below 5e-16 while it is a normal number (|x| < 37.6). NaN gives NaN. */
export function normalPdf(x: number): number {
  return INVERSE_SQRT_TWO_PI * expOfMinusHalfSquare(x);
}

/**
 * The probability that a standard normal is at most `x`. Relative error below 1e-15, in the lower tail down to
 * x = -37.5 (5e-308), below which it loses digits and ends at 0. NaN gives NaN.
 */
export function normalCdf(x: number): number {
  // Phi(x) = erfc(-x / sqrt 2) / 2, with the exponential taken of x itself: rounding x / sqrt 2 first would cost x^2 last places.
  const z = x * SQRT_HALF;
  const size = Math.abs(z);
  if (size <= ERF_SMALL) return 0.5 + 0.5 * erfSmall(z);
  const tail = 0.5 * expOfMinusHalfSquare(x) * scaledErfc(size);
  return x < 0 ? tail : 1 - tail;
}

/** The probability that a standard normal is above `x`, `normalCdf(-x)`: as exact in the upper tail as that is in the lower. */
export function normalCdfUpper(x: number): number {
  return normalCdf(-x);
}

/**
 * The x at which `normalCdf(x)` is `p`, for `p` in (0, 1); relative error about 1e-15. 0 gives -Infinity, 1 Infinity,
 * anything outside NaN. Source: M. J. Wichura, "Algorithm AS 241: the percentage points of the normal distribution",
 * Applied Statistics 37 (1988), 477-484, routine PPND16.
 */
export function normalInverse(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * centralRatio(0.180625 - q * q);
  // 1 - p is exact here, as p is above one half.
  const tail = q < 0 ? p : 1 - p;
  if (!(tail > 0)) return tail === 0 ? (q < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY) : Number.NaN;
  const r = Math.sqrt(-log(tail));
  const x = r <= 5 ? tailRatio(r - 1.6) : farTailRatio(r - 5);
  return q < 0 ? -x : x;
}

/** e^(-x^2 / 2), with the square's rounding error put back: it would else be multiplied by the square. */
function expOfMinusHalfSquare(x: number): number {
  // Past 39 it is 0, and the correction of a huge square would be no number.
  if (Math.abs(x) > 39) return 0;
  const square = x * x;
  const gauss = exp(-0.5 * square);
  return gauss - gauss * (0.5 * twoProductError(x, x, square));
}

/** The quotient of polynomials a / b of AS 241, for |p - 1/2| <= 0.425. */
function centralRatio(r: number): number {
  let a = 2.5090809287301226727e3;
  a = a * r + 3.3430575583588128105e4;
  a = a * r + 6.7265770927008700853e4;
  a = a * r + 4.5921953931549871457e4;
  a = a * r + 1.3731693765509461125e4;
  a = a * r + 1.9715909503065514427e3;
  a = a * r + 1.3314166789178437745e2;
  a = a * r + 3.387132872796366608;
  let b = 5.226495278852854561e3;
  b = b * r + 2.8729085735721942674e4;
  b = b * r + 3.930789580009271061e4;
  b = b * r + 2.1213794301586595867e4;
  b = b * r + 5.3941960214247511077e3;
  b = b * r + 6.871870074920579083e2;
  b = b * r + 4.2313330701600911252e1;
  b = b * r + 1;
  return a / b;
}

/** The quotient c / d of AS 241, for tails down to e^-25. */
function tailRatio(r: number): number {
  let c = 7.7454501427834140764e-4;
  c = c * r + 2.27238449892691845833e-2;
  c = c * r + 2.4178072517745061177e-1;
  c = c * r + 1.27045825245236838258;
  c = c * r + 3.64784832476320460504;
  c = c * r + 5.7694972214606914055;
  c = c * r + 4.6303378461565452959;
  c = c * r + 1.42343711074968357734;
  let d = 1.05075007164441684324e-9;
  d = d * r + 5.475938084995344946e-4;
  d = d * r + 1.51986665636164571966e-2;
  d = d * r + 1.4810397642748007459e-1;
  d = d * r + 6.8976733498510000455e-1;
  d = d * r + 1.6763848301838038494;
  d = d * r + 2.05319162663775882187;
  d = d * r + 1;
  return c / d;
}

/** The quotient e / f of AS 241, for the tails beyond. */
function farTailRatio(r: number): number {
  let e = 2.01033439929228813265e-7;
  e = e * r + 2.71155556874348757815e-5;
  e = e * r + 1.2426609473880784386e-3;
  e = e * r + 2.6532189526576123093e-2;
  e = e * r + 2.9656057182850489123e-1;
  e = e * r + 1.7848265399172913358;
  e = e * r + 5.4637849111641143699;
  e = e * r + 6.6579046435011037772;
  let f = 2.04426310338993978564e-15;
  f = f * r + 1.4215117583164458887e-7;
  f = f * r + 1.8463183175100546818e-5;
  f = f * r + 7.868691311456132591e-4;
  f = f * r + 1.48753612908506148525e-2;
  f = f * r + 1.3692988092273580531e-1;
  f = f * r + 5.9983220655588793769e-1;
  f = f * r + 1;
  return e / f;
}
