import { z } from "zod";
import { quantity } from "../../../book/index.js";
import type { CheckContext, Fault } from "../../definition.js";
import { type HedgedNames, hedgedFaults } from "./hedged-faults.js";

/** How a scenario writes delta-neutral books. */
export const deltaNeutralSchema = z
  .strictObject({
    kind: z.literal("delta-neutral"),
    positions: z
      .string()
      .describe(
        "Position table with `risky ETH`; the shorts are rows of the same accounts in the exchange's table. By default the mechanism's name.",
      ),
    exchange: z.string().describe("The perpetual exchange on which the shorts are held: the name of its mechanism."),
    instrument: z.string().describe("The spot instrument on which coins are sold."),
    band: quantity
      .share({ bare: true })
      .default(0.001)
      .describe("Coins without a short, as a share of the opening coins, up to which nothing is done."),
    sells: quantity
      .share({ bare: true })
      .default(1)
      .describe("Share of the coins that have lost their short which is sold; the rest is kept unhedged."),
    over: quantity.duration().prefault("1 h").describe("Time over which they are sold, evenly; 0: at once."),
    patience: quantity
      .duration()
      .optional()
      .describe("How long funding may be negative before both legs are given up; without: for ever."),
    unwinds: quantity
      .share({ bare: true })
      .default(1)
      .describe("Share of the book that is then given up: coins sold, shorts bought back, over the same time."),
  })
  .transform(
    ({ kind: _, band, over, patience, ...params }): DeltaNeutralParams => ({
      ...params,
      bandShare: band,
      overMs: over,
      patienceMs: patience ?? null,
    }),
  );

/** Parameters of delta-neutral books with every default filled in. */
export interface DeltaNeutralParams extends HedgedNames {
  readonly bandShare: number;
  readonly sells: number;
  readonly overMs: number;
  readonly patienceMs: number | null;
  readonly unwinds: number;
}

/** What is wrong with the parameters beside a book. */
export function deltaNeutralFaults(params: DeltaNeutralParams, context: CheckContext): Fault[] {
  const faults = hedgedFaults(params, context);
  const durations = [
    ["over", params.overMs],
    ["patience", params.patienceMs ?? 0],
  ] as const;
  for (const [key, duration] of durations) {
    if (duration % context.tickMs === 0) continue;
    faults.push({
      code: "duration-no-multiple",
      key,
      message: `${duration} ms is no whole number of ticks of ${context.tickMs} ms`,
      hint: "make it a multiple of the tick",
    });
  }
  return faults;
}
