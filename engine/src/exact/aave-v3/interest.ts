/** Interest: growth factors (`MathUtils`), the reserve's indices (`ReserveLogic`) and the rate curve (`DefaultReserveInterestRateStrategyV2`). */
import { divDown } from "../rounding.js";
import { BASIS_POINTS, RAY, SECONDS_PER_YEAR } from "../scales.js";
import { percentMul, rayDiv, rayDivDown, rayMul, rayMulDown, rayMulUp } from "./fixed-point.js";
import type { InterestRateParameters, ReserveParameters } from "./parameters.js";
import type { ReserveState } from "./state.js";

/** 1e23: one basis point in a ray. */
const RAY_PER_BASIS_POINT = divDown(RAY, BASIS_POINTS);

/** Factor (ray) by which supply grows over `seconds` at a yearly rate (ray): `1 + rate x seconds / year`, rounded down (`calculateLinearInterest`). */
export function linearInterest(rateRay: bigint, seconds: bigint): bigint {
  return RAY + divDown(rateRay * seconds, SECONDS_PER_YEAR);
}

/**
 * Factor (ray) by which debt grows over `seconds`: the first four terms of the exponential series, `1 + x + x (x / 2 + x (x / 6))` with x = rate x seconds / year
 * rounded down, each product in rays with halves up (`calculateCompoundedInterest`).
 */
export function compoundedInterest(rateRay: bigint, seconds: bigint): bigint {
  const x = divDown(rateRay * seconds, SECONDS_PER_YEAR);
  return RAY + x + rayMul(x, divDown(x, 2n) + rayMul(x, divDown(x, 6n)));
}

/** The liquidity index (ray) at second `now` (`getNormalizedIncome`). */
export function normalizedIncome(reserve: ReserveState, now: bigint): bigint {
  if (now === reserve.updatedAt) return reserve.liquidityIndexRay;
  return rayMul(linearInterest(reserve.liquidityRateRay, now - reserve.updatedAt), reserve.liquidityIndexRay);
}

/** The borrow index (ray) at second `now` (`getNormalizedDebt`). */
export function normalizedDebt(reserve: ReserveState, now: bigint): bigint {
  if (now === reserve.updatedAt) return reserve.borrowIndexRay;
  return rayMul(compoundedInterest(reserve.borrowRateRay, now - reserve.updatedAt), reserve.borrowIndexRay);
}

/** The reserve with both indices brought up to `now` and the protocol's share of the interest noted (`ReserveLogic.updateState`). */
export function accrued(reserve: ReserveState, parameters: ReserveParameters, now: bigint): ReserveState {
  if (now === reserve.updatedAt) return reserve;
  const liquidityIndexRay =
    reserve.liquidityRateRay === 0n ? reserve.liquidityIndexRay : normalizedIncome(reserve, now);
  const borrowIndexRay = reserve.totalDebtShares === 0n ? reserve.borrowIndexRay : normalizedDebt(reserve, now);
  const interest = rayMulDown(reserve.totalDebtShares, borrowIndexRay - reserve.borrowIndexRay);
  const toTreasury = rayDivDown(percentMul(interest, parameters.reserveFactorBps), liquidityIndexRay);
  return {
    ...reserve,
    liquidityIndexRay,
    borrowIndexRay,
    accruedToTreasuryShares: reserve.accruedToTreasuryShares + toTreasury,
    updatedAt: now,
  };
}

/** What the rate curve is asked with: the reserve's underlying, debt and uncovered deficit, units. */
export interface Usage {
  readonly availableUnits: bigint;
  readonly debtUnits: bigint;
  readonly deficitUnits: bigint;
}

/** Yearly rates (ray) of suppliers and borrowers at a usage (`calculateInterestRates`). */
export function interestRates(
  curve: InterestRateParameters,
  reserveFactorBps: bigint,
  usage: Usage,
): { readonly liquidityRateRay: bigint; readonly borrowRateRay: bigint } {
  const base = curve.baseBps * RAY_PER_BASIS_POINT;
  if (usage.debtUnits === 0n) return { liquidityRateRay: 0n, borrowRateRay: base };
  const lent = usage.availableUnits + usage.debtUnits;
  const borrowRateRay = base + slopes(curve, rayDiv(usage.debtUnits, lent));
  const supplyUsage = rayDiv(usage.debtUnits, lent + usage.deficitUnits);
  return {
    liquidityRateRay: percentMul(rayMul(borrowRateRay, supplyUsage), BASIS_POINTS - reserveFactorBps),
    borrowRateRay,
  };
}

/** The two slopes at a usage (ray), ray. */
function slopes(curve: InterestRateParameters, usageRay: bigint): bigint {
  const optimal = curve.optimalUsageBps * RAY_PER_BASIS_POINT;
  const slope1 = curve.slope1Bps * RAY_PER_BASIS_POINT;
  if (usageRay <= optimal) return rayDiv(rayMul(slope1, usageRay), optimal);
  return slope1 + rayMul(curve.slope2Bps * RAY_PER_BASIS_POINT, rayDiv(usageRay - optimal, RAY - optimal));
}

/** The reserve with the rates of its present usage (`updateInterestRatesAndVirtualBalance`); unchanged where it has no curve. */
export function withPresentRates(reserve: ReserveState, parameters: ReserveParameters): ReserveState {
  if (parameters.interestRates === null) return reserve;
  const debtUnits = rayMulUp(reserve.totalDebtShares, reserve.borrowIndexRay);
  return {
    ...reserve,
    ...interestRates(parameters.interestRates, parameters.reserveFactorBps, { ...reserve, debtUnits }),
  };
}
