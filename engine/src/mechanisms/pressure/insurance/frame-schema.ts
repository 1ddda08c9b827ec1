import { z } from "zod";
import { quantity } from "../../../book/index.js";
import { largestTotal } from "../../../book/totals.js";
import type { CheckContext, Fault, Reference } from "../../definition.js";

/** How somebody carries out what a rule asks for. */
export interface Execution {
  /** Share of the rule's distance from the opening holding that is followed; 1: all of it. */
  readonly discretion: number;
  /** Milliseconds that a demand must stand before it is ordered. */
  readonly delayMs: number;
  /** Units ordered per hour at most, as a share of the opening holding; null: no limit. */
  readonly sharePerHour: number | null;
  /** Fall of the published price since the opening, or since the last pause began, after which trading pauses; 0: never. */
  readonly pauseAfter: number;
  readonly pauseMs: number;
}

/** What every strategy that holds an asset against cash has in common. */
export interface FrameParams {
  readonly positions: string;
  /** The table's amounts times this. */
  readonly times: number;
  /** Whether accounts begin as the table has it, or their wealth split as their rule would have it at opening prices. */
  readonly start: "table" | "rule";
  readonly instrument: string;
  /** A future or perpetual that is sold and bought back in place of the asset; null: the asset itself is traded. */
  readonly hedge: string | null;
  readonly oracle: string;
  /** Largest exposure as a multiple of wealth; above 1 it is borrowed. */
  readonly leverage: number;
  /** Deviation from the target, as a share of wealth, up to which nothing is traded. */
  readonly bandShare: number;
  readonly everyMs: number;
  readonly execution: Execution;
  /** Share of its orders that everybody is told of before they are made. */
  readonly announced: number;
}

/** The keys that every strategy's schema begins with; `frameOf` turns them into `FrameParams`. */
export const frameShape = {
  positions: z
    .string()
    .describe("Position table with columns `risky ETH` and `cash USD`; by default the mechanism's name."),
  times: quantity
    .share({ bare: true, above: 0, most: 1e6 })
    .default(1)
    .describe("The table's amounts (and floors) times this: a crowd of another size, alike in everything else."),
  start: z
    .enum(["table", "rule"])
    .default("table")
    .describe(
      "With what accounts begin: the table's holdings, or their wealth split as the rule has it at the opening.",
    ),
  instrument: z.string().describe("The spot instrument on which exposure is traded."),
  hedge: z
    .string()
    .optional()
    .describe("A future or perpetual on the same asset that is sold and bought back in its place: the asset is kept."),
  oracle: z.string().default("spot").describe("Oracle by which wealth is measured."),
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
  execution: z
    .strictObject({
      discretion: quantity
        .share({ bare: true })
        .default(1)
        .describe("Share of the rule's distance from the opening holding that is followed; the rest is held back."),
      delay: quantity.duration().prefault("0 ms").describe("How long a demand must stand before it is ordered."),
      perHour: quantity
        .share({ bare: true, above: 0, most: 1000 })
        .optional()
        .describe("Most that is ordered per hour, as a share of the opening holding; without: no limit."),
      pauseAfter: quantity
        .move()
        .optional()
        .describe("A fall by this much since the opening, or since the last pause, makes people stop trading ..."),
      pause: quantity.duration().prefault("0 ms").describe("... for this long."),
    })
    .prefault({})
    .describe("How people carry the rule out; by default at once and in full."),
  announced: quantity
    .share({ bare: true })
    .default(0)
    .describe("Share of its orders that everybody is told of beforehand; only `observed-supply` answers to it."),
} as const;

/** What `frameShape` parses to. */
interface WrittenFrame {
  readonly positions: string;
  readonly times: number;
  readonly start: "table" | "rule";
  readonly instrument: string;
  readonly hedge?: string;
  readonly oracle: string;
  readonly leverage: number;
  readonly band: number;
  readonly every: number;
  readonly execution: {
    readonly discretion: number;
    readonly delay: number;
    readonly perHour?: number;
    readonly pauseAfter?: number;
    readonly pause: number;
  };
  readonly announced: number;
}

/** The common parameters with every default filled in. */
export function frameOf(written: WrittenFrame): FrameParams {
  const { positions, times, start, instrument, hedge, oracle, leverage, band, every, execution, announced } = written;
  return {
    positions,
    times,
    start,
    instrument,
    hedge: hedge ?? null,
    oracle,
    leverage,
    bandShare: band,
    everyMs: every,
    execution: {
      discretion: execution.discretion,
      delayMs: execution.delay,
      sharePerHour: execution.perHour ?? null,
      pauseAfter: execution.pauseAfter ?? 0,
      pauseMs: execution.pause,
    },
    announced,
  };
}

/** Names in the common parameters that must exist. */
export function frameReferences(params: FrameParams): readonly Reference[] {
  return [
    { key: "positions", kind: "positions", name: params.positions },
    { key: "instrument", kind: "instrument", name: params.instrument },
    ...(params.hedge === null ? [] : [{ key: "hedge", kind: "instrument", name: params.hedge } as const]),
    { key: "oracle", kind: "oracle", name: params.oracle },
  ];
}

/** A crowd of another size has to stay countable, as the table itself has. */
function sizeFaults(amounts: Float64Array, times: number, symbol: string, unitDecimals: number): Fault[] {
  const total = amounts.reduce((sum, units) => sum + Math.abs(units), 0) * times;
  if (total <= largestTotal) return [];
  const message = `times ${times} the table holds ${total} units of ${symbol} at ${unitDecimals} decimals, above a quarter of 2^53`;
  return [
    { code: "total-too-large", key: "times", message, hint: 'write less, or give the asset fewer "unitDecimals"' },
  ];
}

/** What is wrong with the common parameters beside a book: a perpetual instrument, missing columns, durations off the tick, a pause of no length. */
export function frameFaults(params: FrameParams, { book, tickMs }: CheckContext): Fault[] {
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
    const columns = [
      ["risky", instrument.asset],
      ["cash", instrument.quote],
    ] as const;
    for (const [role, asset] of columns) {
      const { symbol, unitDecimals } = book.assets[asset];
      const column = table.columns.find((one) => one.role === role && one.asset === asset);
      if (column !== undefined) {
        faults.push(...sizeFaults(column.values, params.times, symbol, unitDecimals));
        continue;
      }
      const heading = `${role} ${symbol}`;
      faults.push({
        code: "column-missing",
        key: "positions",
        message: `the positions ${params.positions} have no column "${heading}"`,
        hint: `give every account its "${heading}"`,
      });
    }
  }
  const hedge = book.instruments.find((one) => one.id === params.hedge);
  const isFuture =
    hedge?.market === "perpetual" && hedge.asset === instrument?.asset && hedge.quote === instrument?.quote;
  if (hedge !== undefined && instrument !== undefined && !isFuture) {
    faults.push({
      code: "instrument-wrong",
      key: "hedge",
      message: `${hedge.id} is no future on what ${instrument.id} trades`,
      hint: "name a perpetual instrument of the same asset and quote",
    });
  }
  const { delayMs, pauseAfter, pauseMs } = params.execution;
  const durations = [
    ["every", params.everyMs],
    ["execution.delay", delayMs],
    ["execution.pause", pauseMs],
  ] as const;
  for (const [key, duration] of durations) {
    if (duration % tickMs === 0) continue;
    faults.push({
      code: "duration-no-multiple",
      key,
      message: `${duration} ms is no whole number of ticks of ${tickMs} ms`,
      hint: "make it a multiple of the tick",
    });
  }
  if (pauseAfter !== 0 && pauseMs === 0) {
    faults.push({
      code: "value-missing",
      key: "execution.pause",
      message: "trading pauses for no time at all",
      hint: 'say how long, like "30 min"',
    });
  }
  if (pauseAfter > 0) {
    faults.push({
      code: "number-out-of-range",
      key: "execution.pauseAfter",
      message: "people who sell into a fall pause after a rise",
      hint: 'write a fall, like "-5%"',
    });
  }
  return faults;
}
