import { z } from "zod";
import { accountIdsOf, addressBytes, type EncodedIds } from "./account-ids.js";
import type { Book, PositionColumn, PositionTable } from "./book.js";
import { xxh32 } from "./checksum.js";
import { type AssetScale, columnOf, columnRange, splitHeading } from "./column.js";
import { isLittleEndian } from "./hash.js";
import { checkIds } from "./id-columns.js";
import { checkLayer, type ParsedBook, parseBook } from "./parse.js";
import { assert, ProblemsError } from "./problem.js";
import { ProblemList } from "./problem-list.js";
import { isProblem } from "./quantity.js";
import { limits, word } from "./schema.js";
import { checkShape } from "./shape.js";
import { AssetTotals } from "./totals.js";
import { decodeUtf8, encodeUtf8 } from "./utf8.js";
import { quote, under, wholeInput } from "./wording.js";
import { bookFrame, headingOf } from "./writing.js";

/** What a book in columnar form begins with. */
export const columnsMagic = "FBRKBOOK";

/** Version of the columnar form. */
const columnsVersion = 1;

/*
 * The form, all little-endian:
 *   0  "FBRKBOOK"
 *   8  u32 version            12  u32 bytes of the header
 *  16  f64 bytes of the whole file
 *  24  u32 XXH32 of everything from byte 32, seeded with that of bytes 0 to 23
 *  28  u32 zero
 *  32  the header, JSON: { book: the book's file without positions,
 *      tables: [{ protocol, layer, numbers, addresses, texts, textBytes, columns }] }
 *  then from multiples of 8, per table: ids as EncodedIds has them (numbers, ends of texts, addresses, texts), each column as Float64.
 */
const prefixBytes = 32;
const lengthPlace = 16;
const checksumPlace = 24;

/** Longest header that is read: venues may have many levels, but a header is no place for positions. */
const longestHeader = 64 * 1024 * 1024;

/** Rows of one table in columnar form. */
const mostRows = 200_000_000;

const headerSchema = z.strictObject({
  book: z.unknown(),
  tables: z
    .array(
      z.strictObject({
        protocol: word.name("The protocol.", "maker-eth-b"),
        layer: word.reference("The layer.", "maker-eth-b"),
        numbers: z.int().min(0).max(mostRows),
        addresses: z.int().min(0).max(mostRows),
        texts: z.int().min(0).max(mostRows),
        textBytes: z.int().min(0),
        columns: z.array(z.string().max(limits.nameCharacters)).max(limits.columns),
      }),
    )
    .max(limits.protocols),
});

type Header = z.output<typeof headerSchema>;
type TableHeader = Header["tables"][number];

/** The book in columnar form; `decodeBook` reads it back without copying a column. */
export function encodeBook(book: Book): ArrayBuffer {
  assert(isLittleEndian, "the columnar form is written on little-endian machines only");
  const encodedIds = book.positions.map((table) => table.ids.encoded());
  const header: z.input<typeof headerSchema> = {
    book: bookFrame(book),
    tables: book.positions.map((table, place) => ({
      protocol: table.protocol,
      layer: table.layer,
      numbers: encodedIds[place].numbers.length,
      addresses: encodedIds[place].addresses.length / addressBytes,
      texts: encodedIds[place].ends.length,
      textBytes: encodedIds[place].bytes.length,
      columns: table.columns.map((column) => headingOf(column, book)),
    })),
  };
  const headerBytes = encodeUtf8(JSON.stringify(header));
  const length = header.tables.reduce(
    (end, table) => end + tableBytes(table),
    aligned(prefixBytes + headerBytes.length),
  );
  const buffer = new ArrayBuffer(length);
  const bytes = new Uint8Array(buffer);
  bytes.set(headerBytes, prefixBytes);
  let place = aligned(prefixBytes + headerBytes.length);
  for (const [index, table] of book.positions.entries()) {
    const ids = encodedIds[index];
    for (const values of [ids.numbers, ids.ends]) {
      new Float64Array(buffer, place, values.length).set(values);
      place += values.byteLength;
    }
    for (const values of [ids.addresses, ids.bytes]) {
      bytes.set(values, place);
      place += aligned(values.length);
    }
    for (const { values } of table.columns) {
      new Float64Array(buffer, place, values.length).set(values);
      place += values.byteLength;
    }
  }
  bytes.set(encodeUtf8(columnsMagic));
  const prefix = new DataView(buffer, 0, prefixBytes);
  prefix.setUint32(8, columnsVersion, true);
  prefix.setUint32(12, headerBytes.length, true);
  prefix.setFloat64(lengthPlace, length, true);
  prefix.setUint32(checksumPlace, checksumOf(bytes), true);
  return buffer;
}

/** As `parseColumns`, for callers that cannot go on without the book: throws `ProblemsError`. */
export function decodeBook(buffer: ArrayBuffer): Book {
  const parsed = parseColumns(buffer);
  if ("problems" in parsed) throw new ProblemsError(parsed.problems);
  return parsed.book;
}

/**
 * Reads a book in columnar form. Columns are views into `buffer`, which belongs to the book from then on; ids are decoded when asked for.
 * Everything is checked: the length, the checksum, and then every value and id as `parseBook` would. Problems: `columns-magic`,
 * `version-wrong`, `file-truncated`, `file-too-long`, `checksum-wrong`, `header-malformed`, `header-too-long`, `number-out-of-range`,
 * `ids-malformed`, `account-order`, `protocol-order`, and those of `parseBook`.
 */
export function parseColumns(buffer: ArrayBuffer): ParsedBook {
  const problems = new ProblemList();
  const header = readHeader(buffer, problems);
  const book = header === null ? null : readTables(header, buffer, problems);
  return book !== null && problems.count === 0 ? { book } : { problems: problems.list() };
}

function readHeader(
  buffer: ArrayBuffer,
  problems: ProblemList,
): { readonly header: Header; readonly end: number } | null {
  const refuse = (code: string, message: string, hint = "write the file anew from its source") => {
    problems.say(code, wholeInput, message, hint);
    return null;
  };
  assert(isLittleEndian, "the columnar form is read on little-endian machines only");
  const bytes = new Uint8Array(buffer);
  if (bytes.length < prefixBytes) {
    return refuse("file-truncated", `${bytes.length} bytes, but the form begins with ${prefixBytes}`);
  }
  if (decodeUtf8(bytes.subarray(0, 8)) !== columnsMagic) {
    return refuse("columns-magic", `it does not begin with ${columnsMagic}`, "name a book in columnar form");
  }
  const prefix = new DataView(buffer, 0, prefixBytes);
  const version = prefix.getUint32(8, true);
  if (version !== columnsVersion) {
    const hint = "read it with the Firebreak that wrote it, or write it anew";
    return refuse("version-wrong", `version ${version} of the columnar form; this reads ${columnsVersion}`, hint);
  }
  const length = prefix.getFloat64(lengthPlace, true);
  if (bytes.length < length)
    return refuse("file-truncated", `${bytes.length} bytes of ${length}`, "copy the file again, whole");
  if (bytes.length !== length) {
    return refuse("file-too-long", `${bytes.length} bytes, but it should have ${length}`, "copy the file again");
  }
  const headerLength = prefix.getUint32(12, true);
  const end = aligned(prefixBytes + headerLength);
  if (headerLength > longestHeader || end > bytes.length) {
    const message = `a header of ${headerLength} bytes in a file of ${bytes.length}, at most ${longestHeader}`;
    return refuse("header-too-long", message);
  }
  if (prefix.getUint32(checksumPlace, true) !== checksumOf(bytes) || prefix.getUint32(28, true) !== 0) {
    return refuse(
      "checksum-wrong",
      "the contents do not fit their checksum: the file is damaged",
      "copy the file again",
    );
  }
  const parsed = parseJson(decodeUtf8(bytes.subarray(prefixBytes, prefixBytes + headerLength)));
  if (parsed === undefined) return refuse("header-malformed", "the header is no JSON");
  const header = checkShape(headerSchema, parsed, "header", problems);
  return header === undefined ? null : { header, end };
}

function readTables(
  from: { readonly header: Header; readonly end: number },
  buffer: ArrayBuffer,
  problems: ProblemList,
): Book | null {
  const { header, end } = from;
  const frame = parseBook(header.book, { path: "header.book" });
  if ("problems" in frame) {
    for (const problem of frame.problems) problems.add(problem);
    return null;
  }
  const { book } = frame;
  if (book.positions.length > 0) {
    problems.say("header-malformed", "header.book.positions", "the header holds positions", "leave them to the tables");
    return null;
  }
  const length = header.tables.reduce((total, table) => total + tableBytes(table), end);
  if (length !== buffer.byteLength) {
    const message = `the header describes ${length} bytes, the file has ${buffer.byteLength}`;
    problems.say("header-malformed", "header.tables", message, "write the file anew from its source");
    return null;
  }
  const scales = book.assets.map(({ symbol, unitDecimals }, index): AssetScale => ({ symbol, index, unitDecimals }));
  const totals = new AssetTotals();
  countVenues(book, totals);
  const layers = new Set(Object.keys(book.layers));
  const positions: PositionTable[] = [];
  let place = end;
  let previous = "";
  for (const [index, table] of header.tables.entries()) {
    const at = under("header.tables", index);
    checkLayer(table.layer, layers, at, problems);
    if (table.protocol <= previous) {
      problems.say(
        "protocol-order",
        under(at, "protocol"),
        `${quote(table.protocol)} does not come after ${quote(previous)}`,
        "sort them by name, each once",
      );
    }
    previous = table.protocol;
    const rows = readTable(table, buffer, place, at, scales, totals, problems);
    positions.push(rows);
    place += tableBytes(table);
  }
  totals.check(scales, "header.book.assets", problems);
  return { ...book, positions };
}

function readTable(
  header: TableHeader,
  buffer: ArrayBuffer,
  place: number,
  at: string,
  scales: readonly AssetScale[],
  totals: AssetTotals,
  problems: ProblemList,
): PositionTable {
  const { protocol, layer, numbers, addresses, texts, textBytes } = header;
  const path = under("positions", protocol);
  const endsPlace = place + 8 * numbers;
  const addressPlace = endsPlace + 8 * texts;
  const textPlace = addressPlace + aligned(addresses * addressBytes);
  const encoded: EncodedIds = {
    numbers: new Float64Array(buffer, place, numbers),
    addresses: new Uint8Array(buffer, addressPlace, addresses * addressBytes),
    bytes: new Uint8Array(buffer, textPlace, textBytes),
    ends: new Float64Array(buffer, endsPlace, texts),
  };
  const rows = numbers + addresses + texts;
  let next = textPlace + aligned(textBytes);
  checkIds(encoded, under(path, "account"), problems);
  const columns: PositionColumn[] = [];
  for (const [index, heading] of header.columns.entries()) {
    const values = new Float64Array(buffer, next, rows);
    next += values.byteLength;
    const column = readColumn(heading, values, under(under(at, "columns"), index), path, scales, totals, problems);
    if (column === null) continue;
    const before = columns[columns.length - 1];
    if (
      before !== undefined &&
      !(before.role < column.role || (before.role === column.role && before.asset < column.asset))
    ) {
      const message = `the column ${quote(heading)} does not come after the one before it`;
      problems.say(
        "duplicate-column",
        under(under(at, "columns"), index),
        message,
        "sort columns by name and asset, each once",
      );
    }
    columns.push(column);
  }
  return { protocol, layer, ids: accountIdsOf(encoded), columns };
}

function readColumn(
  heading: string,
  values: Float64Array,
  at: string,
  path: string,
  scales: readonly AssetScale[],
  totals: AssetTotals,
  problems: ProblemList,
): PositionColumn | null {
  const { role, unit } = splitHeading(heading);
  const scaleOf = (symbol: string) => scales.find((scale) => scale.symbol === symbol) ?? null;
  const column = columnOf(role, unit, at, scaleOf, () => scales.map(({ symbol }) => symbol));
  if (isProblem(column)) {
    problems.add(column);
    return null;
  }
  const { least, most, whole } = columnRange(column);
  const sum = whole ? sumOfWhole(values, least, most) : sumWithin(values, least, most);
  if (column.kind === "amount") totals.count(column.asset.index, sum);
  if (Number.isNaN(sum)) {
    const row = values.findIndex(
      (value) => !(value >= least && value <= most && (!whole || Math.floor(value) === value)) || isMinusZero(value),
    );
    const wanted = `${whole ? "a whole number " : ""}from ${least} to ${most}`;
    const message = `${values[row]} must be ${wanted}`;
    problems.say("number-out-of-range", under(under(path, row), heading), message, `write ${wanted}`);
  }
  return { role: column.name, asset: column.kind === "amount" ? column.asset.index : -1, values };
}

/** Adding and taking this rounds a number below 2^51 to a whole one: 1.5 x 2^52. Four times faster than Math.floor in the loop below. */
const roundingShift = 6_755_399_441_055_744;

/** The sum of the sizes of whole numbers from `least` to `most`; NaN where one is none. */
function sumOfWhole(values: Float64Array, least: number, most: number): number {
  const { length } = values;
  let sum = 0;
  for (let row = 0; row < length; row++) {
    const value = values[row];
    if (!(value >= least && value <= most)) return Number.NaN;
    if (value + roundingShift - roundingShift !== value && Math.floor(value) !== value) return Number.NaN;
    if (value === 0 && isMinusZero(value)) return Number.NaN;
    sum += Math.abs(value);
  }
  return sum;
}

/** 0 where all values lie from `least` to `most`, else NaN. */
function sumWithin(values: Float64Array, least: number, most: number): number {
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (!(value >= least && value <= most) || isMinusZero(value)) return Number.NaN;
  }
  return 0;
}

/** Minus zero equals zero but hashes otherwise, so files never hold it. */
function isMinusZero(value: number): boolean {
  return value === 0 && 1 / value < 0;
}

function countVenues(book: Book, totals: AssetTotals): void {
  for (const venue of book.venues) {
    const { asset, quote: counter } = book.instruments[venue.instrument];
    if (venue.kind === "constant-product") {
      totals.count(asset, venue.baseUnits);
      totals.count(counter, venue.quoteUnits);
    } else {
      for (const levels of [venue.bids, venue.asks]) totals.count(asset, levels[levels.length - 1]?.units ?? 0);
    }
  }
}

function checksumOf(bytes: Uint8Array): number {
  return xxh32(bytes.subarray(prefixBytes), xxh32(bytes.subarray(0, checksumPlace)));
}

function tableBytes(table: Omit<TableHeader, "protocol" | "layer">): number {
  const { numbers, addresses, texts, textBytes, columns } = table;
  const idBytes = 8 * (numbers + texts) + aligned(addresses * addressBytes) + aligned(textBytes);
  return idBytes + 8 * (numbers + addresses + texts) * columns.length;
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

function parseJson(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
