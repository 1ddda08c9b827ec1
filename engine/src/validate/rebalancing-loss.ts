import { expm1 } from "../math/index.js";
import { check, type ValidationCase } from "./case.js";
import { rows } from "./rows.js";

/**
 * Expected loss of a full-range pool to those who rebalance it, against the same trades at fair prices: the pool of worth `poolUsd` loses sigma^2 / 8 of what
 * it is worth per year, and its expected worth falls as e^(-sigma^2 t / 8): poolUsd (1 - e^(-sigma^2 t / 8)). Source: Milionis, Moallemi, Roughgarden and
 * Zhang, "Automated market making and loss-versus-rebalancing" (2022), example of the constant product.
 */
export function rebalancingLoss(poolUsd: number, volatility: number, years: number): number {
  return -poolUsd * expm1((-volatility * volatility * years) / 8);
}

/** Runner-up: liquidity 1 at price 1, so a pool worth 2; 80 %, one month. */
export function rebalancingLossCases(): ValidationCase[] {
  return [
    check(
      {
        id: "rebalancing-loss/month",
        source: "Milionis et al. (2022): sigma^2 / 8 per year, over a month of a pool worth 2",
        tag: "D",
        unit: "USD",
        expected: 0.013289,
        tolerance: 5e-7,
        row: rows.runnersUp,
      },
      rebalancingLoss(2, 0.8, 1 / 12),
    ),
  ];
}
