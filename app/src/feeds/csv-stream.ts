import { parse } from "csv-parse/sync";
import { type RefusedRow, refusedRow } from "./refused-row.js";

/** Progress of a long read. */
export interface ReadProgress {
  readonly bytesRead: number;
  readonly rowCount: number;
  readonly refusedCount: number;
}

/** Rows refused: the first are kept, all are counted. */
export class RefusedRows {
  readonly kept: RefusedRow[] = [];
  count = 0;
  constructor(private readonly keptMost: number) {}

  add(rowNumber: number, reason: string, text: string): void {
    this.count += 1;
    if (this.kept.length < this.keptMost) this.kept.push(refusedRow(rowNumber, reason, text));
  }

  /** The kept ones by row. */
  sorted(): readonly RefusedRow[] {
    return [...this.kept].sort((a, b) => a.rowNumber - b.rowNumber);
  }
}

/** One record of a streamed CSV. */
export interface StreamedRecord {
  readonly cells: readonly string[];
  /** Line of the file on which it ends, 1 being the first. */
  readonly rowNumber: number;
}

/** Longest line; a longer one is refused, so that a file without line ends does not fill the memory. */
const longestLine = 65_536;

/**
 * The records of a CSV stream in batches, one per chunk, the header first. A record is a line: the library takes lines with quotes apart, lines
 * without are split at the delimiter. A line with broken quoting is refused alone (a quoted line break is such a line: no table of
 * positions needs one, and one stray quote must not swallow the rows after it). The delimiter is the one of comma, semicolon and tab that
 * the first line holds most of, unless given.
 */
export async function* streamCsv(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  refused: RefusedRows,
  onBytes: (bytesRead: number) => void,
  delimiter?: string,
): AsyncGenerator<readonly StreamedRecord[]> {
  const decoder = new TextDecoder("utf-8");
  const splitter = new LineSplitter(refused, delimiter);
  let bytesRead = 0;
  for await (const chunk of chunks) {
    const batch = splitter.take(decoder.decode(chunk, { stream: true }));
    if (batch.length > 0) yield batch;
    bytesRead += chunk.length;
    onBytes(bytesRead);
  }
  const last = splitter.take(`${decoder.decode()}\n`);
  if (last.length > 0) yield last;
}

/** Cuts decoded text into records, keeping the unfinished line for the next piece. */
class LineSplitter {
  #unfinished = "";
  #lineNumber = 0;
  #overlong = false;
  #delimiter: string | undefined;

  constructor(
    private readonly refused: RefusedRows,
    delimiter: string | undefined,
  ) {
    this.#delimiter = delimiter;
  }

  take(text: string): StreamedRecord[] {
    const batch: StreamedRecord[] = [];
    const lines = (this.#unfinished + text).split("\n");
    this.#unfinished = lines.pop() ?? "";
    for (const line of lines) this.#takeLine(line.endsWith("\r") ? line.slice(0, -1) : line, batch);
    if (this.#unfinished.length > longestLine) {
      this.#overlong = true;
      this.#unfinished = this.#unfinished.slice(0, 200);
    }
    return batch;
  }

  #takeLine(line: string, batch: StreamedRecord[]): void {
    this.#lineNumber += 1;
    if (this.#overlong || line.length > longestLine) {
      this.#overlong = false;
      this.refused.add(this.#lineNumber, `a line of more than ${longestLine} characters`, line);
      return;
    }
    if (line.trim() === "") return;
    this.#delimiter ??= guessDelimiter(line);
    const cells = cellsOf(line, this.#delimiter);
    if (typeof cells === "string") this.refused.add(this.#lineNumber, cells, line);
    else batch.push({ cells, rowNumber: this.#lineNumber });
  }
}

function cellsOf(line: string, delimiter: string): readonly string[] | string {
  if (line.includes("\uFFFD")) return "not UTF-8 text";
  if (!line.includes('"')) return line.split(delimiter).map((cell) => cell.trim());
  try {
    const records = parse(line, { delimiter, relax_column_count: true, trim: true });
    return records[0] ?? [];
  } catch (error) {
    return `broken quoting: ${error instanceof Error ? error.message.replace(/ at line \d+/, "") : String(error)}`;
  }
}

/** The delimiter that the first line holds most of; comma on a tie. */
export function guessDelimiter(text: string): string {
  const line = text.split(/\r?\n/, 1)[0].replace(/"[^"]*"/g, "");
  let best = ",";
  let most = line.split(",").length;
  for (const candidate of [";", "\t"]) {
    const count = line.split(candidate).length;
    if (count > most) [best, most] = [candidate, count];
  }
  return best;
}
