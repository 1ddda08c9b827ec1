import { least, most, mulDivDown } from "../rounding.js";
import { BASIS_POINTS } from "../scales.js";
import { TimeRunsBackwards, UnknownSymbol } from "./errors.js";
import type { FundPayment } from "./insurance-fund.js";

/** A fund that several symbols share, which stops paying for one of them once that one has lost too much of it within a window. */
export interface PooledFundParameters {
  /** Drawdown of a symbol, in basis points of the pool's highest balance within the window, beyond which it is deleveraged. */
  readonly triggerBasisPoints: bigint;
  /** Drawdown below which its deleveraging stops again. */
  readonly stopBasisPoints: bigint;
  /** Balance at or below which the drawdown rule is off and the pool pays what it has. Quote units. */
  readonly triggerBalance: bigint;
  /** Length of the window, seconds. */
  readonly windowSeconds: bigint;
}

/** A value from a second on. */
interface Sample {
  readonly at: bigint;
  readonly value: bigint;
}

/** What a symbol has won and lost for the pool. */
export interface PooledSymbol {
  /** Gains less losses paid since the pool opened, quote units. */
  readonly profit: bigint;
  readonly history: readonly Sample[];
  /** Whether it is being deleveraged because of its drawdown. */
  readonly deleveraging: boolean;
}

/** A pool: its balance, what of it the window still shows, and its symbols. */
export interface PooledFund {
  readonly balance: bigint;
  readonly history: readonly Sample[];
  readonly symbols: Readonly<Record<string, PooledSymbol>>;
  readonly lastAt: bigint;
}

/** A pool of `balance` quote units for the given symbols, opened at a second. */
export function openPool(balance: bigint, symbols: readonly string[], at: bigint): PooledFund {
  const fresh: PooledSymbol = { profit: 0n, history: [{ at, value: 0n }], deleveraging: false };
  return {
    balance,
    history: [{ at, value: balance }],
    symbols: Object.fromEntries(symbols.map((symbol) => [symbol, fresh])),
    lastAt: at,
  };
}

/** Where a symbol stands against its trigger. */
export interface Drawdown {
  /** What it has lost since its best moment within the window, quote units, not negative. */
  readonly lost: bigint;
  /** The pool's highest balance within the window, quote units. */
  readonly highestBalance: bigint;
}

/**
 * A symbol's drawdown: (its profit now - its highest within the window) over the pool's highest balance within the window. Throws UnknownSymbol,
 * TimeRunsBackwards. Source: Bybit API v5, ADL alert, pnlRatio.
 */
export function drawdown(parameters: PooledFundParameters, pool: PooledFund, symbol: string, at: bigint): Drawdown {
  const of = symbolOf(pool, symbol, at);
  const from = at - parameters.windowSeconds;
  return {
    lost: highestSince(of.history, from) - of.profit,
    highestBalance: highestSince(pool.history, from),
  };
}

/** Pays a gain of a symbol (a liquidation above its bankruptcy price) into the pool. Throws UnknownSymbol, TimeRunsBackwards. */
export function payIntoPool(
  parameters: PooledFundParameters,
  pool: PooledFund,
  symbol: string,
  gain: bigint,
  at: bigint,
): PooledFund {
  const { deleveraging } = symbolOf(pool, symbol, at);
  const next = book(parameters, pool, symbol, gain, at, deleveraging);
  return deleveraging
    ? withSymbol(next, symbol, { deleveraging: stillDeleveraging(parameters, next, symbol, at) })
    : next;
}

/**
 * Covers a symbol's deficit from the pool. While its balance exceeds `triggerBalance` the pool pays only until the symbol's drawdown reaches the trigger;
 * what exceeds it is left for deleveraging, and so is every later deficit until the drawdown is below the stop. At or below that balance it pays what it has.
 * Exactly at the trigger nothing is deleveraged. Throws UnknownSymbol, TimeRunsBackwards. Source: Bybit API v5, ADL alert, cases 1 to 3.
 */
export function drawFromPool(
  parameters: PooledFundParameters,
  pool: PooledFund,
  symbol: string,
  deficit: bigint,
  at: bigint,
): FundPayment & { readonly pool: PooledFund } {
  const active = stillDeleveraging(parameters, pool, symbol, at);
  const room = roomBeforeTrigger(parameters, pool, symbol, at, active);
  const paid = least(least(deficit, most(0n, pool.balance)), room);
  const shortfall = deficit - paid;
  const byDrawdown = pool.balance > parameters.triggerBalance && shortfall > 0n;
  const next = book(parameters, pool, symbol, -paid, at, active || byDrawdown);
  return { balance: next.balance, paid, shortfall, pool: next };
}

/** What the pool may still pay for a symbol before its drawdown passes the trigger. */
function roomBeforeTrigger(
  parameters: PooledFundParameters,
  pool: PooledFund,
  symbol: string,
  at: bigint,
  active: boolean,
): bigint {
  if (pool.balance <= parameters.triggerBalance) return most(0n, pool.balance);
  if (active) return 0n;
  const { lost, highestBalance } = drawdown(parameters, pool, symbol, at);
  return most(0n, mulDivDown(highestBalance, parameters.triggerBasisPoints, BASIS_POINTS) - lost);
}

/** Deleveraging once begun lasts until the drawdown is strictly below the stop. */
function stillDeleveraging(parameters: PooledFundParameters, pool: PooledFund, symbol: string, at: bigint): boolean {
  if (!symbolOf(pool, symbol, at).deleveraging) return false;
  const { lost, highestBalance } = drawdown(parameters, pool, symbol, at);
  return lost * BASIS_POINTS >= parameters.stopBasisPoints * highestBalance;
}

/** Books a flow: balance and the symbol's profit move by the same amount. */
function book(
  parameters: PooledFundParameters,
  pool: PooledFund,
  symbol: string,
  amount: bigint,
  at: bigint,
  deleveraging: boolean,
): PooledFund {
  const of = symbolOf(pool, symbol, at);
  const from = at - parameters.windowSeconds;
  const profit = of.profit + amount;
  const balance = pool.balance + amount;
  const next = { ...pool, balance, history: remember(pool.history, from, { at, value: balance }), lastAt: at };
  return withSymbol(next, symbol, { profit, deleveraging, history: remember(of.history, from, { at, value: profit }) });
}

function withSymbol(pool: PooledFund, symbol: string, change: Partial<PooledSymbol>): PooledFund {
  return { ...pool, symbols: { ...pool.symbols, [symbol]: { ...pool.symbols[symbol], ...change } } };
}

function symbolOf(pool: PooledFund, symbol: string, at: bigint): PooledSymbol {
  if (!Object.hasOwn(pool.symbols, symbol)) throw new UnknownSymbol(symbol);
  if (at < pool.lastAt) throw new TimeRunsBackwards(at, pool.lastAt);
  return pool.symbols[symbol];
}

/** Adds a sample and forgets what the window no longer shows; the value that held at its beginning stays. */
function remember(history: readonly Sample[], from: bigint, sample: Sample): readonly Sample[] {
  const kept = history.filter((_, place) => place === history.length - 1 || history[place + 1].at > from);
  return [...kept, sample];
}

/** The highest value that held at any moment since `from`. */
function highestSince(history: readonly Sample[], from: bigint): bigint {
  const seen = history.filter((_, place) => place === history.length - 1 || history[place + 1].at > from);
  return seen.reduce((highest, { value }) => most(highest, value), seen[0].value);
}
