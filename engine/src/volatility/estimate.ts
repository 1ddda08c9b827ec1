/** Columns of one row per interval, of equal length: the first, highest, lowest and last price, all above 0. */
export interface Candles {
  readonly open: ArrayLike<number>;
  readonly high: ArrayLike<number>;
  readonly low: ArrayLike<number>;
  readonly close: ArrayLike<number>;
}

/** What is wrong with a row of a series, or with the series as a whole (`row` -1). */
export interface SeriesFault {
  /** From 0; -1: the whole series. */
  readonly row: number;
  readonly code: "price-not-positive" | "number-not-finite" | "candle-crossed" | "series-short" | "series-flat";
  readonly message: string;
  readonly hint: string;
}

/** One estimate of volatility. Nothing in it is NaN. */
export interface VolatilityEstimate {
  /** Of the log price over one interval. */
  readonly variance: number;
  /** Its root: a share per root of an interval. */
  readonly volatility: number;
  /** `volatility` times the root of the intervals in a year. */
  readonly annual: number;
  /** Returns or candles that it is made of. */
  readonly observations: number;
}

/** An estimate, or everything that stands against one. */
export type Estimated = VolatilityEstimate | { readonly faults: readonly SeriesFault[] };

/** True where there is no estimate. */
export function isFaulty(estimated: object): estimated is { readonly faults: readonly SeriesFault[] } {
  return "faults" in estimated;
}

/** The estimate that a variance per interval stands for. Rounding below 0 counts as 0. */
export function estimateOf(variance: number, observations: number, intervalsPerYear: number): VolatilityEstimate {
  const kept = Math.max(0, variance);
  const volatility = Math.sqrt(kept);
  return { variance: kept, volatility, annual: volatility * Math.sqrt(intervalsPerYear), observations };
}

/** The fault of a series that is too short. */
export function shortFault(found: number, least: number, what: string): SeriesFault {
  return {
    row: -1,
    code: "series-short",
    message: `${found} ${what}, at least ${least} are needed`,
    hint: "give a longer series",
  };
}
