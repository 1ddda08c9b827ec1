import { mulDivUp } from "../../../math/index.js";
import {
  bankruptcyCash,
  closedEquity,
  equity,
  equityAt,
  notionalValue,
  partOf,
  type Side,
} from "../../../rules/perpetual.js";
import type { Settle } from "../../../run/index.js";
import { protocolActs, tapeKinds } from "../../../run/tape.js";
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
  const toFund = rows.closing?.toFund(rows, row, units, cash);
  const part = takePart(rows, row, units);
  if (side === 1) at.transfer(positions, trader, rows.contract, units);
  else at.transfer(trader, layout.restOfMarket, rows.contract, units);
  pay(rows, at, trader, rows.otherSide, side * part.entry);
  if (toFund !== undefined) {
    at.record(tapeKinds.liquidate, at.mechanismIndex, row, units, cash, trader);
    settleWithAccount(rows, at, row, trader, part.margin, side * (cash - part.entry), toFund);
    rows.closing?.closed?.(rows, row, units, at);
    finishIfClosed(rows, at, row);
    return;
  }
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

/**
 * Settles a realised profit and what passes to the fund with the whole account: profit and fund against all of its margin, and beyond it against what the rest of
 * the position has gained (kept in its entry notional). What even that lacks is bad debt.
 */
function settleWithAccount(
  rows: PerpetualsRows,
  at: Settle,
  row: number,
  trader: number,
  marginPart: number,
  profit: number,
  toFund: number,
): void {
  const { positions, fund, otherSide } = rows;
  pay(rows, at, trader, positions, profit);
  if (toFund > 0) at.transfer(positions, fund, rows.quote, toFund);
  if (toFund < 0) {
    const paid = Math.min(-toFund, at.balance(fund, rows.quote));
    at.transfer(fund, positions, rows.quote, paid);
    if (paid < -toFund) {
      at.transfer(otherSide, positions, rows.quote, -toFund - paid);
      recordBadDebt(rows, at, row, -toFund - paid);
    }
    if (paid > 0) at.record(tapeKinds.insurance, at.mechanismIndex, row, paid, rows.quote, 0);
  } else if (toFund > 0) at.record(tapeKinds.insurance, at.mechanismIndex, row, -toFund, rows.quote, 0);
  addToMargin(rows, at, row, marginPart + profit - toFund);
}

/**
 * Adds quote units (either sign) to a row's margin. What the margin lacks is taken out of what the open position has gained, kept in its entry notional; what even
 * that lacks is bad debt.
 */
export function addToMargin(rows: PerpetualsRows, at: Settle, row: number, units: number): void {
  const margin = rows.margin[row] + units;
  rows.margin[row] = Math.max(0, margin);
  if (margin < 0) carry(rows, at, row, -margin);
}

function carry(rows: PerpetualsRows, at: Settle, row: number, missing: number): void {
  at.transfer(rows.otherSide, rows.positions, rows.quote, missing);
  const room = rows.size[row] > 0 ? missing : rows.size[row] < 0 ? Math.min(missing, rows.entry[row]) : 0;
  rows.entry[row] += rows.size[row] > 0 ? room : -room;
  if (missing > room) recordBadDebt(rows, at, row, missing - room);
}

/**
 * Books that somebody takes a whole position over for `cash` (a long's worth, a short's cost), with everything that its account then has left. Whoever takes it
 * owes the other side `cash` in place of the entry notional. Returns what was left.
 */
export function takeOver(rows: PerpetualsRows, at: Settle, row: number, cash: number, holder: number): number {
  const side: Side = rows.size[row] > 0 ? 1 : -1;
  const units = Math.abs(rows.size[row]);
  const part = takePart(rows, row, units);
  const profit = side * (cash - part.entry);
  const left = part.margin + profit;
  if (side === 1) at.transfer(rows.positions, holder, rows.contract, units);
  pay(rows, at, rows.otherSide, rows.positions, profit);
  pay(rows, at, rows.positions, holder, left);
  at.record(tapeKinds.liquidate, at.mechanismIndex, row, units, cash, holder);
  at.record(tapeKinds.protocol, at.mechanismIndex, row, units, cash, protocolActs.backstop);
  finishIfClosed(rows, at, row);
  return left;
}

function coverGap(rows: PerpetualsRows, at: Settle, row: number, trader: number, gap: number): void {
  const paid = Math.min(gap, at.balance(rows.fund, rows.quote));
  if (paid > 0) {
    at.transfer(rows.fund, trader, rows.quote, paid);
    at.record(tapeKinds.insurance, at.mechanismIndex, row, paid, rows.quote, 0);
  }
  if (gap > paid) {
    at.transfer(rows.otherSide, trader, rows.quote, gap - paid);
    recordBadDebt(rows, at, row, gap - paid);
  }
}

/** Bad debt in quote units: nobody who is known pays it, so rest-of-market goes without. */
export function recordBadDebt(rows: PerpetualsRows, at: Settle, row: number, units: number): void {
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
  at.transfer(rows.positions, rows.otherSide, rows.quote, part.margin);
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
    const worth = equityAt(rows.rule, size, rows.entry[row], rows.margin[row], rows.mark);
    if (worth >= 0) continue;
    count++;
    missing -= worth;
  }
  const usd = (missing / rows.quoteUnitsPerCoin) * at.fair(rows.quote);
  at.record(tapeKinds.underwater, at.mechanismIndex, count, usd, 0, 0);
}
