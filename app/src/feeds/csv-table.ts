import { parse } from "csv-parse/sync";
import { type Imported, type RefusedRow, refusedRow } from "./refused-row.js";

/** One record of a CSV file with its cells by column name. */
export interface CsvRecord {
  /** Line of the file on which the record ends, 1 being the header. */
  readonly rowNumber: number;
  readonly text: string;
  readonly cells: Readonly<Record<string, string>>;
}

interface RawRecord {
  readonly record: string[];
  readonly raw: string;
  readonly info: { readonly lines: number };
}

/**
 * Reads a whole CSV text whose header must hold every name of `columns` (others are ignored).
 * Refuses records whose cell count differs from the header's. A missing column, one that is there twice, or broken quoting refuses the file, as row 1 or where it broke.
 */
export function readCsvTable(text: string, columns: readonly string[]): Imported<CsvRecord> {
  const refused: RefusedRow[] = [];
  const records = parseRecords(text, refused);
  const header = records[0];
  if (header === undefined) return { rows: [], refused: [...refused, refusedRow(1, "empty file: no header", "")] };
  const missing = columns.filter((name) => !header.record.includes(name));
  if (missing.length > 0) {
    return { rows: [], refused: [refusedRow(1, `header lacks ${missing.join(", ")}`, header.raw)] };
  }
  const twice = header.record.filter((name, place) => name !== "" && header.record.indexOf(name) !== place);
  if (twice.length > 0) {
    const names = [...new Set(twice)].map((name) => JSON.stringify(name.slice(0, 40))).join(", ");
    return { rows: [], refused: [refusedRow(1, `header names ${names} more than once`, header.raw)] };
  }
  const rows: CsvRecord[] = [];
  for (const { record, raw, info } of records.slice(1)) {
    if (record.length !== header.record.length) {
      refused.push(refusedRow(info.lines, `${record.length} cells where the header has ${header.record.length}`, raw));
      continue;
    }
    const cells: Record<string, string> = Object.create(null) as Record<string, string>;
    header.record.forEach((name, index) => {
      cells[name] = record[index];
    });
    rows.push({ rowNumber: info.lines, text: raw.trimEnd(), cells });
  }
  return { rows, refused };
}

function parseRecords(text: string, refused: RefusedRow[]): RawRecord[] {
  const records: RawRecord[] = [];
  try {
    const options = { bom: true, relax_column_count: true, skip_empty_lines: true, raw: true, info: true, trim: true };
    for (const record of parse(text, options) as unknown as RawRecord[]) records.push(record);
  } catch (error) {
    refused.push(refusedRow(1, `not readable as CSV: ${error instanceof Error ? error.message : String(error)}`, text));
  }
  return records;
}
