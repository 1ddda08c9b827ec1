/** What the pool keeps: reserves with their indices, accounts with their shares. Amounts are units of the asset, shares are units at an index of 1. */
import { RAY } from "../scales.js";
import { AssetNotListed, PriceUnavailable } from "./errors.js";
import type { AaveV3Parameters, EModeCategory, ReserveParameters } from "./parameters.js";

/** A reserve (`ReserveData` with the total supplies of its two tokens). */
export interface ReserveState {
  /** What one supply share is worth, ray. */
  readonly liquidityIndexRay: bigint;
  /** What one debt share is worth, ray. */
  readonly borrowIndexRay: bigint;
  /** What suppliers earn a year, ray. */
  readonly liquidityRateRay: bigint;
  /** What borrowers pay a year, ray. */
  readonly borrowRateRay: bigint;
  /** Second at which both indices were brought up. */
  readonly updatedAt: bigint;
  readonly totalSupplyShares: bigint;
  readonly totalDebtShares: bigint;
  /** Underlying the reserve holds (`virtualUnderlyingBalance`). */
  readonly availableUnits: bigint;
  /** Debt written off and not covered yet. */
  readonly deficitUnits: bigint;
  /** The protocol's share of the interest, as supply shares not minted yet. */
  readonly accruedToTreasuryShares: bigint;
  /** No liquidation in this reserve up to and with this second. */
  readonly graceUntil: bigint;
}

/** An account: shares by asset, the assets it uses as collateral, its efficiency mode (0: none). */
export interface AccountState {
  readonly supplyShares: Readonly<Record<string, bigint>>;
  readonly debtShares: Readonly<Record<string, bigint>>;
  readonly collateral: readonly string[];
  readonly eModeCategory: number;
}

/** A pool at a second. */
export interface PoolState {
  readonly now: bigint;
  readonly reserves: Readonly<Record<string, ReserveState>>;
  readonly accounts: Readonly<Record<string, AccountState>>;
}

/** Price of one whole token by asset, in units of the base currency (1e8: one dollar). */
export type Prices = Readonly<Record<string, bigint>>;

/** One movement of value. Shares that come into being come from "issue", shares that are burned go to it. */
export interface Transfer {
  readonly asset: string;
  readonly of: "underlying" | "supply-shares" | "debt-shares";
  readonly from: string;
  readonly to: string;
  readonly units: bigint;
}

/** What every transition returns: the state after it and who gave what to whom. */
export interface Outcome {
  readonly state: PoolState;
  readonly transfers: readonly Transfer[];
}

/** The party of `Transfer` that holds the reserves' underlying. */
export const POOL = "pool";
/** The party of `Transfer` that shares come from and go to. */
export const ISSUE = "issue";
/** The account that receives the protocol's fees. */
export const TREASURY = "treasury";

const emptyReserve = {
  liquidityIndexRay: RAY,
  borrowIndexRay: RAY,
  liquidityRateRay: 0n,
  borrowRateRay: 0n,
  totalSupplyShares: 0n,
  totalDebtShares: 0n,
  availableUnits: 0n,
  deficitUnits: 0n,
  accruedToTreasuryShares: 0n,
  graceUntil: -1n,
};

const emptyAccount: AccountState = { supplyShares: {}, debtShares: {}, collateral: [], eModeCategory: 0 };

/** A pool with all its reserves empty, indices at 1 (`ReserveLogic.init`). */
export function openPool(parameters: AaveV3Parameters, now: bigint): PoolState {
  const reserves = parameters.reserves.map(({ asset }) => [asset, { ...emptyReserve, updatedAt: now }]);
  return { now, reserves: Object.fromEntries(reserves), accounts: {} };
}

/** The same pool later. Interest is brought up when a reserve is next touched, as on chain. `now` may not go back. */
export function advanceTo(state: PoolState, now: bigint): PoolState {
  if (now < state.now) throw new RangeError(`time went back from ${state.now} to ${now}`);
  return { ...state, now };
}

/** The account, empty if it was never seen. */
export function accountOf(state: PoolState, account: string): AccountState {
  return state.accounts[account] ?? emptyAccount;
}

/** The reserve's state. Throws `AssetNotListed`. */
export function reserveOf(state: PoolState, asset: string): ReserveState {
  const reserve = state.reserves[asset];
  if (reserve === undefined) throw new AssetNotListed(`${asset} is no reserve of this pool`);
  return reserve;
}

/** The reserve's parameters. Throws `AssetNotListed`. */
export function parametersOf(parameters: AaveV3Parameters, asset: string): ReserveParameters {
  const reserve = parameters.reserves.find((one) => one.asset === asset);
  if (reserve === undefined) throw new AssetNotListed(`${asset} is no reserve of this pool`);
  return reserve;
}

/** The efficiency mode with this id, if there is one. */
export function categoryOf(parameters: AaveV3Parameters, id: number): EModeCategory | undefined {
  return id === 0 ? undefined : parameters.eModeCategories.find((category) => category.id === id);
}

/** The asset's price. Throws `PriceUnavailable` if it is missing or not above 0. */
export function priceOf(prices: Prices, asset: string): bigint {
  const price = prices[asset];
  if (price === undefined || price <= 0n) throw new PriceUnavailable(`no price above 0 for ${asset}`);
  return price;
}

/** The state with one reserve exchanged. */
export function withReserve(state: PoolState, asset: string, reserve: ReserveState): PoolState {
  return { ...state, reserves: { ...state.reserves, [asset]: reserve } };
}

/** The state with one account exchanged. */
export function withAccount(state: PoolState, account: string, changed: AccountState): PoolState {
  return { ...state, accounts: { ...state.accounts, [account]: changed } };
}
