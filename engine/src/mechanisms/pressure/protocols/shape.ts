import { z } from "zod";
import type { Market } from "../../definition.js";

export { interestRate, liquidityShape, thresholdRamps } from "../lending/market-schema.js";

/** The keys that every named lending protocol and exchange has; a definition spreads them into its schema. */
export function protocolShape<Id extends string>(id: Id) {
  return {
    protocol: z.literal(id),
    positions: z.string().describe("Position table in the book; by default the mechanism's name."),
    oracle: z.string().default("spot").describe("Oracle whose prices it reads."),
    basis: z
      .enum(["measured", "borrowed", "assumed"])
      .optional()
      .describe(
        "What the terms rest on; by default borrowed (another date's) where they are a shipped market's, assumed where they are written here.",
      ),
  };
}

/** The key `market` of a protocol that ships markets: terms written beside it stand above the market's. */
export function marketKey(markets: readonly Market[]) {
  const names = markets.map(({ name }) => name) as [string, ...string[]];
  return z
    .enum(names)
    .optional()
    .describe("Shipped market whose terms hold where none are written here; `firebreak protocols` lists them.");
}
