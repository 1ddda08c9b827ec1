import { expm1, log, normalCdf, powInt } from "../math/index.js";
import { check, type Expectation, type ValidationCase } from "./case.js";
import { rows } from "./rows.js";

/** Jumps of ln price whose sizes are exponential on both sides. Source: Kou, Management Science 48 (2002). */
export interface KouJumps {
  readonly perYear: number;
  /** Probability that a jump is down. */
  readonly downShare: number;
  /** One over the mean size of a jump down, whole here. */
  readonly downRate: number;
}

/** Jumps of ln price with normal sizes. Source: Merton, Journal of Financial Economics 3 (1976). */
export interface MertonJumps {
  readonly perYear: number;
  readonly mean: number;
  readonly deviation: number;
}

/** Jumps per year that take the whole cushion, nu((-inf, ln(1 - 1/m)]): lambda p (1 - 1/m)^eta. */
export function kouGapRate(jumps: KouJumps, multiplier: number): number {
  return jumps.perYear * jumps.downShare * powInt(1 - 1 / multiplier, jumps.downRate);
}

/** The same with normal sizes: lambda N((ln(1 - 1/m) - mu_J) / sigma_J). */
export function mertonGapRate(jumps: MertonJumps, multiplier: number): number {
  return jumps.perYear * normalCdf((log(1 - 1 / multiplier) - jumps.mean) / jumps.deviation);
}

/**
 * The probability that constant-proportion insurance that never stops trading ends below its floor: only a jump of ln(1 - 1/m) or worse can do it, and those come
 * at a fixed rate, so 1 - e^(-rate x years). Source: Cont and Tankov, Mathematical Finance 19 (2009) 379-401.
 */
export function gapProbability(rate: number, years: number): number {
  return -expm1(-rate * years);
}

/** What a gap leaves of the cushion, mean, as a multiple of it: -(m - 1) / (eta + 1), whatever the path before it. */
export function kouGapCushion(jumps: KouJumps, multiplier: number): number {
  // The jump beyond the threshold is again exponential: E[e^-excess] = eta / (eta + 1).
  return 1 - multiplier + multiplier * (1 - 1 / multiplier) * (jumps.downRate / (jumps.downRate + 1));
}

/** The jumps of the acceptance numbers. */
export const acceptanceKou: KouJumps = { perYear: 10, downShare: 0.5, downRate: 25 };

/** The same with normal sizes. */
export const acceptanceMerton: MertonJumps = { perYear: 5, mean: -0.05, deviation: 0.1 };

/** Row 5 in closed form. */
export function gapRiskCases(): ValidationCase[] {
  const about = (id: string, unit: string, expected: number, tolerance: number): Expectation => ({
    id: `gap-risk/${id}`,
    source: "Cont and Tankov 2009, re-derived",
    tag: "D",
    unit,
    expected,
    tolerance,
    row: rows.gapRisk,
  });
  const kou = (multiplier: number) => gapProbability(kouGapRate(acceptanceKou, multiplier), 1);
  const merton = (multiplier: number) => gapProbability(mertonGapRate(acceptanceMerton, multiplier), 1);
  return [
    check(about("kou-loss-multiplier-4", "probability", 0.00375565, 5e-9), kou(4)),
    check(about("kou-loss-multiplier-5", "probability", 0.0187122, 5e-8), kou(5)),
    check(about("kou-loss-multiplier-8", "probability", 0.16263, 5e-7), kou(8)),
    check(about("kou-cushion-after-gap-multiplier-4", "multiple", -0.115385, 5e-7), kouGapCushion(acceptanceKou, 4)),
    check(about("merton-loss-multiplier-3", "probability", 9.4575e-4, 5e-9), merton(3)),
    check(about("merton-loss-multiplier-4", "probability", 0.0427172, 5e-8), merton(4)),
    check(about("merton-loss-multiplier-6", "probability", 0.371494, 5e-7), merton(6)),
  ];
}
