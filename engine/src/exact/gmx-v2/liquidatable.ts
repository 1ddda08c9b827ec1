import { least, most } from "../rounding.js";
import { positionFees } from "./fees.js";
import { type GmxMarket, type GmxPosition, type GmxPrices, positionPnl, priceImpact } from "./market.js";
import type { GmxParameters } from "./parameters.js";
import { applyFactor } from "./precision.js";

/** Why a position is liquidatable. */
export type LiquidationReason = "min-collateral" | "nothing-left" | "min-collateral-for-leverage";

/** Everything that the check of a position computes, in 1e-30 dollars. */
export interface PositionCheck {
  readonly liquidatable: boolean;
  readonly reason: LiquidationReason | undefined;
  /** Collateral + capped profit + impact - fees. */
  readonly remainingUsd: bigint;
  readonly collateralUsd: bigint;
  readonly pnlUsd: bigint;
  /** Impact as counted: never positive, never below the cap. */
  readonly impactUsd: bigint;
  readonly feesUsd: bigint;
  /** Size x the factor that applies. */
  readonly minCollateralUsdForLeverage: bigint;
}

/** Impact pending from opening, in 1e-30 dollars: a gain at the lower index price, a cost at the higher. */
export function pendingImpactUsd(amount: bigint, prices: GmxPrices): bigint {
  return amount * (amount > 0n ? prices.index.min : prices.index.max);
}

/** Positive impact capped at a factor of size, negative unchanged. Source: MarketUtils.capPositiveImpactUsdByMaxPositionImpact. */
export function capPositiveImpact(parameters: GmxParameters, usd: bigint, sizeDeltaUsd: bigint): bigint {
  return least(usd, applyFactor(sizeDeltaUsd, parameters.maxPositiveImpactFactor));
}

/**
 * Judges a position as if it were closed now: collateral at its lower price, profit (a positive one cut with its side), price impact of the whole close with
 * what is pending, where only a cost counts and at most the cap for liquidations, fees without the liquidation fee. Liquidatable below `minCollateralUsd`
 * (where `checkMinCollateral`), at or below 0, or below size x factor, in this order.
 * Source: PositionUtils.isPositionLiquidatable. A liquidation asks with both flags set.
 */
export function checkPosition(
  parameters: GmxParameters,
  market: GmxMarket,
  prices: GmxPrices,
  position: GmxPosition,
  checkMinCollateral: boolean,
  forLiquidation: boolean,
): PositionCheck {
  const { sizeUsd, sizeTokens, collateralToken, collateralAmount } = position;
  const collateralPrice = prices[collateralToken];
  const collateralUsd = collateralAmount * collateralPrice.min;
  const { pnlUsd } = positionPnl(parameters, market, prices, position, sizeUsd);
  const impact = priceImpact(parameters, market, prices, position.isLong, -sizeUsd, -sizeTokens);
  const wholeImpact =
    capPositiveImpact(parameters, impact.usd, sizeUsd) + pendingImpactUsd(position.pendingImpactAmount, prices);
  const cap = applyFactor(sizeUsd, parameters.maxImpactFactorForLiquidations);
  const impactUsd = most(least(wholeImpact, 0n), -cap);
  const fees = positionFees(parameters, position, collateralPrice, impact.balanceWasImproved, sizeUsd, false);
  const feesUsd = (fees.excludingFunding + fees.fundingFee) * collateralPrice.min;
  const remainingUsd = collateralUsd + pnlUsd + impactUsd - feesUsd;
  const factor = forLiquidation ? parameters.minCollateralFactorForLiquidation : parameters.minCollateralFactor;
  const minCollateralUsdForLeverage = applyFactor(sizeUsd, factor);
  let reason: LiquidationReason | undefined;
  if (checkMinCollateral && remainingUsd < parameters.minCollateralUsd) reason = "min-collateral";
  else if (remainingUsd <= 0n) reason = "nothing-left";
  else if (remainingUsd < minCollateralUsdForLeverage) reason = "min-collateral-for-leverage";
  return {
    liquidatable: reason !== undefined,
    reason,
    remainingUsd,
    collateralUsd,
    pnlUsd,
    impactUsd,
    feesUsd,
    minCollateralUsdForLeverage,
  };
}

/** Whether a liquidation keeper may close a position now. */
export function isLiquidatable(
  parameters: GmxParameters,
  market: GmxMarket,
  prices: GmxPrices,
  position: GmxPosition,
): boolean {
  return checkPosition(parameters, market, prices, position, true, true).liquidatable;
}
