/** A column of numbers of any of the widths that the kernel uses. */
export type NumberColumn = Uint8Array | Int32Array | Uint32Array | Float64Array;

/** A longer copy of a column, zeros behind what it held. Columns start short, because a small book must open cheaply, and double. */
export function widened<Column extends NumberColumn>(column: Column, length: number): Column {
  const copy = new (column.constructor as new (length: number) => Column)(length);
  copy.set(column as never);
  return copy;
}
