import { z } from "zod";
import type { Book } from "../../book/book.js";
import { quantity } from "../../book/index.js";
import type { Layout, Mechanism, Publish } from "../../run/index.js";
import { define } from "../definition.js";
import { oneAccountFalls } from "../demonstrations.js";
import { indexPrice, venuesOfAsset } from "./index-price.js";

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

export const spotOracleDefinition = define<SpotOracleParams>({
  kind: "spot-oracle",
  part: "prices",
  summary: "Publishes the venues' spot prices, weighted, without delay.",
  source: "index prices of perpetual exchanges (weighted mid prices of constituent venues); docs/model.md",
  schema,
  create: (name, params) => spotOracle(name, params),
  references: (params) => params.venues.map(({ venue }) => ({ key: `venues.${venue}`, kind: "venue", name: venue })),
  demonstration: {
    scenario: oneAccountFalls(),
    subject: "spot",
    measure: "liquidatedAccounts",
    off: "falls",
    // Prices that come as late as the path is long: nobody sees the fall.
    instead: { kind: "delayed-oracle", delay: "2 h" },
  },
});
