import { NothingToDo } from "../errors.js";
import { least } from "../rounding.js";
import { WAD } from "../scales.js";
import { afterOwnAction, checkOwner, firstBandFor, withDebt, withTotalDebt } from "./borrow.js";
import { deposit, holdingsOf, withdraw } from "./deposit.js";
import { ActiveBandTooHigh, CannotShrink, EndsUnhealthy, LoanDoesNotExist } from "./errors.js";
import { debtOf, healthOf } from "./health.js";
import { MIN_BANDS } from "./parameters.js";
import { activeBandWithSkip } from "./prices.js";
import { AMM, CONTROLLER, type Market, type Outcome, settle, type Transfer } from "./state.js";

/** A repayment. Amounts in stablecoin units. */
export interface RepayCall {
  readonly account: string;
  /** Who pays. */
  readonly caller: string;
  /** From the caller's own pocket; more than the debt repays all. */
  readonly amount: bigint;
  /** Refuse if the active band lies above it. */
  readonly highestActiveBand?: number;
  /** v2: take the converted part of the position as repayment and lay the rest out above the active band. */
  readonly shrink?: boolean;
}

/** What a repayment did: by how much the debt fell, and what of that the bands paid. */
export interface Repaid extends Outcome {
  readonly repaid: bigint;
  readonly fromBands: bigint;
}

/**
 * Repays a loan wholly or in part. A position above the active band is laid out anew; one that is being converted stays where it is and owes less. Throws
 * LoanDoesNotExist, NothingToDo, NotApproved, ActiveBandTooHigh, CannotShrink, EndsUnhealthy, DebtTooHigh. Source: controller.vy `repay`; v1 Controller.vy `repay`.
 */
export function repay(market: Market, call: RepayCall): Repaid {
  const debt = debtOf(market, call.account);
  if (debt === 0n) throw new LoanDoesNotExist(`${call.account} has no loan`);
  return market.parameters.rules === "v1" ? repayV1(market, call, debt) : repayV2(market, call, debt);
}

function repayV1(market: Market, call: RepayCall, debt: bigint): Repaid {
  const { account, caller } = call;
  if (call.amount === 0n) throw new NothingToDo("a repayment of nothing");
  const repaid = least(debt, call.amount);
  const left = debt - repaid;
  const pays: Transfer = { from: caller, to: CONTROLLER, coin: "stable", amount: repaid };
  if (left === 0n) {
    const { market: emptied, withdrawn } = withdraw(market, account, WAD);
    if (withdrawn.stable > 0n) checkOwner(caller, account);
    return finished(emptied, account, debt, 0n, [
      { from: AMM, to: account, coin: "stable", amount: withdrawn.stable },
      { from: AMM, to: account, coin: "collateral", amount: withdrawn.collateral },
      pays,
    ]);
  }
  const active = checkActiveBand(market, call);
  const owes = withDebt(market, account, left);
  const position = positionOf(market, account);
  const moves = position.firstBand > active;
  let after = moves ? laidOutAnew(owes, account, left, position.lastBand - position.firstBand + 1).market : owes;
  if (moves && caller === account) after = afterOwnAction(after, account, left);
  if (caller !== account && healthOf(after, account, left, discountOf(after, account), "inner") <= 0n)
    throw new EndsUnhealthy(`${account} would end with a health of zero or less`);
  return { ...settle(withTotalDebt(after, -repaid), [pays]), repaid, fromBands: 0n };
}

function repayV2(market: Market, call: RepayCall, debt: bigint): Repaid {
  const { account, caller } = call;
  checkOwner(caller, account);
  const held = holdingsOf(market, account);
  const repaid = least(least(call.amount, debt) + held.stable, debt);
  if (repaid <= 0n) throw new NothingToDo("a repayment of nothing");
  if (repaid < debt) return repayPartV2(market, call, debt);
  const { market: emptied, withdrawn } = withdraw(market, account, WAD);
  const fromBands = least(withdrawn.stable, debt);
  return finished(emptied, account, debt, fromBands, [
    { from: AMM, to: CONTROLLER, coin: "stable", amount: withdrawn.stable },
    { from: caller, to: CONTROLLER, coin: "stable", amount: debt - fromBands },
    { from: CONTROLLER, to: account, coin: "stable", amount: withdrawn.stable - fromBands },
    { from: AMM, to: account, coin: "collateral", amount: withdrawn.collateral },
  ]);
}

function repayPartV2(market: Market, call: RepayCall, debt: bigint): Repaid {
  const { account, caller, amount } = call;
  const active = checkActiveBand(market, call);
  const { firstBand, lastBand } = positionOf(market, account);
  const shrinks = call.shrink === true;
  let left = debt - amount;
  let fromBands = 0n;
  let after = market;
  if (firstBand > active || shrinks) {
    if (firstBand <= active && shrinks && lastBand < active + MIN_BANDS)
      throw new CannotShrink(`bands ${firstBand} to ${lastBand} leave fewer than ${MIN_BANDS} above band ${active}`);
    const bandCount = lastBand - (firstBand <= active ? active + 1 : firstBand) + 1;
    fromBands = shrinks ? holdingsOf(market, account).stable : 0n;
    left -= fromBands;
    after = laidOutAnew(market, account, left, bandCount).market;
  }
  const acted = afterOwnAction(withDebt(after, account, left), account, left);
  const outcome = settle(withTotalDebt(acted, left - debt), [
    { from: AMM, to: CONTROLLER, coin: "stable", amount: fromBands },
    { from: caller, to: CONTROLLER, coin: "stable", amount },
  ]);
  return { ...outcome, repaid: debt - left, fromBands };
}

function finished(
  market: Market,
  account: string,
  debt: bigint,
  fromBands: bigint,
  transfers: readonly Transfer[],
): Repaid {
  const closed = withTotalDebt(withDebt(market, account, 0n), -debt);
  return { ...settle(closed, transfers), repaid: debt, fromBands };
}

function laidOutAnew(market: Market, account: string, debt: bigint, bandCount: number) {
  const { market: emptied, withdrawn } = withdraw(market, account, WAD);
  const firstBand = firstBandFor(emptied, withdrawn.collateral, debt, bandCount);
  return { market: deposit(emptied, account, withdrawn.collateral, firstBand, firstBand + bandCount - 1), withdrawn };
}

function checkActiveBand(market: Market, { highestActiveBand }: RepayCall): number {
  const active = activeBandWithSkip(market);
  if (highestActiveBand !== undefined && active > highestActiveBand)
    throw new ActiveBandTooHigh(`band ${active} is active, at most ${highestActiveBand} was asked for`);
  return active;
}

function positionOf(market: Market, account: string) {
  const position = market.positions.get(account);
  if (position === undefined) throw new LoanDoesNotExist(`${account} has nothing in the bands`);
  return position;
}

function discountOf(market: Market, account: string): bigint {
  return market.loans.get(account)?.liquidationDiscount ?? market.parameters.liquidationDiscount;
}
