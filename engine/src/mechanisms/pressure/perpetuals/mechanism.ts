import type { Book } from "../../../book/book.js";
import { PerpetualIndex as Index, type PerpetualIndex } from "../../../ladder/index.js";
import { powersOfTen, stepsPerUsd } from "../../../rules/account-value.js";
import { perpetualBreaches, type Side } from "../../../rules/perpetual.js";
import type { Decide, Ladder, Mechanism, Settle } from "../../../run/index.js";
import { bookWaiting } from "../positions/holder-trades.js";
import { deleverage, type Takeover } from "./deleverage.js";
import { payFunding } from "./funding.js";
import { bookHolderTrade, heldPositions } from "./held-positions.js";
import { planCloses } from "./plan.js";
import { planAttempts } from "./plan-attempts.js";
import type { PerpetualProtocol } from "./protocol.js";
import { markNow, markOf, openRows, type PerpetualsRows, reach, resetRows } from "./rows.js";
import type { PerpetualsParams } from "./schema.js";
import { bookMarketClose, finishIfClosed, recordUnderwater } from "./settle.js";

interface Rows extends PerpetualsRows {
  readonly book: Book;
}

/**
 * Linear perpetuals, long and short, with isolated margin. An account whose equity falls below its tier's maintenance margin is closed as a whole by the
 * exchange's own engine on the perpetual instrument; a close worse than bankruptcy is paid by the insurance fund; where fund or depth do not reach,
 * profitable accounts of the other side are deleveraged at the bankruptcy price.
 */
export function perpetuals(name: string, params: PerpetualsParams, protocol: PerpetualProtocol = {}): Mechanism<Rows> {
  return {
    name,
    open: (book, layout) => {
      const rows = { ...openRows(name, params, book, layout, protocol), book };
      rows.closing?.open?.(rows, name, book, layout);
      rows.backstop?.open(rows, name, book, layout);
      const ids = book.positions.find((table) => table.protocol === params.positions)?.ids;
      if (ids !== undefined) layout.offerPositions(name, heldPositions(rows, ids));
      return rows;
    },
    reset: resetRows,
    shock: (rows, at) => {
      rows.closing?.shock?.(rows, at);
      payFunding(rows, at);
    },
    decide,
    settle,
    ladder: (rows) => perpetualsLadder(name, rows),
  };
}

function decide(rows: Rows, at: Decide): void {
  const mark = markNow(rows, at);
  if (mark === 0) {
    withdrawAll(rows, at);
    return;
  }
  rows.onMarket = false;
  if (mark !== rows.mark || rows.changed || rows.waiting || rows.standingCount > 0) examine(rows, mark, at);
  // Accounts go first: the backstop trades by itself, in a round of its own.
  if (!rows.onMarket) rows.backstop?.decide?.(rows, at);
}

/** Without a mark price nobody is judged: orders of an earlier one must not be filled, and everybody is looked at again once there is one. */
function withdrawAll(rows: Rows, at: Decide): void {
  if (rows.standingCount === 0) return;
  for (let i = 0; i < rows.activeCount; i++) withdraw(rows, at, rows.active[i]);
  rows.changed = true;
}

/** Takes a row's standing order back, if it has one. */
function withdraw(rows: Rows, at: Decide, row: number): void {
  if (rows.standingOf[row] < 0) return;
  at.withdraw(rows.standingOf[row]);
  rows.standingOf[row] = -1;
  rows.standingCount--;
}

/** Looks at every account that the mark price reached, and sends the liquidatable ones where the rules say. */
function examine(rows: Rows, mark: number, at: Decide): void {
  rows.mark = mark;
  rows.fundPromised = 0;
  rows.changed = false;
  rows.waiting = false;
  reach(rows, mark);
  const { rule, active, breachingLongs, breachingShorts } = rows;
  let longs = 0;
  let shorts = 0;
  let kept = 0;
  for (let i = 0; i < rows.activeCount; i++) {
    const row = active[i];
    const size = rows.size[row];
    if (size === 0) continue;
    active[kept++] = row;
    if (perpetualBreaches(rule, size, rows.entry[row], rows.margin[row], mark)) {
      if (size > 0) breachingLongs[longs++] = row;
      else breachingShorts[shorts++] = row;
    } else withdraw(rows, at, row);
  }
  rows.activeCount = kept;
  if (longs > 0) plan(rows, breachingLongs, longs, 1, at);
  if (shorts > 0) plan(rows, breachingShorts, shorts, -1, at);
}

/** Sends one side's liquidatable accounts where the exchange's rules say. */
function plan(rows: Rows, breaching: Int32Array, count: number, side: Side, at: Decide): void {
  if (rows.closing === undefined) {
    planCloses(rows, breaching, count, side, at, (row, units) => order(rows, at, row, units, side, 0));
    return;
  }
  planAttempts(rows, rows.closing, breaching, count, side, at, (row, units, { otherwise, limitSteps }) => {
    rows.toBackstop[row] = otherwise === "take-over" ? 1 : 0;
    // Where nobody took it a round ago nobody will before the next tick.
    const goes = units > 0 || (otherwise !== "wait" && rows.stuckTick[row] !== at.tick);
    if (goes) order(rows, at, row, units, side, limitSteps);
    else wait(rows, at, row);
  });
}

/** Nothing is ordered of an account now: it is asked again. */
function wait(rows: Rows, at: Decide, row: number): void {
  rows.waiting = true;
  withdraw(rows, at, row);
}

/** Emits or amends the standing order of one account: `marketUnits` on the perpetual instrument, or, where 0, a takeover without a trade. */
function order(rows: Rows, at: Decide, row: number, marketUnits: number, side: Side, limitSteps: number): void {
  const size = Math.abs(rows.size[row]);
  const toMarket = marketUnits > 0 || (rows.closing === undefined && rows.stuckTick[row] === at.tick);
  const units = marketUnits > 0 ? marketUnits : size;
  const buys = toMarket && side === -1;
  if (toMarket) rows.onMarket = true;
  if (rows.standingOf[row] < 0) rows.standingCount++;
  rows.standingOf[row] = at.liquidate({
    row,
    sellInstrument: toMarket && side === 1 ? rows.instrument : -1,
    buyInstrument: buys ? rows.instrument : -1,
    collateral: side === 1 ? rows.asset : rows.quote,
    seizeUnits: buys ? 0 : units,
    feeUnits: 0,
    debt: side === 1 ? rows.quote : rows.asset,
    repayUnits: buys ? units : 0,
    feed: rows.assetFeed,
    priceSteps: rows.mark,
    ownAccount: rows.engine,
    limit: limitSteps / stepsPerUsd,
  });
}

function settle(rows: Rows, at: Settle): void {
  if (!at.afterTrades) return;
  const { fills } = at;
  const longs: Takeover[] = [];
  const shorts: Takeover[] = [];
  const each = (visit: (fill: number, row: number, trades: boolean) => void) => {
    for (let fill = 0; fill < fills.count; fill++) {
      if (fills.mechanism[fill] !== at.mechanismIndex) continue;
      visit(
        fill,
        fills.order[fill] < 0 ? -1 : fills.row[fill],
        fills.soldUnits[fill] > 0 || fills.boughtUnits[fill] > 0,
      );
    }
  };
  // What the market did is known before anybody takes over: the fund has paid what it promised.
  each((fill, row) => {
    if (row < 0) rows.backstop?.traded?.(rows, fill, at);
  });
  each((fill, row, trades) => {
    if (row >= 0 && trades) bookMarketClose(rows, at, fill);
  });
  each((fill, row, trades) => {
    if (row < 0 || trades) return;
    if (rows.toBackstop[row] === 1 && rows.backstop?.take(rows, row, at) === true) finishIfClosed(rows, at, row);
    else (rows.size[row] > 0 ? longs : shorts).push({ row, units: fills.seizeUnits[fill] });
  });
  deleverage(rows, at, longs, 1);
  deleverage(rows, at, shorts, -1);
  bookWaiting(rows.holderTrades, at, (trade) => bookHolderTrade(rows, at, trade));
  if (at.lastTick) recordUnderwater(rows, at);
}

/** Longs and shorts by exact breach price; read at the mark, which is the asset's published price over the quote's. */
function perpetualsLadder(name: string, rows: Rows): Ladder {
  const { book, asset, quote, openingSize, openingEntry, openingMargin } = rows;
  const toValue = 1e6 / powersOfTen[book.assets[quote].unitDecimals];
  const ids = book.positions.find((table) => table.protocol === rows.params.positions)?.ids;
  const index: PerpetualIndex = new Index({
    mechanism: name,
    instrument: rows.instrument,
    feed: 0,
    unitDecimals: book.assets[asset].unitDecimals,
    reactionMs: 0,
    size: openingSize,
    breachSteps: rows.openingOrder.breachSteps,
    cash: Float64Array.from(openingSize, (size, row) =>
      Math.round(
        (size >= 0 ? openingEntry[row] - openingMargin[row] : openingEntry[row] + openingMargin[row]) * toValue,
      ),
    ),
    describe: (row) => ({
      account: ids?.at(row) ?? String(row),
      collateral: [
        { asset: quote, units: openingMargin[row] },
        { asset, units: Math.max(0, openingSize[row]) },
      ],
      debt: [
        { asset: quote, units: openingSize[row] > 0 ? openingEntry[row] : 0 },
        { asset, units: Math.max(0, -openingSize[row]) },
      ],
    }),
  });
  const mark = new Float64Array(1);
  const marked = (published: Float64Array) => {
    mark[0] = markOf(published[rows.assetFeed], published[rows.quoteFeed]);
    return mark;
  };
  const policy = rows.params.deleveraging;
  return {
    mechanism: name,
    // Deleveraging closes without a trade, when and whom depends on the way: only without it is what is sold a function of the price alone.
    pathFree: policy === "none" && rows.closing === undefined,
    reactionMs: 0,
    method: index.method + pathNote(rows),
    // Without a mark price nobody is judged, in the run as here.
    forced: (published, into) => {
      if (marked(published)[0] > 0) index.forced(mark, into);
    },
    accounts: (published, visit) => {
      if (marked(published)[0] > 0) index.accounts(mark, visit);
    },
    describe: (row) => index.describe(row),
  };
}

/** Why the units that reach the market depend on the way there, where they do. */
function pathNote({ closing, params }: Rows): string {
  if (closing !== undefined) {
    return "; an upper bound: attempts close parts, limit prices and takeovers keep units from the market, and who is closed last depends on the way; bad debt at the mark, before fund, vault and deleveraging";
  }
  return params.deleveraging === "none"
    ? ""
    : `; an upper bound: units deleveraged (${params.deleveraging}) never reach the market`;
}
