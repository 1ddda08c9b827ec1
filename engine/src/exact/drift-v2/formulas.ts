import { divDown, divUp, least, most, mulDivDown, sqrtDown } from "../rounding.js";
import { CantResolvePerpBankruptcy, MathError } from "./errors.js";
import {
  type DriftParameters,
  FEE_GRACE_SLOTS,
  FEE_GROWTH_PER_SLOT,
  FEE_ONE,
  MARGIN_ONE,
  maxLiquidatorFee,
  SHARE_ONE,
} from "./parameters.js";

/** Oracle prices of the coin and of the quote coin, in price units. */
export interface DriftPrices {
  readonly oracle: bigint;
  readonly quote: bigint;
}

/** Rounds base units down or up to whole steps. Source: standardize_base_asset_amount(_ceil). */
export function wholeSteps(parameters: DriftParameters, base: bigint, up: boolean): bigint {
  const steps = up ? divUp(base, parameters.stepSize) : divDown(base, parameters.stepSize);
  return steps * parameters.stepSize;
}

/**
 * Margin ratio of a size, of 1e4: the ratio, or 4/5 of it + imf x square root of size where that is more. Source: PerpMarket.get_margin_ratio,
 * calculate_size_premium_liability_weight.
 */
export function marginRatio(parameters: DriftParameters, ratio: bigint, size: bigint): bigint {
  if (parameters.imfFactor === 0n) return ratio;
  const root = sqrtDown(mulDivDown(size, 10_000_000_000n, parameters.baseOne) + 1n);
  const premium = divDown(root * parameters.imfFactor, 10_000_000n);
  return most(ratio, ratio - divDown(ratio, 5n) + premium);
}

/**
 * Liquidator's fee after slots of inactivity, of 1e6: the base fee before the grace period, then it plus 0.01 basis points for every slot (those of the grace
 * period included, so that it jumps by 15 basis points), at most the largest fee. Source: get_liquidation_fee.
 */
export function liquidatorFee(baseFee: bigint, maxFee: bigint, slotsElapsed: bigint): bigint {
  if (slotsElapsed < FEE_GRACE_SLOTS) return baseFee;
  return least(baseFee + slotsElapsed * FEE_GROWTH_PER_SLOT, maxFee);
}

/** The fee of a market after slots. */
export function liquidatorFeeAfter(parameters: DriftParameters, slotsElapsed: bigint): bigint {
  return liquidatorFee(parameters.liquidatorFee, maxLiquidatorFee(parameters), slotsElapsed);
}

/**
 * Share of the needed size that may be liquidated now, of 1e4: all where the shortage is below 50 quote coins; else initial + slots / duration of the whole
 * shortage (with what was freed), less what was freed, over the shortage. Each division rounds down. Source: calculate_max_pct_to_liquidate.
 */
export function maxShareToLiquidate(
  parameters: Pick<DriftParameters, "quoteOne" | "initialPctToLiquidate" | "liquidationDuration">,
  shortage: bigint,
  freed: bigint,
  slotsElapsed: bigint,
): bigint {
  if (shortage < 50n * parameters.quoteOne) return SHARE_ONE;
  const grown =
    parameters.liquidationDuration === 0n
      ? SHARE_ONE
      : mulDivDown(slotsElapsed, SHARE_ONE, parameters.liquidationDuration);
  const share = least(grown + parameters.initialPctToLiquidate, SHARE_ONE);
  const freeable = most(mulDivDown(shortage + freed, share, SHARE_ONE) - freed, 0n);
  return mulDivDown(freeable, SHARE_ONE, shortage);
}

/**
 * Fee to the insurance fund, of 1e6: 95 % of what margin ratio less liquidator's fee leaves above shortage / value, at most the market's fee.
 * Source: calculate_perp_if_fee.
 */
export function insuranceFee(
  parameters: DriftParameters,
  shortage: bigint,
  size: bigint,
  ratio: bigint,
  fee: bigint,
  prices: DriftPrices,
): bigint {
  const whole = ratio * 100n;
  const price = divDown(prices.oracle * prices.quote, parameters.priceOne);
  if (price === 0n || whole <= fee || size === 0n) return 0n;
  const perCoin = mulDivDown(shortage, parameters.baseOne, size);
  const missing = mulDivDown(perCoin, FEE_ONE * parameters.valueScale, parameters.baseOne * price);
  const implied = divDown(most(whole - fee - missing, 0n) * 19n, 20n);
  return least(parameters.insuranceFee, implied);
}

/**
 * Base units that free a shortage: shortage / (oracle x quote x (margin ratio - liquidator's fee) - oracle x insurance fee), rounded down; undefined where
 * the fee eats the whole ratio (then the size is unlimited). Source: calculate_base_asset_amount_to_cover_margin_shortage.
 * @throws MathError where the insurance fee eats it
 */
export function baseToCoverShortage(
  parameters: DriftParameters,
  shortage: bigint,
  ratio: bigint,
  fee: bigint,
  toInsurance: bigint,
  prices: DriftPrices,
): bigint | undefined {
  const whole = ratio * 100n;
  if (prices.oracle === 0n || whole <= fee) return undefined;
  const price = divDown(prices.oracle * prices.quote, parameters.priceOne);
  const freed = mulDivDown(price, whole - fee, FEE_ONE) - mulDivDown(prices.oracle, toInsurance, FEE_ONE);
  if (freed <= 0n) throw new MathError(`freed by one coin: ${freed}`);
  return mulDivDown(shortage, parameters.valueScale, freed);
}

/** Units of funding rate for one quote unit a coin. */
export const FUNDING_PER_QUOTE = 1_000n;

/**
 * Rise of the cumulative funding rates that spreads a loss over all open positions, rounded up. Source: calculate_funding_rate_deltas_to_resolve_bankruptcy.
 * @throws CantResolvePerpBankruptcy without open positions
 */
export function socialLossRate(parameters: DriftParameters, loss: bigint, openBase: bigint): bigint {
  if (openBase === 0n) throw new CantResolvePerpBankruptcy("nobody has an open position");
  return divUp(loss * parameters.baseOne, openBase) * FUNDING_PER_QUOTE;
}

/** What a position receives (negative: pays) when the cumulative rate of its side rose by `delta`, towards zero, in quote units. Source: calculate_funding_payment. */
export function fundingPayment(parameters: DriftParameters, base: bigint, delta: bigint): bigint {
  const size = most(base, -base);
  const payment = mulDivDown(size, most(delta, -delta), FUNDING_PER_QUOTE * parameters.baseOne);
  return base > 0n === delta > 0n ? -payment : payment;
}

/** Value of base units at a price, towards zero, in quote units. */
export function baseValue(parameters: DriftParameters, base: bigint, price: bigint): bigint {
  return mulDivDown(most(base, -base), price, parameters.valueScale);
}

/** A margin requirement: liability x ratio of 1e4, rounded down. */
export function requirement(liability: bigint, ratio: bigint): bigint {
  return mulDivDown(liability, ratio, MARGIN_ONE);
}
