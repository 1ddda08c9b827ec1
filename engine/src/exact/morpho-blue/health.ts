import { mulDivDown } from "../rounding.js";
import { SCALE_36, WAD } from "../scales.js";
import type { MorphoParameters } from "./parameters.js";
import { toAssetsUp } from "./shares.js";
import type { MorphoMarket, MorphoPosition } from "./state.js";

/** What a position owes, loan units, rounded up. */
export function borrowedAssets(market: MorphoMarket, position: MorphoPosition): bigint {
  return toAssetsUp(position.borrowShares, market.totalBorrowAssets, market.totalBorrowShares);
}

/** What a position's collateral is worth, loan units, rounded down; `price` at scale 1e36. */
export function collateralQuoted(position: MorphoPosition, price: bigint): bigint {
  return mulDivDown(position.collateral, price, SCALE_36);
}

/** Most that a position may owe, loan units, rounded down twice (Morpho._isHealthy). */
export function maxBorrow(parameters: MorphoParameters, position: MorphoPosition, price: bigint): bigint {
  return mulDivDown(collateralQuoted(position, price), parameters.lltv, WAD);
}

/** Whether a position owes at most what it may; owing exactly that is healthy (Morpho._isHealthy). The market has accrued. */
export function isHealthy(
  parameters: MorphoParameters,
  market: MorphoMarket,
  position: MorphoPosition,
  price: bigint,
): boolean {
  return position.borrowShares === 0n || maxBorrow(parameters, position, price) >= borrowedAssets(market, position);
}
