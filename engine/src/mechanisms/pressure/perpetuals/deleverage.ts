import { mulDivDown, uniform } from "../../../math/index.js";
import { basisPoints } from "../../../rules/account-value.js";
import {
  type Counterparties,
  cappedSize,
  type DeleveragingPolicy,
  inRankOrder,
  inTurn,
  waterFill,
} from "../../../rules/deleveraging.js";
import {
  bankruptcyCash,
  closedEquity,
  equityAt,
  maintenanceAt,
  notionalValue,
  partOf,
  perpetualBreaches,
  type Side,
} from "../../../rules/perpetual.js";
import type { Settle } from "../../../run/index.js";
import { tapeKinds } from "../../../run/tape.js";
import { type PerpetualsRows, touch } from "./rows.js";
import { addToMargin, closeAgainstRest, finishIfClosed, pay, takePart } from "./settle.js";

/** A position that must be closed against other accounts, and how much of it. */
export interface Takeover {
  readonly row: number;
  readonly units: number;
}

/**
 * Closes bankrupt positions of one side against accounts of the other, at the bankrupt accounts' bankruptcy prices (or what the exchange says): by queue, in turn
 * or pro rata, exactly as many units as are needed. An account is passed over where the price lies beyond its own bankruptcy. What finds nobody waits for
 * the next tick where the exchange says how it closes; else it goes to rest-of-market at the bankruptcy price where the account is bankrupt at the mark, and
 * back to the market where it is not.
 */
export function deleverage(rows: PerpetualsRows, at: Settle, bankrupt: readonly Takeover[], side: Side): void {
  if (bankrupt.length === 0) return;
  const policy = rows.params.deleveraging;
  const found = counterparties(rows, side === 1 ? -1 : 1, policy === "dydx");
  const ordered = policy === "none" ? [] : inOrder(rows, found, policy);
  const size = (row: number) => Math.abs(rows.size[row]);
  const capped =
    policy === "capped-pro-rata" ? Math.round(rows.params.deleveragingCapShare * basisPoints) : basisPoints;
  const whole: Limits = { units: Float64Array.from(ordered, (row) => cappedSize(size(row), capped)), first: 0 };
  const shares: Limits = { units: new Float64Array(ordered.length), first: 0 };
  const byShares = policy === "pro-rata" || policy === "capped-pro-rata";
  if (byShares) {
    const need = bankrupt.reduce((sum, one) => sum + one.units, 0);
    waterFill(need, ordered.map(size), whole.units, shares.units);
    for (let place = 0; place < ordered.length; place++) whole.units[place] -= shares.units[place];
  }
  for (const { row, units } of bankrupt) {
    if (takenOver(rows, at, row)) continue;
    // Shares first; where the bankruptcy price lay beyond some winner's own, the others step in. In a queue nobody has a share.
    let open = byShares ? closeAgainst(rows, at, row, units, ordered, shares, side) : units;
    if (open > 0 && policy === "dydx") {
      const turned = inTurn(ordered.length, startOf(rows, at, row, ordered.length));
      const limits: Limits = { units: Float64Array.from(turned, (place) => size(ordered[place])), first: 0 };
      open = closeAgainst(
        rows,
        at,
        row,
        open,
        turned.map((place) => ordered[place]),
        limits,
        side,
      );
    } else if (open > 0) open = closeAgainst(rows, at, row, open, ordered, whole, side);
    if (open > 0) leaveOver(rows, at, row, open);
    finishIfClosed(rows, at, row);
  }
}

/** What is left may by now be little enough for the backstop. */
function takenOver(rows: PerpetualsRows, at: Settle, row: number): boolean {
  return rows.toBackstop[row] === 1 && rows.backstop?.take(rows, row, at) === true;
}

/** Where dYdX's order begins: a draw that hangs on tick, round and bankrupt row alone. */
function startOf(rows: PerpetualsRows, at: Settle, row: number, count: number): number {
  if (count === 0) return 0;
  const index = (at.round * rows.count + row) % 4_294_967_296;
  return Math.floor(uniform(at.seed, at.path, at.tick, rows.stream, index) * count);
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
    if (rows.closing?.mayBeDeleveraged?.(rows, row) === false) break;
    const cash = match(rows, at, row, winners[place], closed, side);
    if (cash < 0) continue;
    limits.units[place] -= closed;
    open -= closed;
    paid += cash;
    if (open > 0 && takenOver(rows, at, row)) {
      at.record(tapeKinds.liquidate, at.mechanismIndex, row, units - open, paid, rows.engine);
      return 0;
    }
  }
  if (open < units) at.record(tapeKinds.liquidate, at.mechanismIndex, row, units - open, paid, rows.engine);
  return open;
}

/** Open accounts of a side that are not being closed themselves: those in profit at the mark and healthy, or (dYdX) whoever there is. By row. */
function counterparties(rows: PerpetualsRows, side: Side, whoever: boolean): number[] {
  const { rule, size, entry, margin, mark } = rows;
  const found: number[] = [];
  for (let row = 0; row < rows.count; row++) {
    if (size[row] * side <= 0 || rows.standingOf[row] >= 0) continue;
    if (!whoever) {
      const profit = side * (notionalValue(rule, size[row], mark) - entry[row]);
      if (profit <= 0 || perpetualBreaches(rule, size[row], entry[row], margin[row], mark)) continue;
    }
    found.push(row);
  }
  return found;
}

/** Rows in the order of a queue; by row for every other policy. */
function inOrder(rows: PerpetualsRows, found: readonly number[], policy: DeleveragingPolicy): readonly number[] {
  if (policy === "dydx" || policy === "pro-rata" || policy === "capped-pro-rata" || policy === "none") return found;
  const { rule, mark } = rows;
  const side: Side = found.length > 0 && rows.size[found[0]] < 0 ? -1 : 1;
  const column = (of: (row: number) => number) => Float64Array.from(found, of);
  const columns: Counterparties = {
    side,
    size: column((row) => Math.abs(rows.size[row])),
    entry: column((row) => rows.entry[row]),
    margin: column((row) => rows.margin[row]),
    wallet: column((row) => rows.margin[row]),
    value: column((row) => equityAt(rule, rows.size[row], rows.entry[row], rows.margin[row], mark)),
    maintenance: column((row) => maintenanceAt(rule, rows.size[row], mark)),
    notional: column((row) => notionalValue(rule, rows.size[row], mark)),
  };
  return inRankOrder(policy, columns, rows.quoteUnitsPerCoin).map((place) => found[place]);
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
  const cash =
    rows.closing?.deleveragingCash?.(rows, loser, units) ?? bankruptcyCash(loserSide, lost.entry, lost.margin);
  const kept = closedEquity(winnerSide, won.entry, won.margin, cash);
  const accepted = rows.closing?.accepts?.(rows, winner, units, cash, loser) ?? kept >= 0;
  if (!accepted) return -1;
  touch(rows, winner);
  takePart(rows, loser, units);
  takePart(rows, winner, units);
  at.transfer(rows.positions, rows.layout.restOfMarket, rows.contract, units);
  // The long's cost goes to rest-of-market, the short's proceeds come from there; the price itself passes between the two.
  pay(rows, at, rows.positions, rows.otherSide, loserSide * (lost.entry - won.entry));
  addToMargin(rows, at, loser, closedEquity(loserSide, lost.entry, lost.margin, cash));
  addToMargin(rows, at, winner, kept);
  rows.deleveragedUnits[winner] += units;
  at.record(tapeKinds.deleverage, at.mechanismIndex, winner, units, priceSteps(rows, cash, units), loser);
  return cash;
}

/** Price of a close in whole steps; the largest number of them where a few units bear a large loss. */
function priceSteps(rows: PerpetualsRows, cash: number, units: number): number {
  const { scale } = rows.rule;
  return (cash * scale) / units < Number.MAX_SAFE_INTEGER
    ? mulDivDown(Math.max(0, cash), scale, units)
    : Number.MAX_SAFE_INTEGER;
}

/** Units for which nobody was found. */
function leaveOver(rows: PerpetualsRows, at: Settle, row: number, units: number): void {
  const bankrupt = equityAt(rows.rule, rows.size[row], rows.entry[row], rows.margin[row], rows.mark) < 0;
  if (bankrupt && rows.closing === undefined) closeAgainstRest(rows, at, row, units);
  else rows.stuckTick[row] = at.tick;
}
