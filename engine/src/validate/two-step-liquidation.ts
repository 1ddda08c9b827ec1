import { check, type Expectation, type ValidationCase } from "./case.js";
import { rows } from "./rows.js";

/** An account that may be liquidated, in dollars, under a fixed close factor. */
export interface CloseFactorAccount {
  readonly collateralUsd: number;
  readonly debtUsd: number;
  readonly liquidationThreshold: number;
  /** The liquidator's bonus ("liquidation spread"). */
  readonly bonus: number;
  /** Largest share of the debt that one liquidation may repay. */
  readonly closeFactor: number;
}

/** What a liquidator who goes twice repays each time, and what it earns in all, in dollars. */
export interface TwoSteps {
  readonly firstRepayUsd: number;
  readonly secondRepayUsd: number;
  readonly profitUsd: number;
}

/**
 * The optimal two steps: a1 = (D - LT C) / (1 - LT (1 + LS)) leaves the account just liquidatable (health 1), then
 * a2 = CF (D - a1) takes the full close factor. Source: Qin, Zhou, Gamito, Jovanovic and Gervais, IMC 2021.
 */
export function optimalTwoSteps(account: CloseFactorAccount): TwoSteps {
  const { collateralUsd, debtUsd, liquidationThreshold, bonus, closeFactor } = account;
  const firstRepayUsd = (debtUsd - liquidationThreshold * collateralUsd) / (1 - liquidationThreshold * (1 + bonus));
  const secondRepayUsd = closeFactor * (debtUsd - firstRepayUsd);
  return { firstRepayUsd, secondRepayUsd, profitUsd: bonus * (firstRepayUsd + secondRepayUsd) };
}

/** The profit of one liquidation up to the close factor, in dollars. */
export function oneStepProfit({ debtUsd, bonus, closeFactor }: CloseFactorAccount): number {
  return bonus * closeFactor * debtUsd;
}

/** Section 2.6: C = 10,000, D = 8,400, LT = 0.8, LS = 10 %, CF = 50 %. */
export function twoStepLiquidationCases(): ValidationCase[] {
  const account = { collateralUsd: 10_000, debtUsd: 8_400, liquidationThreshold: 0.8, bonus: 0.1, closeFactor: 0.5 };
  const steps = optimalTwoSteps(account);
  const single = oneStepProfit(account);
  const about = (id: string, unit: string, expected: number, tolerance: number): Expectation => ({
    id: `two-step-liquidation/${id}`,
    source: "Qin et al., IMC 2021, optimal liquidation strategy",
    tag: "D",
    unit,
    expected,
    tolerance,
    row: rows.twoStepLiquidation,
  });
  return [
    check(about("first-repay", "USD", 3333.333, 5e-4), steps.firstRepayUsd),
    check(about("second-repay", "USD", 2533.333, 5e-4), steps.secondRepayUsd),
    check(about("profit", "USD", 586.67, 5e-3), steps.profitUsd),
    check(about("one-step-profit", "USD", 420, 1e-9), single),
    check(about("gain-over-one-step", "share", 0.3968, 5e-5), steps.profitUsd / single - 1),
  ];
}
