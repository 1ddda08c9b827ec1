import { divUp, mulDivDown, mulDivUp, powerOfTen } from "../rounding.js";
import { NoMarkPrice } from "./errors.js";
import { type ContractParameters, cumulativeAmounts, MILLIONTHS, PRICE_DECIMALS } from "./parameters.js";
import { type Account, type Exchange, type Marks, magnitude, type Position, sideOf } from "./state.js";

/** Asset units times price steps in one quote unit. */
export function notionalScale({ assetDecimals, quoteDecimals }: ContractParameters): bigint {
  return powerOfTen(assetDecimals + PRICE_DECIMALS - quoteDecimals);
}

/** Value of a position at a price, in quote units: down for a long (an asset), up for a short (a liability). */
export function notionalValue(contract: ContractParameters, size: bigint, price: bigint): bigint {
  const scale = notionalScale(contract);
  return size >= 0n ? mulDivDown(size, price, scale) : mulDivUp(-size, price, scale);
}

/**
 * Maintenance margin of a notional in quote units: notional x rate - cumulative amount, rounded up. Source: Binance, leverage and margin of USD-M futures
 * (MM = notional x MMR - cum).
 */
export function maintenanceMargin({ tiers }: ContractParameters, notional: bigint): bigint {
  let tier = tiers.length - 1;
  while (tier > 0 && tiers[tier].floor > notional) tier--;
  return divUp(notional * tiers[tier].maintenanceRate - cumulativeAmounts(tiers)[tier], MILLIONTHS);
}

/** What a position has gained at a price, in quote units: side x (notional - entry notional). */
export function unrealizedProfit(
  contract: ContractParameters,
  { size, entryNotional }: Position,
  price: bigint,
): bigint {
  return sideOf(size) * (notionalValue(contract, size, price) - entryNotional);
}

/** The mark price of a contract; throws `NoMarkPrice` where there is none above 0. */
export function markOf(marks: Marks, contract: string): bigint {
  const mark = marks[contract];
  if (mark === undefined || mark <= 0n) throw new NoMarkPrice(`${contract} has no mark price above 0`);
  return mark;
}

/** What an account's positions weigh at the marks, in quote units. */
export interface AccountRisk {
  /** Wallet balance plus unrealised profits. */
  readonly marginBalance: bigint;
  readonly maintenanceMargin: bigint;
}

/** Margin balance and maintenance margin of an account over all its positions. Throws `NoMarkPrice`. */
export function accountRisk(exchange: Exchange, marks: Marks, account: Account): AccountRisk {
  let marginBalance = account.walletBalance;
  let required = 0n;
  for (const [name, position] of Object.entries(account.positions)) {
    const contract = exchange.contracts[name];
    const mark = markOf(marks, name);
    marginBalance += unrealizedProfit(contract, position, mark);
    required += maintenanceMargin(contract, notionalValue(contract, position.size, mark));
  }
  return { marginBalance, maintenanceMargin: required };
}

/**
 * Margin ratio in millionths, rounded down: maintenance margin over margin balance; null where the margin balance is 0 or less, which is above any ratio.
 * For display: `isLiquidatable` compares without dividing.
 */
export function marginRatio({ marginBalance, maintenanceMargin: required }: AccountRisk): bigint | null {
  return marginBalance <= 0n ? null : mulDivDown(required, MILLIONTHS, marginBalance);
}

/** Whether the margin ratio is at least 100 %: an open account whose margin balance is at or below its maintenance margin. */
export function isLiquidatable(exchange: Exchange, marks: Marks, account: Account): boolean {
  if (Object.values(account.positions).every((position) => magnitude(position.size) === 0n)) return false;
  const risk = accountRisk(exchange, marks, account);
  return risk.marginBalance <= risk.maintenanceMargin;
}
