import { define } from "../../definition.js";
import { threeOnMargin } from "./demonstration.js";
import { marginCalls } from "./mechanism.js";
import { type MarginCallsParams, marginCallsFaults, marginCallsSchema } from "./schema.js";

export const marginCallsDefinition = define<MarginCallsParams>({
  kind: "margin-calls",
  part: "pressure",
  summary: "Margin accounts that are called with notice: owners pay, recover, or are sold down at the deadline.",
  source:
    "Regulation T and FINRA rule 4210 for the call; Brunnermeier and Pedersen (2009), Review of Financial Studies 22, for what margins that rise in a fall do",
  schema: marginCallsSchema,
  create: (name, params) => marginCalls(name, params),
  references: (params) => [
    { key: "positions", kind: "positions", name: params.positions },
    { key: "instrument", kind: "instrument", name: params.instrument },
    { key: "oracle", kind: "oracle", name: params.oracle },
  ],
  check: marginCallsFaults,
  demonstration: { scenario: threeOnMargin(), subject: "broker", measure: "executedSalesUsd", off: "falls" },
});
