import type { Book } from "../../book/book.js";
import { type Amount, isProblem, unitsOf } from "../../book/index.js";
import { assert } from "../../book/problem.js";
import { exp, pow } from "../../math/index.js";
import { stepsPerUsd } from "../../rules/account-value.js";
import type { Decide, Layout, Mechanism, Moment, Settle } from "../../run/index.js";
import { tapeKinds } from "../../run/tape.js";
import { exchangeOutside, unitUsd } from "../outside-exchange.js";

/** What links two instruments of one asset: every kind of arbitrage between them is this with more or fewer of its keys. */
export interface LinkSetting {
  readonly instruments: readonly [string, string];
  /** Share of the gap that must remain. */
  readonly cost: number;
  /** Share of the gap beyond cost closed per minute; 1: all of it in every round. */
  readonly speed: number;
  /** Bounds the position at fair value, and is the arbitrageur's own money; without: unlimited, without money of its own. */
  readonly capital?: Amount;
  /** Left out: the second instrument's fair price is the first's. */
  readonly futures?: FuturesSetting;
}

/** What is different where the second instrument is a future on the first. */
export interface FuturesSetting {
  /** Rate less dividend yield, per year. */
  readonly carry: number;
  /** From the start of the path to expiry. */
  readonly expiryMs: number;
  /** The oracle from which the cash price is read; undefined: the cash market itself. */
  readonly reads?: string;
  /** From the start of the path: no new trades from then on. */
  readonly untilMs: number;
  /** Share of a trade's cash orders that come late, and how late. */
  readonly lateShare: number;
  readonly cashDelayMs: number;
}

const yearMs = 365 * 86_400_000;
/** Rows of an arbitrageur's own trades: both legs at once, the futures leg alone, the cash leg that follows. */
export const linkRows = { pair: 0, futures: 1, cash: 2 } as const;

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
  /** By instrument: its fair price over the pair's common fair price. 1 and 1 where nothing is carried and the market itself is read. */
  readonly level: Float64Array;
  /** The feed of the cash index that it reads, or -1; oracles open after arbitrageurs, so it is looked up before a path. */
  indexFeed: number;
  readonly layout: Layout;
  /** Cash orders on their way (positive: to be sold), by the tick in which they arrive modulo their number. */
  readonly underWay: Float64Array;
  readonly delayTicks: number;
  /** Cash orders that have arrived and are not filled. */
  arrived: number;
  /** Whole quote units that `outside` lent because prices moved between the legs. */
  owedCash: number;
}

/**
 * Arbitrage between two instruments of one asset. When the price (in dollars, on the ladders' sides, so after their fees) of one exceeds the other's by more
 * than the cost, it sells the dear and buys the cheap in one two-legged order, as many units as bring the gap back to the cost, within its capital. Without
 * `futures` the pair drops out of a batch that would pay less than it costs, so no trade loses. What it sells short is lent to it (contracts by the rest of the
 * market, coins by `outside`) and goes back first. With `futures` the gap is taken from the future's fair price, cash x exp(carry x years to expiry), the cash
 * price may be what an index says, and part of the cash orders may come ticks after their futures. Whoever trades on what an index says, or on one leg
 * first, can lose: only its own money bounds that. Source: cash-and-carry bounds, Hull, Options, futures and other derivatives, section 5.
 */
export function linkInstruments(name: string, setting: LinkSetting): Mechanism<Rows> {
  const { futures } = setting;
  return {
    name,
    open: (book, layout) => openRows(name, setting, book, layout),
    reset(rows, at): void {
      if (futures?.reads !== undefined) rows.indexFeed = rows.layout.feed(futures.reads, rows.asset);
      rows.position.fill(0);
      rows.lent.fill(0);
      rows.level.fill(1);
      rows.underWay.fill(0);
      rows.arrived = 0;
      rows.owedCash = 0;
      if (Number.isFinite(rows.capitalUnits))
        at.transfer(rows.outside, rows.account, rows.capitalAsset, rows.capitalUnits);
    },
    decide(rows, at): void {
      if (futures !== undefined && !decideFutures(rows, futures, at)) return;
      // A round is no time: only a full speed acts in each, a share per minute acts once per tick.
      if (setting.speed < 1 && at.round > 0) return;
      decide(rows, setting, at, 0, 1);
      decide(rows, setting, at, 1, 0);
    },
    settle(rows, at): void {
      if (!at.afterTrades) return;
      for (let fill = 0; fill < at.fills.count; fill++)
        if (at.fills.order[fill] < 0 && at.fills.mechanism[fill] === at.mechanismIndex) book(rows, setting, at, fill);
    },
    publish(rows, at): void {
      if (!at.endOfTick || at.timeMs === 0) return;
      const [first, second] = rows.instruments;
      const gap = middleUsd(rows, at, 0) / middleUsd(rows, at, 1) - 1;
      at.record(tapeKinds.basis, first, second, gap, rows.position[0], rows.position[1]);
    },
  };
}

function openRows(name: string, setting: LinkSetting, book: Book, layout: Layout): Rows {
  const [first, second] = setting.instruments.map((id) => book.instruments.findIndex((one) => one.id === id));
  const perpetual = (index: number) => book.instruments[index].market === "perpetual";
  const traded = (index: number) => (perpetual(index) ? layout.contract(index) : book.instruments[index].asset);
  const lender = (index: number) => (perpetual(index) ? layout.restOfMarket : layout.outside);
  const { capital, speed, futures } = setting;
  const capitalAsset = book.assets.findIndex((asset) => asset.symbol === capital?.asset);
  const units = capital === undefined ? 0 : unitsOf(capital, book.assets[capitalAsset].unitDecimals, "");
  assert(!isProblem(units), "parse has checked the capital");
  const delayTicks = Math.round((futures?.cashDelayMs ?? 0) / layout.tickMs);
  const { asset } = book.instruments[first];
  return {
    instruments: [first, second],
    traded: [traded(first), traded(second)],
    lenders: [lender(first), lender(second)],
    quotes: [book.instruments[first].quote, book.instruments[second].quote],
    asset,
    account: layout.account(`${name}/arbitrageur`, "arbitrageur"),
    outside: layout.outside,
    decimals: Float64Array.from(book.assets, (one) => one.unitDecimals),
    capitalAsset,
    capitalUnits: capital === undefined ? Number.POSITIVE_INFINITY : units,
    actShare: speed === 1 ? 1 : 1 - pow(1 - speed, layout.tickMs / 60_000),
    position: new Float64Array(2),
    lent: new Float64Array(2),
    level: new Float64Array([1, 1]),
    indexFeed: -1,
    layout,
    underWay: new Float64Array(delayTicks),
    delayTicks,
    arrived: 0,
    owedCash: 0,
  };
}

function middleUsd(rows: Rows, at: Moment, side: 0 | 1): number {
  return at.middle(rows.instruments[side]) * at.fair(rows.quotes[side]);
}

/** Orders the cash legs that are due and takes the fair prices of this moment; false where it opens nothing new. */
function decideFutures(rows: Rows, futures: FuturesSetting, at: Decide): boolean {
  const { instruments, level, underWay, delayTicks } = rows;
  if (delayTicks > 0 && at.round === 0) {
    const slot = at.tick % delayTicks;
    rows.arrived += underWay[slot];
    underWay[slot] = 0;
  }
  // Whoever cannot finish what it began begins nothing new.
  if (rows.arrived !== 0) {
    at.trade(linkRows.cash, rows.account, instruments[0], rows.arrived, 0);
    return false;
  }
  if (at.timeMs > futures.untilMs || at.isHalted(instruments[0]) || at.isHalted(instruments[1])) return false;
  level[1] = exp((futures.carry * Math.max(0, futures.expiryMs - at.timeMs)) / yearMs);
  if (rows.indexFeed < 0) return true;
  const indexUsd = at.published(rows.indexFeed) / stepsPerUsd;
  if (indexUsd === 0) return false;
  level[0] = middleUsd(rows, at, 0) / indexUsd;
  return true;
}

/** Sells on `dear` and buys on `cheap` where the gap exceeds the cost. */
function decide(rows: Rows, setting: LinkSetting, at: Decide, dear: 0 | 1, cheap: 0 | 1): void {
  const closing = unitsToCost(rows, setting.cost, at, dear, cheap);
  const wanted = rows.actShare === 1 ? closing : Math.floor(closing * rows.actShare);
  const units = Math.min(wanted, roomFor(rows, at, dear));
  if (units <= 0) return;
  const { futures } = setting;
  if (futures === undefined) {
    // Least quote units received per quote unit paid: what was paid is covered.
    pair(rows, at, dear, cheap, units, quoteRatio(rows, at, dear, cheap));
    return;
  }
  const affordable = Math.min(units, fundedUnits(rows, at, dear, cheap, units));
  const late = rows.delayTicks === 0 ? 0 : Math.floor(affordable * futures.lateShare);
  if (affordable > late) {
    const fair = (quoteRatio(rows, at, dear, cheap) * rows.level[dear]) / rows.level[cheap];
    pair(rows, at, dear, cheap, affordable - late, rows.indexFeed < 0 ? fair : 0);
  }
  if (late > 0) at.trade(linkRows.futures, rows.account, rows.instruments[1], dear === 1 ? late : -late, 0);
}

function pair(rows: Rows, at: Decide, dear: 0 | 1, cheap: 0 | 1, units: number, limit: number): void {
  at.tradePair(linkRows.pair, rows.account, rows.instruments[dear], rows.instruments[cheap], units, limit);
}

/** Whole units of the dear leg's quote that are worth one of the cheap leg's. */
function quoteRatio(rows: Rows, at: Decide, dear: 0 | 1, cheap: 0 | 1): number {
  return unitUsd(at, rows.quotes[cheap], rows.decimals) / unitUsd(at, rows.quotes[dear], rows.decimals);
}

/** Units of a trade of `units` for which its own money covers what the legs may lose, or the leg that is bought first. */
function fundedUnits(rows: Rows, at: Decide, dear: 0 | 1, cheap: 0 | 1, units: number): number {
  const own = at.balance(rows.account, rows.quotes[cheap]) - rows.owedCash;
  if (own <= 0) return 0;
  const cost = at.quoteCash(rows.instruments[cheap], -units);
  const received = rows.delayTicks > 0 ? 0 : at.quoteCash(rows.instruments[dear], units);
  const needed = cost - received;
  return needed <= own ? units : Math.floor(units * (own / needed));
}

/** Units after which the dear bid exceeds the cheap ask by the cost and no more: bisection on the price at which both legs would meet. */
function unitsToCost(rows: Rows, cost: number, at: Decide, dear: 0 | 1, cheap: 0 | 1): number {
  const { instruments, quotes, level } = rows;
  const dearQuoteUsd = at.fair(quotes[dear]) / level[dear];
  const cheapQuoteUsd = at.fair(quotes[cheap]) / level[cheap];
  const sold = (usd: number) => Math.max(0, at.unitsToPrice(instruments[dear], (usd * (1 + cost)) / dearQuoteUsd));
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
  return Math.max(0, most + Math.min(positionOf(rows, dear), most));
}

/** Net units on an instrument; the cash leg with what is still on its way. */
function positionOf(rows: Rows, side: 0 | 1): number {
  let units = rows.position[side];
  if (side === 0 && rows.delayTicks > 0) {
    units -= rows.arrived;
    for (const one of rows.underWay) units -= one;
  }
  return units;
}

/** Books one fill: cash into one quote asset, short positions lent and returned. */
function book(rows: Rows, setting: LinkSetting, at: Settle, fill: number): void {
  const { fills } = at;
  const { instruments, quotes, account, decimals, outside, position } = rows;
  const sold = fills.soldUnits[fill];
  const bought = fills.boughtUnits[fill];
  const row = fills.row[fill];
  if (row === linkRows.pair) {
    const dear = fills.sellInstrument[fill] === instruments[0] ? 0 : 1;
    const cheap = dear === 0 ? 1 : 0;
    position[dear] -= sold;
    position[cheap] += bought;
    at.record(tapeKinds.trade, at.mechanismIndex, row, sold, fills.soldCash[fill], instruments[dear]);
    at.record(tapeKinds.trade, at.mechanismIndex, row, -bought, fills.boughtCash[fill], instruments[cheap]);
    // What was paid in another quote than was received is bought from `outside` with the proceeds.
    if (quotes[dear] !== quotes[cheap])
      exchangeOutside(at, account, outside, quotes[cheap], -fills.boughtCash[fill], quotes[dear], decimals);
    coverCash(rows, setting, at, quotes[dear]);
  } else {
    const side = row === linkRows.futures ? 1 : 0;
    const net = sold - bought;
    position[side] -= net;
    // The futures leg was sold (bought): its cash leg buys (sells) as much, later.
    if (side === 1) rows.underWay[at.tick % rows.delayTicks] -= net;
    else rows.arrived -= net;
    const cash = sold > 0 ? fills.soldCash[fill] : fills.boughtCash[fill];
    at.record(tapeKinds.trade, at.mechanismIndex, row, net, cash, instruments[side]);
    coverCash(rows, setting, at, quotes[side]);
  }
  lendAndReturn(rows, at, 0);
  lendAndReturn(rows, at, 1);
}

/**
 * The pair's limit is kept to one quote unit, and an exchange rounds up: `outside` rounds a unit or two up for an arbitrageur without cash. Legs that are
 * not tied to each other may cost more than was there when they were ordered: `outside` lends that, and gets it back first.
 */
function coverCash(rows: Rows, setting: LinkSetting, at: Settle, quote: number): void {
  const held = at.balance(rows.account, quote);
  if (held < 0) {
    const lends = setting.futures !== undefined;
    assert(lends || -held <= 4, `an arbitrageur lacks ${-held} quote units, more than rounding explains`);
    at.transfer(rows.outside, rows.account, quote, -held);
    if (lends) rows.owedCash -= held;
  } else if (rows.owedCash > 0) {
    const back = Math.min(held, rows.owedCash);
    at.transfer(rows.account, rows.outside, quote, back);
    rows.owedCash -= back;
  }
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
