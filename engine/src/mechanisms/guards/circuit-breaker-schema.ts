import { z } from "zod";
import { quantity } from "../../book/index.js";

/** How a scenario writes a circuit breaker. */
export const circuitBreakerSchema = z
  .strictObject({
    kind: z.literal("circuit-breaker"),
    instrument: z.string().optional().describe("Watches the middle of this instrument's merged depth ..."),
    asset: z.string().optional().describe("... or what an oracle publishes for this asset."),
    oracle: z.string().default("spot").describe("The oracle that is watched for `asset`."),
    move: quantity.move().describe("Trips when the price stands this far from its highest (lowest) in the window."),
    window: quantity.duration({ above: 0 }).prefault("1 h").describe("How far back the highest price counts."),
    halt: z
      .enum(["venue", "liquidations"])
      .describe("venue: nothing trades on the instrument; liquidations: standing orders are held."),
    haltInstrument: z.string().optional().describe("Halt `venue`: the instrument; by default the watched one."),
    protocol: z.string().optional().describe("Halt `liquidations`: of this protocol alone; by default of all."),
    duration: quantity.duration({ above: 0 }).prefault("15 min").describe("How long the halt lasts."),
    rearm: quantity.duration().default(0).describe("How long after reopening it watches again."),
    trips: quantity
      .number({ whole: true, least: 1, most: 1_000_000 })
      .default(1_000_000)
      .describe("How often it can trip."),
  })
  .transform(
    ({ kind: _, window, duration, rearm, ...params }): CircuitBreakerParams => ({
      ...params,
      windowMs: window,
      durationMs: duration,
      rearmMs: rearm,
    }),
  );

/** A circuit breaker's parameters with every default filled in. */
export interface CircuitBreakerParams {
  readonly instrument?: string;
  readonly asset?: string;
  readonly oracle: string;
  /** Negative: trips on falls; positive: on rises. */
  readonly move: number;
  readonly windowMs: number;
  readonly halt: "venue" | "liquidations";
  readonly haltInstrument?: string;
  readonly protocol?: string;
  readonly durationMs: number;
  readonly rearmMs: number;
  readonly trips: number;
}
