import { mulDivDown, mulDivUp } from "../rounding.js";

/** 1e6: shares that every market has and nobody owns (SharesMathLib.VIRTUAL_SHARES). */
export const VIRTUAL_SHARES = 1_000_000n;
/** 1: the asset unit those shares stand for (SharesMathLib.VIRTUAL_ASSETS). */
export const VIRTUAL_ASSETS = 1n;

/** Shares that `assets` are worth, rounded down (SharesMathLib.toSharesDown). */
export function toSharesDown(assets: bigint, totalAssets: bigint, totalShares: bigint): bigint {
  return mulDivDown(assets, totalShares + VIRTUAL_SHARES, totalAssets + VIRTUAL_ASSETS);
}

/** Shares that `assets` are worth, rounded up (SharesMathLib.toSharesUp). */
export function toSharesUp(assets: bigint, totalAssets: bigint, totalShares: bigint): bigint {
  return mulDivUp(assets, totalShares + VIRTUAL_SHARES, totalAssets + VIRTUAL_ASSETS);
}

/** Assets that `shares` are worth, rounded down (SharesMathLib.toAssetsDown). */
export function toAssetsDown(shares: bigint, totalAssets: bigint, totalShares: bigint): bigint {
  return mulDivDown(shares, totalAssets + VIRTUAL_ASSETS, totalShares + VIRTUAL_SHARES);
}

/** Assets that `shares` are worth, rounded up (SharesMathLib.toAssetsUp). */
export function toAssetsUp(shares: bigint, totalAssets: bigint, totalShares: bigint): bigint {
  return mulDivUp(shares, totalAssets + VIRTUAL_ASSETS, totalShares + VIRTUAL_SHARES);
}
