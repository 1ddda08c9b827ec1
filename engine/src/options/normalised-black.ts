import { log, log1p, normalCdf, normalPdf, scaledErfc } from "../math/index.js";

// Everything about an option's undiscounted value that depends on log-moneyness and deviation alone. An out-of-the-money call per unit of
// forward, x = ln(forward / strike) <= 0 and s = sigma sqrt T, is Phi(d1) - e^-x Phi(d2), d1 = x / s + s / 2, d2 = d1 - s. As phi(d1) = e^-x phi(d2)
// it is phi(d1) (Y(d1) - Y(d2)) with Mills' ratio Y = Phi / phi, in which only the last difference can cancel; where it would, it is the series of
// moments below, whose terms are all positive.

const SQRT_HALF = 0.7071067811865476;
/** sqrt(pi / 2): Y(0). */
const SQRT_HALF_PI = 1.2533141373155003;
/** ln sqrt(2 pi). */
const LOG_SQRT_TWO_PI = 0.9189385332046728;
/** Below this half deviation Y(d1) - Y(d2) is a series, above it a difference. */
const SERIES_BELOW = 0.1;
/** From this |x / s| on the forward recurrence of the moments would cancel and the continued fraction is short. */
const FRACTION_FROM = 2.5;

/** Mills' ratio Phi(z) / phi(z) for z <= 38, relative error below 2e-15; it grows like e^(z^2 / 2) above zero. */
export function millsRatio(z: number): number {
  const size = Math.abs(z) * SQRT_HALF;
  if (size >= 0.46875 && z < 0) return SQRT_HALF_PI * scaledErfc(size);
  return normalCdf(z) / normalPdf(z);
}

/** ln(a / b) for positive a and b, relative error below 1e-15 also where they are neighbours (Sterbenz: a - b is exact there). */
export function logRatio(a: number, b: number): number {
  const ratio = a / b;
  if (ratio > 0.5 && ratio < 2) return log1p((a - b) / b);
  return ratio > 1e-300 && ratio < 1e300 ? log(ratio) : log(a) - log(b);
}

/**
 * Y(h + t) - Y(h - t) for h <= 0, t > 0: the integral over u > 0 of 2 sinh(t u) e^(h u - u^2 / 2). Relative error below 1e-14 (h from -40), at most
 * |h| / (2 t) last places where it is a difference.
 */
export function millsDifference(h: number, t: number): number {
  if (t >= SERIES_BELOW) return millsRatio(h + t) - millsRatio(h - t);
  // M_n = integral of u^n e^(h u - u^2 / 2): the difference is twice the sum of t^(2k+1) M_(2k+1) / (2k+1)!.
  return h > -FRACTION_FROM ? nearSeries(h, t) : wingSeries(-h, t);
}

/** The series with moments by their recurrence M_(n+1) = h M_n + n M_(n-1). */
function nearSeries(h: number, t: number): number {
  let even = millsRatio(h);
  let odd = 1 + h * even;
  let factor = 2 * t;
  let sum = factor * odd;
  for (let n = 1; n < 40; n += 2) {
    even = h * odd + n * even;
    odd = h * even + (n + 1) * odd;
    factor *= (t * t) / ((n + 1) * (n + 2));
    const term = factor * odd;
    sum += term;
    if (!(term > sum * 1e-17)) break;
  }
  return sum;
}

/** Most terms of the series where t < SERIES_BELOW: the 8th is below 1e-20 of the first. */
const TERMS = 8;
const ratios = new Float64Array(2 * TERMS);

/** The series with moments by their ratios. */
function wingSeries(a: number, t: number): number {
  fillRatios(a, ratios);
  let term = 2 * t * millsRatio(-a) * ratios[1];
  let sum = term;
  for (let n = 2; n < 2 * TERMS - 1; n += 2) {
    term *= ((t * t) / (n * (n + 1))) * ratios[n] * ratios[n + 1];
    sum += term;
    if (!(term > sum * 1e-17)) break;
  }
  return sum;
}

/** M_n / M_(n-1) = n / (a + M_(n+1) / M_n) at h = -a for n from 1 to the end of `into`, from the far end of the fraction; exact from a = 0.5 on. */
function fillRatios(a: number, into: Float64Array): void {
  const depth = into.length + Math.ceil((20 / a) * (20 / a));
  let ratio = 0.5 * (Math.sqrt(a * a + 4 * depth) - a);
  for (let n = depth; n >= 1; n--) {
    ratio = n / (a + ratio);
    if (n < into.length) into[n] = ratio;
  }
}

/** The derivatives of Mills' ratio at h <= 0, from the 0th: M_n, the integral over u > 0 of u^n e^(h u - u^2 / 2). */
export function millsMoments(h: number, into: Float64Array): void {
  into[0] = millsRatio(h);
  if (h > -1) {
    into[1] = 1 + h * into[0];
    for (let n = 1; n + 1 < into.length; n++) into[n + 1] = h * into[n] + n * into[n - 1];
    return;
  }
  fillRatios(-h, into);
  into[0] = millsRatio(h);
  for (let n = 1; n < into.length; n++) into[n] *= into[n - 1];
}

/**
 * Value of the out-of-the-money option per unit of the smaller of forward and strike, undiscounted, 0 to 1: `x` = ln(smaller / larger) <= 0,
 * `deviation` = sigma sqrt T > 0. Relative error below (10 + 2 (x / deviation)^2) x 1e-16 of what the given x and deviation have.
 * Source: Black (1976) in Jaeckel's normalisation ("Let's be rational", Wilmott magazine, 2015), times e^(-x / 2).
 */
export function outOfTheMoney(x: number, deviation: number): number {
  const h = x / deviation;
  const t = 0.5 * deviation;
  const d1 = h + t;
  // Above zero Phi(d1) is near one, and Y(d1) would overflow.
  if (d1 > 0 && t >= SERIES_BELOW) return normalCdf(d1) - normalPdf(d1) * millsRatio(h - t);
  const density = normalPdf(d1);
  return density === 0 ? 0 : density * millsDifference(h, t);
}

/** What `outOfTheMoney` lacks to its bound of 1, without cancellation: Phi(-d1) + e^-x Phi(d2). */
export function shortOfBound(x: number, deviation: number): number {
  const h = x / deviation;
  const t = 0.5 * deviation;
  const d1 = h + t;
  return normalPdf(d1) * millsRatio(h - t) + normalCdf(-d1);
}

/** ln of `outOfTheMoney`, also where that falls below the smallest number. Absolute error about the last place of (x / deviation)^2. */
export function logOutOfTheMoney(x: number, deviation: number): number {
  const h = x / deviation;
  const t = 0.5 * deviation;
  const d1 = h + t;
  if (d1 > 0 && t >= SERIES_BELOW) return log(outOfTheMoney(x, deviation));
  return log(millsDifference(h, t)) - 0.5 * d1 * d1 - LOG_SQRT_TWO_PI;
}
