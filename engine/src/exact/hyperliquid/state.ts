import type { AssetParameters, LiquidationRules } from "./parameters.js";

/** An open position: signed size in asset units (long positive) and what was paid (long) or received (short) for it, in quote units. */
export interface Position {
  readonly size: bigint;
  readonly entryNotional: bigint;
}

/** A pool of margin: a cross account with all its positions, or one isolated position with its own margin. Money in quote units. */
export interface Account {
  readonly walletBalance: bigint;
  readonly positions: Readonly<Record<string, Position>>;
  /** When a position of this user was last liquidated in part, in milliseconds; null: never. */
  readonly partialAt: bigint | null;
}

/** Contracts the vault holds: signed units and their signed cost in quote units. */
export interface Holding {
  readonly units: bigint;
  readonly cost: bigint;
}

/** The liquidator vault: cash in quote units, never negative, and what it has taken over. */
export interface Vault {
  readonly balance: bigint;
  readonly inventory: Readonly<Record<string, Holding>>;
}

/** Assets, margin pools and liquidator vault of the exchange. */
export interface Exchange {
  readonly rules: LiquidationRules;
  readonly assets: Readonly<Record<string, AssetParameters>>;
  readonly accounts: Readonly<Record<string, Account>>;
  readonly vault: Vault;
}

/** Prices by asset, in whole steps of 1e-8 quote coins a coin. */
export type Prices = Readonly<Record<string, bigint>>;

/** Who traded on the order book against a liquidation order. */
export const MARKET = "market";
/** The liquidator vault as a party of a movement. */
export const VAULT = "vault";

/**
 * What one party got of one asset: asset units and quote units; `asset` is null where only margin moved. A position of `size` counts as its units and minus its
 * signed entry notional, so over all parties of an outcome the units of each asset and the quote units add up to 0.
 */
export interface Movement {
  /** `market`, `vault`, or an account's id. */
  readonly party: string;
  readonly asset: string | null;
  readonly units: bigint;
  readonly quote: bigint;
}

/** Units traded and quote units paid for them. */
export interface Fill {
  readonly units: bigint;
  readonly cash: bigint;
}

/** 1n for a long, -1n for a short. */
export function sideOf(size: bigint): bigint {
  return size < 0n ? -1n : 1n;
}

/** Size without its sign. */
export function magnitude(size: bigint): bigint {
  return size < 0n ? -size : size;
}
