import type { LoopedLoan } from "../loss-free-window.js";
import { acceptanceTargetAccount } from "../repay-to-target.js";
import { type LiquidationBook, toUnits } from "./engine.js";

/** Row 7 without a pool: a million dollars of collateral at one dollar, half of the debt repaid; the debt is the unknown. */
export function plainToxicityBook(bonus: number, debtUnits: number): LiquidationBook {
  return {
    collateralDecimals: 6,
    debtDecimals: 6,
    priceUsd: 1,
    liquidationThreshold: 0.8,
    bonus,
    account: { collateralUnits: toUnits(1e6, 6), debtUnits },
    size: { kind: "close-factor", closeFactor: 0.5 },
    pool: null,
  };
}

/** Row 7 with a pool of `poolUsd` dollars and as much collateral, at 2,000 dollars a coin, without fee; the debt is the unknown. */
export function pooledToxicityBook(
  bonus: number,
  collateralUsd: number,
  poolUsd: number,
  debtUnits: number,
  closeFactor: number,
): LiquidationBook {
  const priceUsd = 2_000;
  return {
    // Ten decimals: a repayment of a few hundred dollars seizes a fraction of a coin, and its rounding must not show.
    collateralDecimals: 10,
    debtDecimals: 6,
    priceUsd,
    // Low enough that every account near the frontier is breached.
    liquidationThreshold: 0.6,
    bonus,
    account: { collateralUnits: toUnits(collateralUsd / priceUsd, 10), debtUnits },
    size: { kind: "close-factor", closeFactor },
    pool: { collateralUnits: toUnits(poolUsd / priceUsd, 10), debtUnits: toUnits(poolUsd, 6), feeShare: 0 },
  };
}

/** Row 8: 100 million dollars of collateral at one dollar, looped, after its price fell by `gap` in one step. */
export function gapBook({ ltv, liquidationThreshold, bonus }: LoopedLoan, gap: number): LiquidationBook {
  return {
    collateralDecimals: 6,
    debtDecimals: 6,
    priceUsd: 1 - gap,
    liquidationThreshold,
    bonus,
    account: { collateralUnits: toUnits(1e8, 6), debtUnits: toUnits(ltv * 1e8, 6) },
    size: { kind: "close-factor", closeFactor: 1 },
    pool: null,
  };
}

/**
 * Row 9: an account whose whole debt, the unknown, is repaid in one go, and a pool of 1,000 coins and 2,000,000 dollars. Its collateral is worth
 * 1.1 times its debt: breached under a threshold of 0.8, and enough for a bonus of 5 %.
 */
export function poolSaleBook(bonus: number, feeShare: number, debtUnits: number): LiquidationBook {
  const priceUsd = 2_000;
  return {
    collateralDecimals: 10,
    debtDecimals: 6,
    priceUsd,
    liquidationThreshold: 0.8,
    bonus,
    account: { collateralUnits: Math.round((1.1 * debtUnits * 1e4) / priceUsd), debtUnits },
    size: { kind: "close-factor", closeFactor: 1 },
    pool: { collateralUnits: toUnits(1_000, 10), debtUnits: toUnits(2_000_000, 6), feeShare },
  };
}

/** Section 2.6: the account of repay-to-target, ten thousand times as large, under a target-health rule. */
export function targetHealthBook(): LiquidationBook {
  const { collateralUsd, debtUsd, liquidationThreshold, bonus, targetHealth } = acceptanceTargetAccount;
  return {
    collateralDecimals: 6,
    debtDecimals: 6,
    priceUsd: 1,
    liquidationThreshold,
    bonus,
    account: { collateralUnits: toUnits(1e4 * collateralUsd, 6), debtUnits: toUnits(1e4 * debtUsd, 6) },
    size: { kind: "target-health", targetHealth },
    pool: null,
  };
}
