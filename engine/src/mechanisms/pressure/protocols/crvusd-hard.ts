import { mulDivUp } from "../../../math/index.js";
import { basisPoints, powersOfTen, stepsPerUsd, valueUp } from "../../../rules/account-value.js";
import type { HardLiquidation } from "../../../rules/crvusd.js";
import type { Decide, Settle } from "../../../run/index.js";
import { tapeKinds } from "../../../run/tape.js";
import { unitUsd } from "../../outside-exchange.js";
import type { CrvusdRows } from "./crvusd-rows.js";

/** How often a fraction is halved where less of the debt pays and all of it does not. */
const halvings = 6;

/** Looks at every account: whoever has a full health below zero gets a standing order, whoever recovered loses it. */
export function examineAccounts(rows: CrvusdRows, at: Decide): void {
  const { market } = rows;
  for (let row = 0; row < rows.arbitrageRow; row++) {
    if (market.debt[row] === 0) continue;
    if (market.bandCount[row] > 0 && market.isLiquidatable(row) && offer(rows, at, row)) continue;
    takeBack(rows, at, row);
  }
}

function takeBack(rows: CrvusdRows, at: Decide, row: number): void {
  if (rows.orderOf[row] < 0) return;
  at.withdraw(rows.orderOf[row]);
  rows.orderOf[row] = -1;
}

/** Orders that stand offer nothing in a round in which the arbitrageur changes what their bands hold. */
export function pauseOrders(rows: CrvusdRows, at: Decide): void {
  for (let row = 0; row < rows.arbitrageRow; row++)
    if (rows.orderOf[row] >= 0) emit(rows, at, row, rows.collateral, 0, 0, 0);
}

/** Offers the liquidation of an account to keepers. False where nobody could gain by it: stablecoin that does not cover the debt, and nothing else. */
function offer(rows: CrvusdRows, at: Decide, row: number): boolean {
  const planned = rows.plannedOf[row];
  choose(rows, at, row, planned);
  const { repaid, stable, collateral } = planned;
  if (repaid === 0) return false;
  if (collateral === 0) {
    if (stable < repaid) return false;
    emit(rows, at, row, rows.stable, stable, repaid, 0);
    return true;
  }
  const paid = Math.max(0, repaid - stable);
  if (rows.instrument < 0 && !paysAtFair(rows, at, collateral, paid)) return false;
  emit(rows, at, row, rows.collateral, collateral, paid, leastPrice(rows, at, paid, collateral));
  return true;
}

/** Where nothing trades the collateral the liquidator keeps it, and wants it to be worth what is paid. */
function paysAtFair(rows: CrvusdRows, at: Decide, collateral: number, paid: number): boolean {
  const { decimals } = rows;
  return collateral * unitUsd(at, rows.collateral, decimals) >= paid * unitUsd(at, rows.stable, decimals);
}

/** Price, quote coins per coin, at which the sale of the collateral covers what the liquidator pays. */
function leastPrice(rows: CrvusdRows, at: Decide, paid: number, collateral: number): number {
  if (rows.instrument < 0) return 0;
  const { decimals } = rows;
  const worth = rows.quote === rows.stable ? 1 : at.fair(rows.stable) / at.fair(rows.quote);
  const stable = paid / powersOfTen[decimals[rows.stable]];
  return (stable * worth * powersOfTen[decimals[rows.collateral]]) / collateral;
}

/** The largest fraction, of the one asked for and its halves, that the market's depth pays for; the one asked for where none does. */
function choose(rows: CrvusdRows, at: Decide, row: number, into: HardLiquidation): void {
  const { market, instrument, decimals } = rows;
  const worth = rows.quote === rows.stable ? 1 : at.fair(rows.quote) / at.fair(rows.stable);
  const toStable = (worth * powersOfTen[decimals[rows.stable]]) / powersOfTen[decimals[rows.quote]];
  let fraction = rows.fraction;
  for (let step = 0; step <= halvings; step++) {
    market.liquidation(row, fraction, into);
    const { collateral, repaid, stable } = into;
    if (collateral === 0 || instrument < 0) return;
    const fits = at.venueDepth(instrument, 1) >= collateral;
    if (fits && at.quoteCash(instrument, collateral) * toStable >= repaid - stable) return;
    fraction = Math.floor(fraction / 2);
    if (fraction === 0) break;
  }
  market.liquidation(row, rows.fraction, into);
}

function emit(
  rows: CrvusdRows,
  at: Decide,
  row: number,
  seized: number,
  seizeUnits: number,
  repayUnits: number,
  limit: number,
): void {
  rows.orderOf[row] = at.liquidate({
    row,
    sellInstrument: seized === rows.stable ? -1 : rows.instrument,
    buyInstrument: -1,
    collateral: seized,
    seizeUnits,
    feeUnits: 0,
    debt: rows.stable,
    repayUnits,
    feed: rows.feed,
    priceSteps: rows.steps,
    ownAccount: -1,
    limit,
    // The liquidator names a fraction and gets that, or the call reverts.
    mostPartial: 0,
  });
}

/** Books a round's hard liquidations: what the bands hold of stablecoin pays first, the liquidator the rest. */
export function bookLiquidations(rows: CrvusdRows, at: Settle): void {
  const { fills, standing } = at;
  for (let fill = 0; fill < fills.count; fill++) {
    const order = fills.order[fill];
    if (order < 0 || standing.mechanism[order] !== at.mechanismIndex) continue;
    const row = fills.row[fill];
    const keeper = fills.account[fill];
    const planned = rows.plannedOf[row];
    const { repaid, stable, collateral } = planned;
    const taken = fills.seizeUnits[fill];
    if (collateral === 0) {
      at.transfer(rows.amm, keeper, rows.stable, stable);
      at.transfer(keeper, rows.controller, rows.stable, repaid);
    } else {
      const fromBands = Math.min(stable, repaid);
      at.transfer(rows.amm, rows.controller, rows.stable, fromBands);
      at.transfer(rows.amm, keeper, rows.stable, stable - fromBands);
      at.transfer(rows.amm, keeper, rows.collateral, taken);
      at.transfer(keeper, rows.controller, rows.stable, repaid - fromBands);
      const usd = valueUp(taken, rows.steps, rows.decimals[rows.collateral]) / 1e6;
      at.record(tapeKinds.seize, at.mechanismIndex, row, taken, rows.collateral, usd);
    }
    at.record(tapeKinds.liquidate, at.mechanismIndex, row, taken, repaid, keeper);
    rows.market.liquidate(row, planned);
    at.finish(order);
    rows.orderOf[row] = -1;
  }
}

/** Owners repay from elsewhere, where their bands lie; who closes takes everything back. */
export function bookRescues(rows: CrvusdRows, at: Settle): void {
  const { market, layout } = rows;
  at.rescues((row, kind, share) => {
    const owed = market.debtOf(row);
    if (owed === 0) return;
    const repaid = Math.min(
      owed,
      mulDivUp(owed, Math.round((kind === "close" ? 1 : share) * basisPoints), basisPoints),
    );
    at.transfer(layout.outside, rows.controller, rows.stable, repaid);
    market.setDebt(row, owed - repaid);
    let back = 0;
    if (repaid === owed && market.bandCount[row] > 0) {
      market.holdings(row, 1);
      back = market.heldCollateral;
      at.transfer(rows.amm, rows.borrowers, rows.collateral, back);
      at.transfer(rows.amm, rows.borrowers, rows.stable, market.heldStable);
      market.withdraw(row, 1);
      if (rows.orderOf[row] >= 0) at.finish(rows.orderOf[row]);
      rows.orderOf[row] = -1;
    }
    at.record(tapeKinds.rescue, at.mechanismIndex, row, repaid, back, kind === "close" ? 1 : 0);
  });
}

/** At the end of a path: loans whose bands are worth less than what is owed. The protocol writes nothing off. */
export function recordUnderwater(rows: CrvusdRows, at: Settle): void {
  const { market } = rows;
  let accounts = 0;
  let missing = 0;
  for (let row = 0; row < rows.arbitrageRow; row++) {
    const usd = shortOf(rows, row);
    if (usd <= 0) continue;
    accounts++;
    missing += usd;
  }
  at.record(tapeKinds.underwater, at.mechanismIndex, accounts, missing * at.fair(rows.stable), 0, 0);
  market.touch();
}

/** Stablecoin that a loan's bands, collateral at the oracle price, fall short of its debt; below zero where they do not. */
export function shortOf({ market }: CrvusdRows, row: number): number {
  const owed = market.debtOf(row);
  if (owed === 0) return 0;
  market.holdings(row, 1);
  const worth = (market.heldCollateral / market.collateralScale) * market.price;
  return (owed - market.heldStable) / market.stableScale - worth;
}

/** Whole steps of a published price as stablecoin per collateral: the stablecoin counts as one dollar. */
export function priceOf(steps: number): number {
  return steps / stepsPerUsd;
}
