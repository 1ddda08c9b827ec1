import { check, type ValidationCase } from "./case.js";
import { rows } from "./rows.js";

/** What a fund that promises `leverage` times the daily return must trade at the close, in dollars (sales negative): A L (L - 1) r. */
export function leveragedFundRebalance(assetsUsd: number, leverage: number, dayReturn: number): number {
  return assetsUsd * leverage * (leverage - 1) * dayReturn;
}

/** Runner-up: three times leverage, a day of -5 %. */
export function leveragedFundCases(): ValidationCase[] {
  return [
    check(
      {
        id: "leveraged-fund/rebalance",
        source: "A L (L - 1) r",
        tag: "D",
        unit: "share of assets",
        expected: -0.3,
        tolerance: 1e-12,
        row: rows.runnersUp,
      },
      leveragedFundRebalance(1, 3, -0.05),
    ),
  ];
}
