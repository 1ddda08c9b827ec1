import { exp } from "../math/index.js";
import type { InsuranceMarket } from "./insure-market.js";
import { type InsuredPaths, runInsured } from "./insure-paths.js";
import { insurancePlan } from "./insure-plans.js";
import { type InsuranceQuestion, insuranceYearMs } from "./insure-question.js";
import { controlled, lowestMean, meanWithError, wilsonInterval } from "./insure-statistics.js";
import type { InsuranceStrategy } from "./insure-strategies.js";

/** One strategy on the same paths: its account alone in the market, and beside a crowd that does the same. */
export interface InsuredRuns {
  readonly alone: InsuredPaths;
  readonly crowd: InsuredPaths;
}

/** A value with the ends of its 95 % interval; null ends where one path tells nothing of them. */
export interface Estimate {
  readonly value: number;
  readonly band: readonly [number, number] | null;
}

/** What a strategy came to for the account. Shares are of the sum, unless they say otherwise. */
export interface InsuranceOutcome {
  /** What a holder has at the end on average in the quiet market, less what the account has: premiums, slippage, and growth that was not earned. */
  readonly cost: Estimate;
  /** Mean gain above the sum, of a holder's in the quiet market; null where a holder never gains. */
  readonly upsideKept: number | null;
  /** Share of the paths that end below the floor by more than `brokenTolerance` of the sum. */
  readonly broken: Estimate;
  /** What is missing to the floor, on average over all paths. */
  readonly shortfall: Estimate;
  /** The same over the broken ones alone; null where there is none. */
  readonly shortfallIfBroken: number | null;
  /** Mean loss over the worst twentieth of the paths. */
  readonly tailLoss: number;
  /** Share of the paths on which somebody's order found nobody to trade with at any price that depth has. */
  readonly unfilled: number;
  /** What somebody who holds the asset beside them loses by their trading, as a share of what he holds. */
  readonly bystanderLoss: Estimate;
}

/** What the crowd adds to what becomes of the account, path by path on the same draws. */
export interface InsuranceHarm {
  /** Share of the sum that it has less. */
  readonly cost: Estimate;
  /** Share of the paths that break more. */
  readonly broken: Estimate;
}

/** Below the floor by more than this share of the sum counts as broken: less is the rounding of a trade. */
export const brokenTolerance = 1e-4;
/** The share of paths that a tail is. */
export const tailShare = 0.05;

/** Runs paths [from, to) of every strategy, alone and in the crowd. `progress` is called after each path of each run. */
export function runInsurance(
  market: InsuranceMarket,
  question: InsuranceQuestion,
  strategies: readonly InsuranceStrategy[],
  seed: number,
  from: number,
  to: number,
  progress: () => void = () => {},
): InsuredRuns[] {
  return strategies.map((strategy) => {
    const run = (crowd: boolean) =>
      runInsured(
        insurancePlan(market, question, strategy, crowd),
        market.instrument,
        { ...question, puts: strategy.puts?.(question, crowd), shorted: strategy.shorted?.(question) },
        seed,
        from,
        to,
        progress,
      );
    const alone = run(false);
    // Who does nothing does the same in any crowd.
    return { alone, crowd: strategy.kind === null ? alone : run(true) };
  });
}

/** How many runs of every path a comparison makes. */
export function insuranceRunCount(strategies: readonly InsuranceStrategy[]): number {
  return strategies.reduce((sum, { kind }) => sum + (kind === null ? 1 : 2), 0);
}

/**
 * What one strategy's account came to. `quiet` are the paths of the market in which nobody is insured. What luck explains of the account's wealth is taken
 * off its cost (a control variate whose mean is 0).
 */
export function insuranceOutcome(
  question: InsuranceQuestion,
  paths: InsuredPaths,
  quiet: InsuredPaths,
  openingUsd: number,
): InsuranceOutcome {
  const { sumUsd, floorShare, drift, horizonMs } = question;
  const count = paths.wealthUsd.length;
  const wealth = paths.wealthUsd.map((usd) => usd / sumUsd);
  const held = quiet.priceUsd.map((usd) => usd / openingUsd);
  const heldMean = exp((drift * horizonMs) / insuranceYearMs);
  const missing = wealth.map((share) => Math.max(0, floorShare - share));
  const broken = missing.filter((share) => share > brokenTolerance);
  const gained = meanWithError(wealth.map((share) => Math.max(0, share - 1))).value;
  const heldGained = meanWithError(held.map((share) => Math.max(0, share - 1))).value;
  const luck = paths.luckUsd.map((usd) => usd / sumUsd);
  const kept = meanWithError(controlled(wealth, luck, 0), 1);
  return {
    cost: {
      value: heldMean - kept.value,
      band: kept.band === null ? null : [heldMean - kept.band[1], heldMean - kept.band[0]],
    },
    upsideKept: heldGained === 0 ? null : gained / heldGained,
    broken: { value: broken.length / count, band: wilsonInterval(broken.length, count) },
    shortfall: meanWithError(missing),
    shortfallIfBroken: broken.length === 0 ? null : meanWithError(broken).value,
    tailLoss: 1 - lowestMean(wealth, tailShare),
    unfilled: paths.unfilledUsd.filter((usd) => usd > 0).length / count,
    bystanderLoss: meanWithError(held.map((share, path) => share - paths.priceUsd[path] / openingUsd)),
  };
}

/** What doing the same adds to cost and broken floors: paired differences, of the cost without what luck explains on either side. */
export function insuranceHarm({ sumUsd, floorShare }: InsuranceQuestion, { alone, crowd }: InsuredRuns): InsuranceHarm {
  const isBroken = (usd: number) => (floorShare - usd / sumUsd > brokenTolerance ? 1 : 0);
  const earned = (of: InsuredPaths, path: number) => of.wealthUsd[path] - of.luckUsd[path];
  return {
    cost: meanWithError(alone.wealthUsd.map((_, path) => (earned(alone, path) - earned(crowd, path)) / sumUsd)),
    broken: meanWithError(alone.wealthUsd.map((usd, path) => isBroken(crowd.wealthUsd[path]) - isBroken(usd))),
  };
}
