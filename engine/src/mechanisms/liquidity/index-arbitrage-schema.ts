import { z } from "zod";
import { type Amount, quantity } from "../../book/index.js";

/** How a scenario writes an index arbitrageur. */
export const indexArbitrageSchema = z
  .strictObject({
    kind: z.literal("index-arbitrage"),
    cash: z.string().describe("The spot instrument: the basket of the index."),
    futures: z.string().describe("The contract on the same asset, a `perpetual` instrument in the same quote asset."),
    cost: quantity
      .share({ bare: true, below: 1 })
      .prefault("0.5%")
      .describe("Band of costs: the gap from the fair basis that must remain. By default assumed, not measured."),
    capital: quantity
      .amount()
      .describe("Its own money, in the quote asset: bounds the position at fair value, and pays what is lost."),
    speed: quantity
      .share({ bare: true, above: 0 })
      .default(1)
      .describe("100 %: the gap beyond cost is closed in every round, at once. Less: this share per minute."),
    carry: quantity
      .share({ bare: true, least: -1, most: 1 })
      .default(0)
      .describe("Interest rate less dividend yield, per year: the fair future is cash x exp(carry x years to expiry)."),
    expiry: quantity.duration().default(0).describe("From the start of the path to the futures' expiry."),
    reads: z
      .string()
      .optional()
      .describe("The oracle whose price of the asset it takes for the cash price; by default the cash market itself."),
    until: quantity
      .duration()
      .optional()
      .describe("From the start of the path: no new trades from then on. Cash orders on their way still come."),
    late: quantity
      .share({ bare: true })
      .default(0)
      .describe("Share of each trade whose cash leg comes later than its futures leg."),
    cashDelay: quantity.duration().default(0).describe("How much later those cash orders come."),
  })
  .transform(
    ({ kind: _, expiry, until, cashDelay, ...params }): IndexArbitrageParams => ({
      ...params,
      expiryMs: expiry,
      untilMs: until ?? null,
      cashDelayMs: cashDelay,
    }),
  );

/** An index arbitrageur's parameters with every default filled in. */
export interface IndexArbitrageParams {
  readonly cash: string;
  readonly futures: string;
  readonly cost: number;
  readonly capital: Amount;
  /** Share of the gap beyond cost closed per minute; 1: all of it in every round. */
  readonly speed: number;
  /** Per year. */
  readonly carry: number;
  readonly expiryMs: number;
  readonly reads?: string;
  /** null: to the end of the path. */
  readonly untilMs: number | null;
  readonly late: number;
  readonly cashDelayMs: number;
}
