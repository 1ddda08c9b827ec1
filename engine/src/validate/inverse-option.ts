import { inverseOption } from "../options/index.js";
import { check, type Expectation, type ValidationCase } from "./case.js";
import { rows } from "./rows.js";

/** Row 19, the option part: forward 50,000, strike 55,000, 70 %, 30 days, rate zero. */
export function inverseOptionCases(): ValidationCase[] {
  const call = inverseOption(true, 50_000, 55_000, 30 / 365, 0.7);
  const put = inverseOption(false, 50_000, 55_000, 30 / 365, 0.7);
  const about = (id: string, unit: string, expected: number, tolerance: number): Expectation => ({
    id: `inverse-option/${id}`,
    source: "Black-Scholes at zero rate, paid in the coin: Phi(d1) - (K / F) Phi(d2) coins for a call",
    tag: "D",
    unit,
    expected,
    tolerance,
    row: rows.inverseOption,
  });
  return [
    check(about("call", "BTC", 0.0431743159, 5e-11), call.price),
    check(about("put", "BTC", 0.1431743, 5e-8), put.price),
    check(about("parity", "BTC", -0.1, 1e-14), call.price - put.price),
    check(about("net-delta", "BTC", 0.3108101265, 5e-11), call.netDelta),
    check(about("delta-less-price", "BTC", 0.3108101265, 5e-11), call.delta - call.price),
  ];
}
