import { type ChainRow, impliedVolatility, parityOf } from "@firebreak/engine";
import { type CsvRecord, readCsvTable } from "./csv-table.js";
import { type ChainRows, type ImportedChain, importedChain } from "./option-chain.js";
import { type RefusedRow, refusedRow } from "./refused-row.js";
import { parseUtc, utcText } from "./utc-time.js";

const summaryColumns = [
  "instrument_name",
  "creation_timestamp",
  "estimated_delivery_price",
  "base_currency",
  "underlying_price",
  "mark_price",
  "open_interest",
  "ask_price",
  "bid_price",
];
const volatilityColumns = ["option_type", "strike", "creation", "maturity", "mark_price", "mark_iv", "index_price"];

/** Marks of the two forms are written to this step, in coins. */
const summaryStep = 1e-6;
const volatilityStep = 1e-4;
const msPerYear = 365 * 86_400_000;
const msPerDay = 86_400_000;

/** What an import of a chain may be told beside the file. */
export interface ChainQuestion {
  /** The file's name: it tells the asset where no column does. */
  readonly fileName: string;
  readonly asset?: string;
  /** The moment of a file that states none, milliseconds since 1970. */
  readonly atMs?: number;
}

/**
 * Reads a chain of Deribit, in either of two forms: what `get_book_summary_by_currency` gives (open interest, marks in coins, no volatility), or a table of
 * marks with their volatility (no open interest, no moment). Throws `Error` where the file is neither.
 */
export function importDeribitChain(text: string, question: ChainQuestion): ImportedChain {
  const [header] = text.replace(/^\uFEFF/, "").split(/\r?\n/, 1);
  const names = new Set(header.split(",").map((name) => name.trim()));
  const lacks = (columns: readonly string[]) => columns.filter((name) => !names.has(name));
  if (lacks(summaryColumns).length === 0) return importedChain(readSummary(text));
  if (lacks(volatilityColumns).length === 0) return importedChain(readVolatilities(text, question));
  throw new Error(
    `the header is that of no chain: as a book summary it lacks ${lacks(summaryColumns).join(", ")}; as a table of volatilities ${lacks(volatilityColumns).join(", ")}`,
  );
}

const instrument = /^([A-Z0-9_]{1,16})-(\d{1,2})([A-Z]{3})(\d{2})-(\d+(?:d\d+)?)-([CP])$/;
const months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/** Asset, expiry (08:00 UTC of its day), strike and side of `ETH-26JAN24-1200-P`; null where a name is none. */
function readInstrument(name: string) {
  const match = instrument.exec(name);
  if (match === null) return null;
  const [, symbol, day, month, year, strike, side] = match;
  const place = months.indexOf(month);
  const expiryMs = Date.UTC(2000 + Number(year), place, Number(day), 8);
  if (place < 0 || new Date(expiryMs).getUTCDate() !== Number(day)) return null;
  return { symbol, expiryMs, strikeUsd: Number(strike.replace("d", ".")), isCall: side === "C" };
}

/** A number of a cell: null where it is empty, NaN where it is none (the chain's checker tells it). */
function cellNumber(cell: string): number | null {
  const text = cell.trim();
  if (text === "") return null;
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
}

function readSummary(text: string): ChainRows {
  const table = readCsvTable(text, summaryColumns);
  const refused: RefusedRow[] = [...table.refused];
  const rows: ChainRow[] = [];
  const moments: number[] = [];
  const spots: number[] = [];
  const symbols = new Set<string>();
  for (const { cells, rowNumber, text: line } of table.rows) {
    const named = readInstrument(cells.instrument_name);
    const moment = cellNumber(cells.creation_timestamp);
    if (named === null || moment === null || !Number.isFinite(moment)) {
      const why =
        named === null ? `${JSON.stringify(cells.instrument_name.slice(0, 40))} is no option` : "it has no time";
      refused.push(refusedRow(rowNumber, `${why} (row-unreadable)`, line));
      continue;
    }
    symbols.add(named.symbol);
    moments.push(moment);
    const spot = cellNumber(cells.estimated_delivery_price);
    if (spot !== null && spot > 0) spots.push(spot);
    rows.push({
      contract: cells.instrument_name,
      line: rowNumber,
      strikeUsd: named.strikeUsd,
      expiryMs: named.expiryMs,
      isCall: named.isCall,
      bid: cellNumber(cells.bid_price),
      ask: cellNumber(cells.ask_price),
      mark: cellNumber(cells.mark_price),
      volatility: cells.mark_iv === undefined ? null : percentOf(cellNumber(cells.mark_iv)),
      openInterest: cellNumber(cells.open_interest),
      forwardUsd: cellNumber(cells.underlying_price),
    });
  }
  if (rows.length === 0) throw new Error(`no option understood: ${refused[0]?.reason ?? "the file has no rows"}`);
  if (symbols.size > 1) throw new Error(`it holds options of ${[...symbols].sort().join(", ")}: one asset a file`);
  if (spots.length === 0) throw new Error("no row states the estimated delivery price, which is the asset's price");
  // To the second: nothing of a chain is truer than that.
  const atMs = 1000 * Math.floor(Math.max(...moments) / 1000);
  return {
    symbol: [...symbols][0],
    terms: { atMs, spotUsd: middle(spots), quotedIn: "coin", inOrder: false, priceStep: summaryStep },
    rows,
    textOf: new Map(table.rows.map(({ rowNumber, text: line }) => [rowNumber, line])),
    refused,
    notes: [
      `price: the venue's index for delivery, ${middle(spots)} USD; forward of each expiry: the file's own underlying price`,
      "marks are in coins; expiries are at 08:00 UTC",
    ],
  };
}

function percentOf(value: number | null): number | null {
  return value === null ? null : value / 100;
}

function readVolatilities(text: string, question: ChainQuestion): ChainRows {
  const symbol = question.asset ?? /^(btc|eth|sol|xrp)/i.exec(question.fileName)?.[1]?.toUpperCase();
  if (symbol === undefined) throw new Error("the file does not say of which asset: write --asset ETH");
  const table = readCsvTable(text, volatilityColumns);
  const refused: RefusedRow[] = [...table.refused];
  const rows: ChainRow[] = [];
  const spots: number[] = [];
  const listed: number[] = [];
  for (const { cells, rowNumber, text: line } of table.rows) {
    const row = volatilityRow(cells, rowNumber, symbol);
    if (typeof row === "string") {
      refused.push(refusedRow(rowNumber, `${row} (row-unreadable)`, line));
      continue;
    }
    const spot = cellNumber(cells.index_price);
    if (spot !== null && spot > 0) spots.push(spot);
    const since = parseUtc(cells.creation);
    if (since !== null) listed.push(since);
    rows.push(row);
  }
  if (rows.length === 0) throw new Error(`no option understood: ${refused[0]?.reason ?? "the file has no rows"}`);
  if (spots.length === 0) throw new Error("no row states the index, which is the asset's price");
  const spotUsd = middle(spots);
  const atMs = question.atMs ?? impliedMoment(rows, spotUsd);
  if (atMs === null) throw new Error("the file states no moment and too few marks to tell it: write --at MOMENT");
  return {
    symbol,
    terms: { atMs, spotUsd, quotedIn: "coin", inOrder: false, priceStep: volatilityStep },
    rows,
    textOf: new Map(table.rows.map(({ rowNumber, text: line }) => [rowNumber, line])),
    refused,
    notes: [
      question.atMs === undefined
        ? `the file states no moment: its marks and volatilities agree at ${utcText(atMs)}, to the quarter of an hour (--at says another)`
        : `moment: ${utcText(atMs)}, as told`,
      ...listed
        .slice(0, 1)
        .flatMap(() =>
          Math.max(...listed) > atMs
            ? [`a contract of it was listed at ${utcText(Math.max(...listed))}, after that moment`]
            : [],
        ),
      `price: the middle of its index prices, ${spotUsd} USD; forward of each expiry: by put-call parity of its marks`,
    ],
  };
}

function volatilityRow(cells: CsvRecord["cells"], line: number, symbol: string): ChainRow | string {
  const side = cells.option_type.toLowerCase();
  if (side !== "call" && side !== "put")
    return `${JSON.stringify(cells.option_type.slice(0, 20))} is neither call nor put`;
  const expiryMs = parseUtc(cells.maturity);
  if (expiryMs === null) return `${JSON.stringify(cells.maturity.slice(0, 30))} is no time`;
  const strikeUsd = cellNumber(cells.strike) ?? Number.NaN;
  const day = new Date(expiryMs);
  const year = String(day.getUTCFullYear()).slice(2);
  return {
    contract: `${symbol}-${day.getUTCDate()}${months[day.getUTCMonth()]}${year}-${cells.strike.replace(/\.0+$/, "")}-${side === "call" ? "C" : "P"}`,
    line,
    strikeUsd,
    expiryMs,
    isCall: side === "call",
    bid: null,
    ask: null,
    mark: cellNumber(cells.mark_price),
    volatility: percentOf(cellNumber(cells.mark_iv)),
    openInterest: null,
    forwardUsd: null,
  };
}

/** Contracts closer than this to the money tell a moment: their marks have digits enough. */
const nearMoney = 0.1;

/**
 * The moment at which marks and volatilities agree: a mark gives the deviation v sqrt t, the stated v then gives t. The middle over contracts near the money
 * that expire within ten days of the first expiry, cut to the quarter of an hour. Null with fewer than ten.
 */
function impliedMoment(rows: readonly ChainRow[], spotUsd: number): number | null {
  const first = Math.min(...rows.map((row) => row.expiryMs));
  const near = rows.filter((row) => row.expiryMs <= first + 10 * msPerDay);
  const moments: number[] = [];
  for (const expiryMs of new Set(near.map((row) => row.expiryMs))) {
    const expiring = near.filter((row) => row.expiryMs === expiryMs && Number.isFinite(row.strikeUsd));
    const { forwardUsd } = parityOf(expiring, { spotUsd, quotedIn: "coin" });
    for (const { strikeUsd, mark, volatility, isCall } of expiring) {
      if (mark === null || volatility === null || !(volatility > 0) || !(mark > 0)) continue;
      if (Math.abs(strikeUsd / forwardUsd - 1) > nearMoney) continue;
      const deviation = impliedVolatility(isCall, mark * forwardUsd, forwardUsd, strikeUsd, 1, 1);
      if (typeof deviation !== "number" || !(deviation > 0)) continue;
      moments.push(expiryMs - (deviation / volatility) ** 2 * msPerYear);
    }
  }
  const quarter = 900_000;
  return moments.length < 10 ? null : quarter * Math.round(middle(moments) / quarter);
}

function middle(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >>> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
