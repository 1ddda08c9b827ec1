import { z } from "zod";
import type { Book, ConstantProductVenue } from "../../book/book.js";
import { formatMoment, quantity, quote } from "../../book/index.js";
import { assert } from "../../book/problem.js";
import { word } from "../../book/schema.js";
import { numbersOf, type Series } from "../../book/series.js";
import { poolPrice, poolWalk } from "../../rules/constant-product.js";
import type { Layout, Mechanism, Reset, Shock } from "../../run/index.js";
import { PoolLadder } from "../../run/ladders.js";
import { tapeKinds } from "../../run/tape.js";
import { type CheckContext, define, type Fault } from "../definition.js";
import { oneAccountFalls } from "../demonstrations.js";
import { quoteScale } from "./quote-scale.js";
import { reserveColumn, reservesTable, reserveUnits } from "./reserves-table.js";

const schema = z
  .strictObject({
    kind: z.literal("recorded-reserves"),
    venue: z.string().describe("Pool of the book; by default the mechanism's name."),
    series: word.reference("The recorded series, by its name in the scenario.", "day"),
    price: z
      .enum(["measured", "kept"])
      .default("measured")
      .describe(
        "measured: the pool jumps to the measured reserves. kept: only its size does, its price stays its own.",
      ),
    opening: z
      .enum(["book", "fair"])
      .default("book")
      .describe("Until the first row: the book's reserves, or a pool of their size at the book's price of the asset."),
    shift: quantity
      .duration()
      .default(0)
      .describe("How much later the rows are than the series says: a record may be on another clock than UTC."),
    depthShare: quantity
      .share({ bare: true, above: 0, most: 100 })
      .default(1)
      .describe("Share of the measured reserves that is there."),
  })
  .transform(({ kind: _, shift, ...params }): RecordedReservesParams => ({ ...params, shiftMs: shift }));

/** A pool whose reserves follow a record. */
export interface RecordedReservesParams {
  readonly venue: string;
  readonly series: string;
  /**
   * `measured`: at each row the pool holds the measured reserves; what the run itself traded with it since the last row, `outside` takes back, as the day's
   * arbitrageurs did. `kept`: the pool takes the measured size (the root of its invariant) at the price it has; arbitrage is a mechanism of its own.
   */
  readonly price: "measured" | "kept";
  /** `fair`: the pool opens at the book's price of its asset, as big as the book says (same invariant). */
  readonly opening: "book" | "fair";
  readonly shiftMs: number;
  readonly depthShare: number;
}

interface Rows {
  readonly ladder: PoolLadder;
  readonly opening: { readonly baseUnits: number; readonly quoteUnits: number };
  readonly venue: number;
  readonly owners: number;
  readonly outside: number;
  readonly issuer: number;
  readonly asset: number;
  readonly quote: number;
  /** Since the path's start; rising. */
  readonly startsMs: Float64Array;
  readonly baseUnits: Float64Array;
  readonly quoteUnits: Float64Array;
  /** Next row to come into force. */
  next: number;
}

/**
 * A constant-product pool that holds the reserves measured on the day. A row comes into force in the first tick of its interval, in `shock`: owners and
 * `outside` exchange the difference, so the ledger stays exact, and the position is counted anew from there. Fees stay outside the invariant.
 */
export function recordedReserves(name: string, params: RecordedReservesParams, series: Series): Mechanism<Rows> {
  return {
    name,
    open: (book, layout) => openRows(name, params, series, book, layout),
    reset(rows: Rows, at: Reset): void {
      rows.ladder.pool = rows.opening;
      rows.ladder.sold = 0;
      rows.next = 0;
      at.transfer(rows.issuer, rows.owners, rows.asset, rows.opening.baseUnits);
      at.transfer(rows.issuer, rows.owners, rows.quote, rows.opening.quoteUnits);
    },
    shock(rows: Rows, at: Shock): void {
      const { startsMs } = rows;
      const before = rows.next;
      while (rows.next < startsMs.length && startsMs[rows.next] <= at.timeMs - at.tickMs) rows.next++;
      if (rows.next > before) follow(rows, params.price, rows.next - 1, at);
    },
    clear(rows: Rows, at): void {
      at.quote(rows.venue, rows.ladder);
    },
  };
}

function openRows(name: string, params: RecordedReservesParams, series: Series, book: Book, layout: Layout): Rows {
  const venue = poolOf(book, params.venue);
  const table = reservesTable(series, params.venue);
  assert(venue !== undefined && table !== undefined, `pool ${params.venue} is in the book and in the series`);
  const instrument = book.instruments[venue.instrument];
  const scaled = (units: number) => Math.max(1, Math.floor(units * params.depthShare));
  const amounts = (asset: number) => {
    const column = reserveColumn(table, book.assets[asset]);
    assert(column !== undefined, `the reserves have a column of ${book.assets[asset].symbol}`);
    return reserveUnits(column, book.assets[asset], params.depthShare);
  };
  const held = { baseUnits: scaled(venue.baseUnits), quoteUnits: scaled(venue.quoteUnits) };
  const toQuote = quoteScale(book, venue.instrument);
  const fairPrice = (book.assets[instrument.asset].priceUsd / book.assets[instrument.quote].priceUsd) * toQuote;
  const opening = params.opening === "fair" ? atPrice(held, fairPrice) : held;
  const ladder = new PoolLadder(venue.id, opening, venue.fee, toQuote);
  const owners = layout.account(`${name}/owners`, "pool-owners");
  return {
    ladder,
    opening,
    venue: layout.declareVenue(venue.instrument, ladder, owners),
    owners,
    outside: layout.outside,
    issuer: layout.issuer,
    asset: instrument.asset,
    quote: instrument.quote,
    startsMs: Float64Array.from(numbersOf(table, "startMs") ?? [], (start) => start - book.atMs + params.shiftMs),
    baseUnits: amounts(instrument.asset),
    quoteUnits: amounts(instrument.quote),
    next: 0,
  };
}

/** Puts the pool where a row says; owners and `outside` exchange what it holds more or less. */
function follow(rows: Rows, price: "measured" | "kept", row: number, at: Shock): void {
  const { ladder } = rows;
  const now = {
    baseUnits: ladder.pool.baseUnits + ladder.sold,
    quoteUnits: ladder.pool.quoteUnits - Math.ceil(poolWalk(ladder.pool, 0, ladder.sold)),
  };
  const measured = { baseUnits: rows.baseUnits[row], quoteUnits: rows.quoteUnits[row] };
  const next = price === "measured" ? measured : atPrice(measured, poolPrice(ladder.pool, ladder.sold));
  exchange(rows, rows.asset, next.baseUnits - now.baseUnits, at);
  exchange(rows, rows.quote, next.quoteUnits - now.quoteUnits, at);
  ladder.pool = next;
  ladder.sold = 0;
  at.record(tapeKinds.refill, rows.venue, 1, next.baseUnits - now.baseUnits, next.quoteUnits - now.quoteUnits, 0);
}

/** The pool of the same invariant x y whose price (quote units per base unit) is `price`, in whole units, each rounded down. */
function atPrice(
  pool: { baseUnits: number; quoteUnits: number },
  price: number,
): { baseUnits: number; quoteUnits: number } {
  const baseUnits = Math.max(1, Math.floor(Math.sqrt((pool.baseUnits / price) * pool.quoteUnits)));
  return { baseUnits, quoteUnits: Math.max(1, Math.floor(baseUnits * price)) };
}

function exchange(rows: Rows, asset: number, units: number, at: Shock): void {
  if (units > 0) at.transfer(rows.outside, rows.owners, asset, units);
  if (units >= 0) return;
  at.fund(rows.owners, asset, -units);
  at.transfer(rows.owners, rows.outside, asset, -units);
}

function poolOf(book: Book, id: string): ConstantProductVenue | undefined {
  return book.venues.find((one): one is ConstantProductVenue => one.id === id && one.kind === "constant-product");
}

function check(params: RecordedReservesParams, { book, series, durationMs, tickMs }: CheckContext): Fault[] {
  const venue = poolOf(book, params.venue);
  if (venue === undefined) {
    const message = `${quote(params.venue)} is no constant-product pool`;
    return [{ code: "venue-wrong", key: "venue", message, hint: "name a pool of the book" }];
  }
  const table = reservesTable(series[params.series], params.venue);
  const starts = table === undefined ? null : numbersOf(table, "startMs");
  if (table === undefined || starts === null || starts.length === 0) {
    const message = `the series has no reserves of ${quote(params.venue)}`;
    return [{ code: "unknown-table", key: "series", message, hint: "take a constant-product pool, or add the table" }];
  }
  const faults: Fault[] = [];
  const { asset, quote: paid } = book.instruments[venue.instrument];
  for (const reserve of [book.assets[asset], book.assets[paid]]) {
    const { symbol, unitDecimals } = reserve;
    const column = reserveColumn(table, reserve);
    if (column === undefined) {
      const message = `its reserves have no column of ${symbol}`;
      faults.push({ code: "column-missing", key: "series", message, hint: `add a column "reserve ${symbol}"` });
    } else if (column.kind === "amount" && column.unitDecimals !== unitDecimals) {
      const message = `${symbol} has ${column.unitDecimals} decimals in the series and ${unitDecimals} in the book`;
      faults.push({ code: "decimals-differ", key: "series", message, hint: "declare the same unitDecimals in both" });
    } else if (column.values.some((units) => !(units > 0))) {
      const message = `a reserve of ${symbol} is not above 0`;
      faults.push({ code: "number-out-of-range", key: "series", message, hint: "leave out rows of an empty pool" });
    }
  }
  const first = starts[0] + params.shiftMs;
  const last = starts[starts.length - 1] + table.intervalMs + params.shiftMs;
  if (last < book.atMs || first > book.atMs + durationMs) {
    const message = `the reserves cover ${formatMoment(first)} to ${formatMoment(last)}, none of the path`;
    faults.push({ code: "series-elsewhen", key: "series", message, hint: "take the series of the book's own days" });
  }
  if (table.intervalMs > 0 && tickMs > table.intervalMs) {
    const message = `a tick of ${tickMs} ms skips reserves, which are ${table.intervalMs} ms apart`;
    faults.push({
      code: "tick-too-long",
      key: "series",
      message,
      hint: `make clock.tick at most ${table.intervalMs} ms`,
    });
  }
  return faults;
}

const layer = {
  source: "made for the demonstration",
  asOf: "2024-01-01T00:00:00Z",
  coverage: "everything there is",
  coverageShare: 1,
  basis: "assumed",
};

export const recordedReservesDefinition = define<RecordedReservesParams>({
  kind: "recorded-reserves",
  part: "liquidity",
  summary: "A constant-product pool that holds the reserves measured on the day.",
  source: "Uniswap v2 whitepaper, section 2.1 (x y = k); docs/model.md, frame `absolute`; reserves as recorded",
  schema,
  create: (name, params, { series }) => recordedReserves(name, params, series[params.series]),
  references: (params) => [
    { key: "venue", kind: "venue", name: params.venue },
    { key: "series", kind: "series", name: params.series },
  ],
  check,
  demonstration: {
    scenario: oneAccountFalls({
      pool: true,
      series: {
        day: {
          version: 1,
          kind: "series",
          name: "day",
          layers: { made: layer },
          tables: {
            reserves: {
              layer: "made",
              venue: "market",
              interval: "20 min",
              columns: ["start", "base ETH", "quote USD"],
              rows: [
                ["2024-01-01T00:00:00Z", 5000, 10_000_000],
                ["2024-01-01T00:20:00Z", 5400, 9_000_000],
                ["2024-01-01T00:40:00Z", 6000, 8_400_000],
              ],
            },
          },
        },
      },
      liquidity: { market: { kind: "recorded-reserves", series: "day" } },
    }),
    subject: "market",
    measure: "liquidatedAccounts",
    off: "falls",
  },
});
