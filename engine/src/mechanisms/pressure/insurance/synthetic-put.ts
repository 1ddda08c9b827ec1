import { define } from "../../definition.js";
import { strategyAccounts } from "./account-frame.js";
import { oneInvestor } from "./demonstration.js";
import { frameReferences } from "./frame-schema.js";
import { syntheticPut } from "./synthetic-put-rule.js";
import { type SyntheticPutParams, syntheticPutFaults, syntheticPutSchema } from "./synthetic-put-schema.js";

/** Portfolio insurance as it was sold until October 1987: a put that nobody writes, replicated by selling into falls and buying into rises. */
export const syntheticPutDefinition = define<SyntheticPutParams>({
  kind: "synthetic-put",
  part: "pressure",
  summary: "Portfolio insurance of 1987: a put on the whole is replicated by selling what falls and buying what rises.",
  source:
    "Rubinstein and Leland (1981), Replicating options with positions in stock and cash; Leland and Rubinstein (1988); Black and Scholes (1973)",
  schema: syntheticPutSchema,
  create: (name, params) => strategyAccounts(name, params, syntheticPut(params)),
  references: (params) => [
    ...frameReferences(params),
    ...(params.surface === null ? [] : [{ key: "surface", kind: "surface" as const, name: params.surface }]),
  ],
  check: syntheticPutFaults,
  demonstration: {
    scenario: oneInvestor({ kind: "synthetic-put", horizon: "365 day", volatility: "60%", start: "rule" }),
    subject: "insurer",
    measure: "executedSalesUsd",
    off: "falls",
  },
});
