import { z } from "zod";
import { quantity } from "../../book/index.js";
import type { CheckContext, Fault } from "../definition.js";

/** What becomes of implied volatility when the price moves: Derman's three regimes. */
export const regimes = ["sticky-strike", "sticky-delta", "local"] as const;

/** How a scenario writes a surface of implied volatility. */
export const impliedVolatilitySchema = z
  .strictObject({
    kind: z.literal("implied-volatility"),
    asset: z.string().describe("The asset whose options are meant."),
    oracle: z.string().default("spot").describe("Oracle whose price people get used to, where `decay` is given."),
    atm: quantity
      .share({ bare: true, above: 0, most: 10 })
      .describe("Volatility per year at the money at the start, for options that are opened later."),
    skew: quantity
      .number({ least: 0, most: 10 })
      .default(0)
      .describe("Fall of volatility per unit of ln strike: 0.2 is 2 points more at a strike 10 % lower."),
    regime: z
      .enum(regimes)
      .default("sticky-strike")
      .describe(
        "An option's volatility when the price falls: stays (sticky-strike), falls with the skew (sticky-delta), rises with it (local).",
      ),
    spike: quantity
      .share({ bare: true })
      .default(0)
      .describe("Volatility added per 1 % of log fall below the opening price; an assumption in every scenario."),
    decay: quantity
      .duration({ above: 0 })
      .optional()
      .describe("Half-life of what a spike, a jump and a purchase add; without: they stay."),
    jumps: z
      .array(
        z.strictObject({
          at: quantity.duration().describe("From the start of the path."),
          by: quantity.share({ bare: true, least: -10, most: 10 }).describe("Volatility added, or taken away."),
        }),
      )
      .max(1000)
      .default([])
      .describe("What moves volatility from outside, whatever the price does."),
    demand: quantity
      .share({ bare: true, most: 1e6 })
      .default(0)
      .describe("Volatility added per million USD of vega (per point of volatility) that insurers and dealers buy."),
    most: quantity.share({ bare: true, above: 0, most: 100 }).default(3).describe("Nothing raises volatility beyond."),
  })
  .transform(({ kind: _, decay, jumps, ...params }): ImpliedVolatilityParams => {
    const ordered = jumps.map(({ at, by }) => ({ atMs: at, by })).sort((a, b) => a.atMs - b.atMs);
    return { ...params, decayMs: decay ?? null, jumps: ordered };
  });

/** A surface's parameters with every default filled in; volatilities per square root of a year as shares. */
export interface ImpliedVolatilityParams {
  readonly asset: string;
  readonly oracle: string;
  readonly atm: number;
  /** Fall of volatility per unit of ln strike. */
  readonly skew: number;
  readonly regime: (typeof regimes)[number];
  /** Added per 1 % of log fall. */
  readonly spike: number;
  readonly decayMs: number | null;
  /** By time. */
  readonly jumps: readonly { readonly atMs: number; readonly by: number }[];
  /** Added per million USD of vega per point. */
  readonly demand: number;
  readonly most: number;
}

/** What is wrong with the parameters beside the rest of the scenario: a level above its own cap. */
export function impliedVolatilityFaults({ atm, most }: ImpliedVolatilityParams, _: CheckContext): Fault[] {
  if (atm <= most) return [];
  const message = `volatility at the money begins at ${atm}, above the most it may be, ${most}`;
  return [{ code: "number-out-of-range", key: "most", message, hint: "write one that is at least `atm`" }];
}
