import { check, type Expectation, type ValidationCase } from "./case.js";
import { rows } from "./rows.js";

/**
 * Price impact per unit that a market maker sets who cannot tell one informed trader from noise: lambda = sqrt(Sigma_0) / (2 sigma_u), with the variance of
 * the value before trading and the noise's standard deviation. Source: Kyle, "Continuous auctions and insider trading", Econometrica 53 (1985), theorem 1.
 */
export function kyleLambda(valueVariance: number, noise: number): number {
  return (0.5 * Math.sqrt(valueVariance)) / noise;
}

/** What the market maker still does not know once he has seen the orders: half the variance, whatever the noise. Kyle (1985), theorem 1. */
export function kylePosteriorVariance(valueVariance: number): number {
  return valueVariance / 2;
}

/** Runner-up: variance 2, noise 3. */
export function informedTradingCases(): ValidationCase[] {
  const about = (id: string, unit: string, expected: number, tolerance: number): Expectation => ({
    id: `informed-trading/${id}`,
    source: "Kyle (1985), theorem 1",
    tag: "D",
    unit,
    expected,
    tolerance,
    row: rows.runnersUp,
  });
  return [
    check(about("impact", "price per unit", 0.235702, 5e-7), kyleLambda(2, 3)),
    check(about("posterior-variance", "price squared", 1, 1e-12), kylePosteriorVariance(2)),
  ];
}
