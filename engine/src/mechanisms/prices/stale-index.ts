import { z } from "zod";
import type { Book } from "../../book/book.js";
import { quantity } from "../../book/index.js";
import { exp } from "../../math/index.js";
import type { Layout, Mechanism, Publish } from "../../run/index.js";
import { type CheckContext, define, type Fault } from "../definition.js";
import { oneAccountFalls } from "../demonstrations.js";
import { indexPrice, venuesOfAsset, weightedVenues } from "./index-price.js";

/** An index of last trades, some of which are old, and of constituents that have not opened yet. */
export interface StaleIndexParams {
  /** Empty: every venue of the asset's first instrument, equally weighted; an asset without venues publishes its fair value. */
  readonly venues: readonly { readonly venue: string; readonly weight: number }[];
  /** Only this asset's index is stale, the others are published as they stand; null: all are stale. */
  readonly asset: string | null;
  /** Mean age of the last trades. */
  readonly stalenessMs: number;
  /** Share of the index's opening value that has not opened at the start. */
  readonly unopened: number;
  /** When the last of those opens, from the start of the path. */
  readonly opensMs: number;
}

const schema = z
  .strictObject({
    kind: z.literal("stale-index"),
    asset: z.string().optional().describe("The index; other assets are published as they stand. Without: every asset."),
    staleness: quantity.duration().describe("Mean age of the constituents' last trades. 0 ms: none is old."),
    unopened: quantity
      .share({ bare: true, below: 1 })
      .default(0)
      .describe("Share of the index that has not opened at the start and stands at its opening price."),
    opens: quantity.duration().default(0).describe("They open one after the other, evenly over this time."),
    venues: weightedVenues,
  })
  .transform(
    ({ venues, asset, staleness, unopened, opens }): StaleIndexParams => ({
      venues,
      asset: asset ?? null,
      stalenessMs: staleness,
      unopened,
      opensMs: opens,
    }),
  );

interface Rows {
  readonly feeds: readonly number[];
  readonly venues: readonly (readonly { readonly venue: number; readonly weight: number }[])[];
  readonly stale: readonly boolean[];
  /** Share of last trades that are still the last after one tick. */
  readonly kept: number;
  /** By asset, in dollars: the price at the start, and what the opened constituents add to the index. */
  readonly opening: Float64Array;
  readonly opened: Float64Array;
}

/**
 * Publishes in every round (1 - u) E + u P0: E the opened constituents at their last trades, u the share that has not opened, P0 the opening price. In each tick
 * a share 1 - exp(-tick / staleness) of the opened constituents trades at the true price, and those that open do. With trades that come at random at a
 * constant rate, the ages of last trades are exponential with mean `staleness`. Sources: Fisher 1966; Lo and MacKinlay 1990 (nonsynchronous trading).
 */
export function staleIndex(name: string, params: StaleIndexParams): Mechanism<Rows> {
  return {
    name,
    open: (book, layout) => openRows(name, params, book, layout),
    reset(): void {},
    publish(rows: Rows, at: Publish): void {
      const atStart = at.endOfTick && at.timeMs === 0;
      for (let asset = 0; asset < rows.feeds.length; asset++) {
        const price = indexPrice(rows.venues[asset], asset, at);
        if (atStart) {
          rows.opening[asset] = price;
          rows.opened[asset] = price * (1 - unopenedAt(params, 0));
        }
        at.publish(
          rows.feeds[asset],
          atStart || !rows.stale[asset] ? price : lastTrades(rows, params, asset, price, at),
        );
      }
    },
  };
}

function openRows(name: string, params: StaleIndexParams, book: Book, layout: Layout): Rows {
  const venues = book.assets.map((_, asset) => venuesOfAsset(book, layout, asset, params.venues));
  const stale = book.assets.map(({ symbol }) => params.asset === null || params.asset === symbol);
  return {
    feeds: venues.map((of, asset) =>
      layout.declareFeed({ oracle: name, asset, venues: of, delayMs: stale[asset] ? params.stalenessMs : 0 }),
    ),
    venues,
    stale,
    kept: params.stalenessMs === 0 ? 0 : exp(-layout.tickMs / params.stalenessMs),
    opening: new Float64Array(venues.length),
    opened: new Float64Array(venues.length),
  };
}

/** Share of the index that has not opened at a moment. */
function unopenedAt({ unopened, opensMs }: StaleIndexParams, timeMs: number): number {
  return timeMs >= opensMs ? 0 : unopened * (1 - timeMs / opensMs);
}

/** The index with this tick's trades at `price`; the last word of the tick is kept. */
function lastTrades(rows: Rows, params: StaleIndexParams, asset: number, price: number, at: Publish): number {
  const before = unopenedAt(params, at.timeMs - at.tickMs);
  const now = unopenedAt(params, at.timeMs);
  const old = rows.kept * rows.opened[asset];
  const traded = ((1 - rows.kept) * (1 - before) + (before - now)) * price;
  if (at.endOfTick) rows.opened[asset] = old + traded;
  return old + traded + now * rows.opening[asset];
}

function check({ unopened, opensMs }: StaleIndexParams, _: CheckContext): readonly Fault[] {
  if (unopened > 0 === opensMs > 0) return [];
  const message = "`unopened` and `opens` only say something together";
  return [{ code: "value-missing", key: unopened > 0 ? "opens" : "unopened", message, hint: "write both, or neither" }];
}

export const staleIndexDefinition = define<StaleIndexParams>({
  kind: "stale-index",
  part: "prices",
  summary: "Publishes an index of last trades: part of them old, part of its constituents not open yet.",
  source: "Fisher 1966; Lo and MacKinlay 1990 (nonsynchronous trading); docs/model.md",
  schema,
  create: (name, params) => staleIndex(name, params),
  references: ({ venues, asset }) => [
    ...venues.map(({ venue }) => ({ key: `venues.${venue}`, kind: "venue" as const, name: venue })),
    ...(asset === null ? [] : [{ key: "asset", kind: "asset" as const, name: asset }]),
  ],
  check,
  demonstration: {
    scenario: oneAccountFalls({
      prices: {
        index: { kind: "stale-index", asset: "ETH", staleness: "30 min", unopened: "20%", opens: "1 h" },
        spot: { kind: "spot-oracle" },
      },
      pressure: { lender: { kind: "lending", oracle: "index", threshold: { ETH: "85%" }, bonus: { ETH: "5%" } } },
    }),
    subject: "index",
    // Seen at once, more is liquidated within the two hours.
    measure: "seizedUsd",
    off: "rises",
    instead: { kind: "spot-oracle" },
  },
});
