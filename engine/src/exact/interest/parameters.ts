import type { ParameterFault } from "../protocol.js";
import { divTowardsZero } from "../rounding.js";
import { BASIS_POINTS, SECONDS_PER_YEAR, WAD } from "../scales.js";

/** Two slopes as Aave v3 keeps them (`DefaultReserveInterestRateStrategyV2.InterestRateData`): everything in basis points, rates per year. */
export interface TwoSlopeParameters {
  /** Usage ratio at the kink, basis points. */
  readonly optimalUsageRatio: bigint;
  /** Borrow rate at no usage, basis points per year. */
  readonly baseVariableBorrowRate: bigint;
  /** What the rate gains from no usage to the kink, basis points per year. */
  readonly variableRateSlope1: bigint;
  /** What the rate gains from the kink to full usage, basis points per year. */
  readonly variableRateSlope2: bigint;
}

/** One side (supply or borrow) of Compound III's rates as its configuration states them (`CometConfiguration.Configuration`). */
export interface PerYearKinkParameters {
  /** Utilisation at the kink, wad. */
  readonly kink: bigint;
  /** Rate at no utilisation, wad per year. */
  readonly perYearInterestRateBase: bigint;
  /** Gain of the rate per utilisation of one below the kink, wad per year. */
  readonly perYearInterestRateSlopeLow: bigint;
  /** Gain of the rate per utilisation of one above the kink, wad per year. */
  readonly perYearInterestRateSlopeHigh: bigint;
}

/** Euler's `IRMLinearKink`: utilisation runs from 0 to 2^32 - 1, rates are rays per second. */
export interface LinearKinkParameters {
  /** Rate at no utilisation, ray per second. */
  readonly baseRate: bigint;
  /** Gain of the rate per step of utilisation up to the kink, ray per second. */
  readonly slope1: bigint;
  /** Gain of the rate per step of utilisation above the kink, ray per second. */
  readonly slope2: bigint;
  /** Utilisation at the kink, of 2^32 - 1. */
  readonly kink: bigint;
}

/** Morpho's `AdaptiveCurveIrm`: rates are wads per second. */
export interface AdaptiveCurveParameters {
  /** Rate at full utilisation over the rate at target; also the rate at target over the rate at none. Wad. */
  readonly curveSteepness: bigint;
  /** How fast the curve moves at an error of one, wad per second. */
  readonly adjustmentSpeed: bigint;
  /** Utilisation at which the curve stands still, wad. */
  readonly targetUtilization: bigint;
  /** Rate at target of a market that was never touched, wad per second. */
  readonly initialRateAtTarget: bigint;
  /** Lowest rate at target, wad per second. */
  readonly minRateAtTarget: bigint;
  /** Highest rate at target, wad per second. */
  readonly maxRateAtTarget: bigint;
}

/** Full utilisation of `IRMLinearKink`: 2^32 - 1. */
export const FULL_UTILISATION_32 = (1n << 32n) - 1n;
/** Highest sum of base and slopes that Aave v3 accepts: 1,000 % per year, basis points (`MAX_BORROW_RATE`). */
export const MAX_TWO_SLOPE_RATE = 100_000n;
/** Lowest kink that Aave v3 accepts, basis points (`MIN_OPTIMAL_POINT`). */
export const MIN_OPTIMAL_POINT = 100n;
/** Highest kink that Aave v3 accepts, basis points (`MAX_OPTIMAL_POINT`). */
export const MAX_OPTIMAL_POINT = 9_900n;

/**
 * The constants of Morpho's deployed model (`morpho-org/morpho-blue-irm` a1a87fd, `ConstantsLib`): steepness 4, target 90 %, 50 per year, 4 % at the start,
 * between 0.1 % and 200 % per year at target. Yearly figures are divided by 365 days, rounded down.
 */
export const MORPHO_ADAPTIVE_CURVE: AdaptiveCurveParameters = {
  curveSteepness: 4n * WAD,
  adjustmentSpeed: divTowardsZero(50n * WAD, SECONDS_PER_YEAR),
  targetUtilization: 900_000_000_000_000_000n,
  initialRateAtTarget: divTowardsZero(40_000_000_000_000_000n, SECONDS_PER_YEAR),
  minRateAtTarget: divTowardsZero(1_000_000_000_000_000n, SECONDS_PER_YEAR),
  maxRateAtTarget: divTowardsZero(2n * WAD, SECONDS_PER_YEAR),
};

/** A fault for every named parameter below zero. */
function negatives(parameters: object, unit: string): ParameterFault[] {
  return Object.entries(parameters)
    .filter((entry): entry is [string, bigint] => typeof entry[1] === "bigint" && entry[1] < 0n)
    .map(([key, value]) => ({
      code: "negative",
      key,
      message: `${key} is ${value} ${unit}; it may be 0 or more`,
      hint: "rates, slopes and utilisations are not negative",
    }));
}

/** Everything wrong with Aave's two slopes. The bounds are those of `DefaultReserveInterestRateStrategyV2._setInterestRateParams`. */
export function twoSlopeFaults(parameters: TwoSlopeParameters): ParameterFault[] {
  const { optimalUsageRatio, baseVariableBorrowRate, variableRateSlope1, variableRateSlope2 } = parameters;
  const found = negatives(parameters, "basis points");
  if (optimalUsageRatio > BASIS_POINTS)
    found.push({
      code: "kink-above-one",
      key: "optimalUsageRatio",
      message: `optimalUsageRatio is ${optimalUsageRatio} basis points; it may be at most ${MAX_OPTIMAL_POINT}`,
      hint: "a kink above 10000 is never reached: write 80 % as 8000",
    });
  else if (optimalUsageRatio < MIN_OPTIMAL_POINT || optimalUsageRatio > MAX_OPTIMAL_POINT)
    found.push({
      code: "kink-out-of-range",
      key: "optimalUsageRatio",
      message: `optimalUsageRatio is ${optimalUsageRatio} basis points; it may be ${MIN_OPTIMAL_POINT} to ${MAX_OPTIMAL_POINT}`,
      hint: "the contract refuses a kink below 1 % or above 99 %",
    });
  if (variableRateSlope1 > variableRateSlope2)
    found.push({
      code: "slopes-fall",
      key: "variableRateSlope2",
      message: `variableRateSlope2 is ${variableRateSlope2}, below variableRateSlope1 ${variableRateSlope1}; it may not be`,
      hint: "the contract refuses a second slope below the first",
    });
  const highest = baseVariableBorrowRate + variableRateSlope1 + variableRateSlope2;
  if (highest > MAX_TWO_SLOPE_RATE)
    found.push({
      code: "rate-above-maximum",
      key: "variableRateSlope2",
      message: `base and slopes sum to ${highest} basis points; they may sum to at most ${MAX_TWO_SLOPE_RATE}`,
      hint: "the contract refuses more than 1000 % per year",
    });
  return found;
}

/** Everything wrong with one side of Compound III's rates. `Comet` itself checks none of it. */
export function perYearKinkFaults(parameters: PerYearKinkParameters): ParameterFault[] {
  const found = negatives(parameters, "wad");
  if (parameters.kink > WAD)
    found.push({
      code: "kink-above-one",
      key: "kink",
      message: `kink is ${parameters.kink} wad; it may be at most ${WAD}`,
      hint: "above full utilisation the high slope would never apply",
    });
  return found;
}

/** Everything wrong with Euler's linear kink. */
export function linearKinkFaults(parameters: LinearKinkParameters): ParameterFault[] {
  const found = negatives(parameters, "ray per second or of 2^32 - 1");
  if (parameters.kink > FULL_UTILISATION_32)
    found.push({
      code: "kink-above-one",
      key: "kink",
      message: `kink is ${parameters.kink}; it may be at most ${FULL_UTILISATION_32}`,
      hint: "utilisation runs from 0 to 2^32 - 1",
    });
  return found;
}

/** Everything wrong with an adaptive curve. */
export function adaptiveCurveFaults(parameters: AdaptiveCurveParameters): ParameterFault[] {
  const { curveSteepness, targetUtilization, initialRateAtTarget, minRateAtTarget, maxRateAtTarget } = parameters;
  const found = negatives(parameters, "wad");
  if (curveSteepness < WAD)
    found.push({
      code: "steepness-below-one",
      key: "curveSteepness",
      message: `curveSteepness is ${curveSteepness} wad; it may be ${WAD} or more`,
      hint: "below one the rate would fall as utilisation rises",
    });
  if (targetUtilization <= 0n || targetUtilization >= WAD)
    found.push({
      code: "target-out-of-range",
      key: "targetUtilization",
      message: `targetUtilization is ${targetUtilization} wad; it may be above 0 and below ${WAD}`,
      hint: "the error is measured in the distance from the target to each end",
    });
  if (minRateAtTarget === 0n)
    found.push({
      code: "zero-rate",
      key: "minRateAtTarget",
      message: "minRateAtTarget is 0; it may be above 0",
      hint: "a rate at target of 0 means a market never touched, and would never rise again",
    });
  if (minRateAtTarget > maxRateAtTarget)
    found.push({
      code: "bounds-cross",
      key: "maxRateAtTarget",
      message: `maxRateAtTarget is ${maxRateAtTarget}, below minRateAtTarget ${minRateAtTarget}; it may not be`,
      hint: "swap the two",
    });
  else if (initialRateAtTarget < minRateAtTarget || initialRateAtTarget > maxRateAtTarget)
    found.push({
      code: "initial-rate-out-of-bounds",
      key: "initialRateAtTarget",
      message: `initialRateAtTarget is ${initialRateAtTarget}; it may be ${minRateAtTarget} to ${maxRateAtTarget}`,
      hint: "start within the bounds",
    });
  return found;
}
