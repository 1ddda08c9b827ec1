import type { Provenance } from "./provenance.js";

/** A column of numbers; times and durations are whole milliseconds, shares fractions, amounts whole units. */
export interface NumberColumn {
  readonly kind: "number" | "time" | "amount";
  /** Name and unit as one word: `openUsd`, `p30Gwei`, `startMs`; an amount's name alone: `base`. */
  readonly name: string;
  /** The asset that an amount counts; empty for others and where each row names its own. */
  readonly asset: string;
  /** Decimals of an amount's units, or -1. A run checks them against its book's. */
  readonly unitDecimals: number;
  readonly values: Float64Array;
}

/** A column of words: accounts, kinds of events, assets. */
export interface TextColumn {
  readonly kind: "text";
  readonly name: string;
  readonly values: readonly string[];
}

/** A column of a series: numbers of any meaning, or words. */
export type SeriesColumn = NumberColumn | TextColumn;

/** What a table of a series is about; it decides which columns the table must have. */
export type SeriesKind = "candles" | "prices" | "gas" | "reserves" | "events";

/** One table over time, column by column; rows are sorted by time, then by block where there is one, else as they stood. */
export interface SeriesTable {
  readonly id: string;
  readonly kind: SeriesKind;
  readonly layer: string;
  /** What it is about, or null: the asset of candles and prices, the venue of reserves, the protocol of events. */
  readonly asset: string | null;
  readonly venue: string | null;
  readonly protocol: string | null;
  /** From a row's start to its end; 0 for rows that are moments. */
  readonly intervalMs: number;
  readonly rowCount: number;
  readonly columns: readonly SeriesColumn[];
}

/** What happened over time: prices, gas, reserves, events; each with its provenance. */
export interface Series {
  readonly name: string;
  readonly tables: readonly SeriesTable[];
  /** Decimals of assets that differ from the default ones; a run checks them against its book's. */
  readonly unitDecimals: Readonly<Record<string, number>>;
  readonly layers: Readonly<Record<string, Provenance>>;
}

/** The numbers of a table's column by its name (`openUsd`), or null where there is none. */
export function numbersOf(table: SeriesTable, name: string): Float64Array | null {
  const column = table.columns.find((candidate) => candidate.name === name);
  return column === undefined || column.kind === "text" ? null : column.values;
}

/** The words of a table's column by its name, or null where there is none. */
export function wordsOf(table: SeriesTable, name: string): readonly string[] | null {
  const column = table.columns.find((candidate) => candidate.name === name);
  return column !== undefined && column.kind === "text" ? column.values : null;
}
