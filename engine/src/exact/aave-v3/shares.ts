/** Between amounts and shares: the pool gains by every rounding (`TokenMath`). Units of the asset, indices in rays. */
import { rayDivDown, rayDivUp, rayMulDown, rayMulUp } from "./fixed-point.js";

/** Supply shares for a supplied amount, rounded down (`getATokenMintScaledAmount`). */
export function sharesToMint(units: bigint, liquidityIndexRay: bigint): bigint {
  return rayDivDown(units, liquidityIndexRay);
}

/** Supply shares given up for a withdrawn or transferred amount, rounded up (`getATokenBurnScaledAmount`, `getATokenTransferScaledAmount`). */
export function sharesToBurn(units: bigint, liquidityIndexRay: bigint): bigint {
  return rayDivUp(units, liquidityIndexRay);
}

/** What supply shares are worth, rounded down (`getATokenBalance`). */
export function supplyUnits(shares: bigint, liquidityIndexRay: bigint): bigint {
  return rayMulDown(shares, liquidityIndexRay);
}

/** Debt shares for a borrowed amount, rounded up (`getVTokenMintScaledAmount`). */
export function debtSharesToMint(units: bigint, borrowIndexRay: bigint): bigint {
  return rayDivUp(units, borrowIndexRay);
}

/** Debt shares cancelled by a repaid amount, rounded down (`getVTokenBurnScaledAmount`). */
export function debtSharesToBurn(units: bigint, borrowIndexRay: bigint): bigint {
  return rayDivDown(units, borrowIndexRay);
}

/** What debt shares amount to, rounded up (`getVTokenBalance`). */
export function debtUnits(shares: bigint, borrowIndexRay: bigint): bigint {
  return rayMulUp(shares, borrowIndexRay);
}
