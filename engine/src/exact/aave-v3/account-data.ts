/** An account in the base currency: collateral, debt, averages, health factor (`GenericLogic.calculateUserAccountData`). */
import { divDown, mulDivDown, mulDivUp, powerOfTen } from "../rounding.js";
import { BASIS_POINTS, MAX_UINT256 } from "../scales.js";
import { wadDiv } from "./fixed-point.js";
import { normalizedDebt, normalizedIncome } from "./interest.js";
import type { AaveV3Parameters, EModeCategory, ReserveParameters } from "./parameters.js";
import { debtUnits, supplyUnits } from "./shares.js";
import {
  type AccountState,
  accountOf,
  categoryOf,
  type PoolState,
  type Prices,
  parametersOf,
  priceOf,
  reserveOf,
} from "./state.js";

/** Values in units of the base currency, averages in basis points. */
export interface AccountData {
  readonly collateralBase: bigint;
  readonly debtBase: bigint;
  /** Weighted by collateral value, rounded down; 0 without collateral. */
  readonly averageLoanToValueBps: bigint;
  /** Likewise. */
  readonly averageLiquidationThresholdBps: bigint;
  /** Wad; 2^256 - 1 without debt. */
  readonly healthFactorWad: bigint;
  /** Whether any collateral in use has a loan-to-value of 0. */
  readonly hasZeroLoanToValueCollateral: boolean;
}

/** What collateral counts for an account. */
export interface CollateralTerms {
  readonly loanToValueBps: bigint;
  readonly liquidationThresholdBps: bigint;
  readonly liquidationBonusBps: bigint;
}

/**
 * Terms of an asset as collateral: the category's where the account has one and the asset is in it, the reserve's otherwise; the loan-to-value is 0 where the
 * category says so or is isolated and does not hold the asset (`ValidationLogic.getUserReserveLtv`).
 */
export function collateralTerms(reserve: ReserveParameters, category: EModeCategory | undefined): CollateralTerms {
  if (category === undefined) return reserve;
  if (category.collateral.includes(reserve.asset))
    return category.zeroLoanToValue.includes(reserve.asset) ? { ...category, loanToValueBps: 0n } : category;
  return category.isolated ? { ...reserve, loanToValueBps: 0n } : reserve;
}

/** Value of a supply in units of the base currency, rounded down. */
export function collateralValue(units: bigint, price: bigint, decimals: number): bigint {
  return mulDivDown(units, price, powerOfTen(decimals));
}

/** Value of a debt in units of the base currency, rounded up (since v3.5). */
export function debtValue(units: bigint, price: bigint, decimals: number): bigint {
  return mulDivUp(units, price, powerOfTen(decimals));
}

/** Health factor (wad): `wadDiv(sum of value x threshold, debt) / 1e4`, the division half-up and then cut. 2^256 - 1 without debt. */
export function healthFactor(thresholdWeightedBase: bigint, debtBase: bigint): bigint {
  return debtBase === 0n ? MAX_UINT256 : divDown(wadDiv(thresholdWeightedBase, debtBase), BASIS_POINTS);
}

/** What the account supplies of an asset at the present second, units. */
export function suppliedUnits(state: PoolState, account: AccountState, asset: string): bigint {
  const shares = account.supplyShares[asset] ?? 0n;
  return shares === 0n ? 0n : supplyUnits(shares, normalizedIncome(reserveOf(state, asset), state.now));
}

/** What the account owes of an asset at the present second, units. */
export function owedUnits(state: PoolState, account: AccountState, asset: string): bigint {
  const shares = account.debtShares[asset] ?? 0n;
  return shares === 0n ? 0n : debtUnits(shares, normalizedDebt(reserveOf(state, asset), state.now));
}

/** Assets the account owes. */
export function borrowedAssets(account: AccountState): string[] {
  return Object.keys(account.debtShares).filter((asset) => account.debtShares[asset] > 0n);
}

/** The account's data at the present second and these prices. Throws `PriceUnavailable` for an asset it uses without a price. */
export function accountData(
  parameters: AaveV3Parameters,
  state: PoolState,
  accountName: string,
  prices: Prices,
): AccountData {
  const account = accountOf(state, accountName);
  const category = categoryOf(parameters, account.eModeCategory);
  let collateralBase = 0n;
  let weightedLoanToValue = 0n;
  let weightedThreshold = 0n;
  let hasZeroLoanToValueCollateral = false;
  for (const asset of account.collateral) {
    const reserve = parametersOf(parameters, asset);
    const terms = collateralTerms(reserve, category);
    const value = collateralValue(suppliedUnits(state, account, asset), priceOf(prices, asset), reserve.decimals);
    collateralBase += value;
    weightedLoanToValue += value * terms.loanToValueBps;
    weightedThreshold += value * terms.liquidationThresholdBps;
    if (terms.loanToValueBps === 0n) hasZeroLoanToValueCollateral = true;
  }
  let debtBase = 0n;
  for (const asset of borrowedAssets(account))
    debtBase += debtValue(
      owedUnits(state, account, asset),
      priceOf(prices, asset),
      parametersOf(parameters, asset).decimals,
    );
  return {
    collateralBase,
    debtBase,
    averageLoanToValueBps: collateralBase === 0n ? 0n : divDown(weightedLoanToValue, collateralBase),
    averageLiquidationThresholdBps: collateralBase === 0n ? 0n : divDown(weightedThreshold, collateralBase),
    healthFactorWad: healthFactor(weightedThreshold, debtBase),
    hasZeroLoanToValueCollateral,
  };
}
