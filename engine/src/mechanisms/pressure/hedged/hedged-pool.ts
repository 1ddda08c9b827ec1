import { z } from "zod";
import type { Book } from "../../../book/book.js";
import { type Amount, isProblem, quantity, unitsOf } from "../../../book/index.js";
import { assert } from "../../../book/problem.js";
import { stepsPerUsd } from "../../../rules/account-value.js";
import { poolPositionAt } from "../../../rules/constant-product.js";
import { hedgeTrade } from "../../../rules/option-delta.js";
import type { Decide, Ladder, Layout, Mechanism, Reset, Settle } from "../../../run/index.js";
import { PoolLadder } from "../../../run/ladders.js";
import { amountFaults } from "../../amounts.js";
import { type CheckContext, define, type Fault } from "../../definition.js";
import { oneAccountFalls } from "../../demonstrations.js";
import { bookHedge, type HedgeAccount, openHedgeAccount, resetHedge } from "../../hedge-account.js";

const schema = z
  .strictObject({
    kind: z.literal("hedged-pool"),
    venue: z.string().describe("Pool of the book in which the hedgers provide liquidity."),
    share: quantity
      .share({ bare: true, above: 0 })
      .default(1)
      .describe("Share of the pool's reserves whose owners hedge."),
    instrument: z
      .string()
      .describe("Instrument on which they hedge, spot or perpetual; another than the pool's, as a rule."),
    oracle: z.string().default("spot").describe("Oracle that says at which price the map sees the pool."),
    band: quantity
      .amount()
      .optional()
      .describe("Gap between the hedge and the pool's coins up to which nothing is traded; none without it."),
    to: z
      .enum(["target", "edge"])
      .default("target")
      .describe("Beyond the band: to the pool's coins, or to the band's edge."),
    every: quantity
      .duration()
      .prefault("0 ms")
      .describe("Hedges at multiples of this duration, once; 0: in every round."),
  })
  .transform(
    ({ kind: _, every, band, ...params }): HedgedPoolParams => ({ ...params, band: band ?? null, everyMs: every }),
  );

/** Hedged liquidity providers of one pool, with every default filled in. */
export interface HedgedPoolParams {
  readonly venue: string;
  readonly share: number;
  readonly instrument: string;
  readonly oracle: string;
  readonly band: Amount | null;
  readonly to: "target" | "edge";
  readonly everyMs: number;
}

interface Rows extends HedgeAccount {
  readonly params: HedgedPoolParams;
  readonly ladder: PoolLadder;
  readonly bandUnits: number;
  /** Signed whole units of the hedge: at the start the pool's coins are sold short. */
  readonly openingHedge: number;
  readonly asset: number;
  readonly assetFeed: number;
  /** Of the coin that the pool counts in, which the hedge need not. */
  readonly poolQuoteFeed: number;
}

/**
 * Liquidity providers of a constant-product pool who keep what their share holds of the coin sold short elsewhere. As the price falls the pool gathers coins, so they sell
 * more: they are short gamma, and pay for it what rebalancing loses to arbitrage.
 */
export function hedgedPool(name: string, params: HedgedPoolParams): Mechanism<Rows> {
  return {
    name,
    open: (book, layout) => openRows(name, params, book, layout),
    reset,
    decide,
    settle,
    ladder: (rows) => ladder(name, rows),
  };
}

function openRows(name: string, params: HedgedPoolParams, book: Book, layout: Layout): Rows {
  const venue = layout.venueLadder(layout.venueIndex(params.venue));
  assert(venue instanceof PoolLadder, `${params.venue} is a constant-product pool`);
  const instrument = book.instruments.findIndex((one) => one.id === params.instrument);
  const pool = book.venues.find((one) => one.id === params.venue);
  assert(instrument >= 0 && pool !== undefined, `instrument ${params.instrument} and pool ${params.venue} exist`);
  const { asset } = book.instruments[instrument];
  const band = params.band === null ? 0 : unitsOf(params.band, book.assets[asset].unitDecimals, "band");
  assert(!isProblem(band), "the band is an amount of the hedged asset (parse has checked)");
  return {
    params,
    ladder: venue,
    bandUnits: band,
    openingHedge: 0 - Math.round(venue.pool.baseUnits * params.share),
    ...openHedgeAccount(`${name}/hedge`, instrument, book, layout),
    asset,
    assetFeed: layout.feed(params.oracle, asset),
    poolQuoteFeed: layout.feed(params.oracle, book.instruments[pool.instrument].quote),
  };
}

/** Minus the coins that the share holds where the pool's price is `price` (quote coins per coin): share x sqrt(k / price), in whole units. */
function targetHedge({ ladder, params }: Rows, price: number): number {
  const base = ladder.pool.baseUnits + poolPositionAt(ladder.pool, price * ladder.toQuote);
  return 0 - Math.round(base * params.share);
}

function reset(rows: Rows, at: Reset): void {
  resetHedge(rows, rows.openingHedge, at);
}

function decide(rows: Rows, at: Decide): void {
  const { everyMs, to } = rows.params;
  if (everyMs > 0 && (at.round > 0 || at.timeMs % everyMs !== 0)) return;
  const { ladder } = rows;
  const units = hedgeTrade(rows.held, targetHedge(rows, ladder.middle(ladder.position())), rows.bandUnits, to);
  if (units !== 0) at.trade(0, rows.account, rows.instrument, units, 0);
}

function settle(rows: Rows, at: Settle): void {
  if (!at.afterTrades) return;
  const { fills } = at;
  for (let fill = 0; fill < fills.count; fill++) {
    if (fills.order[fill] < 0 && fills.mechanism[fill] === at.mechanismIndex) bookHedge(rows, 0, at, fill);
  }
}

/** What is sold at a held price with the pool arbitraged to it: share x (sqrt(k / price) - opening coins). */
function ladder(name: string, rows: Rows): Ladder {
  const { instrument, openingHedge, bandUnits, params } = rows;
  const units = (published: Float64Array) => {
    const [asset, quote] = [published[rows.assetFeed], published[rows.poolQuoteFeed]];
    if (asset === 0 || quote === 0) return 0;
    return hedgeTrade(
      openingHedge,
      targetHedge(rows, asset / stepsPerUsd / (quote / stepsPerUsd)),
      bandUnits,
      params.to,
    );
  };
  return {
    mechanism: name,
    // In a run the pool stands where trades have left it: fees, and whether anybody arbitrages it, hang on the way.
    pathFree: false,
    reactionMs: params.everyMs,
    method: "one hedge of the pool's coins, with the pool at the held price",
    forced(published, into) {
      const traded = units(published);
      if (traded === 0) return;
      into.accounts++;
      if (traded > 0) into.sold[instrument] += traded;
      else into.bought[instrument] -= traded;
    },
    accounts(published, visit) {
      const traded = units(published);
      if (traded !== 0) visit({ row: 0, instrument, units: traded, badDebtUsd: 0 });
    },
    describe: () => ({
      account: name,
      collateral: [{ asset: rows.asset, units: 0 - openingHedge }],
      debt: [{ asset: rows.asset, units: 0 - openingHedge }],
    }),
  };
}

function check(params: HedgedPoolParams, { book, tickMs }: CheckContext): Fault[] {
  const faults: Fault[] = [];
  const venue = book.venues.find((one) => one.id === params.venue);
  const instrument = book.instruments.find((one) => one.id === params.instrument);
  if (venue !== undefined && venue.kind !== "constant-product") {
    faults.push({
      code: "venue-wrong",
      key: "venue",
      message: `${params.venue} is no constant-product pool`,
      hint: "name a pool of the book",
    });
  }
  if (venue !== undefined && instrument !== undefined) {
    const pooled = book.instruments[venue.instrument].asset;
    if (pooled !== instrument.asset) {
      faults.push({
        code: "instrument-wrong",
        key: "instrument",
        message: `${params.instrument} trades ${book.assets[instrument.asset].symbol}, but the pool holds ${book.assets[pooled].symbol}`,
        hint: "name an instrument of the pool's asset",
      });
    }
  }
  if (instrument !== undefined && params.band !== null)
    faults.push(...amountFaults(params.band, book.assets[instrument.asset], "band"));
  if (params.everyMs % tickMs !== 0) {
    faults.push({
      code: "duration-no-multiple",
      key: "every",
      message: `${params.everyMs} ms is no whole number of ticks of ${tickMs} ms`,
      hint: "make it a multiple of the tick",
    });
  }
  return faults;
}

/** The small scenario with a pool beside the order book, whose owners hedge on a perpetual market. */
export function poolWithHedgers(
  hedgers: Readonly<Record<string, unknown>> = {},
  variant: Parameters<typeof oneAccountFalls>[0] = {},
  base = 5000,
): unknown {
  return oneAccountFalls({
    ...variant,
    instruments: { "ETH-PERP": { asset: "ETH", quote: "USD", market: "perpetual" } },
    venues: {
      pool: {
        kind: "constant-product",
        instrument: "ETH/USD",
        layer: "made",
        base: `${base} ETH`,
        quote: `${base * 2000} USD`,
        fee: "0%",
      },
      perp: {
        kind: "order-book",
        instrument: "ETH-PERP",
        layer: "made",
        bids: [["-50%", "1000000 ETH"]],
        asks: [["100%", "1000000 ETH"]],
      },
      ...variant.venues,
    },
    prices: { spot: { kind: "spot-oracle", venues: { market: 1 } }, ...variant.prices },
    liquidity: { arbitrage: { kind: "pool-arbitrage", venue: "pool" }, ...variant.liquidity },
    pressure: { hedgers: { kind: "hedged-pool", venue: "pool", instrument: "ETH-PERP", ...hedgers } },
  });
}

export const hedgedPoolDefinition = define<HedgedPoolParams>({
  kind: "hedged-pool",
  part: "pressure",
  summary:
    "Liquidity providers of a pool who hedge what it holds: the pool gathers coins in a fall, so they sell more.",
  source:
    "Milionis, Moallemi, Roughgarden and Zhang (2022), Automated market making and loss-versus-rebalancing: x = sqrt(k / p), loss rate sigma^2 / 8",
  schema,
  create: (name, params) => hedgedPool(name, params),
  references: (params) => [
    { key: "venue", kind: "venue", name: params.venue },
    { key: "instrument", kind: "instrument", name: params.instrument },
    { key: "oracle", kind: "oracle", name: params.oracle },
  ],
  check,
  demonstration: { scenario: poolWithHedgers(), subject: "hedgers", measure: "executedSalesUsd", off: "falls" },
});
