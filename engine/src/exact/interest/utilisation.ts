import { mulDivDown, mulDivHalfUp } from "../rounding.js";
import { RAY, WAD } from "../scales.js";
import { FULL_UTILISATION_32 } from "./parameters.js";

/**
 * Borrowed over supplied in wad, rounded down; 0 when nothing is supplied. May exceed one where interest is owed faster than it is credited. Compound III
 * `Comet.getUtilization`, Morpho `AdaptiveCurveIrm._borrowRate` (`wDivDown`).
 */
export function utilisation(borrowed: bigint, supplied: bigint): bigint {
  return supplied === 0n ? 0n : mulDivDown(borrowed, WAD, supplied);
}

/**
 * Debt over debt and available liquidity in ray, halves up; 0 without debt. Aave v3 `DefaultReserveInterestRateStrategyV2.calculateInterestRates`, whose
 * `rayDiv` this is.
 */
export function usageRatio(totalDebt: bigint, availableLiquidity: bigint): bigint {
  return totalDebt === 0n ? 0n : mulDivHalfUp(totalDebt, RAY, availableLiquidity + totalDebt);
}

/** Borrows over borrows and cash, of 2^32 - 1, rounded down; 0 for an empty vault. Euler `IRMLinearKink.computeInterestRateInternal`. */
export function utilisation32(borrows: bigint, cash: bigint): bigint {
  return borrows + cash === 0n ? 0n : mulDivDown(borrows, FULL_UTILISATION_32, cash + borrows);
}
