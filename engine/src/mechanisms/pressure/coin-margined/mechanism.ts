import { mulDivDown } from "../../../math/index.js";
import { powersOfTen, stepsPerUsd } from "../../../rules/account-value.js";
import { perpetualBreaches } from "../../../rules/perpetual.js";
import type { Decide, Mechanism, Settle } from "../../../run/index.js";
import { markOf } from "../perpetuals/rows.js";
import { bookWaiting } from "../positions/holder-trades.js";
import { positionLadder } from "../positions/ladder.js";
import { reachRows, visitActive } from "../positions/table.js";
import { averagePrice, coinsFor, contractsTaken } from "./depth.js";
import { payFunding } from "./funding.js";
import { bookHolderTrade, heldPositions } from "./held-positions.js";
import {
  type Closes,
  type CoinMarginedPolicy,
  type CoinMarginedRows,
  type CoinMarginedTerms,
  openRows,
  resetRows,
} from "./rows.js";
import { bookMarketClose, finish, recordUnderwater } from "./settle.js";

/**
 * Perpetuals whose contracts are fixed dollars and whose margin is the coin itself. A close of N dollars sells (or buys) as many coins as depth takes for N dollars:
 * the lower the price, the more coins. How accounts are closed is the exchange's policy.
 */
export function coinMargined(
  name: string,
  terms: CoinMarginedTerms,
  policyOf: () => CoinMarginedPolicy,
): Mechanism<CoinMarginedRows> {
  const policy = policyOf();
  return {
    name,
    open: (book, layout) => {
      const rows = openRows(name, terms, policy, book, layout);
      layout.offerPositions(name, heldPositions(rows));
      return rows;
    },
    reset: (rows, at) => resetRows(rows, policy, at),
    shock: payFunding,
    decide: (rows, at) => decide(rows, policy, at),
    settle: (rows, at) => settle(rows, policy, at),
    ladder: (rows) => ladder(name, rows, policy),
  };
}

function decide(rows: CoinMarginedRows, policy: CoinMarginedPolicy, at: Decide): void {
  const mark = markOf(at.published(rows.coinFeed), at.published(rows.quoteFeed));
  if (rows.lastTick !== at.tick) {
    rows.lastTick = at.tick;
    rows.restless = true;
    policy.tick?.(rows, at.tickMs);
  }
  if (mark === 0) {
    withdrawAll(rows, at);
    return;
  }
  if (mark === rows.mark && !rows.restless && rows.standingCount === 0) return;
  rows.mark = mark;
  rows.restless = false;
  const { table } = rows;
  reachRows(table, mark);
  const breaching: { readonly [side: number]: number[] } = { 1: [], [-1]: [] };
  visitActive(table, (row) => {
    rows.ordered[row] = 0;
    if (perpetualBreaches(rows.rule, table.size[row], table.entry[row], table.margin[row], mark)) {
      breaching[table.size[row] > 0 ? 1 : -1].push(row);
    } else withdraw(rows, at, row);
  });
  let promised = 0;
  for (const side of [1, -1] as const) {
    if (breaching[side].length > 0) promised = place(rows, policy, breaching[side], side, at, promised);
  }
}

/** Without a mark price nobody is judged: orders of an earlier one must not be filled, and everybody is looked at again once there is one. */
function withdrawAll(rows: CoinMarginedRows, at: Decide): void {
  if (rows.standingCount === 0) return;
  visitActive(rows.table, (row) => withdraw(rows, at, row));
  rows.restless = true;
}

function withdraw(rows: CoinMarginedRows, at: Decide, row: number): void {
  if (rows.standingOf[row] < 0) return;
  at.withdraw(rows.standingOf[row]);
  rows.standingOf[row] = -1;
  rows.standingCount--;
}

/**
 * Asks the policy and emits its orders: all closes of one side share a batch, each gets its part of the coins by its dollars. Returns what the orders of this round
 * so far may cost the fund: `promised`, and these.
 */
function place(
  rows: CoinMarginedRows,
  policy: CoinMarginedPolicy,
  breaching: readonly number[],
  side: 1 | -1,
  at: Decide,
  promised: number,
): number {
  const sent: number[] = [];
  const taken = new Set<number>();
  let costs = promised;
  const closes: Closes = {
    capacity: (of) => contractsTaken(rows, at, of),
    averageSteps: (of, contracts) => averagePrice(rows, at, of, contracts),
    fundUnits: () => at.balance(rows.fund, rows.coin) - promised,
    promise: (units) => {
      costs += units;
    },
    toMarket: (row, contracts) => {
      if (contracts <= 0) return;
      rows.ordered[row] = contracts;
      sent.push(row);
    },
    takeOver: (row) => {
      if (rows.stuckTick[row] !== at.tick) taken.add(row);
    },
  };
  policy.plan(rows, breaching, side, closes);
  // What a row has traded beyond whole contracts need not be traded again.
  const cashOf = (row: number) => rows.ordered[row] * rows.contractCash - rows.carriedCash[row];
  const total = sent.reduce((sum, row) => sum + cashOf(row), 0);
  const coins = total === 0 ? 0 : coinsFor(rows, at, side, total, sent.length);
  let before = 0;
  let given = 0;
  for (const row of sent) {
    before += cashOf(row);
    const until = mulDivDown(coins, before, total);
    order(rows, at, row, until - given, side);
    given = until;
  }
  for (const row of breaching) {
    if (taken.has(row)) order(rows, at, row, 0, side);
    else if (rows.ordered[row] === 0) withdraw(rows, at, row);
  }
  return costs;
}

function order(rows: CoinMarginedRows, at: Decide, row: number, coins: number, side: 1 | -1): void {
  const sells = coins > 0 && side === 1;
  const buys = coins > 0 && side === -1;
  const units = coins > 0 ? coins : Math.abs(rows.table.size[row]);
  if (coins === 0 && rows.ordered[row] > 0) {
    withdraw(rows, at, row);
    return;
  }
  if (rows.standingOf[row] < 0) rows.standingCount++;
  rows.standingOf[row] = at.liquidate({
    row,
    sellInstrument: sells ? rows.instrument : -1,
    buyInstrument: buys ? rows.instrument : -1,
    collateral: buys ? rows.quote : rows.coin,
    seizeUnits: buys ? 0 : units,
    feeUnits: 0,
    debt: buys ? rows.coin : rows.quote,
    repayUnits: buys ? units : 0,
    feed: rows.coinFeed,
    priceSteps: rows.mark,
    ownAccount: rows.engine,
  });
}

function settle(rows: CoinMarginedRows, policy: CoinMarginedPolicy, at: Settle): void {
  if (!at.afterTrades) return;
  const { fills } = at;
  const taken: number[] = [];
  for (let fill = 0; fill < fills.count; fill++) {
    if (fills.order[fill] < 0 || fills.mechanism[fill] !== at.mechanismIndex) continue;
    rows.restless = true;
    if (fills.soldUnits[fill] > 0 || fills.boughtUnits[fill] > 0) bookMarketClose(rows, policy, at, fill);
    else taken.push(fills.row[fill]);
  }
  if (taken.length > 0 || rows.uncovered > 0) policy.takeOver?.(rows, at, taken);
  for (const row of taken) {
    if (rows.table.size[row] !== 0) rows.stuckTick[row] = at.tick;
    finish(rows, at, row);
  }
  bookWaiting(rows.holderTrades, at, (trade) => bookHolderTrade(rows, at, trade));
  if (at.lastTick) recordUnderwater(rows, at);
}

function ladder(name: string, rows: CoinMarginedRows, policy: CoinMarginedPolicy) {
  const { table, contract, coin, quote } = rows;
  const one = powersOfTen[rows.coinDecimals];
  return positionLadder({
    mechanism: name,
    table,
    instrument: rows.instrument,
    method: "dollars of contracts over the mark price held, before deleveraging; depth that pays less takes more coins",
    mark: (published) => markOf(published[rows.coinFeed], published[rows.quoteFeed]),
    forced(row, mark, into) {
      const size = table.openingSize[row];
      const contracts = policy.forced(rows, row, mark);
      if (contracts === 0) return false;
      const side = size > 0 ? 1 : -1;
      into.units = side * contract.value(-side * contracts, mark);
      const worth = contract.equity(size, table.openingEntry[row], table.openingMargin[row], mark);
      into.badDebtUsd = (Math.max(0, -worth) / one) * (mark / stepsPerUsd);
      return true;
    },
    describe: (row) => ({
      account: rows.ids?.at(row) ?? String(row),
      collateral: [
        { asset: coin, units: table.openingMargin[row] },
        { asset: quote, units: Math.max(0, -table.openingSize[row]) * rows.contractCash },
      ],
      debt: [{ asset: quote, units: Math.max(0, table.openingSize[row]) * rows.contractCash }],
    }),
  });
}
