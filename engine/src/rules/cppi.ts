import { assert } from "../book/problem.js";
import { exp, mulDivDown } from "../math/index.js";
import { basisPoints } from "./account-value.js";

const msPerYear = 365 * 86_400_000;

/** A constant-proportion rule; multiplier, leverage and band in whole basis points. */
export interface CppiRule {
  readonly multiplierBps: number;
  /** Largest exposure as a share of wealth; 10,000 is all of it without borrowing. */
  readonly leverageBps: number;
  /** Deviation from the target, as a share of wealth, up to which nothing is traded. */
  readonly bandBps: number;
}

/**
 * Target exposure E* = clamp(m (V - F), 0, L V) in whole values, rounded down. Source: Black and Perold (1992), "Theory of constant proportion portfolio
 * insurance". At a cushion of 0 or below it is 0: the account is locked in cash.
 */
export function targetExposure(rule: CppiRule, wealth: number, floor: number): number {
  const cushion = wealth - floor;
  if (cushion <= 0 || wealth <= 0) return 0;
  const most = mulDivDown(wealth, rule.leverageBps, basisPoints);
  return Math.min(mulDivDown(cushion, rule.multiplierBps, basisPoints), most);
}

/** Whether |E - E*| exceeds the band. Inside it the account does not trade at all. */
export function leavesBand(rule: Pick<CppiRule, "bandBps">, exposure: number, target: number, wealth: number): boolean {
  return Math.abs(exposure - target) > mulDivDown(Math.max(0, wealth), rule.bandBps, basisPoints);
}

/** A floor that grows continuously at `growthPerYear`, in whole values, rounded up. */
export function floorAt(opening: number, growthPerYear: number, timeMs: number): number {
  assert(opening >= 0 && timeMs >= 0, "a floor is 0 or more at a time of 0 or more");
  if (growthPerYear === 0 || timeMs === 0) return Math.ceil(opening);
  return Math.ceil(opening * exp((growthPerYear * timeMs) / msPerYear));
}

/**
 * The opening-time floor after a ratchet: such that the floor now is at least `ratchet` of `wealth`, and never lower than before. Whole values, rounded up. Source:
 * Estep and Kritzman (1988), TIPP: F(t) = max(F(t-), ratchet x V(t)).
 */
export function ratchetedFloor(
  opening: number,
  wealth: number,
  ratchet: number,
  growthPerYear: number,
  timeMs: number,
): number {
  const now = Math.ceil(Math.max(0, wealth) * ratchet);
  const grown = floorAt(opening, growthPerYear, timeMs);
  if (now <= grown) return opening;
  return growthPerYear === 0 ? now : Math.ceil(now * exp((-growthPerYear * timeMs) / msPerYear));
}
