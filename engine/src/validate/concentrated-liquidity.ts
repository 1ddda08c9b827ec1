import { check, type ValidationCase } from "./case.js";
import { rows } from "./rows.js";

/**
 * The collateral sold into a position of `liquidity` L, price staying within its range, that moves the price from P to
 * P (1 - fall): L (1 / sqrt(P (1 - fall)) - 1 / sqrt(P)). A range is a constant-product pool with reserves L / sqrt(P), L sqrt(P).
 * Source: Uniswap v3 whitepaper, virtual reserves.
 */
export function soldInRange(liquidity: number, price: number, fall: number): number {
  return liquidity / Math.sqrt(price * (1 - fall)) - liquidity / Math.sqrt(price);
}

/** Section 2.5: L = 1e6, P = 2000, a fall of 2 %. */
export function concentratedLiquidityCases(): ValidationCase[] {
  return [
    check(
      {
        id: "concentrated-liquidity/sold-for-2-percent",
        source: "Uniswap v3 whitepaper, virtual reserves",
        tag: "D",
        unit: "ETH",
        expected: 227.0178,
        tolerance: 5e-5,
        row: rows.concentratedLiquidity,
      },
      soldInRange(1e6, 2_000, 0.02),
    ),
  ];
}
