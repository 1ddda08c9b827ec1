import { mulDivDown, twoProductError } from "../math/index.js";

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

/** x y / 1e15, halves up. */
function timesHalfUp(x: number, y: number): number {
  const quotient = mulDivDown(x, y, AUCTION_ONE);
  const product = x * y;
  const back = quotient * AUCTION_ONE;
  const left = product - back + (twoProductError(x, y, product) - twoProductError(quotient, AUCTION_ONE, back));
  return 2 * left >= AUCTION_ONE ? quotient + 1 : quotient;
}

/** A share (1e-15) to a whole power, squared and multiplied with halves up (dss `rpow`): nearer to the true power than 1e-14. */
export function shareToThe(share: number, exponent: number): number {
  let power = share;
  let result = exponent % 2 === 1 ? share : AUCTION_ONE;
  for (let left = Math.floor(exponent / 2); left > 0; left = Math.floor(left / 2)) {
    power = timesHalfUp(power, power);
    if (left % 2 === 1) result = timesHalfUp(result, power);
  }
  return result;
}

/** Share of its start price (1e-15) at which an auction stands after `seconds`. Source: dss `abaci.sol`. */
export function auctionShare(curve: AuctionCurve, seconds: number): number {
  switch (curve.kind) {
    case "linear":
      return seconds >= curve.seconds ? 0 : mulDivDown(curve.seconds - seconds, AUCTION_ONE, curve.seconds);
    case "stairstep":
      return shareToThe(curve.cut, Math.floor(seconds / curve.step));
    case "exponential":
      return shareToThe(curve.cut, seconds);
  }
}

/** Whether an auction lasted too long or fell too far: nobody can buy until somebody resets it. Source: Clipper `status`. */
export function needsReset(terms: AuctionTerms, seconds: number, share: number): boolean {
  return seconds > terms.resetAfterSeconds || share < terms.resetBelow;
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
 * What a purchase of everything comes to at `price` (DAI units a collateral unit, within 1e-14): never more than the tab; and the largest part that leaves a tab of
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
