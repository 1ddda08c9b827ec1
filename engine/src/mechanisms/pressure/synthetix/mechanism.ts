import { stepsPerUsd } from "../../../rules/account-value.js";
import { callReward, grantedAmount, recordAmount, synthetixMargin } from "../../../rules/synthetix-v3.js";
import type { Decide, Ladder, Mechanism, Settle } from "../../../run/index.js";
import { protocolActs, tapeKinds } from "../../../run/tape.js";
import { markOf } from "../perpetuals/rows.js";
import { closedAtPool, decideHedge, settleHedge } from "../positions/hedge.js";
import { isEligible, openRows, resetRows, type SynthetixRows, type SynthetixTermsInBook } from "./rows.js";

/**
 * A market whose other side are liquidity providers. A keeper flags an account: it loses all its collateral at once, and its position is closed at the oracle's price as far as the
 * moving window allows, now and in later ticks. Nothing of that is sold but what hedgers of the providers undo.
 */
export function synthetixMarket(name: string, of: SynthetixTermsInBook): Mechanism<SynthetixRows> {
  return {
    name,
    open: (book, layout) => openRows(name, of, book, layout),
    reset: resetRows,
    decide,
    settle,
    ladder: (rows) => ladder(name, rows),
  };
}

const secondsOf = (timeMs: number) => Math.floor(timeMs / 1000);

function decide(rows: SynthetixRows, at: Decide): void {
  decideHedge(rows.hedge, at);
  const mark = markOf(at.published(rows.assetFeed), at.published(rows.quoteFeed));
  if (mark === 0) {
    withdrawAll(rows, at);
    return;
  }
  if (mark === rows.mark && !rows.restless && rows.flaggedCount === 0) return;
  rows.mark = mark;
  rows.restless = false;
  const seconds = secondsOf(at.timeMs);
  for (let row = 0; row < rows.count; row++) {
    const size = rows.size[row];
    if (size === 0) continue;
    const acts =
      rows.flagged[row] === 1
        ? grantedAmount(rows.terms, rows.records, rows.skew, Math.abs(size), seconds) > 0
        : isEligible(rows, row, size, rows.collateral[row], mark);
    if (acts) order(rows, at, row);
    else withdraw(rows, at, row);
  }
}

/** Without a mark price nobody is judged: orders of an earlier one must not be filled, and everybody is looked at again once there is one. */
function withdrawAll(rows: SynthetixRows, at: Decide): void {
  for (let row = 0; row < rows.count; row++) withdraw(rows, at, row);
  rows.restless = true;
}

function withdraw(rows: SynthetixRows, at: Decide, row: number): void {
  if (rows.standingOf[row] < 0) return;
  at.withdraw(rows.standingOf[row]);
  rows.standingOf[row] = -1;
}

function order(rows: SynthetixRows, at: Decide, row: number): void {
  rows.restless = true;
  rows.standingOf[row] = at.liquidate({
    row,
    sellInstrument: -1,
    buyInstrument: -1,
    collateral: rows.asset,
    seizeUnits: Math.abs(rows.size[row]),
    feeUnits: 0,
    debt: rows.quote,
    repayUnits: 0,
    feed: rows.assetFeed,
    priceSteps: rows.mark,
    ownAccount: rows.providers,
  });
}

function settle(rows: SynthetixRows, at: Settle): void {
  if (!at.afterTrades) return;
  const { fills } = at;
  for (let fill = 0; fill < fills.count; fill++) {
    if (fills.mechanism[fill] !== at.mechanismIndex) continue;
    if (fills.order[fill] < 0) settleHedge(rows.hedge, at, fill);
    else call(rows, at, fills.row[fill]);
  }
  if (at.lastTick) recordUnderwater(rows, at);
}

/** One call of a keeper: flags where the account is not flagged yet, closes what the window grants, pays the keeper. A call is whole: guards hold it or let it pass. */
function call(rows: SynthetixRows, at: Settle, row: number): void {
  const { terms, mark } = rows;
  const seconds = secondsOf(at.timeMs);
  rows.restless = true;
  at.finish(rows.standingOf[row]);
  rows.standingOf[row] = -1;
  const size = rows.size[row];
  const flags = rows.flagged[row] === 0;
  const seized = flags ? flag(rows, at, row) : 0;
  const amount = grantedAmount(terms, rows.records, rows.skew, Math.abs(size), seconds);
  const closed = size > 0 ? amount : -amount;
  if (amount > 0) {
    if (!terms.endorsed && terms.maxInWindow > 0) recordAmount(terms, rows.records, amount, seconds);
    rows.size[row] -= closed;
    rows.skew -= closed;
    if (rows.size[row] === 0) {
      rows.flagged[row] = 0;
      rows.flaggedCount--;
    }
    closedAtPool(rows.hedge, closed);
  }
  const reward = callReward(terms, size, mark, flags, seized, amount);
  payKeeper(rows, at, reward);
  if (amount > 0 || flags) at.record(tapeKinds.liquidate, at.mechanismIndex, row, amount, 0, rows.layout.outsideKeeper);
  if (reward > 0) {
    const usd = (units: number) => (units / rows.quoteUnitsPerCoin) * (at.published(rows.quoteFeed) / stepsPerUsd);
    const cost = terms.liquidateCost + (flags ? terms.flagCost : 0);
    at.record(tapeKinds.keeper, rows.layout.outsideKeeper, row, usd(reward - cost), usd(cost), at.mechanismIndex);
  }
}

/** Flags an account: all its collateral goes to the providers, and what it lacks is their loss. Returns the quote units seized. */
function flag(rows: SynthetixRows, at: Settle, row: number): number {
  const { terms, mark } = rows;
  const seized = rows.collateral[row];
  const usdOf = (units: number) => (units / rows.quoteUnitsPerCoin) * (at.published(rows.quoteFeed) / stepsPerUsd);
  const left = synthetixMargin(terms, rows.size[row], rows.entrySteps[row], seized, mark);
  rows.flagged[row] = 1;
  rows.flaggedCount++;
  rows.collateral[row] = 0;
  at.transfer(rows.positions, rows.providers, rows.quote, seized);
  at.record(tapeKinds.protocol, at.mechanismIndex, row, Math.abs(rows.size[row]), seized, protocolActs.absorb);
  if (seized > 0) at.record(tapeKinds.seize, at.mechanismIndex, row, seized, rows.quote, usdOf(seized));
  if (left < 0) at.record(tapeKinds.badDebt, at.mechanismIndex, row, -left, rows.quote, usdOf(-left));
  return seized;
}

/** Pays a keeper out of what the providers have; what they lack stands with the rest of the market as their debt. */
function payKeeper(rows: SynthetixRows, at: Settle, reward: number): void {
  const { outsideKeeper, restOfMarket } = rows.layout;
  const paid = Math.min(reward, at.balance(rows.providers, rows.quote));
  at.transfer(rows.providers, outsideKeeper, rows.quote, paid);
  at.transfer(restOfMarket, outsideKeeper, rows.quote, reward - paid);
}

/** In the last tick: open accounts that were not flagged and have less than nothing. */
function recordUnderwater(rows: SynthetixRows, at: Settle): void {
  if (rows.mark === 0 || at.fills.count > 0) return;
  let count = 0;
  let missing = 0;
  for (let row = 0; row < rows.count; row++) {
    if (rows.size[row] === 0 || rows.flagged[row] === 1) continue;
    const left = synthetixMargin(rows.terms, rows.size[row], rows.entrySteps[row], rows.collateral[row], rows.mark);
    if (left >= 0) continue;
    count++;
    missing -= left;
  }
  const usd = (missing / rows.quoteUnitsPerCoin) * (at.published(rows.quoteFeed) / stepsPerUsd);
  at.record(tapeKinds.underwater, at.mechanismIndex, count, usd, 0, 0);
}

/** What hedgers would have to trade with prices held, once every window has passed. */
function ladder(name: string, rows: SynthetixRows): Ladder {
  const { openingSize, openingCollateral, hedge, terms } = rows;
  const visit = (published: Float64Array, each: (row: number, units: number, badDebtUsd: number) => void) => {
    const mark = markOf(published[rows.assetFeed], published[rows.quoteFeed]);
    if (mark === 0) return;
    const quoteUsd = published[rows.quoteFeed] / stepsPerUsd;
    for (let row = 0; row < rows.count; row++) {
      const size = openingSize[row];
      if (size === 0 || !isEligible(rows, row, size, openingCollateral[row], mark)) continue;
      const units = Math.floor(Math.abs(size) * hedge.share);
      const left = synthetixMargin(terms, size, rows.entrySteps[row], openingCollateral[row], mark);
      each(row, size > 0 ? units : -units, (Math.max(0, -left) / rows.quoteUnitsPerCoin) * quoteUsd);
    }
  };
  return {
    mechanism: name,
    pathFree: false,
    reactionMs: 0,
    method: `${rows.count} accounts one by one: margins grow with size; whole positions, as if every window had passed; only the hedged share (${hedge.share * 100} %) reaches the market`,
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
      collateral: [{ asset: rows.quote, units: openingCollateral[row] }],
      debt: [],
    }),
  };
}
