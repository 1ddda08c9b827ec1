import { powersOfTen } from "../rules/account-value.js";
import { assetDepth } from "./absorbed.js";
import { AdverseFlow, forcedByMove } from "./adverse-flow.js";
import { defaultMove } from "./gain.js";
import { type Jump, largestJump } from "./jump.js";
import { type MapMarket, spotPrices } from "./market.js";
import { reacting } from "./solve.js";

/** One band of the map: an asset's price from one edge to the next, all other assets at spot. */
export interface MapLevel {
  readonly asset: number;
  /** -1: falls, forced sales; 1: rises, forced purchases. */
  readonly direction: -1 | 1;
  /** Edge nearer to spot and edge reached, dollars a coin. */
  readonly fromUsd: number;
  readonly priceUsd: number;
  /**
   * Whole units of the asset forced in the adverse direction, less what answers against it: in this band, and in all up to its far edge together
   * with what is forced in that direction at spot.
   */
  readonly forcedUnits: number;
  readonly cumulativeUnits: number;
  /** The same at spot, in dollars. */
  readonly forcedUsd: number;
  readonly cumulativeUsd: number;
  /** By ladder of the market, net units in this band: they add up to `forcedUnits`. */
  readonly byMechanism: Float64Array;
  readonly byMechanismUsd: Float64Array;
  /** Units the asset's depth absorbs over this band, from balance at its nearer edge, and at spot in dollars. */
  readonly depthUnits: number;
  readonly depthUsd: number;
  /** forcedUnits / depthUnits; Infinity where nothing stands against forced flow, 0 where nothing is forced. */
  readonly gain: number;
  /** Accounts forced from spot to the band's far edge. */
  readonly cumulativeAccounts: number;
  readonly cumulativeBadDebtUsd: number;
  readonly jump: Jump | null;
}

/** How the levels are laid out. */
export interface LevelOptions {
  /** Bands are this wide, relatively: 0.01. */
  readonly move?: number;
  readonly horizonMs?: number;
  /** Relative ends: -0.6 and 0.6. */
  readonly lowest?: number;
  readonly highest?: number;
  /** Accounts are looked for by name only in bands with at most this many forced up to there. */
  readonly namedUpTo?: number;
}

/**
 * Bands of `move` from spot down to -60 % and up to +60 %, per asset and direction. Band edges are spot x (1 - move)^k and spot x (1 + move)^k: each
 * band is the `gain` question asked at its nearer edge, and bands telescope to Q. The last band ends beyond the stated end or at it.
 */
export function levels(market: MapMarket, options: LevelOptions = {}): MapLevel[] {
  const all: MapLevel[] = [];
  for (let asset = 0; asset < market.assets.length; asset++) {
    for (const direction of [-1, 1] as const) all.push(...levelsOf(market, asset, direction, options));
  }
  return all;
}

/** The bands of one asset in one direction, nearest to spot first. */
export function levelsOf(market: MapMarket, asset: number, direction: -1 | 1, options: LevelOptions = {}): MapLevel[] {
  const { move = defaultMove, horizonMs = 600_000, lowest = -0.6, highest = 0.6, namedUpTo = 1_000 } = options;
  const ladders = reacting(market, horizonMs);
  const spot = spotPrices(market);
  const spotUsd = spot[asset];
  const end = spotUsd * (1 + (direction < 0 ? lowest : highest));
  const unitUsd = spotUsd / powersOfTen[market.assets[asset].unitDecimals];
  const flow = new AdverseFlow(market, direction);
  const found: MapLevel[] = [];
  let fromUsd = spotUsd;
  let before = flow.at(ladders, spot);
  let cumulativeUnits = before.reduce((sum, { adverse }) => sum + adverse[asset], 0);
  while (direction < 0 ? fromUsd > end * (1 + 1e-12) : fromUsd < end * (1 - 1e-12)) {
    const fromPrices = pricesWith(spot, asset, fromUsd);
    const priceUsd = fromUsd * (1 + direction * move);
    const prices = pricesWith(spot, asset, priceUsd);
    const after = flow.at(ladders, prices);
    const byMechanism = new Float64Array(market.ladders.length);
    let forcedUnits = 0;
    ladders.forEach((ladder, at) => {
      const units = forcedByMove(before[at], after[at], asset);
      byMechanism[market.ladders.indexOf(ladder)] = units;
      forcedUnits += units;
    });
    cumulativeUnits += forcedUnits;
    const accounts = after.reduce((sum, one) => sum + one.accounts, 0);
    const depthUnits = assetDepth(market, asset, fromUsd, priceUsd, fromPrices, horizonMs);
    found.push({
      asset,
      direction,
      fromUsd,
      priceUsd,
      forcedUnits,
      cumulativeUnits,
      forcedUsd: forcedUnits * unitUsd,
      cumulativeUsd: cumulativeUnits * unitUsd,
      byMechanism,
      byMechanismUsd: byMechanism.map((units) => units * unitUsd),
      depthUnits,
      depthUsd: depthUnits * unitUsd,
      gain: forcedUnits === 0 ? 0 : forcedUnits / depthUnits,
      cumulativeAccounts: accounts,
      cumulativeBadDebtUsd: after.reduce((sum, one) => sum + one.badDebtUsd, 0),
      jump:
        forcedUnits > 0 && accounts <= namedUpTo
          ? largestJump(market, ladders, asset, fromPrices, prices, forcedUnits)
          : null,
    });
    fromUsd = priceUsd;
    before = after;
  }
  return found;
}

function pricesWith(spot: Float64Array, asset: number, priceUsd: number): Float64Array {
  const prices = Float64Array.from(spot);
  prices[asset] = priceUsd;
  return prices;
}

/** The largest gain of a shock's direction over the bands of an asset, and the price of the band's nearer edge. Null without bands. */
export function largestGain(bands: readonly MapLevel[]): { readonly gain: number; readonly priceUsd: number } | null {
  let best: MapLevel | null = null;
  for (const band of bands) if (!best || band.gain > best.gain) best = band;
  return best && { gain: best.gain, priceUsd: best.fromUsd };
}
