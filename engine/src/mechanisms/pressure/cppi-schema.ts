import { z } from "zod";
import { quantity } from "../../book/index.js";
import type { CheckContext, Fault } from "../definition.js";

/** How a scenario writes constant-proportion insurers. */
export const cppiSchema = z
  .strictObject({
    kind: z.literal("cppi"),
    positions: z
      .string()
      .describe(
        "Position table with columns `risky ETH`, `cash USD` and, if floors differ, `floor USD`; by default the mechanism's name.",
      ),
    instrument: z.string().describe("The spot instrument on which exposure is traded."),
    oracle: z.string().default("spot").describe("Oracle by which wealth is measured."),
    multiplier: quantity
      .number({ above: 0, most: 100 })
      .describe("Exposure per dollar of cushion; 3 to 6 in practice."),
    floor: quantity
      .share({ bare: true })
      .default(0.8)
      .describe("Floor as a share of opening wealth, where the table has no column `floor USD`."),
    floorGrowth: quantity
      .share({ bare: true, most: 10 })
      .default(0)
      .describe("Growth of the floor per year, continuous."),
    leverage: quantity
      .number({ above: 0, most: 100 })
      .default(1)
      .describe("Largest exposure as a multiple of wealth; above 1 it is borrowed."),
    band: quantity
      .share({ bare: true })
      .default(0.01)
      .describe("Deviation from the target, as a share of wealth, up to which nothing is traded."),
    every: quantity
      .duration()
      .prefault("0 ms")
      .describe("Rebalances at multiples of this duration, once; 0: in every round."),
  })
  .transform(
    ({ kind: _, floor, band, every, ...params }): CppiParams => ({
      ...params,
      floorShare: floor,
      bandShare: band,
      everyMs: every,
    }),
  );

/** Insurers' parameters with every default filled in. */
export interface CppiParams {
  readonly positions: string;
  readonly instrument: string;
  readonly oracle: string;
  readonly multiplier: number;
  readonly floorShare: number;
  readonly floorGrowth: number;
  readonly leverage: number;
  readonly bandShare: number;
  readonly everyMs: number;
}

/** What is wrong with the parameters beside a book: a perpetual instrument, missing columns, a clock off the tick. */
export function cppiFaults(params: CppiParams, { book, tickMs }: CheckContext): Fault[] {
  const faults: Fault[] = [];
  const instrument = book.instruments.find((one) => one.id === params.instrument);
  const table = book.positions.find((one) => one.protocol === params.positions);
  if (instrument !== undefined && instrument.market !== "spot") {
    faults.push({
      code: "instrument-wrong",
      key: "instrument",
      message: `${params.instrument} is a perpetual, but insurers hold the asset itself`,
      hint: "name a spot instrument",
    });
  }
  if (instrument !== undefined && table !== undefined) {
    const wanted = [
      ["risky", instrument.asset],
      ["cash", instrument.quote],
    ] as const;
    for (const [role, asset] of wanted) {
      if (table.columns.some((column) => column.role === role && column.asset === asset)) continue;
      const heading = `${role} ${book.assets[asset].symbol}`;
      faults.push({
        code: "column-missing",
        key: "positions",
        message: `the positions ${params.positions} have no column "${heading}"`,
        hint: `give every account its "${heading}"`,
      });
    }
  }
  if (params.everyMs % tickMs !== 0) {
    faults.push({
      code: "duration-no-multiple",
      key: "every",
      message: `${params.everyMs} ms is no whole number of ticks of ${tickMs} ms`,
      hint: "make it a multiple of the tick",
    });
  }
  return faults;
}
