import { powersOfTen } from "../../rules/account-value.js";
import type { StandingOrders } from "../../run/index.js";
import { unitUsd } from "../outside-exchange.js";

/** The depth of a round as keepers see it: merged, before anything of the round has traded. */
export interface Depth {
  quoteCash(instrument: number, units: number): number;
  unitsToPrice(instrument: number, price: number): number;
  venueDepth(instrument: number, side: 1 | -1): number;
  instrumentQuote(instrument: number): number;
  instrumentAsset(instrument: number): number;
  fair(asset: number): number;
}

/** Units that orders taken before, in this round, sell and buy, by instrument. */
export interface Taken {
  readonly sold: Float64Array;
  readonly bought: Float64Array;
}

/** A standing order as an offer to keepers, in dollars at fair value. */
export interface Offer {
  readonly order: number;
  /** Instrument of the sale and of the purchase, or -1. */
  readonly sell: number;
  readonly buy: number;
  /** Disposal units of the whole order, and how many of them are released and find depth. */
  readonly whole: number;
  readonly units: number;
  /** Units of a part at most. */
  readonly mostPartial: number;
  /** What the whole order repays and seizes. */
  readonly repayUnits: number;
  readonly repayUsd: number;
  readonly seizeUsd: number;
  /** Dollars of one whole quote unit of the sale and of the purchase. */
  readonly saleUsd: number;
  readonly purchaseUsd: number;
  /** Quote units per (coin price x base unit) of the two instruments. */
  readonly saleScale: number;
  readonly purchaseScale: number;
}

/**
 * Reads one standing order. What is owed in another asset than the sale pays in is valued at fair value (it is exchanged with `outside`, see
 * `keepers-settle`).
 */
export function offerOf(
  standing: StandingOrders,
  order: number,
  depth: Depth,
  taken: Taken,
  decimals: Float64Array,
): Offer {
  const sell = standing.sellInstrument[order];
  const buy = standing.buyInstrument[order];
  const whole = standing.disposalUnits(order);
  const repayUnits = standing.repayUnits[order];
  let units = Math.min(whole, standing.released[order]);
  if (sell >= 0) units = Math.min(units, depth.venueDepth(sell, 1) - taken.sold[sell]);
  if (buy >= 0) {
    const room = depth.venueDepth(buy, -1) - taken.bought[buy];
    const asked = sell < 0 ? units : Math.ceil((repayUnits * units) / whole);
    if (asked > room) units = sell < 0 ? room : Math.floor((units * room) / asked) - 1;
  }
  const quoteUsd = (instrument: number) =>
    instrument < 0 ? 0 : unitUsd(depth, depth.instrumentQuote(instrument), decimals);
  return {
    order,
    sell,
    buy,
    whole,
    units: Math.max(0, units),
    mostPartial: standing.mostPartial[order],
    repayUnits,
    repayUsd: repayUnits * unitUsd(depth, standing.debt[order], decimals),
    seizeUsd: standing.seizeUnits[order] * unitUsd(depth, standing.collateral[order], decimals),
    saleUsd: quoteUsd(sell),
    purchaseUsd: quoteUsd(buy),
    saleScale: scaleOf(depth, sell, decimals),
    purchaseScale: scaleOf(depth, buy, decimals),
  };
}

/** Quote units per (coin price x base unit) of an instrument; 1 without one. */
export function scaleOf(
  depth: Pick<Depth, "instrumentQuote" | "instrumentAsset">,
  instrument: number,
  decimals: Float64Array,
): number {
  if (instrument < 0) return 1;
  const digits = decimals[depth.instrumentQuote(instrument)] - decimals[depth.instrumentAsset(instrument)];
  return digits >= 0 ? powersOfTen[digits] : 1 / powersOfTen[-digits];
}

/** Whole quote units that the sale of `units` adds to what was taken before. */
export function saleCash(offer: Offer, depth: Depth, taken: Taken, units: number): number {
  const before = taken.sold[offer.sell];
  return depth.quoteCash(offer.sell, before + units) - depth.quoteCash(offer.sell, before);
}

/** Whole quote units that the purchase of `units` adds to what was taken before. */
export function purchaseCash(offer: Offer, depth: Depth, taken: Taken, units: number): number {
  const before = taken.bought[offer.buy];
  return depth.quoteCash(offer.buy, -(before + units)) - depth.quoteCash(offer.buy, -before);
}

/** Units that must be bought for `units` of disposal. */
export function purchaseUnits(offer: Offer, units: number): number {
  if (offer.buy < 0) return 0;
  return offer.sell < 0 ? units : Math.ceil((offer.repayUnits * units) / offer.whole);
}

/** Dollars before gas that an atomic disposal of `units` makes on marginal depth, orders taken before included. */
export function atomicProfitUsd(offer: Offer, depth: Depth, taken: Taken, units: number): number {
  const share = units / offer.whole;
  const out = offer.sell < 0 ? offer.seizeUsd * share : saleCash(offer, depth, taken, units) * offer.saleUsd;
  const paid =
    offer.buy < 0
      ? offer.repayUsd * share
      : purchaseCash(offer, depth, taken, purchaseUnits(offer, units)) * offer.purchaseUsd;
  return out - paid;
}

/**
 * The disposal that pays most: where one leg trades, the units that bring its marginal price to the price of the repayment times (1 + `marginShare`). On a
 * constant-product pool that is x (sqrt((1 - f) (1 + b)) - 1); the largest sale that still pays is the whole one up to model 9 of VALIDATION.md.
 */
export function mostProfitableUnits(offer: Offer, depth: Depth, taken: Taken, marginShare: number): number {
  const margin = 1 + marginShare;
  let most: number;
  if (offer.sell >= 0 && offer.buy < 0) {
    const price = (offer.repayUsd * margin) / offer.whole / offer.saleUsd / offer.saleScale;
    most = depth.unitsToPrice(offer.sell, price) - taken.sold[offer.sell];
  } else if (offer.sell < 0 && offer.buy >= 0) {
    const price = offer.seizeUsd / margin / offer.whole / offer.purchaseUsd / offer.purchaseScale;
    most = -depth.unitsToPrice(offer.buy, price) - taken.bought[offer.buy];
  } else {
    const repay = (units: number) => (offer.repayUsd * marginShare * units) / offer.whole;
    most = peak((units) => atomicProfitUsd(offer, depth, taken, units) - repay(units), offer.units);
  }
  return Math.max(0, Math.min(offer.units, most));
}

/** The whole number in [1, most] at which a concave function is largest, to within what rounding of its values hides. */
export function peak(valueAt: (units: number) => number, most: number): number {
  let low = 1;
  let high = most;
  while (high - low > 2) {
    const third = Math.floor((high - low) / 3);
    const left = low + third;
    const right = high - third;
    if (valueAt(left) < valueAt(right)) low = left;
    else high = right;
  }
  let best = low;
  for (let units = low + 1; units <= high; units++) if (valueAt(units) > valueAt(best)) best = units;
  return best;
}
