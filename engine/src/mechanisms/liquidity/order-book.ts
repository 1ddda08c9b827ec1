import { z } from "zod";
import type { Book, OrderBookVenue } from "../../book/book.js";
import { quantity } from "../../book/index.js";
import { assert } from "../../book/problem.js";
import { exp } from "../../math/index.js";
import { orderBookCurve } from "../../rules/order-book-curve.js";
import type { Layout, Mechanism, Shock } from "../../run/index.js";
import { OrderBookLadder } from "../../run/ladders.js";
import { tapeKinds } from "../../run/tape.js";
import { define } from "../definition.js";
import { oneAccountFalls } from "../demonstrations.js";
import { quoteScale } from "./quote-scale.js";

const schema = z
  .strictObject({
    kind: z.literal("order-book"),
    venue: z.string().describe("Venue of the book; by default the mechanism's name."),
    depthShare: quantity
      .share({ bare: true, above: 0, most: 100 })
      .default(1)
      .describe("Share of the measured depth that is there."),
    refillShare: quantity.share({ bare: true, most: 100 }).default(1).describe("Share of the measured refill rate."),
  })
  .transform(({ kind: _, ...params }): OrderBookParams => params);

/** An order book measured as a curve relative to fair value; what is used up recovers exponentially. */
export interface OrderBookParams {
  readonly venue: string;
  /** Share of measured depth that is there (a crisis multiplier; 1: as measured). */
  readonly depthShare: number;
  /** Share of the measured refill rate. */
  readonly refillShare: number;
}

interface Rows {
  readonly ladder: OrderBookLadder;
  readonly venue: number;
  readonly maker: number;
  readonly outside: number;
  readonly asset: number;
  readonly quote: number;
  readonly refillPerHour: number;
}

/**
 * An order-book curve from measured levels in the frame `follows-fair` (docs/model.md). In `shock` the used volume decays exponentially (Alfonsi,
 * Fruth and Schied 2010: exponential recovery of volume admits no profitable round trip); makers hand the recovered units to `outside` at the venue's price.
 */
export function orderBook(name: string, params: OrderBookParams): Mechanism<Rows> {
  return {
    name,
    open(book: Book, layout: Layout): Rows {
      const venue = book.venues.find(
        (one): one is OrderBookVenue => one.id === params.venue && one.kind === "order-book",
      );
      assert(venue !== undefined, `order book ${params.venue} is in the book`);
      const scaled = (levels: OrderBookVenue["bids"]) =>
        thinned(
          levels.map((level) => ({
            relativePrice: level.relativePrice,
            units: Math.floor(level.units * params.depthShare),
          })),
        );
      const ladder = new OrderBookLadder(
        venue.id,
        orderBookCurve(scaled(venue.bids), scaled(venue.asks)),
        quoteScale(book, venue.instrument),
      );
      const maker = layout.account(`${name}/makers`, "maker");
      return {
        ladder,
        venue: layout.declareVenue(venue.instrument, ladder, maker, venue.refillPerHour * params.refillShare),
        maker,
        outside: layout.outside,
        asset:
          book.instruments[venue.instrument].market === "perpetual"
            ? layout.contract(venue.instrument)
            : book.instruments[venue.instrument].asset,
        quote: book.instruments[venue.instrument].quote,
        refillPerHour: venue.refillPerHour * params.refillShare,
      };
    },
    reset(rows: Rows): void {
      rows.ladder.used = 0;
    },
    shock(rows: Rows, at: Shock): void {
      const { ladder, refillPerHour } = rows;
      if (ladder.used === 0 || refillPerHour === 0) return;
      const left = Math.trunc(ladder.used * exp((-refillPerHour * at.tickMs) / 3_600_000));
      const recovered = ladder.used - left;
      if (recovered === 0) return;
      handOver(rows, at, recovered);
      ladder.used = left;
      at.recovered(rows.venue, recovered);
      at.record(tapeKinds.refill, rows.venue, 0, recovered, 0, 0);
    },
    clear(rows: Rows, at): void {
      at.quote(rows.venue, rows.ladder);
    },
  };
}

/** Makers pass what recovered to `outside` at the venue's price, both ways. */
function handOver(rows: Rows, at: Shock, recovered: number): void {
  const cash = Math.abs(rows.ladder.cash(rows.ladder.used, rows.ladder.used - recovered));
  at.fund(rows.maker, recovered > 0 ? rows.asset : rows.quote, recovered > 0 ? recovered : cash);
  if (recovered > 0) {
    at.transfer(rows.maker, rows.outside, rows.asset, recovered);
    at.transfer(rows.outside, rows.maker, rows.quote, cash);
  } else {
    at.transfer(rows.outside, rows.maker, rows.asset, -recovered);
    at.transfer(rows.maker, rows.outside, rows.quote, cash);
  }
}

/** Levels whose scaled units stopped rising are left out. */
function thinned(levels: { relativePrice: number; units: number }[]): { relativePrice: number; units: number }[] {
  let before = 0;
  return levels.filter((level) => {
    if (level.units <= before) return false;
    before = level.units;
    return true;
  });
}

export const orderBookDefinition = define<OrderBookParams>({
  kind: "order-book",
  part: "liquidity",
  summary: "Measured depth relative to fair value; what is used up refills exponentially.",
  source: "Alfonsi, Fruth and Schied (2010), exponential recovery of volume; curve log-linear between measured levels",
  schema,
  create: (name, params) => orderBook(name, params),
  references: (params) => [{ key: "venue", kind: "venue", name: params.venue }],
  demonstration: { scenario: oneAccountFalls(), subject: "market", measure: "liquidatedAccounts", off: "falls" },
});
