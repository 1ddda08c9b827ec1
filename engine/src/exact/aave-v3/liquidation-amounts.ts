/** How much one call may repay and what it seizes (`LiquidationLogic.executeLiquidationCall`, `_calculateAvailableCollateralToLiquidate`). */
import { divDown, mulDivDown, mulDivUp } from "../rounding.js";
import { percentDivDown, percentDivUp, percentMul, percentMulDown, percentMulUp } from "./fixed-point.js";
import type { LiquidationRules } from "./parameters.js";

/** The two sides of a liquidation. Units of the assets, prices of a whole token in units of the base currency, units per whole token. */
export interface LiquidationSides {
  /** What the borrower owes in the reserve. */
  readonly reserveDebtUnits: bigint;
  readonly debtPrice: bigint;
  readonly debtUnit: bigint;
  /** What the borrower supplies in the collateral reserve. */
  readonly collateralUnits: bigint;
  readonly collateralPrice: bigint;
  readonly collateralUnit: bigint;
  /** Par plus bonus, basis points. */
  readonly bonusBps: bigint;
  readonly protocolFeeBps: bigint;
}

/** What a liquidation takes. `seizedUnits = toLiquidatorUnits + feeUnits`. */
export interface LiquidationAmounts {
  readonly repaidUnits: bigint;
  readonly seizedUnits: bigint;
  readonly toLiquidatorUnits: bigint;
  readonly feeUnits: bigint;
}

/**
 * Most that one call may repay of the reserve, units: all of it, unless both sides reach the minimum and the health factor is above the close factor's; then the
 * close factor of the account's TOTAL debt (half-up), turned into units rounded down, if the reserve's debt is worth more.
 */
export function mostRepayable(
  rules: LiquidationRules,
  sides: LiquidationSides,
  totalDebtBase: bigint,
  healthFactorWad: bigint,
): bigint {
  const debtBase = mulDivUp(sides.reserveDebtUnits, sides.debtPrice, sides.debtUnit);
  const collateralBase = mulDivDown(sides.collateralUnits, sides.collateralPrice, sides.collateralUnit);
  const binds =
    collateralBase >= rules.closeFactorMinimumBase &&
    debtBase >= rules.closeFactorMinimumBase &&
    healthFactorWad > rules.closeFactorHealthFactorWad;
  const closeableBase = percentMul(totalDebtBase, rules.closeFactorBps);
  if (!binds || debtBase <= closeableBase) return sides.reserveDebtUnits;
  return mulDivDown(closeableBase, sides.debtUnit, sides.debtPrice);
}

/**
 * What repaying `repayUnits` seizes: its worth in collateral with the bonus, rounded down twice; where that is more than there is, all of it, against the debt it
 * pays for, rounded up. The protocol takes its share of the bonus, rounded up.
 */
export function liquidationAmounts(sides: LiquidationSides, repayUnits: bigint): LiquidationAmounts {
  const { debtPrice, debtUnit, collateralPrice, collateralUnit, collateralUnits, bonusBps } = sides;
  const atPar = divDown(debtPrice * repayUnits * collateralUnit, collateralPrice * debtUnit);
  const withBonus = percentMulDown(atPar, bonusBps);
  const takesAll = withBonus > collateralUnits;
  const seizedUnits = takesAll ? collateralUnits : withBonus;
  const worthOfAll = divDown(collateralPrice * collateralUnits * debtUnit, debtPrice * collateralUnit);
  const bonusUnits = seizedUnits - percentDivDown(seizedUnits, bonusBps);
  const feeUnits = percentMulUp(bonusUnits, sides.protocolFeeBps);
  return {
    repaidUnits: takesAll ? percentDivUp(worthOfAll, bonusBps) : repayUnits,
    seizedUnits,
    toLiquidatorUnits: seizedUnits - feeUnits,
    feeUnits,
  };
}

/** Whether the call leaves some of both sides and too little of one: the debt left rounded up, the collateral left (after the fee) rounded down. */
export function leavesDust(rules: LiquidationRules, sides: LiquidationSides, amounts: LiquidationAmounts): boolean {
  const debtLeft = sides.reserveDebtUnits - amounts.repaidUnits;
  const collateralLeft = sides.collateralUnits - amounts.seizedUnits;
  if (debtLeft <= 0n || collateralLeft <= 0n) return false;
  return (
    mulDivUp(debtLeft, sides.debtPrice, sides.debtUnit) < rules.minimumLeftoverBase ||
    mulDivDown(collateralLeft, sides.collateralPrice, sides.collateralUnit) < rules.minimumLeftoverBase
  );
}
