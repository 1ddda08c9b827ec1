import { z } from "zod";
import { quantity } from "../../../book/index.js";
import { basisPoints } from "../../../rules/account-value.js";
import { define } from "../../definition.js";
import { strategyAccounts } from "./account-frame.js";
import { constantMultiple } from "./constant-multiple.js";
import { oneInvestor } from "./demonstration.js";
import { type FrameParams, frameFaults, frameOf, frameReferences, frameShape } from "./frame-schema.js";

const constantLeverageSchema = z
  .strictObject({
    kind: z.literal("constant-leverage"),
    ...frameShape,
    leverage: quantity
      .number({ above: 0, most: 100 })
      .describe("Exposure as a multiple of wealth, which the fund restores; above 1 it is borrowed."),
  })
  .transform((written): FrameParams => frameOf(written));

/** Leveraged funds: exposure is brought back to a constant multiple of wealth, so that a fall is followed by sales and a rise by purchases. */
export const constantLeverageDefinition = define<FrameParams>({
  kind: "constant-leverage",
  part: "pressure",
  summary: "A leveraged fund restores a constant multiple of its wealth: it sells after a fall and buys after a rise.",
  source: "Cheng and Madhavan (2009), The dynamics of leveraged and inverse exchange-traded funds, equation 6",
  schema: constantLeverageSchema,
  create: (name, params) => strategyAccounts(name, params, constantMultiple(Math.round(params.leverage * basisPoints))),
  references: frameReferences,
  check: frameFaults,
  demonstration: {
    scenario: oneInvestor({ kind: "constant-leverage", leverage: 3 }, [["fund", 300, -400000]]),
    subject: "insurer",
    measure: "executedSalesUsd",
    off: "falls",
  },
});
