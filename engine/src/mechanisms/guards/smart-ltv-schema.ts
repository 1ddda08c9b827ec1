import { z } from "zod";
import { type Amount, quantity } from "../../book/index.js";

/** How a scenario writes a SmartLTV governor. */
export const smartLtvSchema = z
  .strictObject({
    protocol: z.literal("smart-ltv"),
    lender: z.string().describe("The lending protocol whose threshold it governs."),
    asset: z.string().describe("The collateral."),
    instrument: z
      .string()
      .optional()
      .describe("Where its depth is measured; by default the asset's first spot market."),
    oracle: z.string().default("spot").describe("Oracle whose prices its volatility is measured from."),
    cap: quantity.amount().describe("Supply cap of the debt, in what the instrument is quoted in."),
    riskLevel: quantity
      .number({ above: 0, most: 1e6 })
      .default(0.1)
      .describe("One over the confidence factor: 0.1 asks for ten."),
    bonus: quantity.share({ bare: true }).describe("Liquidation bonus, taken off the LTV."),
    slippage: quantity
      .share({ bare: true, above: 0, below: 1 })
      .optional()
      .describe("Liquidity is what can be sold before the price has moved by this; by default the bonus."),
    volatility: quantity.share({ bare: true, most: 10 }).describe("Volatility a day at the start."),
    halfLife: quantity
      .duration({ above: 0 })
      .prefault("1 day")
      .describe("In which half of the memory of prices fades."),
    refresh: quantity.duration({ above: 0 }).prefault("1 h").describe("How often new data is measured and signed."),
    maxAge: quantity.duration().prefault("1 day").describe("Data older than this is refused, and the threshold stays."),
    every: quantity.duration({ above: 0 }).prefault("1 h").describe("How often the threshold is set."),
    over: quantity.duration().prefault("0 s").describe("How long a cut takes, in a straight line; 0 s: at once."),
  })
  .transform(
    ({ protocol: _, halfLife, refresh, maxAge, every, over, ...params }): SmartLtvParams => ({
      ...params,
      halfLifeMs: halfLife,
      refreshMs: refresh,
      maxAgeMs: maxAge,
      everyMs: every,
      overMs: over,
    }),
  );

/** A SmartLTV governor's parameters with every default filled in. */
export interface SmartLtvParams {
  readonly lender: string;
  readonly asset: string;
  readonly instrument?: string | undefined;
  readonly oracle: string;
  readonly cap: Amount;
  readonly riskLevel: number;
  readonly bonus: number;
  readonly slippage?: number | undefined;
  /** A day. */
  readonly volatility: number;
  readonly halfLifeMs: number;
  readonly refreshMs: number;
  readonly maxAgeMs: number;
  readonly everyMs: number;
  readonly overMs: number;
}
