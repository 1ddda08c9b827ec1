import { mulDivUp } from "../../../math/index.js";
import { powersOfTen, valueUp } from "../../../rules/account-value.js";
import { health, liquidatable, liquidation } from "../../../rules/lending.js";
import type { Decide, Mechanism } from "../../../run/index.js";
import { accrue, cutToCash, withdrawSupplies } from "./pool.js";
import type { LendingProtocol } from "./protocol.js";
import { reach, wakeOf } from "./reach.js";
import type { LendingParams } from "./schema.js";
import { settleLending } from "./settle.js";
import { blockBits, type LendingState, load, margin, openLending, resetLending } from "./state.js";
import { moveThresholds } from "./thresholds.js";

/**
 * Collateralised lending: several collaterals and debts per account, liquidated by the rule of `rules/lending.ts`. Losses become one standing order per account in
 * `decide`; `settle` books repay, seize, protocol fee and, at once, bad debt. A Maker vault, an Aave and a Compound account are parameter sets of it.
 */
export function lending(name: string, params: LendingParams, protocol: LendingProtocol = {}): Mechanism<LendingState> {
  return {
    name,
    open(book, layout) {
      const rows = openLending(name, params, book, layout, protocol);
      const { rowCount } = rows.columns;
      layout.offerRescue(name, { rowCount, margin: (row, priceUsd) => margin(rows, row, priceUsd) });
      return rows;
    },
    reset: (rows, at) => resetLending(rows, params, at),
    ladder: (rows) => rows.ladder(),
    shock: (rows, at) => {
      accrue(rows, params, at.tickMs);
      withdrawSupplies(rows, at);
      rows.disposal?.shock?.(rows, at);
    },
    decide: (rows, at) => {
      decide(rows, at);
      rows.disposal?.decide(rows, at);
      // After it: whoever it took has nothing left to sell.
      if (rows.isClosing) closeAll(rows, at);
    },
    settle: (rows, at) => settleLending(rows, at),
  };
}

function decide(rows: LendingState, at: Decide): void {
  let moved = moveThresholds(rows.thresholds, at) || rows.changed;
  for (let asset = 0; asset < rows.feeds.length; asset++) {
    const steps = rows.feeds[asset] < 0 ? rows.decreed[asset] : at.published(rows.feeds[asset]);
    if (steps !== rows.steps[asset]) {
      rows.steps[asset] = steps;
      moved = true;
    }
    const terms = rows.feeds[asset] < 0 ? rows.decreed[asset] : at.published(rows.termFeeds[asset]);
    if (terms !== rows.termSteps[asset]) {
      rows.termSteps[asset] = terms;
      moved = true;
    }
  }
  if (moved) {
    reach(rows);
    rows.changed = false;
    // Accounts that breach are all looked at again: what the pool has goes to them in the order in which they were reached, to those that nobody took last.
    if (rows.pool.isLimited) rows.pool.left.set(rows.pool.cash);
    const { blockWake } = rows;
    for (let block = 0; block << blockBits < rows.activeCount; block++)
      if (!(blockWake[block] > rows.drift)) blockWake[block] = rows.drift + examineBlock(rows, block, at);
    for (const row of rows.pool.refused) examine(rows, row, at, true);
    rows.pool.refused.length = 0;
  }
}

/** Examines those of a block who may have been reached; returns how much further every group may be reached before somebody needs a check again. */
function examineBlock(rows: LendingState, block: number, at: Decide): number {
  const { active, wakeAt, groupOf, reaches } = rows;
  const end = Math.min(rows.activeCount, (block + 1) << blockBits);
  let room = Number.POSITIVE_INFINITY;
  for (let place = block << blockBits; place < end; place++) {
    let wake = wakeAt[place];
    // It owes nothing any more.
    if (wake === Number.POSITIVE_INFINITY) continue;
    // Where prices have not come as far as the row surely survives, it is left alone.
    if (wake === Number.NEGATIVE_INFINITY || wake < reaches[groupOf[place]].most) {
      wake = examine(rows, active[place], at) ? Number.NEGATIVE_INFINITY : wakeOf(rows, groupOf[place]);
      wakeAt[place] = wake;
    }
    if (wake === Number.NEGATIVE_INFINITY) room = wake;
    else if (wake < Number.POSITIVE_INFINITY) room = Math.min(room, wake - reaches[groupOf[place]].most);
  }
  return room - 1e-9;
}

/** Owners who are closing sell. */
function closeAll(rows: LendingState, at: Decide): void {
  rows.isClosing = false;
  for (let place = 0; place < rows.activeCount; place++) {
    const row = rows.active[place];
    if (rows.closing[row] === 0) continue;
    sellToClose(rows, row, at);
    if (rows.closing[row] === 1) rows.isClosing = true;
  }
}

/**
 * Emits, amends or withdraws the standing order of one account. True where it breaches. An order on an empty pool that nobody took in the last round waits until
 * the others are served, unless `isServed`.
 */
function examine(rows: LendingState, row: number, at: Decide, isServed = false): boolean {
  const { rule, amounts, steps, unitDecimals } = rows;
  load(rows, row);
  const account = { collateral: rows.heldNow, debt: rows.owedNow };
  health(rule, account, steps, unitDecimals, rows.at);
  if (!liquidatable(rule, rows.at)) {
    if (rows.orderOf[row] >= 0) {
      at.withdraw(rows.orderOf[row]);
      rows.orderOf[row] = -1;
    }
    return false;
  }
  if (rows.disposal !== undefined) return rows.disposal.breach(rows, row, at);
  if (!isServed && rows.pool.isLimited && rows.orderOf[row] >= 0 && at.standing.held[rows.orderOf[row]] === 1) {
    rows.pool.refused.push(row);
    return true;
  }
  liquidation(rule, account, rows.at, rows.termSteps, unitDecimals, amounts);
  if (amounts.collateral < 0) {
    // Debt that nothing stands behind: settle writes it off in this round.
    rows.uncovered.push(row);
    return true;
  }
  if (rows.pool.isLimited) cutToCash(rows.pool, amounts);
  if (amounts.seizeUnits === 0) {
    // It may be liquidated, but nobody can now (dust, or an empty pool): an order of before is taken back.
    if (rows.orderOf[row] >= 0) {
      at.withdraw(rows.orderOf[row]);
      rows.orderOf[row] = -1;
    }
    return true;
  }
  const pair = amounts.collateral * rows.feeds.length + amounts.debt;
  // Collateral that is cash does not decide: the price of what is owed does.
  const deciding = rows.sellRoute[pair] >= 0 ? amounts.collateral : amounts.debt;
  rows.orderOf[row] = at.liquidate({
    row,
    sellInstrument: rows.sellRoute[pair],
    buyInstrument: rows.buyRoute[pair],
    collateral: amounts.collateral,
    seizeUnits: amounts.seizeUnits,
    feeUnits: amounts.feeUnits,
    debt: amounts.debt,
    repayUnits: amounts.repayUnits,
    feed: rows.feeds[deciding],
    priceSteps: steps[deciding],
    ownAccount: -1,
  });
  return true;
}

/** An owner who closes sells as much of the own collateral as pays the debt, at the market. */
function sellToClose(rows: LendingState, row: number, at: Decide): void {
  load(rows, row);
  const { heldNow, owedNow, steps, unitDecimals } = rows;
  for (let debt = 0; debt < owedNow.length; debt++) {
    if (owedNow[debt] === 0) continue;
    for (let asset = 0; asset < heldNow.length; asset++) {
      const instrument = rows.closeRoute[asset * owedNow.length + debt];
      if (heldNow[asset] === 0 || instrument < 0 || steps[asset] === 0) continue;
      const value = valueUp(owedNow[debt], steps[debt], unitDecimals[debt]);
      // One per cent more than the price says, for the walk: what is not needed is paid back with the account.
      const exact = mulDivUp(value, powersOfTen[unitDecimals[asset] + 2], steps[asset]);
      const wanted = Math.min(heldNow[asset], mulDivUp(exact, 101, 100));
      const { left } = rows.pool;
      const free = Math.min(wanted, heldNow[asset] - leftToKeepers(rows, row, asset, at), left[asset]);
      left[asset] -= Math.max(0, free);
      if (free > 0) at.trade(row, rows.positions, instrument, free, 0);
      return;
    }
  }
  rows.closing[row] = 0;
}

/**
 * Units of an asset that an owner who closes leaves to the row's standing order, so that nothing is sold twice. An order that nobody took in the
 * last round gives way: it is taken back, and comes again where the owner's sale was not enough.
 */
function leftToKeepers(rows: LendingState, row: number, asset: number, at: Decide): number {
  const order = rows.orderOf[row];
  if (order < 0) return 0;
  const { standing } = at;
  if (standing.held[order] === 1) {
    at.withdraw(order);
    rows.orderOf[row] = -1;
    rows.changed = true;
    return 0;
  }
  return standing.collateral[order] === asset ? standing.seizeUnits[order] + standing.feeUnits[order] : 0;
}
