import { valueScale } from "../rules/account-value.js";
import { leastOn, type PairRoute } from "./index-part.js";
import type { PairRule } from "./pair-rule.js";

/** Room for the rounding of the few Float64 operations of a bound. */
const room = 1 - 1e-9;

/**
 * Whole units of collateral below which an account of a pair cannot trade `least` (see `Ladder.reaching`) at published prices: it sells no more than it
 * holds, and nobody pays more for it than it is worth, the rounding of so many `liquidations` apart. Whoever holds less need not be looked at.
 */
export function leastHolding(
  rule: PairRule,
  route: PairRoute,
  published: Float64Array,
  least: Float64Array,
  liquidations: number,
): number {
  const sold = leastOn(route.sellInstrument, route.buyInstrument, least);
  const bought = leastOn(route.buyInstrument, route.sellInstrument, least);
  if (bought === Number.POSITIVE_INFINITY) return sold;
  const debtPerCollateral = unitRate(rule, route, published);
  if (debtPerCollateral === 0) return sold;
  const lost = liquidations * rounding(rule.debtDecimals, published[route.debtFeed]);
  return Math.min(sold, ((bought - lost) / debtPerCollateral) * room);
}

/**
 * The same for an account that is closed at once at `from` as well as at `to`: what it sells or pays changes at most as the ratio of the two prices does,
 * and with all collateral taken the sale does not change at all.
 */
export function leastGrowing(
  rule: PairRule,
  route: PairRoute,
  from: Float64Array,
  to: Float64Array,
  least: Float64Array,
): number {
  const { collateralFeed, debtFeed } = route;
  const change = (to[collateralFeed] / to[debtFeed]) * (from[debtFeed] / from[collateralFeed]);
  const share = 1 - Math.min(change, 1 / change);
  if (Number.isNaN(share)) return 0;
  let units = Number.POSITIVE_INFINITY;
  const sold = leastOn(route.sellInstrument, route.buyInstrument, least);
  if (sold !== Number.POSITIVE_INFINITY && rule.size.kind !== "all-collateral") {
    const lost = rounding(rule.collateralDecimals, Math.min(from[collateralFeed], to[collateralFeed]));
    units = ((sold - lost) / share) * room;
  }
  const bought = leastOn(route.buyInstrument, route.sellInstrument, least);
  if (bought !== Number.POSITIVE_INFINITY) {
    const lost = rounding(rule.debtDecimals, Math.min(from[debtFeed], to[debtFeed]));
    const rate = Math.max(unitRate(rule, route, from), unitRate(rule, route, to));
    units = Math.min(units, ((bought - lost) / (share * rate)) * room);
  }
  // Not a number: nothing is known, and everybody is looked at.
  return Number.isNaN(units) ? 0 : units;
}

/** Units of the debt asset that one unit of collateral is worth. */
function unitRate(rule: PairRule, route: PairRoute, published: Float64Array): number {
  const collateral = published[route.collateralFeed] / valueScale(rule.collateralDecimals);
  return collateral / (published[route.debtFeed] / valueScale(rule.debtDecimals));
}

/** Units that the roundings of one liquidation's values and amounts come to at most. */
function rounding(decimals: number, steps: number): number {
  return 16 + (32 * valueScale(decimals)) / steps;
}
