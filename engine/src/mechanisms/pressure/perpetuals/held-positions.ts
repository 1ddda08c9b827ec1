import type { AccountIds } from "../../../book/account-ids.js";
import { mulDivDown } from "../../../math/index.js";
import { equityAt, perpetualBreaches, type Side } from "../../../rules/perpetual.js";
import type { HeldPositions, Settle } from "../../../run/index.js";
import { type HolderTrade, waitsForClose } from "../positions/holder-trades.js";
import { markOf, type PerpetualsRows, touch } from "./rows.js";
import { addToMargin, finishIfClosed, pay, takePart } from "./settle.js";

/** The accounts of a linear exchange as their holders see and trade them. */
export function heldPositions(rows: PerpetualsRows, ids: AccountIds): HeldPositions {
  const { rule, openingSize, openingEntry, openingMargin } = rows;
  return {
    instrument: rows.instrument,
    marginAsset: rows.quote,
    rowOf: (account) => ids.indexOf(account),
    mark: (published) => markOf(published(rows.assetFeed), published(rows.quoteFeed)),
    units: (row) => rows.size[row],
    openingUnits: (row) => openingSize[row],
    leastUnits: () => 1,
    equity: (row, mark) => equityAt(rule, rows.size[row], rows.entry[row], rows.margin[row], mark),
    openingEquity: (row, mark) => equityAt(rule, openingSize[row], openingEntry[row], openingMargin[row], mark),
    liquidatedAt: (row, mark) => perpetualBreaches(rule, openingSize[row], openingEntry[row], openingMargin[row], mark),
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
      at.transfer(account, rows.positions, rows.quote, units);
      rows.margin[row] += units;
      rows.changed = true;
    },
  };
}

/** A row whose position was closed is looked at no more: it must be again. */
function reopen(rows: PerpetualsRows, row: number): void {
  touch(rows, row);
  for (let place = 0; place < rows.activeCount; place++) if (rows.active[place] === row) return;
  rows.active[rows.activeCount++] = row;
}

/** Books a trade that a holder made: it opens or adds to the row's position, or closes of it what there is. */
export function bookHolderTrade(rows: PerpetualsRows, at: Settle, trade: HolderTrade): void {
  const { row, account, units, cash } = trade;
  const traded = Math.abs(units);
  const side: Side = units > 0 ? -1 : 1;
  reopen(rows, row);
  rows.changed = true;
  if (rows.size[row] * side >= 0) {
    // What a short brought stays with the other side as its entry notional; a long's cost comes from there.
    if (side === -1) at.transfer(rows.layout.restOfMarket, account, rows.contract, traded);
    else at.transfer(account, rows.positions, rows.contract, traded);
    pay(rows, at, rows.otherSide, account, side * cash);
    rows.size[row] += side * traded;
    rows.entry[row] += cash;
    return;
  }
  const held = Math.abs(rows.size[row]);
  if (traded > held) {
    // The exchange closed a part of it in the same round: what is beyond is a position the other way.
    const first = mulDivDown(cash, held, traded);
    bookHolderTrade(rows, at, { row, account, units: -side * held, cash: first });
    bookHolderTrade(rows, at, { row, account, units: -side * (traded - held), cash: cash - first });
    return;
  }
  const part = takePart(rows, row, traded);
  const profit = -side * (cash - part.entry);
  if (side === 1) at.transfer(account, rows.layout.restOfMarket, rows.contract, traded);
  else at.transfer(rows.positions, account, rows.contract, traded);
  pay(rows, at, account, rows.otherSide, -side * part.entry);
  pay(rows, at, account, rows.positions, profit);
  addToMargin(rows, at, row, part.margin + profit);
  finishIfClosed(rows, at, row);
}
