import type { Book } from "../book/index.js";
import { powersOfTen } from "../rules/account-value.js";
import { type AccountEvent, type AccountState, AccountStates } from "./account-states.js";
import { type PriceCurve, priceAt } from "./price-curve.js";

/** When a vault of one collateral and one debt asset is liquidatable, and by which price. */
export interface LiquidatableRule {
  readonly protocol: string;
  /** Indices into the book's assets. The debt asset counts as one dollar. */
  readonly collateral: number;
  readonly debt: number;
  /** Collateral over debt below which a vault is liquidatable (Maker's `mat`). */
  readonly collateralRatio: number;
  /** Maker's OSM: at every full hop the price of `delayMs` before comes into force. */
  readonly hopMs: number;
  readonly delayMs: number;
  readonly untilMs: number;
  /** What an account owes, fees included, over the debt on record. */
  readonly debtFactor: (account: string) => number;
}

/** The price in force at a moment: that of `delayMs` before the last full hop. */
export function priceInForce(curve: PriceCurve, timeMs: number, rule: { hopMs: number; delayMs: number }): number {
  return priceAt(curve, timeMs - (timeMs % rule.hopMs) - rule.delayMs);
}

/** The price of a coin of collateral at which a vault becomes liquidatable; 0 without debt. */
export function liquidationPriceUsd(book: Book, state: AccountState, rule: LiquidatableRule, factor: number): number {
  const debt = (state.debt[rule.debt] / powersOfTen[book.assets[rule.debt].unitDecimals]) * factor;
  if (debt === 0) return 0;
  const held = state.collateral[rule.collateral] / powersOfTen[book.assets[rule.collateral].unitDecimals];
  return held === 0 ? Number.POSITIVE_INFINITY : (rule.collateralRatio * debt) / held;
}

/**
 * By account: the hops of the window at which it is liquidatable (`ink x spot < art x rate`, Maker's `bark`), in order; accounts with none are not in it. `stay`: everybody keeps what the book
 * says (the static rule). `as-recorded`: owners' own events, and liquidations, happen when they did.
 */
export function liquidatableHops(
  book: Book,
  events: readonly AccountEvent[],
  curve: PriceCurve,
  rule: LiquidatableRule,
  owners: "stay" | "as-recorded",
): ReadonlyMap<string, readonly number[]> {
  const states = new AccountStates(book, rule.protocol);
  const accounts = new Set<string>();
  for (const { protocol, ids } of book.positions)
    if (protocol === rule.protocol) for (let row = 0; row < ids.length; row++) accounts.add(ids.at(row));
  const hops = new Map<string, number[]>();
  let next = 0;
  for (let hop = Math.ceil(book.atMs / rule.hopMs) * rule.hopMs; hop <= rule.untilMs; hop += rule.hopMs) {
    for (; owners === "as-recorded" && next < events.length && events[next].timeMs <= hop; next++) {
      states.apply(events[next]);
      accounts.add(events[next].account);
    }
    const price = priceInForce(curve, hop, rule);
    for (const account of accounts) {
      const state = states.get(account);
      if (state === undefined) continue;
      if (liquidationPriceUsd(book, state, rule, rule.debtFactor(account)) <= price) continue;
      const known = hops.get(account);
      if (known === undefined) hops.set(account, [hop]);
      else known.push(hop);
    }
  }
  return hops;
}

/**
 * How far, in milliseconds, a liquidation is from the hops at which a rule has its account: from the first hop of the unbroken run that it falls into, or
 * else from the nearest hop (negative where that comes later). NaN without any.
 */
export function distanceMs(hops: readonly number[], timeMs: number, hopMs: number): number {
  const current = timeMs - (timeMs % hopMs);
  let start = hops.lastIndexOf(current);
  if (start >= 0) {
    while (start > 0 && hops[start - 1] === hops[start] - hopMs) start--;
    return timeMs - hops[start];
  }
  let nearest = Number.NaN;
  for (const hop of hops) if (!(Math.abs(timeMs - hop) >= Math.abs(nearest))) nearest = timeMs - hop;
  return nearest;
}
