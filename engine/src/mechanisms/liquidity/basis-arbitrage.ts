import type { Book } from "../../book/book.js";
import { isProblem, unitsOf } from "../../book/index.js";
import { assert } from "../../book/problem.js";
import { pow } from "../../math/index.js";
import type { Decide, Layout, Mechanism, Publish, Settle } from "../../run/index.js";
import { tapeKinds } from "../../run/tape.js";
import { amountFaults } from "../amounts.js";
import { type CheckContext, define, type Fault } from "../definition.js";
import { oneAccountFalls } from "../demonstrations.js";
import { exchangeOutside, unitUsd } from "../outside-exchange.js";
import { type BasisArbitrageParams, basisArbitrageSchema } from "./basis-arbitrage-schema.js";

interface Rows {
  readonly instruments: readonly [number, number];
  /** What the two instruments trade in the ledger: the asset, or the contract of a perpetual. */
  readonly traded: readonly [number, number];
  /** Who lends what is sold short: outside lends coins, the rest of the market contracts. */
  readonly lenders: readonly [number, number];
  readonly quotes: readonly [number, number];
  readonly asset: number;
  readonly account: number;
  readonly outside: number;
  readonly decimals: Float64Array;
  /** Capital in dollars is its units times this asset's price; infinite without a limit. */
  readonly capitalAsset: number;
  readonly capitalUnits: number;
  /** Share of the gap closed when it acts. */
  readonly actShare: number;
  /** Net units bought on each instrument since the start; sold: negative. */
  readonly position: Float64Array;
  /** Net units lent to it, by instrument. */
  readonly lent: Float64Array;
}

/**
 * A basis arbitrageur: links two instruments of one asset. When the price (in dollars, on the ladders' sides, so after their fees) of one exceeds the
 * other's by more than the cost, it sells the dear and buys the cheap in one two-legged order, as many units as bring the gap back to the cost, within
 * its capital. The pair drops out of a batch that would pay less than it costs, so no trade loses. What it sells short is lent to it (contracts by the rest of the
 * market, coins by `outside`) and goes back first. Its position and the basis are state; funding and the cost of borrowing are not modelled but through `cost`.
 * Instantaneous by default, which is an assumption (MODEL section 2). Source: cash-and-carry bounds, Hull, Options, futures and other derivatives, section 5.
 */
export function basisArbitrage(name: string, params: BasisArbitrageParams): Mechanism<Rows> {
  return {
    name,
    open: (book, layout) => openRows(name, params, book, layout),
    reset(rows, at): void {
      rows.position.fill(0);
      rows.lent.fill(0);
      if (Number.isFinite(rows.capitalUnits))
        at.transfer(rows.outside, rows.account, rows.capitalAsset, rows.capitalUnits);
    },
    decide(rows, at): void {
      // A round is no time: only a full speed acts in each, a share per minute acts once per tick.
      if (params.speed < 1 && at.round > 0) return;
      decide(rows, params, at, 0, 1);
      decide(rows, params, at, 1, 0);
    },
    settle(rows, at): void {
      if (!at.afterTrades) return;
      for (let fill = 0; fill < at.fills.count; fill++)
        if (at.fills.order[fill] < 0 && at.fills.mechanism[fill] === at.mechanismIndex) book(rows, at, fill);
    },
    publish(rows, at): void {
      if (!at.endOfTick || at.timeMs === 0) return;
      const [first, second] = rows.instruments;
      const gap = middleUsd(rows, at, 0) / middleUsd(rows, at, 1) - 1;
      at.record(tapeKinds.basis, first, second, gap, rows.position[0], rows.position[1]);
    },
  };
}

function openRows(name: string, params: BasisArbitrageParams, book: Book, layout: Layout): Rows {
  const [first, second] = params.instruments.map((id) => book.instruments.findIndex((one) => one.id === id));
  const perpetual = (index: number) => book.instruments[index].market === "perpetual";
  const traded = (index: number) => (perpetual(index) ? layout.contract(index) : book.instruments[index].asset);
  const lender = (index: number) => (perpetual(index) ? layout.restOfMarket : layout.outside);
  const { capital, speed } = params;
  const capitalAsset = book.assets.findIndex((asset) => asset.symbol === capital?.asset);
  const units = capital === undefined ? 0 : unitsOf(capital, book.assets[capitalAsset].unitDecimals, "");
  assert(!isProblem(units), "parse has checked the capital");
  return {
    instruments: [first, second],
    traded: [traded(first), traded(second)],
    lenders: [lender(first), lender(second)],
    quotes: [book.instruments[first].quote, book.instruments[second].quote],
    asset: book.instruments[first].asset,
    account: layout.account(`${name}/arbitrageur`, "arbitrageur"),
    outside: layout.outside,
    decimals: Float64Array.from(book.assets, (asset) => asset.unitDecimals),
    capitalAsset,
    capitalUnits: capital === undefined ? Number.POSITIVE_INFINITY : units,
    actShare: speed === 1 ? 1 : 1 - pow(1 - speed, layout.tickMs / 60_000),
    position: new Float64Array(2),
    lent: new Float64Array(2),
  };
}

function middleUsd(rows: Rows, at: Publish, side: 0 | 1): number {
  return at.middle(rows.instruments[side]) * at.fair(rows.quotes[side]);
}

/** Sells on `dear` and buys on `cheap` where the gap exceeds the cost. */
function decide(rows: Rows, params: BasisArbitrageParams, at: Decide, dear: 0 | 1, cheap: 0 | 1): void {
  const closing = unitsToCost(rows, params, at, dear, cheap);
  const wanted = rows.actShare === 1 ? closing : Math.floor(closing * rows.actShare);
  const units = Math.min(wanted, roomFor(rows, at, dear));
  if (units <= 0) return;
  const usdOf = (side: 0 | 1) => unitUsd(at, rows.quotes[side], rows.decimals);
  // Least quote units received per quote unit paid: what was paid is covered.
  const limit = usdOf(cheap) / usdOf(dear);
  at.tradePair(0, rows.account, rows.instruments[dear], rows.instruments[cheap], units, limit);
}

/** Units after which the dear bid exceeds the cheap ask by the cost and no more: bisection on the price at which both legs would meet. */
function unitsToCost(rows: Rows, params: BasisArbitrageParams, at: Decide, dear: 0 | 1, cheap: 0 | 1): number {
  const { instruments, quotes } = rows;
  const dearQuoteUsd = at.fair(quotes[dear]);
  const cheapQuoteUsd = at.fair(quotes[cheap]);
  const sold = (usd: number) =>
    Math.max(0, at.unitsToPrice(instruments[dear], (usd * (1 + params.cost)) / dearQuoteUsd));
  const bought = (usd: number) => Math.max(0, -at.unitsToPrice(instruments[cheap], usd / cheapQuoteUsd));
  // At `low` the dear side sells more than the cheap side offers, at `high` less. Between the middles of the two, if anywhere.
  let low = at.middle(instruments[cheap]) * cheapQuoteUsd;
  let high = at.middle(instruments[dear]) * dearQuoteUsd;
  if (!(low < high)) return 0;
  for (let step = 0; step < 60; step++) {
    const price = low + (high - low) / 2;
    if (price <= low || price >= high) break;
    if (sold(price) >= bought(price)) low = price;
    else high = price;
  }
  const most = Math.min(at.venueDepth(instruments[dear], 1), at.venueDepth(instruments[cheap], -1));
  return Math.min(most, Math.max(Math.min(sold(low), bought(low)), Math.min(sold(high), bought(high))));
}

/** Units that may still be sold on `dear` against the other: the position then is worth the capital at fair value. */
function roomFor(rows: Rows, at: Decide, dear: 0 | 1): number {
  if (!Number.isFinite(rows.capitalUnits)) return Number.MAX_SAFE_INTEGER;
  const capitalUsd = rows.capitalUnits * unitUsd(at, rows.capitalAsset, rows.decimals);
  const most = Math.floor(capitalUsd / unitUsd(at, rows.asset, rows.decimals));
  return Math.max(0, most + Math.min(rows.position[dear], most));
}

/** Books one fill: cash into one quote asset, short positions lent and returned. */
function book(rows: Rows, at: Settle, fill: number): void {
  const { fills } = at;
  const { instruments, quotes, account, decimals, outside, position } = rows;
  const dear = fills.sellInstrument[fill] === instruments[0] ? 0 : 1;
  const cheap = dear === 0 ? 1 : 0;
  position[dear] -= fills.soldUnits[fill];
  position[cheap] += fills.boughtUnits[fill];
  at.record(tapeKinds.trade, at.mechanismIndex, 0, fills.soldUnits[fill], fills.soldCash[fill], instruments[dear]);
  at.record(
    tapeKinds.trade,
    at.mechanismIndex,
    0,
    -fills.boughtUnits[fill],
    fills.boughtCash[fill],
    instruments[cheap],
  );
  // What was paid in another quote than was received is bought from `outside` with the proceeds.
  if (quotes[dear] !== quotes[cheap])
    exchangeOutside(at, account, outside, quotes[cheap], -fills.boughtCash[fill], quotes[dear], decimals);
  coverCash(rows, at, quotes[dear]);
  lendAndReturn(rows, at, 0);
  lendAndReturn(rows, at, 1);
}

/** The pair's limit is kept to one quote unit, and an exchange rounds up: `outside` rounds a unit or two up for an arbitrageur without cash. */
function coverCash(rows: Rows, at: Settle, quote: number): void {
  const missing = -at.balance(rows.account, quote);
  if (missing <= 0) return;
  assert(missing <= 4, `an arbitrageur lacks ${missing} quote units, more than rounding explains`);
  at.transfer(rows.outside, rows.account, quote, missing);
}

/** A short position is lent by its lender; what is lent goes back as soon as it is held. */
function lendAndReturn(rows: Rows, at: Settle, side: 0 | 1): void {
  const { account, traded, lenders, lent } = rows;
  if (side === 1 && traded[1] === traded[0]) return;
  const held = at.balance(account, traded[side]);
  if (held < 0) {
    at.transfer(lenders[side], account, traded[side], -held);
    lent[side] -= held;
  } else if (held > 0 && lent[side] > 0) {
    const back = Math.min(held, lent[side]);
    at.transfer(account, lenders[side], traded[side], back);
    lent[side] -= back;
  }
}

function check(params: BasisArbitrageParams, { book: of }: CheckContext): readonly Fault[] {
  const [first, second] = params.instruments.map((id) => of.instruments.find((one) => one.id === id));
  const faults: Fault[] = [];
  if (first === second || first?.asset !== second?.asset) {
    faults.push({
      code: "choice-wrong",
      key: "instruments",
      message: `${params.instruments.join(" and ")} are not two instruments of one asset`,
      hint: "name two instruments that trade the same asset",
    });
  }
  const capital = of.assets.find((asset) => asset.symbol === params.capital?.asset);
  if (params.capital !== undefined && capital !== undefined)
    faults.push(...amountFaults(params.capital, capital, "capital"));
  return faults;
}

export const basisArbitrageDefinition = define<BasisArbitrageParams>({
  kind: "basis-arbitrage",
  part: "liquidity",
  summary: "Links two instruments of one asset: sells the dear and buys the cheap while the gap exceeds its cost.",
  source: "Hull, Options, futures and other derivatives, section 5 (cash and carry bounds); docs/model.md",
  schema: basisArbitrageSchema,
  create: (name, params) => basisArbitrage(name, params),
  references: (params) => [
    ...params.instruments.map((name, index) => ({
      key: `instruments[${index}]`,
      kind: "instrument" as const,
      name,
    })),
    ...(params.capital === undefined ? [] : [{ key: "capital", kind: "asset" as const, name: params.capital.asset }]),
  ],
  check,
  // The perpetual's depth takes a share of the spot sales, so spot falls less.
  demonstration: {
    scenario: oneAccountFalls({
      instruments: { "ETH/USD-PERP": { asset: "ETH", quote: "USD", market: "perpetual" } },
      venues: {
        perpetual: {
          kind: "order-book",
          instrument: "ETH/USD-PERP",
          layer: "made",
          bids: [["-50%", "8000 ETH"]],
          asks: [["50%", "8000 ETH"]],
        },
      },
      liquidity: {
        basis: {
          kind: "basis-arbitrage",
          instruments: ["ETH/USD", "ETH/USD-PERP"],
          cost: "5 bps",
          capital: "2000000 USD",
        },
      },
      prices: { shock: { kind: "line", moves: { ETH: "-30%" }, over: "1 h" } },
    }),
    subject: "basis",
    measure: "lowestPriceShare",
    off: "falls",
  },
});
