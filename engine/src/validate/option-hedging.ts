import { blackScholes } from "../options/index.js";
import { check, type Expectation, type ValidationCase } from "./case.js";
import { rows } from "./rows.js";

const SQRT_TWO_OVER_PI = 0.7978845608028654;
const SQRT_PI_OVER_FOUR = 0.886226925452758;

/**
 * The volatility at which a short option that is re-hedged every `stepYears` at `roundTripShare` of the traded amount earns its costs:
 * sigma sqrt(1 + sqrt(2 / pi) k / (sigma sqrt dt)). Source: Leland, "Option pricing and replication with transactions costs", Journal of Finance 40 (1985).
 */
export function lelandVolatility(volatility: number, roundTripShare: number, stepYears: number): number {
  return volatility * Math.sqrt(1 + (SQRT_TWO_OVER_PI * roundTripShare) / (volatility * Math.sqrt(stepYears)));
}

/**
 * Standard deviation of what an option hedged `times` times at even steps until expiry gains or loses, in money: sqrt(pi / 4) vega sigma / sqrt N.
 * Source: Derman and Kamal, "When you cannot hedge continuously", Risk 12 (1999).
 */
export function hedgingError(vega: number, volatility: number, times: number): number {
  return (SQRT_PI_OVER_FOUR * vega * volatility) / Math.sqrt(times);
}

/** Runners-up: the Black-Scholes reference; Leland at 20 %, 1 %, weekly; an option of one month at the money, 20 %, hedged 84 times (21 days of four). */
export function optionHedgingCases(): ValidationCase[] {
  const about = (id: string, source: string, expected: number, tolerance: number): Expectation => ({
    id: `option-hedging/${id}`,
    source,
    tag: "D",
    unit: "USD",
    expected,
    tolerance,
    row: rows.runnersUp,
  });
  const reference = (id: string, expected: number) =>
    about(`reference-${id}`, "Black and Scholes (1973): S = K = 100, r = 5 %, sigma = 20 %, one year", expected, 5e-7);
  const call = blackScholes(true, 100, 100, 1, 0.2, 0.05, 0);
  const put = blackScholes(false, 100, 100, 1, 0.2, 0.05, 0);
  const month = blackScholes(true, 100, 100, 1 / 12, 0.2, 0, 0);
  const leland = about("leland-volatility", "Leland (1985)", 0.226952, 5e-7);
  return [
    check(reference("call", 10.450584), call.price),
    check(reference("put", 5.573526), put.price),
    check(reference("delta", 0.636831), call.delta),
    check(reference("gamma", 0.018762), call.gamma),
    check(reference("vega", 37.524035), call.vega),
    check({ ...leland, unit: "per square root of a year" }, lelandVolatility(0.2, 0.01, 1 / 52)),
    check(
      about("discrete-hedging", "Derman and Kamal (1999), sqrt(pi / 4) vega sigma / sqrt N", 0.2226, 5e-5),
      hedgingError(month.vega, 0.2, 84),
    ),
  ];
}
