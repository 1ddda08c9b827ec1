import { z } from "zod";
import type { Book, ConstantProductVenue } from "../../book/book.js";
import { quantity } from "../../book/index.js";
import { assert } from "../../book/problem.js";
import type { Layout, Mechanism, Reset } from "../../run/index.js";
import { PoolLadder } from "../../run/ladders.js";
import { define } from "../definition.js";
import { oneAccountFalls } from "../demonstrations.js";
import { quoteScale } from "./quote-scale.js";

const schema = z
  .strictObject({
    kind: z.literal("constant-product"),
    venue: z.string().describe("Pool of the book; by default the mechanism's name."),
    depthShare: quantity
      .share({ bare: true, above: 0, most: 100 })
      .default(1)
      .describe("Share of the reserves that is there."),
    feeSide: z
      .enum(["out", "in"])
      .default("out")
      .describe(
        "out: the fee is taken from what goes out, outside the invariant. in: from what comes in, as Uniswap v2.",
      ),
  })
  .transform(({ kind: _, ...params }): ConstantProductParams => params);

/** A constant-product pool as the book holds it. */
export interface ConstantProductParams {
  readonly venue: string;
  /** Share of the reserves that is there (1: as measured). */
  readonly depthShare: number;
  readonly feeSide: "out" | "in";
}

interface Rows {
  readonly ladder: PoolLadder;
  readonly venue: number;
  readonly owners: number;
  readonly issuer: number;
  readonly asset: number;
  readonly quote: number;
}

/**
 * A constant-product pool in the frame `absolute`: its reserves are its state and fair value never moves it; arbitrage towards fair value is a
 * mechanism of its own (`pool-arbitrage`). Fees stay with the owners, outside the invariant.
 */
export function constantProduct(name: string, params: ConstantProductParams): Mechanism<Rows> {
  return {
    name,
    open(book: Book, layout: Layout): Rows {
      const venue = book.venues.find(
        (one): one is ConstantProductVenue => one.id === params.venue && one.kind === "constant-product",
      );
      assert(venue !== undefined, `pool ${params.venue} is in the book`);
      const pool = {
        baseUnits: Math.max(1, Math.floor(venue.baseUnits * params.depthShare)),
        quoteUnits: Math.max(1, Math.floor(venue.quoteUnits * params.depthShare)),
      };
      const ladder = new PoolLadder(venue.id, pool, venue.fee, quoteScale(book, venue.instrument), params.feeSide);
      const owners = layout.account(`${name}/owners`, "pool-owners");
      return {
        ladder,
        owners,
        venue: layout.declareVenue(venue.instrument, ladder, owners),
        issuer: layout.issuer,
        asset: book.instruments[venue.instrument].asset,
        quote: book.instruments[venue.instrument].quote,
      };
    },
    reset(rows: Rows, at: Reset): void {
      rows.ladder.sold = 0;
      at.transfer(rows.issuer, rows.owners, rows.asset, rows.ladder.pool.baseUnits);
      at.transfer(rows.issuer, rows.owners, rows.quote, rows.ladder.pool.quoteUnits);
    },
    clear(rows: Rows, at): void {
      at.quote(rows.venue, rows.ladder);
    },
  };
}

export const constantProductDefinition = define<ConstantProductParams>({
  kind: "constant-product",
  part: "liquidity",
  summary: "A constant-product pool: its reserves are its state.",
  source: "Uniswap v2 whitepaper, section 2.1 (x y = k); fee kept outside the invariant",
  schema,
  create: (name, params) => constantProduct(name, params),
  references: (params) => [{ key: "venue", kind: "venue", name: params.venue }],
  // Beside an order book: the pool, kept at fair value by its arbitrageur, takes a share of the sales, so the price falls less.
  demonstration: {
    scenario: oneAccountFalls({
      venues: {
        pool: {
          kind: "constant-product",
          instrument: "ETH/USD",
          layer: "made",
          base: "5000 ETH",
          quote: "10000000 USD",
          fee: "0.3%",
        },
      },
      liquidity: { arbitrage: { kind: "pool-arbitrage", venue: "pool" } },
    }),
    subject: "pool",
    measure: "lowestPriceShare",
    off: "falls",
  },
});
