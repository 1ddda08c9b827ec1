import type { ChainRow } from "@firebreak/engine";
import { parse } from "csv-parse/sync";
import { type ImportedChain, importedChain } from "./option-chain.js";
import { type RefusedRow, refusedRow } from "./refused-row.js";

/** Index points of one contract of an index option. */
export const indexMultiplier = 100;

/** What an import of a quote table may be told beside the file. */
export interface QuoteTableQuestion {
  readonly asset?: string;
  /** Overrides the moment of the file's second line. */
  readonly atMs?: number;
}

interface Half {
  readonly name: number;
  readonly bid: number;
  readonly ask: number;
  readonly volatility: number;
  readonly openInterest: number;
}

/**
 * Reads a quote table as an options exchange offers it for download: name, last and change of the underlying in the first line, date and time with its quotes
 * in the second, heads in the third; then a row per expiry and strike, the call's columns left of the strike and the put's right of it. Prices are in
 * dollars, open interest in contracts of 100. Throws `Error` where the three lines are not those.
 */
export function importQuoteTable(text: string, question: QuoteTableQuestion): ImportedChain {
  const lines = parse(text.replace(/^\uFEFF/, ""), {
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    trim: true,
    info: true,
  }) as unknown as { readonly record: string[]; readonly info: { readonly lines: number } }[];
  const [first, second, third] = lines;
  if (third === undefined) throw new Error("three header lines are needed: name, date, heads");
  const name = first.record[0];
  const symbol = question.asset ?? /^\^?([A-Z][A-Z0-9.]{0,9})(?=[\s(]|$)/.exec(name)?.[1];
  if (symbol === undefined)
    throw new Error(`the first line names no underlying: ${JSON.stringify(name.slice(0, 60))}; write --asset SPX`);
  const spotUsd = numberIn(first.record[1] ?? "");
  if (!(spotUsd > 0))
    throw new Error(`the first line has no last price: ${JSON.stringify((first.record[1] ?? "").slice(0, 40))}`);
  const dated = second.record.find((cell) => /\b\d{4}\b/.test(cell)) ?? second.record[0];
  const atMs = question.atMs ?? newYorkMoment(dated);
  if (atMs === null)
    throw new Error(`the second line has no date and time: ${JSON.stringify(dated.slice(0, 60))}; write --at MOMENT`);
  const { expiry, strike, halves } = headsOf(third.record);
  const refused: RefusedRow[] = [];
  const rows: ChainRow[] = [];
  const textOf = new Map<number, string>();
  for (const { record, info } of lines.slice(3)) {
    const line = info.lines;
    textOf.set(line, record.join(","));
    const expiryMs = newYorkMoment(`${record[expiry]} 16:00 ET`);
    // A comma at the end of a line is no cell.
    const isOtherLength = record.length < third.record.length || record.slice(third.record.length).some(Boolean);
    if (isOtherLength || expiryMs === null) {
      const why =
        expiryMs === null
          ? `${JSON.stringify((record[expiry] ?? "").slice(0, 30))} is no date`
          : `${record.length} cells where the heads are ${third.record.length}`;
      refused.push(refusedRow(line, `${why} (row-unreadable)`, record.join(",")));
      continue;
    }
    halves.forEach((half, side) => {
      rows.push(rowOf(record, half, { line, strikeUsd: numberIn(record[strike]), expiryMs, isCall: side === 0 }));
    });
  }
  if (rows.length === 0) throw new Error(`no option understood: ${refused[0]?.reason ?? "nothing follows the heads"}`);
  return importedChain({
    symbol,
    terms: { atMs, spotUsd, quotedIn: "usd", inOrder: true, priceStep: 0.01 },
    rows,
    textOf,
    refused,
    notes: [
      `price: last of the first line, ${spotUsd}; forward and discount of each expiry: by put-call parity of the quotes' middles`,
      `open interest in contracts of ${indexMultiplier}; expiries taken at 16:00 in New York, also where a contract settles at the opening`,
    ],
  });
}

function headsOf(heads: readonly string[]) {
  const place = (name: string) => heads.findIndex((head) => head.toLowerCase() === name);
  const expiry = heads.findIndex((head) => /^expiration/i.test(head));
  const [calls, strike, puts] = ["calls", "strike", "puts"].map(place);
  if (expiry < 0 || calls < 0 || !(calls < strike && strike < puts))
    throw new Error("the third line must head an expiration date, calls, then the strike, then puts");
  const half = (from: number, to: number, side: string): Half => {
    const within = (name: string) => {
      const found = heads.findIndex((head, at) => at > from && at < to && head.toLowerCase() === name);
      if (found < 0) throw new Error(`the ${side} have no column ${JSON.stringify(name)}`);
      return found;
    };
    return {
      name: from,
      bid: within("bid"),
      ask: within("ask"),
      volatility: within("iv"),
      openInterest: within("open interest"),
    };
  };
  return { expiry, strike, halves: [half(calls, strike, "calls"), half(puts, heads.length, "puts")] };
}

function rowOf(
  record: readonly string[],
  half: Half,
  contract: Pick<ChainRow, "line" | "strikeUsd" | "expiryMs" | "isCall">,
): ChainRow {
  const open = cellIn(record[half.openInterest]);
  return {
    ...contract,
    series: /^[A-Z]+/.exec(record[half.name])?.[0],
    contract: record[half.name] || `${record[0]} ${contract.strikeUsd} ${contract.isCall ? "C" : "P"}`,
    bid: cellIn(record[half.bid]),
    ask: cellIn(record[half.ask]),
    mark: null,
    volatility: cellIn(record[half.volatility]),
    openInterest: open === null ? null : open * indexMultiplier,
    forwardUsd: null,
  };
}

/** The number of a cell, NaN where it is none; `Last: 4,763.54` and `4763.54` are the same. */
function numberIn(cell: string): number {
  const text = cell.replace(/^[A-Za-z ]+:\s*/, "").replace(/(?<=\d),(?=\d{3})/g, "");
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
}

function cellIn(cell: string): number | null {
  return cell === "" ? null : numberIn(cell);
}

const monthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/**
 * Milliseconds since 1970 of a date with a clock in New York: `Jan 08 2024 @ 16:15 ET`, `Date: January 8, 2024 at 4:15 PM EST`, `2024-01-08 16:15`,
 * `01/08/2024 16:15`; null where there is none.
 */
export function newYorkMoment(text: string): number | null {
  const clock = /(\d{1,2}):(\d{2})(?::(\d{2}))?\s*(am|pm)?/i.exec(text);
  const day = dayIn(text);
  if (clock === null || day === null) return null;
  const [, hours, minutes, seconds = "0", half] = clock;
  const twelve = half === undefined ? Number(hours) : (Number(hours) % 12) + (/pm/i.test(half) ? 12 : 0);
  if (twelve > 23 || Number(minutes) > 59) return null;
  const local = day + ((twelve * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  return local + (isSummer(day) ? 4 : 5) * 3_600_000;
}

function dayIn(text: string): number | null {
  const named = /\b([A-Za-z]{3})[a-z]*\.?\s+(\d{1,2}),?\s+(\d{4})\b/.exec(text);
  const iso = /\b(\d{4})-(\d{2})-(\d{2})\b/.exec(text);
  const slashed = /\b(\d{1,2})\/(\d{1,2})\/(\d{4})\b/.exec(text);
  const [year, month, day] =
    named !== null
      ? [Number(named[3]), monthNames.indexOf(named[1].toLowerCase()), Number(named[2])]
      : iso !== null
        ? [Number(iso[1]), Number(iso[2]) - 1, Number(iso[3])]
        : slashed !== null
          ? [Number(slashed[3]), Number(slashed[1]) - 1, Number(slashed[2])]
          : [0, -1, 0];
  if (month < 0 || month > 11) return null;
  const ms = Date.UTC(year, month, day);
  return new Date(ms).getUTCDate() === day ? ms : null;
}

/** Daylight saving in New York since 2007: from the second Sunday of March to the first of November. */
function isSummer(dayMs: number): boolean {
  const year = new Date(dayMs).getUTCFullYear();
  const sunday = (month: number, which: number) => {
    const first = new Date(Date.UTC(year, month, 1)).getUTCDay();
    return Date.UTC(year, month, 1 + ((7 - first) % 7) + 7 * (which - 1));
  };
  return dayMs >= sunday(2, 2) && dayMs < sunday(10, 1);
}
