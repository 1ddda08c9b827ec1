import { divTowardsZero, mulDivDown, mulDivHalfUp } from "../rounding.js";
import { BASIS_POINTS, RAY, SECONDS_PER_YEAR, WAD } from "../scales.js";
import type { LinearKinkParameters, PerYearKinkParameters, TwoSlopeParameters } from "./parameters.js";
import { usageRatio, utilisation32 } from "./utilisation.js";

/** 1e23: one basis point in ray. */
const BASIS_POINT_IN_RAY = divTowardsZero(RAY, BASIS_POINTS);

/** What Aave's strategy is asked with: amounts of one reserve, in units of its asset. */
export interface ReserveUsage {
  /** What lies in the pool, after the call that asks (`virtualUnderlyingBalance` + added - taken). */
  readonly availableLiquidity: bigint;
  /** Variable debt. */
  readonly totalDebt: bigint;
  /** Debt burned without repayment (`reserve.deficit`, handed over as `unbacked`): dilutes the supply rate only. */
  readonly deficit: bigint;
  /** The treasury's share of interest, basis points. */
  readonly reserveFactor: bigint;
}

/** Yearly rates of a reserve in ray. */
export interface ReserveRates {
  /** What a supplier's index grows by, ray per year. */
  readonly liquidityRate: bigint;
  /** What a borrower's index grows by, ray per year. */
  readonly variableBorrowRate: bigint;
}

/**
 * Aave v3's rates from usage, ray per year; every product and quotient rounds halves up. Without debt the supply rate is 0. `aave-dao/aave-v3-origin`
 * fd1fbd91, `DefaultReserveInterestRateStrategyV2.calculateInterestRates`.
 */
export function twoSlopeRates(parameters: TwoSlopeParameters, usage: ReserveUsage): ReserveRates {
  const variableBorrowRate = twoSlopeBorrowRate(parameters, usageRatio(usage.totalDebt, usage.availableLiquidity));
  if (usage.totalDebt === 0n) return { liquidityRate: 0n, variableBorrowRate };
  const supplyUsageRatio = usageRatio(usage.totalDebt, usage.availableLiquidity + usage.deficit);
  const paid = mulDivHalfUp(variableBorrowRate, supplyUsageRatio, RAY);
  return { liquidityRate: mulDivHalfUp(paid, BASIS_POINTS - usage.reserveFactor, BASIS_POINTS), variableBorrowRate };
}

/** Aave v3's borrow rate at a usage ratio in ray, ray per year, halves up; the kink itself belongs to the first slope. Same function as `twoSlopeRates`. */
export function twoSlopeBorrowRate(parameters: TwoSlopeParameters, usage: bigint): bigint {
  const optimal = parameters.optimalUsageRatio * BASIS_POINT_IN_RAY;
  const base = parameters.baseVariableBorrowRate * BASIS_POINT_IN_RAY;
  const slope1 = parameters.variableRateSlope1 * BASIS_POINT_IN_RAY;
  if (usage <= optimal) return base + mulDivHalfUp(mulDivHalfUp(slope1, usage, RAY), RAY, optimal);
  const slope2 = parameters.variableRateSlope2 * BASIS_POINT_IN_RAY;
  return base + slope1 + mulDivHalfUp(slope2, mulDivHalfUp(usage - optimal, RAY, RAY - optimal), RAY);
}

/** Compound III's rates after its constructor has divided them by the seconds of a year. */
export interface PerSecondKink {
  /** Wad. */
  readonly kink: bigint;
  /** Wad per second. */
  readonly base: bigint;
  /** Wad per second and utilisation of one. */
  readonly slopeLow: bigint;
  /** Wad per second and utilisation of one. */
  readonly slopeHigh: bigint;
}

/** Yearly figures over 31,536,000 seconds, each rounded down. `compound-finance/comet` d5a30b0a, `Comet.constructor`. */
export function perSecondKink(parameters: PerYearKinkParameters): PerSecondKink {
  return {
    kink: parameters.kink,
    base: divTowardsZero(parameters.perYearInterestRateBase, SECONDS_PER_YEAR),
    slopeLow: divTowardsZero(parameters.perYearInterestRateSlopeLow, SECONDS_PER_YEAR),
    slopeHigh: divTowardsZero(parameters.perYearInterestRateSlopeHigh, SECONDS_PER_YEAR),
  };
}

/**
 * Compound III's rate at a utilisation in wad, wad per second; each product rounds down; the kink itself belongs to the low slope. `Comet.getBorrowRate`,
 * `Comet.getSupplyRate`.
 */
export function perSecondKinkRate(curve: PerSecondKink, utilisation: bigint): bigint {
  const low = mulDivDown(curve.slopeLow, utilisation <= curve.kink ? utilisation : curve.kink, WAD);
  if (utilisation <= curve.kink) return curve.base + low;
  return curve.base + low + mulDivDown(curve.slopeHigh, utilisation - curve.kink, WAD);
}

/**
 * Euler's rate from a vault's cash and borrows (units of the asset), ray per second; exact products of a utilisation rounded down to 2^32 - 1 steps.
 * `euler-xyz/euler-vault-kit` 5b98b420, `IRMLinearKink.computeInterestRateInternal`. The vault caps it on its own side.
 */
export function linearKinkRate(parameters: LinearKinkParameters, cash: bigint, borrows: bigint): bigint {
  const used = utilisation32(borrows, cash);
  if (used <= parameters.kink) return parameters.baseRate + used * parameters.slope1;
  return parameters.baseRate + parameters.kink * parameters.slope1 + (used - parameters.kink) * parameters.slope2;
}
