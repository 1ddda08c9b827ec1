import { mulDivDown } from "../../../math/index.js";
import { allotProRata, deleveragingRank } from "../../../rules/deleveraging.js";
import {
  bankruptcyCash,
  closedEquity,
  equity,
  notionalValue,
  partOf,
  perpetualBreaches,
  type Side,
} from "../../../rules/perpetual.js";
import type { Settle } from "../../../run/index.js";
import { tapeKinds } from "../../../run/tape.js";
import { type PerpetualsRows, touch } from "./rows.js";
import { closeAgainstRest, finishIfClosed, pay, takePart } from "./settle.js";

/** A position that must be closed against other accounts, and how much of it. */
export interface Takeover {
  readonly row: number;
  readonly units: number;
}

/**
 * Closes bankrupt positions of one side against profitable accounts of the other, at the bankrupt accounts' bankruptcy prices: by queue or pro rata, exactly
 * as many units as are needed. An account is passed over where the price lies beyond its own bankruptcy (dYdX). What finds nobody goes to
 * rest-of-market at the bankruptcy price where the account is bankrupt at the mark, and back to the market else.
 */
export function deleverage(rows: PerpetualsRows, at: Settle, bankrupt: readonly Takeover[], side: Side): void {
  if (bankrupt.length === 0) return;
  const winners = profitable(rows, side === 1 ? -1 : 1);
  const shares: Limits = { units: new Float64Array(winners.length), first: 0 };
  const sizes = winners.map((row) => Math.abs(rows.size[row]));
  const need = bankrupt.reduce((sum, one) => sum + one.units, 0);
  if (rows.params.deleveraging === "pro-rata") allotProRata(sizes, need, shares.units);
  const whole: Limits = { units: Float64Array.from(sizes), first: 0 };
  for (const { row, units } of bankrupt) {
    // Shares first; where the bankruptcy price lay beyond some winner's own, the others step in. In the queue nobody has a share.
    let open = rows.params.deleveraging === "queue" ? units : closeAgainst(rows, at, row, units, winners, shares, side);
    if (open > 0) open = closeAgainst(rows, at, row, open, winners, whole, side);
    if (open > 0) leaveOver(rows, at, row, open);
    finishIfClosed(rows, at, row);
  }
}

/** What each winner may still be closed by; `first` skips those at the front who have nothing left. */
interface Limits {
  readonly units: Float64Array;
  first: number;
}

/** Closes up to `units` of a bankrupt row against winners in their order, each at most by what `limits` leaves it; returns the units left open. */
function closeAgainst(
  rows: PerpetualsRows,
  at: Settle,
  row: number,
  units: number,
  winners: readonly number[],
  limits: Limits,
  side: Side,
): number {
  let open = units;
  let paid = 0;
  const left = (place: number) => Math.min(limits.units[place], Math.abs(rows.size[winners[place]]));
  while (limits.first < winners.length && left(limits.first) === 0) limits.first++;
  for (let place = limits.first; place < winners.length && open > 0; place++) {
    const closed = Math.min(left(place), open);
    if (closed === 0) continue;
    const cash = match(rows, at, row, winners[place], closed, side);
    if (cash < 0) continue;
    limits.units[place] -= closed;
    open -= closed;
    paid += cash;
  }
  if (open < units) at.record(tapeKinds.liquidate, at.mechanismIndex, row, units - open, paid, rows.engine);
  return open;
}

/** Open healthy accounts of a side with a profit at the mark: by rank for the queue, by row else. */
function profitable(rows: PerpetualsRows, side: Side): number[] {
  const { rule, size, entry, margin, mark } = rows;
  const found: number[] = [];
  const rank = new Map<number, number>();
  for (let row = 0; row < rows.count; row++) {
    if (size[row] * side <= 0 || rows.standingOf[row] >= 0) continue;
    const notional = notionalValue(rule, size[row], mark);
    const profit = side * (notional - entry[row]);
    if (profit <= 0 || perpetualBreaches(rule, size[row], entry[row], margin[row], mark)) continue;
    found.push(row);
    rank.set(row, deleveragingRank(entry[row], notional, profit, equity(side, entry[row], margin[row], notional)));
  }
  if (rows.params.deleveraging === "queue") found.sort((a, b) => (rank.get(b) ?? 0) - (rank.get(a) ?? 0) || a - b);
  return found;
}

/** Closes `units` of a bankrupt row against a winner at the bankruptcy price; returns the cash, or -1 where the winner would be bankrupt itself. */
function match(
  rows: PerpetualsRows,
  at: Settle,
  loser: number,
  winner: number,
  units: number,
  loserSide: Side,
): number {
  const winnerSide: Side = loserSide === 1 ? -1 : 1;
  const of = (row: number) => {
    const size = Math.abs(rows.size[row]);
    return { entry: partOf(rows.entry[row], units, size), margin: partOf(rows.margin[row], units, size) };
  };
  const lost = of(loser);
  const won = of(winner);
  const cash = bankruptcyCash(loserSide, lost.entry, lost.margin);
  const kept = closedEquity(winnerSide, won.entry, won.margin, cash);
  if (kept < 0) return -1;
  touch(rows, winner);
  takePart(rows, loser, units);
  takePart(rows, winner, units);
  rows.margin[winner] += kept;
  at.transfer(rows.positions, rows.layout.restOfMarket, rows.contract, units);
  // The long's cost goes to rest-of-market, the short's proceeds come from there; the price itself passes between the two.
  pay(rows, at, rows.positions, rows.otherSide, loserSide * (lost.entry - won.entry));
  at.record(tapeKinds.deleverage, at.mechanismIndex, winner, units, mulDivDown(cash, rows.rule.scale, units), loser);
  return cash;
}

/** Units for which nobody was found. */
function leaveOver(rows: PerpetualsRows, at: Settle, row: number, units: number): void {
  const notional = notionalValue(rows.rule, rows.size[row], rows.mark);
  if (equity(rows.size[row], rows.entry[row], rows.margin[row], notional) < 0) closeAgainstRest(rows, at, row, units);
  else rows.stuckTick[row] = at.tick;
}
