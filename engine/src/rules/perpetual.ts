import { assert } from "../book/problem.js";
import { mulDivDown, mulDivUp } from "../math/index.js";

/** 1 for a long, -1 for a short. */
export type Side = 1 | -1;

/** Maintenance rates are whole millionths: 0.65 % is 6,500. */
export const rateOne = 1_000_000;

/** Published prices reach a position only below this many steps (2.8 million quote coins a coin). */
const highestMark = 2 ** 48;

/**
 * A linear perpetual's margin rule. Amounts are whole quote units; a mark price is a whole number of 1e-8 quote coins a coin; `scale` divides
 * units x steps into quote units.
 */
export interface PerpetualRule {
  readonly scale: number;
  /** Notional from which each tier counts, rising from 0. */
  readonly tierFrom: Float64Array;
  /** By tier: maintenance in parts of notional, `one` of which are the whole; not falling. */
  readonly tierRate: Float64Array;
  /** One in `tierRate`: millionths, or what makes an exchange's fractions whole numbers. */
  readonly one: number;
  /** By tier: what is taken off again, so that the margin is continuous in notional: whole quote units, and what is left of one in parts of `one`. */
  readonly tierDeduction: Float64Array;
  readonly tierDeductionRest: Float64Array;
  /** Whether an account whose equity is exactly its maintenance margin is liquidatable. */
  readonly atEquality: boolean;
  /** An exchange's own arithmetic in place of the tiers': other rounding, or margin in the coin itself. */
  readonly arithmetic?: MarginArithmetic;
}

/**
 * A margin rule of another kind. All amounts are whole units of what margin is counted in. Required of it: `equity - maintenance` does not fall with the price
 * for a long and does not rise for a short, so that a breach price exists.
 */
export interface MarginArithmetic {
  /** What a position of a signed size is worth (a short: what it costs to close) at a mark price. */
  notional(size: number, markSteps: number): number;
  /** What a position opened at a price cost (long) or brought (short), rounded against the account. */
  entry(size: number, priceSteps: number): number;
  maintenance(size: number, markSteps: number): number;
  equity(size: number, entry: number, margin: number, markSteps: number): number;
  /** Where the search for the breach price begins, in steps; NaN: anywhere. */
  guess?(size: number, entry: number, margin: number): number;
}

/** How a table of tiers is read where it is not in millionths with deductions rounded up. */
export interface TierReading {
  /** One in the rates. */
  readonly one?: number;
  /** Deductions are kept with their fractions and divided once, together with notional x rate. */
  readonly exactDeductions?: boolean;
}

/**
 * The rule of a table of tiers, with the cumulative deduction cum_n = cum_(n-1) + lower_n (rate_n - rate_(n-1)), rounded up. Source: Binance
 * USD-M maintenance table ("cum"), Hyperliquid margin tiers.
 */
export function perpetualRule(
  scale: number,
  tiers: readonly { readonly fromUnits: number; readonly rate: number }[],
  atEquality: boolean,
  { one = rateOne, exactDeductions = false }: TierReading = {},
): PerpetualRule {
  assert(tiers.length > 0 && tiers[0].fromUnits === 0, "the first margin tier begins at 0");
  const tierDeduction = new Float64Array(tiers.length);
  const tierDeductionRest = new Float64Array(tiers.length);
  for (let tier = 1; tier < tiers.length; tier++) {
    const rise = tiers[tier].rate - tiers[tier - 1].rate;
    assert(tiers[tier].fromUnits > tiers[tier - 1].fromUnits && rise >= 0, "margin tiers and their rates rise");
    if (exactDeductions) {
      const rest = tierDeductionRest[tier - 1] + restOf(tiers[tier].fromUnits, rise, one);
      const carried = rest >= one ? 1 : 0;
      tierDeduction[tier] = tierDeduction[tier - 1] + mulDivDown(tiers[tier].fromUnits, rise, one) + carried;
      tierDeductionRest[tier] = rest - carried * one;
    } else tierDeduction[tier] = tierDeduction[tier - 1] + mulDivUp(tiers[tier].fromUnits, rise, one);
  }
  assert(tiers[tiers.length - 1].rate <= one, "a maintenance rate is at most 1");
  return {
    scale,
    tierFrom: Float64Array.from(tiers, (tier) => tier.fromUnits),
    tierRate: Float64Array.from(tiers, (tier) => tier.rate),
    one,
    tierDeduction,
    tierDeductionRest,
    atEquality,
  };
}

/** What a x b / c leaves, for b and c small enough that their product is below 2^53. */
function restOf(a: number, b: number, c: number): number {
  return ((a % c) * b) % c;
}

/** Value of a position at a mark price in whole quote units: down for a long (an asset), up for a short (a liability). */
export function notionalValue(rule: PerpetualRule, size: number, markSteps: number): number {
  if (rule.arithmetic !== undefined) return rule.arithmetic.notional(size, markSteps);
  return size >= 0 ? mulDivDown(size, markSteps, rule.scale) : mulDivUp(-size, markSteps, rule.scale);
}

/** Entry notional of a position opened at a price: a long's cost is owed in full, a short's proceeds are what was really received. */
export function entryNotional(rule: PerpetualRule, size: number, priceSteps: number): number {
  if (rule.arithmetic !== undefined) return rule.arithmetic.entry(size, priceSteps);
  return size >= 0 ? mulDivUp(size, priceSteps, rule.scale) : mulDivDown(-size, priceSteps, rule.scale);
}

/** Maintenance margin of a notional by the rule's tiers: notional x rate - deduction, rounded up, in whole quote units. */
export function maintenanceMargin(rule: PerpetualRule, notional: number): number {
  const { tierFrom, one } = rule;
  let tier = tierFrom.length - 1;
  while (tierFrom[tier] > notional) tier--;
  const rate = rule.tierRate[tier];
  const up = restOf(notional, rate, one) > rule.tierDeductionRest[tier] ? 1 : 0;
  return Math.max(0, mulDivDown(notional, rate, one) + up - rule.tierDeduction[tier]);
}

/** Maintenance margin of a position at a mark price. */
export function maintenanceAt(rule: PerpetualRule, size: number, markSteps: number): number {
  if (rule.arithmetic !== undefined) return rule.arithmetic.maintenance(size, markSteps);
  return maintenanceMargin(rule, notionalValue(rule, size, markSteps));
}

/** Equity of a position at a mark price. */
export function equityAt(rule: PerpetualRule, size: number, entry: number, margin: number, markSteps: number): number {
  if (rule.arithmetic !== undefined) return rule.arithmetic.equity(size, entry, margin, markSteps);
  return equity(size, entry, margin, notionalValue(rule, size, markSteps));
}

/** Margin plus unrealised profit: margin + side x (notional - entry notional). */
export function equity(size: number, entry: number, margin: number, notional: number): number {
  return size >= 0 ? margin + (notional - entry) : margin + (entry - notional);
}

/**
 * The one predicate that decides a perpetual's breach everywhere: equity below (or, where the rule says so, at) the maintenance margin. Both sides are
 * whole units. It is monotone in the price: notional rises with it, notional - maintenance does not fall as rates are at most 1, notional +
 * maintenance rises.
 */
export function perpetualBreaches(
  rule: PerpetualRule,
  size: number,
  entry: number,
  margin: number,
  markSteps: number,
): boolean {
  if (size === 0) return false;
  let worth: number;
  let needed: number;
  if (rule.arithmetic === undefined) {
    const notional = notionalValue(rule, size, markSteps);
    worth = equity(size, entry, margin, notional);
    needed = maintenanceMargin(rule, notional);
  } else {
    worth = rule.arithmetic.equity(size, entry, margin, markSteps);
    needed = rule.arithmetic.maintenance(size, markSteps);
  }
  return rule.atEquality ? worth <= needed : worth < needed;
}

/**
 * The exact whole mark price at which a position turns liquidatable, by bisection on the predicate: the highest for a long (-1: at none, Infinity: at any),
 * the lowest for a short (0: at any, -1: at none).
 */
export function perpetualBreachSteps(rule: PerpetualRule, size: number, entry: number, margin: number): number {
  if (size === 0) return -1;
  const units = Math.abs(size);
  const top = Math.floor(Math.min(highestMark, 2 ** 50 * (rule.scale / units)));
  const bad = (steps: number) => perpetualBreaches(rule, size, entry, margin, steps);
  if (size > 0 && !bad(0)) return -1;
  if (size > 0 && bad(top)) return Number.POSITIVE_INFINITY;
  if (size < 0 && bad(0)) return 0;
  if (size < 0 && !bad(top)) return -1;
  // Invariant: the predicate differs between `low` and `high`, with its value at 0 on the side of `low`.
  const atLow = size > 0;
  let low = 0;
  let high = top;
  const { arithmetic } = rule;
  const guess = Math.floor(
    arithmetic === undefined
      ? breachGuess(rule, size, entry, margin)
      : (arithmetic.guess?.(size, entry, margin) ?? Number.NaN),
  );
  if (guess > low && guess < high) {
    // Gallop from the closed form, which is right but for rounding.
    let reach = 1;
    if (bad(guess) === atLow) {
      low = guess;
      while (low + reach < high && bad(low + reach) === atLow) {
        low += reach;
        reach *= 2;
      }
      high = Math.min(high, low + reach);
    } else {
      high = guess;
      while (high - reach > low && bad(high - reach) !== atLow) {
        high -= reach;
        reach *= 2;
      }
      low = Math.max(low, high - reach);
    }
  }
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2);
    if (bad(middle) === atLow) low = middle;
    else high = middle;
  }
  return atLow ? low : high;
}

/** (margin + deduction - side x entry) / (units x (rate - side)) in the tier of the notional that this gives (Binance's formula), in Float64. */
function breachGuess(rule: PerpetualRule, size: number, entry: number, margin: number): number {
  const side = size > 0 ? 1 : -1;
  let notional = 0;
  for (let tier = 0; tier < rule.tierFrom.length; tier++) {
    const rate = rule.tierRate[tier] / rule.one;
    notional = (margin + rule.tierDeduction[tier] - side * entry) / (rate - side);
    if (tier + 1 === rule.tierFrom.length || notional < rule.tierFrom[tier + 1]) break;
  }
  return (notional * rule.scale) / Math.abs(size);
}

/** What belongs to a part of a position: `part` of `whole` in proportion, everything for the whole, rounded down (towards minus infinity) else. */
export function partOf(amount: number, part: number, whole: number): number {
  if (part === whole) return amount;
  return amount >= 0 ? mulDivDown(amount, part, whole) : -mulDivUp(-amount, part, whole);
}

/** Cash at which a (part of a) position's equity is exactly 0: entry - side x margin. A close that yields less to a long, or costs a short more, is a loss of others. */
export function bankruptcyCash(side: Side, entryPart: number, marginPart: number): number {
  return entryPart - side * marginPart;
}

/** Equity of a part closed for `cash`: what the owner keeps where positive, what others must pay where negative. */
export function closedEquity(side: Side, entryPart: number, marginPart: number, cash: number): number {
  return marginPart + side * (cash - entryPart);
}
