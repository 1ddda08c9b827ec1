import { NothingToDo } from "../errors.js";
import { divTowardsZero, least, mulDivDown } from "../rounding.js";
import { WAD } from "../scales.js";
import { AccountLiquidatable, InsufficientMargin } from "./errors.js";
import { accountRequirement, availableMargin, isEligibleForLiquidation } from "./margin.js";
import type { SynthetixMarketParameters, SynthetixParameters } from "./parameters.js";
import {
  accountOf,
  magnitude,
  marketOf,
  nextFundingValue,
  positionPnl,
  priceOf,
  recomputeFunding,
  replacePosition,
  type SynthetixAccount,
  type SynthetixPosition,
  type SynthetixPrices,
  type SynthetixState,
  valueOf,
  withAccount,
  withMarket,
} from "./state.js";

/**
 * Price of an order: the mean of price x (1 + skew / skewScale) before and after it; the price itself where skewScale is 0. Each step towards zero.
 * Source: AsyncOrder.calculateFillPrice.
 */
export function fillPrice(skew: bigint, skewScale: bigint, size: bigint, price: bigint): bigint {
  if (skewScale === 0n) return price;
  const at = (one: bigint) => price + divTowardsZero(price * divTowardsZero(one * WAD, skewScale), WAD);
  return divTowardsZero(at(skew) + at(skew + size), 2n);
}

const sameSide = (a: bigint, b: bigint) => a === 0n || b === 0n || a > 0n === b > 0n;

/**
 * Fee of an order in dollar units: the taker rate where it enlarges the skew, the maker rate where it shrinks it, and both on their parts where it turns the
 * skew round. Rounded down. Source: AsyncOrder.calculateOrderFee.
 */
export function orderFee(rules: SynthetixMarketParameters, skew: bigint, size: bigint, fill: bigint): bigint {
  const part = (amount: bigint, rate: bigint) => mulDivDown(valueOf(rules, magnitude(amount), fill), rate, WAD);
  if (sameSide(skew + size, skew)) return part(size, sameSide(size, skew) ? rules.takerFee : rules.makerFee);
  return part(skew + size, rules.takerFee) + part(skew, rules.makerFee);
}

/** Credits or debits an account: debt is paid first, losses beyond collateral become debt. Source: PerpsAccount.charge. */
export function charge(account: SynthetixAccount, amount: bigint): SynthetixAccount {
  if (amount > 0n) {
    const paid = least(account.debtUsd, amount);
    return { ...account, debtUsd: account.debtUsd - paid, collateralUsd: account.collateralUsd + amount - paid };
  }
  const paid = least(account.collateralUsd, -amount);
  return { ...account, collateralUsd: account.collateralUsd - paid, debtUsd: account.debtUsd - amount - paid };
}

/** Adds collateral to an account from outside. @throws NothingToDo below one unit */
export function deposit(state: SynthetixState, name: string, usd: bigint): SynthetixState {
  if (usd <= 0n) throw new NothingToDo(`${usd} units`);
  const account = accountOf(state, name);
  return withAccount(state, name, { ...account, collateralUsd: account.collateralUsd + usd });
}

/** What an order did. */
export interface OrderOutcome {
  readonly state: SynthetixState;
  readonly fillPrice: bigint;
  readonly feeUsd: bigint;
  /** Profit of the old position, realised at the fill price. */
  readonly pnlUsd: bigint;
  /** Change by party in dollar units; adds up to 0. */
  readonly moved: { readonly account: bigint; readonly providers: bigint };
}

/**
 * Settles an order: the old position's profit at the fill price less the fee is charged, the new position starts at the fill price. An order that does not only
 * reduce needs available margin (with a loss of the fill against the price) for the initial margins, the liquidation reward and the fee.
 * Source: AsyncOrder.validateRequest, AsyncOrderSettlementPythModule.settleOrder (without caps on open interest and settlement rewards).
 * @throws NothingToDo, InvalidMarket
 * @throws AccountLiquidatable where the account is flagged or eligible for liquidation
 * @throws InsufficientMargin
 */
export function settleOrder(
  parameters: SynthetixParameters,
  state: SynthetixState,
  name: string,
  marketName: string,
  size: bigint,
  prices: SynthetixPrices,
  time: bigint,
): OrderOutcome {
  if (size === 0n) throw new NothingToDo("an order of size 0");
  const { rules, market: before } = marketOf(parameters, state, marketName);
  const price = priceOf(prices, marketName);
  const account = accountOf(state, name);
  if (account.flagged || isEligibleForLiquidation(parameters, state, account, prices, time)) {
    throw new AccountLiquidatable(`${name} is liquidatable`);
  }
  const market = recomputeFunding(rules, before, price, time);
  const fill = fillPrice(market.skew, rules.skewScale, size, price);
  const feeUsd = orderFee(rules, market.skew, size, fill);
  const old: SynthetixPosition = account.positions.get(marketName) ?? { size: 0n, latestPrice: 0n, latestFunding: 0n };
  const next = old.size + size;
  const positions = new Map(account.positions);
  positions.delete(marketName);
  const latestFunding = nextFundingValue(rules, market, fill, time);
  if (next !== 0n) positions.set(marketName, { size: next, latestPrice: fill, latestFunding });
  const reduces = sameSide(old.size, next) && magnitude(next) < magnitude(old.size);
  const needed = accountRequirement(parameters, { ...account, positions }, prices);
  const required = (reduces ? 0n : needed.initial + needed.reward) + feeUsd;
  const loss = least(valueOf(rules, size, price - fill), 0n);
  const available = availableMargin(parameters, state, account, prices, time) + loss;
  if (available < required) throw new InsufficientMargin(`available ${available}, required ${required}`);
  const pnlUsd = positionPnl(rules, market, old, fill, time).total;
  const settled = charge({ ...account, positions }, pnlUsd - feeUsd);
  const updated = withMarket(state, marketName, replacePosition(rules, market, old, next, fill, time));
  return {
    state: {
      ...withAccount(updated, name, settled),
      providersUsd: state.providersUsd - pnlUsd + feeUsd,
    },
    fillPrice: fill,
    feeUsd,
    pnlUsd,
    moved: { account: pnlUsd - feeUsd, providers: feeUsd - pnlUsd },
  };
}
