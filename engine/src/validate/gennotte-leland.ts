import { exp } from "../math/index.js";
import { check, type Expectation, type ValidationCase } from "./case.js";
import { bistabilityLimit, folds, shallowestDrop, type ThresholdBell } from "./fold.js";
import { bisectRoot } from "./root.js";
import { rows } from "./rows.js";

/** The constant-absolute-risk-aversion market of Gennotte and Leland, normal throughout. */
export interface HedgedMarket {
  /** a. */
  readonly riskAversion: number;
  /** Sigma: variance of the value before anybody learns anything. */
  readonly priorVariance: number;
  /** Sigma_eps / nu: variance of a private signal over the share of investors who get one. */
  readonly signalVarianceOverInformed: number;
  /** Sigma_L: variance of the supply that nobody observes. */
  readonly hiddenSupplyVariance: number;
}

/** Price change per unit of supply: where everybody knows that it carries no news, and where nobody does. */
export interface SupplyImpact {
  readonly observed: number;
  readonly unobserved: number;
}

/**
 * Impact of observed supply, a / prec, and of unobserved supply, c (nu / Sigma_eps + tau) / prec, with c = a Sigma_eps / nu,
 * tau = 1 / (c^2 Sigma_L), prec = 1 / Sigma + nu / Sigma_eps + tau; their ratio is 1 + nu / (a^2 Sigma_eps Sigma_L).
 * Source: Gennotte and Leland, AER 80(5) 1990; formulas derived (VALIDATED-MODELS 2.2), the parameters are ours.
 */
export function supplyImpact(market: HedgedMarket): SupplyImpact {
  const confusion = market.riskAversion * market.signalVarianceOverInformed;
  const signalPrecision = 1 / market.signalVarianceOverInformed;
  const pricePrecision = 1 / (confusion * confusion * market.hiddenSupplyVariance);
  const precision = 1 / market.priorVariance + signalPrecision + pricePrecision;
  return {
    observed: market.riskAversion / precision,
    unobserved: (confusion * (signalPrecision + pricePrecision)) / precision,
  };
}

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

/** Row 2, the market behind the fold; an illustration with our parameters. */
export function gennotteLelandCases(): ValidationCase[] {
  const market: HedgedMarket = {
    riskAversion: 1.5,
    priorVariance: 0.04,
    signalVarianceOverInformed: 10,
    hiddenSupplyVariance: 0.01 * 0.01,
  };
  const { observed, unobserved } = supplyImpact(market);
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
