import { readCsvTable } from "./csv-table.js";
import { cutDecimal } from "./decimal.js";
import { member, readJsonList } from "./json-list.js";
import { type Imported, type RefusedRow, refusedRow } from "./refused-row.js";
import { parseUtc } from "./utc-time.js";

/** One bar. Prices are plain decimals cut to 8 places; volume is in coins, cut to 8 places. */
export interface Candle {
  readonly startMs: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
}

/** A high that its source says no trader can rely on. */
export interface KnownBadHigh {
  readonly startMs: number;
  readonly high: string;
  readonly reason: string;
}

/** ETHUSDT perpetual, bar 2020-03-13 02:30 UTC: a one-print wick of the future to 323.00 in a bar that opened and closed below 100. */
export const knownBadHighs: readonly KnownBadHigh[] = [
  {
    startMs: Date.UTC(2020, 2, 13, 2, 30),
    high: "323",
    reason: "known bad high: a one-print wick to 323.00 on the perpetual",
  },
];

/** A candle, or why it is none. Refused: a price not above 0, a high or low that does not bracket open and close, a negative volume. */
function readCandle(startMs: number | null, cells: readonly [string, string, string, string, string]): Candle | string {
  if (startMs === null) return "start is no time";
  const names = ["open", "high", "low", "close", "volume"];
  const texts: string[] = [];
  for (const [index, name] of names.entries()) {
    const cut = cutDecimal(cells[index], 8);
    if (typeof cut === "string") return `${name}: ${cut}`;
    if (name !== "volume" && !(Number(cut.text) > 0)) return `${name} is not above 0`;
    texts.push(cut.text);
  }
  const [open, high, low, close, volume] = texts;
  if (Number(volume) < 0) return "volume is negative";
  if (Number(high) < Math.max(Number(open), Number(close))) return "high is below open or close";
  if (Number(low) > Math.min(Number(open), Number(close))) return "low is above open or close";
  return { startMs, open, high, low, close, volume };
}

/** Refuses bars that do not start exactly `intervalMs` after the bar before: a missing bar is told, not filled. */
function orderReason(candle: Candle, before: Candle | undefined, intervalMs: number): string | null {
  if (before === undefined || candle.startMs - before.startMs === intervalMs) return null;
  if (candle.startMs <= before.startMs) return "start is not after the bar before";
  return (candle.startMs - before.startMs) % intervalMs === 0
    ? null
    : `start is no multiple of ${intervalMs / 60_000} min after the bar before`;
}

/** Reads `eth/<day>.json`: 10-minute bars with `time_period_start` and `price_*` (USD). */
export function importTenMinuteCandles(json: string): Imported<Candle> {
  const names = ["time_period_start", "price_open", "price_high", "price_low", "price_close", "volume_traded"];
  const list = readJsonList(json, names);
  const refused: RefusedRow[] = [...list.refused];
  const rows: Candle[] = [];
  for (const entry of list.rows) {
    const [start, open, high, low, close, volume] = names.map((name) => member(entry, name));
    const candle = readCandle(parseUtc(start), [open, high, low, close, volume]);
    const reason = typeof candle === "string" ? candle : orderReason(candle, rows[rows.length - 1], 600_000);
    if (reason !== null || typeof candle === "string")
      refused.push(refusedRow(entry.rowNumber, String(reason), entry.text));
    else rows.push(candle);
  }
  return { rows, refused };
}

/**
 * Reads a 15-minute CSV (`open_time_ms,open,high,low,close,volume_base`). A bar with a known bad high is refused whole and told: a bar
 * whose high is made up here would pass for measured.
 */
export function importFifteenMinuteCandles(
  text: string,
  badHighs: readonly KnownBadHigh[] = knownBadHighs,
): Imported<Candle> {
  const table = readCsvTable(text, ["open_time_ms", "open", "high", "low", "close", "volume_base"]);
  const refused: RefusedRow[] = [...table.refused];
  const rows: Candle[] = [];
  for (const { cells, rowNumber, text: line } of table.rows) {
    const startMs = /^\d{12,14}$/.test(cells.open_time_ms) ? Number(cells.open_time_ms) : null;
    const candle = readCandle(startMs, [cells.open, cells.high, cells.low, cells.close, cells.volume_base]);
    const bad =
      typeof candle === "string"
        ? undefined
        : badHighs.find((known) => known.startMs === startMs && known.high === candle.high);
    const reason =
      typeof candle === "string" ? candle : (bad?.reason ?? orderReason(candle, rows[rows.length - 1], 900_000));
    if (reason !== null || typeof candle === "string") refused.push(refusedRow(rowNumber, String(reason), line));
    else rows.push(candle);
  }
  return { rows, refused };
}
