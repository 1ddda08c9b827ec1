import { partOf, perpetualBreaches } from "../../../rules/perpetual.js";
import type { HeldPositions, Settle } from "../../../run/index.js";
import { markOf } from "../perpetuals/rows.js";
import { type HolderTrade, waitsForClose } from "../positions/holder-trades.js";
import { touchRow } from "../positions/table.js";
import { priceOf } from "./depth.js";
import type { CoinMarginedRows } from "./rows.js";
import { changeMargin, finish, recordBadDebt } from "./settle.js";

/** The accounts of a coin-margined exchange as their holders see and trade them: exposure is the coin value of the contracts. */
export function heldPositions(rows: CoinMarginedRows): HeldPositions {
  const { table, contract } = rows;
  const value = (size: number, mark: number) => (size === 0 ? 0 : Math.sign(size) * contract.value(size, mark));
  return {
    instrument: rows.instrument,
    marginAsset: rows.coin,
    rowOf: (account) => rows.ids?.indexOf(account) ?? -1,
    mark: (published) => markOf(published(rows.coinFeed), published(rows.quoteFeed)),
    units: (row, mark) => value(table.size[row], mark),
    openingUnits: (row, mark) => value(table.openingSize[row], mark),
    leastUnits: (mark) => contract.value(2, mark),
    equity: (row, mark) => contract.equity(table.size[row], table.entry[row], table.margin[row], mark),
    openingEquity: (row, mark) =>
      contract.equity(table.openingSize[row], table.openingEntry[row], table.openingMargin[row], mark),
    liquidatedAt: (row, mark) =>
      perpetualBreaches(rows.rule, table.openingSize[row], table.openingEntry[row], table.openingMargin[row], mark),
    isClosing: (row) => rows.standingOf[row] >= 0,
    deleveraged: (row) => rows.deleveragedUnits[row],
    fundingRate: () => rows.fundingRate,
    book(at, row, account, units, cash) {
      const trade = { row, account, units, cash };
      if (rows.standingOf[row] >= 0 && waitsForClose(rows.holderTrades, at, trade)) return;
      bookHolderTrade(rows, at, trade);
    },
    deposit(at, row, account, units) {
      reopen(rows, row);
      at.transfer(account, rows.layout.restOfMarket, rows.coin, units);
      changeMargin(rows, at, row, units);
    },
  };
}

/** A row whose position was closed is looked at no more: it must be again. */
function reopen(rows: CoinMarginedRows, row: number): void {
  const { table } = rows;
  touchRow(table, row);
  rows.restless = true;
  for (let place = 0; place < table.activeCount; place++) if (table.active[place] === row) return;
  table.active[table.activeCount++] = row;
}

/** Books a trade that a holder made; a part is closed as `decrease` of exact/inverse-perpetual closes it. Dollars short of a contract stay with the clearing house. */
export function bookHolderTrade(rows: CoinMarginedRows, at: Settle, trade: HolderTrade): void {
  const { row, account, units, cash } = trade;
  const { table, contract, layout } = rows;
  const coins = Math.abs(units);
  const side = units > 0 ? -1 : 1;
  const [taker, giver] = side === -1 ? [account, layout.restOfMarket] : [layout.restOfMarket, account];
  at.transfer(giver, taker, rows.traded, coins);
  at.transfer(taker, giver, rows.quote, cash);
  reopen(rows, row);
  const count = Math.floor(cash / rows.contractCash);
  if (count === 0) return;
  const price = priceOf(rows, side === -1 ? 1 : -1, cash, coins);
  if (table.size[row] * side >= 0) {
    table.entry[row] += contract.entry(side * count, price);
    table.size[row] += side * count;
    return;
  }
  const held = Math.abs(table.size[row]);
  const closed = Math.min(count, held);
  const entry = partOf(table.entry[row], closed, held);
  const value = contract.value(-side * closed, price);
  table.size[row] += side * closed;
  table.entry[row] -= entry;
  changeMargin(rows, at, row, -side * (entry - value));
  if (table.size[row] === 0 && table.margin[row] < 0) {
    recordBadDebt(rows, at, row, -table.margin[row]);
    table.margin[row] = 0;
  }
  finish(rows, at, row);
  if (count === closed) return;
  // The exchange closed a part of it in the same round: what is beyond is a position the other way.
  table.entry[row] += contract.entry(side * (count - closed), price);
  table.size[row] += side * (count - closed);
}
