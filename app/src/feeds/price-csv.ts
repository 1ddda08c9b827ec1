import { type CsvRecord, readCsvTable } from "./csv-table.js";
import { type RefusedRow, refusedRow } from "./refused-row.js";
import { parseUtc } from "./utc-time.js";

/** Prices or returns over time, as a table of somebody else's holds them. */
export interface PriceTable {
  /** One per row, in milliseconds since 1970, strictly rising; null where the table has no times. */
  readonly timesMs: readonly number[] | null;
  /** In the table's currency; null where the table has not all four. */
  readonly candles: Readonly<Record<"open" | "high" | "low" | "close", readonly number[]>> | null;
  /** Closes or prices; null where the table has only returns. */
  readonly closes: readonly number[] | null;
  /** Returns as fractions, where the table has them instead of prices. */
  readonly returns: readonly number[] | null;
}

/** A price table and what was not understood of its file. */
export interface ReadPrices {
  readonly table: PriceTable;
  readonly refused: readonly RefusedRow[];
}

type Role = "time" | "open" | "high" | "low" | "close" | "return";

const names: Readonly<Record<Role, RegExp>> = {
  time: /^(?:date|time|timestamp|start|datetime)$/i,
  open: /^open$/i,
  high: /^high$/i,
  low: /^low$/i,
  close: /^(?:close|price|value|last)$/i,
  return: /^(?:log[ _])?returns?(?:[ _]?(?:percent|pct|%))?$/i,
};

/** A number as people write it: no hexadecimal digits, no thousands. */
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;

/**
 * Reads a CSV with a header: `date` (or time), and open, high, low and close, or close (price, value) alone, or `return` (`return_percent` in per cent). Other columns are
 * left unread; several columns of prices refuse the file. Refused, one by one: rows with a cell that is no number, a price that is not above 0, a candle whose high is below its low or does not
 * hold its open and close, times that do not rise.
 */
export function readPriceCsv(text: string): ReadPrices {
  const { rows, refused } = readCsvTable(text, []);
  const header = Object.keys(rows[0]?.cells ?? {});
  const columns = columnsOf(header);
  const bad = [...refused];
  if (rows.length === 0 && refused.length === 0) bad.push(refusedRow(1, "no rows", ""));
  if (rows.length > 0 && columns.close === undefined && columns.return === undefined) {
    const reason = "header lacks a column of prices or returns: close, price, value, return or return_percent";
    return { table: emptyTable(), refused: [...bad, refusedRow(1, reason, header.join(","))] };
  }
  const doubtful = header.filter((name) => names.close.test(name.trim()));
  if (doubtful.length > 1) {
    const reason = `header has ${doubtful.length} columns of prices, ${doubtful.join(" and ")}: leave all but one out`;
    return { table: emptyTable(), refused: [...bad, refusedRow(1, reason, header.join(","))] };
  }
  const taken: Taken = { times: [], open: [], high: [], low: [], close: [], returns: [] };
  for (const row of rows) {
    const reason = take(row, columns, taken);
    if (reason !== null) bad.push(refusedRow(row.rowNumber, reason, row.text));
  }
  const whole = columns.open !== undefined && columns.high !== undefined && columns.low !== undefined;
  const { open, high, low, close } = taken;
  return {
    table: {
      timesMs: columns.time === undefined ? null : taken.times,
      candles: whole && columns.close !== undefined ? { open, high, low, close } : null,
      closes: columns.close === undefined ? null : close,
      returns: columns.close === undefined ? taken.returns : null,
    },
    refused: bad.sort((a, b) => a.rowNumber - b.rowNumber),
  };
}

interface Taken {
  readonly times: number[];
  readonly open: number[];
  readonly high: number[];
  readonly low: number[];
  readonly close: number[];
  readonly returns: number[];
}

type Columns = Partial<Record<Role, string>>;

function emptyTable(): PriceTable {
  return { timesMs: null, candles: null, closes: null, returns: null };
}

function columnsOf(header: readonly string[]): Columns {
  const found: Columns = {};
  for (const role of Object.keys(names) as Role[]) {
    const name = header.find((one) => names[role].test(one.trim()));
    if (name !== undefined) found[role] = name;
  }
  return found;
}

/** Adds a row; returns why it is refused, or null. */
function take({ cells }: CsvRecord, columns: Columns, taken: Taken): string | null {
  const numbers: Partial<Record<Role, number>> = {};
  for (const role of ["open", "high", "low", "close", "return"] as const) {
    const name = columns[role];
    if (name === undefined || (role === "return" && columns.close !== undefined)) continue;
    const value = decimal.test(cells[name].trim()) ? Number(cells[name]) : Number.NaN;
    if (!Number.isFinite(value)) return `${name} ${JSON.stringify(cells[name])} is no number`;
    if (role !== "return" && !(value > 0)) return `${name} ${cells[name]} is not above 0`;
    numbers[role] = role === "return" && /percent|pct|%/i.test(name) ? value / 100 : value;
  }
  const time = columns.time === undefined ? 0 : timeOf(cells[columns.time]);
  if (time === null)
    return `${columns.time} ${JSON.stringify(cells[columns.time ?? ""])} is no date, written 1987-10-19 or 1987-10-19T16:00:00Z`;
  const last = taken.times[taken.times.length - 1];
  if (columns.time !== undefined && last !== undefined && time <= last)
    return "its time is not after that of the row before";
  const crossed = crossedBy(numbers);
  if (crossed !== null) return crossed;
  taken.times.push(time);
  taken.open.push(numbers.open ?? 0);
  taken.high.push(numbers.high ?? 0);
  taken.low.push(numbers.low ?? 0);
  taken.close.push(numbers.close ?? 0);
  taken.returns.push(numbers.return ?? 0);
  return null;
}

function crossedBy({ open, high, low, close }: Partial<Record<Role, number>>): string | null {
  if (open === undefined || high === undefined || low === undefined || close === undefined) return null;
  if (high < low) return `high ${high} is below low ${low}`;
  for (const [name, price] of [
    ["open", open],
    ["close", close],
  ] as const)
    if (price < low || price > high) return `${name} ${price} is not between low ${low} and high ${high}`;
  return null;
}

/** Milliseconds since 1970 of `1987-10-19`, or of a UTC time; null where it is none. */
function timeOf(text: string): number | null {
  const words = text.trim();
  return parseUtc(/^\d{4}-\d{2}-\d{2}$/.test(words) ? `${words} 00:00:00` : words);
}
