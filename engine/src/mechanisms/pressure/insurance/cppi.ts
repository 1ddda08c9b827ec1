import { define } from "../../definition.js";
import { strategyAccounts } from "./account-frame.js";
import { constantProportion } from "./constant-proportion.js";
import { type ConstantProportionParams, constantProportionFaults, cppiSchema } from "./cppi-schema.js";
import { oneInsurer } from "./demonstration.js";
import { frameReferences } from "./frame-schema.js";

/**
 * Constant-proportion portfolio insurance: exposure is held at a multiple of the cushion above a floor, so that accounts sell when prices fall and buy when they
 * rise, by their own trades. Once the cushion is gone the account sells out and stays in cash.
 */
export const cppiDefinition = define<ConstantProportionParams>({
  kind: "cppi",
  part: "pressure",
  summary: "Constant-proportion portfolio insurance: exposure is a multiple of the cushion, so falls force sales.",
  source:
    "Black and Perold (1992); exposure clamp, band and cash lock; Cont and Tankov (2009), the multiplier under changing volatility; closed forms in VALIDATION.md",
  schema: cppiSchema,
  create: (name, params) => strategyAccounts(name, params, constantProportion(params)),
  references: frameReferences,
  check: constantProportionFaults,
  demonstration: { scenario: oneInsurer(), subject: "insurer", measure: "tradedUsd", off: "falls" },
});
