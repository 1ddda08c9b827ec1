import { exp, log } from "../math/index.js";
import { check, type Expectation, type ValidationCase } from "./case.js";
import { bisectRoot } from "./root.js";
import { rows } from "./rows.js";

/** theta: thresholds that the first move crosses, on average; gain: thresholds that one liquidation's impact crosses. */
export interface GeneralisedPoisson {
  readonly theta: number;
  readonly gain: number;
}

/**
 * P(K = k), the probability that exactly k positions are liquidated: theta (theta + n k)^(k-1) e^-(theta + n k) / k!.
 * Thresholds are a Poisson process of rate nu per dollar below the price, every liquidation moves the price by delta,
 * the first move is d0: theta = nu d0, n = nu delta. Source: Consul and Jain (1973), the generalised Poisson law.
 */
export function countProbability({ theta, gain }: GeneralisedPoisson, count: number): number {
  const reached = theta + gain * count;
  let logFactorial = 0;
  for (let factor = 2; factor <= count; factor++) logFactorial += log(factor);
  return exp(log(theta) + (count - 1) * log(reached) - reached - logFactorial);
}

/** E[K] = theta / (1 - n), liquidations; infinite from n = 1 on. */
export function meanCount({ theta, gain }: GeneralisedPoisson): number {
  return gain < 1 ? theta / (1 - gain) : Number.POSITIVE_INFINITY;
}

/** Var[K] = theta / (1 - n)^3, liquidations squared; infinite from n = 1 on. */
export function varianceCount({ theta, gain }: GeneralisedPoisson): number {
  return gain < 1 ? theta / ((1 - gain) * (1 - gain) * (1 - gain)) : Number.POSITIVE_INFINITY;
}

/** The probability that one liquidation's own cascade dies out: the smallest root of z = e^(n (z - 1)); 1 up to n = 1. */
export function extinctionProbability(gain: number): number {
  if (gain <= 1) return 1;
  // z - e^(n (z - 1)) rises from z = 0 to its largest value, at z = 1 - ln(n) / n, and the small root lies before it.
  return bisectRoot((z) => z - exp(gain * (z - 1)), 0, 1 - log(gain) / gain);
}

/** The probability that the cascade never ends, 1 - e^(theta (z - 1)): every position of an endless book is liquidated. */
export function wipeOutProbability({ theta, gain }: GeneralisedPoisson): number {
  return 1 - exp(theta * (extinctionProbability(gain) - 1));
}

/** Row 1 in closed form. */
export function generalisedPoissonCases(): ValidationCase[] {
  const half = { theta: 1, gain: 0.5 };
  const fragile = { theta: 1, gain: 0.8 };
  const runaway = { theta: 1, gain: 1.2 };
  const about = (id: string, unit: string, expected: number, tolerance: number): Expectation => ({
    id: `generalised-poisson/${id}`,
    source: "Consul and Jain 1973, generalised Poisson law; derived, Monte Carlo",
    tag: "D",
    unit,
    expected,
    tolerance,
    row: rows.generalisedPoisson,
  });
  return [
    check(about("mean-gain-0.5", "liquidations", 2, 1e-12), meanCount(half)),
    check(about("variance-gain-0.5", "liquidations²", 8, 1e-12), varianceCount(half)),
    check(about("p0-gain-0.5", "probability", 0.367879, 5e-7), countProbability(half, 0)),
    check(about("p3-gain-0.5", "probability", 0.0855052, 5e-8), countProbability(half, 3)),
    check(about("mean-gain-0.8", "liquidations", 5, 1e-12), meanCount(fragile)),
    check(about("variance-gain-0.8", "liquidations²", 125, 1e-9), varianceCount(fragile)),
    check(about("extinction-gain-1.2", "probability", 0.686302, 5e-7), extinctionProbability(1.2)),
    check(about("wipe-out-gain-1.2", "probability", 0.269261, 5e-7), wipeOutProbability(runaway)),
  ];
}
