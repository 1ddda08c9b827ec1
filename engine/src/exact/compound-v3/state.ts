import { divTowardsZero, mulDivDown, mulDivUp } from "../rounding.js";
import { BadAsset, BadPrice } from "./errors.js";
import { BASE_INDEX_SCALE, type CompoundAsset, type CompoundParameters } from "./parameters.js";

/** What the market holds of one collateral, units. */
export interface CollateralTotals {
  /** Belongs to accounts (Comet.totalsCollateral). */
  readonly supplied: bigint;
  /** Everything the contract holds; what exceeds `supplied` is the protocol's and for sale. */
  readonly held: bigint;
}

/** One market, without its accounts. */
export interface CompoundMarket {
  /** Scale 1e15. */
  readonly baseSupplyIndex: bigint;
  /** Scale 1e15. */
  readonly baseBorrowIndex: bigint;
  /** Sum of all positive principals, base units at index 1. */
  readonly totalSupplyBase: bigint;
  /** Sum of all negative principals, as a positive number. */
  readonly totalBorrowBase: bigint;
  /** Base the contract holds, base units. */
  readonly baseBalance: bigint;
  /** Second of the last accrual. */
  readonly lastAccrualTime: bigint;
  /** In the order of `CompoundParameters.assets`. */
  readonly collateral: readonly CollateralTotals[];
}

/** One account. */
export interface CompoundAccount {
  /** Positive: lent. Negative: borrowed. Base units at index 1. */
  readonly principal: bigint;
  /** Units, in the order of `CompoundParameters.assets`. */
  readonly collateral: readonly bigint[];
}

/** Prices in 1e-8 of the market's unit of account (dollars in most markets), in the order of `CompoundParameters.assets`. */
export interface CompoundPrices {
  readonly base: bigint;
  readonly collateral: readonly bigint[];
}

/** What the contract remembers of an absorber (Comet.liquidatorPoints). Nothing pays them out. */
export interface LiquidatorPoints {
  /** Calls of `absorb`. */
  readonly absorbs: bigint;
  /** Accounts absorbed. */
  readonly absorbed: bigint;
  /** Gas used times base fee, wei. */
  readonly approximateSpend: bigint;
}

/** A market on its first second: indices at one, nothing in it (Comet.initializeStorage). */
export function newMarket(parameters: CompoundParameters, second: bigint): CompoundMarket {
  return {
    baseSupplyIndex: BASE_INDEX_SCALE,
    baseBorrowIndex: BASE_INDEX_SCALE,
    totalSupplyBase: 0n,
    totalBorrowBase: 0n,
    baseBalance: 0n,
    lastAccrualTime: second,
    collateral: parameters.assets.map(() => ({ supplied: 0n, held: 0n })),
  };
}

/** An account that has nothing and owes nothing. */
export function newAccount(parameters: CompoundParameters): CompoundAccount {
  return { principal: 0n, collateral: parameters.assets.map(() => 0n) };
}

/** Supplied base of `principal`, base units, rounded down (CometCore.presentValueSupply). */
export function presentValueSupply(market: CompoundMarket, principal: bigint): bigint {
  return mulDivDown(principal, market.baseSupplyIndex, BASE_INDEX_SCALE);
}

/** Owed base of `principal`, base units, rounded down, in favour of the borrower (CometCore.presentValueBorrow). */
export function presentValueBorrow(market: CompoundMarket, principal: bigint): bigint {
  return mulDivDown(principal, market.baseBorrowIndex, BASE_INDEX_SCALE);
}

/** Balance of an account, base units, negative when it owes; rounded towards zero on both sides (CometCore.presentValue). */
export function presentValue(market: CompoundMarket, principal: bigint): bigint {
  return principal >= 0n ? presentValueSupply(market, principal) : -presentValueBorrow(market, -principal);
}

/** Principal that stands for `presentValue`: supply rounded down, debt rounded up (CometCore.principalValue). */
export function principalValue(market: CompoundMarket, balance: bigint): bigint {
  return balance >= 0n
    ? mulDivDown(balance, BASE_INDEX_SCALE, market.baseSupplyIndex)
    : -mulDivUp(-balance, BASE_INDEX_SCALE, market.baseBorrowIndex);
}

/** The collateral at `index`; throws BadAsset. */
export function assetAt(parameters: CompoundParameters, index: number): CompoundAsset {
  const asset = parameters.assets[index];
  if (asset === undefined) throw new BadAsset(`asset ${index}: the market has ${parameters.assets.length} collaterals`);
  return asset;
}

/** Price of the base asset, 1e-8; throws BadPrice. */
export function basePrice(prices: CompoundPrices): bigint {
  if (prices.base <= 0n) throw new BadPrice(`the base costs ${prices.base}`);
  return prices.base;
}

/** Price of the collateral at `index`, 1e-8; throws BadPrice. */
export function collateralPrice(prices: CompoundPrices, index: number): bigint {
  const price = prices.collateral[index];
  if (price === undefined || price <= 0n) throw new BadPrice(`collateral ${index} costs ${price}`);
  return price;
}

/** Value of `units` of which `scale` make a token, 1e-8, rounded down (Comet.mulPrice). */
export function valueOf(units: bigint, price: bigint, scale: bigint): bigint {
  return mulDivDown(units, price, scale);
}

/** Value of a balance that may be negative, 1e-8, cut towards zero (Comet.signedMulPrice): a debt worth less than one step is no debt. */
export function signedValueOf(units: bigint, price: bigint, scale: bigint): bigint {
  return divTowardsZero(units * price, scale);
}

/** How a change of principal splits into debt repaid and supply added (Comet.repayAndSupplyAmount). Principals. */
export function repaidAndSupplied(oldPrincipal: bigint, newPrincipal: bigint): { repaid: bigint; supplied: bigint } {
  if (newPrincipal < oldPrincipal) return { repaid: 0n, supplied: 0n };
  if (newPrincipal <= 0n) return { repaid: newPrincipal - oldPrincipal, supplied: 0n };
  if (oldPrincipal >= 0n) return { repaid: 0n, supplied: newPrincipal - oldPrincipal };
  return { repaid: -oldPrincipal, supplied: newPrincipal };
}

/** How a change of principal splits into supply withdrawn and debt added (Comet.withdrawAndBorrowAmount). Principals. */
export function withdrawnAndBorrowed(
  oldPrincipal: bigint,
  newPrincipal: bigint,
): { withdrawn: bigint; borrowed: bigint } {
  if (newPrincipal > oldPrincipal) return { withdrawn: 0n, borrowed: 0n };
  if (newPrincipal >= 0n) return { withdrawn: oldPrincipal - newPrincipal, borrowed: 0n };
  if (oldPrincipal <= 0n) return { withdrawn: 0n, borrowed: oldPrincipal - newPrincipal };
  return { withdrawn: oldPrincipal, borrowed: -newPrincipal };
}

/** A copy of `list` with another value at `index`. */
export function replaced<Value>(list: readonly Value[], index: number, value: Value): Value[] {
  return list.map((old, at) => (at === index ? value : old));
}
