import { divDown, least, mulDivDown } from "../rounding.js";

/** What an allocation found: one amount per party, in the order given, and what nobody could give. */
export interface Allocation {
  readonly amounts: readonly bigint[];
  readonly unfilled: bigint;
}

/** A party that can give at most `cap` and is asked in proportion to `weight`; both in whole units, neither negative. */
export interface Claim {
  readonly weight: bigint;
  readonly cap: bigint;
}

/**
 * Takes `need` from the parties in the order `order` lists them (indices into `caps`), each up to its cap, and stops as soon as nothing is missing.
 * A party that `order` leaves out gives nothing.
 */
export function takeInOrder(need: bigint, caps: readonly bigint[], order: readonly number[]): Allocation {
  const amounts = caps.map(() => 0n);
  let left = need;
  for (const place of order) {
    if (left === 0n) break;
    amounts[place] = least(caps[place], left);
    left -= amounts[place];
  }
  return { amounts, unfilled: left };
}

/**
 * Water-filling: amount = min(cap, level x weight), with the one level at which the amounts sum to `need`; all caps where `need` exceeds them. Whole units by
 * the largest remainder, ties in the order given, so the sum is exact, no cap is passed and nobody is more than one unit from the level. A party without
 * weight gives nothing. Source: capped pro-rata, arXiv:2512.01112 section on fairness and its water-filling algorithm; the units are ours.
 */
export function waterFill(need: bigint, claims: readonly Claim[]): Allocation {
  const amounts = claims.map(() => 0n);
  let left = need;
  let open = claims.map((_, place) => place).filter((place) => claims[place].weight > 0n && claims[place].cap > 0n);
  let weight = open.reduce((sum, place) => sum + claims[place].weight, 0n);
  for (;;) {
    // Whoever's cap lies at or below the level gives it whole; the level of the others rises, so this ends.
    const full = open.filter((place) => claims[place].cap * weight <= left * claims[place].weight);
    if (full.length === 0) break;
    const isFull = new Set(full);
    for (const place of full) {
      amounts[place] = claims[place].cap;
      left -= claims[place].cap;
      weight -= claims[place].weight;
    }
    open = open.filter((place) => !isFull.has(place));
  }
  if (open.length === 0) return { amounts, unfilled: left };
  shareByLargestRemainder(left, weight, open, claims, amounts);
  return { amounts, unfilled: 0n };
}

/** Shares `need` among the open places by weight, floors first, then one unit each to the largest remainders. */
function shareByLargestRemainder(
  need: bigint,
  weight: bigint,
  open: readonly number[],
  claims: readonly Claim[],
  amounts: bigint[],
): void {
  let left = need;
  const remainders = open.map((place) => {
    amounts[place] = mulDivDown(need, claims[place].weight, weight);
    left -= amounts[place];
    return { place, remainder: need * claims[place].weight - amounts[place] * weight };
  });
  remainders.sort((a, b) => (a.remainder === b.remainder ? a.place - b.place : a.remainder > b.remainder ? -1 : 1));
  for (const { place } of remainders) {
    if (left === 0n) break;
    amounts[place] += 1n;
    left -= 1n;
  }
}

/**
 * The level of a water-filling, as a share of the weight in parts of `scale`, rounded down: the largest amount / weight of a party whose cap does not
 * bind, or of any party where all do. 0 without parties.
 */
export function waterLevel(allocation: Allocation, claims: readonly Claim[], scale: bigint): bigint {
  let level = 0n;
  let bound = 0n;
  claims.forEach(({ weight, cap }, place) => {
    if (weight === 0n) return;
    const share = divDown(allocation.amounts[place] * scale, weight);
    if (allocation.amounts[place] < cap) level = share > level ? share : level;
    else bound = share > bound ? share : bound;
  });
  return level > 0n ? level : bound;
}
