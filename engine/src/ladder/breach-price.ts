import { refuseTooLarge } from "../book/problem.js";
import { mulDivDown, mulDivUp } from "../math/index.js";
import { basisPoints, valueDown, valueScale, valueUp } from "../rules/account-value.js";
import type { PairRule } from "./pair-rule.js";

/** Published prices reach the index only below this many steps (2.8 million dollars a coin); a key above is "at any price". */
export const highestSteps = 281_474_976_710_656;

/** An input with such prices cannot be served: throws `ProblemsError`. */
export function refuseAbove(collateralSteps: number, debtSteps: number): void {
  const steps = Math.max(collateralSteps, debtSteps);
  if (steps >= highestSteps)
    refuseTooLarge(`the map is asked at a price of ${steps / 1e8} USD a coin; the most is 2.8e6 USD`);
}

/** `ceil(a x b / c)`, or Infinity where it exceeds every price. */
function ceilOrInfinity(a: number, b: number, c: number): number {
  return (a * b) / c > 4 * highestSteps ? Number.POSITIVE_INFINITY : mulDivUp(a, b, c);
}

/**
 * The highest whole collateral price (steps) at which an account of a pair breaches, with the debt asset at `debtSteps`; Infinity where it
 * breaches at any price; -1 where at none. Equal to `breachPrice` of rules/lending.ts, in closed form: floor(x / y) <= n exactly where
 * x < (n + 1) y, applied from the predicate back to the price, with exact rounding in each of its two divisions.
 */
export function breachSteps(rule: PairRule, collateral: number, debt: number, debtSteps: number): number {
  const owed = valueUp(debt, debtSteps, rule.debtDecimals);
  if (owed === 0) return -1;
  if (collateral === 0 || rule.thresholdBps === 0) return Number.POSITIVE_INFINITY;
  // weighted <= owed, or weighted <= owed - 1: weighted < limit.
  const limit = rule.atEquality ? owed + 1 : owed;
  const valueLimit = mulDivUp(limit, basisPoints, rule.thresholdBps);
  return ceilOrInfinity(valueLimit, valueScale(rule.collateralDecimals), collateral) - 1;
}

/** The highest whole collateral price at which `pairExhausts` holds, with the debt asset at `debtSteps` (above 0); Infinity where at any. */
export function exhaustSteps(rule: PairRule, collateral: number, debt: number, debtSteps: number): number {
  if (collateral === 0) return Number.POSITIVE_INFINITY;
  const grossBps = basisPoints + rule.bonusBps;
  const dueBps = basisPoints + rule.penaltyBps;
  const collateralScale = valueScale(rule.collateralDecimals);
  if (rule.size.kind === "all-collateral") {
    // The worth in debt units, in value with the bonus off, in value: each must stay below what just covers the debt.
    const net = mulDivUp(debt, debtSteps, valueScale(rule.debtDecimals));
    const value = mulDivUp(net, grossBps, basisPoints);
    return ceilOrInfinity(value, collateralScale, collateral) - 1;
  }
  const repay = mulDivUp(debt, dueBps, basisPoints);
  const worth = mulDivDown(valueDown(repay, debtSteps, rule.debtDecimals), grossBps, basisPoints);
  // floor(worth x scale / price) >= collateral exactly where price <= worth x scale / collateral.
  if ((worth * collateralScale) / collateral > 4 * highestSteps) return Number.POSITIVE_INFINITY;
  return mulDivDown(worth, collateralScale, collateral);
}

/** How far, relatively, the debt asset's price may have fallen from the opening before keys made there are no longer used. */
export const keptFall = 4;

/**
 * How far, relatively, an account's true turning price may lie from `key x debt price / opening debt price` once the debt asset's price has moved
 * (down to a quarter, or up): each rounding of a value or an amount counts with its size relative to the account, with room.
 */
export function keyHalfWidth(collateral: number, debt: number, openingDebtValue: number, key: number): number {
  return (32 * keptFall) / openingDebtValue + 16 / debt + 8 / Math.max(1, collateral) + 4 / Math.max(1, key) + 1e-12;
}
