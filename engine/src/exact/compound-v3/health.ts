import { mulDivDown } from "../rounding.js";
import { WAD } from "../scales.js";
import type { CompoundAsset, CompoundParameters } from "./parameters.js";
import {
  basePrice,
  type CompoundAccount,
  type CompoundMarket,
  type CompoundPrices,
  collateralPrice,
  presentValue,
  signedValueOf,
  valueOf,
} from "./state.js";

/**
 * Weighed collateral less debt, 1e-8: the debt cut towards zero, each collateral rounded down twice. As in the contract, adding stops as soon as the sum is
 * not negative, so that the result is exact only while it is negative, and prices beyond the stop are not read.
 */
function liquidity(
  parameters: CompoundParameters,
  market: CompoundMarket,
  account: CompoundAccount,
  prices: CompoundPrices,
  factorOf: (asset: CompoundAsset) => bigint,
): bigint {
  let sum = signedValueOf(presentValue(market, account.principal), basePrice(prices), parameters.baseScale);
  for (const [index, asset] of parameters.assets.entries()) {
    if (account.collateral[index] === 0n) continue;
    if (sum >= 0n) return sum;
    const value = valueOf(account.collateral[index], collateralPrice(prices, index), asset.scale);
    sum += mulDivDown(value, factorOf(asset), WAD);
  }
  return sum;
}

/** Collateral at its borrow factors less debt, 1e-8; exact only while negative (Comet.isBorrowCollateralized). Throws BadPrice. */
export function borrowLiquidity(
  parameters: CompoundParameters,
  market: CompoundMarket,
  account: CompoundAccount,
  prices: CompoundPrices,
): bigint {
  return liquidity(parameters, market, account, prices, (asset) => asset.borrowCollateralFactor);
}

/** Collateral at its liquidate factors less debt, 1e-8; exact only while negative (Comet.isLiquidatable). Throws BadPrice. */
export function liquidationLiquidity(
  parameters: CompoundParameters,
  market: CompoundMarket,
  account: CompoundAccount,
  prices: CompoundPrices,
): bigint {
  return liquidity(parameters, market, account, prices, (asset) => asset.liquidateCollateralFactor);
}

/** Whether the account may owe what it owes: always without debt, else while the borrow liquidity is not negative (Comet.isBorrowCollateralized). */
export function isBorrowCollateralized(
  parameters: CompoundParameters,
  market: CompoundMarket,
  account: CompoundAccount,
  prices: CompoundPrices,
): boolean {
  return account.principal >= 0n || borrowLiquidity(parameters, market, account, prices) >= 0n;
}

/**
 * Whether anybody may absorb the account: it owes, and its liquidation liquidity is below zero; exactly zero is healthy (Comet.isLiquidatable). Uses the
 * indices as they stand: accrue first where the contract does.
 */
export function isLiquidatable(
  parameters: CompoundParameters,
  market: CompoundMarket,
  account: CompoundAccount,
  prices: CompoundPrices,
): boolean {
  return account.principal < 0n && liquidationLiquidity(parameters, market, account, prices) < 0n;
}
