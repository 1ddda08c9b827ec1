import { check, type Expectation, type ValidationCase } from "./case.js";
import { rows } from "./rows.js";

/** Rebalancers and constant-proportion insurers in one market, with the wealth of all of them as 1. */
export interface MixedMarket {
  /** pi: the share of their wealth that rebalancers keep in the asset. */
  readonly rebalancedShare: number;
  readonly multiplier: number;
  /** E / W: insurers' exposure as a share of their wealth. */
  readonly exposureShare: number;
}

/**
 * Dollars bought per unit of wealth when ln price rises by 1, of a market in which insurers have the share `insured` of all wealth: rebalancers sell pi (1 - pi),
 * insurers buy (m - 1) E. Source: in the manner of Kim and Markowitz, Journal of Portfolio Management 16(1) 1989; slopes derived, parameters ours.
 */
export function demandSlope({ rebalancedShare, multiplier, exposureShare }: MixedMarket, insured: number): number {
  const rebalancers = -rebalancedShare * (1 - rebalancedShare);
  return (1 - insured) * rebalancers + insured * (multiplier - 1) * exposureShare;
}

/** The insurers' share of wealth at which the two answer a move by trading with each other alone. */
export function neutralInsuredShare(market: MixedMarket): number {
  const rebalancers = demandSlope(market, 0);
  return -rebalancers / (demandSlope(market, 1) - rebalancers);
}

/** The insurers' share at which a market of this impact (log price per unit of wealth traded) has no price: impact x slope = 1. */
export function criticalInsuredShare(market: MixedMarket, impact: number): number {
  const rebalancers = demandSlope(market, 0);
  return (1 / impact - rebalancers) / (demandSlope(market, 1) - rebalancers);
}

/** Variance of the price over that of fair value: 1 / (1 - impact x slope)^2. */
export function mixedVariance(market: MixedMarket, insured: number, impact: number): number {
  const left = 1 - impact * demandSlope(market, insured);
  return 1 / (left * left);
}

/** Half and half, against a multiplier of 2 on a cushion of a quarter: slopes -0.25 and +0.5. */
export const acceptanceMix: MixedMarket = { rebalancedShare: 0.5, multiplier: 2, exposureShare: 0.5 };

/** Log price per unit of all wealth traded, of the illustration. */
export const acceptanceMixImpact = 1.5;

/** Rebalancers against insurers, an illustration with our parameters: the original tables were not read. */
export function kimMarkowitzCases(): ValidationCase[] {
  const about = (id: string, unit: string, expected: number, tolerance: number): Expectation => ({
    id: `kim-markowitz/${id}`,
    source: "in the manner of Kim and Markowitz 1989, derived; our parameters",
    tag: "D",
    unit,
    expected,
    tolerance,
    row: rows.kimMarkowitz,
  });
  const variance = (insured: number) => mixedVariance(acceptanceMix, insured, acceptanceMixImpact);
  return [
    check(about("slope-rebalancers", "wealth per log price", -0.25, 1e-12), demandSlope(acceptanceMix, 0)),
    check(about("slope-insurers", "wealth per log price", 0.5, 1e-12), demandSlope(acceptanceMix, 1)),
    check(about("neutral-insured-share", "share", 1 / 3, 1e-12), neutralInsuredShare(acceptanceMix)),
    // impact x (0.75 f - 0.25) = 1 at an impact of 2: f = 1; at 1.5 it would be more than everybody.
    check(about("critical-insured-share-impact-2", "share", 1, 1e-12), criticalInsuredShare(acceptanceMix, 2)),
    check(about("variance-insured-0", "ratio", 1 / (1.375 * 1.375), 1e-12), variance(0)),
    check(about("variance-insured-third", "ratio", 1, 1e-12), variance(1 / 3)),
    check(about("variance-insured-half", "ratio", 1 / (0.8125 * 0.8125), 1e-12), variance(0.5)),
    check(about("variance-insured-1", "ratio", 16, 1e-12), variance(1)),
  ];
}
