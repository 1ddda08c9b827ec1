import { z } from "zod";
import { quantity } from "../../../book/index.js";
import { type CheckContext, define, type Fault } from "../../definition.js";
import { strategyAccounts } from "./account-frame.js";
import { oneInvestor } from "./demonstration.js";
import { type FrameParams, frameFaults, frameOf, frameReferences, frameShape } from "./frame-schema.js";
import { type VolatilityExit, volatilityExit } from "./volatility-rules.js";
import { volatilityShape } from "./volatility-shape.js";

/** Parameters of accounts that leave when prices become volatile, with every default filled in. */
export type VolatilityExitParams = FrameParams & VolatilityExit;

const volatilityExitSchema = z
  .strictObject({
    kind: z.literal("volatility-exit"),
    ...frameShape,
    above: quantity
      .share({ bare: true, above: 0, most: 1000 })
      .describe("Realised volatility per year above which the account leaves."),
    below: quantity
      .share({ bare: true, most: 1000 })
      .optional()
      .describe("Realised volatility below which it may return; without: `above`."),
    cooldown: quantity.duration().prefault("0 ms").describe("It stays out at least this long."),
    exposure: quantity
      .share({ bare: true })
      .default(0)
      .describe("Exposure that it keeps while it is out, as a share of wealth."),
    ...volatilityShape,
  })
  .transform(
    (written): VolatilityExitParams => ({
      ...frameOf(written),
      above: written.above,
      below: written.below ?? written.above,
      cooldownMs: written.cooldown,
      exposure: written.exposure,
      before: written.before,
      halfLifeMs: written.halfLife,
    }),
  );

/** Accounts that go to cash when realised volatility passes a limit, and return only when it is low again and a cool-down has passed. */
export const volatilityExitDefinition = define<VolatilityExitParams>({
  kind: "volatility-exit",
  part: "pressure",
  summary: "Leaves for cash when realised volatility passes a limit; returns below a lower one, after a cool-down.",
  source:
    "Moreira and Muir (2017), Volatility-managed portfolios, with two limits in place of a ratio; estimate: RiskMetrics Technical Document (1996)",
  schema: volatilityExitSchema,
  create: (name, params) => strategyAccounts(name, params, volatilityExit(params)),
  references: frameReferences,
  check: volatilityExitFaults,
  demonstration: {
    scenario: oneInvestor({ kind: "volatility-exit", above: "150%", below: "80%", before: "60%", halfLife: "1 h" }),
    subject: "insurer",
    measure: "executedSalesUsd",
    off: "falls",
  },
});

function volatilityExitFaults(params: VolatilityExitParams, context: CheckContext): Fault[] {
  const faults = frameFaults(params, context);
  if (params.below > params.above) {
    faults.push({
      code: "number-out-of-range",
      key: "below",
      message: `it would return below ${params.below}, which is above ${params.above}, where it leaves`,
      hint: "write a volatility that is at most `above`",
    });
  }
  if (params.cooldownMs % context.tickMs !== 0) {
    faults.push({
      code: "duration-no-multiple",
      key: "cooldown",
      message: `${params.cooldownMs} ms is no whole number of ticks of ${context.tickMs} ms`,
      hint: "make it a multiple of the tick",
    });
  }
  return faults;
}
