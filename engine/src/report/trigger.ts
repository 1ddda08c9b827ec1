import { emptyFlow } from "../ladder/index.js";
import { type MapMarket, spotPrices } from "../map/index.js";
import { publishHeld } from "../map/market.js";
import type { ForcedFlow, Ladder } from "../run/mechanism.js";

/** A trigger is looked for up to this many times spot. */
const highestFactor = 16;

/**
 * The highest price of an asset, to a hundredth of a basis point, at which an account is forced to trade while all other assets stay at spot; null where
 * it is not forced even at 1 % of spot, or still is at sixteen times it. An account that is forced below its trigger only is found by halving.
 */
export function triggerUsd(market: MapMarket, ladder: Ladder, row: number, asset: number): number | null {
  const spot = spotPrices(market);
  const published = new Float64Array(market.feeds.length);
  const flow = emptyFlow(market.instruments.length);
  const isForced = (priceUsd: number): boolean => {
    const prices = Float64Array.from(spot);
    prices[asset] = priceUsd;
    publishHeld(market, prices, published);
    return isAccountForced(ladder, row, published, flow);
  };
  let low = spot[asset] / 100;
  let high = spot[asset] * highestFactor;
  if (!isForced(low) || isForced(high)) return null;
  while (high - low > spot[asset] * 1e-6) {
    const middle = low + (high - low) / 2;
    if (isForced(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** A ladder that can answer for one account at less cost than for all. */
type SingleAccountLadder = Ladder & { forcedOf?(row: number, published: Float64Array, into: ForcedFlow): void };

function isAccountForced(ladder: SingleAccountLadder, row: number, published: Float64Array, flow: ForcedFlow): boolean {
  if (ladder.forcedOf === undefined) {
    let found = false;
    ladder.accounts(published, (account) => {
      found ||= account.row === row;
    });
    return found;
  }
  flow.accounts = 0;
  ladder.forcedOf(row, published, flow);
  return flow.accounts > 0;
}
