import { divTowardsZero, least, most } from "../rounding.js";
import { WAD } from "../scales.js";
import type { AdaptiveCurveParameters } from "./parameters.js";

/** ln 2 in wad. */
const LN_2 = 693_147_180_559_945_309n;
/** ln 1e-18 in wad: below it e^x is less than one wei and taken for 0. */
const LN_WEI = -41_446_531_673_892_822_312n;
/** ln((2^255 - 1) / 1e36) in wad, rounded down: from here on e^x is clipped. */
const WEXP_UPPER_BOUND = 93_859_467_695_000_404_319n;
/** What e^x is clipped to, wad. */
const WEXP_UPPER_VALUE = 57_716_089_161_558_943_949_701_069_502_944_508_345_128_422_502_756_744_429_568n;

/**
 * e^x in wad as Morpho approximates it: x = q ln 2 + r with r nearest 0, then 1 + r + r^2 / 2, shifted by q; quotients towards zero. Within 1 %
 * where the result is many wei. `morpho-org/morpho-blue-irm` a1a87fd, `ExpLib.wExp`.
 */
export function wadExponential(x: bigint): bigint {
  if (x < LN_WEI) return 0n;
  if (x >= WEXP_UPPER_BOUND) return WEXP_UPPER_VALUE;
  const half = divTowardsZero(LN_2, 2n);
  const powers = divTowardsZero(x < 0n ? x - half : x + half, LN_2);
  const rest = x - powers * LN_2;
  const base = WAD + rest + divTowardsZero(divTowardsZero(rest * rest, WAD), 2n);
  return powers >= 0n ? base << powers : base >> -powers;
}

/** What an adaptive curve answers: rates in wad per second. */
export interface AdaptiveRates {
  /** The average over the time that has passed: what borrowers are charged for it. */
  readonly averageBorrowRate: bigint;
  /** The rate at target from now on. */
  readonly endRateAtTarget: bigint;
  /** The borrow rate at the end of the time, at the same utilisation. */
  readonly endBorrowRate: bigint;
}

/**
 * Distance of utilisation (wad) from the target in the distance of that end, -1 to 1 in wad, towards zero. `AdaptiveCurveIrm._borrowRate`, `err`.
 */
export function utilisationError(parameters: AdaptiveCurveParameters, utilisation: bigint): bigint {
  const target = parameters.targetUtilization;
  return wadDivide(utilisation - target, utilisation > target ? WAD - target : target);
}

/**
 * Rates after `elapsed` seconds at one utilisation (wad) from a rate at target (wad per second; 0 for a market never touched, which gets the initial rate).
 * The rate at target moves by e^(speed x error x time) within its bounds; the average is the trapezoidal rule over two halves; quotients towards zero.
 * `AdaptiveCurveIrm._borrowRate`.
 */
export function adaptiveRates(
  parameters: AdaptiveCurveParameters,
  utilisation: bigint,
  startRateAtTarget: bigint,
  elapsed: bigint,
): AdaptiveRates {
  const error = utilisationError(parameters, utilisation);
  const [average, end] = movedRateAtTarget(parameters, startRateAtTarget, error, elapsed);
  return {
    averageBorrowRate: adaptiveCurve(parameters, average, error),
    endRateAtTarget: end,
    endBorrowRate: adaptiveCurve(parameters, end, error),
  };
}

/** The average and the final rate at target, wad per second. */
function movedRateAtTarget(
  parameters: AdaptiveCurveParameters,
  start: bigint,
  error: bigint,
  elapsed: bigint,
): readonly [average: bigint, end: bigint] {
  if (start === 0n) return [parameters.initialRateAtTarget, parameters.initialRateAtTarget];
  const adaptation = wadMultiply(parameters.adjustmentSpeed, error) * elapsed;
  if (adaptation === 0n) return [start, start];
  const end = newRateAtTarget(parameters, start, adaptation);
  const middle = newRateAtTarget(parameters, start, divTowardsZero(adaptation, 2n));
  return [divTowardsZero(start + end + 2n * middle, 4n), end];
}

/** `start` x e^adaptation within the bounds. `AdaptiveCurveIrm._newRateAtTarget`. */
function newRateAtTarget(parameters: AdaptiveCurveParameters, start: bigint, adaptation: bigint): bigint {
  const moved = wadMultiply(start, wadExponential(adaptation));
  return most(least(moved, parameters.maxRateAtTarget), parameters.minRateAtTarget);
}

/**
 * The borrow rate (wad per second) of a rate at target and an error (wad): linear on both sides of the target, from 1 / steepness at no utilisation to
 * steepness at full. `AdaptiveCurveIrm._curve`.
 */
export function adaptiveCurve(parameters: AdaptiveCurveParameters, rateAtTarget: bigint, error: bigint): bigint {
  const slope = error < 0n ? WAD - wadDivide(WAD, parameters.curveSteepness) : parameters.curveSteepness - WAD;
  return wadMultiply(wadMultiply(slope, error) + WAD, rateAtTarget);
}

/** Product of signed wads, towards zero. */
function wadMultiply(a: bigint, b: bigint): bigint {
  return divTowardsZero(a * b, WAD);
}

/** Quotient of signed wads, towards zero. */
function wadDivide(a: bigint, b: bigint): bigint {
  return divTowardsZero(a * WAD, b);
}
