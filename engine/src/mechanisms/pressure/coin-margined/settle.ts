import { powersOfTen, stepsPerUsd } from "../../../rules/account-value.js";
import type { CoinClose } from "../../../rules/coin-contract.js";
import type { Settle } from "../../../run/index.js";
import { tapeKinds } from "../../../run/tape.js";
import { touchRow } from "../positions/table.js";
import { priceOf } from "./depth.js";
import type { CoinMarginedPolicy, CoinMarginedRows } from "./rows.js";

/** Moves whole coin units, either way. */
export function payCoins(
  rows: CoinMarginedRows,
  at: Pick<Settle, "transfer">,
  from: number,
  to: number,
  units: number,
): void {
  if (units >= 0) at.transfer(from, to, rows.coin, units);
  else at.transfer(to, from, rows.coin, -units);
}

/**
 * Books a close that the market took: the dollars it brought are contracts closed, at its average price. Rest-of-market is the clearing house: dollars short of a
 * contract stay with it and count when the row trades again (a part released by a guard, a better price than was asked for), those beyond the order do not.
 */
export function bookMarketClose(rows: CoinMarginedRows, policy: CoinMarginedPolicy, at: Settle, fill: number): void {
  const { fills } = at;
  const { table, layout } = rows;
  const row = fills.row[fill];
  const trader = fills.account[fill];
  const side = table.size[row] > 0 ? 1 : -1;
  const coins = side === 1 ? fills.soldUnits[fill] : fills.boughtUnits[fill];
  const cash = side === 1 ? fills.soldCash[fill] : fills.boughtCash[fill];
  if (side === 1) {
    at.transfer(layout.restOfMarket, trader, rows.traded, coins);
    at.transfer(trader, layout.restOfMarket, rows.quote, cash);
  } else {
    at.transfer(trader, layout.restOfMarket, rows.traded, coins);
    at.transfer(layout.restOfMarket, trader, rows.quote, cash);
  }
  const brought = rows.carriedCash[row] + cash;
  const count = Math.min(rows.ordered[row], Math.floor(brought / rows.contractCash));
  rows.carriedCash[row] = count < rows.ordered[row] ? brought - count * rows.contractCash : 0;
  if (count > 0) {
    touchRow(table, row);
    policy.close(rows, at, row, count, priceOf(rows, side, cash, coins));
  }
  at.record(tapeKinds.liquidate, at.mechanismIndex, row, coins, cash, trader);
  finish(rows, at, row);
}

/** Books what one close did: margin, fee, insurance fund, clearing house. The size is taken off here too. */
export function bookClose(rows: CoinMarginedRows, at: Settle, row: number, close: CoinClose): void {
  const { table, fund } = rows;
  const { restOfMarket } = rows.layout;
  const side = table.size[row] > 0 ? 1 : -1;
  table.size[row] -= side * close.contracts;
  table.entry[row] -= close.entry;
  // The clearing house pays the account's profit, or takes its loss, of which the fund paid a part and nobody another.
  changeMargin(rows, at, row, close.toAccount);
  at.transfer(restOfMarket, fund, rows.coin, close.fee);
  at.transfer(fund, restOfMarket, rows.coin, close.covered);
  if (close.fee > 0) at.record(tapeKinds.insurance, at.mechanismIndex, row, -close.fee, rows.coin, 0);
  if (close.covered > 0) at.record(tapeKinds.insurance, at.mechanismIndex, row, close.covered, rows.coin, 0);
  if (close.uncovered === 0) return;
  rows.uncovered += close.uncovered;
  rows.uncoveredRow = row;
}

/** Losses that nobody known pays, told of one row; they are no longer to be shared. */
export function recordBadDebt(rows: CoinMarginedRows, at: Settle, row: number, units: number): void {
  const usd = (units / powersOfTen[rows.coinDecimals]) * (rows.mark / stepsPerUsd);
  at.record(tapeKinds.badDebt, at.mechanismIndex, row, units, rows.coin, usd);
}

/** Changes what an account has; the ledger holds what is not negative, a shortfall stands with the clearing house until it is covered. */
export function changeMargin(rows: CoinMarginedRows, at: Pick<Settle, "transfer">, row: number, units: number): void {
  const { table, positions, layout } = rows;
  const before = Math.max(0, table.margin[row]);
  table.margin[row] += units;
  payCoins(rows, at, layout.restOfMarket, positions, Math.max(0, table.margin[row]) - before);
}

/** Ends the standing order of a row that has no position left. */
export function finish(rows: CoinMarginedRows, at: Settle, row: number): void {
  if (rows.table.size[row] !== 0 || rows.standingOf[row] < 0) return;
  at.finish(rows.standingOf[row]);
  rows.standingOf[row] = -1;
  rows.standingCount--;
}

/** Once, in the last tick's quiet round: open accounts whose equity is negative at the mark and that nobody closed. */
export function recordUnderwater(rows: CoinMarginedRows, at: Settle): void {
  if (rows.toldUnderwater || at.fills.count > 0 || rows.mark === 0) return;
  rows.toldUnderwater = true;
  const { table, contract } = rows;
  let count = 0;
  let missing = 0;
  for (let i = 0; i < table.activeCount; i++) {
    const row = table.active[i];
    const worth = contract.equity(table.size[row], table.entry[row], table.margin[row], rows.mark);
    if (table.size[row] === 0 || worth >= 0) continue;
    count++;
    missing -= worth;
  }
  const usd = (missing / powersOfTen[rows.coinDecimals]) * (rows.mark / stepsPerUsd);
  at.record(tapeKinds.underwater, at.mechanismIndex, count, usd, 0, 0);
}
