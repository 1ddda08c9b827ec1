import { z } from "zod";
import type { Book } from "../../book/book.js";
import { quantity } from "../../book/index.js";
import type { Layout, Publish } from "../../run/index.js";

/** How a scenario writes the index an oracle reads: venues with their weights, sorted by id. */
export const weightedVenues = z
  .record(z.string(), quantity.number({ above: 0 }))
  .default({})
  .describe("By venue: its weight in the index. Without any: all venues of the asset's instrument.")
  .transform((venues) =>
    Object.keys(venues)
      .sort()
      .map((venue) => ({ venue, weight: venues[venue] })),
  );

/** The venues an oracle reads for an asset: those named, or all of its first spot instrument (else perpetual), equally weighted. */
export function venuesOfAsset(
  book: Book,
  layout: Layout,
  asset: number,
  named: readonly { readonly venue: string; readonly weight: number }[],
): readonly { readonly venue: number; readonly weight: number }[] {
  const chosen = named
    .map((one) => ({ venue: layout.venueIndex(one.venue), weight: one.weight, id: one.venue }))
    .filter(
      (one) => book.instruments[book.venues.find((venue) => venue.id === one.id)?.instrument ?? -1]?.asset === asset,
    );
  if (chosen.length > 0) return chosen.map(({ venue, weight }) => ({ venue, weight }));
  for (const market of ["spot", "perpetual"] as const) {
    for (let index = 0; index < book.instruments.length; index++) {
      if (book.instruments[index].asset !== asset || book.instruments[index].market !== market) continue;
      const all = layout.venuesOf(index);
      if (all.length > 0) return all.map((venue) => ({ venue, weight: 1 }));
    }
  }
  return [];
}

/** Weighted average of venues' middle prices in dollars; fair value where there is no venue. */
export function indexPrice(
  venues: readonly { readonly venue: number; readonly weight: number }[],
  asset: number,
  at: Publish,
): number {
  if (venues.length === 0) return at.fair(asset);
  if (venues.length === 1) return at.venuePriceUsd(venues[0].venue);
  let sum = 0;
  let weights = 0;
  for (const { venue, weight } of venues) {
    sum += weight * at.venuePriceUsd(venue);
    weights += weight;
  }
  return sum / weights;
}
