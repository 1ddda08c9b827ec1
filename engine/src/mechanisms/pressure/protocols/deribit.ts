import { z } from "zod";
import { type Basis, type Book, quantity } from "../../../book/index.js";
import { card, type DeribitParameters, faults, presets } from "../../../exact/deribit/index.js";
import { rateOne } from "../../../rules/perpetual.js";
import { type CheckContext, define, type Fault, type Market } from "../../definition.js";
import { coinMarginedFaults, coinMarginedReferences } from "../coin-margined/check.js";
import { coinLongsAndShorts } from "../coin-margined/demonstration.js";
import { deribitPolicy } from "../coin-margined/deribit-policy.js";
import { coinMargined } from "../coin-margined/mechanism.js";
import { marketKey, protocolShape } from "./shape.js";

const inverse = presets.filter(({ parameters }) => parameters.kind === "inverse");
const markets: readonly Market[] = inverse.map(({ name, asOf, source }) => ({ name, asOf, source }));

const schema = z
  .strictObject({
    ...protocolShape("deribit"),
    market: marketKey(markets),
    instrument: z
      .string()
      .describe("The perpetual instrument on which positions are closed; its asset is the margin coin."),
    contract: quantity.usd({ above: 0 }).optional().describe("Dollars of one contract."),
    maintenance: quantity
      .share({ bare: true })
      .optional()
      .describe("Maintenance margin of a small position, as a share of its coin value."),
    perCoin: quantity.share({ bare: true }).optional().describe("What the rate rises by for one more coin."),
    highest: quantity.share({ bare: true }).optional().describe("Highest rate that the rise may reach."),
    fee: quantity
      .share({ bare: true })
      .optional()
      .describe("Fee on the coin value a liquidation closes, to the insurance fund."),
    contractsPerStep: quantity
      .number({ least: 1, whole: true })
      .optional()
      .describe("Contracts closed in one step at most."),
    stepsPerSecond: quantity
      .number({ above: 0 })
      .prefault("1")
      .describe("Steps a second of one account's liquidation; at least one step per tick. Not published: assumed."),
    insuranceFund: quantity
      .usd()
      .prefault("0 USD")
      .describe("What the insurance fund holds at the start, in dollars at the book's price; it holds the coin."),
  })
  .transform(
    ({ protocol: _, contract, maintenance, perCoin, highest, fee, insuranceFund, ...params }): DeribitParams => ({
      ...params,
      contractUsd: contract,
      maintenanceShare: maintenance,
      perCoinShare: perCoin,
      highestShare: highest,
      feeShare: fee,
      insuranceFundUsd: insuranceFund,
    }),
  );

/** Deribit's parameters with every default filled in. */
export interface DeribitParams {
  readonly positions: string;
  readonly instrument: string;
  readonly oracle: string;
  readonly market?: string | undefined;
  readonly contractUsd?: number | undefined;
  readonly maintenanceShare?: number | undefined;
  readonly perCoinShare?: number | undefined;
  readonly highestShare?: number | undefined;
  readonly feeShare?: number | undefined;
  readonly contractsPerStep?: number | undefined;
  readonly stepsPerSecond: number;
  readonly insuranceFundUsd: number;
  readonly basis?: Basis | undefined;
}

const termKeys = [
  "contractUsd",
  "maintenanceShare",
  "perCoinShare",
  "highestShare",
  "feeShare",
  "contractsPerStep",
] as const;

function fill(params: DeribitParams): DeribitParams {
  const preset = inverse.find(({ name }) => name === params.market)?.parameters;
  const written = termKeys.some((key) => params[key] !== undefined);
  const share = (rate: bigint | undefined) => (rate === undefined ? undefined : Number(rate) / rateOne);
  return {
    ...params,
    contractUsd: params.contractUsd ?? (preset === undefined ? undefined : Number(preset.contractValue) / 1e8),
    maintenanceShare: params.maintenanceShare ?? share(preset?.maintenanceBase),
    perCoinShare: params.perCoinShare ?? share(preset?.perCoin) ?? 0,
    highestShare: params.highestShare ?? share(preset?.highestRate) ?? 1,
    feeShare: params.feeShare ?? share(preset?.liquidationFeeRate) ?? 0,
    contractsPerStep: params.contractsPerStep ?? (preset === undefined ? undefined : Number(preset.contractsPerStep)),
    basis: params.basis ?? (preset !== undefined && !written ? "borrowed" : "assumed"),
  };
}

/** Deribit's rules as the exact protocol takes them, at the book's decimals. */
export function exactDeribit(params: DeribitParams, book: Book): DeribitParameters {
  const instrument = book.instruments.find(({ id }) => id === params.instrument);
  const coinDecimals = instrument === undefined ? 8 : book.assets[instrument.asset].unitDecimals;
  const rate = (share = 0) => BigInt(Math.round(share * rateOne));
  const preset = inverse.find(({ name }) => name === params.market)?.parameters;
  const maintenanceBase = rate(params.maintenanceShare);
  return {
    kind: "inverse",
    coinDecimals,
    settlementDecimals: coinDecimals,
    contractValue: BigInt(Math.round((params.contractUsd ?? 0) * 1e8)),
    // Nothing is opened here: the initial margin only has to be no smaller.
    initialBase: preset !== undefined && preset.initialBase > maintenanceBase ? preset.initialBase : maintenanceBase,
    maintenanceBase,
    perCoin: rate(params.perCoinShare),
    highestRate: rate(params.highestShare),
    liquidationFeeRate: rate(params.feeShare),
    contractsPerStep: BigInt(params.contractsPerStep ?? 0),
  };
}

const written: Readonly<Record<string, string>> = {
  contractValue: "contract",
  maintenanceBase: "maintenance",
  initialBase: "maintenance",
  highestRate: "highest",
  liquidationFeeRate: "fee",
};

function check(params: DeribitParams, context: CheckContext): Fault[] {
  const found = coinMarginedFaults({ ...params, contractUsd: params.contractUsd ?? 0 }, context);
  const terms = [
    ["contractUsd", "contract", "contract: 1 USD"],
    ["maintenanceShare", "maintenance", "maintenance: 1%"],
    ["contractsPerStep", "contractsPerStep", "contractsPerStep: 2000"],
  ] as const;
  const missing = terms.filter(([key]) => params[key] === undefined);
  for (const [, key, hint] of missing) {
    found.push({
      code: "term-missing",
      key,
      message: `neither a market nor ${key} is written`,
      hint: `write ${hint}, or market: ${markets[0].name}`,
    });
  }
  if (missing.length > 0) return found;
  return [
    ...found,
    ...faults(exactDeribit(params, context.book)).map((one) => ({ ...one, key: written[one.key] ?? one.key })),
  ];
}

export const deribitDefinition = define<DeribitParams>({
  kind: "deribit",
  part: "pressure",
  protocol: card,
  markets,
  summary:
    "Deribit's inverse perpetuals: margin in the coin that rises with size, liquidation in small steps until it is met, insurance fund, losses shared by winners.",
  source: "Deribit support: announcement of 11 January 2022; older documentation: auto liquidation, insurance",
  schema,
  fill,
  check,
  references: (params) => coinMarginedReferences({ ...params, contractUsd: params.contractUsd ?? 0 }),
  create: (name, params) =>
    coinMargined(
      name,
      {
        positions: params.positions,
        instrument: params.instrument,
        oracle: params.oracle,
        contractUsd: params.contractUsd ?? 0,
        atEquality: false,
        feeRate: Math.round((params.feeShare ?? 0) * rateOne),
        insuranceFundUsd: params.insuranceFundUsd,
        funding: { rule: "off" },
      },
      () =>
        deribitPolicy({
          margin: {
            base: Math.round((params.maintenanceShare ?? 0) * rateOne),
            perCoin: Math.round((params.perCoinShare ?? 0) * rateOne),
            highest: Math.round((params.highestShare ?? 0) * rateOne),
          },
          contractsPerStep: params.contractsPerStep ?? 1,
          stepsPerSecond: params.stepsPerSecond,
        }),
    ),
  demonstration: {
    scenario: coinLongsAndShorts({ protocol: "deribit", market: "eth-inverse", insuranceFund: "1000 USD" }),
    subject: "exchange",
    measure: "liquidatedAccounts",
    off: "falls",
  },
});
