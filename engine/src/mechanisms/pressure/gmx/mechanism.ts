import { type GmxHolding, gmxClose, gmxDistance, noGmxClose } from "../../../rules/gmx-v2.js";
import type { Decide, Ladder, Mechanism, Settle } from "../../../run/index.js";
import { tapeKinds } from "../../../run/tape.js";
import { closedAtPool, decideHedge, settleHedge } from "../positions/hedge.js";
import { bookClose } from "./close.js";
import { deleverageSide } from "./deleverage.js";
import {
  asOpened,
  type GmxRows,
  type GmxTermsInBook,
  holdingOf,
  mayBeLiquidated,
  openRows,
  resetRows,
  takePrices,
} from "./rows.js";

const holding: GmxHolding = { side: 0, token: 0, cost: 0, tokens: 0, collateral: 0 };

/**
 * A market whose other side is a pool of liquidity providers: positions are opened and closed at the oracle's price. Its keepers close what may be liquidated, whole,
 * without a trade; only what hedgers of the pool hold against it is sold.
 */
export function gmxMarket(name: string, of: GmxTermsInBook): Mechanism<GmxRows> {
  return {
    name,
    open: (book, layout) => openRows(name, of, book, layout),
    reset: resetRows,
    decide,
    settle,
    ladder: (rows) => ladder(name, rows),
  };
}

function decide(rows: GmxRows, at: Decide): void {
  decideHedge(rows.hedge, at);
  const [coin, quote] = [at.published(rows.feeds[0]), at.published(rows.feeds[1])];
  if (coin === 0 || quote === 0) {
    withdrawAll(rows, at);
    return;
  }
  const moved = takePrices(rows, coin, quote);
  if (!moved && !rows.restless) return;
  rows.restless = false;
  for (let row = 0; row < rows.count; row++) {
    if (rows.size[row] === 0) continue;
    if (rows.stuckTick[row] !== at.tick && mayBeLiquidated(rows, row, holding)) order(rows, at, row);
    else withdraw(rows, at, row);
    if (rows.stuckTick[row] === at.tick) rows.restless = true;
  }
}

/** Without prices nobody is judged: orders of earlier ones must not be filled, and everybody is looked at again once there are some. */
function withdrawAll(rows: GmxRows, at: Decide): void {
  for (let row = 0; row < rows.count; row++) withdraw(rows, at, row);
  rows.restless = true;
}

function withdraw(rows: GmxRows, at: Decide, row: number): void {
  if (rows.standingOf[row] < 0) return;
  at.withdraw(rows.standingOf[row]);
  rows.standingOf[row] = -1;
}

function order(rows: GmxRows, at: Decide, row: number): void {
  rows.restless = true;
  rows.standingOf[row] = at.liquidate({
    row,
    sellInstrument: -1,
    buyInstrument: -1,
    collateral: rows.assets[0],
    seizeUnits: Math.abs(rows.size[row]),
    feeUnits: 0,
    debt: rows.assets[1],
    repayUnits: 0,
    feed: rows.feeds[0],
    priceSteps: rows.steps[0],
    ownAccount: rows.pool,
  });
}

function settle(rows: GmxRows, at: Settle): void {
  if (!at.afterTrades) return;
  const { fills } = at;
  for (let fill = 0; fill < fills.count; fill++) {
    if (fills.mechanism[fill] !== at.mechanismIndex) continue;
    if (fills.order[fill] < 0) settleHedge(rows.hedge, at, fill);
    else liquidate(rows, at, fills.row[fill], fills.seizeUnits[fill]);
  }
  const priced = rows.feeds.every((feed) => at.published(feed) > 0);
  if (at.round === 0 && rows.of.deleveraging && rows.steps[0] > 0 && priced) {
    for (const side of [0, 1] as const) deleverageSide(rows, at, side);
  }
  if (at.lastTick) recordUnderwater(rows, at);
}

/** Closes a row at the oracle's price, if all of it was released: there are no parts. Its standing order ends either way: whoever is left is asked again. */
function liquidate(rows: GmxRows, at: Settle, row: number, released: number): void {
  rows.restless = true;
  at.finish(rows.standingOf[row]);
  rows.standingOf[row] = -1;
  if (released < Math.abs(rows.size[row])) {
    rows.stuckTick[row] = at.tick;
    return;
  }
  // Closes before it in this round may have moved the balance of open interest.
  if (!mayBeLiquidated(rows, row, holding)) return;
  const close = gmxClose(rows.of.terms, rows.state, holdingOf(rows, row, holding), rows.cost[row], true, noGmxClose());
  if (rows.state.pool[0] + close.pool[0] < 0 || rows.state.pool[1] + close.pool[1] < 0) {
    rows.stuckTick[row] = at.tick;
    return;
  }
  const { token, collateral } = holding;
  const size = rows.size[row];
  bookClose(rows, at, row, close);
  closedAtPool(rows.hedge, size);
  const usd = collateral * rows.state.unitUsd[token];
  at.record(tapeKinds.liquidate, at.mechanismIndex, row, Math.abs(size), 0, rows.pool);
  const returned = Math.min(collateral, close.trader[token]);
  if (collateral > returned)
    at.record(tapeKinds.seize, at.mechanismIndex, row, collateral - returned, rows.assets[token], usd);
  if (close.unpaidUsd > 0) {
    const units = Math.floor(close.unpaidUsd / rows.state.unitUsd[1]);
    at.record(tapeKinds.badDebt, at.mechanismIndex, row, units, rows.assets[1], close.unpaidUsd);
  }
}

/** In the last tick: open positions that have less than nothing left. */
function recordUnderwater(rows: GmxRows, at: Settle): void {
  if (rows.steps[0] === 0 || at.fills.count > 0) return;
  let count = 0;
  let usd = 0;
  const { terms } = rows.of;
  const nothing = { ...terms, minCollateralUsd: 0, minCollateralFactorForLiquidation: 0 };
  for (let row = 0; row < rows.count; row++) {
    if (rows.size[row] === 0) continue;
    const left = gmxDistance(nothing, rows.state, holdingOf(rows, row, holding), true);
    if (left >= 0) continue;
    count++;
    usd -= left;
  }
  at.record(tapeKinds.underwater, at.mechanismIndex, count, usd, 0, 0);
}

/** What hedgers would have to trade with prices held and everybody judged beside the opening balance of open interest. */
function ladder(name: string, running: GmxRows): Ladder {
  const rows = asOpened(running);
  const { assets, hedge } = rows;
  const visit = (published: Float64Array, each: (row: number, units: number, badDebtUsd: number) => void) => {
    const [coin, quote] = [published[rows.feeds[0]], published[rows.feeds[1]]];
    if (coin === 0 || quote === 0) return;
    takePrices(rows, coin, quote);
    for (let row = 0; row < rows.count; row++) {
      if (rows.size[row] === 0 || !mayBeLiquidated(rows, row, holding)) continue;
      const close = gmxClose(rows.of.terms, rows.state, holding, holding.cost, true, noGmxClose());
      const units = Math.floor(holding.tokens * hedge.share);
      each(row, holding.side === 0 ? units : -units, close.unpaidUsd);
    }
  };
  return {
    mechanism: name,
    pathFree: false,
    reactionMs: 0,
    method: `${rows.count} positions one by one: open interest and pool enter every check; only the hedged share (${hedge.share * 100} %) reaches the market`,
    forced(published, into) {
      visit(published, (_, units, badDebtUsd) => {
        into.accounts++;
        if (units > 0) into.sold[rows.instrument] += units;
        else into.bought[rows.instrument] -= units;
        into.badDebtUsd += badDebtUsd;
      });
    },
    accounts(published, tell) {
      visit(published, (row, units, badDebtUsd) => tell({ row, instrument: rows.instrument, units, badDebtUsd }));
    },
    describe: (row) => ({
      account: rows.ids.at(row) ?? String(row),
      collateral: [{ asset: assets[rows.token[row]], units: rows.collateral[row] }],
      debt: [],
    }),
  };
}
