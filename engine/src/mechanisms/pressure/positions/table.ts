import { orderAscending } from "../../../math/index.js";

/** Accounts of both sides in the order in which the market reaches them. */
interface BreachOrder {
  readonly longs: Uint32Array;
  readonly shorts: Uint32Array;
}

/**
 * Positions of one instrument: opening columns (shared), working columns, and how far the market has reached. What a size, an entry and a margin are counted in is
 * the protocol's affair. A row that was touched is put back by `resetTable`; only touched rows are looked at one by one.
 */
export interface PositionTable {
  readonly count: number;
  readonly openingSize: Float64Array;
  readonly openingEntry: Float64Array;
  readonly openingMargin: Float64Array;
  readonly size: Float64Array;
  readonly entry: Float64Array;
  readonly margin: Float64Array;
  /** By row: the highest (long) or lowest (short) whole mark price at which it may be liquidatable; -1: at none. */
  readonly breachSteps: Float64Array;
  readonly order: BreachOrder;
  longCursor: number;
  shortCursor: number;
  readonly touched: Int32Array;
  touchedCount: number;
  readonly isTouched: Uint8Array;
  /** Touched rows that are still open. */
  readonly active: Int32Array;
  activeCount: number;
}

/** Lays out a table. `breachOf` says from which mark price on a row must be looked at: rather too early than too late. */
export function openTable(
  openingSize: Float64Array,
  openingEntry: Float64Array,
  openingMargin: Float64Array,
  breachOf: (row: number) => number,
): PositionTable {
  const count = openingSize.length;
  const breachSteps = Float64Array.from(openingSize, (_, row) => breachOf(row));
  const sorted = (side: 1 | -1): Uint32Array => {
    const rows: number[] = [];
    for (let row = 0; row < count; row++) if (openingSize[row] * side > 0 && breachSteps[row] >= 0) rows.push(row);
    const order = orderAscending(Float64Array.from(rows, (row) => -side * breachSteps[row]));
    return Uint32Array.from(order, (place) => rows[place]);
  };
  return {
    count,
    openingSize,
    openingEntry,
    openingMargin,
    size: Float64Array.from(openingSize),
    entry: Float64Array.from(openingEntry),
    margin: Float64Array.from(openingMargin),
    breachSteps,
    order: { longs: sorted(1), shorts: sorted(-1) },
    longCursor: 0,
    shortCursor: 0,
    touched: new Int32Array(count),
    touchedCount: 0,
    isTouched: new Uint8Array(count),
    active: new Int32Array(count),
    activeCount: 0,
  };
}

/** Puts the table back to the start of a path and tells which rows were changed. */
export function resetTable(table: PositionTable, changed: (row: number) => void): void {
  for (let i = 0; i < table.touchedCount; i++) {
    const row = table.touched[i];
    table.size[row] = table.openingSize[row];
    table.entry[row] = table.openingEntry[row];
    table.margin[row] = table.openingMargin[row];
    table.isTouched[row] = 0;
    changed(row);
  }
  table.touchedCount = 0;
  table.activeCount = 0;
  table.longCursor = 0;
  table.shortCursor = 0;
}

/** Marks a row as changed on this path and looks at it from now on. */
export function touchRow(table: PositionTable, row: number): void {
  if (table.isTouched[row] === 1) return;
  table.isTouched[row] = 1;
  table.touched[table.touchedCount++] = row;
  table.active[table.activeCount++] = row;
}

/** Moves both cursors over every row that the mark price reaches. */
export function reachRows(table: PositionTable, mark: number): void {
  const { longs, shorts } = table.order;
  const { breachSteps } = table;
  while (table.longCursor < longs.length && breachSteps[longs[table.longCursor]] >= mark)
    touchRow(table, longs[table.longCursor++]);
  while (table.shortCursor < shorts.length && breachSteps[shorts[table.shortCursor]] <= mark)
    touchRow(table, shorts[table.shortCursor++]);
}

/** Calls `visit` for every open row that was reached or changed, and forgets those that are closed. */
export function visitActive(table: PositionTable, visit: (row: number) => void): void {
  let kept = 0;
  const { activeCount } = table;
  for (let i = 0; i < activeCount; i++) {
    const row = table.active[i];
    if (table.size[row] === 0) continue;
    table.active[kept++] = row;
    visit(row);
  }
  // Rows that were touched meanwhile stand behind the others.
  for (let i = activeCount; i < table.activeCount; i++) table.active[kept++] = table.active[i];
  table.activeCount = kept;
}
