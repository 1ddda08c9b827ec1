import { stepsPerUsd } from "../../../rules/account-value.js";
import { driftMargin, driftTakeover, noDriftMargin, noTakeover } from "../../../rules/drift-v2.js";
import type { Decide, Ladder, Mechanism, Settle } from "../../../run/index.js";
import { tapeKinds } from "../../../run/tape.js";
import { markOf } from "../perpetuals/rows.js";
import { callLiquidator, settleLiquidatorTrade } from "./liquidate.js";
import { type DriftRows, type DriftTermsInBook, openRows, resetRows, settledHolding } from "./rows.js";

const margin = noDriftMargin();
const takeover = noTakeover();

/**
 * A market in which liquidators take positions over at the oracle's price less their fee, a share that grows with slots. The one liquidator has capital and closes what he took on
 * the instrument: that is the forced flow.
 */
export function driftMarket(name: string, of: DriftTermsInBook): Mechanism<DriftRows> {
  return {
    name,
    open: (book, layout) => openRows(name, of, book, layout),
    reset: resetRows,
    decide,
    settle,
    ladder: (rows) => ladder(name, rows),
  };
}

/** The slot at a time. */
export function slotOf(rows: DriftRows, timeMs: number): number {
  return Math.floor(timeMs / rows.slotMs);
}

function decide(rows: DriftRows, at: Decide): void {
  const held = rows.base[rows.count];
  const side = held > 0 ? 1 : -1;
  const units = Math.min(Math.abs(held), held === 0 ? 0 : at.venueDepth(rows.instrument, side));
  if (units > 0) at.trade(rows.count, rows.liquidator, rows.instrument, side * units, 0);
  const mark = markOf(at.published(rows.assetFeed), at.published(rows.quoteFeed));
  if (mark === 0) {
    // Without a mark price nobody is judged: orders of an earlier one must not be filled.
    for (let row = 0; row < rows.count; row++) withdraw(rows, at, row);
    return;
  }
  rows.mark = mark;
  const slot = slotOf(rows, at.timeMs);
  for (let row = 0; row < rows.count; row++) {
    if (rows.base[row] === 0) continue;
    if (rows.doneSlot[row] !== slot && mayBeCalled(rows, row)) order(rows, at, row);
    else withdraw(rows, at, row);
  }
}

function withdraw(rows: DriftRows, at: Decide, row: number): void {
  if (rows.standingOf[row] < 0) return;
  at.withdraw(rows.standingOf[row]);
  rows.standingOf[row] = -1;
}

/** The predicate: a liquidation begins without the buffer and goes on until the buffer is met. */
export function mayBeCalled(rows: DriftRows, row: number): boolean {
  const { terms } = rows;
  driftMargin(terms, settledHolding(rows, row), rows.mark, terms.marginRatioMaintenance, margin);
  if (rows.liquidating[row] === 1) return true;
  return margin.totalCollateral < margin.requirement;
}

function order(rows: DriftRows, at: Decide, row: number): void {
  rows.standingOf[row] = at.liquidate({
    row,
    sellInstrument: -1,
    buyInstrument: -1,
    collateral: rows.asset,
    seizeUnits: Math.abs(rows.base[row]),
    feeUnits: 0,
    debt: rows.quoteAsset,
    repayUnits: 0,
    feed: rows.assetFeed,
    priceSteps: rows.mark,
    ownAccount: rows.liquidator,
  });
}

function settle(rows: DriftRows, at: Settle): void {
  if (!at.afterTrades) return;
  const { fills } = at;
  const slot = slotOf(rows, at.timeMs);
  for (let fill = 0; fill < fills.count; fill++) {
    if (fills.mechanism[fill] !== at.mechanismIndex) continue;
    if (fills.order[fill] < 0) {
      settleLiquidatorTrade(rows, at, fill);
      continue;
    }
    const row = fills.row[fill];
    at.finish(rows.standingOf[row]);
    rows.standingOf[row] = -1;
    callLiquidator(rows, at, row, fills.seizeUnits[fill], slot);
  }
  if (at.lastTick && fills.count === 0) recordUnderwater(rows, at);
}

/** In the last tick: open users who have less than nothing. */
function recordUnderwater(rows: DriftRows, at: Settle): void {
  if (rows.mark === 0) return;
  let count = 0;
  let missing = 0;
  for (let row = 0; row < rows.count; row++) {
    if (rows.base[row] === 0) continue;
    driftMargin(rows.terms, settledHolding(rows, row), rows.mark, rows.terms.marginRatioMaintenance, margin);
    if (margin.totalCollateral >= 0) continue;
    count++;
    missing -= margin.totalCollateral;
  }
  const usd = (missing / rows.quoteUnitsPerCoin) * (at.published(rows.quoteFeed) / stepsPerUsd);
  at.record(tapeKinds.underwater, at.mechanismIndex, count, usd, 0, 0);
}

/** What the liquidator would take over and close with prices held and all slots passed: what restores the margin with its buffer. */
function ladder(name: string, rows: DriftRows): Ladder {
  const { opening, terms } = rows;
  const visit = (published: Float64Array, each: (row: number, units: number, badDebtUsd: number) => void) => {
    const mark = markOf(published[rows.assetFeed], published[rows.quoteFeed]);
    if (mark === 0) return;
    const quoteUsd = published[rows.quoteFeed] / stepsPerUsd;
    for (let row = 0; row < rows.count; row++) {
      const user = { deposit: opening.deposit[row], base: opening.base[row], quote: opening.quote[row] };
      if (user.base === 0) continue;
      driftMargin(terms, user, mark, terms.marginRatioMaintenance, margin);
      if (margin.totalCollateral >= margin.requirement) continue;
      const missing = Math.max(0, -margin.totalCollateral);
      const size = Math.abs(user.base);
      // A liquidation that has lasted its whole duration may take all that is needed.
      if (!driftTakeover(terms, user, 0, terms.liquidationDuration, size, mark, margin, takeover)) takeover.base = size;
      each(row, user.base > 0 ? takeover.base : -takeover.base, (missing / rows.quoteUnitsPerCoin) * quoteUsd);
    }
  };
  return {
    mechanism: name,
    pathFree: false,
    reactionMs: 0,
    method: `${rows.count} users one by one: what frees the shortage once all slots have passed, with a liquidator who can carry it all`,
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
      collateral: [{ asset: rows.quoteAsset, units: opening.deposit[row] }],
      debt: [],
    }),
  };
}
