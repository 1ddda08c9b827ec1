import { z } from "zod";
import { isProblem, quantity, unitsOf } from "../../book/index.js";
import { word } from "../../book/schema.js";
import { log } from "../../math/index.js";
import type { Between } from "./recorded-path.js";

/** How a known sale moved the price, as declared: ln price falls by `logPerCoin` a coin, and that recovers exponentially. */
export interface DeclaredImpact {
  readonly asset: string;
  readonly logPerCoin: number;
  readonly recoveryPerHour: number;
  /** The asset in which `per` was written; it must be `asset`. */
  readonly perAsset: string;
}

/** A recorded path's parameters with every default filled in. */
export interface RecordedParams {
  readonly series: string;
  /** Assets with their tables; empty: every asset of the book that the series has candles of, or else prices. */
  readonly assets: readonly { readonly asset: string; readonly table: string }[];
  readonly between: Between;
  /** Percentile column of the series' gas table (`p60`), or null. */
  readonly gasColumn: string | null;
  /** Gas price throughout, in gwei, or null. */
  readonly gasGwei: number | null;
  readonly treatment: "unadjusted" | "net";
  /** What `net` takes out; null where it is not declared. */
  readonly net: RecordedNet | null;
}

/** Which known sales `net` takes out of the price, and how they are taken to have moved it. */
export interface RecordedNet {
  readonly events: string;
  readonly kinds: readonly string[];
  readonly impact: readonly DeclaredImpact[];
}

/** An amount of any asset is read to six decimals: more than a declared impact deserves. */
const coinDecimals = 6;

const impact = z
  .strictObject({
    per: quantity.amount().describe("The size of a sale of which the move is known."),
    move: quantity
      .move()
      .describe("The move that such a sale makes; smaller and larger ones in proportion, in log price."),
    recovery: quantity.rate().default(0).describe("How fast the move recovers, exponentially; 0: never."),
  })
  .transform(({ per, move, recovery }, context) => {
    const units = unitsOf(per, coinDecimals, "");
    if (isProblem(units) || units === 0) {
      const fault = isProblem(units)
        ? units
        : { message: "a sale of nothing moves nothing", code: "number-out-of-range", hint: "write an amount above 0" };
      context.addIssue({ code: "custom", message: fault.message, params: { code: fault.code, hint: fault.hint } });
      return z.NEVER;
    }
    return {
      logPerCoin: log(1 + move) / (units / 1e6),
      recoveryPerHour: recovery,
      perAsset: per.asset,
    };
  });

/** How a scenario writes a recorded path. */
export const recordedSchema = z
  .strictObject({
    kind: z.literal("recorded"),
    series: word.reference("The recorded series, by its name in the scenario.", "day"),
    assets: z
      .record(z.string(), z.string())
      .default({})
      .describe("By asset: the series' table. Without any: each asset's candles, or else its prices."),
    between: z
      .enum(["log-linear", "step"])
      .default("log-linear")
      .describe("From one recorded point to the next: straight in log price, or a step when the next one comes."),
    gasColumn: z.enum(["p30", "p60", "p90", "p100"]).optional().describe("Percentile of the series' gas table."),
    gas: quantity.gwei().optional().describe("Gas price throughout, where the series has none."),
    treatment: z
      .enum(["unadjusted", "net"])
      .default("unadjusted")
      .describe(
        "unadjusted: the record, its day's forced sales included, is fair value. net: known sales are taken out.",
      ),
    net: z
      .strictObject({
        events: z.string().default("events").describe("Table of the series with the known sales."),
        kinds: z.array(z.string()).min(1).default(["liquidate"]).describe("Kinds of its rows that are sales."),
        impact: z.record(z.string(), impact).describe("By asset: the declared impact of a sale."),
      })
      .optional()
      .describe("What `treatment: net` takes out of the recorded price."),
  })
  .transform(
    ({ series, assets, between, gasColumn, gas, treatment, net }): RecordedParams => ({
      series,
      assets: sorted(assets).map(([asset, table]) => ({ asset, table })),
      between,
      gasColumn: gasColumn ?? null,
      gasGwei: gas ?? null,
      treatment,
      net:
        net === undefined
          ? null
          : {
              events: net.events,
              kinds: net.kinds,
              impact: sorted(net.impact).map(([asset, declared]) => ({ asset, ...declared })),
            },
    }),
  );

function sorted<Value>(table: Readonly<Record<string, Value>>): [string, Value][] {
  return Object.entries(table).sort(([left], [right]) => (left < right ? -1 : 1));
}
