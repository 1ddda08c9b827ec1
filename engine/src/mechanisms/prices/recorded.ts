import type { Book } from "../../book/book.js";
import { assert } from "../../book/problem.js";
import { numbersOf, type Series } from "../../book/series.js";
import { exp } from "../../math/index.js";
import type { Layout, Mechanism, Shock } from "../../run/index.js";
import { define } from "../definition.js";
import { oneAccountFalls } from "../demonstrations.js";
import { checkRecorded } from "./recorded-check.js";
import { type KnownSales, knownSales, logSteps, type RecordedPath, recordedPath, startingAt } from "./recorded-path.js";
import { type RecordedParams, recordedSchema } from "./recorded-schema.js";
import { gasTable, recordedAssets } from "./recorded-tables.js";

const msPerHour = 3_600_000;

interface AssetRows {
  readonly asset: number;
  readonly path: RecordedPath;
  readonly logSteps: Float64Array;
  /** Last point that the path has reached. */
  point: number;
  /** Known sales that `net` takes out; empty where it takes none. */
  readonly sales: KnownSales;
  readonly logPerCoin: number;
  readonly recoveryPerHour: number;
  /** Sales that have happened so far, and what is left of their impact on ln price (not positive). */
  sold: number;
  impact: number;
}

interface Rows {
  readonly assets: readonly AssetRows[];
  readonly gasStarts: Float64Array;
  readonly gasGwei: Float64Array;
  gasRow: number;
}

/**
 * Moves fair values along a recorded path, series time aligned with the book's moment. A candle is visited in the order of MODEL 3.6. Before the first
 * point the path comes from the book's price; after the last one the price stays. With `net`, ln F = ln P - sum of what is left of the known sales' impact.
 */
export function recorded(name: string, params: RecordedParams, series: Series): Mechanism<Rows> {
  return {
    name,
    open: (book, layout) => openRows(params, series, book, layout),
    reset(rows: Rows): void {
      rows.gasRow = 0;
      for (const asset of rows.assets) {
        asset.point = 0;
        asset.sold = 0;
        asset.impact = 0;
      }
    },
    shock(rows: Rows, at: Shock): void {
      if (params.gasGwei !== null) at.setGas(params.gasGwei);
      else if (rows.gasGwei.length > 0) at.setGas(gasAt(rows, at.timeMs - at.tickMs));
      for (const asset of rows.assets) {
        const price = priceAt(asset, at.timeMs, params.between);
        const impact = impactAt(asset, at.timeMs, at.tickMs);
        at.setFair(asset.asset, impact === 0 ? price : price * exp(-impact));
      }
    },
  };
}

function openRows(params: RecordedParams, series: Series, book: Book, layout: Layout): Rows {
  const table = params.gasColumn === null ? undefined : gasTable(series);
  const net = params.treatment === "net" ? params.net : null;
  const events = series.tables.find((one) => one.id === net?.events);
  return {
    assets: recordedAssets(params, book, series).map(({ asset, table: prices }) => {
      const { symbol, priceUsd } = book.assets[asset];
      const path = startingAt(recordedPath(prices, book.atMs, layout.tickMs, params.between), priceUsd);
      const declared = net?.impact.find((one) => one.asset === symbol);
      return {
        asset,
        path,
        logSteps: logSteps(path),
        point: 0,
        sales:
          net === null || declared === undefined || events === undefined
            ? { timesMs: new Float64Array(0), coins: new Float64Array(0) }
            : knownSales(series, events, symbol, net.kinds, book.atMs),
        logPerCoin: declared?.logPerCoin ?? 0,
        recoveryPerHour: declared?.recoveryPerHour ?? 0,
        sold: 0,
        impact: 0,
      };
    }),
    gasStarts: table === undefined ? new Float64Array(0) : gasStarts(numbersOf(table, "startMs"), book.atMs),
    gasGwei:
      table === undefined ? new Float64Array(0) : (numbersOf(table, `${params.gasColumn}Gwei`) ?? new Float64Array(0)),
    gasRow: 0,
  };
}

function gasStarts(starts: Float64Array | null, atMs: number): Float64Array {
  assert(starts !== null, "a gas table has the starts of its rows");
  return Float64Array.from(starts, (start) => start - atMs);
}

/** Gas of the row that is in force when a tick begins; the first row's before it, the last row's after it. */
function gasAt(rows: Rows, tickStartMs: number): number {
  while (rows.gasRow + 1 < rows.gasStarts.length && rows.gasStarts[rows.gasRow + 1] <= tickStartMs) rows.gasRow++;
  return rows.gasGwei[rows.gasRow];
}

function priceAt(rows: AssetRows, timeMs: number, between: "log-linear" | "step"): number {
  const { timesMs, pricesUsd } = rows.path;
  while (rows.point + 1 < timesMs.length && timesMs[rows.point + 1] <= timeMs) rows.point++;
  const { point } = rows;
  if (between === "step" || point + 1 === timesMs.length || timesMs[point] === timeMs) return pricesUsd[point];
  const share = (timeMs - timesMs[point]) / (timesMs[point + 1] - timesMs[point]);
  return pricesUsd[point] * exp(rows.logSteps[point + 1] * share);
}

/** What is left at the end of this tick of the impact of every known sale so far, on ln price. A sale counts from its own moment. */
function impactAt(rows: AssetRows, timeMs: number, tickMs: number): number {
  const { timesMs, coins } = rows.sales;
  if (timesMs.length === 0) return 0;
  const perMs = rows.recoveryPerHour / msPerHour;
  if (rows.impact !== 0 && perMs > 0) rows.impact *= exp(-perMs * tickMs);
  while (rows.sold < timesMs.length && timesMs[rows.sold] <= timeMs) {
    // Sales before the path's start are in the book's own price: they are no part of what this path undoes.
    const since = timeMs - timesMs[rows.sold];
    if (timesMs[rows.sold] > 0) rows.impact += rows.logPerCoin * coins[rows.sold] * exp(-perMs * since);
    rows.sold++;
  }
  return rows.impact;
}

const layer = {
  source: "made for the demonstration",
  asOf: "2024-01-01T00:00:00Z",
  coverage: "everything there is",
  coverageShare: 1,
  basis: "assumed",
};

export const recordedDefinition = define<RecordedParams>({
  kind: "recorded",
  part: "prices",
  summary: "A recorded price path, its candles visited in a stated order, with the gas of its day.",
  source: "docs/model.md (a recorded path contains its day's forced flow)",
  schema: recordedSchema,
  create: (name, params, { series }) => recorded(name, params, series[params.series]),
  references: (params) => [
    { key: "series", kind: "series", name: params.series },
    ...params.assets.map(({ asset }) => ({ key: `assets.${asset}`, kind: "asset" as const, name: asset })),
    ...(params.net?.impact ?? []).map(({ asset }) => ({
      key: `net.impact.${asset}`,
      kind: "asset" as const,
      name: asset,
    })),
  ],
  check: checkRecorded,
  demonstration: {
    scenario: oneAccountFalls({
      series: {
        day: {
          version: 1,
          kind: "series",
          name: "day",
          layers: { made: layer },
          tables: {
            candles: {
              layer: "made",
              asset: "ETH",
              interval: "20 min",
              columns: ["start", "open USD", "high USD", "low USD", "close USD"],
              rows: [
                ["2024-01-01T00:00:00Z", 2000, 2010, 1790, 1800],
                ["2024-01-01T00:20:00Z", 1800, 1900, 1500, 1600],
                ["2024-01-01T00:40:00Z", 1600, 1610, 1390, 1400],
              ],
            },
          },
        },
      },
      prices: { shock: { kind: "recorded", series: "day" } },
    }),
    subject: "shock",
    measure: "liquidatedAccounts",
    off: "falls",
  },
});
