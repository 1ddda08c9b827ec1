import { z } from "zod";
import { quantity } from "../../../book/index.js";
import { type CheckContext, define, type Fault } from "../../definition.js";
import { strategyAccounts } from "./account-frame.js";
import { oneInvestor } from "./demonstration.js";
import { type FrameParams, frameFaults, frameOf, frameReferences, frameShape } from "./frame-schema.js";
import { type VolatilityTarget, volatilityTarget } from "./volatility-rules.js";
import { volatilityShape } from "./volatility-shape.js";

/** Parameters of volatility-targeting accounts with every default filled in. */
export type VolatilityTargetParams = FrameParams & VolatilityTarget;

const volatilityTargetSchema = z
  .strictObject({
    kind: z.literal("volatility-target"),
    ...frameShape,
    target: quantity
      .share({ bare: true, above: 0, most: 100 })
      .describe("Volatility per year that the account wants of its wealth."),
    ...volatilityShape,
    least: quantity
      .share({ bare: true, most: 100 })
      .default(0)
      .describe("Smallest exposure as a multiple of wealth, however volatile the price; the largest is `leverage`."),
  })
  .transform(
    (written): VolatilityTargetParams => ({
      ...frameOf(written),
      target: written.target,
      before: written.before,
      halfLifeMs: written.halfLife,
      least: written.least,
    }),
  );

/** Accounts that hold as much of the asset as keeps the volatility of their wealth at a target: they sell when prices become volatile, whichever way. */
export const volatilityTargetDefinition = define<VolatilityTargetParams>({
  kind: "volatility-target",
  part: "pressure",
  summary: "Exposure is a target volatility over the realised one: a price that becomes volatile forces sales.",
  source:
    "Moreira and Muir (2017), Volatility-managed portfolios, in standard deviations; estimate: RiskMetrics Technical Document (1996)",
  schema: volatilityTargetSchema,
  create: (name, params) => strategyAccounts(name, params, volatilityTarget(params)),
  references: frameReferences,
  check: volatilityTargetFaults,
  demonstration: {
    scenario: oneInvestor({ kind: "volatility-target", target: "35%", before: "70%", halfLife: "1 h" }),
    subject: "insurer",
    measure: "executedSalesUsd",
    off: "falls",
  },
});

function volatilityTargetFaults(params: VolatilityTargetParams, context: CheckContext): Fault[] {
  const faults = frameFaults(params, context);
  if (params.least > params.leverage) {
    faults.push({
      code: "number-out-of-range",
      key: "least",
      message: `the smallest exposure, ${params.least} of wealth, is above the largest, ${params.leverage}`,
      hint: "write a smaller one, or a larger leverage",
    });
  }
  return faults;
}
