import { exp, log } from "../../../math/index.js";

const msPerYear = 365 * 86_400_000;
const ln2 = 0.6931471805599453;

/** An exponentially weighted estimate of a price's variance per year, one sample per tick. */
export interface RealisedVolatility {
  /** Time of the last sample, ms; below 0: none yet. */
  sampledMs: number;
  steps: number;
  /** Variance per year. */
  variance: number;
}

/** An estimate before its first sample. */
export function openVolatility(): RealisedVolatility {
  return { sampledMs: -1, steps: 0, variance: 0 };
}

/** Puts an estimate back: `volatility` per square root of a year is what was seen before the path, `steps` the price then. */
export function resetVolatility(estimate: RealisedVolatility, volatility: number, steps: number): void {
  estimate.sampledMs = -1;
  estimate.steps = steps;
  estimate.variance = volatility * volatility;
}

/**
 * Takes a tick's first price into the estimate: variance <- w x variance + (1 - w) x r^2 / dt, w = 2^(-dt / halfLife), r the log change since the last sample.
 * A second call for the same tick changes nothing. Source: RiskMetrics Technical Document (1996), section 5.2, with time in years.
 */
export function sampleVolatility(
  estimate: RealisedVolatility,
  steps: number,
  timeMs: number,
  tickMs: number,
  halfLifeMs: number,
): void {
  if (timeMs <= estimate.sampledMs || steps === 0) return;
  const passedMs = estimate.sampledMs < 0 ? tickMs : timeMs - estimate.sampledMs;
  const change = log(steps / estimate.steps);
  const kept = exp((-ln2 * passedMs) / halfLifeMs);
  estimate.variance = kept * estimate.variance + (1 - kept) * change * change * (msPerYear / passedMs);
  estimate.sampledMs = timeMs;
  estimate.steps = steps;
}

/** The estimate per square root of a year. */
export function volatilityOf(estimate: RealisedVolatility): number {
  return Math.sqrt(estimate.variance);
}
