import { NotLiquidatable } from "../errors.js";
import { least, most, mulDivDown, mulDivUp } from "../rounding.js";
import { SCALE_36, WAD } from "../scales.js";
import { entriesBetween, type MorphoEntry } from "./entries.js";
import { borrowedAssets, isHealthy, maxBorrow } from "./health.js";
import { liquidationIncentiveFactor, type MorphoParameters } from "./parameters.js";
import { toAssetsDown, toAssetsUp, toSharesUp } from "./shares.js";
import { exactlyOne, type MorphoMarket, type MorphoPosition, without } from "./state.js";

/** How much a liquidator asks for: collateral units to seize or borrow shares to repay, the other zero. */
export interface SeizedOrRepaid {
  readonly seizedAssets: bigint;
  readonly repaidShares: bigint;
}

/** Borrow shares to repay for `seizedAssets` at an incentive (wad) and a price (scale 1e36); value, debt and shares each round up, against the liquidator. */
export function repaidSharesFor(market: MorphoMarket, seizedAssets: bigint, incentive: bigint, price: bigint): bigint {
  const quoted = mulDivUp(seizedAssets, price, SCALE_36);
  return toSharesUp(mulDivUp(quoted, WAD, incentive), market.totalBorrowAssets, market.totalBorrowShares);
}

/**
 * Collateral units seized for `repaidShares` at an incentive (wad) and a price (scale 1e36); units, incentive and collateral each round down, against the
 * liquidator. Throws RangeError where the collateral costs nothing.
 */
export function seizedAssetsFor(market: MorphoMarket, repaidShares: bigint, incentive: bigint, price: bigint): bigint {
  const repaid = toAssetsDown(repaidShares, market.totalBorrowAssets, market.totalBorrowShares);
  return mulDivDown(mulDivDown(repaid, incentive, WAD), SCALE_36, price);
}

/** Both amounts of a call that gives one of them. */
export function bothAmounts(
  market: MorphoMarket,
  asked: SeizedOrRepaid,
  incentive: bigint,
  price: bigint,
): SeizedOrRepaid {
  const { seizedAssets, repaidShares } = asked;
  return seizedAssets > 0n
    ? { seizedAssets, repaidShares: repaidSharesFor(market, seizedAssets, incentive, price) }
    : { seizedAssets: seizedAssetsFor(market, repaidShares, incentive, price), repaidShares };
}

/** What a liquidation leaves behind. */
export interface MorphoLiquidationOutcome {
  readonly market: MorphoMarket;
  readonly position: MorphoPosition;
  /** Collateral units that the liquidator gets. */
  readonly seizedAssets: bigint;
  readonly repaidShares: bigint;
  /** Loan units that the liquidator pays. */
  readonly repaidAssets: bigint;
  /** Loan units that nobody pays: suppliers lose them at once. */
  readonly badDebtAssets: bigint;
  readonly badDebtShares: bigint;
  readonly entries: readonly MorphoEntry[];
}

/**
 * Repays debt of an unhealthy position for its collateral at the incentive of the market; any part of it, chosen by collateral or by shares. A position left
 * without collateral has its remaining debt written off against all suppliers (Morpho.liquidate). The market has accrued; `price` at scale 1e36. Throws
 * InconsistentInput, NotLiquidatable, PositionTooSmall.
 */
export function liquidate(
  parameters: MorphoParameters,
  market: MorphoMarket,
  position: MorphoPosition,
  asked: SeizedOrRepaid,
  price: bigint,
): MorphoLiquidationOutcome {
  exactlyOne(asked.seizedAssets, asked.repaidShares, "seized assets and repaid shares");
  if (isHealthy(parameters, market, position, price))
    throw new NotLiquidatable(
      `${borrowedAssets(market, position)} units owed, ${maxBorrow(parameters, position, price)} allowed`,
    );
  const incentive = liquidationIncentiveFactor(parameters);
  const { seizedAssets, repaidShares } = bothAmounts(market, asked, incentive, price);
  const repaidAssets = toAssetsUp(repaidShares, market.totalBorrowAssets, market.totalBorrowShares);
  const repaid = {
    ...market,
    totalBorrowAssets: most(market.totalBorrowAssets - repaidAssets, 0n),
    totalBorrowShares: market.totalBorrowShares - repaidShares,
  };
  const left = {
    ...position,
    borrowShares: without(position.borrowShares, repaidShares, "borrow shares"),
    collateral: without(position.collateral, seizedAssets, "units of collateral"),
  };
  const end = writeOff(repaid, left);
  return {
    ...end,
    seizedAssets,
    repaidShares,
    repaidAssets,
    entries: entriesBetween(market, end.market, repaidAssets, -seizedAssets),
  };
}

/** Takes the debt of a position without collateral out of what is owed and out of what is supplied, rounded up, at most all that is owed. */
function writeOff(market: MorphoMarket, position: MorphoPosition) {
  if (position.collateral > 0n) return { market, position, badDebtAssets: 0n, badDebtShares: 0n };
  const badDebtShares = position.borrowShares;
  const badDebtAssets = least(market.totalBorrowAssets, borrowedAssets(market, position));
  return {
    market: {
      ...market,
      totalBorrowAssets: market.totalBorrowAssets - badDebtAssets,
      totalBorrowShares: market.totalBorrowShares - badDebtShares,
      totalSupplyAssets: without(market.totalSupplyAssets, badDebtAssets, "supplied units"),
    },
    position: { ...position, borrowShares: 0n },
    badDebtAssets,
    badDebtShares,
  };
}
