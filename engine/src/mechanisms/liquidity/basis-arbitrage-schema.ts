import { z } from "zod";
import { type Amount, quantity } from "../../book/index.js";

/** How a scenario writes a basis arbitrageur. */
export const basisArbitrageSchema = z
  .strictObject({
    kind: z.literal("basis-arbitrage"),
    instruments: z
      .tuple([z.string(), z.string()])
      .describe("The two instruments of one asset that it links: spot and perpetual, or spot against two quotes."),
    cost: quantity
      .share({ bare: true, below: 1 })
      .default(0)
      .describe("The gap that must remain: fees and funding beyond what the venues' ladders charge."),
    speed: quantity
      .share({ bare: true, above: 0 })
      .default(1)
      .describe(
        "100 %: the gap beyond cost is closed in every round, at once (assumed, not measured). Less: this share per minute.",
      ),
    capital: quantity
      .amount()
      .optional()
      .describe("Bounds the position: coins held against contracts, at fair value; without: unlimited."),
  })
  .transform(({ kind: _, ...params }): BasisArbitrageParams => params);

/** A basis arbitrageur's parameters with every default filled in. */
export interface BasisArbitrageParams {
  readonly instruments: readonly [string, string];
  readonly cost: number;
  /** Share of the gap beyond cost closed per minute; 1: all of it in every round. */
  readonly speed: number;
  readonly capital?: Amount;
}
