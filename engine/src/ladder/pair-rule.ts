import { assert } from "../book/problem.js";
import { mulDivDown, mulDivUp } from "../math/index.js";
import { basisPoints, powersOfTen, unitsDown, valueDown, valueScale, valueUp } from "../rules/account-value.js";
import { breaches, type LendingRule, type LiquidationSize } from "../rules/lending.js";

/** A lending rule as it reads for accounts of one collateral asset and one debt asset. Rates are whole basis points. */
export interface PairRule {
  readonly thresholdBps: number;
  readonly bonusBps: number;
  readonly penaltyBps: number;
  readonly protocolFeeBps: number;
  readonly size: LiquidationSize;
  /** 1e-6 USD. */
  readonly dustValue: number;
  readonly atEquality: boolean;
  readonly collateralDecimals: number;
  readonly debtDecimals: number;
}

/** The part of a protocol's rule that concerns one pair of assets (indices). */
export function pairRule(
  rule: LendingRule,
  collateral: number,
  debt: number,
  unitDecimals: ArrayLike<number>,
): PairRule {
  return {
    thresholdBps: rule.thresholdBps[collateral],
    bonusBps: rule.bonusBps[collateral],
    penaltyBps: rule.penaltyBps,
    protocolFeeBps: rule.protocolFeeBps,
    size: rule.size,
    dustValue: rule.dustValue,
    atEquality: rule.atEquality,
    collateralDecimals: unitDecimals[collateral],
    debtDecimals: unitDecimals[debt],
  };
}

/** True where one liquidation always repays the whole debt or seizes the whole collateral: amounts then are linear in exact sums. */
export function closesAtOnce(size: LiquidationSize): boolean {
  if (size.kind === "all-collateral") return true;
  return size.kind === "close-factor" && size.steps.every((step) => step.closeFactorBps === basisPoints);
}

/** Whether an account of a pair breaches at published steps: exactly `health` and `breaches` of rules/lending.ts. */
export function pairBreaches(
  rule: PairRule,
  collateral: number,
  debt: number,
  collateralSteps: number,
  debtSteps: number,
): boolean {
  const value = collateral > 0 ? valueDown(collateral, collateralSteps, rule.collateralDecimals) : 0;
  const weighted = mulDivDown(value, rule.thresholdBps, basisPoints);
  return breaches(weighted, valueUp(debt, debtSteps, rule.debtDecimals), rule.atEquality);
}

/**
 * Whether one liquidation of the whole account uses up its collateral. For `all-collateral`: its worth to the liquidator does not cover the debt,
 * which comes before the penalty. Otherwise: what the repayment buys reaches the collateral. The arithmetic is that of `liquidation`.
 */
export function pairExhausts(
  rule: PairRule,
  collateral: number,
  debt: number,
  collateralSteps: number,
  debtSteps: number,
): boolean {
  if (collateral === 0 || collateralSteps === 0) return true;
  const grossBps = basisPoints + rule.bonusBps;
  const dueBps = basisPoints + rule.penaltyBps;
  if (rule.size.kind === "all-collateral") {
    const value = mulDivDown(valueDown(collateral, collateralSteps, rule.collateralDecimals), basisPoints, grossBps);
    return unitsDown(value, debtSteps, rule.debtDecimals) < debt;
  }
  const repay = mulDivUp(debt, dueBps, basisPoints);
  const worth = mulDivDown(valueDown(repay, debtSteps, rule.debtDecimals), grossBps, basisPoints);
  // A price near zero would buy more units than a Float64 counts: far more than any account holds.
  if ((worth * valueScale(rule.collateralDecimals)) / collateralSteps > Number.MAX_SAFE_INTEGER) return true;
  return unitsDown(worth, collateralSteps, rule.collateralDecimals) >= collateral;
}

/** Collateral units that the protocol keeps of `gross` seized units: its share of the bonus. */
export function feeOf(rule: PairRule, gross: number): number {
  const bonus = gross - mulDivDown(gross, basisPoints, basisPoints + rule.bonusBps);
  return mulDivDown(bonus, rule.protocolFeeBps, basisPoints);
}

/** Debt units as collateral units of the same worth, rounded down once. Works on sums of any worth: no dollar amount is formed. */
export function debtToCollateral(rule: PairRule, units: number, collateralSteps: number, debtSteps: number): number {
  const shift = rule.collateralDecimals - rule.debtDecimals;
  const above = debtSteps * powersOfTen[Math.max(0, shift)];
  const below = collateralSteps * powersOfTen[Math.max(0, -shift)];
  if (below === 0 || (units * above) / below > Number.MAX_SAFE_INTEGER) return Number.MAX_SAFE_INTEGER;
  return mulDivDown(units, above, below);
}

/** Collateral units as debt units of the same worth, rounded down once. */
export function collateralToDebt(rule: PairRule, units: number, collateralSteps: number, debtSteps: number): number {
  const shift = rule.collateralDecimals - rule.debtDecimals;
  const above = collateralSteps * powersOfTen[Math.max(0, -shift)];
  const below = debtSteps * powersOfTen[Math.max(0, shift)];
  assert(below > 0, "a debt is repaid at a price above zero");
  if ((units * above) / below > Number.MAX_SAFE_INTEGER) return Number.MAX_SAFE_INTEGER;
  return mulDivDown(units, above, below);
}

/** What units are worth at a published price, in US dollars (Float64: for totals that are shown, not booked). */
export function unitsUsd(units: number, steps: number, unitDecimals: number): number {
  return (units * steps) / powersOfTen[unitDecimals + 8];
}
