import { readFile, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { numbersOf, type Problem, ProblemsError, parseSeries, type SeriesTable, suggestion } from "@firebreak/engine";
import { type PriceTable, readPriceCsv } from "../feeds/price-csv.js";
import type { RefusedRow } from "../feeds/refused-row.js";
import type { Prices } from "../figures/volatility.js";
import { readInput, withLines } from "../files/index.js";

/** How a file is read. */
export interface PricesQuestion {
  readonly path: string;
  readonly cwd: string;
  /** The table of a series; by default its candles, else its prices. */
  readonly table: string | undefined;
  /** Rows that are not understood are left out, not refused. */
  readonly skip: boolean;
}

const mostBytes = 64 * 1024 * 1024;
const mostProblems = 50;

/** Reads a CSV or one of our series. Throws `ProblemsError` with everything that is wrong, row by row. */
export async function readPrices(question: PricesQuestion): Promise<Prices> {
  const file = resolve(question.cwd, question.path);
  if (/\.(?:csv|txt)$/i.test(file) && (await isFile(file))) return readCsv(file, question);
  const read = await readInput(file);
  if ("problems" in read) {
    if (read.problems.some(({ code }) => code === "file-is-csv")) return readCsv(file, question);
    throw new ProblemsError(read.problems);
  }
  const { input } = read;
  if (input.form === "columns" || input.kind !== "series") {
    const message = "it is no series of prices";
    const hint = 'name a CSV with date and close (or return), or a file whose kind is "series"';
    throw new ProblemsError([{ code: "kind-wrong", path: question.path, message, hint }]);
  }
  const parsed = parseSeries(input.value);
  if ("problems" in parsed) throw new ProblemsError(withLines(parsed.problems, input));
  const { series } = parsed;
  const table = tableOf(series.tables, question);
  const basis = series.layers[table.layer]?.basis ?? "assumed";
  return { ...pricesOf(table), name: `${basename(file)}, ${table.id}`, basis, leftOut: [] };
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

async function readCsv(file: string, { path, skip }: PricesQuestion): Promise<Prices> {
  const { size } = await stat(file);
  if (size > mostBytes) {
    const message = `${size} bytes, at most ${mostBytes}`;
    throw new ProblemsError([{ code: "file-too-large", path, message, hint: "cut it into pieces" }]);
  }
  const text = await readFile(file, "utf8");
  const nul = text.indexOf("\0");
  if (nul >= 0) {
    const message = `it holds a NUL character at ${nul}, so it is no text`;
    throw new ProblemsError([{ code: "file-binary", path, message, hint: "name a text file" }]);
  }
  if (text.trim() === "") {
    const hint = "name another file: a CSV with date and close (or return)";
    throw new ProblemsError([{ code: "input-empty", path, message: "the file is empty", hint }]);
  }
  const { table, refused } = readPriceCsv(text);
  const isHopeless = table.closes === null && table.returns === null;
  if (refused.length > 0 && (!skip || isHopeless)) throw new ProblemsError(refusals(refused, path, isHopeless));
  return { ...table, name: basename(file), basis: "measured", leftOut: refused };
}

function refusals(refused: readonly RefusedRow[], path: string, isHopeless: boolean): Problem[] {
  const hint = isHopeless
    ? "give the file a header that names its columns"
    : "correct the row, or leave such rows out with --skip";
  const shown = refused.slice(0, mostProblems);
  const problems = shown.map(({ rowNumber, reason }) => ({
    code: "row-refused",
    path: `${path}, line ${rowNumber}`,
    message: reason,
    hint,
  }));
  const more = refused.length - shown.length;
  if (more > 0) problems.push({ code: "row-refused", path, message: `${more} more rows are refused`, hint });
  return problems;
}

function tableOf(tables: readonly SeriesTable[], { path, table }: PricesQuestion): SeriesTable {
  const usable = tables.filter(({ kind }) => kind === "candles" || kind === "prices");
  const chosen =
    table === undefined
      ? (usable.find(({ kind }) => kind === "candles") ?? usable[0])
      : usable.find(({ id }) => id === table);
  if (chosen !== undefined) return chosen;
  const known = usable.map(({ id }) => id);
  const message =
    table === undefined
      ? "it has no table of candles or prices"
      : `there is no table of prices ${JSON.stringify(table)}`;
  const hint = known.length === 0 ? "name a series with a table of candles or prices" : suggestion(table ?? "", known);
  throw new ProblemsError([{ code: "table-unknown", path: table === undefined ? path : "--table", message, hint }]);
}

function pricesOf(table: SeriesTable): PriceTable {
  const numbers = (name: string) => Array.from(numbersOf(table, name) ?? []);
  const isCandles = table.kind === "candles";
  const close = numbers(isCandles ? "closeUsd" : "priceUsd");
  return {
    timesMs: numbers(isCandles ? "startMs" : "timeMs"),
    candles: isCandles ? { open: numbers("openUsd"), high: numbers("highUsd"), low: numbers("lowUsd"), close } : null,
    closes: close,
    returns: null,
  };
}
