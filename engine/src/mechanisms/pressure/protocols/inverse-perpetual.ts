import { z } from "zod";
import { type Basis, type Book, quantity } from "../../../book/index.js";
import { card, faults, type InversePerpetualParameters } from "../../../exact/inverse-perpetual/index.js";
import { powersOfTen } from "../../../rules/account-value.js";
import { rateOne } from "../../../rules/perpetual.js";
import { type CheckContext, define, type Fault } from "../../definition.js";
import { coinMarginedFaults, coinMarginedReferences } from "../coin-margined/check.js";
import { coinLongsAndShorts } from "../coin-margined/demonstration.js";
import { inversePolicy } from "../coin-margined/inverse-policy.js";
import { coinMargined } from "../coin-margined/mechanism.js";
import { type FundingRule, fundingFaults, fundingKey } from "../perpetuals/schema.js";
import { protocolShape } from "./shape.js";

const schema = z
  .strictObject({
    ...protocolShape("inverse-perpetual"),
    instrument: z
      .string()
      .describe("The perpetual instrument on which positions are closed; its asset is the margin coin."),
    contract: quantity.usd({ above: 0 }).prefault("1 USD").describe("Dollars of one contract."),
    tiers: z
      .array(
        z.strictObject({
          fromCoins: quantity
            .number({ least: 0 })
            .prefault("0")
            .describe("Notional in coins from which the tier counts."),
          maintenance: quantity.share({ bare: true }).describe("Maintenance margin as a share of the coin value."),
        }),
      )
      .min(1)
      .describe("Maintenance by coin value; the deductions that make it continuous are computed."),
    fee: quantity
      .share({ bare: true })
      .default(0)
      .describe("Liquidation fee as a share of the coin value closed, to the insurance fund, from what is left."),
    insuranceFund: quantity
      .usd()
      .prefault("0 USD")
      .describe("What the insurance fund holds at the start, in dollars at the book's price; it holds the coin."),
    deleveraging: z
      .enum(["queue", "pro-rata", "none"])
      .default("queue")
      .describe("Who is closed against a bankrupt account: by profit x leverage, in proportion, or nobody (bad debt)."),
    funding: fundingKey(),
    atEquality: z
      .boolean()
      .default(false)
      .describe("Whether equity exactly at the maintenance margin is liquidatable."),
  })
  .transform(
    ({ protocol: _, contract, tiers, fee, insuranceFund, ...params }): InversePerpetualParams => ({
      ...params,
      contractUsd: contract,
      tiers: tiers.map((tier) => ({ fromCoins: tier.fromCoins, maintenanceShare: tier.maintenance })),
      feeShare: fee,
      insuranceFundUsd: insuranceFund,
    }),
  );

/** An inverse perpetual's parameters with every default filled in. */
export interface InversePerpetualParams {
  readonly positions: string;
  readonly instrument: string;
  readonly oracle: string;
  readonly contractUsd: number;
  readonly tiers: readonly { readonly fromCoins: number; readonly maintenanceShare: number }[];
  readonly feeShare: number;
  readonly insuranceFundUsd: number;
  readonly deleveraging: "queue" | "pro-rata" | "none";
  readonly funding: FundingRule;
  readonly atEquality: boolean;
  readonly basis?: Basis | undefined;
}

/** The exchange's rules as the exact protocol takes them, at the book's decimals. */
export function exactInverse(params: InversePerpetualParams, book: Book): InversePerpetualParameters {
  const instrument = book.instruments.find(({ id }) => id === params.instrument);
  const coinDecimals = instrument === undefined ? 8 : book.assets[instrument.asset].unitDecimals;
  return {
    coinDecimals,
    contractValue: BigInt(Math.round(params.contractUsd * 1e8)),
    tiers: params.tiers.map(({ fromCoins, maintenanceShare }) => ({
      fromCoin: BigInt(Math.round(fromCoins * powersOfTen[coinDecimals])),
      rate: BigInt(Math.round(maintenanceShare * rateOne)),
    })),
    liquidationFeeRate: BigInt(Math.round(params.feeShare * rateOne)),
    liquidatableAtEquality: params.atEquality,
  };
}

function check(params: InversePerpetualParams, context: CheckContext): Fault[] {
  return [
    ...coinMarginedFaults(params, context),
    ...fundingFaults(params.funding, context.tickMs),
    ...faults(exactInverse(params, context.book)).map(asWritten),
  ];
}

/** The exact folder's keys as scenarios write them. */
function asWritten(fault: Fault): Fault {
  const key = fault.key
    .replace("contractValue", "contract")
    .replace("liquidationFeeRate", "fee")
    .replace(/tiers\.(\d+)/, "tiers[$1]")
    .replace("fromCoin", "fromCoins")
    .replace(/\.rate$/, ".maintenance");
  return { ...fault, key };
}

export const inversePerpetualDefinition = define<InversePerpetualParams>({
  kind: "inverse-perpetual",
  part: "pressure",
  protocol: card,
  summary:
    "Coin-margined perpetuals: contracts of fixed dollars, margin in the coin, so that a fall costs twice; insurance fund, deleveraging at bankruptcy values.",
  source:
    "Contract arithmetic of coin-margined perpetuals: profit q (1/entry - 1/mark); waterfall margin, fee, insurance fund, deleveraging",
  schema,
  fill: (params) => ({ ...params, basis: params.basis ?? "assumed" }),
  check,
  references: coinMarginedReferences,
  create: (name, params) =>
    coinMargined(
      name,
      {
        positions: params.positions,
        instrument: params.instrument,
        oracle: params.oracle,
        contractUsd: params.contractUsd,
        atEquality: params.atEquality,
        feeRate: Math.round(params.feeShare * rateOne),
        insuranceFundUsd: params.insuranceFundUsd,
        funding: params.funding,
      },
      () =>
        inversePolicy({
          tiers: params.tiers.map(({ fromCoins, maintenanceShare }) => ({
            fromCoins,
            rate: Math.round(maintenanceShare * rateOne),
          })),
          deleveraging: params.deleveraging,
        }),
    ),
  demonstration: {
    scenario: coinLongsAndShorts({
      protocol: "inverse-perpetual",
      tiers: [{ maintenance: "1%" }, { fromCoins: 50, maintenance: "2%" }],
      fee: "0.5%",
      insuranceFund: "1000 USD",
    }),
    subject: "exchange",
    measure: "liquidatedAccounts",
    off: "falls",
  },
});
