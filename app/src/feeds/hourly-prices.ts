import { readCsvTable } from "./csv-table.js";
import { cutDecimal } from "./decimal.js";
import { type Imported, type RefusedRow, refusedRow } from "./refused-row.js";

/** One observed price. */
export interface PricePoint {
  readonly timeMs: number;
  /** Plain decimal cut to 8 places, the step of published prices. */
  readonly priceUsd: string;
}

/** Reads `eth_usd_hourly.csv` (`timestamp_ms,price_usd`). Refuses a price that is not above 0 and a time not after the one before it. */
export function importHourlyPrices(text: string): Imported<PricePoint> {
  const table = readCsvTable(text, ["timestamp_ms", "price_usd"]);
  const refused: RefusedRow[] = [...table.refused];
  const rows: PricePoint[] = [];
  for (const { cells, rowNumber, text: line } of table.rows) {
    const timeMs = Number(cells.timestamp_ms);
    const price = cutDecimal(cells.price_usd, 8);
    const before = rows[rows.length - 1]?.timeMs ?? Number.NEGATIVE_INFINITY;
    if (!/^\d{12,14}$/.test(cells.timestamp_ms))
      refused.push(refusedRow(rowNumber, "timestamp_ms is no time in milliseconds", line));
    else if (typeof price === "string") refused.push(refusedRow(rowNumber, `price_usd: ${price}`, line));
    else if (!(Number(price.text) > 0)) refused.push(refusedRow(rowNumber, "price_usd is not above 0", line));
    else if (timeMs <= before) refused.push(refusedRow(rowNumber, "time is not after the row before", line));
    else rows.push({ timeMs, priceUsd: price.text });
  }
  return { rows, refused };
}

/** The point nearest in time to `atMs`; the earlier one on a tie. Undefined where there is none. */
export function priceNearest(points: readonly PricePoint[], atMs: number): PricePoint | undefined {
  let nearest: PricePoint | undefined;
  for (const point of points) {
    if (nearest === undefined || Math.abs(point.timeMs - atMs) < Math.abs(nearest.timeMs - atMs)) nearest = point;
  }
  return nearest;
}
