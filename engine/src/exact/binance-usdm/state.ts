import type { ContractParameters } from "./parameters.js";

/** An open position: signed size in asset units (long positive) and what was paid (long) or received (short) for it, in quote units. */
export interface Position {
  readonly size: bigint;
  readonly entryNotional: bigint;
}

/**
 * A pool of margin: a cross account with all its positions, or one isolated position with its own margin. `walletBalance` is in quote units and may be
 * negative only while a position is open.
 */
export interface Account {
  readonly walletBalance: bigint;
  readonly positions: Readonly<Record<string, Position>>;
}

/** Contracts the insurance fund has taken over: signed units and their signed cost in quote units. */
export interface Holding {
  readonly units: bigint;
  readonly cost: bigint;
}

/** The insurance fund: cash in quote units, never negative, and what it has taken over. */
export interface InsuranceFund {
  readonly balance: bigint;
  readonly inventory: Readonly<Record<string, Holding>>;
}

/** Contracts, margin pools and insurance fund of one exchange with one quote asset. */
export interface Exchange {
  readonly contracts: Readonly<Record<string, ContractParameters>>;
  readonly accounts: Readonly<Record<string, Account>>;
  readonly insuranceFund: InsuranceFund;
}

/** Mark prices by contract, in whole steps of 1e-8 quote coins a coin. */
export type Marks = Readonly<Record<string, bigint>>;

/** Who traded on the order book against a liquidation order. */
export const MARKET = "market";
/** The insurance fund as a party of a movement. */
export const INSURANCE_FUND = "insurance-fund";

/**
 * What one party got of one contract: asset units and quote units. A position of `size` counts as its units and minus its signed entry notional, so over all
 * parties of an outcome both sums are 0.
 */
export interface Movement {
  /** `market`, `insurance-fund`, or an account's id. */
  readonly party: string;
  readonly contract: string;
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
