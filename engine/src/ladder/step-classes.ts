import { mulDivDown } from "../math/index.js";
import { basisPoints } from "../rules/account-value.js";
import type { LiquidationSize } from "../rules/lending.js";

/** Close-factor steps of a rule, as rules/lending.ts reads them. */
export type CloseFactorSteps = Extract<LiquidationSize, { kind: "close-factor" }>["steps"];

/** Repaid shares of debt are whole multiples of 2^-40: debt sums times shares are then exact whole numbers. */
export const shareScale = 1_099_511_627_776;

/** Classes are followed until this share of the range above the fixed point is left; accounts in it are liquidated one by one. */
const smallestRange = 1e-6;
/** More classes than this are no shortcut. */
const classLimit = 512;

/**
 * How accounts of one pair end, by x = collateral value / debt value, when a rule repays less than the whole debt at a time and the price is held.
 * One liquidation with close factor f takes x to (x - f g) / (1 - f), g = (1 + bonus) (1 + penalty): what follows depends on x alone and grows
 * with it around the fixed point x = g. So the line falls into ranges: below g all collateral goes; above, a share of the debt that is the
 * same for a whole range is repaid; from 1 / threshold on nothing happens.
 */
export interface StepClasses {
  /** Rising lower bounds of x. Below `bounds[0]` all collateral is seized; `bounds[i]` to `bounds[i + 1]` is class i; the last bound is 1 / threshold. */
  readonly bounds: Float64Array;
  /** Share of the debt repaid in class i, in 2^-40; the first class, next to g, is -1: its accounts are liquidated one by one. */
  readonly shares: Float64Array;
  /** The most liquidations in a class. */
  readonly depth: number;
}

/** The share of a debt that liquidations with these factors repay one after another, in whole 2^-40. */
export function shareOf(remaining: number): number {
  return Math.round((1 - remaining) * shareScale);
}

/** What is left of a debt share after one more liquidation. */
export function remainingAfter(remaining: number, closeFactorBps: number): number {
  return (remaining * (basisPoints - closeFactorBps)) / basisPoints;
}

/** The close factor that rules/lending.ts applies at this health (values of weighted collateral and debt). */
export function closeFactorAt(steps: CloseFactorSteps, weightedCollateral: number, debtValue: number): number {
  const healthBps = mulDivDown(weightedCollateral, basisPoints, debtValue);
  for (const step of steps) if (healthBps < step.healthBelowBps) return step.closeFactorBps;
  return steps.length > 0 ? steps[steps.length - 1].closeFactorBps : basisPoints;
}

/** The close factor by x, for the ranges: the same rule in real numbers. */
function factorOf(steps: CloseFactorSteps, threshold: number, x: number): number {
  for (const step of steps) if (threshold * x * basisPoints < step.healthBelowBps) return step.closeFactorBps;
  return steps[steps.length - 1].closeFactorBps;
}

/** How an account at x ends: the share repaid in 2^-40 and the liquidations it took; share -1 where the collateral runs out or `depth` is passed. */
function follow(
  steps: CloseFactorSteps,
  threshold: number,
  g: number,
  x: number,
  depth: number,
): { share: number; count: number } {
  let remaining = 1;
  for (let count = 0; count <= depth; count++) {
    if (threshold * x >= 1) return { share: shareOf(remaining), count };
    const factorBps = factorOf(steps, threshold, x);
    const factor = factorBps / basisPoints;
    if (factor * g >= x) return { share: -1, count };
    if (factorBps === basisPoints) return { share: shareScale, count: count + 1 };
    remaining = remainingAfter(remaining, factorBps);
    x = (x - factor * g) / (1 - factor);
  }
  return { share: -1, count: depth };
}

/** The ranges of a rule, or undefined where there are too many to help (the caller then checks account by account). */
export function stepClasses(
  steps: CloseFactorSteps,
  thresholdBps: number,
  bonusBps: number,
  penaltyBps: number,
): StepClasses | undefined {
  const threshold = thresholdBps / basisPoints;
  const g = ((basisPoints + bonusBps) / basisPoints) * ((basisPoints + penaltyBps) / basisPoints);
  const top = 1 / threshold;
  if (!(threshold > 0) || steps.length === 0 || steps.some((step) => step.closeFactorBps <= 0)) return undefined;
  if (g < top && top - g < 1e-6 * g) return undefined;
  if (g >= top) return { bounds: Float64Array.of(top), shares: new Float64Array(0), depth: 1 };
  const floor = g + (top - g) * smallestRange;
  // Every x at which the course changes is where a factor or health changes, or one step before such an x.
  const cuts = new Set<number>([top, floor]);
  let latest = [
    top,
    ...steps.map((step) => step.healthBelowBps / basisPoints / threshold),
    ...steps.map((step) => (step.closeFactorBps / basisPoints) * g),
  ];
  for (let round = 0; latest.length > 0; round++) {
    const before: number[] = [];
    for (const x of latest) {
      if (x <= floor || x > top) continue;
      if (round > 0 && cuts.has(x)) continue;
      cuts.add(x);
      for (const step of steps) {
        const factor = step.closeFactorBps / basisPoints;
        const earlier = x * (1 - factor) + factor * g;
        if (factor === 1 || earlier <= floor || earlier >= top) continue;
        // Only where this step's factor is the one that counts, its very edges included.
        const near = [earlier * (1 - 1e-9), earlier * (1 + 1e-9)];
        if (near.some((at) => factorOf(steps, threshold, at) === step.closeFactorBps)) before.push(earlier);
      }
    }
    if (cuts.size > 4 * classLimit) return undefined;
    latest = before;
  }
  return classesBetween(
    [...cuts].sort((a, b) => a - b),
    steps,
    threshold,
    g,
  );
}

function classesBetween(
  cuts: readonly number[],
  steps: CloseFactorSteps,
  threshold: number,
  g: number,
): StepClasses | undefined {
  const bounds: number[] = [g];
  const shares: number[] = [-1];
  let depth = 1;
  for (let i = 0; i + 1 < cuts.length; i++) {
    const { share, count } = follow(steps, threshold, g, (cuts[i] + cuts[i + 1]) / 2, 4 * classLimit);
    depth = Math.max(depth, count);
    if (share === shares[shares.length - 1] && share !== -1) continue;
    if (share === -1 && shares.length > 1) return undefined;
    if (share === -1) continue;
    bounds.push(cuts[i]);
    shares.push(share);
  }
  bounds.push(cuts[cuts.length - 1]);
  if (shares.length > classLimit) return undefined;
  return { bounds: Float64Array.from(bounds), shares: Float64Array.from(shares), depth };
}
