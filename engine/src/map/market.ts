import { assert, refuseTooLarge } from "../book/problem.js";
import { powersOfTen, stepsPerUsd } from "../rules/account-value.js";
import { MergedDepth } from "../run/depth.js";
import type { FeedSource } from "../run/layout.js";
import type { Ladder } from "../run/mechanism.js";
import type { VenueLadder } from "../run/venue-ladder.js";

/** An asset as the map needs it. */
export interface MapAsset {
  readonly symbol: string;
  readonly unitDecimals: number;
  /** Fair value at the book's moment, before any shock, in US dollars. */
  readonly spotUsd: number;
}

/** A venue of the map. The map moves its ladder: open one for the map alone. */
export interface MapVenue {
  readonly ladder: VenueLadder;
  readonly instrument: number;
  /** Recovery of used volume per hour; 0 for pools. */
  readonly refillPerHour: number;
}

/** What the map stands on: who is forced (ladders), what absorbs it (venues), and which prices they read (feeds). Indices throughout. */
export interface MapMarket {
  readonly assets: readonly MapAsset[];
  readonly instruments: readonly {
    readonly asset: number;
    readonly quote: number;
    /** Spot unless it says otherwise. */
    readonly market?: "spot" | "perpetual";
  }[];
  readonly venues: readonly MapVenue[];
  readonly feeds: readonly Pick<FeedSource, "asset" | "venues">[];
  readonly ladders: readonly Ladder[];
}

/** All venues of one instrument, with where they stand at the start of a question. */
export interface InstrumentDepth {
  readonly merged: MergedDepth;
  /** Index in `MapMarket.venues` of each of `merged.ladders`. */
  readonly venues: readonly number[];
}

/** The market with the same ladders but one, which is replaced: nothing else is built again. */
export function replaceLadder(market: MapMarket, index: number, ladder: Ladder): MapMarket {
  return { ...market, ladders: market.ladders.map((old, at) => (at === index ? ladder : old)) };
}

/** The venues of each instrument, merged. */
export function mergeVenues(market: MapMarket): readonly InstrumentDepth[] {
  return market.instruments.map((_, instrument) => {
    const merged = new MergedDepth(
      market.venues.filter((venue) => venue.instrument === instrument).map((venue) => venue.ladder),
    );
    const venues = merged.ladders.map((ladder) => market.venues.findIndex((venue) => venue.ladder === ladder));
    return { merged, venues };
  });
}

/** Price of one coin in dollars as the whole steps a feed publishes: rounded down (docs/model.md). */
export function publishedSteps(priceUsd: number): number {
  const steps = Math.floor(priceUsd * stepsPerUsd);
  if (steps > Number.MAX_SAFE_INTEGER) {
    refuseTooLarge(`the map is asked at a price of ${priceUsd} USD a coin; the most is 9.0e7 USD`);
  }
  assert(steps >= 0 && Number.isSafeInteger(steps), `published prices are whole steps, not ${steps}`);
  return steps;
}

/** What every feed publishes when each asset stands at `pricesUsd` everywhere. */
export function publishHeld(market: MapMarket, pricesUsd: ArrayLike<number>, into: Float64Array): Float64Array {
  for (let feed = 0; feed < market.feeds.length; feed++)
    into[feed] = publishedSteps(pricesUsd[market.feeds[feed].asset]);
  return into;
}

/** The largest position of a ladder whose middle price is at least `price` (quote coins); its lowest position where there is none. */
export function positionOfMiddle(ladder: VenueLadder, price: number): number {
  let low = ladder.lowest();
  let high = ladder.highest();
  if (ladder.middle(high) >= price) return high;
  // Invariant: the middle at `low` is at least the price (or low is the end), at `high` below it.
  while (high - low > 1) {
    const middle = Math.floor(low + (high - low) / 2);
    if (ladder.middle(middle) >= price) low = middle;
    else high = middle;
  }
  return low;
}

/** Puts every venue at its start for fair values: order books at balance around them, pools arbitraged to them (docs/model.md). */
export function startVenues(market: MapMarket, fairUsd: ArrayLike<number>, arbitragePools: boolean): void {
  for (const { ladder, instrument } of market.venues) {
    const { asset, quote } = market.instruments[instrument];
    const fair = fairUsd[asset] / fairUsd[quote];
    ladder.follow(fair);
    if (ladder.frame === "follows-fair") ladder.take(0);
    else ladder.take(arbitragePools ? positionOfMiddle(ladder, fair) : 0);
  }
}

/** Spot prices by asset. */
export function spotPrices(market: MapMarket): Float64Array {
  return Float64Array.from(market.assets, (asset) => asset.spotUsd);
}

/** What whole units by instrument are worth at spot before the shock, in dollars. */
export function spotValueUsd(market: MapMarket, instrument: number, units: number): number {
  const asset = market.assets[market.instruments[instrument].asset];
  return (units / powersOfTen[asset.unitDecimals]) * asset.spotUsd;
}
