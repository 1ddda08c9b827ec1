import { mulDivDown, mulDivUp } from "../rounding.js";
import { toAssetsUp } from "./debt.js";
import type { Vault } from "./state.js";

/** Assets and shares that nobody owns, against manipulation of the share price (`VIRTUAL_DEPOSIT_AMOUNT`). */
const VIRTUAL_DEPOSIT_AMOUNT = 1_000_000n;

/** What the vault holds and is owed, units of the asset, debt rounded up. `Cache.totalAssetsInternal`. */
export function totalAssets(vault: Vault): bigint {
  return vault.cash + toAssetsUp(vault.totalBorrows);
}

/** Units of the asset that shares are worth, rounded down; the vault is accrued. `Shares.toAssetsDown`. */
export function sharesToAssetsDown(vault: Vault, shares: bigint): bigint {
  return mulDivDown(shares, totalAssets(vault) + VIRTUAL_DEPOSIT_AMOUNT, vault.totalShares + VIRTUAL_DEPOSIT_AMOUNT);
}

/** Shares that assets buy, rounded down. `Assets.toSharesDown`. */
export function assetsToSharesDown(vault: Vault, assets: bigint): bigint {
  return mulDivDown(assets, vault.totalShares + VIRTUAL_DEPOSIT_AMOUNT, totalAssets(vault) + VIRTUAL_DEPOSIT_AMOUNT);
}

/** Shares that assets cost, rounded up. `Assets.toSharesUp`. */
export function assetsToSharesUp(vault: Vault, assets: bigint): bigint {
  return mulDivUp(assets, vault.totalShares + VIRTUAL_DEPOSIT_AMOUNT, totalAssets(vault) + VIRTUAL_DEPOSIT_AMOUNT);
}
