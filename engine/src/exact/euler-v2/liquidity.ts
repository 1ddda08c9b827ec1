import { mulDivDown } from "../rounding.js";
import { BASIS_POINTS } from "../scales.js";
import { accrued } from "./accrual.js";
import { currentOwed, toAssetsUp } from "./debt.js";
import { AccountLiquidity } from "./errors.js";
import { liquidationLtvAt } from "./ltv.js";
import { valueAt } from "./quotes.js";
import { accountOf, balanceOf, ltvOf, quotesOf, type Vault } from "./state.js";

/** Which of the two checks is asked: liquidations take liquidation LTVs and mid quotes, borrowing takes borrow LTVs, bid for collateral and ask for debt. */
export type LiquidityPurpose = "liquidation" | "borrowing";

/** Both sides of an account in smallest units of the unit of account. */
export interface AccountLiquidityValues {
  /** Enabled collateral, each weighed by its LTV and rounded down. */
  readonly collateralAdjustedValue: bigint;
  /** Debt, rounded up to whole units and then valued, rounded down. */
  readonly liabilityValue: bigint;
}

/** An account's collateral and debt for a purpose, with interest to now. `LiquidityUtils.calculateLiquidity`. */
export function liquidityOf(vault: Vault, name: string, purpose: LiquidityPurpose): AccountLiquidityValues {
  const current = accrued(vault);
  return {
    collateralAdjustedValue: accountOf(current, name).enabled.reduce(
      (sum, collateral) => sum + adjustedValue(current, name, collateral, purpose),
      0n,
    ),
    liabilityValue: valueAt(
      current.assetQuotes,
      purpose === "liquidation" ? "mid" : "ask",
      toAssetsUp(currentOwed(current, name)),
    ),
  };
}

/** One collateral of an account weighed by its LTV, rounded down twice; 0 without LTV, whatever the oracle says. `LiquidityUtils.getCollateralValue`. */
function adjustedValue(vault: Vault, name: string, collateral: string, purpose: LiquidityPurpose): bigint {
  const config = ltvOf(vault, collateral);
  const ltv = purpose === "liquidation" ? liquidationLtvAt(config, vault.now) : config.borrowLtv;
  const balance = balanceOf(vault, name, collateral);
  if (ltv === 0n || balance === 0n) return 0n;
  const side = purpose === "liquidation" ? "mid" : "bid";
  return mulDivDown(valueAt(quotesOf(vault, collateral), side, balance), ltv, BASIS_POINTS);
}

/** Whether an account may be liquidated: it owes something of value and its collateral is not above it. Equality is a violation. */
export function isInViolation(values: AccountLiquidityValues): boolean {
  return values.liabilityValue !== 0n && values.collateralAdjustedValue <= values.liabilityValue;
}

/** Refuses an account whose borrowing check fails: it owes and its collateral is not above its debt. Throws `AccountLiquidity`. `checkLiquidity`. */
export function requireLiquidity(vault: Vault, name: string): void {
  if (accountOf(vault, name).owed === 0n) return;
  const { collateralAdjustedValue, liabilityValue } = liquidityOf(vault, name, "borrowing");
  if (collateralAdjustedValue <= liabilityValue)
    throw new AccountLiquidity(
      `${name}'s collateral counts ${collateralAdjustedValue}; its debt of ${liabilityValue} must be less`,
    );
}
