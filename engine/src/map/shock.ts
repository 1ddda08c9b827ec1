import { assert } from "../book/problem.js";
import type { MapMarket } from "./market.js";

/** A question to the map: fair values move (no depth is used by that itself) and units are sold into the depth. */
export interface OutsideShock {
  /** By asset: relative move of fair value, above -1; missing: 0. */
  readonly moves?: ArrayLike<number>;
  /** By instrument: whole units sold (negative: bought) by the outside; missing: none. */
  readonly saleUnits?: ArrayLike<number>;
}

/** Fair values after the shock, by asset, in dollars. */
export function shockedFair(market: MapMarket, shock: OutsideShock): Float64Array {
  return Float64Array.from(market.assets, (asset, index) => {
    const move = shock.moves?.[index] ?? 0;
    assert(move > -1, `a price moves by more than -100 %, not by ${move}`);
    return asset.spotUsd * (1 + move);
  });
}

/**
 * The direction in which trades of each asset are adverse: -1 where it was shocked downwards or sold, 1 upwards; an asset that was not shocked takes
 * the direction of the largest shock (a move counts before a sale).
 */
export function adverseDirections(market: MapMarket, shock: OutsideShock): Int8Array {
  const directions = new Int8Array(market.assets.length);
  let overall: 1 | -1 = -1;
  let largest = 0;
  for (let instrument = 0; instrument < market.instruments.length; instrument++) {
    const units = shock.saleUnits?.[instrument] ?? 0;
    if (units === 0) continue;
    directions[market.instruments[instrument].asset] = units > 0 ? -1 : 1;
    if (largest === 0) overall = units > 0 ? -1 : 1;
  }
  for (let asset = 0; asset < directions.length; asset++) {
    const move = shock.moves?.[asset] ?? 0;
    if (move === 0) continue;
    directions[asset] = move < 0 ? -1 : 1;
    if (Math.abs(move) > largest) {
      largest = Math.abs(move);
      overall = move < 0 ? -1 : 1;
    }
  }
  for (let asset = 0; asset < directions.length; asset++) if (directions[asset] === 0) directions[asset] = overall;
  return directions;
}
