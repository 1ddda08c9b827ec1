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
    from: z
      .enum(["window", "open"])
      .default("window")
      .describe("open: the move counts from the price at the start of the path (the previous close), not in a window."),
    window: quantity.duration({ above: 0 }).prefault("1 h").describe("How far back the highest price counts."),
    halt: z
      .enum(["venue", "liquidations"])
      .describe("venue: nothing trades on the instrument; liquidations: standing orders are held."),
    haltInstrument: z.string().optional().describe("Halt `venue`: the instrument; by default the watched one."),
    haltInstruments: z
      .array(z.string())
      .max(64)
      .default([])
      .describe("Halt `venue`: more instruments that halt with it (a market-wide halt)."),
    protocol: z.string().optional().describe("Halt `liquidations`: of this protocol alone; by default of all."),
    duration: quantity.duration({ above: 0 }).prefault("15 min").describe("How long the halt lasts."),
    rearm: quantity.duration().default(0).describe("How long after reopening it watches again."),
    rest: z
      .boolean()
      .default(false)
      .describe("true: once tripped it halts to the end of the path, whatever `duration`."),
    before: quantity
      .duration({ above: 0 })
      .optional()
      .describe("From the start of the path: it does not trip from then on (15:25 at the exchange)."),
    trips: quantity
      .number({ whole: true, least: 1, most: 1_000_000 })
      .default(1_000_000)
      .describe("How often it can trip."),
  })
  .transform(
    ({ kind: _, window, duration, rearm, before, ...params }): CircuitBreakerParams => ({
      ...params,
      beforeMs: before ?? null,
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
  /** What the move counts from: the extreme of the window, or the price at the start of the path. */
  readonly from: "window" | "open";
  readonly windowMs: number;
  readonly halt: "venue" | "liquidations";
  readonly haltInstrument?: string;
  readonly haltInstruments: readonly string[];
  readonly protocol?: string;
  /** Once tripped it halts to the end of the path. */
  readonly rest: boolean;
  /** From this time of the path on it does not trip; null: it always may. */
  readonly beforeMs: number | null;
  readonly durationMs: number;
  readonly rearmMs: number;
  readonly trips: number;
}
