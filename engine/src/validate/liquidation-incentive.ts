import { check, type Expectation, type ValidationCase } from "./case.js";
import { rows } from "./rows.js";

/** Morpho Blue's incentive factor: min(1.15, 1 / (1 - 0.3 (1 - LLTV))). Source: morpho-blue ConstantsLib and Morpho.liquidate. */
export function morphoIncentiveFactor(lltv: number): number {
  return Math.min(1.15, 1 / (1 - 0.3 * (1 - lltv)));
}

/**
 * The loan-to-value below which a liquidation under Euler's rule (discount 1 - health) improves the loan: sqrt(v), v the
 * liquidation threshold. Seizing pays 1 / health, health is v / LTV, and the frontier is LTV = 1 / (1 + bonus) = v / LTV.
 * Source: Euler Vault Kit whitepaper.
 */
export function eulerImprovementFrontier(liquidationThreshold: number): number {
  return Math.sqrt(liquidationThreshold);
}

/** Runners-up: Morpho's factor at three LLTVs, Euler's frontier. */
export function liquidationIncentiveCases(): ValidationCase[] {
  const about = (id: string, tag: "D" | "S+D", source: string, expected: number): Expectation => ({
    id: `liquidation-incentive/${id}`,
    source,
    tag,
    unit: "ratio",
    expected,
    tolerance: 5e-7,
    row: rows.runnersUp,
  });
  const morpho = "Morpho Blue, min(1.15, 1 / (1 - 0.3 (1 - LLTV)))";
  return [
    check(about("morpho-lltv-0.86", "S+D", morpho, 1.043841), morphoIncentiveFactor(0.86)),
    check(about("morpho-lltv-0.945", "S+D", morpho, 1.016777), morphoIncentiveFactor(0.945)),
    check(about("morpho-lltv-0.77", "S+D", morpho, 1.074114), morphoIncentiveFactor(0.77)),
    check(about("euler-threshold-0.85", "D", "Euler Vault Kit whitepaper", 0.921954), eulerImprovementFrontier(0.85)),
  ];
}
