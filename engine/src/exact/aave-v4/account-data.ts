/** An account in dollars and its health factor (`Spoke._processUserAccountData`). */
import { divDown, mulDivDown, powerOfTen } from "../rounding.js";
import { BASIS_POINTS, MAX_UINT256, WAD } from "../scales.js";
import type { AaveV4Parameters } from "./parameters.js";
import { accountOf, type Prices, parametersOf, priceOf, type SpokeState } from "./state.js";

/** Values are dollars x 1e26. */
export interface AccountData {
  readonly collateralValue: bigint;
  readonly debtValue: bigint;
  /** Weighted by value, wad, rounded down; 0 without collateral. */
  readonly averageCollateralFactorWad: bigint;
  /** Wad, rounded down; 2^256 - 1 without debt. */
  readonly healthFactorWad: bigint;
  /** Collateral in use with a collateral factor above 0 and a balance. */
  readonly activeCollateralCount: number;
  readonly borrowCount: number;
}

/** 1e14: one basis point in a wad. */
const WAD_PER_BASIS_POINT = divDown(WAD, BASIS_POINTS);

/** Value of an amount, dollars x 1e26: exact for up to 18 decimals, rounded down beyond (`SpokeUtils.toValue`). */
export function valueOf(units: bigint, price: bigint, decimals: number): bigint {
  return mulDivDown(units, price * WAD, powerOfTen(decimals));
}

/** The account's data at these prices. Throws `PriceUnavailable` for an asset it uses without a price. */
export function accountData(
  parameters: AaveV4Parameters,
  state: SpokeState,
  accountName: string,
  prices: Prices,
): AccountData {
  const account = accountOf(state, accountName);
  let collateralValue = 0n;
  let weightedValueBps = 0n;
  let activeCollateralCount = 0;
  for (const asset of account.collateral) {
    const { collateralFactorBps, decimals } = parametersOf(parameters, asset);
    const units = account.supplied[asset] ?? 0n;
    if (collateralFactorBps === 0n || units === 0n) continue;
    const value = valueOf(units, priceOf(prices, asset), decimals);
    collateralValue += value;
    weightedValueBps += value * collateralFactorBps;
    activeCollateralCount++;
  }
  const borrowed = Object.keys(account.owed);
  const debtValue = borrowed.reduce(
    (sum, asset) =>
      sum + valueOf(account.owed[asset], priceOf(prices, asset), parametersOf(parameters, asset).decimals),
    0n,
  );
  const weightedValueWad = weightedValueBps * WAD_PER_BASIS_POINT;
  return {
    collateralValue,
    debtValue,
    averageCollateralFactorWad: collateralValue === 0n ? 0n : divDown(weightedValueWad, collateralValue),
    healthFactorWad: debtValue === 0n ? MAX_UINT256 : divDown(weightedValueWad, debtValue),
    activeCollateralCount,
    borrowCount: borrowed.length,
  };
}
