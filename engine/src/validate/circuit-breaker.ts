import { log, normalCdf } from "../math/index.js";
import { check, type ValidationCase } from "./case.js";
import { rows } from "./rows.js";

/**
 * The probability that a driftless log price touches `barrier` (a share of today's price, below 1) within `years`:
 * 2 Phi(ln b / (sigma sqrt(h))), by the reflection principle.
 */
export function hittingProbability(barrier: number, volatility: number, years: number): number {
  return 2 * normalCdf(log(barrier) / (volatility * Math.sqrt(years)));
}

/** Section 2.7: a fall of 5 % within a halt of 15 minutes at 600 % a year (365 days). */
export function circuitBreakerCases(): ValidationCase[] {
  return [
    check(
      {
        id: "circuit-breaker/hitting-probability",
        source: "reflection principle, 2 Phi(ln b / (sigma sqrt(h)))",
        tag: "D",
        unit: "probability",
        expected: 0.10954,
        tolerance: 5e-7,
        row: rows.circuitBreaker,
      },
      hittingProbability(0.95, 6, 15 / (365 * 24 * 60)),
    ),
  ];
}
