import {
  type AccountIds,
  accountIdsOf,
  type Book,
  type EncodedIds,
  type Plan,
  type PositionTable,
  type Series,
  type SeriesColumn,
  type SeriesTable,
} from "@firebreak/engine";

/** Texts as one run of UTF-8 bytes in shared memory; text r ends before byte `ends[r]`. */
interface SharedTexts {
  readonly bytes: Uint8Array;
  readonly ends: Float64Array;
}

type SharedColumn =
  | Exclude<SeriesColumn, { readonly kind: "text" }>
  | { readonly kind: "text"; readonly name: string; readonly texts: SharedTexts };

/** A plan as workers get it: every long column lies in shared memory, so sending it copies names and parameters only. */
export interface SharedPlan extends Omit<Plan, "book" | "series"> {
  readonly book: Omit<Book, "positions"> & {
    readonly positions: readonly (Omit<PositionTable, "ids"> & { readonly ids: EncodedIds })[];
  };
  readonly series: Readonly<
    Record<
      string,
      Omit<Series, "tables"> & {
        readonly tables: readonly (Omit<SeriesTable, "columns"> & { readonly columns: readonly SharedColumn[] })[];
      }
    >
  >;
}

/** Copies a plan's columns into shared memory, once. */
export function sharePlan(plan: Plan): SharedPlan {
  const positions = plan.book.positions.map((table) => ({
    ...table,
    ids: shareIds(table.ids),
    columns: table.columns.map((column) => ({ ...column, values: shareNumbers(column.values) })),
  }));
  const series = Object.entries(plan.series).map(([name, one]) => {
    const tables = one.tables.map((table) => ({ ...table, columns: table.columns.map(shareColumn) }));
    return [name, { ...one, tables }] as const;
  });
  return { ...plan, book: { ...plan.book, positions }, series: Object.fromEntries(series) };
}

/** The plan again, over the same shared columns. */
export function openShared(shared: SharedPlan): Plan {
  const positions = shared.book.positions.map((table) => ({ ...table, ids: openIds(table.ids) }));
  const series = Object.entries(shared.series).map(([name, one]) => {
    const tables = one.tables.map((table) => ({ ...table, columns: table.columns.map(openColumn) }));
    return [name, { ...one, tables }] as const;
  });
  return { ...shared, book: { ...shared.book, positions }, series: Object.fromEntries(series) };
}

function shareNumbers(values: Float64Array): Float64Array {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const shared = new Float64Array(new SharedArrayBuffer(values.byteLength));
  shared.set(values);
  return shared;
}

/** Every column of the ids in shared memory. */
function shareIds(ids: AccountIds): EncodedIds {
  return eachColumn(ids.encoded(), (values) => {
    if (values instanceof Float64Array) return shareNumbers(values);
    const shared = new Uint8Array(new SharedArrayBuffer(values.byteLength));
    shared.set(values);
    return shared;
  });
}

/** Text is decoded from a copy of this thread's own: decoders refuse shared memory. */
function openIds(ids: EncodedIds): AccountIds {
  return accountIdsOf(eachColumn(ids, (values) => (values instanceof Float64Array ? values : new Uint8Array(values))));
}

/** The ids with each column replaced; whichever columns they are made of. */
function eachColumn(
  ids: EncodedIds,
  replace: (values: Float64Array | Uint8Array) => Float64Array | Uint8Array,
): EncodedIds {
  const columns = Object.entries(ids).map(([name, values]) => [name, replace(values)] as const);
  return Object.fromEntries(columns) as unknown as EncodedIds;
}

function shareColumn(column: SeriesColumn): SharedColumn {
  if (column.kind !== "text") return { ...column, values: shareNumbers(column.values) };
  const parts = column.values.map((text) => Buffer.from(text, "utf8"));
  const bytes = new Uint8Array(new SharedArrayBuffer(parts.reduce((sum, part) => sum + part.length, 0)));
  const ends = new Float64Array(new SharedArrayBuffer(8 * parts.length));
  let end = 0;
  parts.forEach((part, row) => {
    bytes.set(part, end);
    end += part.length;
    ends[row] = end;
  });
  return { kind: "text", name: column.name, texts: { bytes, ends } };
}

function openColumn(column: SharedColumn): SeriesColumn {
  if (column.kind !== "text") return column;
  const { ends } = column.texts;
  const bytes = new Uint8Array(column.texts.bytes);
  const values = Array.from(ends, (end, row) =>
    Buffer.from(bytes.subarray(row === 0 ? 0 : ends[row - 1], end)).toString("utf8"),
  );
  return { kind: "text", name: column.name, values };
}
