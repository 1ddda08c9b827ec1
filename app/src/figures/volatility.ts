import {
  type Basis,
  type BranchingBound,
  branchingCaution,
  branchingUpperBound,
  closeToClose,
  type Estimated,
  ewma,
  type Figure,
  figure,
  fitGarch,
  formatMoment,
  type GarchFit,
  garmanKlass,
  isFaulty,
  logReturns,
  parkinson,
  rogersSatchell,
  type SeriesFault,
  type VolatilityEstimate,
  yangZhang,
} from "@firebreak/engine";
import type { PriceTable } from "../feeds/price-csv.js";
import type { RefusedRow } from "../feeds/refused-row.js";

/** Prices of one file, whatever wrote it. */
export interface Prices extends PriceTable {
  /** The file, with the table where it is one of several. */
  readonly name: string;
  readonly basis: Basis;
  /** Rows that were left out. */
  readonly leftOut: readonly RefusedRow[];
}

/** What a volatility is asked for. */
export interface VolatilityQuestion {
  /** Intervals in a year; null: as the times say. */
  readonly perYear: number | null;
  /** Only so many rows from the end; null: all. */
  readonly last: number | null;
  /** A move counts as an event from so many deviations on. */
  readonly eventSize: number;
  /** Intervals of one window of counts. */
  readonly window: number;
}

/** One estimator's answer. */
export interface EstimatorFigures {
  readonly name: string;
  readonly annual: Figure;
  readonly perInterval: Figure;
  readonly observations: number;
  /** What it measures and what it leaves out. */
  readonly covers: string;
}

/** What `firebreak volatility` found, as figures. */
export interface VolatilityFigures {
  readonly file: string;
  readonly rows: number;
  readonly leftOut: readonly { readonly row: number; readonly reason: string }[];
  readonly from: string | null;
  readonly to: string | null;
  readonly interval: Figure;
  readonly intervalsPerYear: Figure;
  /** How the intervals of a year came about. */
  readonly annualised: string;
  readonly estimators: readonly EstimatorFigures[];
  readonly garch: GarchFigures | null;
  readonly branching: BranchingFigures | null;
  /** What is not there, and why. */
  readonly missing: readonly { readonly what: string; readonly why: string }[];
}

/** A fitted GARCH(1,1): parameters in shares per interval. */
export interface GarchFigures {
  readonly mu: Figure;
  readonly omega: Figure;
  readonly alpha: Figure;
  readonly beta: Figure;
  readonly logLikelihood: Figure;
  readonly persistence: Figure;
  /** Null where volatility does not come back to any level. */
  readonly longRunAnnual: Figure;
  readonly nextAnnual: Figure;
  /** Null where the maximum is not one in all directions. */
  readonly standardErrors: Readonly<Record<"mu" | "omega" | "alpha" | "beta", Figure>> | null;
  readonly end: GarchFit["end"];
  readonly observations: number;
}

/** An upper bound of the branching ratio. */
export interface BranchingFigures {
  readonly label: BranchingBound["label"];
  readonly branching: Figure;
  readonly fano: Figure;
  readonly eventSize: Figure;
  readonly events: number;
  readonly window: number;
  readonly windows: number;
  readonly caution: string;
}

const dayMs = 86_400_000;
const yearMs = 365 * dayMs;
const tradingDays = 252;

/** Every estimator that the file has the columns for. Faults that hold for one estimator alone are told in `missing`. */
export function volatilityFigures(prices: Prices, question: VolatilityQuestion): VolatilityFigures {
  const kept = lastRows(prices, question.last);
  const { timesMs, closes, candles, basis } = kept;
  // The whole file says what its rows are: a few of them may just miss the weekend.
  const { intervalMs, perYear, words } = annualisation(prices.timesMs, question.perYear);
  const missing: { what: string; why: string }[] = [];
  const read = closes === null ? Float64Array.from(kept.returns ?? []) : logReturns(closes);
  const returns = isFaulty(read) ? new Float64Array(0) : read;
  const estimators: EstimatorFigures[] = [];
  const add = (name: string, covers: string, estimated: Estimated) => {
    if (isFaulty(estimated)) missing.push({ what: name, why: whyOf(estimated.faults) });
    else estimators.push(told(name, covers, estimated, basis));
  };
  add("close-to-close", "all moves, the mean taken out", closeToClose(returns, perYear));
  add("ewma", "all moves, weights 0.94 to the power of their age", ewma(returns, perYear));
  if (candles === null) missing.push({ what: "ranges", why: "the file has no open, high, low and close" });
  else {
    add("parkinson", "open to close, no drift; gaps between rows left out", parkinson(candles, perYear));
    add("garman-klass", "open to close, no drift; gaps between rows left out", garmanKlass(candles, perYear));
    add("rogers-satchell", "open to close, any drift; gaps between rows left out", rogersSatchell(candles, perYear));
    add("yang-zhang", "gaps between rows and open to close, any drift", yangZhang(candles, perYear));
  }
  const fit = fitGarch(returns);
  if (isFaulty(fit)) missing.push({ what: "garch", why: whyOf(fit.faults) });
  const branching = branchingOf(returns, question, basis, missing);
  const rows = (closes ?? kept.returns ?? []).length;
  return {
    file: prices.name,
    rows,
    leftOut: prices.leftOut.map(({ rowNumber, reason }) => ({ row: rowNumber, reason })),
    from: timesMs === null || rows === 0 ? null : formatMoment(timesMs[0]),
    to: timesMs === null || rows === 0 ? null : formatMoment(timesMs[rows - 1]),
    interval: figure(intervalMs, "ms", basis),
    intervalsPerYear: figure(perYear, "intervals a year", "assumed"),
    annualised: `${words}${gapWords(timesMs, intervalMs, perYear)}`,
    estimators,
    garch: isFaulty(fit) ? null : garchOf(fit, perYear, basis),
    branching,
    missing,
  };
}

function lastRows(prices: Prices, last: number | null): Prices {
  if (last === null) return prices;
  const cut = <Value>(column: readonly Value[] | null) => (column === null ? null : column.slice(-last));
  const { candles } = prices;
  return {
    ...prices,
    timesMs: cut(prices.timesMs),
    closes: cut(prices.closes),
    returns: cut(prices.returns),
    candles:
      candles === null
        ? null
        : {
            open: candles.open.slice(-last),
            high: candles.high.slice(-last),
            low: candles.low.slice(-last),
            close: candles.close.slice(-last),
          },
  };
}

/** The usual distance of rows, and how many of them a year has: 252 where they are days without weekends, else by the calendar. */
function annualisation(
  timesMs: readonly number[] | null,
  asked: number | null,
): { readonly intervalMs: number | null; readonly perYear: number; readonly words: string } {
  const intervalMs = timesMs === null ? null : usualDistance(timesMs);
  if (asked !== null) return { intervalMs, perYear: asked, words: "as asked" };
  if (intervalMs === null || timesMs === null) {
    const why = timesMs === null ? "the rows have no times" : "one row has no distance to another";
    return { intervalMs, perYear: tradingDays, words: `${why}: taken as trading days, 252 a year` };
  }
  if (intervalMs === dayMs && spansWeekend(timesMs) && timesMs.every((time) => !isWeekend(time)))
    return { intervalMs, perYear: tradingDays, words: "days without weekends: 252 trading days a year" };
  return { intervalMs, perYear: yearMs / intervalMs, words: "by the calendar: 365 days of 24 hours" };
}

/** Distances from which on rows are missing: half as much again as the usual one; between trading days more than a long weekend with a holiday. */
function gapFrom(intervalMs: number, perYear: number): number {
  return intervalMs === dayMs && perYear < 300 ? 5.5 * dayMs : 1.5 * intervalMs;
}

/** How many distances are longer than rows usually are apart, in words: each counts as one interval. Empty where none is. */
function gapWords(timesMs: readonly number[] | null, intervalMs: number | null, perYear: number): string {
  if (timesMs === null || intervalMs === null) return "";
  let count = 0;
  let longest = 0;
  for (let row = 1; row < timesMs.length; row++) {
    const distance = timesMs[row] - timesMs[row - 1];
    if (distance < gapFrom(intervalMs, perYear)) continue;
    count++;
    longest = Math.max(longest, distance);
  }
  if (count === 0) return "";
  const length =
    longest >= dayMs ? `${Number((longest / dayMs).toFixed(1))} days` : `${Number((longest / 3_600_000).toFixed(1))} h`;
  return count === 1
    ? `; rows are missing in one place, ${length} long: it counts as one interval`
    : `; rows are missing in ${count} places, the longest ${length}: each counts as one interval`;
}

/** Whether a week that has a weekend in it lies between the first and the last time. */
function spansWeekend(timesMs: readonly number[]): boolean {
  return timesMs[timesMs.length - 1] - timesMs[0] >= 6 * dayMs;
}

/** The median distance of rows; null of fewer than two. */
function usualDistance(timesMs: readonly number[]): number | null {
  const distances = timesMs.slice(1).map((time, row) => time - timesMs[row]);
  return distances.sort((a, b) => a - b)[Math.floor(distances.length / 2)] ?? null;
}

function isWeekend(timeMs: number): boolean {
  // 1 January 1970 was a Thursday.
  const weekday = (Math.floor(timeMs / dayMs) + 4) % 7;
  return weekday === 0 || weekday === 6;
}

function told(name: string, covers: string, estimate: VolatilityEstimate, basis: Prices["basis"]): EstimatorFigures {
  return {
    name,
    annual: figure(estimate.annual, "share a year", basis),
    perInterval: figure(estimate.volatility, "share an interval", basis),
    observations: estimate.observations,
    covers,
  };
}

function garchOf(fit: GarchFit, perYear: number, basis: Prices["basis"]): GarchFigures {
  const root = Math.sqrt(perYear);
  const units = { mu: "share an interval", omega: "share^2 an interval", alpha: "x", beta: "x" } as const;
  const keys = ["mu", "omega", "alpha", "beta"] as const;
  const each = (values: Readonly<Record<(typeof keys)[number], number>>) =>
    Object.fromEntries(keys.map((key) => [key, figure(values[key], units[key], basis)])) as Record<
      (typeof keys)[number],
      Figure
    >;
  return {
    ...each(fit),
    logLikelihood: figure(fit.logLikelihood, "nats", basis),
    persistence: figure(fit.persistence, "x", basis),
    longRunAnnual: figure(fit.longRunVolatility === null ? null : fit.longRunVolatility * root, "share a year", basis),
    nextAnnual: figure(fit.nextVolatility * root, "share a year", basis),
    standardErrors: fit.standardErrors === null ? null : each(fit.standardErrors),
    end: fit.end,
    observations: fit.observations,
  };
}

/** Counts of large moves per window, and what their dispersion bounds. */
function branchingOf(
  returns: Float64Array,
  { eventSize, window }: VolatilityQuestion,
  basis: Prices["basis"],
  missing: { what: string; why: string }[],
): BranchingFigures | null {
  const usual = closeToClose(returns, 1);
  if (isFaulty(usual)) {
    missing.push({ what: "branching", why: whyOf(usual.faults) });
    return null;
  }
  const size = eventSize * usual.volatility;
  const counts = new Float64Array(Math.floor(returns.length / window));
  // The oldest returns that fill no window stay out.
  const first = returns.length - counts.length * window;
  let events = 0;
  for (let row = first; row < returns.length; row++) {
    if (!(Math.abs(returns[row]) > size)) continue;
    counts[Math.floor((row - first) / window)]++;
    events++;
  }
  const bound = branchingUpperBound(counts);
  if (isFaulty(bound)) {
    missing.push({ what: "branching", why: whyOf(bound.faults) });
    return null;
  }
  return {
    label: bound.label,
    branching: figure(bound.branching, "x", basis),
    fano: figure(bound.fano, "x", basis),
    eventSize: figure(size, "share", basis),
    events,
    window,
    windows: bound.windows,
    caution: branchingCaution,
  };
}

function whyOf(faults: readonly SeriesFault[]): string {
  const [{ row, message }] = faults;
  const more = faults.length > 1 ? `, and ${faults.length - 1} more` : "";
  return `${row < 0 ? "" : `row ${row + 1}: `}${message}${more}`;
}
