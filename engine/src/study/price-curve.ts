import { assert } from "../book/problem.js";
import { numbersOf, type SeriesTable } from "../book/series.js";
import { exp, log } from "../math/index.js";

/** A price over time, straight in log price between its points and level before and after them. Times are milliseconds since 1970, rising. */
export interface PriceCurve {
  readonly timesMs: Float64Array;
  readonly pricesUsd: Float64Array;
}

/** The curve of a table of prices (`time`, `price USD`), from a moment on; the first point is the price at that moment. */
export function priceCurve(table: SeriesTable, fromMs: number): PriceCurve {
  const timesMs = numbersOf(table, "timeMs") ?? new Float64Array(0);
  const pricesUsd = numbersOf(table, "priceUsd") ?? new Float64Array(0);
  assert(timesMs.length > 0, `the table ${table.id} has prices`);
  return startingAt({ timesMs, pricesUsd }, fromMs);
}

/**
 * The curve of prices with the bars of candles laid over it: where there are bars their opens, at the exact moment a bar begins, and the last one's close
 * take the place of the prices of that time. What an oracle reads on the hour is then a price of the hour.
 */
export function curveWithBars(prices: SeriesTable, bars: SeriesTable | undefined, fromMs: number): PriceCurve {
  const starts = bars === undefined ? null : numbersOf(bars, "startMs");
  const opens = bars === undefined ? null : numbersOf(bars, "openUsd");
  const closes = bars === undefined ? null : numbersOf(bars, "closeUsd");
  if (bars === undefined || starts === null || opens === null || closes === null || starts.length === 0)
    return priceCurve(prices, fromMs);
  const times = numbersOf(prices, "timeMs") ?? new Float64Array(0);
  const usd = numbersOf(prices, "priceUsd") ?? new Float64Array(0);
  const end = starts[starts.length - 1] + bars.intervalMs;
  const rows = [...times.keys()];
  const before = rows.filter((row) => times[row] < starts[0]);
  const after = rows.filter((row) => times[row] > end);
  const around = (of: Float64Array, within: Float64Array, last: number) =>
    Float64Array.from([...before.map((row) => of[row]), ...within, last, ...after.map((row) => of[row])]);
  return startingAt(
    { timesMs: around(times, starts, end), pricesUsd: around(usd, opens, closes[closes.length - 1]) },
    fromMs,
  );
}

function startingAt(all: PriceCurve, fromMs: number): PriceCurve {
  const { timesMs, pricesUsd } = all;
  const first = timesMs.findIndex((time) => time > fromMs);
  const rest = first < 0 ? timesMs.length : first;
  return {
    timesMs: Float64Array.of(fromMs, ...timesMs.subarray(rest)),
    pricesUsd: Float64Array.of(priceAt(all, fromMs), ...pricesUsd.subarray(rest)),
  };
}

/** The price at a moment. */
export function priceAt({ timesMs, pricesUsd }: PriceCurve, timeMs: number): number {
  let low = 0;
  let high = timesMs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timesMs[middle] <= timeMs) low = middle + 1;
    else high = middle;
  }
  if (low === 0) return pricesUsd[0];
  if (low === timesMs.length || timesMs[low - 1] === timeMs) return pricesUsd[low - 1];
  const share = (timeMs - timesMs[low - 1]) / (timesMs[low] - timesMs[low - 1]);
  return pricesUsd[low - 1] * exp(log(pricesUsd[low] / pricesUsd[low - 1]) * share);
}

/** When, between two moments that the price goes straight between, it passes `level`. */
export function crossingMs(fromMs: number, fromUsd: number, toMs: number, toUsd: number, level: number): number {
  return fromMs + ((toMs - fromMs) * log(level / fromUsd)) / log(toUsd / fromUsd);
}
