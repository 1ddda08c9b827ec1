import type { MapMarket, MapVenue } from "./market.js";
import { positionOfMiddle } from "./market.js";

/** Milliseconds in an hour. */
const hourMs = 3_600_000;

/**
 * Whole units one venue absorbs (direction -1: buys; 1: sells) while its middle price goes from `from` to `to` (quote coins), around fair value
 * `from`: an order book from balance, a pool from where arbitrage put it. An order book's units recover meanwhile: times (1 + refill x h), at
 * most all it has. docs/model.md: the A of `gain`.
 */
export function absorbedFromBalance(venue: MapVenue, from: number, to: number, horizonMs: number): number {
  const { ladder } = venue;
  ladder.follow(from);
  if (ladder.frame === "absolute") return Math.abs(positionOfMiddle(ladder, to) - positionOfMiddle(ladder, from));
  return refilled(venue, Math.abs(positionOfMiddle(ladder, to)), to < from, horizonMs);
}

/** The same from where the venue stands at a landing: `position` units taken, fair value `fair`, until its middle reaches `to`. */
export function absorbedFromLanding(
  venue: MapVenue,
  fair: number,
  position: number,
  to: number,
  down: boolean,
  horizonMs: number,
): number {
  const { ladder } = venue;
  ladder.follow(fair);
  const reached = positionOfMiddle(ladder, to);
  const units = down ? Math.max(0, reached - position) : Math.max(0, position - reached);
  return ladder.frame === "absolute" ? units : refilled(venue, units, down, horizonMs);
}

function refilled(venue: MapVenue, units: number, down: boolean, horizonMs: number): number {
  const inventory = down ? venue.ladder.highest() : -venue.ladder.lowest();
  return Math.max(units, Math.min(inventory, units * (1 + venue.refillPerHour * (horizonMs / hourMs))));
}

/** Units of an asset that all its venues absorb from balance while it goes from `fromUsd` to `toUsd`, other assets at `pricesUsd`. */
export function assetDepth(
  market: MapMarket,
  asset: number,
  fromUsd: number,
  toUsd: number,
  pricesUsd: ArrayLike<number>,
  horizonMs: number,
): number {
  let units = 0;
  for (const venue of market.venues) {
    const instrument = market.instruments[venue.instrument];
    if (instrument.asset !== asset) continue;
    const quoteUsd = pricesUsd[instrument.quote];
    units += absorbedFromBalance(venue, fromUsd / quoteUsd, toUsd / quoteUsd, horizonMs);
  }
  return units;
}
