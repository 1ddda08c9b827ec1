import type { Book } from "../../../book/book.js";
import { isProblem, unitsOf } from "../../../book/index.js";
import { assert } from "../../../book/problem.js";
import { powersOfTen, stepsPerUsd, valuesPerUsd } from "../../../rules/account-value.js";
import { hedgeTrade } from "../../../rules/option-delta.js";
import type { Decide, Ladder, Layout, Mechanism, Publish, Reset, Settle } from "../../../run/index.js";
import { tapeKinds } from "../../../run/tape.js";
import { define } from "../../definition.js";
import { bookHedge, type HedgeAccount, openHedgeAccount, resetHedge } from "../../hedge-account.js";
import { cashValue, riskyValue } from "./account-rows.js";
import { oneInvestor } from "./demonstration.js";
import {
  costOf,
  firstPut,
  isDue,
  nextPut,
  openPuts,
  type Put,
  type PutMoment,
  type PutRows,
  proceedsOf,
  putHedge,
  putMoment,
  putOf,
  putUsd,
  putVega,
  putVolatility,
  resetPuts,
  setPut,
  unitPrice,
  unitsToPay,
} from "./protective-put-rows.js";
import {
  type ProtectivePutParams,
  protectivePutFaults,
  protectivePutReferences,
  protectivePutSchema,
} from "./protective-put-schema.js";

interface Sellers extends HedgeAccount {
  readonly bandUnits: number;
  readonly everyMs: number;
  readonly to: "target" | "edge";
  readonly openingHedge: number;
}

interface Rows extends PutRows {
  readonly name: string;
  /** Who sold the puts, where they hedge. */
  readonly sellers: Sellers | null;
  /** By account: 1 where the last roll was not paid for. */
  readonly refused: Uint8Array;
}

/**
 * Accounts that hold an asset and buy puts on it, rolled as they expire. An account whose cash does not pay the next premium sells of the asset until it does: after a
 * fall in which volatility has risen, that is when it costs most. Who sold the puts stands outside; where they hedge, they sell what falls, and what is
 * rolled to a new strike moves their hedge at once.
 */
export function protectivePut(name: string, params: ProtectivePutParams): Mechanism<Rows> {
  return {
    name,
    open: (book, layout) => openRows(name, params, book, layout),
    reset,
    decide,
    settle,
    publish: sayFloors,
    ladder,
  };
}

function openRows(name: string, params: ProtectivePutParams, book: Book, layout: Layout): Rows {
  const puts = openPuts(name, params, book, layout);
  const refused = new Uint8Array(puts.ids.length);
  return { ...puts, name, sellers: openSellers(name, puts, params, book, layout), refused };
}

function openSellers(
  name: string,
  puts: PutRows,
  { sellers }: ProtectivePutParams,
  book: Book,
  layout: Layout,
): Sellers | null {
  if (sellers === null) return null;
  const instrument = book.instruments.findIndex((one) => one.id === sellers.instrument);
  const band = sellers.band === null ? 0 : unitsOf(sellers.band, puts.assetDecimals, "band");
  assert(!isProblem(band), "the band is an amount of the hedged asset (parse has checked)");
  const opening = putMoment(puts, Math.floor(puts.openingUsd * stepsPerUsd), stepsPerUsd, 0);
  let hedge = 0;
  for (let row = 0; row < puts.ids.length; row++) hedge += putHedge(puts, firstPut(puts, row), opening);
  return {
    ...openHedgeAccount(`${name}/sellers`, instrument, book, layout),
    bandUnits: band,
    everyMs: sellers.everyMs,
    to: sellers.to,
    openingHedge: Math.round(hedge) + 0,
  };
}

function reset(rows: Rows, at: Reset): void {
  resetPuts(rows);
  rows.refused.fill(0);
  let risky = 0;
  let cash = 0;
  for (let row = 0; row < rows.risky.length; row++) {
    risky += rows.risky[row];
    cash += rows.cash[row];
  }
  at.transfer(rows.layout.issuer, rows.positions, rows.asset, risky);
  at.transfer(rows.layout.issuer, rows.positions, rows.quote, cash);
  if (rows.sellers !== null) resetHedge(rows.sellers, rows.sellers.openingHedge, at);
}

/** Prices of a round, at the start of its tick: the first tick asks at 0, as the map does. Null where nothing is published. */
function momentOf(rows: Rows, at: Decide | Settle): PutMoment | null {
  const assetSteps = at.published(rows.assetFeed);
  const quoteSteps = at.published(rows.quoteFeed);
  return assetSteps === 0 || quoteSteps === 0 ? null : putMoment(rows, assetSteps, quoteSteps, at.timeMs - at.tickMs);
}

function decide(rows: Rows, at: Decide): void {
  const now = momentOf(rows, at);
  if (now === null) return;
  let hedge = 0;
  for (let row = 0; row < rows.risky.length; row++) {
    const old = putOf(rows, row);
    if (!isDue(rows, old, now.timeMs)) {
      hedge += putHedge(rows, old, now);
      continue;
    }
    const sold = soldToPay(rows, row, old, now, at);
    if (sold > 0) at.trade(row, rows.positions, rows.instrument, sold, 0);
    hedge += putHedge(rows, putAfter(rows, row, old, sold, now, at), now);
  }
  const { sellers } = rows;
  if (sellers === null) return;
  if (sellers.everyMs > 0 && (at.round > 0 || at.timeMs % sellers.everyMs !== 0)) return;
  const units = hedgeTrade(sellers.held, Math.round(hedge), sellers.bandUnits, sellers.to);
  if (units !== 0) at.trade(rows.risky.length, sellers.account, sellers.instrument, units, 0);
}

/**
 * The put that an account will have after this round, for which its sellers hedge: the next one where cash, or what depth gives for the coins sold, pays for it. Who was
 * refused before (a halted or an empty market) is believed only when cash is there.
 */
function putAfter(rows: Rows, row: number, old: Put, sold: number, now: PutMoment, at: Decide): Put {
  const next = nextPut(rows, rows.risky[row] - sold, now);
  const brings = sold === 0 || rows.refused[row] === 1 ? 0 : at.quoteCash(rows.instrument, sold);
  return costOf(rows, next, now) > rows.cash[row] + proceedsOf(rows, old, now) + brings ? old : next;
}

/** Units that a roll forces out of an account, at what depth pays for them. */
function soldToPay(rows: Rows, row: number, old: Put, now: PutMoment, at: Decide): number {
  const holding = { risky: rows.risky[row], cash: rows.cash[row] };
  const first = unitsToPay(rows, holding, old, unitPrice(rows, now), now);
  if (first === 0) return 0;
  const depth = at.venueDepth(rows.instrument, 1);
  const asked = Math.min(first, depth);
  if (asked === 0) return 0;
  return Math.min(depth, unitsToPay(rows, holding, old, at.quoteCash(rows.instrument, asked) / asked, now));
}

function settle(rows: Rows, at: Settle): void {
  if (!at.afterTrades) return;
  const { fills } = at;
  const count = rows.risky.length;
  for (let fill = 0; fill < fills.count; fill++) {
    if (fills.order[fill] >= 0 || fills.mechanism[fill] !== at.mechanismIndex) continue;
    const row = fills.row[fill];
    if (row === count) {
      if (rows.sellers !== null) bookHedge(rows.sellers, count, at, fill);
      continue;
    }
    rows.risky[row] -= fills.soldUnits[fill];
    rows.cash[row] += fills.soldCash[fill];
    at.record(tapeKinds.trade, at.mechanismIndex, row, fills.soldUnits[fill], fills.soldCash[fill], rows.instrument);
  }
  const now = momentOf(rows, at);
  if (now === null) return;
  for (let row = 0; row < count; row++) if (isDue(rows, putOf(rows, row), now.timeMs)) roll(rows, row, now, at);
}

/** Closes an account's old put and buys the next where cash pays for it; else it keeps what has not expired, stands without a put after that, and tries again. */
function roll(rows: Rows, row: number, now: PutMoment, at: Settle): void {
  const old = putOf(rows, row);
  const proceeds = proceedsOf(rows, old, now);
  const next = nextPut(rows, rows.risky[row], now);
  const cost = costOf(rows, next, now);
  const pays = cost <= rows.cash[row] + proceeds;
  const isAlive = old.insured > 0 && old.expiryMs > now.timeMs;
  rows.refused[row] = pays ? 0 : 1;
  if (!pays && isAlive) return;
  if (proceeds > 0) at.transfer(rows.layout.outside, rows.positions, rows.quote, proceeds);
  rows.cash[row] += proceeds;
  if (isAlive) say(rows, row, old, -proceeds * now.quoteUnitUsd, now, at);
  if (!pays) {
    setPut(rows, row, { insured: 0, strikeUsd: next.strikeUsd, expiryMs: now.timeMs });
    return;
  }
  if (cost > 0) at.transfer(rows.positions, rows.layout.outside, rows.quote, cost);
  rows.cash[row] -= cost;
  setPut(rows, row, next);
  if (next.insured > 0) say(rows, row, next, cost * now.quoteUnitUsd, now, at);
}

/** Puts a premium on the tape, and tells the surface what was bought (or sold back: `usd` below 0). */
function say(rows: Rows, row: number, put: Put, usd: number, now: PutMoment, at: Settle): void {
  const side = usd < 0 ? -1 : 1;
  const volatility = Math.max(0, putVolatility(rows, put, now) + side * rows.put.spread);
  at.record(tapeKinds.premium, at.mechanismIndex, row, usd, put.strikeUsd, volatility);
  rows.surface?.bought(side * putVega(rows, put, now));
}

/** At the end of a path: wealth, puts at the market's volatility, beside the floor. */
function sayFloors(rows: Rows, at: Publish): void {
  if (!at.lastTick || !at.endOfTick) return;
  const assetSteps = at.published(rows.assetFeed);
  const quoteSteps = at.published(rows.quoteFeed);
  const now = putMoment(rows, assetSteps, quoteSteps, at.timeMs);
  for (let row = 0; row < rows.risky.length; row++) {
    const put = putOf(rows, row);
    const held = riskyValue(rows, rows.risky[row], assetSteps) + cashValue(rows, rows.cash[row], quoteSteps);
    const coins = put.insured / powersOfTen[rows.assetDecimals];
    const wealth =
      held / valuesPerUsd +
      (coins === 0 || assetSteps === 0 ? 0 : coins * putUsd(put, putVolatility(rows, put, now), now));
    const floor = rows.floors[row] / valuesPerUsd;
    at.record(tapeKinds.floor, at.mechanismIndex, row, wealth, floor, wealth < floor ? 1 : 0);
  }
}

// ── the map ───────────────────────────────────────────────────────────────────────────────────────────────────

/** What the puts force at a held price: the sellers' hedge, and of the accounts what the first roll asks for, as if the price stood still until then. */
function ladder(rows: Rows): Ladder {
  const { put, sellers, name } = rows;
  const rollMs = Math.max(0, put.firstMs - (put.firstMs === 0 ? 0 : put.rollAtMs));
  const rolls = sellers === null || rollMs === 0;
  const visit = (published: Float64Array, seen: (row: number, instrument: number, units: number) => void) => {
    const assetSteps = published[rows.assetFeed];
    const quoteSteps = published[rows.quoteFeed];
    if (assetSteps === 0 || quoteSteps === 0) return;
    const at = putMoment(rows, assetSteps, quoteSteps, rolls ? rollMs : 0, 0);
    let hedge = 0;
    for (let row = 0; row < rows.ids.length; row++) {
      const old = firstPut(rows, row);
      if (!rolls) {
        hedge += putHedge(rows, old, at);
        continue;
      }
      const holding = { risky: rows.openingRisky[row], cash: rows.openingCash[row] };
      const units = unitsToPay(rows, holding, old, unitPrice(rows, at), at);
      if (units > 0) seen(row, rows.instrument, units);
      hedge += putHedge(rows, nextPut(rows, holding.risky - units, at), at);
    }
    if (sellers === null) return;
    const units = hedgeTrade(sellers.openingHedge, Math.round(hedge), sellers.bandUnits, sellers.to);
    if (units !== 0) seen(rows.ids.length, sellers.instrument, units);
  };
  return {
    mechanism: name,
    // Accounts that sell for a premium get what depth gives: that hangs on the way.
    pathFree: !rolls && sellers?.bandUnits === 0 && sellers.everyMs === 0,
    reactionMs: sellers === null ? rollMs : sellers.everyMs,
    method: rolls
      ? "accounts one by one: what the next roll costs at the held price beyond their cash"
      : "one hedge of all puts, from their delta at the held price",
    forced(published, into) {
      visit(published, (_, instrument, units) => {
        into.accounts++;
        if (units > 0) into.sold[instrument] += units;
        else into.bought[instrument] -= units;
      });
    },
    accounts(published, seen) {
      visit(published, (row, instrument, units) => seen({ row, instrument, units, badDebtUsd: 0 }));
    },
    describe: (row) => {
      const isSellers = row === rows.ids.length;
      const opening = sellers?.openingHedge ?? 0;
      return {
        account: isSellers ? `${name}: sellers` : (rows.ids.at(row) ?? String(row)),
        collateral: isSellers
          ? [{ asset: rows.asset, units: Math.max(0, opening) }]
          : [
              { asset: rows.asset, units: rows.openingRisky[row] },
              { asset: rows.quote, units: rows.openingCash[row] },
            ],
        debt: isSellers ? [{ asset: rows.asset, units: Math.max(0, -opening) }] : [],
      };
    },
  };
}

export const protectivePutDefinition = define<ProtectivePutParams>({
  kind: "protective-put",
  part: "pressure",
  summary:
    "Holds the asset and buys puts, rolled as they expire; sells of the asset where cash does not pay the premium.",
  source:
    "Black and Scholes (1973); Merton, Scholes and Gladstein (1982), The returns and risks of alternative put-option portfolio investment strategies",
  schema: protectivePutSchema,
  create: (name, params) => protectivePut(name, params),
  references: protectivePutReferences,
  check: protectivePutFaults,
  demonstration: {
    scenario: oneInvestor(
      {
        kind: "protective-put",
        tenor: "30 day",
        first: "1 h",
        volatility: "90%",
        sellers: { instrument: "ETH/USD", band: "1 ETH" },
      },
      [["fund", 300, 1000]],
    ),
    subject: "insurer",
    measure: "tradedUsd",
    off: "falls",
  },
});
