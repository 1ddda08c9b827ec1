import { z } from "zod";
import type { Book } from "../../book/book.js";
import { quantity } from "../../book/index.js";
import type { Layout, Mechanism, Publish } from "../../run/index.js";
import { define } from "../definition.js";
import { oneAccountFalls } from "../demonstrations.js";

/** An oracle without delay: an index over venues with weights, or the spot price of one venue. */
export interface SpotOracleParams {
  /** Empty: every venue of the asset's first instrument, equally weighted; an asset without venues publishes its fair value. */
  readonly venues: readonly { readonly venue: string; readonly weight: number }[];
}

const schema = z
  .strictObject({
    kind: z.literal("spot-oracle"),
    venues: z
      .record(z.string(), quantity.number({ above: 0 }))
      .default({})
      .describe("By venue: its weight in the index. Without any: all venues of the asset's instrument."),
  })
  .transform(
    ({ venues }): SpotOracleParams => ({
      venues: Object.keys(venues)
        .sort()
        .map((venue) => ({ venue, weight: venues[venue] })),
    }),
  );

interface Rows {
  readonly feeds: readonly number[];
  readonly venues: readonly (readonly { readonly venue: number; readonly weight: number }[])[];
}

/** Publishes every asset each round: the weighted average of its venues' middle prices in dollars, rounded down to the feed's step. */
export function spotOracle(name: string, params: SpotOracleParams): Mechanism<Rows> {
  return {
    name,
    open(book: Book, layout: Layout): Rows {
      const venues = book.assets.map((_, asset) => venuesOfAsset(book, layout, asset, params.venues));
      const feeds = venues.map((of, asset) => layout.declareFeed({ oracle: name, asset, venues: of, delayMs: 0 }));
      return { feeds, venues };
    },
    reset(): void {},
    publish(rows: Rows, at: Publish): void {
      for (let asset = 0; asset < rows.feeds.length; asset++)
        at.publish(rows.feeds[asset], indexPrice(rows.venues[asset], asset, at));
    },
  };
}

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

export const spotOracleDefinition = define<SpotOracleParams>({
  kind: "spot-oracle",
  part: "prices",
  summary: "Publishes the venues' spot prices, weighted, without delay.",
  source: "index prices of perpetual exchanges (weighted mid prices of constituent venues); MODEL section 3, point 4",
  schema,
  create: (name, params) => spotOracle(name, params),
  references: (params) => params.venues.map(({ venue }) => ({ key: `venues.${venue}`, kind: "venue", name: venue })),
  demonstration: { scenario: oneAccountFalls(), subject: "spot", measure: "liquidatedAccounts", off: "falls" },
});
