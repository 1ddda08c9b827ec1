import { defaultHorizonsMs, defaultMove, levelsOf, type MapLevel, type MapMarket } from "../map/index.js";

/** Gain of one asset's fall at one horizon. Infinity: forced flow meets no depth. */
export interface HorizonGain {
  readonly horizonMs: number;
  /** Of the first band from spot, and the largest of all bands down to the map's end, with the price it begins at. */
  readonly atSpot: number;
  readonly largest: number;
  readonly largestAtUsd: number;
  /** Mechanisms that cannot react within the horizon, with the time they take. A zero gain without any of the others says nothing of safety. */
  readonly tooSlow: readonly { readonly mechanism: string; readonly reactionMs: number }[];
  readonly reacting: number;
}

/** Gains at 12 seconds, ten minutes, one day, and at every ladder's own reaction time. */
export function horizonGains(market: MapMarket, asset: number): HorizonGain[] {
  const own = market.ladders.map((ladder) => ladder.reactionMs).filter((ms) => ms > 0);
  const horizons = [...new Set([...defaultHorizonsMs, ...own])].sort((a, b) => a - b);
  return horizons.map((horizonMs) => {
    const bands = levelsOf(market, asset, -1, { horizonMs, namedUpTo: 0 });
    const largest = largestOf(bands);
    const tooSlow = market.ladders.filter((ladder) => ladder.reactionMs > horizonMs);
    return {
      horizonMs,
      atSpot: bands[0].gain,
      largest: largest.gain,
      largestAtUsd: largest.fromUsd,
      tooSlow: tooSlow.map(({ mechanism, reactionMs }) => ({ mechanism, reactionMs })),
      reacting: market.ladders.length - tooSlow.length,
    };
  });
}

/**
 * Ten minutes, or the time the fastest mechanism takes where that is longer: the shortest time within which the loop can close, so with the least refill in
 * between. A day would count depth that comes back while the next price is on its way.
 */
export function usefulHorizonMs(market: MapMarket): number {
  const [, tenMinutes] = defaultHorizonsMs;
  const fastest = Math.min(...market.ladders.map((ladder) => ladder.reactionMs));
  return Number.isFinite(fastest) ? Math.max(tenMinutes, fastest) : tenMinutes;
}

/** The largest gain of an asset's fall on the way from spot to spot x (1 + move). */
export function gainOnTheWay(market: MapMarket, asset: number, move: number, horizonMs: number): number {
  return largestOf(levelsOf(market, asset, -1, { horizonMs, lowest: move, namedUpTo: 0 })).gain;
}

/** The share of price over which a gain is taken. */
export const gainMove: number = defaultMove;

function largestOf(bands: readonly MapLevel[]): MapLevel {
  return bands.reduce((best, band) => (band.gain > best.gain ? band : best), bands[0]);
}
