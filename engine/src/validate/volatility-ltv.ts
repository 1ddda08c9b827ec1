import { exp } from "../math/index.js";
import { check, type Expectation, type ValidationCase } from "./case.js";
import { rows } from "./rows.js";

/** What a rule that indexes the loan limit to volatility looks at. */
export interface VolatilityRule {
  /** z: how many deviations of the horizon the limit must survive. */
  readonly deviations: number;
  /** sigma, per square root of a year. */
  readonly volatility: number;
  readonly horizonYears: number;
  /** s: slippage of the sale, a share. */
  readonly slippage: number;
  /** b: the liquidator's bonus, a share. */
  readonly bonus: number;
}

/**
 * LTV = e^(-z sigma sqrt(h)) (1 - s) / (1 + b). Its fall as volatility rises is itself a trigger: the procyclicality test.
 * Source: derived.
 */
export function volatilityLtv({ deviations, volatility, horizonYears, slippage, bonus }: VolatilityRule): number {
  return (exp(-deviations * volatility * Math.sqrt(horizonYears)) * (1 - slippage)) / (1 + bonus);
}

/** B.Protocol's SmartLTV: e^(-c sigma / sqrt(l / d)) - beta, l the liquidity within the bonus, d the debt ceiling. */
export function smartLtv(confidence: number, volatility: number, liquidityOverCap: number, bonus: number): number {
  return exp((-confidence * volatility) / Math.sqrt(liquidityOverCap)) - bonus;
}

/** Section 2.6: 2.326 deviations of one day, volatility doubled from 60 % to 120 %; and SmartLTV's example. */
export function volatilityLtvCases(): ValidationCase[] {
  // Slippage 2 % and bonus 5 % give (1 - s) / (1 + b) = 14 / 15, which the source prints as 0.9333.
  const rule: VolatilityRule = {
    deviations: 2.326,
    volatility: 0.6,
    horizonYears: 1 / 365,
    slippage: 0.02,
    bonus: 0.05,
  };
  const about = (id: string, source: string, tag: "D" | "S+D", expected: number): Expectation => ({
    id: `volatility-ltv/${id}`,
    source,
    tag,
    unit: "share",
    expected,
    tolerance: 5e-7,
    row: rows.volatilityLtv,
  });
  const procyclical = "e^(-z sigma sqrt(h)) (1 - s) / (1 + b)";
  return [
    check(about("volatility-0.6", procyclical, "D", 0.867585), volatilityLtv(rule)),
    check(about("volatility-1.2", procyclical, "D", 0.806468), volatilityLtv({ ...rule, volatility: 1.2 })),
    check(about("smart-ltv", "B.Protocol SmartLTV", "S+D", 0.060803), smartLtv(4, 0.55, 1, 0.05)),
  ];
}
