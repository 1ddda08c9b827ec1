import { MergedDepth } from "../../engine/src/run/depth.js";
import type { VenueLadder } from "../../engine/src/run/venue-ladder.js";
import { type ReferenceProtocol, referenceForced } from "./lending-reference.js";

/** A one-asset cascade over plain objects: asset 0 against asset 1, one instrument, the feed the plain average of all venues. */
export interface ReferenceCascade {
  readonly protocols: readonly ReferenceProtocol[];
  readonly venues: readonly VenueLadder[];
  readonly fairUsd: number;
  readonly saleUnits: number;
}

/** Published price (steps) when the venues have been asked for `units` in all. */
export function priceAfter(cascade: ReferenceCascade, units: number): number {
  const merged = new MergedDepth(cascade.venues);
  const absorbed = units >= 0 ? Math.min(units, merged.capacity(1)) : -Math.min(-units, merged.capacity(-1));
  const allotted = [...merged.allot(absorbed)];
  let sum = 0;
  // In the order in which the feed lists its venues.
  for (const venue of cascade.venues) sum += venue.middle(allotted[merged.ladders.indexOf(venue)]);
  const price = cascade.venues.length === 1 ? cascade.venues[0].middle(allotted[0]) : sum / cascade.venues.length;
  return Math.floor(price * 1e8);
}

/** Units forced at a published price. */
export function forcedAt(cascade: ReferenceCascade, steps: number): number {
  let units = 0;
  for (const protocol of cascade.protocols) units += referenceForced(protocol, [steps, 1e8], 1).sold[0];
  return units;
}

/** Rounds from below (start: nothing forced) or above (start: everything) until nothing changes. */
export function rest(cascade: ReferenceCascade, start: number): { units: number; steps: number; waves: number } {
  let units = start;
  for (let waves = 0; ; waves++) {
    const steps = priceAfter(cascade, cascade.saleUnits + units);
    const forced = forcedAt(cascade, steps);
    if (forced === units) return { units, steps, waves };
    units = forced;
  }
}
