import { defaultUnitDecimals } from "../../book/schema.js";
import { numbersOf, type Series, type SeriesTable, wordsOf } from "../../book/series.js";
import { log } from "../../math/index.js";
import { powersOfTen } from "../../rules/account-value.js";

/** A price path as points: times in milliseconds since the path's start, rising; dollars per coin. Between points the price follows `between`. */
export interface RecordedPath {
  readonly timesMs: Float64Array;
  readonly pricesUsd: Float64Array;
}

/** How a price goes from one point to the next: straight in log price, or as a step when the next one comes. */
export type Between = "log-linear" | "step";

/** Sub-ticks of a candle. */
export const candlePoints = 4;

/**
 * The points of a table. A candle is four equal sub-ticks: open, high, low, close if it closed lower, else open, low, high, close (docs/model.md); a sub-tick's
 * price is reached at its end (`log-linear`) or in its first tick (`step`). A table of prices is its own points.
 */
export function recordedPath(table: SeriesTable, atMs: number, tickMs: number, between: Between): RecordedPath {
  return table.kind === "candles" ? candlePath(table, atMs, tickMs, between) : pricePath(table, atMs);
}

function candlePath(table: SeriesTable, atMs: number, tickMs: number, between: Between): RecordedPath {
  const [start, open, high, low, close] = ["startMs", "openUsd", "highUsd", "lowUsd", "closeUsd"].map(
    (name) => numbersOf(table, name) ?? new Float64Array(table.rowCount),
  );
  const timesMs = new Float64Array(table.rowCount * candlePoints);
  const pricesUsd = new Float64Array(table.rowCount * candlePoints);
  const pointMs = table.intervalMs / candlePoints;
  for (let bar = 0; bar < table.rowCount; bar++) {
    const fell = close[bar] < open[bar];
    const visited = [open[bar], fell ? high[bar] : low[bar], fell ? low[bar] : high[bar], close[bar]];
    for (let point = 0; point < candlePoints; point++) {
      const reached = between === "step" ? point * pointMs + tickMs : (point + 1) * pointMs;
      timesMs[bar * candlePoints + point] = start[bar] - atMs + reached;
      pricesUsd[bar * candlePoints + point] = visited[point];
    }
  }
  return { timesMs, pricesUsd };
}

function pricePath(table: SeriesTable, atMs: number): RecordedPath {
  const times = numbersOf(table, "timeMs") ?? new Float64Array(0);
  return {
    timesMs: Float64Array.from(times, (time) => time - atMs),
    pricesUsd: Float64Array.from(numbersOf(table, "priceUsd") ?? []),
  };
}

/** The same path with a point at its start, the book's price, where the record begins later than the path. */
export function startingAt(path: RecordedPath, openingUsd: number): RecordedPath {
  if (path.timesMs.length > 0 && path.timesMs[0] <= 0) return path;
  return {
    timesMs: Float64Array.of(0, ...path.timesMs),
    pricesUsd: Float64Array.of(openingUsd, ...path.pricesUsd),
  };
}

/** ln of each point's price over the one before it; 0 for the first. */
export function logSteps(path: RecordedPath): Float64Array {
  return Float64Array.from(path.pricesUsd, (price, row) => (row === 0 ? 0 : log(price / path.pricesUsd[row - 1])));
}

/** Units known to be sold at known times: what `net` takes the modelled impact of out of the price. */
export interface KnownSales {
  readonly timesMs: Float64Array;
  /** Coins, not units. */
  readonly coins: Float64Array;
}

/** Rows of an events table of the given kinds in an asset, in coins, times since the path's start. */
export function knownSales(
  series: Series,
  table: SeriesTable,
  asset: string,
  kinds: readonly string[],
  atMs: number,
): KnownSales {
  const times = numbersOf(table, "timeMs") ?? new Float64Array(0);
  const amounts = numbersOf(table, "amount") ?? new Float64Array(table.rowCount);
  const kind = wordsOf(table, "kind") ?? [];
  const assets = wordsOf(table, "asset") ?? [];
  const scale = powersOfTen[series.unitDecimals[asset] ?? defaultUnitDecimals(asset)];
  const rows = kind.flatMap((word, row) => (kinds.includes(word) && assets[row] === asset ? [row] : []));
  return {
    timesMs: Float64Array.from(rows, (row) => times[row] - atMs),
    coins: Float64Array.from(rows, (row) => amounts[row] / scale),
  };
}
