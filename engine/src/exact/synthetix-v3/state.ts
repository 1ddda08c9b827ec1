import { divTowardsZero, least, most } from "../rounding.js";
import { WAD } from "../scales.js";
import { InvalidMarket } from "./errors.js";
import type { SynthetixMarketParameters, SynthetixParameters } from "./parameters.js";

/** Seconds of a day: funding rates are daily. */
const SECONDS_PER_DAY = 86_400n;

/** An amount that was liquidated at a time (seconds). */
export interface LiquidationRecord {
  readonly time: bigint;
  readonly amount: bigint;
}

/** A market's state. */
export interface SynthetixMarket {
  /** Sum of all sizes, and of their magnitudes, in asset units. */
  readonly skew: bigint;
  readonly size: bigint;
  /** What was liquidated, oldest first; older than the window only the last one is kept. */
  readonly liquidations: readonly LiquidationRecord[];
  /** Daily funding rate (wad) and accumulated funding of one asset unit (price units) at `lastFundingTime` (seconds). */
  readonly lastFundingRate: bigint;
  readonly lastFundingValue: bigint;
  readonly lastFundingTime: bigint;
  /** What skew x (price + funding) exceeds the traders' profit by, in dollar units. */
  readonly debtCorrection: bigint;
}

/** A position in one market. */
export interface SynthetixPosition {
  /** Asset units, negative for a short. */
  readonly size: bigint;
  /** Price and accumulated funding of the last change. */
  readonly latestPrice: bigint;
  readonly latestFunding: bigint;
}

/** An account: margin is shared by its positions. */
export interface SynthetixAccount {
  /** Collateral in dollar units. */
  readonly collateralUsd: bigint;
  /** Realised losses that collateral did not cover, in dollar units. */
  readonly debtUsd: bigint;
  readonly positions: ReadonlyMap<string, SynthetixPosition>;
  readonly flagged: boolean;
}

/** The whole system. Dollar amounts in dollar units. */
export interface SynthetixState {
  readonly markets: ReadonlyMap<string, SynthetixMarket>;
  readonly accounts: ReadonlyMap<string, SynthetixAccount>;
  /** What the liquidity providers gained (negative: lost), realised, the traders' debts counted as theirs. */
  readonly providersUsd: bigint;
}

/** Prices of the markets. */
export type SynthetixPrices = ReadonlyMap<string, bigint>;

/** Empty markets at a time. */
export function emptyState(parameters: SynthetixParameters, time: bigint): SynthetixState {
  const markets = new Map<string, SynthetixMarket>();
  for (const name of parameters.markets.keys()) {
    markets.set(name, {
      skew: 0n,
      size: 0n,
      liquidations: [],
      lastFundingRate: 0n,
      lastFundingValue: 0n,
      lastFundingTime: time,
      debtCorrection: 0n,
    });
  }
  return { markets, accounts: new Map(), providersUsd: 0n };
}

/** An account, empty where it does not exist. */
export function accountOf(state: SynthetixState, name: string): SynthetixAccount {
  return state.accounts.get(name) ?? { collateralUsd: 0n, debtUsd: 0n, positions: new Map(), flagged: false };
}

/** A market with its rules. @throws InvalidMarket */
export function marketOf(
  parameters: SynthetixParameters,
  state: SynthetixState,
  name: string,
): { rules: SynthetixMarketParameters; market: SynthetixMarket } {
  const rules = parameters.markets.get(name);
  const market = state.markets.get(name);
  if (rules === undefined || market === undefined) throw new InvalidMarket(`there is no market ${name}`);
  return { rules, market };
}

/** The price of a market. @throws InvalidMarket */
export function priceOf(prices: SynthetixPrices, name: string): bigint {
  const price = prices.get(name);
  if (price === undefined || price <= 0n) throw new InvalidMarket(`there is no price of ${name}`);
  return price;
}

/** Replaces one account. */
export function withAccount(state: SynthetixState, name: string, account: SynthetixAccount): SynthetixState {
  return { ...state, accounts: new Map(state.accounts).set(name, account) };
}

/** Replaces one market. */
export function withMarket(state: SynthetixState, name: string, market: SynthetixMarket): SynthetixState {
  return { ...state, markets: new Map(state.markets).set(name, market) };
}

/** Size x price (or funding value) in dollar units, towards zero. Source: DecimalMath.mulDecimal. */
export function valueOf(rules: SynthetixMarketParameters, size: bigint, price: bigint): bigint {
  return divTowardsZero(size * price, rules.valueScale);
}

/** Magnitude of a whole number. */
export function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** Daily funding rate at a time, a wad: the last one plus velocity x days, the velocity in proportion to the skew, at most full. Source: PerpsMarket.currentFundingRate. */
export function currentFundingRate(rules: SynthetixMarketParameters, market: SynthetixMarket, time: bigint): bigint {
  if (rules.skewScale === 0n) return market.lastFundingRate;
  const skew = least(most(divTowardsZero(market.skew * WAD, rules.skewScale), -WAD), WAD);
  const velocity = divTowardsZero(skew * rules.maxFundingVelocity, WAD);
  return market.lastFundingRate + divTowardsZero(velocity * elapsedDays(market, time), WAD);
}

function elapsedDays(market: SynthetixMarket, time: bigint): bigint {
  return divTowardsZero((time - market.lastFundingTime) * WAD, SECONDS_PER_DAY);
}

/** Accumulated funding of one asset unit at a time, in price units: against the skew at the mean of both rates. Source: PerpsMarket.calculateNextFunding. */
export function nextFundingValue(
  rules: SynthetixMarketParameters,
  market: SynthetixMarket,
  price: bigint,
  time: bigint,
): bigint {
  const rate = currentFundingRate(rules, market, time);
  const mean = -divTowardsZero(market.lastFundingRate + rate, 2n);
  const accrued = divTowardsZero(mean * elapsedDays(market, time), WAD);
  return market.lastFundingValue + divTowardsZero(accrued * price, WAD);
}

/** Books rate and value of funding up to a time. Source: PerpsMarket.recomputeFunding. */
export function recomputeFunding(
  rules: SynthetixMarketParameters,
  market: SynthetixMarket,
  price: bigint,
  time: bigint,
): SynthetixMarket {
  return {
    ...market,
    lastFundingRate: currentFundingRate(rules, market, time),
    lastFundingValue: nextFundingValue(rules, market, price, time),
    lastFundingTime: time,
  };
}

/** Price profit and accrued funding of a position in dollar units. Source: Position.getPnl (without interest). */
export function positionPnl(
  rules: SynthetixMarketParameters,
  market: SynthetixMarket,
  position: SynthetixPosition,
  price: bigint,
  time: bigint,
): { price: bigint; funding: bigint; total: bigint } {
  const funding = nextFundingValue(rules, market, price, time) - position.latestFunding;
  const ofPrice = valueOf(rules, position.size, price - position.latestPrice);
  const ofFunding = valueOf(rules, position.size, funding);
  return { price: ofPrice, funding: ofFunding, total: ofPrice + ofFunding };
}

/** What the traders of a market would get if all closed now, in dollar units. Source: PerpsMarket.marketDebt. */
export function marketDebt(
  rules: SynthetixMarketParameters,
  market: SynthetixMarket,
  price: bigint,
  time: bigint,
): bigint {
  const funding = valueOf(rules, market.skew, nextFundingValue(rules, market, price, time));
  return valueOf(rules, market.skew, price) + funding - market.debtCorrection;
}

/**
 * Replaces one position of a market in its sums. `price` is the new position's last price (0 where a liquidation closed it, in which the price cancels out).
 * Source: PerpsMarket.updatePositionData.
 */
export function replacePosition(
  rules: SynthetixMarketParameters,
  market: SynthetixMarket,
  before: SynthetixPosition,
  size: bigint,
  price: bigint,
  time: bigint,
): SynthetixMarket {
  const change = size - before.size;
  const pnl = positionPnl(rules, market, before, price, time);
  const funding = valueOf(rules, change, nextFundingValue(rules, market, price, time));
  return {
    ...market,
    size: market.size + magnitude(size) - magnitude(before.size),
    skew: market.skew + change,
    debtCorrection: market.debtCorrection + funding + valueOf(rules, change, price) + pnl.total,
  };
}
