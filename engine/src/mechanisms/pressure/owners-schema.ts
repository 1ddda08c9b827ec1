import { z } from "zod";
import { quantity } from "../../book/index.js";

/** How a scenario writes owners who act. */
export const ownersSchema = z
  .strictObject({
    kind: z.literal("owners"),
    protocol: z.string().describe("Mechanism whose accounts' owners act."),
    share: quantity.share({ bare: true }).describe("Share of the owners who act at all; drawn once per account."),
    reaction: quantity.duration().describe("From the moment an account is below `actBelow` to its owner's act."),
    spread: z
      .enum(["constant", "exponential"])
      .default("constant")
      .describe(
        "constant: everybody takes `reaction`. exponential: that is the median of an exponential distribution.",
      ),
    again: quantity
      .duration({ above: 0 })
      .optional()
      .describe("From an act to the next one while the account is still below; as long as `reaction` unless given."),
    actBelow: quantity
      .number({ above: 0, most: 100 })
      .default(1.1)
      .describe("Margin, by live fair value, below which owners act: 1 is the edge of liquidation."),
    repays: quantity
      .share({ bare: true })
      .default(1)
      .describe("Share of those who act that repay from outside; the others close by selling collateral."),
    repayment: quantity
      .share({ bare: true, above: 0 })
      .default(0.5)
      .describe("Share of the debt that one repayment pays."),
  })
  .transform(
    ({ kind: _, reaction, again, ...params }): OwnersParams => ({
      ...params,
      reactionMs: reaction,
      againMs: again ?? reaction,
    }),
  );

/** Parameters of owners who act, with every default filled in. */
export interface OwnersParams {
  readonly protocol: string;
  readonly share: number;
  readonly reactionMs: number;
  /** exponential: each owner has a pace of its own, drawn once, by which both times are longer or shorter. */
  readonly spread: "constant" | "exponential";
  readonly againMs: number;
  readonly actBelow: number;
  readonly repays: number;
  readonly repayment: number;
}
