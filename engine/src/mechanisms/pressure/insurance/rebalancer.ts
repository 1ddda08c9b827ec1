import { z } from "zod";
import { quantity } from "../../../book/index.js";
import { basisPoints } from "../../../rules/account-value.js";
import { type CheckContext, define, type Fault } from "../../definition.js";
import { strategyAccounts } from "./account-frame.js";
import { constantMultiple } from "./constant-multiple.js";
import { oneInvestor } from "./demonstration.js";
import { type FrameParams, frameFaults, frameOf, frameReferences, frameShape } from "./frame-schema.js";

/** Parameters of rebalancers with every default filled in. */
export interface RebalancerParams extends FrameParams {
  /** Share of wealth that is held in the asset. */
  readonly share: number;
}

const rebalancerSchema = z
  .strictObject({
    kind: z.literal("rebalancer"),
    ...frameShape,
    share: quantity.share({ bare: true }).default(0.5).describe("Share of wealth that is held in the asset."),
  })
  .transform((written): RebalancerParams => ({ ...frameOf(written), share: written.share }));

/** Investors who keep a fixed share of their wealth in the asset: they buy what falls and sell what rises, which steadies the price. */
export const rebalancerDefinition = define<RebalancerParams>({
  kind: "rebalancer",
  part: "pressure",
  summary:
    "A fixed share of wealth in the asset: buys what falls and sells what rises, so that others' sales meet a buyer.",
  source: "Kim and Markowitz (1989), the rebalancers; Perold and Sharpe (1988), constant mix",
  schema: rebalancerSchema,
  create: (name, params) => strategyAccounts(name, params, constantMultiple(Math.round(params.share * basisPoints))),
  references: frameReferences,
  check: rebalancerFaults,
  demonstration: {
    scenario: oneInvestor({ kind: "rebalancer" }, [["fund", 1000, 2000000]]),
    subject: "insurer",
    measure: "lowestPriceShare",
    off: "falls",
  },
});

function rebalancerFaults(params: RebalancerParams, context: CheckContext): Fault[] {
  const faults = frameFaults(params, context);
  if (params.share > params.leverage) {
    faults.push({
      code: "number-out-of-range",
      key: "share",
      message: `the share, ${params.share}, is above the largest exposure, ${params.leverage} of wealth`,
      hint: "write a smaller share, or a larger leverage",
    });
  }
  return faults;
}
