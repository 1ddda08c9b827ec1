import { mulDivUp } from "../../../math/index.js";
import { bankruptcyCash, closedEquity, equity, notionalValue, partOf, type Side } from "../../../rules/perpetual.js";
import type { Settle } from "../../../run/index.js";
import { tapeKinds } from "../../../run/tape.js";
import type { PerpetualsRows } from "./rows.js";

/** Takes a part of a position off its row; returns what belonged to it. */
export function takePart(rows: PerpetualsRows, row: number, units: number): { entry: number; margin: number } {
  const size = Math.abs(rows.size[row]);
  const part = { entry: partOf(rows.entry[row], units, size), margin: partOf(rows.margin[row], units, size) };
  rows.size[row] -= rows.size[row] > 0 ? units : -units;
  rows.entry[row] -= part.entry;
  rows.margin[row] -= part.margin;
  rows.changed = true;
  return part;
}

/** Moves whole units of the quote asset, either way. */
export function pay(rows: PerpetualsRows, at: Settle, from: number, to: number, units: number): void {
  if (units >= 0) at.transfer(from, to, rows.quote, units);
  else at.transfer(to, from, rows.quote, -units);
}

/**
 * Books one close on the market: contracts and entry notional go back to rest-of-market, what is left of the margin to the account, less the fee; what is
 * missing comes from the insurance fund, and beyond it stays with rest-of-market as bad debt.
 */
export function bookMarketClose(rows: PerpetualsRows, at: Settle, fill: number): void {
  const { fills } = at;
  const { layout, positions, fund } = rows;
  const row = fills.row[fill];
  const trader = fills.account[fill];
  const side: Side = rows.size[row] > 0 ? 1 : -1;
  const units = side === 1 ? fills.soldUnits[fill] : fills.boughtUnits[fill];
  const cash = side === 1 ? fills.soldCash[fill] : fills.boughtCash[fill];
  const part = takePart(rows, row, units);
  if (side === 1) at.transfer(positions, trader, rows.contract, units);
  else at.transfer(trader, layout.restOfMarket, rows.contract, units);
  pay(rows, at, trader, layout.restOfMarket, side * part.entry);
  const left = closedEquity(side, part.entry, part.margin, cash);
  // The trader's account now holds left - margin: it settles against the account's margin, then the fund, then nobody.
  if (left >= 0) {
    pay(rows, at, trader, positions, left - part.margin);
    const fee = Math.min(left, mulDivUp(cash, Math.round(rows.params.feeShare * 1e6), 1e6));
    if (fee > 0) {
      at.transfer(positions, fund, rows.quote, fee);
      at.record(tapeKinds.insurance, at.mechanismIndex, row, -fee, rows.quote, 0);
    }
    rows.margin[row] += left - fee;
  } else {
    pay(rows, at, positions, trader, part.margin);
    coverGap(rows, at, row, trader, -left);
  }
  at.record(tapeKinds.liquidate, at.mechanismIndex, row, units, cash, trader);
  finishIfClosed(rows, at, row);
}

function coverGap(rows: PerpetualsRows, at: Settle, row: number, trader: number, gap: number): void {
  const paid = Math.min(gap, at.balance(rows.fund, rows.quote));
  if (paid > 0) {
    at.transfer(rows.fund, trader, rows.quote, paid);
    at.record(tapeKinds.insurance, at.mechanismIndex, row, paid, rows.quote, 0);
  }
  if (gap > paid) {
    at.transfer(rows.layout.restOfMarket, trader, rows.quote, gap - paid);
    recordBadDebt(rows, at, row, gap - paid);
  }
}

/** Bad debt in quote units: nobody who is known pays it, so rest-of-market goes without. */
function recordBadDebt(rows: PerpetualsRows, at: Settle, row: number, units: number): void {
  const usd = (units / rows.quoteUnitsPerCoin) * at.fair(rows.quote);
  at.record(tapeKinds.badDebt, at.mechanismIndex, row, units, rows.quote, usd);
}

/** The rest of the market takes a bankrupt position at its bankruptcy price: nobody known stands on the other side. */
export function closeAgainstRest(rows: PerpetualsRows, at: Settle, row: number, units: number): void {
  const side: Side = rows.size[row] > 0 ? 1 : -1;
  const atMark = notionalValue(rows.rule, side * units, rows.mark);
  const part = takePart(rows, row, units);
  const lost = -equity(side, part.entry, part.margin, atMark);
  if (side === 1) at.transfer(rows.positions, rows.layout.restOfMarket, rows.contract, units);
  at.transfer(rows.positions, rows.layout.restOfMarket, rows.quote, part.margin);
  const cash = bankruptcyCash(side, part.entry, part.margin);
  at.record(tapeKinds.liquidate, at.mechanismIndex, row, units, cash, rows.layout.restOfMarket);
  if (lost > 0) recordBadDebt(rows, at, row, lost);
  finishIfClosed(rows, at, row);
}

/** Ends the standing order of a row that has no position left. */
export function finishIfClosed(rows: PerpetualsRows, at: Settle, row: number): void {
  if (rows.size[row] !== 0 || rows.standingOf[row] < 0) return;
  at.finish(rows.standingOf[row]);
  rows.standingOf[row] = -1;
  rows.standingCount--;
}

/** Once, in the last tick's quiet round: open accounts whose equity is negative at the mark and that nobody closed. */
export function recordUnderwater(rows: PerpetualsRows, at: Settle): void {
  if (rows.toldUnderwater || at.fills.count > 0 || rows.mark === 0) return;
  rows.toldUnderwater = true;
  let count = 0;
  let missing = 0;
  for (let i = 0; i < rows.activeCount; i++) {
    const row = rows.active[i];
    const size = rows.size[row];
    if (size === 0) continue;
    const worth = equity(size, rows.entry[row], rows.margin[row], notionalValue(rows.rule, size, rows.mark));
    if (worth >= 0) continue;
    count++;
    missing -= worth;
  }
  const usd = (missing / rows.quoteUnitsPerCoin) * at.fair(rows.quote);
  at.record(tapeKinds.underwater, at.mechanismIndex, count, usd, 0, 0);
}
