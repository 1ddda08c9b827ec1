import { formatMoment, quote, suggestion } from "../../book/index.js";
import { numbersOf, type Series, type SeriesTable } from "../../book/series.js";
import type { CheckContext, Fault } from "../definition.js";
import { candlePoints } from "./recorded-path.js";
import type { RecordedParams } from "./recorded-schema.js";
import { gasTable, recordedAssets } from "./recorded-tables.js";

/** What is wrong with a recorded path beside its series, its book and its clock. */
export function checkRecorded(params: RecordedParams, context: CheckContext): readonly Fault[] {
  const series = context.series[params.series];
  const assets = recordedAssets(params, context.book, series);
  const faults = [...checkNamed(params, series), ...checkGas(params, series), ...checkNet(params, series)];
  if (assets.length === 0 && faults.length === 0) {
    const hint = "give it a table of candles or prices of an asset of the book";
    faults.push({ code: "series-empty", key: "series", message: `${quote(params.series)} has no price here`, hint });
  }
  for (const { table } of assets) faults.push(...checkClock(table, context));
  return faults;
}

function checkNamed(params: RecordedParams, series: Series): Fault[] {
  return params.assets.flatMap(({ asset, table: id }) => {
    const table = series.tables.find((one) => one.id === id);
    const key = `assets.${asset}`;
    if (table === undefined) {
      const hint = suggestion(
        id,
        series.tables.map((one) => one.id),
      );
      return [{ code: "unknown-table", key, message: `the series has no table ${quote(id)}`, hint }];
    }
    if ((table.kind === "candles" || table.kind === "prices") && table.asset === asset) return [];
    const message = `${quote(id)} holds ${table.kind}${table.asset === null ? "" : ` of ${table.asset}`}, no price of ${asset}`;
    return [{ code: "table-wrong", key, message, hint: "name a table of candles or prices of this asset" }];
  });
}

function checkGas(params: RecordedParams, series: Series): Fault[] {
  const { gasColumn, gasGwei } = params;
  if (gasColumn === null) return [];
  if (gasGwei !== null) {
    return [
      {
        code: "value-wrong",
        key: "gas",
        message: "gas comes from a column and is fixed as well",
        hint: 'leave out "gas" or "gasColumn"',
      },
    ];
  }
  const table = gasTable(series);
  if (table !== undefined && numbersOf(table, `${gasColumn}Gwei`) !== null) return [];
  const found = table === undefined ? "no gas table" : `no column "${gasColumn} gwei" in its gas table`;
  const hint = 'add it to the series, or write "gas": "30 gwei" instead';
  return [{ code: "column-missing", key: "gasColumn", message: `the series has ${found}`, hint }];
}

/** `net` needs all it takes out declared; nothing is guessed. */
function checkNet(params: RecordedParams, series: Series): Fault[] {
  const { net, treatment } = params;
  if (treatment === "unadjusted") {
    if (net === null) return [];
    const hint = 'write "treatment": "net" to use it, or leave it out';
    return [
      { code: "value-wrong", key: "net", message: "the record is taken unadjusted, so this has no effect", hint },
    ];
  }
  if (net === null) {
    const message = "net of what: no known sales and no impact are declared";
    const hint = 'add "net": { "events": "events", "impact": { "ETH": { "per": "1000 ETH", "move": "-0.5%" } } }';
    return [{ code: "value-missing", key: "net", message, hint }];
  }
  const faults: Fault[] = [];
  const table = series.tables.find((one) => one.id === net.events);
  if (table === undefined || table.kind !== "events") {
    const events = series.tables.filter((one) => one.kind === "events").map((one) => one.id);
    const message = `the series has no table ${quote(net.events)} of events`;
    faults.push({ code: "unknown-table", key: "net.events", message, hint: suggestion(net.events, events) });
  }
  for (const { asset, perAsset, logPerCoin } of net.impact) {
    const key = `net.impact.${asset}`;
    if (perAsset !== asset) {
      const message = `the impact of ${asset} is stated per ${perAsset}`;
      faults.push({ code: "unit-wrong", key: `${key}.per`, message, hint: `write an amount of ${asset}` });
    }
    if (logPerCoin > 0) {
      const message = "a sale cannot raise the price";
      faults.push({ code: "number-out-of-range", key: `${key}.move`, message, hint: "write a fall, like -0.5%" });
    }
  }
  return faults;
}

/** A tick that skips a point of the record would hide the high or the low that liquidates. */
function checkClock(table: SeriesTable, { book, tickMs, durationMs }: CheckContext): Fault[] {
  const times = numbersOf(table, table.kind === "candles" ? "startMs" : "timeMs") ?? new Float64Array(0);
  if (times.length === 0) {
    const hint = "give it at least one row";
    return [{ code: "series-empty", key: "series", message: `${quote(table.id)} has no rows`, hint }];
  }
  const last = times[times.length - 1] + table.intervalMs;
  if (last <= book.atMs || times[0] >= book.atMs + durationMs) {
    const message =
      `${quote(table.id)} covers ${formatMoment(times[0])} to ${formatMoment(last)}, ` +
      `but the path begins at ${formatMoment(book.atMs)} and lasts ${durationMs / 60_000} min`;
    return [{ code: "series-elsewhen", key: "series", message, hint: "take the series of the book's own days" }];
  }
  return table.kind === "candles" ? checkBars(table, times, book.atMs, tickMs) : checkPoints(table, times, tickMs);
}

function checkBars(table: SeriesTable, starts: Float64Array, atMs: number, tickMs: number): Fault[] {
  const quarter = table.intervalMs / candlePoints;
  if (quarter % tickMs !== 0) {
    const message = `a tick of ${tickMs} ms does not divide the quarter of a bar, ${quarter} ms: it would skip a high or a low`;
    const hint = `make clock.tick ${quarter} ms or a whole part of it`;
    return [{ code: "duration-no-multiple", key: "series", message, hint }];
  }
  const odd = starts.find((start) => (start - atMs) % tickMs !== 0);
  if (odd === undefined) return [];
  const message = `the bar of ${formatMoment(odd)} does not begin with a tick of ${tickMs} ms from ${formatMoment(atMs)}`;
  return [{ code: "duration-no-multiple", key: "series", message, hint: "make clock.tick a shorter whole part" }];
}

function checkPoints(table: SeriesTable, times: Float64Array, tickMs: number): Fault[] {
  if (times.length < 2) return [];
  const gaps = Float64Array.from({ length: times.length - 1 }, (_, row) => times[row + 1] - times[row]).sort();
  const usual = gaps[Math.floor((gaps.length - 1) / 2)];
  if (tickMs <= usual) return [];
  const message = `a tick of ${tickMs} ms skips points of ${quote(table.id)}, which are ${usual} ms apart (median)`;
  return [{ code: "tick-too-long", key: "series", message, hint: `make clock.tick at most ${usual} ms` }];
}
