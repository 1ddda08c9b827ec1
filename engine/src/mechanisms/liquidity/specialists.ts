import type { Book } from "../../book/book.js";
import { isProblem, unitsOf } from "../../book/index.js";
import { assert } from "../../book/problem.js";
import { exp } from "../../math/index.js";
import { powersOfTen } from "../../rules/account-value.js";
import type { Decide, Layout, Mechanism, Settle } from "../../run/index.js";
import { tapeKinds } from "../../run/tape.js";
import { amountFaults } from "../amounts.js";
import { type CheckContext, define, type Fault } from "../definition.js";
import { oneAccountFalls } from "../demonstrations.js";
import { type SpecialistsParams, specialistsSchema } from "./specialists-schema.js";

interface Rows {
  readonly instrument: number;
  /** What the instrument trades in the ledger: the asset, or the contract of a perpetual. */
  readonly traded: number;
  /** Who lends what is sold short. */
  readonly lender: number;
  readonly quote: number;
  readonly account: number;
  readonly outside: number;
  readonly capitalUnits: number;
  /** Whole quote units per whole unit at a price of 1. */
  readonly toQuote: number;
  /** Share of the way to the price that the reference goes in a tick. */
  readonly followShare: number;
  readonly unwindShare: number;
  /** Quote coins per coin. */
  reference: number;
  /** Net units bought since the start; sold short: negative. */
  inventory: number;
  lent: number;
  /** Net units bought in this tick to hold the price. */
  boughtNow: number;
  /** Their capital was short of what they would have traded. */
  exhausted: boolean;
}

/**
 * Specialists: market makers who keep the price of one instrument orderly with money of their own. Below reference x (1 - band) they buy, above reference x
 * (1 + band) they sell, a share of what would bring the price back to that edge and never worse than at it; at inventory x price = capital, or without cash,
 * they stop. The reference follows the price. Within the band they trade their inventory away. What they sell short is lent to them and goes back first.
 * Source: affirmative obligation of specialists (NYSE Rule 104); inventory and finite capital of dealers: Grossman and Miller 1988, Liquidity and market structure.
 */
export function specialists(name: string, params: SpecialistsParams): Mechanism<Rows> {
  return {
    name,
    open: (book, layout) => openRows(name, params, book, layout),
    reset(rows, at): void {
      rows.inventory = 0;
      rows.lent = 0;
      rows.boughtNow = 0;
      rows.exhausted = false;
      at.transfer(rows.outside, rows.account, rows.quote, rows.capitalUnits);
    },
    publish(rows, at): void {
      if (!at.endOfTick) return;
      const price = at.middle(rows.instrument);
      rows.reference = at.timeMs === 0 ? price : rows.reference + rows.followShare * (price - rows.reference);
    },
    decide(rows, at): void {
      if (at.round === 0) rows.boughtNow = 0;
      const price = at.middle(rows.instrument);
      const low = rows.reference * (1 - params.band);
      const high = rows.reference * (1 + params.band);
      if (price < low) hold(rows, params, at, 1, price, low);
      else if (price > high) hold(rows, params, at, -1, price, high);
      else if (at.round === 0) unwind(rows, at, low, high);
    },
    settle(rows, at): void {
      if (!at.afterTrades) return;
      for (let fill = 0; fill < at.fills.count; fill++)
        if (at.fills.order[fill] < 0 && at.fills.mechanism[fill] === at.mechanismIndex) book(rows, at, fill);
    },
  };
}

function openRows(name: string, params: SpecialistsParams, book: Book, layout: Layout): Rows {
  const instrument = book.instruments.findIndex((one) => one.id === params.instrument);
  const { asset, quote, market } = book.instruments[instrument];
  const capitalUnits = unitsOf(params.capital, book.assets[quote].unitDecimals, "");
  assert(!isProblem(capitalUnits), "parse has checked the capital");
  const digits = book.assets[quote].unitDecimals - book.assets[asset].unitDecimals;
  const { memoryMs, unwindPerHour } = params;
  return {
    instrument,
    traded: market === "perpetual" ? layout.contract(instrument) : asset,
    lender: market === "perpetual" ? layout.restOfMarket : layout.outside,
    quote,
    account: layout.account(`${name}/specialists`, "maker"),
    outside: layout.outside,
    capitalUnits,
    toQuote: digits >= 0 ? powersOfTen[digits] : 1 / powersOfTen[-digits],
    followShare: memoryMs === 0 ? 1 : 1 - exp(-layout.tickMs / memoryMs),
    unwindShare: 1 - exp((-unwindPerHour * layout.tickMs) / 3_600_000),
    reference: 0,
    inventory: 0,
    lent: 0,
    boughtNow: 0,
    exhausted: false,
  };
}

/** Buys (`side` 1) or sells (-1) a share of what brings the price back to the band's edge, as far as the capital goes. */
function hold(rows: Rows, { share }: SpecialistsParams, at: Decide, side: 1 | -1, price: number, edge: number): void {
  const needed = Math.max(0, -side * at.unitsToPrice(rows.instrument, edge));
  // In each round as much as the tick still lacks: rounds are no time.
  const done = Math.max(0, side * rows.boughtNow);
  const wanted = Math.floor(share * (done + needed)) - done;
  if (wanted <= 0) return;
  const room = roomFor(rows, at, side, price, edge);
  if (room < wanted && !rows.exhausted) {
    rows.exhausted = true;
    const { inventory, capitalUnits, instrument } = rows;
    at.record(tapeKinds.exhausted, at.mechanismIndex, instrument, inventory, capitalUnits, price);
  }
  const units = Math.min(wanted, room);
  if (units > 0) at.trade(0, rows.account, rows.instrument, -side * units, edge);
}

/** Units that they may still buy (sell): inventory x price within the capital, and no purchase beyond their cash at the worst price they accept. */
function roomFor(rows: Rows, at: Decide, side: 1 | -1, price: number, edge: number): number {
  const most = Math.floor(rows.capitalUnits / (price * rows.toQuote)) - side * rows.inventory;
  if (side === -1) return Math.max(0, most);
  const cash = Math.max(0, at.balance(rows.account, rows.quote) - 2);
  return Math.max(0, Math.min(most, Math.floor(cash / (edge * rows.toQuote))));
}

/** Trades a share of the inventory away, not beyond the edge at which they would trade it back. */
function unwind(rows: Rows, at: Decide, low: number, high: number): void {
  const { inventory, unwindShare, account, instrument } = rows;
  const units = Math.floor(Math.abs(inventory) * unwindShare);
  if (units === 0) return;
  if (inventory > 0) at.trade(0, account, instrument, units, low);
  else {
    const affordable = Math.min(units, roomFor(rows, at, 1, high, high));
    if (affordable > 0) at.trade(0, account, instrument, -affordable, high);
  }
}

function book(rows: Rows, at: Settle, fill: number): void {
  const { account, traded, lender, instrument } = rows;
  const { fills } = at;
  const bought = fills.boughtUnits[fill] - fills.soldUnits[fill];
  rows.inventory += bought;
  rows.boughtNow += bought;
  const cash = bought > 0 ? fills.boughtCash[fill] : fills.soldCash[fill];
  at.record(tapeKinds.trade, at.mechanismIndex, 0, -bought, cash, instrument);
  const held = at.balance(account, traded);
  if (held < 0) {
    at.transfer(lender, account, traded, -held);
    rows.lent -= held;
  } else if (held > 0 && rows.lent > 0) {
    const back = Math.min(held, rows.lent);
    at.transfer(account, lender, traded, back);
    rows.lent -= back;
  }
}

function check(params: SpecialistsParams, { book: of }: CheckContext): readonly Fault[] {
  const instrument = of.instruments.find((one) => one.id === params.instrument);
  if (instrument === undefined) return [];
  return amountFaults(params.capital, of.assets[instrument.quote], "capital");
}

export const specialistsDefinition = define<SpecialistsParams>({
  kind: "specialists",
  part: "liquidity",
  summary:
    "Market makers with finite capital: they hold a price near its reference until their capital is in inventory.",
  source: "NYSE Rule 104 (specialists' obligations); Grossman and Miller 1988; docs/model.md",
  schema: specialistsSchema,
  create: (name, params) => specialists(name, params),
  references: (params) => [
    { key: "instrument", kind: "instrument", name: params.instrument },
    { key: "capital", kind: "asset", name: params.capital.asset },
  ],
  check,
  // What they buy against the fall does not press on the price.
  demonstration: {
    scenario: oneAccountFalls({
      liquidity: {
        floor: { kind: "specialists", instrument: "ETH/USD", capital: "1000000 USD", share: "50%", unwind: "0.5 /h" },
      },
    }),
    subject: "floor",
    measure: "lowestPriceShare",
    off: "falls",
  },
});
