import { divTowardsZero, most } from "../rounding.js";
import { baseValue, type DriftPrices, fundingPayment, marginRatio, requirement } from "./formulas.js";
import { type DriftParameters, MARGIN_ONE } from "./parameters.js";

/** One user: a deposit of quote coins and a position in one market, margined together. */
export interface DriftUser {
  /** Quote coins deposited, never negative. */
  readonly deposit: bigint;
  /** Base units, negative for a short. */
  readonly base: bigint;
  /** Quote units that the position received less paid: with the base's value it is the unsettled profit. */
  readonly quote: bigint;
  /** Cumulative funding rate of the position's side when it was last settled. */
  readonly lastFundingRate: bigint;
  /** Slot from which shares and fees grow: set when a liquidation begins. */
  readonly lastActiveSlot: bigint;
  /** Shortage that the running liquidation freed so far. */
  readonly marginFreed: bigint;
  readonly beingLiquidated: boolean;
  readonly bankrupt: boolean;
}

/** A market with its users. Quote units. */
export interface DriftState {
  readonly users: ReadonlyMap<string, DriftUser>;
  /** Cumulative funding rates; only social losses move them here. */
  readonly fundingRateLong: bigint;
  readonly fundingRateShort: bigint;
  /** Fees to the insurance fund that the market still owes it. */
  readonly liquidationFees: bigint;
  /** Coins of the insurance fund's vault, of the market's fee pool and of its profit pool. */
  readonly insurance: bigint;
  readonly feePool: bigint;
  readonly profitPool: bigint;
  /** What the insurance fund paid for this market so far. */
  readonly insuranceSettled: bigint;
  /** Losses that were spread over open positions so far. */
  readonly socialLoss: bigint;
  /** Fee pool coins used for losses so far. */
  readonly feePoolUsed: bigint;
}

/** A user without anything. */
export const noUser: DriftUser = {
  deposit: 0n,
  base: 0n,
  quote: 0n,
  lastFundingRate: 0n,
  lastActiveSlot: 0n,
  marginFreed: 0n,
  beingLiquidated: false,
  bankrupt: false,
};

/** A market without users. */
export function emptyState(pools: { insurance: bigint; feePool: bigint }): DriftState {
  return {
    users: new Map(),
    fundingRateLong: 0n,
    fundingRateShort: 0n,
    liquidationFees: 0n,
    insurance: pools.insurance,
    feePool: pools.feePool,
    profitPool: 0n,
    insuranceSettled: 0n,
    socialLoss: 0n,
    feePoolUsed: 0n,
  };
}

/** A user, empty where he does not exist. */
export function userOf(state: DriftState, name: string): DriftUser {
  return state.users.get(name) ?? noUser;
}

/** Replaces users. */
export function withUsers(state: DriftState, changed: Readonly<Record<string, DriftUser>>): DriftState {
  const users = new Map(state.users);
  for (const [name, user] of Object.entries(changed)) users.set(name, user);
  return { ...state, users };
}

/** Base units of all positions, long and short, in magnitude. */
export function openBase(state: DriftState): bigint {
  let total = 0n;
  for (const user of state.users.values()) total += most(user.base, -user.base);
  return total;
}

/** Books the funding that a position owes since it was last settled. Source: settle_funding_payment. */
export function settleFunding(parameters: DriftParameters, state: DriftState, user: DriftUser): DriftUser {
  if (user.base === 0n) return user;
  const rate = user.base > 0n ? state.fundingRateLong : state.fundingRateShort;
  const payment = fundingPayment(parameters, user.base, rate - user.lastFundingRate);
  return { ...user, quote: user.quote + payment, lastFundingRate: rate };
}

/** What a user's margin calculation gives, in quote units. */
export interface MarginCalculation {
  /** Deposit + unsettled profit, weighted. */
  readonly totalCollateral: bigint;
  readonly requirement: bigint;
  /** Both with the buffer: liability x buffer is added to the requirement, a negative profit x buffer to collateral. */
  readonly totalCollateralWithBuffer: bigint;
  readonly requirementWithBuffer: bigint;
  /** What is missing with the buffer, at least 0. */
  readonly shortage: bigint;
}

/**
 * Margin of a user whose funding is settled: profit at the oracle price in quote coins at their price, liability = value at the oracle price, requirement =
 * liability x ratio; with the buffer a liquidation must restore. Every step towards zero.
 * Source: calculate_perp_position_value_and_pnl, MarginCalculation.add_cross_margin_* , cross_margin_margin_shortage.
 */
export function marginOf(
  parameters: DriftParameters,
  user: DriftUser,
  prices: DriftPrices,
  ratio: bigint = parameters.marginRatioMaintenance,
): MarginCalculation {
  const inQuotePrice = (amount: bigint) =>
    prices.quote === parameters.priceOne ? amount : divTowardsZero(amount * prices.quote, parameters.priceOne);
  const value = baseValue(parameters, user.base, prices.oracle);
  const profit = inQuotePrice((user.base >= 0n ? value : -value) + user.quote);
  const liability = inQuotePrice(value);
  const needed = requirement(liability, marginRatio(parameters, ratio, most(user.base, -user.base)));
  const buffer = parameters.liquidationMarginBufferRatio;
  const totalCollateral = inQuotePrice(user.deposit) + profit;
  const bufferOfLoss = profit < 0n ? divTowardsZero(profit * buffer, MARGIN_ONE) : 0n;
  const totalCollateralWithBuffer = totalCollateral + bufferOfLoss;
  const requirementWithBuffer = needed + requirement(liability, buffer);
  return {
    totalCollateral,
    requirement: needed,
    totalCollateralWithBuffer,
    requirementWithBuffer,
    shortage: most(requirementWithBuffer - totalCollateralWithBuffer, 0n),
  };
}

/** The predicate with which a liquidation begins: collateral below the requirement without the buffer. Source: meets_cross_margin_requirement. */
export function isLiquidatable(parameters: DriftParameters, user: DriftUser, prices: DriftPrices): boolean {
  const margin = marginOf(parameters, user, prices);
  return margin.totalCollateral < margin.requirement;
}

/** The predicate with which it ends: collateral with buffer at least the requirement with buffer. Source: can_exit_cross_margin_liquidation. */
export function canExitLiquidation(parameters: DriftParameters, user: DriftUser, prices: DriftPrices): boolean {
  const margin = marginOf(parameters, user, prices);
  return margin.totalCollateralWithBuffer >= margin.requirementWithBuffer;
}

/** Whether a user has losses and nothing else. Source: is_cross_margin_bankrupt. */
export function isBankrupt(user: DriftUser): boolean {
  return user.deposit === 0n && user.base === 0n && user.quote < 0n;
}
