import { exp } from "../math/index.js";

/** What the formula is computed from; shares in plain Float64, liquidity and cap in the same units. */
export interface SmartLtvInput {
  /** c: one over the risk level. */
  readonly confidence: number;
  /** sigma, a day. */
  readonly volatility: number;
  /** l: what can be sold for the debt asset at the slippage. */
  readonly liquidity: number;
  /** d: the supply cap. */
  readonly cap: number;
  /** beta: the liquidation bonus. */
  readonly bonus: number;
}

/** From this exponent on the contract answers 0: 10.462e18 of 2^59 (`SmartLTV.MAX_MANTISSA`). */
const largestExponent = 10_462_186_398_271_841_700 / 2 ** 59;

/** Places that the contract's root of liquidity over cap has. */
const rootScale = 1e9;

/**
 * LTV = e^(-c sigma / sqrt(l / d)) - beta, never below 0; NaN where the contract divides by zero: no cap, or a root of 0. The root is cut to nine places, as the
 * contract cuts it. Equal to `ltvFormula` in `exact/smart-ltv` within 1e-12 where liquidity is at least a ten-thousandth of the cap. `backstop-protocol/smart-ltv`
 * 17fd53c, `SmartLTV.ltv`.
 */
export function smartLtv({ confidence, volatility, liquidity, cap, bonus }: SmartLtvInput): number {
  const root = cap > 0 ? Math.floor(Math.sqrt(liquidity / cap) * rootScale) / rootScale : 0;
  if (root === 0) return Number.NaN;
  const exponent = (confidence * volatility) / root;
  return exponent >= largestExponent ? 0 : Math.max(0, exp(-exponent) - bonus);
}

/** Variance a day after another price: an exponentially weighted mean of squared log returns over their time. `days` above 0. */
export function weightedVariance(variance: number, logReturn: number, days: number, halfLifeDays: number): number {
  const kept = exp((-Math.LN2 * days) / halfLifeDays);
  return kept * variance + ((1 - kept) * logReturn * logReturn) / days;
}
