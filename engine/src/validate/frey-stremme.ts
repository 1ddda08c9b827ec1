import { log, normalCdf, normalPdf } from "../math/index.js";
import { check, type Expectation, type ValidationCase } from "./case.js";
import { rows } from "./rows.js";

/** Hedgers who replicate a call, as a share of the market, in a reference market of unit-elastic demand. */
export interface HedgedCall {
  /** rho: hedgers' stock over the whole supply where their delta is 1. */
  readonly hedgedShare: number;
  readonly price: number;
  readonly strike: number;
  /** Volatility that the hedgers assume, per square root of a year. */
  readonly volatility: number;
  readonly years: number;
}

/** phi = N(d1) at zero rate, and its derivative by the price, phi_X = n(d1) / (X sigma sqrt T). */
export function callHedge({ price, strike, volatility, years }: HedgedCall): { delta: number; slope: number } {
  const deviation = volatility * Math.sqrt(years);
  const d1 = log(price / strike) / deviation + deviation / 2;
  return { delta: normalCdf(d1), slope: normalPdf(d1) / (price * deviation) };
}

/**
 * sigma_X / sigma: how much more the price moves than the income that demand spends, (1 - rho phi) / (1 - rho phi - rho X phi_X), where demand F / X plus
 * hedgers' stock rho phi(X) is the supply of 1. Source: Frey and Stremme, Mathematical Finance 7(4) 1997, Cobb-Douglas demand; re-derived.
 */
export function volatilityRatio(market: HedgedCall): number {
  const { delta, slope } = callHedge(market);
  const left = 1 - market.hedgedShare * delta;
  return left / (left - market.hedgedShare * market.price * slope);
}

/** The hedged share at which the ratio has no bound: 1 / (phi + X phi_X). */
export function criticalHedgingShare(market: Omit<HedgedCall, "hedgedShare">): number {
  const { delta, slope } = callHedge({ ...market, hedgedShare: 0 });
  return 1 / (delta + market.price * slope);
}

/** Variances of price changes over that of fair value's, where hedgers sell gain x move: see `feedbackVariance`. */
export interface FeedbackVariance {
  /** Hedged at once: 1 / (1 - g)^2. */
  readonly atOnce: number;
  /** Hedged one step later, from step to step: 1 / (1 - g^2). */
  readonly laggedSteps: number;
  /** Hedged one step later, over many steps: 1 / (1 - g)^2 again. */
  readonly laggedLong: number;
  /** Hedged one step later: the correlation of neighbouring changes, g. */
  readonly laggedCorrelation: number;
}

/**
 * Hedging with gain g, at once or one step later. Later, changes are r' = f' + g r: an autoregression, whose variance and correlations are these.
 * Source: Frey, Finance and Stochastics 4 (2000), for the bracket 1 - g; the lagged forms are derived.
 */
export function feedbackVariance(gain: number): FeedbackVariance {
  const long = 1 / ((1 - gain) * (1 - gain));
  return { atOnce: long, laggedSteps: 1 / (1 - gain * gain), laggedLong: long, laggedCorrelation: gain };
}

/** The call of the acceptance numbers: at the money, a quarter of a year, 20 %. */
export const acceptanceCall: HedgedCall = { hedgedShare: 0.05, price: 1, strike: 1, volatility: 0.2, years: 0.25 };

/** Row 3 in closed form. */
export function freyStremmeCases(): ValidationCase[] {
  const about = (id: string, unit: string, expected: number, tolerance: number): Expectation => ({
    id: `hedging-feedback/${id}`,
    source: "Frey and Stremme 1997, re-derived",
    tag: "D",
    unit,
    expected,
    tolerance,
    row: rows.hedgingFeedback,
  });
  const half = feedbackVariance(0.5);
  const long = feedbackVariance(-0.5);
  return [
    check(about("volatility-at-share-0.05", "ratio", 1.257133, 1e-6), volatilityRatio(acceptanceCall)),
    check(
      about("volatility-at-share-0.10", "ratio", 1.725021, 1e-6),
      volatilityRatio({ ...acceptanceCall, hedgedShare: 0.1 }),
    ),
    check(about("critical-share", "share", 0.222006, 1e-6), criticalHedgingShare(acceptanceCall)),
    check(about("variance-at-once-gain-0.5", "ratio", 4, 1e-12), half.atOnce),
    check(about("variance-lagged-gain-0.5", "ratio", 1.3333, 5e-5), half.laggedSteps),
    check(about("variance-lagged-long-gain-0.5", "ratio", 4, 1e-12), half.laggedLong),
    check(about("correlation-lagged-gain-0.5", "correlation", 0.5, 1e-12), half.laggedCorrelation),
    check(about("variance-at-once-gain--0.5", "ratio", 0.4444, 5e-5), long.atOnce),
  ];
}
