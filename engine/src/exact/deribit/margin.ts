import { divDown, divUp, least, mulDivDown, mulDivUp, powerOfTen } from "../rounding.js";
import { PriceNotPositive } from "./errors.js";
import { type DeribitParameters, RATE_ONE, valueScale } from "./parameters.js";

/** One standard-margin account in one settlement asset. */
export interface DeribitAccount {
  /** Cash balance in settlement units; negative only between a bankrupt close and its cover. */
  readonly balance: bigint;
  /** Contracts, negative for a short. */
  readonly contracts: bigint;
  /** Value of the contracts when they were opened, in settlement units, never negative. */
  readonly entryValue: bigint;
}

/** Magnitude of a whole number. */
export function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/**
 * Value of contracts at a price in 1e-8 USD steps, in settlement units: what closing pays or costs. The asset side is rounded down and the debt side up:
 * a linear long and an inverse short own the value, the other two owe it.
 * @throws PriceNotPositive
 */
export function worth(parameters: DeribitParameters, contracts: bigint, price: bigint): bigint {
  if (price <= 0n) throw new PriceNotPositive(`price ${price}; above 0`);
  const size = magnitude(contracts);
  const scale = valueScale(parameters);
  if (parameters.kind === "inverse") return contracts > 0n ? divUp(size * scale, price) : divDown(size * scale, price);
  const product = size * parameters.contractValue;
  return contracts > 0n ? mulDivDown(product, price, scale) : mulDivUp(product, price, scale);
}

/** Value at which contracts are entered: rounded the other way round than `worth`, so that neither side earns the remainder. */
export function openingValue(parameters: DeribitParameters, contracts: bigint, price: bigint): bigint {
  return worth(parameters, -contracts, price);
}

/** Profit in settlement units between entry and now: an inverse long gains as the coin value of its dollars falls. */
export function profit(kind: DeribitParameters["kind"], contracts: bigint, entryValue: bigint, now: bigint): bigint {
  return contracts > 0n === (kind === "linear") ? now - entryValue : entryValue - now;
}

/** Balance plus unrealised profit at a price, in settlement units. */
export function equity(parameters: DeribitParameters, account: DeribitAccount, price: bigint): bigint {
  if (account.contracts === 0n) return account.balance;
  const now = worth(parameters, account.contracts, price);
  return account.balance + profit(parameters.kind, account.contracts, account.entryValue, now);
}

/** Size of a position in coin units: the coin value of inverse contracts (rounded as `worth`), the coins of linear ones. */
export function sizeInCoin(parameters: DeribitParameters, contracts: bigint, price: bigint): bigint {
  if (parameters.kind === "linear") return magnitude(contracts) * parameters.contractValue;
  return worth(parameters, contracts, price);
}

/** min(highest, base + perCoin x size) x value, rounded up once, in settlement units. */
function marginAt(parameters: DeribitParameters, base: bigint, contracts: bigint, price: bigint): bigint {
  if (contracts === 0n) return 0n;
  const coin = powerOfTen(parameters.coinDecimals);
  const rate = base * coin + parameters.perCoin * sizeInCoin(parameters, contracts, price);
  const value = worth(parameters, contracts, price);
  return mulDivUp(value, least(rate, parameters.highestRate * coin), RATE_ONE * coin);
}

/** Initial margin in settlement units, rounded up: (2 % + 0.005 % a coin) of the value for BTC. Source: the exchange's margin page of 11 January 2022. */
export function initialMargin(parameters: DeribitParameters, contracts: bigint, price: bigint): bigint {
  return marginAt(parameters, parameters.initialBase, contracts, price);
}

/** Maintenance margin in settlement units, rounded up: (1 % + 0.005 % a coin) of the value for BTC. */
export function maintenanceMargin(parameters: DeribitParameters, contracts: bigint, price: bigint): bigint {
  return marginAt(parameters, parameters.maintenanceBase, contracts, price);
}

/**
 * The one predicate: equity below maintenance margin at the mark price. For a long it is monotone in the price; for a short as long as value x (1 - rate)
 * falls with size, that is, below (1 - base) / (2 x perCoin) coins (9,900 BTC).
 */
export function isLiquidatable(parameters: DeribitParameters, account: DeribitAccount, price: bigint): boolean {
  if (account.contracts === 0n) return false;
  return equity(parameters, account, price) < maintenanceMargin(parameters, account.contracts, price);
}
