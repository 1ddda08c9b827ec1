import { exp, log, normalPdf } from "../math/index.js";
import { logOutOfTheMoney, logRatio, outOfTheMoney, shortOfBound } from "./normalised-black.js";

/** Why a price has no implied volatility. */
export type ImpliedVolatilityFault =
  /** A forward, strike or discount that is not positive and finite, or a price that is no finite number. */
  | "input-not-positive"
  /** No time is left: the price says nothing of volatility. */
  | "expired"
  /** Zero or less for an option whose exercise value is zero. */
  | "price-not-positive"
  /** Below the discounted forward gain of exercise. */
  | "below-intrinsic"
  /** The discounted forward gain to the last place: volatility zero, or a time value that rounding swallowed. */
  | "no-time-value"
  /** At or above the discounted forward (call) or strike (put), which no volatility reaches. */
  | "above-bound";

/** An implied volatility that does not exist, and why. */
export interface NoImpliedVolatility {
  readonly fault: ImpliedVolatilityFault;
}

const LOG_SQRT_TWO_PI = 0.9189385332046728;
const SQRT_TWO_PI = 2.5066282746310002;
/** Steps before giving up: two or three are used, nine at most on a grid of 38,000; halving alone would need 60. */
const mostRounds = 100;
/** A step of this share of s leaves its fourth power. */
const doneBelow = 1e-6;

const fault = (reason: ImpliedVolatilityFault): NoImpliedVolatility => ({ fault: reason });

/**
 * The volatility (1.00 is 100 %) at which `blackPrice` is `price`, or the fault that says why there is none; never NaN. Prices down to 1e-300 of the
 * forward and deviations from 1e-4 to beyond 10 come back to 1e-12 where the price determines them so far: the relative error of the deviation s is
 * about 2e-16 x price / (vega x s) more than that of the inputs. What an option in the money lost to its intrinsic value is lost.
 * Method: the price as its out-of-the-money twin per smaller of forward and strike; 1 / ln of it below the inflection point sqrt(2 |x|), it or the
 * log of what it lacks to its bound above; Householder's third-order step within a bracket. Source: Jaeckel, "Let's be rational" (2015), for the
 * transformed objectives; first guess and bracket are ours.
 */
export function impliedVolatility(
  isCall: boolean,
  price: number,
  forward: number,
  strike: number,
  years: number,
  discount: number,
): number | NoImpliedVolatility {
  if (!isPositive(forward) || !isPositive(strike) || !isPositive(discount)) return fault("input-not-positive");
  if (!Number.isFinite(price) || !Number.isFinite(years)) return fault("input-not-positive");
  if (years <= 0) return fault("expired");
  const undiscounted = price / discount;
  const gain = isCall ? forward - strike : strike - forward;
  if (gain <= 0 && undiscounted <= 0) return fault("price-not-positive");
  const bound = isCall ? forward : strike;
  if (undiscounted >= bound) return fault("above-bound");
  const smaller = Math.min(forward, strike);
  const timeValue = gain > 0 ? undiscounted - gain : undiscounted;
  // What rounding of the price and of its division may have taken.
  if (timeValue < -4e-16 * bound) return fault("below-intrinsic");
  if (timeValue <= 0) return fault("no-time-value");
  const lacking = gain > 0 ? bound - undiscounted : smaller - undiscounted;
  const x = -Math.abs(logRatio(forward, strike));
  return deviationOf(x, timeValue / smaller, lacking / smaller) / Math.sqrt(years);
}

/**
 * The deviation sigma sqrt T > 0 at which `outOfTheMoney(x, deviation)` is `value`, for x <= 0 and `value` in (0, 1); `lacking` is 1 - value, given
 * apart because near the bound it holds the digits.
 */
export function deviationOf(x: number, value: number, lacking: number): number {
  const inflection = Math.sqrt(-2 * x);
  const atInflection = x === 0 ? 0 : outOfTheMoney(x, inflection);
  return value < atInflection
    ? below(x, log(value), inflection, log(atInflection))
    : above(x, value, lacking, inflection, atInflection);
}

/** Below the inflection point: 1 / ln c is nearly linear in s^2. */
function below(x: number, logValue: number, inflection: number, logAtInflection: number): number {
  const target = 1 / logValue;
  let low = 0;
  let high = inflection;
  let s = guessBelow(x, -target, inflection, -1 / logAtInflection, logAtInflection);
  for (let round = 0; round < mostRounds; round++) {
    if (!(s > low && s < high)) s = 0.5 * (low + high);
    const c = logOutOfTheMoney(x, s);
    if (c < logValue) low = s;
    else high = s;
    const h = x / s;
    const slope = logSlope(h, s, c);
    const bend = bendOf(h, s);
    const first = bend - slope;
    const firstChange = bendChange(h, s) - slope * first;
    // Of g = 1 / c with c the log: g' = -c' / c^2, g'' / g' = c'' / c' - 2 c' / c.
    const ratio = slope / c;
    const second = first - 2 * ratio;
    const third = firstChange - 2 * ratio * (first - ratio) + second * second;
    const step = householder((c / slope) * (1 - c * target), second, third);
    s += step;
    if (Math.abs(step) <= doneBelow * s) break;
  }
  return s;
}

/** Above it: c itself up to one half, then the log of what it lacks to 1. */
function above(x: number, value: number, lacking: number, inflection: number, atInflection: number): number {
  const nearBound = value > 0.5;
  const logLacking = nearBound ? log(lacking) : 0;
  let low = inflection;
  let high = Number.POSITIVE_INFINITY;
  // The tangent at the inflection point, where d1 is zero: c is concave from here on, so this is too low, never too high.
  let s = inflection + (value - atInflection) * SQRT_TWO_PI;
  for (let round = 0; round < mostRounds; round++) {
    if (!(s > low && s < high)) s = high === Number.POSITIVE_INFINITY ? 2 * low + 1 : 0.5 * (low + high);
    const h = x / s;
    const density = normalPdf(h + 0.5 * s);
    const first = bendOf(h, s);
    const change = bendChange(h, s);
    let step: number;
    if (nearBound) {
      const rest = shortOfBound(x, s);
      const off = log(rest) - logLacking;
      if (off > 0) low = s;
      else high = s;
      const slope = -density / rest;
      const second = first - slope;
      step = householder(-off / slope, second, change - slope * second + second * second);
    } else {
      const off = outOfTheMoney(x, s) - value;
      if (off < 0) low = s;
      else high = s;
      step = householder(-off / density, first, change + first * first);
    }
    s += step;
    if (Math.abs(step) <= doneBelow * s) break;
  }
  return s;
}

/**
 * Where the monotone rational quadratic through 0 and the inflection point, with the slopes there, has the target's height (Gregory and Delbourgo 1982):
 * -1 / ln c as a function of v = (s / inflection)^2 starts with slope 4 / |x|.
 */
function guessBelow(x: number, target: number, inflection: number, end: number, logAtInflection: number): number {
  const startSlope = -4 / x;
  const slope = logSlope(x / inflection, inflection, logAtInflection);
  const endSlope = (0.5 * inflection * slope) / (logAtInflection * logAtInflection);
  // end (end v^2 + startSlope v (1 - v)) = target (end + (startSlope + endSlope - 2 end) v (1 - v))
  const spread = startSlope + endSlope - 2 * end;
  const a = end * (end - startSlope) + target * spread;
  const b = end * startSlope - target * spread;
  const c = -target * end;
  const v = (-2 * c) / (b + Math.sqrt(Math.max(b * b - 4 * a * c, 0)));
  return inflection * Math.sqrt(v);
}

/** (ln c)' = phi(d1) / c, by logs, as both may be below the smallest number. */
function logSlope(h: number, s: number, logC: number): number {
  const d1 = h + 0.5 * s;
  return exp(-0.5 * d1 * d1 - LOG_SQRT_TWO_PI - logC);
}

/** c'' / c' = (x^2 / s^2 - s^2 / 4) / s. */
function bendOf(h: number, s: number): number {
  return h * (h / s) - 0.25 * s;
}

/** Its derivative to s. */
function bendChange(h: number, s: number): number {
  // At the money the square of a tiny s would be 0, and 0 / 0 no number.
  const ratio = h / s;
  return -3 * ratio * ratio - 0.25;
}

/** The third-order step of Householder from Newton's own, f'' / f' and f''' / f'. */
function householder(newton: number, second: number, third: number): number {
  return (newton * (1 + 0.5 * second * newton)) / (1 + newton * (second + (third * newton) / 6));
}

function isPositive(value: number): boolean {
  return value > 0 && value < Number.POSITIVE_INFINITY;
}
