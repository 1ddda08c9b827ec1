import { least, most } from "../rounding.js";
import { BAD_DEBT_REGION, FRACTION_ONE, fromBasisPoints, multiply, subtractToZero } from "./fraction.js";
import type { Obligation } from "./obligation.js";
import type { KaminoParameters, ReserveParameters } from "./parameters.js";

/** No cap. */
const UNCAPPED = 65_535n;

/**
 * Cap of the bonus by the obligation's elevation group, basis points: only where both reserves belong to it and its cap is neither 0 nor above either
 * reserve's own. Source: `get_emode_max_liquidation_bonus`.
 */
export function elevationBonusCap(
  parameters: KaminoParameters,
  obligation: Obligation,
  collateral: ReserveParameters,
  debt: ReserveParameters,
): bigint {
  const group = obligation.elevationGroup;
  if (group === null || !collateral.elevationGroups.includes(group) || !debt.elevationGroups.includes(group)) {
    return UNCAPPED;
  }
  const cap = parameters.market.elevationGroups[group].maxLiquidationBonusBps;
  const ineffective = cap === 0n || cap > collateral.maxLiquidationBonusBps || cap > debt.maxLiquidationBonusBps;
  return ineffective ? UNCAPPED : cap;
}

/**
 * Bonus of a liquidation for price: how far the loan-to-value exceeds the allowed one, between the larger of the two least bonuses and the larger of the two
 * largest (and the group's cap), and no more than what is left to 100 %. From 99 % without borrow factors on: the smaller bad-debt bonus, or what is left to
 * 100 % if that is more. Fractions. Source: `calculate_liquidation_bonus`.
 */
export function liquidationBonus(
  collateral: ReserveParameters,
  debt: ReserveParameters,
  allowedLtv: bigint,
  ltv: bigint,
  unweightedLtv: bigint,
  capBps: bigint,
): bigint {
  if (unweightedLtv >= BAD_DEBT_REGION) {
    const badDebt = fromBasisPoints(least(collateral.badDebtLiquidationBonusBps, debt.badDebtLiquidationBonusBps));
    return unweightedLtv < FRACTION_ONE ? most(badDebt, FRACTION_ONE - unweightedLtv) : badDebt;
  }
  const largest = fromBasisPoints(least(most(collateral.maxLiquidationBonusBps, debt.maxLiquidationBonusBps), capBps));
  const smallest = fromBasisPoints(most(collateral.minLiquidationBonusBps, debt.minLiquidationBonusBps));
  return least(least(most(smallest, ltv - allowedLtv), largest), FRACTION_ONE - unweightedLtv);
}

/**
 * Bonus of a deleveraging: least + increase x days, no more than the reserve's largest, the group's cap and what is left to 100 %. `days` is a fraction.
 * Source: `calculate_autodeleverage_bonus_rate`.
 */
export function deleveragingBonus(
  reserve: ReserveParameters,
  capBps: bigint,
  days: bigint,
  unweightedLtv: bigint,
): bigint {
  const grown =
    fromBasisPoints(reserve.minDeleveragingBonusBps) + multiply(fromBasisPoints(reserve.bonusIncreaseBpsPerDay), days);
  const largest = fromBasisPoints(least(reserve.maxLiquidationBonusBps, capBps));
  return least(grown, least(largest, subtractToZero(FRACTION_ONE, unweightedLtv)));
}

/**
 * Of two reserves the one whose deleveraging bonus counts: the larger largest bonus, then the faster increase, then the larger least bonus; the debt's where
 * all are equal. Source: `calculate_autodeleverage_bonus_rate_from_coll_and_debt_reserves`.
 */
export function reserveOfBonus(collateral: ReserveParameters, debt: ReserveParameters): ReserveParameters {
  const keys = ["maxLiquidationBonusBps", "bonusIncreaseBpsPerDay", "minDeleveragingBonusBps"] as const;
  for (const key of keys) {
    if (collateral[key] !== debt[key]) return collateral[key] > debt[key] ? collateral : debt;
  }
  return debt;
}

/**
 * Loan-to-value from which a reserve over its limit has obligations deleveraged: 100 % less basis points a day x days. Source:
 * `calculate_autodeleverage_threshold`.
 */
export function deleveragingThreshold(reserve: ReserveParameters, days: bigint): bigint {
  return subtractToZero(FRACTION_ONE, multiply(fromBasisPoints(reserve.thresholdDecreaseBpsPerDay), days));
}
