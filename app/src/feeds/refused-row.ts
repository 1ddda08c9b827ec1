/** A row of an input that was not taken, and why. Nothing is ever repaired silently: a row is understood whole or refused. */
export interface RefusedRow {
  /** Line of the file, 1 being its first line; for JSON the place in the list, 1 being the first entry. */
  readonly rowNumber: number;
  readonly reason: string;
  /** The row as it stood, cut at 200 characters. */
  readonly text: string;
}

/** Builds a `RefusedRow`; long rows are cut so that a hostile file cannot fill the screen. */
export function refusedRow(rowNumber: number, reason: string, text: string): RefusedRow {
  const trimmed = text.trimEnd();
  return { rowNumber, reason, text: trimmed.length > 200 ? `${trimmed.slice(0, 200)}…` : trimmed };
}

/** The rows understood, and those refused with their reasons. */
export interface Imported<Row> {
  readonly rows: readonly Row[];
  readonly refused: readonly RefusedRow[];
}
