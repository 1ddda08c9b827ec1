import { z } from "zod";
import type { Book } from "../../book/book.js";
import { type Amount, isProblem, quantity, unitsOf } from "../../book/index.js";
import { assert } from "../../book/problem.js";
import { pow } from "../../math/index.js";
import type { Layout, Mechanism, Reset, Shock, VenueLadder } from "../../run/index.js";
import { tapeKinds } from "../../run/tape.js";
import { amountFaults } from "../amounts.js";
import { define } from "../definition.js";
import { oneAccountFalls } from "../demonstrations.js";
import { quoteScale } from "./quote-scale.js";

const schema = z
  .strictObject({
    kind: z.literal("pool-arbitrage"),
    venue: z.string().describe("Pool of the book that it keeps near fair value."),
    speed: quantity
      .share({ bare: true, above: 0 })
      .default(1)
      .describe("Share of the gap to the fee band that is closed per minute; 100 %: at once (assumed, not measured)."),
    capital: quantity
      .amount()
      .optional()
      .describe("What it owns at the start, in the quote asset; without: unlimited."),
  })
  .transform(({ kind: _, ...params }): PoolArbitrageParams => params);

/** The arbitrageur of one pool. */
export interface PoolArbitrageParams {
  readonly venue: string;
  /** Share of the gap, in units, that is closed per minute; 1: at once, however short the tick. */
  readonly speed: number;
  readonly capital?: Amount;
}

interface Rows {
  readonly layout: Layout;
  readonly venueId: string;
  readonly instrument: number;
  readonly asset: number;
  readonly quote: number;
  /** Quote units per (coin price x base unit). */
  readonly toQuote: number;
  readonly account: number;
  /** Share of the gap closed in one tick. */
  readonly tickShare: number;
  /** Whole quote units at the start; infinite without a limit. */
  readonly capitalUnits: number;
  /** Whole quote units now. */
  cashUnits: number;
  /** The pool, from the first reset on; undefined where the scenario has switched it off. */
  pool: { readonly venue: number; readonly ladder: VenueLadder; readonly owners: number } | undefined;
}

/**
 * Arbitrage of a constant-product pool towards fair value, as an explicit flow in `shock` (prices run before it): outside the fee band it trades until the
 * pool's marginal price after fees is fair value, or a share of the way; the other leg trades with `outside` at fair value. It moves this pool alone, walks no
 * depth in the sense of lasting impact, posts both legs to the ledger, and never trades at a loss. While a guard halts the instrument it stands still.
 * Source: no-trade band of a fee f, [F (1 - f), F / (1 - f)] (Angeris, Kao, Chiang, Noyes and Chitra 2019, "An analysis of Uniswap markets", section 2).
 */
export function poolArbitrage(name: string, params: PoolArbitrageParams): Mechanism<Rows> {
  return {
    name,
    open(book: Book, layout: Layout): Rows {
      const venue = book.venues.find((one) => one.id === params.venue && one.kind === "constant-product");
      assert(venue !== undefined, `pool ${params.venue} is in the book`);
      const { asset, quote } = book.instruments[venue.instrument];
      const units = params.capital === undefined ? 0 : unitsOf(params.capital, book.assets[quote].unitDecimals, "");
      assert(!isProblem(units), "parse has checked the capital");
      return {
        layout,
        venueId: venue.id,
        instrument: venue.instrument,
        asset,
        quote,
        toQuote: quoteScale(book, venue.instrument),
        account: layout.account(`${name}/arbitrageur`, "arbitrageur"),
        tickShare: 1 - pow(1 - params.speed, layout.tickMs / 60_000),
        capitalUnits: params.capital === undefined ? Number.POSITIVE_INFINITY : units,
        cashUnits: 0,
        pool: undefined,
      };
    },
    reset(rows: Rows, at: Reset): void {
      const { layout, capitalUnits } = rows;
      rows.pool = findPool(rows);
      rows.cashUnits = capitalUnits;
      if (Number.isFinite(capitalUnits)) at.transfer(layout.outside, rows.account, rows.quote, capitalUnits);
    },
    shock(rows: Rows, at: Shock): void {
      if (rows.pool === undefined || at.isHalted(rows.instrument)) return;
      const fair = at.fair(rows.asset) / at.fair(rows.quote);
      const { ladder } = rows.pool;
      const position = ladder.position();
      if (ladder.marginal(position, 1) > fair) sellIntoPool(rows, at, rows.pool, fair);
      else if (ladder.marginal(position, -1) < fair) buyFromPool(rows, at, rows.pool, fair);
    },
  };
}

/** Venues open in any order, so the pool is looked up once everything is open. */
function findPool(rows: Rows): Rows["pool"] {
  const { layout } = rows;
  const venue = layout.venuesOf(rows.instrument).find((one) => layout.venueLadder(one).id === rows.venueId);
  return venue === undefined
    ? undefined
    : { venue, ladder: layout.venueLadder(venue), owners: layout.venueAccount(venue) };
}

function sellIntoPool(rows: Rows, at: Shock, pool: NonNullable<Rows["pool"]>, fair: number): void {
  const { asset, quote, account, layout } = rows;
  const from = pool.ladder.position();
  const units = affordable(rows, pool.ladder.positionAt(fair, 1) - from, fair);
  if (units <= 0) return;
  const cost = Math.ceil(units * fair * rows.toQuote);
  const proceeds = pool.ladder.cash(from, from + units);
  if (proceeds < cost) return;
  at.fund(account, quote, Number.isFinite(rows.cashUnits) ? 0 : cost);
  at.transfer(account, layout.outside, quote, cost);
  at.transfer(layout.outside, account, asset, units);
  at.transfer(account, pool.owners, asset, units);
  at.transfer(pool.owners, account, quote, proceeds);
  rows.cashUnits += proceeds - cost;
  pool.ladder.take(from + units);
  at.record(tapeKinds.trade, at.mechanismIndex, 0, units, proceeds, rows.instrument);
}

function buyFromPool(rows: Rows, at: Shock, pool: NonNullable<Rows["pool"]>, fair: number): void {
  const { asset, quote, account, layout } = rows;
  const from = pool.ladder.position();
  // The position found has passed fair value by less than one unit; one unit less has not.
  const units = affordable(rows, from - pool.ladder.positionAt(fair, -1) - 1, fair);
  if (units <= 0) return;
  const cost = pool.ladder.cash(from, from - units);
  const proceeds = Math.floor(units * fair * rows.toQuote);
  if (proceeds < cost) return;
  at.fund(account, quote, Number.isFinite(rows.cashUnits) ? 0 : cost);
  at.transfer(account, pool.owners, quote, cost);
  at.transfer(pool.owners, account, asset, units);
  at.transfer(account, layout.outside, asset, units);
  at.transfer(layout.outside, account, quote, proceeds);
  rows.cashUnits += proceeds - cost;
  pool.ladder.take(from - units);
  at.record(tapeKinds.trade, at.mechanismIndex, 0, -units, cost, rows.instrument);
}

/** The tick's share of the gap, within what the capital pays for at fair value (what it pays is never more than that). */
function affordable(rows: Rows, gapUnits: number, fair: number): number {
  const wanted = rows.tickShare === 1 ? gapUnits : Math.floor(gapUnits * rows.tickShare);
  if (!Number.isFinite(rows.cashUnits)) return wanted;
  return Math.min(wanted, Math.floor((rows.cashUnits - 1) / (fair * rows.toQuote)));
}

export const poolArbitrageDefinition = define<PoolArbitrageParams>({
  kind: "pool-arbitrage",
  part: "liquidity",
  summary: "Arbitrage of a constant-product pool towards fair value, outside its fee band, with a speed and a capital.",
  source:
    "Angeris, Kao, Chiang, Noyes and Chitra 2019, An analysis of Uniswap markets, section 2 (no-trade band of the fee); docs/model.md",
  schema,
  create: (name, params) => poolArbitrage(name, params),
  references: (params) => [
    { key: "venue", kind: "venue", name: params.venue },
    ...(params.capital === undefined ? [] : [{ key: "capital", kind: "asset" as const, name: params.capital.asset }]),
  ],
  check: (params, { book }) => {
    const venue = book.venues.find((one) => one.id === params.venue);
    if (venue?.kind !== "constant-product") {
      return [
        {
          code: "kind-wrong",
          key: "venue",
          message: `${params.venue} is no constant-product pool`,
          hint: "an order book follows fair value by itself; name a pool",
        },
      ];
    }
    const quote = book.assets[book.instruments[venue.instrument].quote];
    return params.capital === undefined ? [] : amountFaults(params.capital, quote, "capital");
  },
  demonstration: {
    scenario: oneAccountFalls({
      pool: true,
      liquidity: { arbitrage: { kind: "pool-arbitrage", venue: "market", speed: "50%", capital: "5000000 USD" } },
    }),
    subject: "arbitrage",
    measure: "liquidatedAccounts",
    off: "falls",
  },
});
