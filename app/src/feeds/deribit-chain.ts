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
  if (lacks(summaryColumns).length === 0) return importedChain(ownWord(readSummary(text), question));
  if (lacks(volatilityColumns).length === 0) return importedChain(readVolatilities(text, question));
  throw new Error(
    `the header is that of no chain: as a book summary it lacks ${lacks(summaryColumns).join(", ")}; as a table of volatilities ${lacks(volatilityColumns).join(", ")}`,
  );
}

/** A summary states its asset and its moment: what is told beside it must not be something else. */
function ownWord(read: ChainRows, { asset, atMs }: ChainQuestion): ChainRows {
  if (asset !== undefined && asset !== read.symbol)
    throw new Error(`its options are on ${read.symbol}, not on ${asset}: leave --asset out`);
  if (atMs !== undefined && Math.abs(atMs - read.terms.atMs) >= 1000)
    throw new Error(`its rows state their moment, ${utcText(read.terms.atMs)}: leave --at out`);
  return read;
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

/** Deribit lists no options before this. */
const firstMoment = Date.UTC(2016, 0, 1);
const latestMoment = Date.UTC(2100, 0, 1);
/** All rows of a summary are recorded at once, and state one index: what is further from the middle of them is a mistake. */
const mostApartMs = msPerDay;
const mostApartShare = 0.1;

/** What a row of a summary says of the whole: its moment and the index (null where it states none). */
interface Stated {
  readonly moment: number;
  readonly spot: number | null;
}

/** Why a row's cells cannot be those of a summary of contracts that settle in the coin; null where they can. */
function unreadable(
  name: string,
  symbol: string | undefined,
  moment: number | null,
  spot: number | null,
): string | null {
  if (symbol === undefined) return `${JSON.stringify(name.slice(0, 40))} is no option`;
  if (symbol.includes("_"))
    return `it settles in ${symbol.split("_")[1]}, not in the coin: its prices mean something else`;
  if (moment === null || !Number.isFinite(moment)) return "it has no time";
  if (!(moment >= firstMoment && moment < latestMoment))
    return `its time of ${moment} is not between 2016 and 2100 in milliseconds since 1970`;
  if (spot !== null && !(spot > 0 && Number.isFinite(spot))) return "its estimated delivery price is no number above 0";
  return null;
}

/** Why a row that can be read does not belong to the others; null where it does. */
function astray({ moment, spot }: Stated, usual: { readonly moment: number; readonly spot: number }): string | null {
  if (Math.abs(moment - usual.moment) > mostApartMs)
    return `its time of ${utcText(moment)} is more than a day from that of the file, ${utcText(usual.moment)}`;
  if (spot !== null && Math.abs(spot / usual.spot - 1) > mostApartShare)
    return `its estimated delivery price of ${spot} is more than 10 % from that of the file, ${usual.spot}`;
  return null;
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
  const read: (Stated & { readonly row: ChainRow; readonly line: string })[] = [];
  const symbols = new Set<string>();
  const refuse = (rowNumber: number, why: string, line: string) =>
    refused.push(refusedRow(rowNumber, `${why} (row-unreadable)`, line));
  for (const { cells, rowNumber, text: line } of table.rows) {
    const named = readInstrument(cells.instrument_name);
    const moment = cellNumber(cells.creation_timestamp);
    const spot = cellNumber(cells.estimated_delivery_price);
    const why = unreadable(cells.instrument_name, named?.symbol, moment, spot);
    if (why !== null || named === null || moment === null) {
      const name = named === null ? "" : `${cells.instrument_name}: `;
      refuse(rowNumber, `${name}${why ?? "it is no option"}`, line);
      continue;
    }
    symbols.add(named.symbol);
    const row = {
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
    };
    read.push({ row, line, moment, spot });
  }
  if (read.length === 0) throw new Error(`no option understood: ${refused[0]?.reason ?? "the file has no rows"}`);
  if (symbols.size > 1) throw new Error(`it holds options of ${[...symbols].sort().join(", ")}: one asset a file`);
  const spots = read.flatMap(({ spot }) => (spot === null ? [] : [spot]));
  if (spots.length === 0) throw new Error("no row states the estimated delivery price, which is the asset's price");
  const usual = { moment: middle(read.map(({ moment }) => moment)), spot: middle(spots) };
  const rows: ChainRow[] = [];
  let latest = Number.NEGATIVE_INFINITY;
  for (const one of read) {
    const why = astray(one, usual);
    if (why !== null) refuse(one.row.line, `${one.row.contract}: ${why}`, one.line);
    else {
      rows.push(one.row);
      latest = Math.max(latest, one.moment);
    }
  }
  if (rows.length === 0) throw new Error(`no option understood: ${refused[0]?.reason ?? "the file has no rows"}`);
  // To the second: nothing of a chain is truer than that.
  const atMs = 1000 * Math.floor(latest / 1000);
  return {
    symbol: [...symbols][0],
    terms: { atMs, spotUsd: usual.spot, quotedIn: "coin", inOrder: false, priceStep: summaryStep },
    rows,
    textOf: new Map(table.rows.map(({ rowNumber, text: line }) => [rowNumber, line])),
    refused,
    notes: [
      `price: the venue's index for delivery, ${usual.spot} USD; forward of each expiry: the file's own underlying price`,
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
  let listed = Number.NEGATIVE_INFINITY;
  for (const { cells, rowNumber, text: line } of table.rows) {
    const row = volatilityRow(cells, rowNumber, symbol);
    if (typeof row === "string") {
      refused.push(refusedRow(rowNumber, `${row} (row-unreadable)`, line));
      continue;
    }
    const spot = cellNumber(cells.index_price);
    if (spot !== null && !(spot > 0 && Number.isFinite(spot))) {
      refused.push(refusedRow(rowNumber, `${row.contract}: its index is no number above 0 (row-unreadable)`, line));
      continue;
    }
    if (spot !== null) spots.push(spot);
    listed = Math.max(listed, parseUtc(cells.creation) ?? listed);
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
      ...(listed > atMs ? [`a contract of it was listed at ${utcText(listed)}, after that moment`] : []),
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
  const first = rows.reduce((least, row) => Math.min(least, row.expiryMs), Number.POSITIVE_INFINITY);
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
