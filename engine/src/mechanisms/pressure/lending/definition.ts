import { define } from "../../definition.js";
import { oneAccountFalls } from "../../demonstrations.js";
import { marketFaults, marketReferences } from "./market-check.js";
import { lending } from "./mechanism.js";
import { type LendingParams, lendingSchema } from "./schema.js";

/** A lending protocol by its terms; the named protocols are in `pressure/protocols`. */
export const lendingDefinition = define<LendingParams>({
  kind: "lending",
  part: "pressure",
  summary: "Collateralised lending: accounts whose collateral no longer covers their debt are liquidated.",
  source: "Aave v3 LiquidationLogic, Maker Dog, Compound III absorb as parameter sets; target health: VALIDATION.md",
  schema: lendingSchema,
  create: (name, params) => lending(name, params),
  references: (params) => [
    { key: "positions", kind: "positions", name: params.positions },
    { key: "oracle", kind: "oracle", name: params.oracle },
    { key: "termsOracle", kind: "oracle", name: params.termsOracle },
    ...Object.keys(params.threshold).map((asset) => ({
      key: `threshold.${asset}`,
      kind: "asset" as const,
      name: asset,
    })),
    ...Object.keys(params.bonus).map((asset) => ({ key: `bonus.${asset}`, kind: "asset" as const, name: asset })),
    ...marketReferences(params),
  ],
  check: (params, { book }) => marketFaults(params, book),
  demonstration: { scenario: oneAccountFalls(), subject: "lender", measure: "liquidatedAccounts", off: "falls" },
});
