import { plainNumber } from "./amount-units.js";
import { applyMapping, type MappedColumn } from "./column-mapping.js";
import { RefusedRows, type StreamedRecord, streamCsv } from "./csv-stream.js";
import type { CurveLevel } from "./quote-depth.js";
import type { RefusedRow } from "./refused-row.js";

/** A user's depth as understood: levels relative to the middle price. */
export interface DepthCsv {
  readonly bids: readonly CurveLevel[];
  readonly asks: readonly CurveLevel[];
  /** Middle of best bid and best ask; null where the file states moves and no prices. */
  readonly middle: number | null;
  readonly preview: readonly (readonly string[])[];
  readonly refused: readonly RefusedRow[];
  readonly refusedCount: number;
}

interface Row {
  readonly bid: boolean;
  readonly price: number;
  readonly size: number;
  readonly rowNumber: number;
  readonly text: string;
}

const sides: Readonly<Record<string, boolean>> = {
  bid: true,
  bids: true,
  buy: true,
  b: true,
  ask: false,
  asks: false,
  sell: false,
  a: false,
};

/**
 * Reads a user's depth: columns `side` (bid or ask, the side that rests), `price` or `move` (`-0.5%` or -0.005, relative to the middle), and `amount`
 * (resting at that level) or `cumulative` (down to it). Without a mapping the columns must bear those names. Refused: an unknown side, a price or amount not above 0,
 * a move on the wrong side of 0, a cumulative amount that does not rise. Levels of one price are added up.
 */
export async function importDepthCsv(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  columns?: readonly MappedColumn[],
): Promise<DepthCsv | { readonly problems: readonly string[] }> {
  const refused = new RefusedRows(1000);
  const records = streamCsv(chunks, refused, () => {});
  const first = await records.next();
  if (first.done === true) return { problems: ["the file is empty: no header"] };
  const broken = refused.kept.find((row) => row.rowNumber < first.value[0].rowNumber);
  if (broken !== undefined) return { problems: [`the header is not readable: ${broken.reason}`] };
  const header = first.value[0].cells;
  const places = findPlaces(header, columns);
  if ("problems" in places) {
    await records.return(undefined);
    return places;
  }
  const rows: Row[] = [];
  const takeBatch = (batch: readonly StreamedRecord[]) => {
    for (const { cells, rowNumber } of batch) {
      const row = readRow(cells, header.length, places);
      if (typeof row === "string") refused.add(rowNumber, row, cells.join(","));
      else rows.push({ ...row, rowNumber, text: cells.join(",") });
    }
  };
  takeBatch(first.value.slice(1));
  for await (const batch of records) takeBatch(batch);
  const middle = places.price >= 0 ? middleOf(rows) : null;
  if (places.price >= 0 && middle === null)
    return { problems: ["prices need both a bid and an ask, the best bid below the best ask"] };
  return {
    bids: levelsOf(rows, true, middle, places.cumulative >= 0, refused),
    asks: levelsOf(rows, false, middle, places.cumulative >= 0, refused),
    middle,
    preview: rows.slice(0, 5).map((row) => [row.bid ? "bid" : "ask", String(row.price), String(row.size)]),
    refused: refused.sorted(),
    refusedCount: refused.count,
  };
}

interface Places {
  readonly side: number;
  readonly price: number;
  readonly move: number;
  readonly amount: number;
  readonly cumulative: number;
}

function findPlaces(
  header: readonly string[],
  columns?: readonly MappedColumn[],
): Places | { readonly problems: readonly string[] } {
  const lower = header.map((name) => name.toLowerCase());
  const own = ["side", "price", "move", "amount", "cumulative"].filter((role) => lower.includes(role));
  const mapping = applyMapping(
    columns ?? own.map((role) => ({ role, asset: "", header: header[lower.indexOf(role)] })),
    header,
  );
  if ("problems" in mapping) return mapping;
  const place = (role: string) => header.indexOf(mapping.columns.find((column) => column.role === role)?.header ?? "");
  const places = {
    side: place("side"),
    price: place("price"),
    move: place("move"),
    amount: place("amount"),
    cumulative: place("cumulative"),
  };
  const problems: string[] = [];
  if (places.side < 0) problems.push("no column side (bid or ask); say it with side=HEADER");
  if (places.price >= 0 === places.move >= 0)
    problems.push("one of price and move is needed; say it with price=HEADER or move=HEADER");
  if (places.amount >= 0 === places.cumulative >= 0)
    problems.push("one of amount and cumulative is needed; say it with amount=HEADER or cumulative=HEADER");
  return problems.length > 0 ? { problems } : places;
}

function readRow(
  cells: readonly string[],
  cellCount: number,
  places: Places,
): { bid: boolean; price: number; size: number } | string {
  if (cells.length !== cellCount) return `${cells.length} cells where the header has ${cellCount}`;
  const side = cells[places.side].toLowerCase();
  if (!Object.hasOwn(sides, side)) return `side is neither bid nor ask: ${JSON.stringify(cells[places.side])}`;
  const bid = sides[side];
  const price = places.price >= 0 ? plainNumber(cells[places.price]) : moveOf(cells[places.move]);
  if (typeof price === "string") return price;
  if (places.price >= 0 && !(price > 0)) return "price is not above 0";
  if (places.move >= 0 && (bid ? price >= 0 || price <= -1 : price <= 0))
    return `move ${cells[places.move]} is on the wrong side for ${bid ? "a bid" : "an ask"}`;
  const size = plainNumber(cells[places.amount >= 0 ? places.amount : places.cumulative]);
  if (typeof size === "string") return size;
  return size > 0 ? { bid, price, size } : "amount is not above 0";
}

function moveOf(cell: string): number | string {
  if (!cell.endsWith("%")) return plainNumber(cell);
  const percent = plainNumber(cell.slice(0, -1));
  return typeof percent === "string" ? percent : percent / 100;
}

function middleOf(rows: readonly Row[]): number | null {
  let bid = Number.NEGATIVE_INFINITY;
  let ask = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    if (row.bid) bid = Math.max(bid, row.price);
    else ask = Math.min(ask, row.price);
  }
  return Number.isFinite(bid) && Number.isFinite(ask) && bid < ask ? (bid + ask) / 2 : null;
}

function levelsOf(
  rows: readonly Row[],
  bid: boolean,
  middle: number | null,
  cumulative: boolean,
  refused: RefusedRows,
): CurveLevel[] {
  const side = rows.filter((row) => row.bid === bid).sort((a, b) => (bid ? b.price - a.price : a.price - b.price));
  const levels: CurveLevel[] = [];
  let units = 0;
  for (const row of side) {
    const relativePrice = middle === null ? 1 + row.price : row.price / middle;
    if (cumulative && row.size <= units) {
      refused.add(row.rowNumber, `cumulative amount ${row.size} does not rise above ${units}`, row.text);
      continue;
    }
    units = cumulative ? row.size : units + row.size;
    if (levels[levels.length - 1]?.relativePrice === relativePrice) levels.pop();
    levels.push({ relativePrice, units });
  }
  return levels;
}
