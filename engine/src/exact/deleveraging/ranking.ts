import { most } from "../rounding.js";
import { type Counterparty, type DeleveragingTask, markValue, type Side, unrealisedProfit } from "./counterparty.js";

/** A rank as an exact fraction; the denominator is positive. Larger is closed earlier. */
export interface Rank {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** How a venue ranks those it may close. */
export type Ranking = (task: DeleveragingTask, counterparty: Counterparty) => Rank;

const LAST: Rank = { numerator: 0n, denominator: 1n };

/**
 * Binance: profit over wallet (no less than one dollar) times margin ratio (maintenance margin over balance; 0 for an account with no balance left).
 * Source: Binance Futures FAQ on auto-deleveraging, LeveragePnL; profit and margin are the account's.
 */
export function binanceRank(task: DeleveragingTask, counterparty: Counterparty): Rank {
  const { accountValue, walletBalance, maintenanceMargin } = counterparty;
  const profit = most(0n, accountValue - walletBalance);
  if (accountValue <= 0n) return LAST;
  return {
    numerator: profit * maintenanceMargin,
    denominator: most(task.quoteUnit, walletBalance) * accountValue,
  };
}

/**
 * Hyperliquid: (mark / entry) x (notional / account value) for longs. For shorts (entry / mark) x (notional / account value): an assumption, the documentation
 * gives one formula and no side. An account worth nothing ranks last. Source: Hyperliquid documentation on auto-deleveraging.
 */
export function hyperliquidRank(task: DeleveragingTask, counterparty: Counterparty): Rank {
  return priceMoveTimesLeverage(task.side, counterparty, markValue(task, counterparty.size));
}

/** (notional / entry) x (notional / account value) for longs; for shorts the first factor is turned over, so that the notional cancels. */
function priceMoveTimesLeverage(side: Side, counterparty: Counterparty, notional: bigint): Rank {
  const { entryValue, accountValue } = counterparty;
  if (accountValue <= 0n) return LAST;
  if (side === -1n) return { numerator: entryValue, denominator: accountValue };
  if (entryValue <= 0n) return LAST;
  return { numerator: notional * notional, denominator: entryValue * accountValue };
}

/**
 * Bybit: profit over entry value times effective leverage for a profit, divided by it for a loss; effective leverage is notional over the position's equity.
 * Source: the ranking by profit and effective leverage of Bybit's help centre, with the formulas that BitMEX publishes for the same rule (secondary).
 */
export function bybitRank(task: DeleveragingTask, counterparty: Counterparty): Rank {
  const { entryValue, margin, size } = counterparty;
  const notional = markValue(task, size);
  const profit = unrealisedProfit(task, counterparty);
  const equity = margin + profit;
  if (entryValue <= 0n || equity <= 0n || notional <= 0n) return LAST;
  if (profit >= 0n) return { numerator: profit * notional, denominator: entryValue * equity };
  return { numerator: profit * equity, denominator: entryValue * notional };
}

/** Negative where `a` is closed before `b`: larger ranks first. Exact, by cross-multiplication. */
export function compareRanks(a: Rank, b: Rank): number {
  const left = a.numerator * b.denominator;
  const right = b.numerator * a.denominator;
  return left === right ? 0 : left > right ? -1 : 1;
}

/** Places of the counterparties, first to be closed first; ties keep the order given. */
export function inRankOrder(task: DeleveragingTask, counterparties: readonly Counterparty[], rank: Ranking): number[] {
  const ranks = counterparties.map((counterparty) => rank(task, counterparty));
  return counterparties.map((_, place) => place).sort((a, b) => compareRanks(ranks[a], ranks[b]) || a - b);
}
