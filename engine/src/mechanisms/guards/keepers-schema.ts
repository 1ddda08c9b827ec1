import { z } from "zod";
import { type Amount, quantity } from "../../book/index.js";

const routes = z.enum(["atomic", "hold", "hedge"]);

const written = {
  capital: quantity.amount().describe("What it owns at the start; profits and losses are booked in this asset."),
  leastProfit: quantity.usd().describe("A liquidation that pays less than this, after gas, is not done."),
  leastProfitShare: quantity
    .share({ bare: true })
    .describe("The same, as a share of what is repaid; the larger of the two counts."),
  gas: quantity.number({ whole: true, least: 0, most: 1e9 }).describe("Units of gas of one liquidation."),
  latency: quantity.duration().describe("How long an order must have stood before this keeper sees it; whole ticks."),
  route: routes.describe("atomic: sold in the same round; hold: kept and sold over time; hedge: kept, perpetual sold."),
  holdShare: quantity.share({ bare: true }).describe("Route hold: the share kept; the rest is sold at once."),
  hedge: z.string().describe("Route hedge: the perpetual instrument that is sold first."),
  unwind: quantity.duration().describe("Routes hold and hedge: how long the sale of what is kept takes; whole ticks."),
};

/** How a scenario writes keepers: what all have in common, and either how many they are or a list of what each has otherwise. */
export const keepersSchema = z
  .strictObject({
    kind: z.literal("keepers"),
    gasAsset: z.string().default("ETH").describe("Asset in which the chain's gas is paid."),
    capital: written.capital,
    leastProfit: written.leastProfit.default(0),
    leastProfitShare: written.leastProfitShare.default(0),
    gas: written.gas.default(400_000),
    latency: written.latency.default(0),
    route: written.route.default("atomic"),
    holdShare: written.holdShare.default(1),
    hedge: written.hedge.optional(),
    unwind: written.unwind.prefault("1 h"),
    count: quantity
      .number({ whole: true, least: 1, most: 1000 })
      .default(1)
      .describe("Keepers alike, each with this capital."),
    keepers: z
      .array(
        z.strictObject({
          capital: written.capital.optional(),
          leastProfit: written.leastProfit.optional(),
          leastProfitShare: written.leastProfitShare.optional(),
          gas: written.gas.optional(),
          latency: written.latency.optional(),
          route: routes.optional().describe("As above, for this keeper alone."),
          holdShare: written.holdShare.optional(),
          hedge: written.hedge.optional(),
          unwind: written.unwind.optional(),
        }),
      )
      .max(1000)
      .optional()
      .describe("Keepers one by one, in the order in which they are asked; what one does not say is as above."),
  })
  .transform(({ kind: _, gasAsset, count, keepers, ...common }): KeepersParams => {
    const each = keepers ?? Array.from({ length: count }, () => ({}));
    return { gasAsset, keepers: each.map((own) => keeperOf({ ...common, ...stated(own) })) };
  });

/** One keeper with every default filled in. */
export interface KeeperParams {
  readonly capital: Amount;
  readonly leastProfitUsd: number;
  readonly leastProfitShare: number;
  /** Units of gas of one liquidation. */
  readonly gas: number;
  readonly latencyMs: number;
  readonly route: "atomic" | "hold" | "hedge";
  readonly holdShare: number;
  /** Perpetual instrument of the route `hedge`. */
  readonly hedge?: string;
  readonly unwindMs: number;
}

/** Keepers in the order in which they are asked. */
export interface KeepersParams {
  readonly gasAsset: string;
  readonly keepers: readonly KeeperParams[];
}

interface WrittenKeeper extends Omit<KeeperParams, "leastProfitUsd" | "latencyMs" | "unwindMs"> {
  readonly leastProfit: number;
  readonly latency: number;
  readonly unwind: number;
}

function keeperOf({ leastProfit, latency, unwind, ...same }: WrittenKeeper): KeeperParams {
  return { ...same, leastProfitUsd: leastProfit, latencyMs: latency, unwindMs: unwind };
}

/** Only what an author wrote: an absent key must not hide what all have in common. */
function stated(own: Partial<WrittenKeeper>): Partial<WrittenKeeper> {
  return Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
}
