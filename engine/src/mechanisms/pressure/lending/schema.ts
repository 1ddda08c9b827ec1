import { z } from "zod";
import { type Basis, quantity } from "../../../book/index.js";
import type { Interest } from "../../../rules/interest.js";
import {
  interestRate,
  type LiquidityParams,
  liquidityShape,
  type RampParams,
  thresholdRamps,
} from "./market-schema.js";

const perAsset = (of: z.ZodType<number>) => z.record(z.string(), of);

/** How a scenario writes a lending protocol. */
export const lendingSchema = z
  .strictObject({
    kind: z.literal("lending"),
    positions: z.string().describe("Position table in the book; by default the mechanism's name."),
    oracle: z.string().default("spot").describe("Oracle whose prices it reads."),
    termsOracle: z
      .string()
      .optional()
      .describe(
        "Oracle at whose prices collateral is exchanged for debt; by default the same. An auction that finds the market: a spot oracle.",
      ),
    threshold: perAsset(quantity.share({ bare: true })).describe(
      "By collateral: the share of its value that counts against debt.",
    ),
    bonus: perAsset(quantity.share({ bare: true }))
      .default({})
      .describe("By collateral: what the liquidator gets on top of the repayment."),
    penalty: quantity
      .share({ bare: true })
      .default(0)
      .describe("Paid on top of the debt, to the protocol (Maker's chop)."),
    protocolFee: quantity
      .share({ bare: true })
      .default(0)
      .describe("The protocol's share of the bonus, in collateral."),
    size: z
      .discriminatedUnion("rule", [
        z.strictObject({ rule: z.literal("all-collateral") }),
        z.strictObject({
          rule: z.literal("target-health"),
          target: quantity.number({ above: 1, most: 10 }).describe("Health that a liquidation restores."),
        }),
        z.strictObject({
          rule: z.literal("close-factor"),
          steps: z
            .array(
              z.strictObject({
                healthBelow: quantity.number({ above: 0, most: 100 }).describe("Health below which the step counts."),
                closeFactor: quantity.share({ bare: true, above: 0 }).describe("Share of the debt that is repaid."),
              }),
            )
            .min(1)
            .describe("The first step whose health is not reached counts."),
        }),
      ])
      .default({ rule: "close-factor", steps: [{ healthBelow: 100, closeFactor: 1 }] })
      .describe("How much one liquidation takes."),
    dust: quantity.usd().default(0).describe("A liquidation that would leave less debt than this takes all of it."),
    atEquality: z.boolean().default(false).describe("Whether an account exactly at the threshold is liquidatable."),
    ramps: thresholdRamps(),
    interest: interestRate(),
    ...liquidityShape(),
    basis: z
      .enum(["measured", "borrowed", "assumed"])
      .default("assumed")
      .describe("What the terms above rest on: the protocol's own at the book's date, another date's, or chosen."),
  })
  .transform(
    ({ kind: _, dust, interest, ...params }): LendingParams => ({
      ...params,
      termsOracle: params.termsOracle ?? params.oracle,
      dustUsd: dust,
      interestPerYear: interest,
    }),
  );

/** A lending protocol's parameters with every default filled in. */
export interface LendingParams extends LiquidityParams {
  readonly positions: string;
  readonly oracle: string;
  readonly termsOracle: string;
  readonly threshold: Readonly<Record<string, number>>;
  readonly bonus: Readonly<Record<string, number>>;
  readonly penalty: number;
  readonly protocolFee: number;
  readonly size:
    | { readonly rule: "all-collateral" }
    | { readonly rule: "target-health"; readonly target: number }
    | {
        readonly rule: "close-factor";
        readonly steps: readonly { readonly healthBelow: number; readonly closeFactor: number }[];
      };
  readonly dustUsd: number;
  readonly atEquality: boolean;
  readonly interestPerYear: Interest;
  /** By collateral: changes of thresholds on the way. */
  readonly ramps?: Readonly<Record<string, RampParams>>;
  /** What these terms rest on; figures take the weakest. */
  readonly basis: Basis;
}
