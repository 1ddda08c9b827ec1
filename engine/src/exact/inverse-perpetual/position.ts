import { divDown, divUp, mulDivDown, mulDivUp } from "../rounding.js";
import { PriceNotPositive } from "./errors.js";
import { contractNumerator, type InversePerpetualParameters, RATE_ONE, tierDeductions } from "./parameters.js";

/** One account's position with isolated margin. */
export interface InversePosition {
  /** Contracts, negative for a short. */
  readonly contracts: bigint;
  /** Coin value of the contracts when they were opened, in coin units, never negative. */
  readonly entryCoin: bigint;
  /** Margin in coin units. */
  readonly margin: bigint;
}

/** Magnitude of a whole number. */
export function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/**
 * Coin value of contracts at a price in 1e-8 USD steps. A long owes these coins and is valued up, a short owns them and is valued down: rounded against the
 * account.
 * @throws PriceNotPositive
 */
export function coinValue(parameters: InversePerpetualParameters, contracts: bigint, price: bigint): bigint {
  if (price <= 0n) throw new PriceNotPositive(`price ${price}; above 0`);
  const dividend = magnitude(contracts) * contractNumerator(parameters);
  return contracts > 0n ? divUp(dividend, price) : divDown(dividend, price);
}

/**
 * Coin value at which contracts are entered: a long is credited the value rounded down, a short charged the value rounded up, so that neither earns the
 * remainder.
 * @throws PriceNotPositive
 */
export function entryValue(parameters: InversePerpetualParameters, contracts: bigint, price: bigint): bigint {
  return coinValue(parameters, -contracts, price);
}

/** Profit of a position in coin units: q x (1/entry - 1/mark) for a long, its negative for a short, in the coin values of both. */
export function profit(contracts: bigint, entryCoin: bigint, nowCoin: bigint): bigint {
  return contracts > 0n ? entryCoin - nowCoin : nowCoin - entryCoin;
}

/** Margin plus unrealised profit in coin units at a price. */
export function equity(parameters: InversePerpetualParameters, position: InversePosition, price: bigint): bigint {
  if (position.contracts === 0n) return position.margin;
  const now = coinValue(parameters, position.contracts, price);
  return position.margin + profit(position.contracts, position.entryCoin, now);
}

/** Maintenance margin of a coin notional: notional x rate of its tier, rounded up, less the tier's deduction; never negative; coin units. */
export function maintenanceMargin(parameters: InversePerpetualParameters, notional: bigint): bigint {
  const { tiers } = parameters;
  let tier = tiers.length - 1;
  while (tier > 0 && tiers[tier].fromCoin > notional) tier--;
  const needed = mulDivUp(notional, tiers[tier].rate, RATE_ONE) - tierDeductions(tiers)[tier];
  return needed > 0n ? needed : 0n;
}

/** The one predicate: equity below (or, where the parameters say so, at) the maintenance margin of the coin value at the mark price. */
export function isLiquidatable(
  parameters: InversePerpetualParameters,
  position: InversePosition,
  price: bigint,
): boolean {
  if (position.contracts === 0n) return false;
  const worth = equity(parameters, position, price);
  const needed = maintenanceMargin(parameters, coinValue(parameters, position.contracts, price));
  return parameters.liquidatableAtEquality ? worth <= needed : worth < needed;
}

/** Coin value at which a (part of a) position has no equity left: a long owes at most entry + margin, a short needs at least entry - margin. */
export function bankruptcyCoin(contracts: bigint, entryCoin: bigint, margin: bigint): bigint {
  return contracts > 0n ? entryCoin + margin : entryCoin - margin;
}

/**
 * Price at which the equity is used up: for a long the lowest whole price with equity not negative, for a short the highest. Undefined for a short that no
 * price can ruin (margin covers the entry value) and without a position. Source: closed form e x L / (L + 1) for a long at leverage L.
 */
export function bankruptcyPrice(parameters: InversePerpetualParameters, position: InversePosition): bigint | undefined {
  const { contracts, entryCoin, margin } = position;
  const coin = bankruptcyCoin(contracts, entryCoin, margin);
  if (contracts === 0n || coin <= 0n) return undefined;
  const dividend = magnitude(contracts) * contractNumerator(parameters);
  return contracts > 0n ? divUp(dividend, coin) : divDown(dividend, coin);
}

/**
 * The whole price at which the position turns liquidatable, by bisection on the predicate: the highest for a long, the lowest for a short; undefined where
 * none below 2^64 steps does. Exact closed forms: e (1 + m) L / (L + 1) for a long, e (1 - m) L / (L - 1) for a short.
 */
export function liquidationPrice(
  parameters: InversePerpetualParameters,
  position: InversePosition,
): bigint | undefined {
  if (position.contracts === 0n) return undefined;
  const bad = (price: bigint) => isLiquidatable(parameters, position, price);
  const long = position.contracts > 0n;
  let low = 1n;
  let high = 1n << 64n;
  if (bad(low) === bad(high)) {
    if (!bad(low)) return undefined;
    return long ? high : low;
  }
  // The predicate holds at `low` for a long and at `high` for a short, and changes once in between.
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (bad(middle) === bad(low)) low = middle;
    else high = middle;
  }
  return long ? low : high;
}

/** What belongs to a part of a position: in proportion, rounded down; everything for the whole. */
export function partOf(amount: bigint, part: bigint, whole: bigint): bigint {
  return part === whole ? amount : mulDivDown(amount, part, whole);
}
