import { z } from "zod";
import { quantity } from "../../../book/index.js";
import type { CheckContext, Fault } from "../../definition.js";
import { type HedgedNames, hedgedFaults, hedgedReferences } from "./hedged-faults.js";

/** How a scenario writes insurers who hedge with perpetual shorts. */
export const perpetualHedgeSchema = z
  .strictObject({
    kind: z.literal("perpetual-hedge"),
    positions: z
      .string()
      .describe(
        "Position table with `risky ETH` and, if they have any, `cash USD`; the shorts are rows of the same accounts in the exchange's table. By default the mechanism's name.",
      ),
    exchange: z.string().describe("The perpetual exchange on which the shorts are held: the name of its mechanism."),
    instrument: z.string().describe("The spot instrument on which coins are sold where no short protects them."),
    oracle: z.string().default("spot").describe("Oracle by which wealth is measured."),
    hedge: quantity
      .share({ bare: true })
      .default(0)
      .describe("Share of the coins, those that are margin included, that is hedged at least."),
    floor: quantity
      .share({ bare: true })
      .optional()
      .describe(
        "Floor as a share of opening wealth: the hedge grows as the cushion above it shrinks; without: it does not.",
      ),
    multiplier: quantity
      .number({ above: 0, most: 100 })
      .default(4)
      .describe("With a floor: unhedged dollars per dollar of cushion, at most."),
    margin: quantity
      .share({ bare: true, above: 0, most: 10 })
      .default(0.2)
      .describe(
        "What a short has behind it at least, as a share of its value: topped up with coins (or cash, as the exchange takes it).",
      ),
    band: quantity
      .share({ bare: true })
      .default(0.01)
      .describe("Deviation from the exposure wanted, as a share of wealth, up to which nothing is traded."),
    every: quantity
      .duration()
      .prefault("0 ms")
      .describe("Hedges at multiples of this duration, once; 0: in every round."),
    deleveraged: z
      .enum(["rehedge", "sell"])
      .default("rehedge")
      .describe("When the exchange closes shorts against bankrupt longs: short again, or sell the coins."),
    announced: quantity
      .share({ bare: true })
      .default(0)
      .describe("Share of its orders that everybody is told of beforehand; only `observed-supply` answers to it."),
    fallback: z
      .enum(["sell", "hold"])
      .default("sell")
      .describe(
        "Where the margin does not suffice for the short that is wanted: sell the coins, or hold them unprotected.",
      ),
  })
  .transform(
    ({ kind: _, hedge, floor, margin, band, every, ...params }): PerpetualHedgeParams => ({
      ...params,
      hedgeShare: hedge,
      floorShare: floor ?? null,
      marginShare: margin,
      bandShare: band,
      everyMs: every,
    }),
  );

/** Parameters of insurers with perpetual shorts, with every default filled in. */
export interface PerpetualHedgeParams extends HedgedNames {
  readonly oracle: string;
  readonly hedgeShare: number;
  /** null: the hedge does not grow with losses. */
  readonly floorShare: number | null;
  readonly multiplier: number;
  readonly marginShare: number;
  readonly bandShare: number;
  readonly everyMs: number;
  readonly deleveraged: "rehedge" | "sell";
  readonly announced: number;
  readonly fallback: "sell" | "hold";
}

/** Names in the parameters that must exist. */
export function perpetualHedgeReferences(params: PerpetualHedgeParams) {
  return [...hedgedReferences(params), { key: "oracle", kind: "oracle" as const, name: params.oracle }];
}

/** What is wrong with the parameters beside a book. */
export function perpetualHedgeFaults(params: PerpetualHedgeParams, context: CheckContext): Fault[] {
  const faults = hedgedFaults(params, context);
  if (params.everyMs % context.tickMs !== 0) {
    faults.push({
      code: "duration-no-multiple",
      key: "every",
      message: `${params.everyMs} ms is no whole number of ticks of ${context.tickMs} ms`,
      hint: "make it a multiple of the tick",
    });
  }
  return faults;
}
