import { assert } from "../../../book/problem.js";
import { mulDivDown, mulDivUp } from "../../../math/index.js";
import { basisPoints, valueDown, valueUp } from "../../../rules/account-value.js";
import { health } from "../../../rules/lending.js";
import type { Settle } from "../../../run/index.js";
import { protocolActs, tapeKinds } from "../../../run/tape.js";
import { repayToPool, takeFromPool, writeOffFromPool } from "./pool.js";
import { activate, type LendingState, load, markIndices, owedUnits, wake } from "./state.js";

/** Books a round's fills: repay and seize first, then owners' own sales; at the end of a path, what is under water. */
export function settleLending(rows: LendingState, at: Settle): void {
  const { fills } = at;
  rows.disposal?.settle(rows, at);
  if (!at.afterTrades) {
    for (let fill = 0; fill < fills.count; fill++) {
      const order = fills.order[fill];
      if (order < 0 || at.standing.mechanism[order] !== at.mechanismIndex) continue;
      // An order of the protocol's own auction, pool or storefront: its disposal books it.
      if (fills.row[fill] >= rows.columns.rowCount) continue;
      bookLiquidation(rows, at, fill, order);
    }
    at.rescues((row, kind, share) => bookRescue(rows, at, row, kind, share));
    for (const row of rows.uncovered) writeOffIfEmpty(rows, at, row);
    rows.uncovered.length = 0;
    return;
  }
  for (let fill = 0; fill < fills.count; fill++) {
    if (fills.order[fill] >= 0 || fills.mechanism[fill] !== at.mechanismIndex) continue;
    // A sale of what the protocol's own pool holds: its disposal books it.
    if (fills.row[fill] < rows.columns.rowCount) bookOwnSale(rows, at, fill);
  }
  if (at.lastTick) recordUnderwater(rows, at);
}

/**
 * Takes a repayment off a row's debt; anything beyond debt and penalty belongs to the owner. With `debtFirst` (what is seized cannot cover both) the debt comes
 * before the penalty, otherwise both in proportion. Returns the units that reduced the debt.
 */
function reduceDebt(
  rows: LendingState,
  at: Settle,
  row: number,
  debt: number,
  payer: number,
  repay: number,
  penaltyBps: number,
  debtFirst: boolean,
): number {
  const owed = owedUnits(rows, row, debt);
  const due = mulDivUp(owed, basisPoints + penaltyBps, basisPoints);
  const kept = Math.min(repay, due);
  const inProportion = kept === due ? owed : mulDivDown(kept, basisPoints, basisPoints + penaltyBps);
  const reduced = debtFirst ? Math.min(owed, kept) : inProportion;
  at.transfer(payer, rows.lenders, debt, reduced);
  repayToPool(rows.pool, debt, reduced);
  at.transfer(payer, rows.reserves, debt, kept - reduced);
  if (repay > kept) at.transfer(payer, rows.layout.outside, debt, repay - kept);
  for (let asset = 0; asset < rows.debt.length; asset++) {
    if (rows.debt[asset].length > 0)
      rows.debt[asset][row] = owedUnits(rows, row, asset) - (asset === debt ? reduced : 0);
  }
  markIndices(rows, row);
  return reduced;
}

function bookLiquidation(rows: LendingState, at: Settle, fill: number, order: number): void {
  const { fills, standing } = at;
  const row = fills.row[fill];
  const keeper = fills.account[fill];
  const collateral = standing.collateral[order];
  const debt = standing.debt[order];
  const seize = fills.seizeUnits[fill];
  const fee = fills.feeUnits[fill];
  const { penaltyBps } = rows.rule;
  const liability = liabilityOf(rows, row);
  const short =
    standing.repayUnits[order] < mulDivUp(owedUnits(rows, row, debt), basisPoints + penaltyBps, basisPoints);
  reduceDebt(rows, at, row, debt, keeper, fills.repayUnits[fill], penaltyBps, short && takesLast(rows, row, order, at));
  at.transfer(rows.positions, keeper, collateral, seize);
  takeFromPool(rows.pool, collateral, seize);
  at.transfer(rows.positions, rows.reserves, collateral, fee);
  rows.collateral[collateral][row] -= seize + fee;
  assert(rows.collateral[collateral][row] >= 0, "no more is seized than the account holds");
  const usd = valueUp(seize + fee, rows.termSteps[collateral], rows.unitDecimals[collateral]) / 1e6;
  at.record(tapeKinds.seize, at.mechanismIndex, row, seize + fee, collateral, usd);
  at.record(tapeKinds.liquidate, at.mechanismIndex, row, seize + fee, fills.repayUnits[fill], keeper);
  if (seize >= standing.seizeUnits[order]) {
    at.finish(order);
    rows.orderOf[row] = -1;
  }
  rows.changed = true;
  writeOffIfEmpty(rows, at, row, liability);
}

/** Whether the order seizes everything that the row still has as collateral. */
function takesLast(rows: LendingState, row: number, order: number, { standing }: Settle): boolean {
  for (let asset = 0; asset < rows.collateral.length; asset++) {
    const held = rows.collateral[asset].length === 0 ? 0 : rows.collateral[asset][row];
    const taken = asset === standing.collateral[order] ? standing.seizeUnits[order] + standing.feeUnits[order] : 0;
    if (held > taken) return false;
  }
  return true;
}

/**
 * Debt without any collateral left is written off at once (docs/model.md, Aave v3 deficit), or shared among the suppliers as far as the protocol does that.
 * `liability`: what the debt was worth before the call that took the last collateral, 1e-6 USD.
 */
export function writeOffIfEmpty(rows: LendingState, at: Settle, row: number, liability = liabilityOf(rows, row)): void {
  for (const column of rows.collateral) if (column.length > 0 && column[row] > 0) return;
  for (let asset = 0; asset < rows.debt.length; asset++) {
    const owed = owedUnits(rows, row, asset);
    if (owed === 0 || liability < (rows.socialises ?? 0)) continue;
    const usd = valueUp(owed, rows.steps[asset], rows.unitDecimals[asset]) / 1e6;
    at.record(tapeKinds.badDebt, at.mechanismIndex, row, owed, asset, usd);
    if (rows.socialises !== undefined)
      at.record(tapeKinds.protocol, at.mechanismIndex, row, 0, owed, protocolActs.socialise);
    rows.debt[asset][row] = 0;
    writeOffFromPool(rows.pool, asset, owed);
  }
  if (rows.orderOf[row] >= 0) {
    at.finish(rows.orderOf[row]);
    rows.orderOf[row] = -1;
  }
}

/** What a row owes, 1e-6 USD, each debt rounded down. */
function liabilityOf(rows: LendingState, row: number): number {
  let sum = 0;
  for (let asset = 0; asset < rows.debt.length; asset++)
    sum += valueDown(owedUnits(rows, row, asset), rows.steps[asset], rows.unitDecimals[asset]);
  return sum;
}

function bookRescue(rows: LendingState, at: Settle, row: number, kind: "repay" | "close", share: number): void {
  activate(rows, row, -1);
  rows.changed = true;
  if (kind === "close" && canClose(rows, row)) {
    rows.closing[row] = 1;
    rows.isClosing = true;
    return;
  }
  for (let debt = 0; debt < rows.debt.length; debt++) {
    const owed = owedUnits(rows, row, debt);
    if (owed === 0) continue;
    const repaid = reduceDebt(
      rows,
      at,
      row,
      debt,
      rows.layout.outside,
      mulDivUp(owed, Math.round(share * basisPoints), basisPoints),
      0,
      false,
    );
    at.record(tapeKinds.rescue, at.mechanismIndex, row, repaid, 0, 0);
  }
}

/** Whether a sale of collateral the row holds pays in an asset that it owes. */
function canClose(rows: LendingState, row: number): boolean {
  load(rows, row);
  for (let debt = 0; debt < rows.owedNow.length; debt++) {
    if (rows.owedNow[debt] === 0) continue;
    for (let asset = 0; asset < rows.heldNow.length; asset++) {
      if (rows.heldNow[asset] > 0 && rows.closeRoute[asset * rows.owedNow.length + debt] >= 0) return true;
    }
  }
  return false;
}

function bookOwnSale(rows: LendingState, at: Settle, fill: number): void {
  const { fills } = at;
  const row = fills.row[fill];
  const sold = fills.soldUnits[fill];
  if (sold === 0) return;
  const instrument = fills.sellInstrument[fill];
  const asset = at.instrumentAsset(instrument);
  const quote = at.instrumentQuote(instrument);
  rows.collateral[asset][row] -= sold;
  takeFromPool(rows.pool, asset, sold);
  wake(rows, row);
  assert(rows.collateral[asset][row] >= 0, "an owner sells no more than the account holds");
  const repaid = reduceDebt(rows, at, row, quote, rows.positions, fills.soldCash[fill], 0, false);
  at.record(tapeKinds.rescue, at.mechanismIndex, row, repaid, sold, 1);
  if (owedUnits(rows, row, quote) === 0) rows.closing[row] = 0;
  rows.changed = true;
  writeOffIfEmpty(rows, at, row);
}

/** At the end of a path: debt that collateral no longer covers, though nobody found it worth liquidating. */
function recordUnderwater(rows: LendingState, at: Settle): void {
  let count = 0;
  let usd = 0;
  for (let i = 0; i < rows.activeCount; i++) {
    load(rows, rows.active[i]);
    health(rows.rule, { collateral: rows.heldNow, debt: rows.owedNow }, rows.steps, rows.unitDecimals, rows.at);
    if (rows.at.collateralValue >= rows.at.debtValue) continue;
    count++;
    usd += (rows.at.debtValue - rows.at.collateralValue) / 1e6;
  }
  rows.disposal?.underwater?.(rows, (missing) => {
    count++;
    usd += missing;
  });
  at.record(tapeKinds.underwater, at.mechanismIndex, count, usd, 0, 0);
}
