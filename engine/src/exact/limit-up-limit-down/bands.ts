/**
 * Price bands of single United States stocks (Limit Up-Limit Down Plan, section V and appendix A): the market-wide relative of the breakers that protocols have. A library,
 * no protocol: it liquidates nobody.
 */
import { divHalfUp, least, mulDivHalfUp } from "../rounding.js";
import { BASIS_POINTS } from "../scales.js";

/** 1: S&P 500, Russell 1000 and some exchange-traded products; 2: all other stocks of the national market system. */
export type LuldTier = 1 | 2;

/** Lower and upper limit, whole cents. */
export interface PriceBands {
  readonly lower: bigint;
  readonly upper: bigint;
}

/** 3 dollars: above it the tier decides. */
const THREE_DOLLARS = 300n;
/** 75 cents: below it the lesser of 15 cents and 75 %. */
const SEVENTY_FIVE_CENTS = 75n;

/**
 * Half the width of the band, whole cents, halves up, for a reference price in whole cents: 5 % (tier 1) or 10 % (tier 2) above 3 dollars, 20 % from 75 cents to 3
 * dollars, below the lesser of 15 cents and 75 %. Throws RangeError for a reference price that is not positive.
 */
export function halfWidth(reference: bigint, tier: LuldTier): bigint {
  if (reference <= 0n) throw new RangeError(`a reference price of ${reference} cents is not positive`);
  const share = (bps: bigint) => mulDivHalfUp(reference, bps, BASIS_POINTS);
  if (reference > THREE_DOLLARS) return share(tier === 1 ? 500n : 1_000n);
  return reference >= SEVENTY_FIVE_CENTS ? share(2_000n) : least(15n, share(7_500n));
}

/** The bands around a reference price, twice as wide where `doubled` (in the last 25 minutes, for tier 1 and for tier 2 up to 3 dollars: the caller decides). */
export function priceBands(reference: bigint, tier: LuldTier, doubled = false): PriceBands {
  const half = halfWidth(reference, tier) * (doubled ? 2n : 1n);
  return { lower: reference > half ? reference - half : 0n, upper: reference + half };
}

/** The reference price: the mean of the eligible trades of five minutes, whole cents, halves up. Throws RangeError without trades. */
export function meanReference(trades: readonly bigint[]): bigint {
  return divHalfUp(
    trades.reduce((sum, price) => sum + price, 0n),
    BigInt(trades.length),
  );
}

/** Whether a new mean replaces the reference: it differs by at least 1 % and the last change is at least 30 seconds old. */
export function movesReference(reference: bigint, mean: bigint, secondsSinceChange: number): boolean {
  const apart = mean > reference ? mean - reference : reference - mean;
  return secondsSinceChange >= 30 && apart * 100n >= reference;
}
