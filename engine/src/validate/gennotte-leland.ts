import { exp } from "../math/index.js";
import { type HedgedMarket, supplyImpact } from "../rules/supply-impact.js";
import { check, type Expectation, type ValidationCase } from "./case.js";
import { bistabilityLimit, folds, shallowestDrop, type ThresholdBell } from "./fold.js";
import { bisectRoot } from "./root.js";
import { rows } from "./rows.js";

/**
 * The share of the market whose hedging (replicated at-the-money puts) makes the market bistable: w* = sigma sqrt(T)
 * sqrt(2 pi) / impact. A put's delta is a bell in log price of width sigma sqrt(T), so reach is impact x share.
 */
export function criticalHedgedShare(impact: number, volatility: number, years: number): number {
  return bistabilityLimit(volatility * Math.sqrt(years)) / impact;
}

/** The fall at the fold, a share of the price: 1 - e^-(jump of the log price); 0 where there is no fold. */
export function crashSize(impact: number, hedgedShare: number, volatility: number, years: number): number {
  // The centre moves both drops alike and leaves the jump as it is.
  const bell: ThresholdBell = { reach: impact * hedgedShare, centre: 0, width: volatility * Math.sqrt(years) };
  const fold = folds(bell);
  if (fold === null) return 0;
  return 1 - exp(fold.collapseDrop - shallowestDrop(bell, fold.collapseShock));
}

/** The hedged share at which the fall at the fold is `crash`. */
export function hedgedShareOfCrash(impact: number, crash: number, volatility: number, years: number): number {
  const critical = criticalHedgedShare(impact, volatility, years);
  return bisectRoot((share) => crashSize(impact, share, volatility, years) - crash, critical, 10 * critical);
}

/** The market of the illustration: our parameters. */
export const acceptanceMarket: HedgedMarket = {
  riskAversion: 1.5,
  priorVariance: 0.04,
  signalVarianceOverInformed: 10,
  hiddenSupplyVariance: 0.01 * 0.01,
};

/** Row 2, the market behind the fold; an illustration with our parameters. */
export function gennotteLelandCases(): ValidationCase[] {
  const { observed, unobserved } = supplyImpact(acceptanceMarket);
  const about = (id: string, unit: string, expected: number, tolerance: number): Expectation => ({
    id: `gennotte-leland/${id}`,
    source: "Gennotte and Leland 1990, re-derived; our parameters",
    tag: "D",
    unit,
    expected,
    tolerance,
    row: rows.gennotteLeland,
  });
  return [
    check(about("impact-observed", "log price per market", 0.0215689, 5e-8), observed),
    check(about("impact-unobserved", "log price per market", 9.6077648, 5e-8), unobserved),
    check(about("impact-ratio", "ratio", 445.444, 5e-4), unobserved / observed),
    check(about("critical-share-unobserved", "share", 0.02609, 5e-6), criticalHedgedShare(unobserved, 0.2, 0.25)),
    check(about("critical-share-observed", "share", 11.62, 5e-3), criticalHedgedShare(observed, 0.2, 0.25)),
    check(about("crash-at-3-percent", "share", 0.1508, 5e-5), crashSize(unobserved, 0.03, 0.2, 0.25)),
    check(about("crash-at-4-percent", "share", 0.2669, 5e-5), crashSize(unobserved, 0.04, 0.2, 0.25)),
    check(about("share-of-1987-crash", "share", 0.0338, 5e-5), hedgedShareOfCrash(unobserved, 0.205, 0.2, 0.25)),
  ];
}
