import { divDown, divUp, mulDivDown, mulDivUp, powerOfTen } from "../rounding.js";
import { NoPrice, NoSuchPosition } from "./errors.js";
import { type AssetParameters, type MarginTier, PRICE_DECIMALS, tierRates } from "./parameters.js";
import { type Account, type Exchange, magnitude, type Position, type Prices, sideOf } from "./state.js";

/** Asset units times price steps in one quote unit. */
export function notionalScale({ assetDecimals, quoteDecimals }: AssetParameters): bigint {
  return powerOfTen(assetDecimals + PRICE_DECIMALS - quoteDecimals);
}

/** Value of a position at a price, in quote units: down for a long (an asset), up for a short (a liability). */
export function notionalValue(asset: AssetParameters, size: bigint, price: bigint): bigint {
  const scale = notionalScale(asset);
  return size >= 0n ? mulDivDown(size, price, scale) : mulDivUp(-size, price, scale);
}

function tierOf(tiers: readonly MarginTier[], notional: bigint): number {
  let tier = tiers.length - 1;
  while (tier > 0 && tiers[tier].floor > notional) tier--;
  return tier;
}

/**
 * Maintenance margin of a notional in quote units: notional x rate - deduction, rounded up, with the rate half of the initial margin at the tier's
 * largest leverage. Source: Hyperliquid docs, margin tiers.
 */
export function maintenanceMargin({ tiers }: AssetParameters, notional: bigint): bigint {
  const { scale, rates, deductions } = tierRates(tiers);
  const tier = tierOf(tiers, notional);
  return divUp(notional * rates[tier] - deductions[tier], scale);
}

/** The price of an asset; throws `NoPrice` where there is none above 0. */
export function priceOf(prices: Prices, asset: string): bigint {
  const price = prices[asset];
  if (price === undefined || price <= 0n) throw new NoPrice(`${asset} has no price above 0`);
  return price;
}

/** What a position has gained at a price, in quote units: side x (notional - entry notional). */
export function unrealizedProfit(asset: AssetParameters, { size, entryNotional }: Position, price: bigint): bigint {
  return sideOf(size) * (notionalValue(asset, size, price) - entryNotional);
}

/** What an account is worth and what it needs at some prices, in quote units. */
export interface AccountRisk {
  /** Account value: wallet balance plus unrealised profits. */
  readonly accountValue: bigint;
  readonly maintenanceMargin: bigint;
}

/** Account value and maintenance margin over all positions. Throws `NoPrice`. */
export function accountRisk(exchange: Exchange, prices: Prices, account: Account): AccountRisk {
  let accountValue = account.walletBalance;
  let required = 0n;
  for (const [name, position] of Object.entries(account.positions)) {
    const asset = exchange.assets[name];
    const price = priceOf(prices, name);
    accountValue += unrealizedProfit(asset, position, price);
    required += maintenanceMargin(asset, notionalValue(asset, position.size, price));
  }
  return { accountValue, maintenanceMargin: required };
}

/** Whether an account value is below the maintenance margin; exactly at it an account is safe. */
export function isLiquidatable(exchange: Exchange, marks: Prices, account: Account): boolean {
  const risk = accountRisk(exchange, marks, account);
  return risk.accountValue < risk.maintenanceMargin;
}

/**
 * The documents' estimate of an asset's liquidation price in steps of 1e-8 (down for a long, up for a short), null where it is not positive:
 * price - side x (account value - maintenance margin) / size / (1 - l x side), l = 1 / (2 x largest leverage of the tier at the present mark). It does not
 * look into the next tier: the exact limit is `breachMark`. Throws `NoSuchPosition`, `NoPrice`. Source: Hyperliquid docs, liquidations.
 */
export function liquidationPrice(exchange: Exchange, marks: Prices, account: Account, name: string): bigint | null {
  const position = account.positions[name];
  if (position === undefined) throw new NoSuchPosition(`the account has no position in ${name}`);
  const asset = exchange.assets[name];
  const price = priceOf(marks, name);
  const side = sideOf(position.size);
  const risk = accountRisk(exchange, marks, account);
  const tier = asset.tiers[tierOf(asset.tiers, notionalValue(asset, position.size, price))];
  const twice = 2n * tier.maxLeverage;
  const divisor = magnitude(position.size) * (twice - side);
  const move = (risk.accountValue - risk.maintenanceMargin) * notionalScale(asset) * twice;
  const limit = side === 1n ? divDown(price * divisor - move, divisor) : divUp(price * divisor + move, divisor);
  return limit > 0n ? limit : null;
}

/** Marks above this are not searched: 2^96 steps. */
const highestMark = 1n << 96n;

/**
 * The exact limit, by bisection on `isLiquidatable`: the highest mark of an asset (steps of 1e-8) at which an account is liquidatable where the position is long,
 * the lowest where it is short; the other marks stand still. Null where no positive mark liquidates, or for a long every one. Throws `NoSuchPosition`,
 * `NoPrice`.
 */
export function breachMark(exchange: Exchange, marks: Prices, account: Account, name: string): bigint | null {
  const position = account.positions[name];
  if (position === undefined) throw new NoSuchPosition(`the account has no position in ${name}`);
  const long = position.size > 0n;
  const liquidatable = (mark: bigint) => isLiquidatable(exchange, { ...marks, [name]: mark }, account);
  let low = 1n;
  let high = highestMark;
  if (long && (!liquidatable(low) || liquidatable(high))) return null;
  if (!long && liquidatable(low)) return low;
  if (!long && !liquidatable(high)) return null;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (liquidatable(middle) === long) low = middle;
    else high = middle;
  }
  return long ? low : high;
}
