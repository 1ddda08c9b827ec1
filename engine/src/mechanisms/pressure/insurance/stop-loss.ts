import { z } from "zod";
import { quantity } from "../../../book/index.js";
import { type CheckContext, define, type Fault } from "../../definition.js";
import { strategyAccounts } from "./account-frame.js";
import { oneInvestor } from "./demonstration.js";
import { type FrameParams, frameFaults, frameOf, frameReferences, frameShape } from "./frame-schema.js";
import { type StopRule, stopRule } from "./stop-rule.js";

/** Parameters of accounts with a stop, with every default filled in. */
export type StopLossParams = FrameParams & StopRule;

const { band: _band, ...shape } = frameShape;

const stopLossSchema = z
  .strictObject({
    kind: z.literal("stop-loss"),
    ...shape,
    positions: z
      .string()
      .describe(
        "Position table with columns `risky ETH`, `cash USD` and, if stops differ, `stop USD`, a price; by default the mechanism's name.",
      ),
    of: z
      .enum(["price", "wealth"])
      .default("price")
      .describe("What must fall: the published price, or the account's wealth."),
    stop: quantity
      .move()
      .optional()
      .describe("The fall at which the account sells; required where the table has no column `stop USD`."),
    trailing: z
      .boolean()
      .default(false)
      .describe("The fall is counted from the highest value so far instead of the opening one."),
    share: quantity.share({ bare: true, above: 0 }).default(1).describe("Share of the opening holding that is sold."),
    reentry: quantity
      .move()
      .optional()
      .describe(
        "The move, counted like the stop, at or above which it buys back what it sold; without: it never does.",
      ),
  })
  .transform(
    (written): StopLossParams => ({
      ...frameOf({ ...written, band: 0 }),
      of: written.of,
      stop: written.stop ?? null,
      trailing: written.trailing,
      share: written.share,
      reentry: written.reentry ?? null,
    }),
  );

/** Accounts that sell once their stop is reached: at a market order, at whatever price depth then gives. */
export const stopLossDefinition = define<StopLossParams>({
  kind: "stop-loss",
  part: "pressure",
  summary: "Sells once the price, or the account's wealth, has fallen by a stated move; may trail, and may buy back.",
  source:
    "Osler (2005), Stop-loss orders and price cascades in currency markets; the rule itself is the order's definition",
  schema: stopLossSchema,
  create: (name, params) => strategyAccounts(name, params, stopRule(params)),
  references: frameReferences,
  check: stopLossFaults,
  demonstration: {
    scenario: oneInvestor({ kind: "stop-loss", stop: "-10%" }),
    subject: "insurer",
    measure: "executedSalesUsd",
    off: "falls",
  },
});

function stopLossFaults(params: StopLossParams, context: CheckContext): Fault[] {
  const { of, stop, trailing, reentry } = params;
  const faults = frameFaults(params, context);
  const table = context.book.positions.find((one) => one.protocol === params.positions);
  const hasStops = table?.columns.some((column) => column.role === "stopUsd") ?? false;
  const refuse = (code: string, key: string, message: string, hint: string) =>
    faults.push({ code, key, message, hint });
  if (stop === null && !(hasStops && of === "price"))
    refuse("value-missing", "stop", "nothing says when these accounts sell", 'write a fall, like "-10%"');
  if (stop !== null && stop >= 0)
    refuse("number-out-of-range", "stop", "a stop that is no fall is reached at once", 'write a fall, like "-10%"');
  if (hasStops && (stop !== null || trailing || of === "wealth"))
    refuse(
      "choice-wrong",
      "stop",
      `the positions ${params.positions} have a column "stop USD": prices that stand still, one for each account`,
      "take the column out, or `stop`, `trailing` and `of`",
    );
  if (reentry !== null && of === "wealth")
    refuse(
      "choice-wrong",
      "reentry",
      "wealth in cash does not rise, so it never says that it is time to buy back",
      "leave `reentry` out, or let the price decide",
    );
  const opening = context.book.assets[context.book.instruments.find((one) => one.id === params.instrument)?.asset ?? 0];
  const highestStop = Math.max(...(table?.columns.find((column) => column.role === "stopUsd")?.values ?? []));
  if (reentry !== null && of === "price" && highestStop >= opening.priceUsd * (1 + reentry))
    refuse(
      "number-out-of-range",
      "reentry",
      `it would buy back at ${opening.priceUsd * (1 + reentry)} USD, but the highest stop is ${highestStop} USD`,
      "write a move that ends above every stop",
    );
  if (reentry !== null && stop !== null && reentry <= stop)
    refuse(
      "number-out-of-range",
      "reentry",
      `it would buy back at ${reentry}, at or below ${stop}, where it sells`,
      "write a move above the stop",
    );
  return faults;
}
