import { divDown, divTowardsZero, divUp, mulDivDown } from "../rounding.js";
import { WAD } from "../scales.js";
import { holdingsOf } from "./deposit.js";
import { LoanDoesNotExist } from "./errors.js";
import { oracleUp, rateMultiplier, smoothedOracle } from "./prices.js";
import type { Market } from "./state.js";
import { stableWhenFalling } from "./valuation.js";

/** What a borrower owes now, stablecoin units: rounded up, in v1 down; zero without a loan. Source: controller.vy `_debt`. */
export function debtOf(market: Market, account: string): bigint {
  const loan = market.loans.get(account);
  if (loan === undefined) return 0n;
  const divide = market.parameters.rules === "v1" ? divDown : divUp;
  return divide(loan.debt * rateMultiplier(market), loan.rateMultiplier);
}

/** What all borrowers owe, as the controller keeps it: rounded down, so not the exact sum of debts. Source: controller.vy `_get_total_debt`. */
export function totalDebt(market: Market): bigint {
  return mulDivDown(market.totalDebt.debt, rateMultiplier(market), market.totalDebt.rateMultiplier);
}

/** `full` adds what the collateral is worth above the position's first band. */
export type HealthKind = "full" | "inner";

/**
 * Health of a debt at a liquidation discount, signed wad: value in the bands x (1 - discount) / debt - 1. Rounded towards zero before the one is taken off.
 * Throws LoanDoesNotExist for a debt of zero. Source: controller.vy `_health`.
 */
export function healthOf(market: Market, account: string, debt: bigint, discount: bigint, kind: HealthKind): bigint {
  if (debt <= 0n) throw new LoanDoesNotExist(`${account} owes nothing`);
  const inner = divTowardsZero(stableWhenFalling(market, account) * (WAD - discount), debt) - WAD;
  return kind === "full" ? inner + aboveBands(market, account, debt) : inner;
}

/** Health of a borrower at its own debt and discount, signed wad. Throws LoanDoesNotExist. Source: controller.vy `health`. */
export function health(market: Market, account: string, kind: HealthKind): bigint {
  const discount = market.loans.get(account)?.liquidationDiscount ?? 0n;
  return healthOf(market, account, debtOf(market, account), discount, kind);
}

function aboveBands(market: Market, account: string, debt: bigint): bigint {
  const position = market.positions.get(account);
  if (position === undefined || position.firstBand <= market.activeBand) return 0n;
  const { price } = smoothedOracle(market);
  const upper = oracleUp(market, position.firstBand);
  if (price <= upper) return 0n;
  const { collateralPrecision, stablePrecision } = market.parameters;
  const { collateral } = holdingsOf(market, account);
  return mulDivDown(price - upper, collateral * collateralPrecision, debt * stablePrecision);
}

/** Whether anybody may liquidate the borrower now: the full health is below zero. Throws LoanDoesNotExist. */
export function isLiquidatable(market: Market, account: string): boolean {
  return health(market, account, "full") < 0n;
}

/** Debt, units, that what the bands hold at the oracle price does not cover: nobody gains by liquidating for the rest. Collateral rounds down. */
export function badDebt(market: Market, account: string): bigint {
  const { stable, collateral } = holdingsOf(market, account);
  const { collateralPrecision, stablePrecision } = market.parameters;
  const worth = divDown(collateral * collateralPrecision * smoothedOracle(market).price, WAD * stablePrecision);
  const uncovered = debtOf(market, account) - stable - worth;
  return uncovered > 0n ? uncovered : 0n;
}
