/** Bonus by health, debt to the target, dust on both sides, the fee (`LiquidationLogic`, formulas only). */
import { divDown, least, mulDivDown, mulDivUp } from "../rounding.js";
import { BASIS_POINTS, WAD } from "../scales.js";
import { MustNotLeaveDust } from "./errors.js";
import { LIQUIDATION_HEALTH_FACTOR, type LiquidationRules } from "./parameters.js";

/** The account and the two sides of a liquidation. Units of the assets, prices of a whole token (dollars x 1e8), units per whole token. */
export interface LiquidationSides {
  readonly healthFactorWad: bigint;
  /** All the account's debt, dollars x 1e26. */
  readonly totalDebtValue: bigint;
  readonly reserveDebtUnits: bigint;
  readonly debtPrice: bigint;
  readonly debtUnit: bigint;
  readonly collateralUnits: bigint;
  readonly collateralPrice: bigint;
  readonly collateralUnit: bigint;
  readonly collateralFactorBps: bigint;
  readonly maxLiquidationBonusBps: bigint;
  readonly liquidationFeeBps: bigint;
}

/** Why more is repaid than the target asks for, if it is. */
export type TargetBypass = "none" | "debt-dust" | "collateral-dust";

/** What a liquidation takes. `seizedUnits = toLiquidatorUnits + feeUnits`. */
export interface LiquidationAmounts {
  /** Par plus bonus at the account's health, basis points. */
  readonly bonusBps: bigint;
  readonly debtToTargetUnits: bigint;
  readonly repaidUnits: bigint;
  readonly seizedUnits: bigint;
  readonly toLiquidatorUnits: bigint;
  readonly feeUnits: bigint;
  readonly bypass: TargetBypass;
}

/**
 * Par plus bonus (basis points) at a health factor below 1 (`calculateLiquidationBonus`): the largest up to the health factor named for it, from there falling in
 * a straight line to `bonusFactor` of it at a health factor of 1; both products rounded down.
 */
export function liquidationBonus(rules: LiquidationRules, maxBonusBps: bigint, healthFactorWad: bigint): bigint {
  if (healthFactorWad <= rules.healthFactorForMaxBonusWad) return maxBonusBps;
  const minBonusBps =
    BASIS_POINTS + mulDivDown(maxBonusBps - BASIS_POINTS, rules.liquidationBonusFactorBps, BASIS_POINTS);
  const below = LIQUIDATION_HEALTH_FACTOR - healthFactorWad;
  const span = LIQUIDATION_HEALTH_FACTOR - rules.healthFactorForMaxBonusWad;
  return minBonusBps + mulDivDown(maxBonusBps - minBonusBps, below, span);
}

/**
 * Debt (units, rounded up) whose repayment lifts the account to the target health factor (`_calculateDebtToTargetHealthFactor`): total debt x (target - health) /
 * (target - penalty), where the penalty is bonus x collateral factor in a wad (rounded up, but basis points leave nothing to round).
 */
export function debtToTarget(rules: LiquidationRules, sides: LiquidationSides, bonusBps: bigint): bigint {
  const bonusWad = bonusBps * divDown(WAD, BASIS_POINTS);
  const penaltyWad = mulDivUp(bonusWad, sides.collateralFactorBps, BASIS_POINTS);
  return mulDivUp(
    sides.totalDebtValue,
    sides.debtUnit * (rules.targetHealthFactorWad - sides.healthFactorWad),
    (rules.targetHealthFactorWad - penaltyWad) * sides.debtPrice * WAD,
  );
}

/** Whether `units`, above 0, are worth less than what may be left. */
function isDust(rules: LiquidationRules, units: bigint, price: bigint, unit: bigint): boolean {
  return units > 0n && mulDivDown(units, price * WAD, unit) < rules.dustValue;
}

/** Collateral for a repayment, with the bonus, rounded down once. */
function collateralFor(sides: LiquidationSides, repaidUnits: bigint, bonusBps: bigint): bigint {
  return mulDivDown(
    repaidUnits,
    sides.debtPrice * sides.collateralUnit * bonusBps,
    sides.debtUnit * sides.collateralPrice * BASIS_POINTS,
  );
}

/** Debt that all the collateral pays for, rounded up. */
function debtForAllCollateral(sides: LiquidationSides, bonusBps: bigint): bigint {
  return mulDivUp(
    sides.collateralUnits,
    sides.collateralPrice * sides.debtUnit * BASIS_POINTS,
    sides.debtPrice * sides.collateralUnit * bonusBps,
  );
}

/**
 * What a call takes (`_calculateLiquidationAmounts`): the least of the debt, the cover and the debt to the target; all the debt if dust of it would be left; all
 * the collateral if that is not enough, or if dust of it would be left beside debt. Throws `MustNotLeaveDust` if the cover is below the debt to repay.
 */
export function liquidationAmounts(
  rules: LiquidationRules,
  sides: LiquidationSides,
  debtToCoverUnits: bigint,
): LiquidationAmounts {
  const { reserveDebtUnits, collateralUnits } = sides;
  const bonusBps = liquidationBonus(rules, sides.maxLiquidationBonusBps, sides.healthFactorWad);
  const debtToTargetUnits = debtToTarget(rules, sides, bonusBps);
  const wanted = least(least(reserveDebtUnits, debtToCoverUnits), debtToTargetUnits);
  const leavesDebtDust = isDust(rules, reserveDebtUnits - wanted, sides.debtPrice, sides.debtUnit);
  const repaid = leavesDebtDust ? reserveDebtUnits : wanted;
  const seized = collateralFor(sides, repaid, bonusBps);
  const leavesCollateralDust =
    repaid < reserveDebtUnits && isDust(rules, collateralUnits - seized, sides.collateralPrice, sides.collateralUnit);
  const takesAll = seized > collateralUnits || leavesCollateralDust;
  const repaidUnits = takesAll ? debtForAllCollateral(sides, bonusBps) : repaid;
  const seizedUnits = takesAll ? collateralUnits : seized;
  if (debtToCoverUnits < repaidUnits)
    throw new MustNotLeaveDust(`${repaidUnits} units have to be repaid, the cover is ${debtToCoverUnits}`);
  const feeUnits = mulDivDown(
    seizedUnits,
    sides.liquidationFeeBps * (bonusBps - BASIS_POINTS),
    bonusBps * BASIS_POINTS,
  );
  return {
    bonusBps,
    debtToTargetUnits,
    repaidUnits,
    seizedUnits,
    toLiquidatorUnits: seizedUnits - feeUnits,
    feeUnits,
    bypass: bypassOf(repaidUnits > debtToTargetUnits, leavesCollateralDust),
  };
}

function bypassOf(beyondTarget: boolean, leavesCollateralDust: boolean): TargetBypass {
  if (!beyondTarget) return "none";
  return leavesCollateralDust ? "collateral-dust" : "debt-dust";
}
