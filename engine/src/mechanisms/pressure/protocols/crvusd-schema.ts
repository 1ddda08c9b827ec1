import { z } from "zod";
import { type Basis, quantity } from "../../../book/index.js";
import { presets } from "../../../exact/crvusd/index.js";
import type { Market } from "../../definition.js";
import { marketKey, protocolShape } from "./shape.js";

/** Markets of 30 January 2024 whose terms are shipped. */
export const crvusdMarkets: readonly Market[] = presets.map(({ name, asOf, source }) => ({ name, asOf, source }));

/** How a scenario writes a crvUSD market. */
export const crvusdSchema = z
  .strictObject({
    ...protocolShape("crvusd"),
    market: marketKey(crvusdMarkets),
    collateral: z.string().optional().describe("The collateral asset; by default the one that accounts hold."),
    stable: z.string().optional().describe("The stablecoin; by default the asset that accounts owe."),
    rules: z
      .enum(["v1", "v2"])
      .optional()
      .describe("v1: the markets of 2023 to early 2024; v2: curve-stablecoin 2.0.0. By default the market's, else v2."),
    amplification: quantity.number({ whole: true }).optional().describe("A: a band spans 1 / A of price."),
    basePrice: quantity
      .number({ least: 0, most: 1e12 })
      .optional()
      .describe("Upper oracle price of band 0, stablecoin per coin; by default the market's, else the opening price."),
    rateMultiplier: quantity
      .number({ above: 0, most: 1e6 })
      .optional()
      .describe("Interest that the bands' prices have grown by; by default the market's, else 1."),
    fee: quantity.share({ bare: true }).optional().describe("Static fee of a trade with the bands."),
    adminFee: quantity.share({ bare: true }).optional().describe("Share of that fee that leaves the bands (v1)."),
    bandFeeShare: quantity
      .share({ bare: true })
      .optional()
      .describe("Share of the distance to the oracle that a band charges; by default 25 % under v2, nothing under v1."),
    loanDiscount: quantity.share({ bare: true }).optional().describe("Discount when a loan is placed in its bands."),
    liquidationDiscount: quantity.share({ bare: true }).optional().describe("Discount in the health."),
    oracleDelay: quantity
      .duration()
      .prefault("120 s")
      .describe("Time over which a jump of the oracle decays; 0 s switches smoothing off."),
    largestOracleStep: quantity
      .number({ least: 0, most: 1e6 })
      .default(1.25)
      .describe("Largest step of the oracle between trades within that time."),
    bands: quantity
      .number({ whole: true })
      .default(10)
      .describe("Bands of an account whose bands the table does not name."),
    fraction: quantity
      .share({ bare: true, above: 0 })
      .default(1)
      .describe("Part of the debt that one hard liquidation takes; halved up to six times where less of it pays."),
    interest: quantity.share({ bare: true, most: 10 }).default(0).describe("Interest per year on debt."),
    softLiquidation: z
      .boolean()
      .default(true)
      .describe("Whether an arbitrageur trades with the bands; false: nobody does."),
    arbitrage: z
      .strictObject({
        speed: quantity
          .share({ bare: true, above: 0 })
          .default(1)
          .describe("100 %: all that pays, in every round, at once (assumed). Less: this share of it per minute."),
        leastProfit: quantity.usd().prefault("1 USD").describe("A trade that pays less, after gas, is not done."),
        gas: quantity
          .number({ whole: true, least: 0, most: 1e9 })
          .default(300_000)
          .describe("Units of gas of a trade."),
        gasAsset: z.string().optional().describe("Asset that gas is paid in; by default the collateral."),
      })
      .prefault({})
      .describe("Who trades with the bands."),
  })
  .transform(
    ({ protocol: _, interest, oracleDelay, arbitrage: { leastProfit, ...arbitrage }, ...params }): CrvusdParams => ({
      ...params,
      interestPerYear: interest,
      oracleDelayMs: oracleDelay,
      arbitrage: { ...arbitrage, leastProfitUsd: leastProfit },
    }),
  );

/** A crvUSD market's parameters with every default filled in. */
export interface CrvusdParams {
  readonly positions: string;
  readonly oracle: string;
  readonly market?: string | undefined;
  readonly collateral?: string | undefined;
  readonly stable?: string | undefined;
  readonly rules?: "v1" | "v2" | undefined;
  readonly amplification?: number | undefined;
  readonly basePrice?: number | undefined;
  readonly rateMultiplier?: number | undefined;
  readonly fee?: number | undefined;
  readonly adminFee?: number | undefined;
  readonly bandFeeShare?: number | undefined;
  readonly loanDiscount?: number | undefined;
  readonly liquidationDiscount?: number | undefined;
  readonly oracleDelayMs: number;
  readonly largestOracleStep: number;
  readonly bands: number;
  readonly fraction: number;
  readonly interestPerYear: number;
  readonly softLiquidation: boolean;
  readonly arbitrage: {
    readonly speed: number;
    readonly leastProfitUsd: number;
    readonly gas: number;
    readonly gasAsset?: string | undefined;
  };
  readonly basis?: Basis | undefined;
}
