import { z } from "zod";
import { type Amount, quantity } from "../../book/index.js";

/** How a scenario writes specialists. */
export const specialistsSchema = z
  .strictObject({
    kind: z.literal("specialists"),
    instrument: z.string().describe("The instrument on which they keep the price orderly."),
    capital: quantity
      .amount()
      .describe("Their own money, in the quote asset; at inventory x price = capital they stop."),
    share: quantity
      .share({ bare: true, above: 0 })
      .default(1)
      .describe("Share of what would hold the price at the band's edge that they trade, in each tick."),
    band: quantity
      .share({ bare: true, below: 1 })
      .prefault("1%")
      .describe("How far from the reference the price may stand before they act. By default assumed."),
    memory: quantity
      .duration()
      .prefault("1 h")
      .describe("The reference follows the price with this time constant; 0 ms: it is the price of the tick before."),
    unwind: quantity
      .rate({ most: 3600 })
      .default(0)
      .describe("How fast they trade their inventory away while the price is within the band."),
  })
  .transform(
    ({ kind: _, memory, unwind, ...params }): SpecialistsParams => ({
      ...params,
      memoryMs: memory,
      unwindPerHour: unwind,
    }),
  );

/** Specialists' parameters with every default filled in. */
export interface SpecialistsParams {
  readonly instrument: string;
  readonly capital: Amount;
  readonly share: number;
  readonly band: number;
  readonly memoryMs: number;
  readonly unwindPerHour: number;
}
