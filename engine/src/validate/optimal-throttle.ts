import { log, normalCdf } from "../math/index.js";
import { check, type Expectation, type ValidationCase } from "./case.js";
import { throttleAverageShare } from "./resilient-book.js";
import { goldenMinimum } from "./root.js";
import { rows } from "./rows.js";

/** A loan that is sold evenly over some minutes while its price moves. */
export interface ThrottledSale {
  /** B: the debt over the collateral value at the start. */
  readonly ltv: number;
  /** kappa Q: the displacement that selling everything at once would make, a share. */
  readonly blockImpact: number;
  /** rho, per minute. */
  readonly resiliencePerMinute: number;
  /** sigma, per square root of a year of 365 days. */
  readonly volatility: number;
}

const minutesPerYear = 365 * 24 * 60;

/**
 * J(T) = E[(B - S_T (1 - I(T)))+]: debt left uncovered, a share of the collateral, when the sale takes T minutes.
 * S is lognormal without drift, I the average displacement paid; so J is a put with strike B on 1 - I.
 * Source: derived, on Obizhaeva and Wang 2013 and Black 1976.
 */
export function expectedShortfall(sale: ThrottledSale, minutes: number): number {
  const proceeds = 1 - sale.blockImpact * throttleAverageShare(sale.resiliencePerMinute * minutes);
  const deviation = sale.volatility * Math.sqrt(minutes / minutesPerYear);
  if (deviation === 0) return Math.max(0, sale.ltv - proceeds);
  const upper = log(proceeds / sale.ltv) / deviation + deviation / 2;
  return sale.ltv * normalCdf(deviation - upper) - proceeds * normalCdf(-upper);
}

/** The minutes that lose least: longer saves impact, and waits in front of the price. */
export function optimalThrottleMinutes(sale: ThrottledSale): number {
  return goldenMinimum((minutes) => expectedShortfall(sale, minutes), 0, 1_000);
}

/** Section 2.5: B = 0.88, kappa Q = 0.30, rho = 1 per 10 minutes, volatility 300 % and 600 % a year. */
export function optimalThrottleCases(): ValidationCase[] {
  const calm: ThrottledSale = { ltv: 0.88, blockImpact: 0.3, resiliencePerMinute: 0.1, volatility: 3 };
  const wild: ThrottledSale = { ...calm, volatility: 6 };
  const calmMinutes = optimalThrottleMinutes(calm);
  const wildMinutes = optimalThrottleMinutes(wild);
  const about = (id: string, unit: string, expected: number, tolerance: number): Expectation => ({
    id: `optimal-throttle/${id}`,
    source: "even sale into an Obizhaeva-Wang book; Black 1976 put",
    tag: "D",
    unit,
    expected,
    tolerance,
    row: rows.optimalThrottle,
  });
  return [
    check(about("shortfall-at-once", "share of collateral", 0.03, 1e-12), expectedShortfall(calm, 0)),
    check(about("shortfall-1000-minutes", "share of collateral", 0.01112, 5e-6), expectedShortfall(calm, 1_000)),
    check(about("minutes-volatility-3", "minutes", 43.3, 0.05), calmMinutes),
    check(about("shortfall-volatility-3", "share of collateral", 2.852e-5, 5e-9), expectedShortfall(calm, calmMinutes)),
    check(about("minutes-volatility-6", "minutes", 34.6, 0.05), wildMinutes),
    check(
      about("shortfall-volatility-6", "share of collateral", 0.0020057, 5e-8),
      expectedShortfall(wild, wildMinutes),
    ),
  ];
}
