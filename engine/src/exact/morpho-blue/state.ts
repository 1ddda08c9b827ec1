import { divDown } from "../rounding.js";
import { SCALE_36 } from "../scales.js";
import { InconsistentInput, MaxUint128Exceeded, PositionTooSmall } from "./errors.js";

/** Most that the contract stores of an amount. */
export const MAX_UINT128 = (1n << 128n) - 1n;

/** One market, without its positions. The loan asset it holds is supplied less borrowed, but for units that nobody owns (`MorphoEntry`). */
export interface MorphoMarket {
  /** Loan units that suppliers are owed. */
  readonly totalSupplyAssets: bigint;
  readonly totalSupplyShares: bigint;
  /** Loan units that borrowers owe. */
  readonly totalBorrowAssets: bigint;
  readonly totalBorrowShares: bigint;
  /** Second of the last accrual. */
  readonly lastUpdate: bigint;
}

/** One account in one market. */
export interface MorphoPosition {
  readonly supplyShares: bigint;
  readonly borrowShares: bigint;
  /** Units of the collateral. */
  readonly collateral: bigint;
}

/** How much: either loan units or shares, the other zero. */
export interface AssetsOrShares {
  readonly assets: bigint;
  readonly shares: bigint;
}

/** A market on its first second (Morpho.createMarket). */
export function newMarket(second: bigint): MorphoMarket {
  return {
    totalSupplyAssets: 0n,
    totalSupplyShares: 0n,
    totalBorrowAssets: 0n,
    totalBorrowShares: 0n,
    lastUpdate: second,
  };
}

/** A position that has nothing and owes nothing. */
export function newPosition(): MorphoPosition {
  return { supplyShares: 0n, borrowShares: 0n, collateral: 0n };
}

/**
 * The oracle's price: loan units for a collateral unit times 1e36, rounded down, from two prices in the same money and the units in a token of each
 * (MorphoChainlinkOracleV2 without vaults). Throws RangeError where the loan costs nothing.
 */
export function oraclePrice(
  collateralPrice: bigint,
  loanPrice: bigint,
  collateralScale: bigint,
  loanScale: bigint,
): bigint {
  return divDown(SCALE_36 * collateralPrice * loanScale, loanPrice * collateralScale);
}

/** Refuses a call that gives both or neither of two amounts. Throws InconsistentInput. */
export function exactlyOne(first: bigint, second: bigint, names: string): void {
  if ((first === 0n) === (second === 0n))
    throw new InconsistentInput(`${names} are ${first} and ${second}; exactly one of them must be zero`);
}

/** The amount, if the contract can store it. Throws MaxUint128Exceeded. */
export function stored(amount: bigint): bigint {
  if (amount > MAX_UINT128) throw new MaxUint128Exceeded(`${amount} does not fit 128 bits`);
  return amount;
}

/** `a` less `b`, which is at most `a`. Throws PositionTooSmall, naming `what`. */
export function without(a: bigint, b: bigint, what: string): bigint {
  if (b > a) throw new PositionTooSmall(`${b} of ${a} ${what}`);
  return a - b;
}
