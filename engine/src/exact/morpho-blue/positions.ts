import { most } from "../rounding.js";
import { entriesBetween, type MorphoEntry } from "./entries.js";
import { InsufficientCollateral, InsufficientLiquidity, ZeroAssets } from "./errors.js";
import { borrowedAssets, isHealthy, maxBorrow } from "./health.js";
import type { MorphoParameters } from "./parameters.js";
import { toAssetsDown, toAssetsUp, toSharesDown, toSharesUp } from "./shares.js";
import { type AssetsOrShares, exactlyOne, type MorphoMarket, type MorphoPosition, stored, without } from "./state.js";

/** What a call of a position's owner leaves behind. */
export interface MorphoPositionOutcome {
  readonly market: MorphoMarket;
  readonly position: MorphoPosition;
  /** Units of the asset that moved. */
  readonly assets: bigint;
  /** Shares that were made or burned; zero for collateral. */
  readonly shares: bigint;
  readonly entries: readonly MorphoEntry[];
}

/** A market that owes more than it was supplied has nothing to pay out. */
function refuseWithoutLiquidity({ totalBorrowAssets, totalSupplyAssets }: MorphoMarket): void {
  if (totalBorrowAssets > totalSupplyAssets)
    throw new InsufficientLiquidity(`${totalBorrowAssets} units would be lent of ${totalSupplyAssets} supplied`);
}

/** A position must not owe more than its collateral carries. */
function refuseUnhealthy(
  parameters: MorphoParameters,
  market: MorphoMarket,
  position: MorphoPosition,
  price: bigint,
): void {
  if (isHealthy(parameters, market, position, price)) return;
  throw new InsufficientCollateral(
    `${borrowedAssets(market, position)} units owed, ${maxBorrow(parameters, position, price)} allowed`,
  );
}

/** Lends loan units: shares round down, or units round up (Morpho.supply). The market has accrued. Throws InconsistentInput, MaxUint128Exceeded. */
export function supply(market: MorphoMarket, position: MorphoPosition, asked: AssetsOrShares): MorphoPositionOutcome {
  exactlyOne(asked.assets, asked.shares, "assets and shares");
  const { totalSupplyAssets, totalSupplyShares } = market;
  const shares = asked.assets > 0n ? toSharesDown(asked.assets, totalSupplyAssets, totalSupplyShares) : asked.shares;
  const assets = asked.assets > 0n ? asked.assets : toAssetsUp(asked.shares, totalSupplyAssets, totalSupplyShares);
  const after = {
    ...market,
    totalSupplyAssets: stored(totalSupplyAssets + assets),
    totalSupplyShares: stored(totalSupplyShares + shares),
  };
  return {
    market: after,
    position: { ...position, supplyShares: position.supplyShares + shares },
    assets,
    shares,
    entries: entriesBetween(market, after, assets, 0n),
  };
}

/**
 * Takes lent units back: shares round up, or units round down (Morpho.withdraw). The market has accrued. Throws InconsistentInput, PositionTooSmall,
 * InsufficientLiquidity.
 */
export function withdraw(market: MorphoMarket, position: MorphoPosition, asked: AssetsOrShares): MorphoPositionOutcome {
  exactlyOne(asked.assets, asked.shares, "assets and shares");
  const { totalSupplyAssets, totalSupplyShares } = market;
  const shares = asked.assets > 0n ? toSharesUp(asked.assets, totalSupplyAssets, totalSupplyShares) : asked.shares;
  const assets = asked.assets > 0n ? asked.assets : toAssetsDown(asked.shares, totalSupplyAssets, totalSupplyShares);
  const supplyShares = without(position.supplyShares, shares, "supply shares");
  const after = {
    ...market,
    totalSupplyAssets: without(totalSupplyAssets, assets, "supplied units"),
    totalSupplyShares: totalSupplyShares - shares,
  };
  refuseWithoutLiquidity(after);
  return {
    market: after,
    position: { ...position, supplyShares },
    assets,
    shares,
    entries: entriesBetween(market, after, -assets, 0n),
  };
}

/**
 * Borrows loan units: shares round up, or units round down (Morpho.borrow). The market has accrued. Throws InconsistentInput, MaxUint128Exceeded,
 * InsufficientCollateral, InsufficientLiquidity.
 */
export function borrow(
  parameters: MorphoParameters,
  market: MorphoMarket,
  position: MorphoPosition,
  asked: AssetsOrShares,
  price: bigint,
): MorphoPositionOutcome {
  exactlyOne(asked.assets, asked.shares, "assets and shares");
  const { totalBorrowAssets, totalBorrowShares } = market;
  const shares = asked.assets > 0n ? toSharesUp(asked.assets, totalBorrowAssets, totalBorrowShares) : asked.shares;
  const assets = asked.assets > 0n ? asked.assets : toAssetsDown(asked.shares, totalBorrowAssets, totalBorrowShares);
  const after = {
    ...market,
    totalBorrowAssets: stored(totalBorrowAssets + assets),
    totalBorrowShares: stored(totalBorrowShares + shares),
  };
  const changed = { ...position, borrowShares: position.borrowShares + shares };
  refuseUnhealthy(parameters, after, changed, price);
  refuseWithoutLiquidity(after);
  return { market: after, position: changed, assets, shares, entries: entriesBetween(market, after, -assets, 0n) };
}

/**
 * Repays: shares round down, or units round up; what the market is owed does not fall below zero (Morpho.repay). The market has accrued. Throws
 * InconsistentInput, PositionTooSmall.
 */
export function repay(market: MorphoMarket, position: MorphoPosition, asked: AssetsOrShares): MorphoPositionOutcome {
  exactlyOne(asked.assets, asked.shares, "assets and shares");
  const { totalBorrowAssets, totalBorrowShares } = market;
  const shares = asked.assets > 0n ? toSharesDown(asked.assets, totalBorrowAssets, totalBorrowShares) : asked.shares;
  const assets = asked.assets > 0n ? asked.assets : toAssetsUp(asked.shares, totalBorrowAssets, totalBorrowShares);
  const borrowShares = without(position.borrowShares, shares, "borrow shares");
  const after = {
    ...market,
    totalBorrowAssets: most(totalBorrowAssets - assets, 0n),
    totalBorrowShares: totalBorrowShares - shares,
  };
  return {
    market: after,
    position: { ...position, borrowShares },
    assets,
    shares,
    entries: entriesBetween(market, after, assets, 0n),
  };
}

/** Deposits collateral, which earns nothing and has no cap (Morpho.supplyCollateral). Throws ZeroAssets, MaxUint128Exceeded. */
export function supplyCollateral(
  market: MorphoMarket,
  position: MorphoPosition,
  assets: bigint,
): MorphoPositionOutcome {
  if (assets === 0n) throw new ZeroAssets("no collateral to deposit");
  return {
    market,
    position: { ...position, collateral: stored(position.collateral + assets) },
    assets,
    shares: 0n,
    entries: entriesBetween(market, market, 0n, assets),
  };
}

/** Takes collateral out (Morpho.withdrawCollateral). The market has accrued. Throws ZeroAssets, PositionTooSmall, InsufficientCollateral. */
export function withdrawCollateral(
  parameters: MorphoParameters,
  market: MorphoMarket,
  position: MorphoPosition,
  assets: bigint,
  price: bigint,
): MorphoPositionOutcome {
  if (assets === 0n) throw new ZeroAssets("no collateral to withdraw");
  const changed = { ...position, collateral: without(position.collateral, assets, "units of collateral") };
  refuseUnhealthy(parameters, market, changed, price);
  return { market, position: changed, assets, shares: 0n, entries: entriesBetween(market, market, 0n, -assets) };
}
