import { expm1 } from "../math/index.js";
import { type SeriesFault, shortFault } from "./estimate.js";
import { sampleVariance } from "./returns.js";

/**
 * What the dispersion of counts says of the branching ratio of a self-exciting process. It is no estimate of the ratio but a bound from above: whatever else makes
 * counts cluster (hours of the day, news, a volatility that changes) raises it too.
 */
export interface BranchingBound {
  /** What it is: never to be shown without this word. */
  readonly label: "upper bound";
  /** 1 - sqrt(mean / variance); 0 where counts are not more dispersed than a Poisson process's. Below 1. */
  readonly branching: number;
  /** Variance over mean of the counts (the Fano factor), the trend taken out. */
  readonly fano: number;
  readonly mean: number;
  readonly variance: number;
  readonly windows: number;
}

/** What goes with a `BranchingBound` wherever it is shown. */
export const branchingCaution =
  "an upper bound: counts that cluster for any reason at all read as self-excitation (Hardiman and Bouchaud 2014)";

/**
 * An upper bound of the branching ratio from counts of events in equal windows: n = 1 - sqrt(mean / variance), a straight line taken out of the counts first. Windows must be
 * long against the time in which events excite others, or it comes out too low (`fanoOverWindow`). Source: Hardiman and Bouchaud, Branching-ratio approximation for
 * the self-exciting Hawkes process, Physical Review E 90 (2014). Faults: fewer than 10 windows, counts that are not finite and 0 or more, no event at all.
 */
export function branchingUpperBound(
  counts: ArrayLike<number>,
): BranchingBound | { readonly faults: readonly SeriesFault[] } {
  const faults: SeriesFault[] = [];
  let events = 0;
  for (let row = 0; row < counts.length; row++) {
    events += counts[row];
    if (Number.isFinite(counts[row]) && counts[row] >= 0) continue;
    const message = `count ${counts[row]} is no finite number of 0 or more`;
    faults.push({ row, code: "number-not-finite", message, hint: "correct the row or leave it out" });
  }
  if (counts.length < 10) faults.push(shortFault(counts.length, 10, "windows"));
  else if (events === 0) {
    const hint = "lower the size at which an event counts, or give a longer series";
    faults.push({ row: -1, code: "series-flat", message: "there is no event in any window", hint });
  }
  if (faults.length > 0) return { faults };
  const windows = counts.length;
  const mean = events / windows;
  const variance = detrendedVariance(counts, mean);
  const fano = variance / mean;
  return { label: "upper bound", branching: fano <= 1 ? 0 : 1 - Math.sqrt(1 / fano), fano, mean, variance, windows };
}

/** Variance around the straight line of least squares; two degrees of freedom are the line's. */
function detrendedVariance(counts: ArrayLike<number>, mean: number): number {
  const windows = counts.length;
  const centre = (windows - 1) / 2;
  let product = 0;
  let spread = 0;
  for (let row = 0; row < windows; row++) {
    product += (row - centre) * (counts[row] - mean);
    spread += (row - centre) * (row - centre);
  }
  const slope = product / spread;
  const rest = Float64Array.from({ length: windows }, (_, row) => counts[row] - mean - slope * (row - centre));
  return (sampleVariance(rest) * (windows - 1)) / (windows - 2);
}

/** The Fano factor over windows without end: 1 / (1 - n)^2 at a branching ratio n below 1. Source: Hawkes 1971; Hardiman and Bouchaud 2014. */
export function fanoLimit(branching: number): number {
  return 1 / ((1 - branching) * (1 - branching));
}

/**
 * The Fano factor over a window of a Hawkes process with an exponential kernel n b exp(-b t): F + (1 - F)(1 - exp(-k w)) / (k w), with F the limit and k = b (1 - n). Window times
 * `decay` is a plain number. Source: Da Fonseca and Zaatour, Hawkes process: fast calibration, Journal of Futures Markets 34 (2014).
 */
export function fanoOverWindow(branching: number, decay: number, window: number): number {
  const limit = fanoLimit(branching);
  const relaxed = decay * (1 - branching) * window;
  return limit + ((1 - limit) * -expm1(-relaxed)) / relaxed;
}
