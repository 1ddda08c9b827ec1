import { divDown, divUp } from "../rounding.js";
import { type CloseOutcome, closePosition } from "./decrease.js";
import {
  AdlNotEnabled,
  AdlNotRequired,
  EmptyPosition,
  InvalidAdl,
  InvalidSizeDeltaForAdl,
  LiquidatablePosition,
  PnlOvercorrected,
  PositionExists,
  PositionShouldNotBeLiquidated,
} from "./errors.js";
import { capPositiveImpact, checkPosition } from "./liquidatable.js";
import {
  type GmxMarket,
  type GmxPosition,
  type GmxPrices,
  type PoolToken,
  plus,
  pnlToPoolFactor,
  positionPnl,
  priceImpact,
  sideOf,
} from "./market.js";
import type { GmxParameters } from "./parameters.js";
import { mulDivSigned } from "./precision.js";

/** A position of a market. */
function positionOf(market: GmxMarket, name: string): GmxPosition {
  const position = market.positions.get(name);
  if (position === undefined || position.sizeUsd === 0n) throw new EmptyPosition(`there is no position ${name}`);
  return position;
}

/** Puts a position as it stands into a market and counts it in open interest; its collateral comes from outside. */
export function addPosition(market: GmxMarket, name: string, position: GmxPosition): GmxMarket {
  if (market.positions.has(name)) throw new PositionExists(`${name} exists`);
  const side = sideOf(position.isLong);
  return {
    ...market,
    positions: new Map(market.positions).set(name, position),
    openInterestUsd: plus(market.openInterestUsd, side, position.sizeUsd),
    openInterestTokens: plus(market.openInterestTokens, side, position.sizeTokens),
  };
}

/**
 * Opens a position: tokens at the worse index price (a long's rounded down, a short's up), price impact of opening stored as pending (a gain rounded down, a
 * cost up). No opening fee is taken. Source: PositionUtils.getExecutionPriceForIncrease, IncreasePositionUtils.increasePosition.
 * @throws LiquidatablePosition where it would be liquidatable with the factor for opening, or smaller than the smallest position
 * @throws PositionExists
 */
export function openPosition(
  parameters: GmxParameters,
  market: GmxMarket,
  prices: GmxPrices,
  name: string,
  wanted: {
    readonly isLong: boolean;
    readonly collateralToken: PoolToken;
    readonly sizeUsd: bigint;
    readonly collateralAmount: bigint;
  },
): GmxMarket {
  const { isLong, sizeUsd } = wanted;
  const sizeTokens = isLong ? divDown(sizeUsd, prices.index.max) : divUp(sizeUsd, prices.index.min);
  if (sizeUsd <= 0n || sizeTokens === 0n) throw new EmptyPosition(`size ${sizeUsd} is less than one token unit`);
  const impact = priceImpact(parameters, market, prices, isLong, sizeUsd, sizeTokens).usd;
  const capped = capPositiveImpact(parameters, impact, sizeUsd);
  const position: GmxPosition = {
    ...wanted,
    sizeTokens,
    pendingImpactAmount: capped > 0n ? divDown(capped, prices.index.max) : -divUp(-capped, prices.index.min),
    borrowingFeeUsd: 0n,
    fundingFeeAmount: 0n,
  };
  const next = addPosition(market, name, position);
  const check = checkPosition(parameters, next, prices, position, true, false);
  if (check.liquidatable || sizeUsd < parameters.minPositionSizeUsd) {
    throw new LiquidatablePosition(
      `${name}: ${check.reason ?? "below the smallest position"}, ${check.remainingUsd} left`,
    );
  }
  return next;
}

/** Adds accrued borrowing (1e-30 dollars) and funding fees (collateral token units) to a position. */
export function accrue(market: GmxMarket, name: string, borrowingFeeUsd: bigint, fundingFeeAmount: bigint): GmxMarket {
  const position = positionOf(market, name);
  const positions = new Map(market.positions).set(name, {
    ...position,
    borrowingFeeUsd: position.borrowingFeeUsd + borrowingFeeUsd,
    fundingFeeAmount: position.fundingFeeAmount + fundingFeeAmount,
  });
  return { ...market, positions };
}

/**
 * Closes a liquidatable position as a whole. Source: LiquidationHandler.executeLiquidation, DecreasePositionUtils.decreasePosition.
 * @throws EmptyPosition
 * @throws PositionShouldNotBeLiquidated where it keeps enough collateral
 * @throws InsufficientPoolAmount
 */
export function liquidate(parameters: GmxParameters, market: GmxMarket, prices: GmxPrices, name: string): CloseOutcome {
  const position = positionOf(market, name);
  const check = checkPosition(parameters, market, prices, position, true, true);
  if (!check.liquidatable) {
    throw new PositionShouldNotBeLiquidated(
      `${name} keeps ${check.remainingUsd} of at least ${check.minCollateralUsdForLeverage}`,
    );
  }
  return closePosition(parameters, market, prices, name, position, position.sizeUsd, true);
}

/** Switches deleveraging of a side on or off by its profit factor: on above the threshold. Source: AdlUtils.updateAdlState. */
export function updateAdlState(
  parameters: GmxParameters,
  market: GmxMarket,
  prices: GmxPrices,
  isLong: boolean,
): GmxMarket {
  const exceeded = pnlToPoolFactor(market, prices, isLong) > parameters.maxPnlFactorForAdl;
  return { ...market, adlEnabled: { ...market.adlEnabled, [sideOf(isLong)]: exceeded } };
}

/** Size that a close really takes: all of it where too little collateral or size would be left. Source: DecreasePositionUtils.decreasePosition. */
function adjustedSize(
  parameters: GmxParameters,
  market: GmxMarket,
  prices: GmxPrices,
  position: GmxPosition,
  sizeDeltaUsd: bigint,
): bigint {
  const { sizeUsd } = position;
  if (sizeDeltaUsd === sizeUsd) return sizeUsd;
  const { pnlUsd } = positionPnl(parameters, market, prices, position, sizeUsd);
  const realised = mulDivSigned(pnlUsd, sizeDeltaUsd, sizeUsd);
  const collateralUsd = position.collateralAmount * prices[position.collateralToken].min;
  const left = collateralUsd + (realised < 0n ? realised : 0n) + pnlUsd - realised;
  if (left < parameters.minCollateralUsd || sizeUsd - sizeDeltaUsd < parameters.minPositionSizeUsd) return sizeUsd;
  return sizeDeltaUsd;
}

/**
 * Deleverages a position by a size that the keeper chose. The side's profit factor must exceed the upper threshold before, fall, and not fall below the lower
 * threshold. Source: AdlHandler.executeAdl.
 * @throws AdlNotEnabled, AdlNotRequired, InvalidSizeDeltaForAdl, InvalidAdl, PnlOvercorrected
 * @throws LiquidatablePosition where what is left would be liquidatable
 * @throws EmptyPosition, InsufficientFundsToPayForCosts, InsufficientPoolAmount
 */
export function deleverage(
  parameters: GmxParameters,
  market: GmxMarket,
  prices: GmxPrices,
  name: string,
  sizeDeltaUsd: bigint,
): CloseOutcome {
  const position = positionOf(market, name);
  const { isLong } = position;
  if (!market.adlEnabled[sideOf(isLong)]) throw new AdlNotEnabled(`${sideOf(isLong)} positions are not deleveraged`);
  const before = pnlToPoolFactor(market, prices, isLong);
  if (before <= parameters.maxPnlFactorForAdl) {
    throw new AdlNotRequired(`factor ${before}, threshold ${parameters.maxPnlFactorForAdl}`);
  }
  if (sizeDeltaUsd <= 0n || sizeDeltaUsd > position.sizeUsd) {
    throw new InvalidSizeDeltaForAdl(`${sizeDeltaUsd} of ${position.sizeUsd}`);
  }
  const size = adjustedSize(parameters, market, prices, position, sizeDeltaUsd);
  const outcome = closePosition(parameters, market, prices, name, position, size, false);
  const rest = outcome.state.positions.get(name);
  if (rest !== undefined && checkPosition(parameters, outcome.state, prices, rest, false, false).liquidatable) {
    throw new LiquidatablePosition(`what is left of ${name} would be liquidatable`);
  }
  const after = pnlToPoolFactor(outcome.state, prices, isLong);
  if (after >= before) throw new InvalidAdl(`factor ${after}, before ${before}`);
  if (after < parameters.minPnlFactorAfterAdl) {
    throw new PnlOvercorrected(`factor ${after}, at least ${parameters.minPnlFactorAfterAdl}`);
  }
  return outcome;
}
