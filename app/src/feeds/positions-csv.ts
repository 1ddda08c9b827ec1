import { amountUnits, plainNumber } from "./amount-units.js";
import { applyMapping, type ColumnMapping, guessMapping, type MappedColumn } from "./column-mapping.js";
import { type ReadProgress, RefusedRows, type StreamedRecord, streamCsv } from "./csv-stream.js";
import { decimalText } from "./decimal.js";
import { GrowingColumn } from "./growing-column.js";
import type { LayerFile, PositionsFile } from "./our-format.js";
import type { RefusedRow } from "./refused-row.js";

/** How a user's table of positions is read. */
export interface PositionsCsvOptions {
  /** The protocol that the rows belong to: `--protocol NAME`. */
  readonly protocol: string;
  /** From `parseMapping`; guessed from the header where absent. */
  readonly columns?: readonly MappedColumn[];
  /** Decimals by asset; 7 for ETH and WETH, 8 for BTC and WBTC, else 6. */
  readonly unitDecimals?: Readonly<Record<string, number>>;
  readonly delimiter?: string;
  /** Rows shown as understood; 5. */
  readonly previewCount?: number;
  /** Refused rows kept, the others are counted; 1,000. */
  readonly refusedKept?: number;
  /** Stop after the preview: nothing else is read. */
  readonly previewOnly?: boolean;
  /** Called after each chunk read. */
  readonly onProgress?: (progress: ReadProgress) => void;
}

/** A column as understood. */
export interface PositionsColumn {
  readonly role: string;
  readonly asset: string;
  /** Decimals of the units in `values`; -1 for plain numbers. */
  readonly unitDecimals: number;
  /** Whole units of the asset, or plain numbers. */
  readonly values: Float64Array;
}

/** A user's positions as understood. */
export interface PositionsCsv {
  readonly protocol: string;
  readonly mapping: ColumnMapping;
  readonly accounts: readonly string[];
  readonly columns: readonly PositionsColumn[];
  /** `preview[0]` is the heading in our words; then the first rows as understood. */
  readonly preview: readonly (readonly string[])[];
  readonly refused: readonly RefusedRow[];
  readonly refusedCount: number;
}

/** Why nothing was read at all. */
export interface PositionsCsvProblems {
  readonly problems: readonly string[];
}

const signedRoles = new Set(["cash", "size"]);
const plainUnits = new Set(["USD", "x", "%"]);

/** Decimals in which an asset is counted where nobody says. */
export function defaultDecimals(asset: string): number {
  if (asset === "ETH" || asset === "WETH") return 7;
  return asset === "BTC" || asset === "WBTC" ? 8 : 6;
}

interface Reader {
  readonly place: number;
  readonly column: MappedColumn;
  readonly unitDecimals: number;
  readonly values: GrowingColumn;
}

/**
 * Reads a user's positions from a stream of bytes, row by row: a file of any size takes memory for its accounts and one Float64 per amount.
 * A row is taken whole or refused with the reason: wrong cell count, empty or too long account, account seen before, a cell that is empty, no number, not finite,
 * negative where it may not be, or too large.
 */
export async function importPositionsCsv(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: PositionsCsvOptions,
): Promise<PositionsCsv | PositionsCsvProblems> {
  const refused = new RefusedRows(options.refusedKept ?? 1000);
  const accounts: string[] = [];
  const onBytes = (bytesRead: number) =>
    options.onProgress?.({ bytesRead, rowCount: accounts.length, refusedCount: refused.count });
  const records = streamCsv(chunks, refused, onBytes, options.delimiter);
  const first = await records.next();
  if (first.done === true) return { problems: ["the file is empty: no header"] };
  const broken = refused.kept.find((row) => row.rowNumber < first.value[0].rowNumber);
  if (broken !== undefined) return { problems: [`the header is not readable: ${broken.reason}`] };
  const header = first.value[0].cells;
  const mapping = options.columns === undefined ? guessMapping(header) : applyMapping(options.columns, header);
  if ("problems" in mapping) {
    await records.return(undefined);
    return mapping;
  }
  const accountPlace = header.indexOf(mapping.columns.find((column) => column.role === "account")?.header ?? "");
  if (accountPlace < 0) {
    await records.return(undefined);
    return { problems: ["the mapping names no account column; add account=HEADER"] };
  }
  const readers = readersOf(mapping, header, options);
  const seen = new Set<string>();
  const previewCount = options.previewCount ?? 5;
  const takeBatch = (batch: readonly StreamedRecord[]) => {
    for (const { cells, rowNumber } of batch) {
      const reason = takeRow(cells, header.length, accountPlace, readers, seen);
      if (reason !== null) refused.add(rowNumber, reason, cells.join(","));
      else accounts.push(ownCopy(cells[accountPlace]));
    }
  };
  takeBatch(first.value.slice(1));
  for await (const batch of records) {
    takeBatch(batch);
    if (options.previewOnly === true && accounts.length >= previewCount) break;
  }
  const columns = readers.map(({ column, unitDecimals, values }) => ({
    role: column.role,
    asset: column.asset,
    unitDecimals,
    values: values.finish(),
  }));
  return {
    protocol: options.protocol,
    mapping,
    accounts,
    columns,
    preview: previewRows(accounts, columns, previewCount),
    refused: refused.sorted(),
    refusedCount: refused.count,
  };
}

function readersOf(mapping: ColumnMapping, header: readonly string[], options: PositionsCsvOptions): Reader[] {
  return mapping.columns
    .filter((column) => column.role !== "account")
    .map((column) => ({
      place: header.indexOf(column.header),
      column,
      unitDecimals: isPlain(column) ? -1 : (options.unitDecimals?.[column.asset] ?? defaultDecimals(column.asset)),
      values: new GrowingColumn(),
    }));
}

function isPlain(column: MappedColumn): boolean {
  return (
    column.asset === "" || (plainUnits.has(column.asset) && column.role !== "collateral" && column.role !== "debt")
  );
}

/** A long substring keeps the whole chunk it was cut from alive; a copy lets the chunk go. */
function ownCopy(text: string): string {
  return text.length < 13 ? text : Buffer.from(text).toString();
}

/** Takes a row into the columns, all cells or none; the reason where it is refused. */
function takeRow(
  cells: readonly string[],
  cellCount: number,
  accountPlace: number,
  readers: readonly Reader[],
  seen: Set<string>,
): string | null {
  if (cells.length !== cellCount) return `${cells.length} cells where the header has ${cellCount}`;
  const account = cells[accountPlace];
  if (account === "") return "empty account";
  if (account.length > 128) return `account of ${account.length} characters`;
  if (/[\p{Cc}\p{Cf}]/u.test(account)) return "account with characters that do not print";
  if (seen.has(account)) return `account ${JSON.stringify(account)} stands twice`;
  const numbers: number[] = [];
  for (const reader of readers) {
    const { column, unitDecimals } = reader;
    const cell = cells[reader.place];
    const number = unitDecimals < 0 ? plainNumber(cell) : amountUnits(cell, unitDecimals, signedRoles.has(column.role));
    if (typeof number === "string") return `${column.header}: ${number}`;
    numbers.push(number);
  }
  seen.add(account);
  for (let index = 0; index < readers.length; index++) readers[index].values.push(numbers[index]);
  return null;
}

function cellOf(column: PositionsColumn, row: number): string {
  const value = column.values[row];
  return column.unitDecimals < 0 ? String(value) : decimalText(BigInt(value), column.unitDecimals);
}

function heading(column: PositionsColumn): string {
  return column.asset === "" ? `${column.role} x` : `${column.role} ${column.asset}`;
}

function previewRows(accounts: readonly string[], columns: readonly PositionsColumn[], count: number): string[][] {
  const rows = accounts
    .slice(0, count)
    .map((account, row) => [account, ...columns.map((column) => cellOf(column, row))]);
  return [["account", ...columns.map(heading)], ...rows];
}

/** The positions as they stand in a book file. For a million rows hand `columns` over instead. */
export function positionsSection(imported: PositionsCsv, layer: string): PositionsFile {
  return {
    layer,
    columns: ["account", ...imported.columns.map(heading)],
    rows: imported.accounts.map((account, row) => [
      account,
      ...imported.columns.map((column) => Number(cellOf(column, row))),
    ]),
  };
}

/** What a user's table rests on: measured as far as anybody can tell, its coverage is for the user to say. */
export function userLayer(fileName: string, imported: PositionsCsv, asOf: string): LayerFile {
  return {
    source: `user file ${fileName}`,
    asOf,
    coverage: `${imported.accounts.length} rows taken, ${imported.refusedCount} refused; coverage not stated`,
    coverageShare: null,
    basis: "measured",
  };
}
