import { z } from "zod";
import { type Book, quantity } from "../../../book/index.js";
import type { CheckContext, Fault } from "../../definition.js";

/** How a scenario writes accounts that are called for margin. */
export const marginCallsSchema = z
  .strictObject({
    kind: z.literal("margin-calls"),
    positions: z
      .string()
      .describe(
        "Position table: on a spot instrument `risky ETH` and `cash USD` (below 0: the loan); on a perpetual one `size ETH` (signed), `entry USD`, `margin USD`; by default the mechanism's name.",
      ),
    instrument: z.string().describe("The instrument on which accounts are sold down, spot or perpetual."),
    oracle: z.string().default("spot").describe("Oracle by whose price accounts are judged."),
    maintenance: quantity
      .share({ bare: true, above: 0 })
      .describe("Equity as a share of what is held, below which an account is called."),
    initial: quantity
      .share({ bare: true, above: 0 })
      .optional()
      .describe("Equity as a share of what is held to which a call restores the account; without: the maintenance."),
    rises: quantity
      .share({ bare: true, most: 100 })
      .default(0)
      .describe("Both shares rise by this much of how far the price has fallen since the opening, up to 100 %."),
    every: quantity
      .duration()
      .prefault("0 ms")
      .describe("New calls are made at multiples of this duration only (a day: at its close); 0: at any time."),
    notice: quantity
      .duration()
      .prefault("1 day")
      .describe("Time from the call to its deadline; 0: sold in the same round."),
    until: quantity
      .duration({ most: 86_400_000 - 1 })
      .optional()
      .describe("Deadlines are at this time after midnight UTC, once the notice has passed; without: when it has."),
    immediate: quantity
      .share({ bare: true })
      .default(0)
      .describe("Equity as a share of what is held, below which nobody waits for the deadline."),
    cures: quantity
      .share({ bare: true })
      .default(0)
      .describe("Share of owners (drawn) who pay what is due at the deadline, from outside the market."),
    cureLimit: quantity
      .share({ bare: true, most: 1000 })
      .optional()
      .describe(
        "The most that such an owner pays in all, as a share of the account's opening equity; without: any sum.",
      ),
  })
  .transform(
    ({ kind: _, initial, every, notice, until, cureLimit, ...params }): MarginCallsParams => ({
      ...params,
      initial: initial ?? params.maintenance,
      everyMs: every,
      noticeMs: notice,
      untilMs: until ?? null,
      cureLimit: cureLimit ?? null,
    }),
  );

/** Parameters of accounts that are called for margin, with every default filled in. */
export interface MarginCallsParams {
  readonly positions: string;
  readonly instrument: string;
  readonly oracle: string;
  readonly maintenance: number;
  readonly initial: number;
  readonly rises: number;
  /** Calls are made at multiples of this; 0: at any time. */
  readonly everyMs: number;
  readonly noticeMs: number;
  /** Milliseconds after midnight UTC at which deadlines fall; null: whenever the notice has passed. */
  readonly untilMs: number | null;
  readonly immediate: number;
  readonly cures: number;
  readonly cureLimit: number | null;
}

/** What is wrong with the parameters beside a book: missing columns, margins in the wrong order, durations off the tick. */
export function marginCallsFaults(params: MarginCallsParams, { book, tickMs }: CheckContext): Fault[] {
  const faults = missingColumns(params, book);
  if (params.initial < params.maintenance) {
    faults.push({
      code: "number-out-of-range",
      key: "initial",
      message: `a call would restore ${params.initial * 100} %, less than the ${params.maintenance * 100} % below which it is made`,
      hint: "make it at least the maintenance margin",
    });
  }
  if (params.immediate > params.maintenance) {
    faults.push({
      code: "number-out-of-range",
      key: "immediate",
      message: `accounts would be sold below ${params.immediate * 100} %, but are called only below ${params.maintenance * 100} %`,
      hint: "make it at most the maintenance margin",
    });
  }
  const durations = [
    ["every", params.everyMs],
    ["notice", params.noticeMs],
    ["until", params.untilMs ?? 0],
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
  return faults;
}

function missingColumns(params: MarginCallsParams, book: Book): Fault[] {
  const instrument = book.instruments.find((one) => one.id === params.instrument);
  const table = book.positions.find((one) => one.protocol === params.positions);
  if (instrument === undefined || table === undefined) return [];
  const { asset, quote, market } = instrument;
  const [coin, cash] = [book.assets[asset].symbol, book.assets[quote].symbol];
  const wanted =
    market === "spot"
      ? ([
          ["risky", asset, `risky ${coin}`],
          ["cash", quote, `cash ${cash}`],
        ] as const)
      : ([
          ["size", asset, `size ${coin}`],
          ["entryUsd", -1, "entry USD"],
          ["margin", quote, `margin ${cash}`],
        ] as const);
  return wanted
    .filter(([role, index]) => !table.columns.some((column) => column.role === role && column.asset === index))
    .map(([, , heading]) => ({
      code: "column-missing",
      key: "positions",
      message: `the positions ${params.positions} have no column "${heading}"`,
      hint: `give every account its "${heading}"`,
    }));
}
