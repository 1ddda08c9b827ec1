import type { Asset } from "../../book/book.js";
import type { NumberColumn, Series, SeriesTable } from "../../book/series.js";
import { powersOfTen } from "../../rules/account-value.js";

/** The table of a pool's reserves in a series. */
export function reservesTable(series: Series, venue: string): SeriesTable | undefined {
  return series.tables.find((table) => table.kind === "reserves" && table.venue === venue);
}

/** The column of a pool's reserves of an asset: amounts of it, or plain dollars where the asset is the dollar. */
export function reserveColumn(table: SeriesTable, asset: Asset): NumberColumn | undefined {
  return table.columns.find((column): column is NumberColumn => {
    if (column.kind === "amount") return column.asset === asset.symbol;
    return column.kind === "number" && asset.symbol === "USD" && column.name.endsWith("Usd");
  });
}

/** Whole units of a reserve column, rounded down, times `depthShare`; at least 1. */
export function reserveUnits(column: NumberColumn, asset: Asset, depthShare: number): Float64Array {
  const scale = column.kind === "amount" ? 1 : powersOfTen[asset.unitDecimals];
  return column.values.map((value) => Math.max(1, Math.floor(value * scale * depthShare)));
}
