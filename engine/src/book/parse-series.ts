import { type AssetScale, columnOf, parseCell, placed, type QuantityColumn, splitHeading } from "./column.js";
import { parseMoment } from "./moment.js";
import { checkLayer, isReadable, readLayers } from "./parse.js";
import { isRowList, parseAccount, wrongRow } from "./position-rows.js";
import { type Problem, ProblemsError } from "./problem.js";
import { ProblemList } from "./problem-list.js";
import { isProblem, parseAmount, parseNumber } from "./quantity.js";
import {
  defaultUnitDecimals,
  limits,
  parseName,
  parseSymbol,
  seriesAssetSchema,
  seriesColumns,
  seriesOutline,
  seriesTableSchema,
} from "./schema.js";
import type { Series, SeriesColumn, SeriesKind, SeriesTable } from "./series.js";
import { checkShape, entriesOf } from "./shape.js";
import { clean, quote, suggestion, under } from "./wording.js";

/** What parsing a series gives: the series, or all that is wrong with it. */
export type ParsedSeries = { readonly series: Series } | { readonly problems: readonly Problem[] };

/** Reads a series as JSON or YAML gave it. Everything that is wrong is reported at once; nothing is thrown. */
export function parseSeries(value: unknown, place: { readonly path?: string } = {}): ParsedSeries {
  const problems = new ProblemList();
  const series = readFile(value, place.path ?? "", problems);
  return series !== null && problems.count === 0 ? { series } : { problems: problems.list() };
}

/** As `parseSeries`, for callers that cannot go on without it: throws `ProblemsError`. */
export function readSeries(value: unknown, place: { readonly path?: string } = {}): Series {
  const parsed = parseSeries(value, place);
  if ("problems" in parsed) throw new ProblemsError(parsed.problems);
  return parsed.series;
}

function readFile(value: unknown, path: string, problems: ProblemList): Series | null {
  if (!isReadable(value, path, "series", problems)) return null;
  const head = checkShape(seriesOutline, value, path, problems);
  const section = (name: string) => (Object.hasOwn(value, name) ? value[name] : undefined);
  const { layers, names } = readLayers(section("layers"), under(path, "layers"), problems);
  const decimals = readDecimals(section("assets"), under(path, "assets"), problems);
  const tables: SeriesTable[] = [];
  const tablesPath = under(path, "tables");
  for (const [id, entry] of entriesOf(section("tables"), tablesPath, limits.tables, problems)) {
    const table = readTable(id, entry, under(tablesPath, id), names, decimals, problems);
    if (table !== null) tables.push(table);
  }
  if (section("tables") === undefined) {
    problems.say(
      "value-missing",
      tablesPath,
      "a series has at least one table",
      "add candles, prices, gas, reserves or events",
    );
  }
  tables.sort((left, right) => (left.id < right.id ? -1 : 1));
  const unitDecimals = Object.fromEntries([...decimals].sort(([left], [right]) => (left < right ? -1 : 1)));
  return head === undefined ? null : { name: head.name, tables, unitDecimals, layers };
}

function readDecimals(section: unknown, path: string, problems: ProblemList): ReadonlyMap<string, number> {
  const decimals = new Map<string, number>();
  for (const [symbol, value] of entriesOf(section, path, limits.assets, problems)) {
    const named = parseSymbol(symbol, under(path, symbol));
    if (isProblem(named)) problems.add(named);
    const asset = checkShape(seriesAssetSchema, value, under(path, symbol), problems);
    if (asset?.unitDecimals !== undefined) decimals.set(symbol, asset.unitDecimals);
  }
  return decimals;
}

/** A column of a series: besides quantities, moments, words, whole numbers, and amounts of the asset that the row names. */
type Heading =
  | QuantityColumn
  | { readonly kind: "time"; readonly name: string }
  | { readonly kind: "text"; readonly name: string }
  | { readonly kind: "count"; readonly name: string }
  | { readonly kind: "row-amount"; readonly name: string };

/** Headings of one word. */
const wordHeadings: ReadonlyMap<string, Heading> = new Map<string, Heading>([
  ["start", { kind: "time", name: "startMs" }],
  ["time", { kind: "time", name: "timeMs" }],
  ["account", { kind: "text", name: "account" }],
  ["kind", { kind: "text", name: "kind" }],
  ["asset", { kind: "text", name: "asset" }],
  ["note", { kind: "text", name: "note" }],
  ["transaction", { kind: "text", name: "transaction" }],
  ["block", { kind: "count", name: "block" }],
  ["logIndex", { kind: "count", name: "logIndex" }],
  ["trades", { kind: "count", name: "trades" }],
  ["amount", { kind: "row-amount", name: "amount" }],
]);

interface Filling {
  readonly heading: Heading;
  readonly label: string;
  readonly numbers: Float64Array;
  readonly words: string[];
}

function readTable(
  id: string,
  value: unknown,
  path: string,
  layers: ReadonlySet<string>,
  decimals: ReadonlyMap<string, number>,
  problems: ProblemList,
): SeriesTable | null {
  const named = parseName(id, path);
  if (isProblem(named)) problems.add(named);
  const file = checkShape(seriesTableSchema, value, path, problems);
  if (file === undefined) return null;
  checkLayer(file.layer, layers, path, problems);
  const kind = file.table ?? kindOf(id);
  if (kind === null) {
    const hint = `add "table": ${suggestion(id, Object.keys(seriesColumns))}`;
    problems.say(
      "value-missing",
      under(path, "table"),
      `the name ${quote(id)} does not say what the table is about`,
      hint,
    );
    return null;
  }
  const before = problems.count;
  checkSubject(kind, file, path, problems);
  const fillings = readHeadings(file.columns, kind, file.rows, under(path, "columns"), decimals, problems);
  if (!isRowList(file.rows, under(path, "rows"), problems) || problems.count > before) return null;
  fillRows(fillings, file.rows, under(path, "rows"), decimals, problems);
  const order = timeOrder(fillings, file.rows.length);
  const columns = fillings.map((filling) => columnFrom(filling, order));
  if (problems.count === before) checkRows(kind, columns, path, problems);
  return {
    id,
    kind,
    layer: file.layer,
    asset: file.asset ?? null,
    venue: file.venue ?? null,
    protocol: file.protocol ?? null,
    intervalMs: file.interval ?? 0,
    rowCount: file.rows.length,
    columns,
  };
}

function kindOf(id: string): SeriesKind | null {
  return id === "candles" || id === "prices" || id === "gas" || id === "reserves" || id === "events" ? id : null;
}

/** Adds `value-missing` where a table does not say what it is about. */
function checkSubject(
  kind: SeriesKind,
  file: { asset?: string; venue?: string; protocol?: string; interval?: number },
  path: string,
  problems: ProblemList,
): void {
  const need = (key: "asset" | "venue" | "protocol" | "interval", example: string) => {
    if (file[key] !== undefined) return;
    problems.say("value-missing", under(path, key), `${kind} need ${key}`, `add "${key}": "${example}"`);
  };
  if (kind === "candles" || kind === "prices") need("asset", "ETH");
  if (kind === "candles") need("interval", "10 min");
  if (kind === "reserves") need("venue", "dai-weth");
  if (kind === "events") need("protocol", "maker-eth-b");
}

function readHeadings(
  headings: readonly string[],
  kind: SeriesKind,
  rows: unknown,
  path: string,
  decimals: ReadonlyMap<string, number>,
  problems: ProblemList,
): readonly Filling[] {
  const rowCount = Array.isArray(rows) && rows.length <= limits.rows ? rows.length : 0;
  const fillings: Filling[] = [];
  for (const [place, text] of headings.entries()) {
    const at = under(path, place);
    const heading = readHeading(text, at, kind, decimals);
    if (isProblem(heading)) {
      problems.add(heading);
      continue;
    }
    if (fillings.some((other) => sameHeading(other.heading, heading))) {
      problems.say("duplicate-column", at, `the column ${quote(text)} stands there twice`, "leave one of them out");
    }
    fillings.push({ heading, label: clean(text), numbers: new Float64Array(rowCount), words: [] });
  }
  for (const needed of seriesColumns[kind]) {
    if (headings.includes(needed)) continue;
    problems.say("column-missing", path, `${kind} need the column ${quote(needed)}`, `add "${needed}"`);
  }
  if (headings.includes("amount") && !headings.includes("asset")) {
    problems.say(
      "column-missing",
      path,
      'the column "amount" needs the column "asset"',
      'add "asset", or write "amount ETH"',
    );
  }
  return fillings;
}

function readHeading(
  text: string,
  path: string,
  kind: SeriesKind,
  decimals: ReadonlyMap<string, number>,
): Heading | Problem {
  const { role, unit } = splitHeading(text);
  if (unit !== "") {
    return columnOf(
      role,
      unit,
      path,
      (symbol) => scaleOf(symbol, decimals),
      () => decimals.keys(),
      kind === "events",
    );
  }
  const heading = wordHeadings.get(role);
  if (heading !== undefined) return heading;
  const hint = `write \`<name> <UNIT>\`, or one of ${[...wordHeadings.keys()].join(", ")}`;
  return { code: "column-malformed", path, message: `the column ${quote(text)} names no unit`, hint };
}

/** A symbol's scale; in a series an asset need not be declared when its decimals are the default ones. */
function scaleOf(symbol: string, decimals: ReadonlyMap<string, number>): AssetScale | null {
  if (isProblem(parseSymbol(symbol, ""))) return null;
  return { symbol, index: -1, unitDecimals: decimals.get(symbol) ?? defaultUnitDecimals(symbol) };
}

function sameHeading(left: Heading, right: Heading): boolean {
  return left.name === right.name;
}

function fillRows(
  fillings: readonly Filling[],
  rows: readonly unknown[],
  path: string,
  decimals: ReadonlyMap<string, number>,
  problems: ProblemList,
): void {
  const assetPlace = fillings.findIndex(({ heading }) => heading.name === "asset");
  for (const [row, cells] of rows.entries()) {
    if (problems.isHopeless) return;
    if (!Array.isArray(cells) || cells.length !== fillings.length) {
      problems.add(wrongRow(cells, fillings.length, under(path, row)));
      continue;
    }
    for (const [place, filling] of fillings.entries()) {
      const at = () => under(under(path, row), filling.label);
      const parsed = readCell(filling.heading, cells[place], cells[assetPlace], decimals);
      if (typeof parsed === "string") filling.words[row] = parsed;
      else filling.numbers[row] = problems.take(placed(parsed, at));
    }
  }
}

function readCell(
  heading: Heading,
  cell: unknown,
  asset: unknown,
  decimals: ReadonlyMap<string, number>,
): number | string | Problem {
  switch (heading.kind) {
    case "time":
      return parseMoment(cell, "");
    case "text":
      return heading.name === "account" || heading.name === "transaction" ? parseAccount(cell) : parseName(cell, "");
    case "count":
      return parseNumber(cell, "", "", { least: 0, whole: true });
    case "row-amount": {
      const symbol = parseSymbol(asset, "");
      if (isProblem(symbol)) return symbol;
      const unitDecimals = decimals.get(symbol) ?? defaultUnitDecimals(symbol);
      return parseAmount(cell, symbol, unitDecimals, "", { signed: true, bare: true });
    }
    default:
      return parseCell(heading, cell, "");
  }
}

/** Rows by time, then block, then place in its log; null where they are in order already. */
function timeOrder(fillings: readonly Filling[], rowCount: number): Int32Array | null {
  const numbers = (name: string) => fillings.find(({ heading }) => heading.name === name)?.numbers;
  const keys = [numbers("startMs") ?? numbers("timeMs"), numbers("block"), numbers("logIndex")];
  const compare = (left: number, right: number): number => {
    for (const key of keys) {
      if (key !== undefined && key[left] !== key[right]) return key[left] - key[right];
    }
    return left - right;
  };
  let row = 1;
  while (row < rowCount && compare(row - 1, row) < 0) row++;
  if (row >= rowCount) return null;
  return Int32Array.from({ length: rowCount }, (_, place) => place).sort(compare);
}

function columnFrom({ heading, numbers, words }: Filling, order: Int32Array | null): SeriesColumn {
  const { name } = heading;
  if (heading.kind === "text") {
    return { kind: "text", name, values: order === null ? words : Array.from(order, (row) => words[row]) };
  }
  const values = order === null ? numbers : Float64Array.from(order, (row) => numbers[row]);
  if (heading.kind === "amount") {
    return { kind: "amount", name, asset: heading.asset.symbol, unitDecimals: heading.asset.unitDecimals, values };
  }
  const kind = heading.kind === "row-amount" ? "amount" : heading.kind === "time" ? "time" : "number";
  return { kind, name, asset: "", unitDecimals: -1, values };
}

/** Adds `duplicate-time` for tables that have one row per moment, and `candle-inconsistent`. */
function checkRows(kind: SeriesKind, columns: readonly SeriesColumn[], path: string, problems: ProblemList): void {
  const numbers = (name: string): Float64Array | undefined => {
    const column = columns.find((candidate) => candidate.name === name);
    return column === undefined || column.kind === "text" ? undefined : column.values;
  };
  const times = numbers("startMs") ?? numbers("timeMs") ?? new Float64Array(0);
  const rows = under(path, "rows");
  for (let row = 1; row < times.length && kind !== "events"; row++) {
    if (times[row] !== times[row - 1]) continue;
    problems.say("duplicate-time", rows, `two rows begin at ${times[row]} ms`, "leave one of them out");
  }
  const [open, high, low, close] = ["openUsd", "highUsd", "lowUsd", "closeUsd"].map(numbers);
  if (kind === "candles" && open !== undefined && high !== undefined && low !== undefined && close !== undefined) {
    for (let row = 0; row < times.length; row++) {
      const least = open[row] < close[row] ? open[row] : close[row];
      const most = open[row] < close[row] ? close[row] : open[row];
      if (low[row] > 0 && low[row] <= least && most <= high[row]) continue;
      const message = `the candle at ${times[row]} ms: open ${open[row]}, high ${high[row]}, low ${low[row]}, close ${close[row]}`;
      problems.say(
        "candle-inconsistent",
        rows,
        message,
        "prices are above 0, low is the least and high the most of the four",
      );
    }
  }
  const prices = kind === "prices" ? numbers("priceUsd") : undefined;
  for (const [row, price] of prices?.entries() ?? []) {
    if (price > 0) continue;
    problems.say("number-out-of-range", rows, `the price at ${times[row]} ms is ${price}`, "write a price above 0");
  }
}
