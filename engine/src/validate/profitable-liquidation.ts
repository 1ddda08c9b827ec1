import { check, type Expectation, type ValidationCase } from "./case.js";
import { rows } from "./rows.js";

/** A constant-product pool at the oracle's price, its fee taken from what is sold into it. */
export interface Pool {
  readonly collateral: number;
  readonly debt: number;
  readonly feeShare: number;
}

/** What selling `sold` collateral into the pool pays, in debt: y (1 - f) d / (x + (1 - f) d). */
export function poolRevenue(pool: Pool, sold: number): number {
  const kept = sold * (1 - pool.feeShare);
  return (pool.debt * kept) / (pool.collateral + kept);
}

/** What the liquidator repays for `sold` collateral at the pool's price: d (y / x) / (1 + b). */
export function repaidFor(pool: Pool, bonus: number, sold: number): number {
  return (sold * (pool.debt / pool.collateral)) / (1 + bonus);
}

/** The largest sale that pays, as a share of the pool's collateral: (1 + b) - 1 / (1 - f); 0 where the fee eats the bonus. */
export function breakEvenPoolShare(bonus: number, feeShare: number): number {
  return Math.max(0, 1 + bonus - 1 / (1 - feeShare));
}

/** The sale that pays most, as a share of the pool's collateral: (sqrt((1 - f)(1 + b)) - 1) / (1 - f). */
export function mostProfitablePoolShare(bonus: number, feeShare: number): number {
  return Math.max(0, (Math.sqrt((1 - feeShare) * (1 + bonus)) - 1) / (1 - feeShare));
}

/** The sale that moves the pool's price by `impact`, as a share of its collateral: P'/P = (x / (x + d))^2, so 1 / sqrt(1 - impact) - 1. */
export function poolShareForImpact(impact: number): number {
  return 1 / Math.sqrt(1 - impact) - 1;
}

/** Row 9 in closed form. */
export function profitableLiquidationCases(): ValidationCase[] {
  const pool: Pool = { collateral: 1_000, debt: 2_000_000, feeShare: 0.003 };
  const share = breakEvenPoolShare(0.05, pool.feeShare);
  const sold = share * pool.collateral;
  const about = (id: string, unit: string, expected: number, tolerance: number): Expectation => ({
    id: `profitable-liquidation/${id}`,
    source: "constant-product pool, fee on what is sold: (1 + b) - 1 / (1 - f)",
    tag: "D",
    unit,
    expected,
    tolerance,
    row: rows.profitableLiquidation,
  });
  return [
    check(about("break-even-pool-share", "share of the pool", 0.046991, 5e-7), share),
    check(about("revenue-less-repaid", "USD", 0, 1e-9), poolRevenue(pool, sold) - repaidFor(pool, 0.05, sold)),
    check(about("pool-share-2-percent-impact", "share of the pool", 0.0101525, 5e-8), poolShareForImpact(0.02)),
  ];
}
