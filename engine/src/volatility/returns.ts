import { log } from "../math/index.js";
import { type Estimated, estimateOf, type SeriesFault, shortFault } from "./estimate.js";

/**
 * Log returns ln(p_i / p_(i-1)) of a column of prices, one fewer than there are prices. Faults: prices that are not above 0, fewer than two of them.
 */
export function logReturns(prices: ArrayLike<number>): Float64Array | { readonly faults: readonly SeriesFault[] } {
  const faults = priceFaults(prices, "price");
  if (prices.length < 2) faults.push(shortFault(prices.length, 2, "prices"));
  if (faults.length > 0) return { faults };
  const returns = new Float64Array(prices.length - 1);
  for (let row = 1; row < prices.length; row++) returns[row - 1] = log(prices[row] / prices[row - 1]);
  return returns;
}

/** A fault for each price that is not a finite number above 0. */
export function priceFaults(prices: ArrayLike<number>, what: string): SeriesFault[] {
  const faults: SeriesFault[] = [];
  for (let row = 0; row < prices.length; row++) {
    if (prices[row] > 0 && Number.isFinite(prices[row])) continue;
    const message = `${what} ${prices[row]} is no finite number above 0`;
    faults.push({ row, code: "price-not-positive", message, hint: "correct the row or leave it out" });
  }
  return faults;
}

/** Beyond this squares are no numbers any more; a log return of prices that are numbers stays below 1,500. */
const mostReturn = 1e100;

/** A fault for each return that is not finite, or too large for its square to be. */
export function returnFaults(returns: ArrayLike<number>): SeriesFault[] {
  const faults: SeriesFault[] = [];
  for (let row = 0; row < returns.length; row++) {
    if (Math.abs(returns[row]) <= mostReturn) continue;
    const message = `return ${returns[row]} is no finite number${Number.isFinite(returns[row]) ? " whose square is one" : ""}`;
    faults.push({ row, code: "number-not-finite", message, hint: "correct the row or leave it out" });
  }
  return faults;
}

/** Close to close: the sample variance of returns, sum (r - mean)^2 / (n - 1). Needs two returns. */
export function closeToClose(returns: ArrayLike<number>, intervalsPerYear: number): Estimated {
  const faults = returnFaults(returns);
  if (returns.length < 2) faults.push(shortFault(returns.length, 2, "returns"));
  if (faults.length > 0) return { faults };
  return estimateOf(sampleVariance(returns), returns.length, intervalsPerYear);
}

/**
 * Exponentially weighted moving average of squared returns without a mean: sum lambda^i r_(n-i)^2 / sum lambda^i, i from 0, which for a long series is the recursion
 * s^2 <- lambda s^2 + (1 - lambda) r^2. Source: RiskMetrics Technical Document, fourth edition, 1996, chapter 5 (lambda 0.94 for days). Needs one return.
 */
export function ewma(returns: ArrayLike<number>, intervalsPerYear: number, lambda = 0.94): Estimated {
  const faults = returnFaults(returns);
  if (returns.length < 1) faults.push(shortFault(returns.length, 1, "returns"));
  if (faults.length > 0) return { faults };
  let squares = 0;
  let weights = 0;
  for (let row = 0; row < returns.length; row++) {
    squares = lambda * squares + returns[row] * returns[row];
    weights = lambda * weights + 1;
  }
  return estimateOf(squares / weights, returns.length, intervalsPerYear);
}

/** Sum of squared distances from the mean over n - 1. */
export function sampleVariance(values: ArrayLike<number>): number {
  let sum = 0;
  for (let row = 0; row < values.length; row++) sum += values[row];
  const mean = sum / values.length;
  let squares = 0;
  for (let row = 0; row < values.length; row++) squares += (values[row] - mean) * (values[row] - mean);
  return squares / (values.length - 1);
}
