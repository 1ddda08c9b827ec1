import { twoProductError } from "../math/index.js";

/** Shares and cuts of an auction are whole 1e-15: as many places as a Float64 holds. */
export const AUCTION_ONE = 1e15;

/** How a Maker auction's price falls. Source: dss `abaci.sol`. */
export type AuctionCurve =
  /** To nothing in `seconds`. */
  | { readonly kind: "linear"; readonly seconds: number }
  /** Times `cut` (1e-15) every `step` seconds. */
  | { readonly kind: "stairstep"; readonly cut: number; readonly step: number }
  /** Times `cut` (1e-15) every second. */
  | { readonly kind: "exponential"; readonly cut: number };

/** What an auction's price is made of. */
export interface AuctionTerms {
  readonly curve: AuctionCurve;
  /** Start price over the oracle's (Clipper `buf`), a plain number. */
  readonly startFactor: number;
  /** Seconds after which an auction needs a reset (`tail`); Infinity: never. */
  readonly resetAfterSeconds: number;
  /** Share of the start price (1e-15) below which it needs one (`cusp`). */
  readonly resetBelow: number;
}

/** A number as the sum of two Float64, about 32 places. */
interface Pair {
  high: number;
  low: number;
}

/** into x by, to about 31 places (Dekker 1971). */
function multiply(into: Pair, by: Pair): void {
  const product = into.high * by.high;
  const rest = twoProductError(into.high, by.high, product) + (into.high * by.low + into.low * by.high);
  into.high = product + rest;
  into.low = rest - (into.high - product);
}

/** A share (1e-15) to a whole power: the chain rounds halves up at 27 places (dss `rpow`), this rounds to the nearest Float64. */
export function shareToThe(share: number, exponent: number): number {
  const high = share / AUCTION_ONE;
  const back = high * AUCTION_ONE;
  const power: Pair = { high, low: (share - back - twoProductError(high, AUCTION_ONE, back)) / AUCTION_ONE };
  const result: Pair = { high: 1, low: 0 };
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) multiply(result, power);
    multiply(power, power);
  }
  return result.high;
}

/** Share of its start price at which an auction stands after `seconds`. Source: dss `abaci.sol`. */
export function auctionShare(curve: AuctionCurve, seconds: number): number {
  switch (curve.kind) {
    case "linear":
      return seconds >= curve.seconds ? 0 : (curve.seconds - seconds) / curve.seconds;
    case "stairstep":
      return shareToThe(curve.cut, Math.floor(seconds / curve.step));
    case "exponential":
      return shareToThe(curve.cut, seconds);
  }
}

/** Whether an auction lasted too long or fell too far: nobody can buy until somebody resets it. Source: Clipper `status`. */
export function needsReset(terms: AuctionTerms, seconds: number, share: number): boolean {
  return seconds > terms.resetAfterSeconds || share < terms.resetBelow / AUCTION_ONE;
}

/** What an auction offers now, whole units. */
export interface AuctionOffer {
  /** Units of collateral that a whole purchase gets, and units of DAI that it pays. */
  slice: number;
  owed: number;
  /** Units that a part may have at most, so that the tab left is no dust. */
  mostPartial: number;
}

/**
 * What a purchase of everything comes to at `price` (DAI units a collateral unit, within 1e-15 of itself): never more than the tab; and the largest part that leaves a tab of
 * `leastTab` or more, so that the chain would not trim it. Source: Clipper `take`.
 */
export function auctionOffer(
  lot: number,
  tab: number,
  price: number,
  leastTab: number,
  into: AuctionOffer,
): AuctionOffer {
  const cost = lot * price;
  if (cost > tab) {
    into.slice = Math.min(lot, Math.floor(tab / price));
    into.owed = tab;
  } else {
    into.slice = lot;
    into.owed = Math.min(tab, Math.ceil(cost));
  }
  into.mostPartial = tab <= leastTab ? 0 : Math.min(into.slice, Math.floor((tab - leastTab) / price));
  return into;
}

/** DAI units that a part of `units` pays, rounded up. */
export function partCost(units: number, price: number): number {
  return Math.ceil(units * price);
}
