import { check, type Expectation, type ValidationCase } from "./case.js";
import { rows } from "./rows.js";

/**
 * The loan-to-value above which a liquidation worsens the account: 1 / ((1 + i) priceFeedback).
 * Source: Warmuz, Chaudhary and Pinna, arXiv:2212.07306; with price feedback, flipdazed/toxic-liquidations.
 */
export function toxicFrontierLtv(bonus: number, priceFeedback = 1): number {
  return 1 / ((1 + bonus) * priceFeedback);
}

/** What a dollar seized costs the account where a constant-product pool is the market: 1 + 2 c / y, y the pool's dollars. */
export function poolPriceFeedback(collateralUsd: number, poolUsd: number): number {
  return 1 + (2 * collateralUsd) / poolUsd;
}

/** The same under linear slippage gamma + sigma x / L: 1 + c sigma / (L (1 - gamma)). */
export function linearPriceFeedback(
  collateralUsd: number,
  slope: number,
  liquidityUsd: number,
  halfSpread: number,
): number {
  return 1 + (collateralUsd * slope) / (liquidityUsd * (1 - halfSpread));
}

/** The frontier where the bonus grows with the shortfall, i (1 - health): (1 + i v priceFeedback) / ((1 + i) priceFeedback). */
export function healthLinkedFrontierLtv(bonus: number, priceFeedback: number, liquidationThreshold: number): number {
  return (1 + bonus * liquidationThreshold * priceFeedback) / ((1 + bonus) * priceFeedback);
}

/** One account in dollars, and the pool that its collateral is sold into; null: the sale does not move the price. */
export interface ToxicityAccount {
  readonly collateralUsd: number;
  readonly debtUsd: number;
  readonly liquidationThreshold: number;
  readonly bonus: number;
  readonly poolUsd: number | null;
}

/** Health after a liquidation that repays `repayUsd` and sells what it seizes into the pool (no fee). */
export function healthAfterRepay(account: ToxicityAccount, repayUsd: number): number {
  const seizedUsd = repayUsd * (1 + account.bonus);
  const reserveRatio = account.poolUsd === null ? 1 : account.poolUsd / (account.poolUsd + seizedUsd);
  const valueUsd = (account.collateralUsd - seizedUsd) * reserveRatio * reserveRatio;
  return (account.liquidationThreshold * valueUsd) / (account.debtUsd - repayUsd);
}

/**
 * d health / d (share of the debt repaid) at nothing repaid: the derivative of `healthAfterRepay`, times the debt.
 * Positive where a liquidation heals, negative where it is toxic, zero on the frontier.
 */
export function healthSlope(account: ToxicityAccount): number {
  const { collateralUsd, debtUsd, liquidationThreshold, bonus, poolUsd } = account;
  const seizedSlope = -(1 + bonus);
  const priceSlope = poolUsd === null ? 0 : (-2 * (1 + bonus) * collateralUsd) / poolUsd;
  return liquidationThreshold * (seizedSlope + priceSlope + collateralUsd / debtUsd);
}

/** Row 7 in closed form. */
export function toxicityFrontierCases(): ValidationCase[] {
  const poolUsd = 5e6;
  const plain = [
    { bonus: 0.05, frontier: 0.952381 },
    { bonus: 0.08, frontier: 0.925926 },
    { bonus: 0.1, frontier: 0.909091 },
  ];
  const pooled = [
    { collateralUsd: 1e5, frontier: 0.890313 },
    { collateralUsd: 5e5, frontier: 0.771605 },
    { collateralUsd: 1e6, frontier: 0.661376 },
  ];
  const about = (id: string, unit: string, expected: number, tolerance: number): Expectation => ({
    id: `toxicity-frontier/${id}`,
    source: "Warmuz, Chaudhary and Pinna, arXiv:2212.07306; flipdazed/toxic-liquidations",
    tag: "S+D",
    unit,
    expected,
    tolerance,
    row: rows.toxicityFrontier,
  });
  const slopeAt = (collateralUsd: number, bonus: number, ltv: number, pool: number | null) =>
    healthSlope({ collateralUsd, debtUsd: collateralUsd * ltv, liquidationThreshold: 0.8, bonus, poolUsd: pool });
  return [
    ...plain.flatMap(({ bonus, frontier }) => {
      const ltv = toxicFrontierLtv(bonus);
      return [
        check(about(`bonus-${bonus}`, "share", frontier, 5e-7), ltv),
        check(about(`health-slope-bonus-${bonus}`, "health per debt repaid", 0, 1e-12), slopeAt(1e5, bonus, ltv, null)),
      ];
    }),
    ...pooled.flatMap(({ collateralUsd, frontier }) => {
      const ltv = toxicFrontierLtv(0.08, poolPriceFeedback(collateralUsd, poolUsd));
      const slope = slopeAt(collateralUsd, 0.08, ltv, poolUsd);
      return [
        check(about(`pool-collateral-${collateralUsd}`, "share", frontier, 5e-7), ltv),
        check(about(`health-slope-pool-collateral-${collateralUsd}`, "health per debt repaid", 0, 1e-12), slope),
      ];
    }),
  ];
}
