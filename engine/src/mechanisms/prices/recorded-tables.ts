import type { Book } from "../../book/book.js";
import type { Series, SeriesTable } from "../../book/series.js";
import type { RecordedParams } from "./recorded-schema.js";

/** An asset with the table its price comes from. */
export interface RecordedAsset {
  readonly asset: number;
  readonly table: SeriesTable;
}

/** The tables a recorded path reads: those named, or each asset's candles, or else its prices; by asset. Names that do not exist are left out. */
export function recordedAssets(params: RecordedParams, book: Book, series: Series): RecordedAsset[] {
  const all = book.assets.map((asset, index) => {
    const named = params.assets.find((one) => one.asset === asset.symbol);
    if (named === undefined && params.assets.length > 0) return undefined;
    const of = (kind: string) => series.tables.find((table) => table.kind === kind && table.asset === asset.symbol);
    const table =
      named === undefined ? (of("candles") ?? of("prices")) : series.tables.find((one) => one.id === named.table);
    return table === undefined ? undefined : { asset: index, table };
  });
  return all.filter((one): one is RecordedAsset => one !== undefined);
}

/** The first table of a series that holds gas prices. */
export function gasTable(series: Series): SeriesTable | undefined {
  return series.tables.find((table) => table.kind === "gas");
}
