import { expm1 } from "../math/index.js";
import { check, type Expectation, type ValidationCase } from "./case.js";
import { rows } from "./rows.js";

/** An order to be worked over a day against a block-shaped book that refills exponentially. */
export interface ResilientOrder {
  /** X, shares. */
  readonly units: number;
  /** kappa: price per share. */
  readonly impact: number;
  /** rho: share of the displacement that recovers per unit of time. */
  readonly resilience: number;
  /** T, in the same unit of time. */
  readonly horizon: number;
}

/** The optimum: a block at each end and a constant rate between; `cost` is the transient impact paid. */
export interface ResilientSchedule {
  readonly endBlock: number;
  readonly rate: number;
  readonly cost: number;
}

/**
 * x_0 = x_T = X / (rho T + 2), rate rho X / (rho T + 2), cost kappa X^2 / (rho T + 2).
 * Source: Obizhaeva and Wang, Journal of Financial Markets 16 (2013); kernel kappa e^(-rho t).
 */
export function optimalSchedule({ units, impact, resilience, horizon }: ResilientOrder): ResilientSchedule {
  const parts = resilience * horizon + 2;
  return { endBlock: units / parts, rate: (resilience * units) / parts, cost: (impact * units * units) / parts };
}

/** Peak displacement of an even sale over T, over that of one block: (1 - e^-x) / x, x = rho T. */
export function throttlePeakShare(resilienceTimesHorizon: number): number {
  const x = resilienceTimesHorizon;
  return x === 0 ? 1 : -expm1(-x) / x;
}

/** Average displacement that an even sale over T pays, over the peak of one block: 1 / x - (1 - e^-x) / x^2, x = rho T. */
export function throttleAverageShare(resilienceTimesHorizon: number): number {
  const x = resilienceTimesHorizon;
  // Near zero the difference cancels; its series is good to the last digit there.
  if (x < 1e-3) return 1 / 2 - x / 6 + (x * x) / 24 - (x * x * x) / 120;
  return 1 / x + expm1(-x) / (x * x);
}

/** Row 13 in closed form. */
export function resilientBookCases(): ValidationCase[] {
  const schedule = optimalSchedule({ units: 1e5, impact: 1e-4, resilience: 2.231, horizon: 1 });
  const about = (id: string, unit: string, expected: number, tolerance: number): Expectation => ({
    id: `resilient-book/${id}`,
    source: "Obizhaeva and Wang 2013",
    tag: "D",
    unit,
    expected,
    tolerance,
    row: rows.resilientBook,
  });
  return [
    check(about("end-block", "shares", 23_635.07, 5e-3), schedule.endBlock),
    check(about("rate", "shares per day", 52_729.85, 5e-3), schedule.rate),
    check(about("cost", "USD", 236_350.74, 5e-3), schedule.cost),
    check(about("throttle-peak-1", "ratio", 0.632121, 5e-7), throttlePeakShare(1)),
    check(about("throttle-peak-3", "ratio", 0.316738, 5e-7), throttlePeakShare(3)),
  ];
}
