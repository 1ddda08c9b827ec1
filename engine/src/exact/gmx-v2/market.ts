import { divDown, least, most } from "../rounding.js";
import type { GmxParameters } from "./parameters.js";
import { applyExponentFactor, applyFactor, FLOAT, mulDivSigned } from "./precision.js";

/** The two tokens of a pool: the long token backs and pays longs, the short token shorts. */
export type PoolToken = "long" | "short";

/** Oracle price range of one token unit in 1e-30 dollars. */
export interface PriceRange {
  readonly min: bigint;
  readonly max: bigint;
}

/** Prices of a market. */
export interface GmxPrices {
  readonly index: PriceRange;
  readonly long: PriceRange;
  readonly short: PriceRange;
}

/** One position. */
export interface GmxPosition {
  readonly isLong: boolean;
  readonly collateralToken: PoolToken;
  /** Cost of the tokens at entry in 1e-30 dollars. */
  readonly sizeUsd: bigint;
  /** Index token units. */
  readonly sizeTokens: bigint;
  /** Units of the collateral token. */
  readonly collateralAmount: bigint;
  /** Price impact of opening, still to be settled, in index token units; negative is a cost. */
  readonly pendingImpactAmount: bigint;
  /** Borrowing fee accrued so far in 1e-30 dollars. */
  readonly borrowingFeeUsd: bigint;
  /** Funding fee accrued so far in units of the collateral token. */
  readonly fundingFeeAmount: bigint;
}

/** An amount of each of the two tokens, or for each of the two sides. */
export interface BothSides {
  readonly long: bigint;
  readonly short: bigint;
}

/** A market's state. */
export interface GmxMarket {
  readonly positions: ReadonlyMap<string, GmxPosition>;
  /** Tokens that belong to the liquidity providers. */
  readonly poolAmount: BothSides;
  /** Entry cost of all positions by side in 1e-30 dollars. */
  readonly openInterestUsd: BothSides;
  /** Index token units of all positions by side. */
  readonly openInterestTokens: BothSides;
  /** Part of the pool that is set aside for positive impact, in index token units: an account, not tokens of its own. */
  readonly impactPoolAmount: bigint;
  /** Tokens that the fee receiver may claim. */
  readonly feeReceiver: BothSides;
  /** Tokens paid as funding fees, which the other side may claim. */
  readonly fundingClaims: BothSides;
  /** Tokens charged beyond the impact cap, which their trader may claim later. */
  readonly heldCollateral: BothSides;
  /** Whether deleveraging is switched on, by side. */
  readonly adlEnabled: { readonly long: boolean; readonly short: boolean };
}

const none: BothSides = { long: 0n, short: 0n };

/** A market with a pool and no positions. */
export function emptyMarket(poolAmount: BothSides): GmxMarket {
  return {
    positions: new Map(),
    poolAmount,
    openInterestUsd: none,
    openInterestTokens: none,
    impactPoolAmount: 0n,
    feeReceiver: none,
    fundingClaims: none,
    heldCollateral: none,
    adlEnabled: { long: false, short: false },
  };
}

/** "long" or "short" for a side. */
export function sideOf(isLong: boolean): PoolToken {
  return isLong ? "long" : "short";
}

/** Both amounts with one of them raised (negative: lowered). */
export function plus(amounts: BothSides, which: PoolToken, change: bigint): BothSides {
  return { ...amounts, [which]: amounts[which] + change };
}

/** Price at which profit is measured: the side's better one where `maximize`. Source: Price.pickPriceForPnl. */
function priceForPnl(range: PriceRange, isLong: boolean, maximize: boolean): bigint {
  return isLong === maximize ? range.max : range.min;
}

/** Profit of all positions of a side in 1e-30 dollars. Source: MarketUtils.getPnl. */
export function sidePnl(market: GmxMarket, prices: GmxPrices, isLong: boolean, maximize: boolean): bigint {
  const cost = market.openInterestUsd[sideOf(isLong)];
  const tokens = market.openInterestTokens[sideOf(isLong)];
  if (cost === 0n || tokens === 0n) return 0n;
  const value = tokens * priceForPnl(prices.index, isLong, maximize);
  return isLong ? value - cost : cost - value;
}

/** Side profit over the value of the token that pays it, of 1e30, magnitude rounded down; 0 for an empty pool. Source: MarketUtils.getPnlToPoolFactor. */
export function pnlToPoolFactor(market: GmxMarket, prices: GmxPrices, isLong: boolean, maximize = true): bigint {
  const side = sideOf(isLong);
  const poolUsd = market.poolAmount[side] * (maximize ? prices[side].min : prices[side].max);
  if (poolUsd === 0n) return 0n;
  return mulDivSigned(sidePnl(market, prices, isLong, maximize), FLOAT, poolUsd);
}

/** Profit of (a part of) a position in 1e-30 dollars and the part's tokens. */
export interface PositionPnl {
  /** Profit after the cap for traders. */
  readonly pnlUsd: bigint;
  /** Profit before it. */
  readonly uncappedPnlUsd: bigint;
  /** Index token units of the part: rounded up for a long, down for a short. */
  readonly sizeDeltaTokens: bigint;
}

/**
 * Profit of a part of a position: at the side's worse index price; a positive one is scaled down where the side's whole profit exceeds the share of the pool
 * that traders may take. Source: PositionUtils.getPositionPnlUsd, MarketUtils.getCappedPnl (a cap of exactly 0 does not scale).
 */
export function positionPnl(
  parameters: GmxParameters,
  market: GmxMarket,
  prices: GmxPrices,
  position: GmxPosition,
  sizeDeltaUsd: bigint,
): PositionPnl {
  const { isLong, sizeUsd, sizeTokens } = position;
  const side = sideOf(isLong);
  const value = sizeTokens * priceForPnl(prices.index, isLong, false);
  const uncapped = isLong ? value - sizeUsd : sizeUsd - value;
  let total = uncapped;
  if (total > 0n) {
    const all = sidePnl(market, prices, isLong, true);
    const cap = applyFactor(market.poolAmount[side] * prices[side].min, parameters.maxPnlFactorForTraders);
    if (all > cap && cap > 0n) total = mulDivSigned(total, cap, all);
  }
  const part = mulDivSigned(sizeTokens, sizeDeltaUsd, sizeUsd, isLong);
  const sizeDeltaTokens = sizeDeltaUsd === sizeUsd ? sizeTokens : part;
  return {
    pnlUsd: mulDivSigned(total, sizeDeltaTokens, sizeTokens),
    uncappedPnlUsd: mulDivSigned(uncapped, sizeDeltaTokens, sizeTokens),
    sizeDeltaTokens,
  };
}

/** Price impact of a change of one side's open interest. */
export interface PriceImpact {
  /** In 1e-30 dollars; positive is paid to the trader. */
  readonly usd: bigint;
  /** Whether the two sides come closer. */
  readonly balanceWasImproved: boolean;
}

const apart = (sides: BothSides) => most(sides.long - sides.short, sides.short - sides.long);

/**
 * Price impact of a change of open interest: factor x difference^exponent before less after, with the positive factor where the balance improves; where the
 * heavier side changes, the positive of what was less the negative of what is then. Not capped here.
 * Source: PositionPricingUtils.getPriceImpactUsd (without virtual inventory), PricingUtils.getPriceImpactUsdFor{SameSide,Crossover}Rebalance.
 */
export function priceImpact(
  parameters: GmxParameters,
  market: GmxMarket,
  prices: GmxPrices,
  isLong: boolean,
  usdDelta: bigint,
  tokenDelta: bigint,
): PriceImpact {
  const middle = divDown(prices.index.min + prices.index.max, 2n);
  const inTokens = parameters.openInterestInTokens;
  const before: BothSides = inTokens
    ? { long: market.openInterestTokens.long * middle, short: market.openInterestTokens.short * middle }
    : market.openInterestUsd;
  const side = sideOf(isLong);
  const change = inTokens ? tokenDelta * middle : usdDelta;
  const after = { ...before, [side]: most(0n, before[side] + change) };
  const improved = apart(after) < apart(before);
  const positive = least(parameters.positiveImpactFactor, parameters.negativeImpactFactor);
  const positiveExponent = least(parameters.positiveImpactExponent, parameters.negativeImpactExponent);
  const gain = (difference: bigint) => applyFactor(applyExponentFactor(difference, positiveExponent), positive);
  const loss = (difference: bigint) =>
    applyFactor(applyExponentFactor(difference, parameters.negativeImpactExponent), parameters.negativeImpactFactor);
  if (before.long <= before.short !== after.long <= after.short) {
    return { usd: gain(apart(before)) - loss(apart(after)), balanceWasImproved: improved };
  }
  const impact = improved ? gain : loss;
  const difference = impact(apart(before)) - impact(apart(after));
  const size = most(difference, -difference);
  return { usd: improved ? size : -size, balanceWasImproved: improved };
}
