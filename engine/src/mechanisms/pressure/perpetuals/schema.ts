import { z } from "zod";
import { type Basis, quantity } from "../../../book/index.js";
import { type DeleveragingPolicy, deleveragingPolicies } from "../../../rules/deleveraging.js";
import type { CheckContext, Fault } from "../../definition.js";

const rate = () => quantity.share({ bare: true, least: -1, most: 1 });

/** The keys that say who is deleveraged, the same on every exchange. */
export function deleveragingShape(policy: DeleveragingPolicy) {
  return {
    deleveraging: z
      .enum(deleveragingPolicies)
      .default(policy)
      .describe(
        "Who is closed when neither depth nor fund suffices: a queue (`queue` and `bybit`: profit x leverage; `binance`: profit on the wallet x margin ratio; " +
          "`hyperliquid`: price move x leverage), in turn from a drawn place (`dydx`), in proportion, or nobody.",
      ),
    deleveragingCap: quantity
      .share({ bare: true, above: 0, most: 1 })
      .default(0.5)
      .describe("`capped-pro-rata`: the largest share of a position that is closed."),
  };
}

/** The key `funding`, the same on every exchange. */
export function fundingKey() {
  return z
    .discriminatedUnion("rule", [
      z.strictObject({ rule: z.literal("off") }),
      z.strictObject({
        rule: z.literal("fixed"),
        rate: rate().describe("Paid by longs to shorts per interval."),
        every: quantity.duration({ above: 0 }).prefault("8 h").describe("The interval; whole ticks."),
      }),
      z.strictObject({
        rule: z.literal("basis"),
        cap: rate().prefault("0.75%").describe("Largest rate per interval, either way."),
        every: quantity.duration({ above: 0 }).prefault("8 h").describe("The interval; whole ticks."),
      }),
    ])
    .default({ rule: "off" })
    .describe("Payments between longs and shorts.");
}

/** The key `instrument`, the same on every exchange. */
export function instrumentKey() {
  return z.string().describe("The perpetual instrument on which positions are closed.");
}

/** How a scenario writes a perpetual exchange. */
export const perpetualsSchema = z
  .strictObject({
    kind: z.literal("perpetuals"),
    positions: z
      .string()
      .describe(
        "Position table with columns `size ETH` (signed), `entry USD`, `margin USDC`; by default the mechanism's name.",
      ),
    instrument: instrumentKey(),
    oracle: z.string().default("spot").describe("Oracle whose price is the mark."),
    tiers: z
      .array(
        z.strictObject({
          from: quantity.usd().prefault("0 USD").describe("Notional from which the tier counts."),
          maintenance: quantity.share({ bare: true }).describe("Maintenance margin as a share of notional."),
        }),
      )
      .min(1)
      .describe("Maintenance by notional; the deductions that make it continuous are computed."),
    fee: quantity
      .share({ bare: true })
      .default(0)
      .describe("Liquidation fee as a share of what is closed, to the insurance fund, from what the account has left."),
    insuranceFund: quantity.usd().prefault("0 USD").describe("What the insurance fund holds at the start."),
    ...deleveragingShape("queue"),
    atEquality: z
      .boolean()
      .default(false)
      .describe("Whether equity exactly at the maintenance margin is liquidatable."),
    funding: fundingKey(),
    basis: z
      .enum(["measured", "borrowed", "assumed"])
      .default("assumed")
      .describe("What tiers, fee and fund rest on: the exchange's own at the book's date, another date's, or chosen."),
  })
  .transform(
    ({ kind: _, tiers, fee, insuranceFund, deleveragingCap, ...params }): PerpetualsParams => ({
      ...params,
      deleveragingCapShare: deleveragingCap,
      tiers: tiers.map((tier) => ({ fromUsd: tier.from, maintenanceShare: tier.maintenance })),
      feeShare: fee,
      insuranceFundUsd: insuranceFund,
    }),
  );

/** Payments between longs and shorts. */
export type FundingRule =
  | { readonly rule: "off" }
  | { readonly rule: "fixed"; readonly rate: number; readonly every: number }
  | { readonly rule: "basis"; readonly cap: number; readonly every: number };

/** A perpetual exchange's parameters with every default filled in. US dollars stand for quote coins: the exchange counts its quote at par. */
export interface PerpetualsParams {
  readonly positions: string;
  readonly instrument: string;
  readonly oracle: string;
  readonly tiers: readonly { readonly fromUsd: number; readonly maintenanceShare: number }[];
  readonly feeShare: number;
  readonly insuranceFundUsd: number;
  readonly deleveraging: DeleveragingPolicy;
  /** Largest share of a position that `capped-pro-rata` closes. */
  readonly deleveragingCapShare: number;
  readonly atEquality: boolean;
  readonly funding: FundingRule;
  /** What these terms rest on; figures take the weakest. */
  readonly basis: Basis;
}

/** What is wrong with the parameters beside a book: a spot instrument, missing columns, tiers that do not rise, funding off the tick. */
export function perpetualsFaults(params: PerpetualsParams, { book, tickMs }: CheckContext): Fault[] {
  const faults: Fault[] = [];
  const instrument = book.instruments.find((one) => one.id === params.instrument);
  const table = book.positions.find((one) => one.protocol === params.positions);
  if (instrument !== undefined && instrument.market !== "perpetual") {
    faults.push({
      code: "instrument-wrong",
      key: "instrument",
      message: `${params.instrument} is a spot instrument`,
      hint: "name an instrument with market: perpetual",
    });
  }
  if (instrument !== undefined && table !== undefined) {
    const asset = book.assets[instrument.asset].symbol;
    const quote = book.assets[instrument.quote].symbol;
    const wanted = [
      ["size", instrument.asset, `size ${asset}`],
      ["entryUsd", -1, "entry USD"],
      ["margin", instrument.quote, `margin ${quote}`],
    ] as const;
    for (const [role, index, heading] of wanted) {
      if (table.columns.some((column) => column.role === role && column.asset === index)) continue;
      faults.push({
        code: "column-missing",
        key: "positions",
        message: `the positions ${params.positions} have no column "${heading}"`,
        hint: `give every account its "${heading}"`,
      });
    }
    if (table.columns.some((column) => column.role === "size" && column.asset !== instrument.asset)) {
      faults.push({
        code: "column-wrong",
        key: "positions",
        message: `the positions ${params.positions} also have sizes in another asset than ${asset}`,
        hint: "one perpetuals mechanism holds one instrument: make a table for each",
      });
    }
  }
  params.tiers.forEach((tier, index) => {
    const before = params.tiers[index - 1];
    const right =
      index === 0
        ? tier.fromUsd === 0
        : tier.fromUsd > before.fromUsd && tier.maintenanceShare >= before.maintenanceShare;
    if (right) return;
    faults.push({
      code: "tiers-order",
      key: `tiers[${index}]`,
      message:
        index === 0 ? `the first tier begins at ${tier.fromUsd} USD` : "a tier does not rise above the one before",
      hint: "begin at 0 USD; let `from` rise and `maintenance` not fall",
    });
  });
  return [...faults, ...fundingFaults(params.funding, tickMs)];
}

/** What is wrong with a funding rule beside the clock: an interval off the tick. */
export function fundingFaults(funding: FundingRule, tickMs: number): Fault[] {
  if (funding.rule === "off" || funding.every % tickMs === 0) return [];
  return [
    {
      code: "duration-no-multiple",
      key: "funding.every",
      message: `${funding.every} ms is no whole number of ticks of ${tickMs} ms`,
      hint: "make it a multiple of the tick",
    },
  ];
}
