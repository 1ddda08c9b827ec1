import { divDown, mulDivDown } from "../rounding.js";
import { WAD } from "../scales.js";
import { InsufficientReserves, NotForSale, TooMuchSlippage } from "./errors.js";
import type { CompoundParameters } from "./parameters.js";
import { type CompoundEntry, collateralReserves, entriesBetween, reserves } from "./reserves.js";
import { assetAt, basePrice, type CompoundMarket, type CompoundPrices, collateralPrice, replaced } from "./state.js";

/** Wad that the storefront takes off the price of a collateral: its share of the penalty, rounded down (Comet.quoteCollateral). Throws BadAsset. */
export function storefrontDiscount(parameters: CompoundParameters, asset: number): bigint {
  return mulDivDown(parameters.storeFrontPriceFactor, WAD - assetAt(parameters, asset).liquidationFactor, WAD);
}

/** Price after the discount, 1e-8, rounded down, which favours the buyer by less than one step (Comet.quoteCollateral). Throws BadAsset, BadPrice. */
export function storefrontPrice(parameters: CompoundParameters, asset: number, prices: CompoundPrices): bigint {
  return mulDivDown(collateralPrice(prices, asset), WAD - storefrontDiscount(parameters, asset), WAD);
}

/**
 * Units of collateral for `baseAmount` base units at the discounted price, rounded down twice (Comet.quoteCollateral). Throws BadAsset, BadPrice, and
 * RangeError where the discounted price rounds to nothing.
 */
export function quoteCollateral(
  parameters: CompoundParameters,
  asset: number,
  baseAmount: bigint,
  prices: CompoundPrices,
): bigint {
  const worth = basePrice(prices) * baseAmount * assetAt(parameters, asset).scale;
  return divDown(divDown(worth, storefrontPrice(parameters, asset, prices)), parameters.baseScale);
}

/** Whether the storefront is open: reserves are negative or below their target (Comet.buyCollateral). */
export function isForSale(parameters: CompoundParameters, market: CompoundMarket, second: bigint): boolean {
  const own = reserves(parameters, market, second);
  return own < 0n || own < parameters.targetReserves;
}

/** What a purchase leaves behind. */
export interface PurchaseOutcome {
  readonly market: CompoundMarket;
  /** Units of collateral that the buyer gets. */
  readonly bought: bigint;
  /** Base units that the buyer pays; all of it goes to the reserves. */
  readonly paid: bigint;
  readonly entries: readonly CompoundEntry[];
}

/**
 * Sells seized collateral for base at the storefront's price; no interest is written down, though it counts for the reserves (Comet.buyCollateral). `minAmount`
 * is the buyer's minimum in units. Throws NotForSale, TooMuchSlippage, InsufficientReserves, BadAsset, BadPrice.
 */
export function buyCollateral(
  parameters: CompoundParameters,
  market: CompoundMarket,
  asset: number,
  minAmount: bigint,
  baseAmount: bigint,
  prices: CompoundPrices,
  second: bigint,
): PurchaseOutcome {
  if (!isForSale(parameters, market, second))
    throw new NotForSale(
      `reserves of ${reserves(parameters, market, second)} units have reached the target of ${parameters.targetReserves}`,
    );
  const bought = quoteCollateral(parameters, asset, baseAmount, prices);
  if (bought < minAmount)
    throw new TooMuchSlippage(`${bought} units of collateral; the buyer wants at least ${minAmount}`);
  const inventory = collateralReserves(parameters, market, asset);
  if (bought > inventory)
    throw new InsufficientReserves(`${bought} units of collateral; the protocol owns ${inventory}`);
  const totals = market.collateral[asset];
  const after: CompoundMarket = {
    ...market,
    baseBalance: market.baseBalance + baseAmount,
    collateral: replaced(market.collateral, asset, { ...totals, held: totals.held - bought }),
  };
  return { market: after, bought, paid: baseAmount, entries: entriesBetween(parameters, market, after) };
}
