import { define } from "../../definition.js";
import { longsAndShorts } from "./demonstration.js";
import { perpetuals } from "./mechanism.js";
import { type PerpetualsParams, perpetualsFaults, perpetualsSchema } from "./schema.js";

/** A perpetual exchange by its terms; the named exchanges are in `pressure/protocols`. */
export const perpetualsDefinition = define<PerpetualsParams>({
  kind: "perpetuals",
  part: "pressure",
  summary:
    "Linear perpetuals long and short: tiered margin, closes by the exchange's engine, insurance fund, auto-deleveraging.",
  source: "Binance USD-M maintenance tiers, insurance fund and ADL queue; dYdX v4 deleveraging at the bankruptcy price",
  schema: perpetualsSchema,
  create: (name, params) => perpetuals(name, params),
  references: (params) => [
    { key: "positions", kind: "positions", name: params.positions },
    { key: "instrument", kind: "instrument", name: params.instrument },
    { key: "oracle", kind: "oracle", name: params.oracle },
  ],
  check: perpetualsFaults,
  demonstration: {
    scenario: longsAndShorts(),
    subject: "exchange",
    measure: "liquidatedAccounts",
    off: "falls",
  },
});
