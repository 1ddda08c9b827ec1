import { define } from "../../definition.js";
import { strategyAccounts } from "./account-frame.js";
import { constantProportion } from "./constant-proportion.js";
import { type ConstantProportionParams, constantProportionFaults, tippSchema } from "./cppi-schema.js";
import { oneInvestor } from "./demonstration.js";
import { frameReferences } from "./frame-schema.js";

/** Time-invariant portfolio protection: constant proportion above a floor that follows the highest wealth so far and never falls. */
export const tippDefinition = define<ConstantProportionParams>({
  kind: "tipp",
  part: "pressure",
  summary:
    "Time-invariant portfolio protection: the floor ratchets up with wealth, so gains are locked in and sold for.",
  source: "Estep and Kritzman (1988), TIPP: Insurance without complexity; exposure as in Black and Perold (1992)",
  schema: tippSchema,
  create: (name, params) => strategyAccounts(name, params, constantProportion(params)),
  references: frameReferences,
  check: constantProportionFaults,
  demonstration: {
    scenario: oneInvestor({ kind: "tipp", multiplier: 4, floor: "87.5%", ratchet: "87.5%" }),
    subject: "insurer",
    measure: "tradedUsd",
    off: "falls",
  },
});
