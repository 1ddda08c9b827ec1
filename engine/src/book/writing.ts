import type { z } from "zod";
import type { Book, DepthLevel, PositionColumn, PositionTable, Venue } from "./book.js";
import { formatMoment } from "./moment.js";
import { type bookFileSchema, defaultUnitDecimals, fileVersion, type seriesFileSchema } from "./schema.js";
import type { Series, SeriesColumn, SeriesTable } from "./series.js";

/** A book as its file holds it. */
export type BookFile = z.input<typeof bookFileSchema>;

/** A series as its file holds it. */
export type SeriesFile = z.input<typeof seriesFileSchema>;

/** The book as a file, ready for JSON or YAML; `parseBook` gives back the same book, to the bit. */
export function bookFile(book: Book): BookFile {
  const rows = book.positions.map((table) => [table.protocol, positionsFile(table, book)] as const);
  return { ...bookFrame(book), positions: Object.fromEntries(rows) };
}

/** The book as a file without its positions: the header of the columnar form. */
export function bookFrame(book: Book): BookFile {
  const { assets, instruments, venues } = book;
  return {
    version: fileVersion,
    kind: "book",
    name: book.name,
    at: formatMoment(book.atMs),
    assets: Object.fromEntries(
      assets.map(({ symbol, unitDecimals, priceUsd }) => [symbol, { unitDecimals, price: `${priceUsd} USD` }]),
    ),
    instruments: Object.fromEntries(
      instruments.map(({ id, asset, quote, market, chain }) => [
        id,
        { asset: assets[asset].symbol, quote: assets[quote].symbol, market, chain },
      ]),
    ),
    layers: Object.fromEntries(Object.entries(book.layers).map(([name, layer]) => [name, { ...layer }])),
    venues: Object.fromEntries(venues.map((venue) => [venue.id, venueFile(venue, book)])),
  };
}

/** The series as a file; `parseSeries` gives back the same series. */
export function seriesFile(series: Series): SeriesFile {
  const { unitDecimals, layers } = series;
  return {
    version: fileVersion,
    kind: "series",
    name: series.name,
    assets: Object.fromEntries(
      Object.entries(unitDecimals).map(([symbol, decimals]) => [symbol, { unitDecimals: decimals }]),
    ),
    layers: Object.fromEntries(Object.entries(layers).map(([name, layer]) => [name, { ...layer }])),
    tables: Object.fromEntries(series.tables.map((table) => [table.id, tableFile(table, unitDecimals)])),
  };
}

/** Whole units as exact decimal text without trailing zeros: 54265824700 at 7 decimals is `5426.58247`. */
export function formatUnits(units: number, unitDecimals: number): string {
  return shifted(units, -unitDecimals);
}

type VenueFile = NonNullable<BookFile["venues"]>[string];
type PositionsFile = NonNullable<BookFile["positions"]>[string];

function venueFile(venue: Venue, book: Book): VenueFile {
  const { asset, quote, id: instrument } = book.instruments[venue.instrument];
  const [base, counter] = [book.assets[asset], book.assets[quote]];
  const { layer } = venue;
  if (venue.kind === "constant-product") {
    return {
      kind: venue.kind,
      instrument,
      layer,
      base: `${formatUnits(venue.baseUnits, base.unitDecimals)} ${base.symbol}`,
      quote: `${formatUnits(venue.quoteUnits, counter.unitDecimals)} ${counter.symbol}`,
      fee: `${shifted(venue.fee, 2)}%`,
    };
  }
  const levels = (list: readonly DepthLevel[]) =>
    list.map(({ relativePrice, units }): [string, string] => [
      `${percentMove(relativePrice)}%`,
      `${formatUnits(units, base.unitDecimals)} ${base.symbol}`,
    ]);
  return {
    kind: venue.kind,
    instrument,
    layer,
    bids: levels(venue.bids),
    asks: levels(venue.asks),
    refill: `${venue.refillPerHour} /h`,
  };
}

function positionsFile(table: PositionTable, book: Book): PositionsFile {
  const columns = table.columns.map((column) => {
    if (column.asset < 0) return plainWriter(column.role);
    const { symbol, unitDecimals } = book.assets[column.asset];
    return { heading: `${column.role} ${symbol}`, cell: amountWriter(unitDecimals) };
  });
  const rows = Array.from({ length: table.ids.length }, (_, row) => [
    table.ids.at(row),
    ...columns.map(({ cell }, place) => cell(table.columns[place].values[row])),
  ]);
  return { layer: table.layer, columns: ["account", ...columns.map(({ heading }) => heading)], rows };
}

/** How a column of plain numbers is headed, and how its cells are written. */
interface Writer {
  readonly heading: string;
  readonly cell: (value: number) => string | number;
}

const bare = (value: number) => value;

/** The heading of a column of a book in its file: `collateral ETH`, `entry USD`. */
export function headingOf(column: PositionColumn, book: Book): string {
  return column.asset < 0 ? plainWriter(column.role).heading : `${column.role} ${book.assets[column.asset].symbol}`;
}

/** `entryUsd` is headed `entry USD`; a name without a unit is a plain factor, `x`. */
function plainWriter(name: string): Writer {
  const endings: readonly (readonly [string, string, (value: number) => string | number])[] = [
    ["Usd", "USD", bare],
    ["Gwei", "gwei", bare],
    ["Share", "%", (value) => `${shifted(value, 2)}%`],
    ["Ms", "ms", bare],
    ["PerHour", "/h", bare],
  ];
  for (const [ending, unit, cell] of endings) {
    if (name.endsWith(ending) && name !== ending) return { heading: `${name.slice(0, -ending.length)} ${unit}`, cell };
  }
  return { heading: `${name} x`, cell: bare };
}

/** Cells of amounts: JSON numbers where their shortest text says the same, else text. */
function amountWriter(unitDecimals: number): (units: number) => string | number {
  return (units) => {
    const text = formatUnits(units, unitDecimals);
    return String(Number(text)) === text ? Number(text) : text;
  };
}

function tableFile(table: SeriesTable, unitDecimals: Readonly<Record<string, number>>): SeriesFile["tables"][string] {
  const assets = table.columns.find((column) => column.name === "asset");
  const writers = table.columns.map((column) => seriesWriter(column, assets, unitDecimals));
  return {
    table: table.kind,
    layer: table.layer,
    ...(table.asset === null ? {} : { asset: table.asset }),
    ...(table.venue === null ? {} : { venue: table.venue }),
    ...(table.protocol === null ? {} : { protocol: table.protocol }),
    ...(table.intervalMs === 0 ? {} : { interval: `${table.intervalMs} ms` }),
    columns: writers.map(({ heading }) => heading),
    rows: Array.from({ length: table.rowCount }, (_, row) => writers.map(({ cell }) => cell(row))),
  };
}

/** Headings of one word by the names that they have in memory. */
const wordHeadings: Readonly<Record<string, string>> = { startMs: "start", timeMs: "time" };

function seriesWriter(
  column: SeriesColumn,
  assets: SeriesColumn | undefined,
  unitDecimals: Readonly<Record<string, number>>,
): { readonly heading: string; readonly cell: (row: number) => string | number } {
  const { name } = column;
  if (column.kind === "text") return { heading: name, cell: (row) => column.values[row] };
  if (column.kind === "time")
    return { heading: wordHeadings[name] ?? name, cell: (row) => formatMoment(column.values[row]) };
  if (column.kind === "amount" && column.asset !== "") {
    const cell = amountWriter(column.unitDecimals);
    return { heading: `${name} ${column.asset}`, cell: (row) => cell(column.values[row]) };
  }
  if (column.kind === "amount") {
    const decimalsOf = (row: number) => {
      const symbol = assets?.kind === "text" ? assets.values[row] : "";
      return Object.hasOwn(unitDecimals, symbol) ? unitDecimals[symbol] : defaultUnitDecimals(symbol);
    };
    return { heading: name, cell: (row) => amountWriter(decimalsOf(row))(column.values[row]) };
  }
  if (name === "block" || name === "logIndex" || name === "trades") {
    return { heading: name, cell: (row) => column.values[row] };
  }
  const { heading, cell } = plainWriter(name);
  return { heading, cell: (row) => cell(column.values[row]) };
}

/** The exact decimal text of a number's shortest text x 10^places, without an exponent. */
function shifted(value: number, places: number): string {
  const match = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:e([+-][0-9]+))?$/.exec(String(value));
  if (match === null) return String(value);
  const fraction = match[3] ?? "";
  return plainDecimal(match[1] === "-", match[2] + fraction, Number(match[4] ?? 0) - fraction.length + places);
}

/** digits x 10^exponent without an exponent and without superfluous zeros. */
function plainDecimal(negative: boolean, digits: string, exponent: number): string {
  const padded = exponent >= 0 ? digits + "0".repeat(exponent) : digits.padStart(1 - exponent, "0");
  const point = exponent >= 0 ? padded.length : padded.length + exponent;
  const whole = padded.slice(0, point).replace(/^0+(?=[0-9])/, "");
  const fraction = padded.slice(point).replace(/0+$/, "");
  return `${negative ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

/** A factor as the move that leaves it, in per cent and exactly: 0.9995 is `-0.05`. */
function percentMove(relativePrice: number): string {
  const text = shifted(relativePrice, 0);
  const places = text.includes(".") ? text.length - text.indexOf(".") - 1 : 0;
  const move = BigInt(text.replace(".", "")) - BigInt(`1${"0".repeat(places)}`);
  return plainDecimal(move < 0n, String(move < 0n ? -move : move), 2 - places);
}
