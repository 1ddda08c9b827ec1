import { z } from "zod";
import { type Basis, quantity } from "../../../book/index.js";
import { card, type DriftParameters, faults, presets } from "../../../exact/drift-v2/index.js";
import { powersOfTen } from "../../../rules/account-value.js";
import { type CheckContext, define, type Fault, type Market } from "../../definition.js";
import { driftMarket } from "../drift/mechanism.js";
import { longsAndShorts } from "../perpetuals/demonstration.js";
import { marketKey, protocolShape } from "./shape.js";

const markets: readonly Market[] = presets.map(({ name, asOf, source }) => ({ name, asOf, source }));
const share = () => quantity.share({ bare: true }).optional();

const schema = z
  .strictObject({
    ...protocolShape("drift-v2"),
    market: marketKey(markets),
    instrument: z
      .string()
      .describe("Coin and quote coin of the market; and where the liquidator closes what he took over."),
    initialMargin: share().describe("Initial margin ratio: what the liquidator must meet."),
    maintenance: share().describe("Maintenance margin ratio."),
    imf: quantity
      .number({ least: 0 })
      .optional()
      .describe("How the ratio grows with the square root of size, as a fraction; 0: not."),
    buffer: share().describe("Added to the maintenance ratio until a running liquidation ends."),
    liquidatorFee: share().describe("The liquidator's fee at first; it grows with slots after ten minutes."),
    insuranceFee: share().describe("Largest fee to the insurance fund."),
    initialShare: share().describe("Share of what is needed that may be taken over at once."),
    duration: quantity
      .number({ least: 0, whole: true })
      .optional()
      .describe("Slots over which the share grows to all; 0: all at once."),
    maxInsurance: quantity.usd().optional().describe("What the insurance fund may pay for this market in all."),
    step: quantity
      .number({ above: 0 })
      .optional()
      .describe("Positions are multiples of this many coins; less is cut off."),
    slot: quantity.duration({ above: 0 }).prefault("400 ms").describe("Length of a slot."),
    insuranceFund: quantity.usd().prefault("0 USD").describe("What the insurance fund holds at the start."),
    liquidatorCapital: quantity
      .usd()
      .prefault("1000000 USD")
      .describe("Deposit of the liquidator, who must meet the initial margin for what he takes over. Assumed."),
  })
  .transform(
    ({ protocol: _, maxInsurance, slot, insuranceFund, liquidatorCapital, ...params }): DriftV2Params => ({
      ...params,
      maxInsuranceUsd: maxInsurance,
      slotMs: slot,
      insuranceUsd: insuranceFund,
      liquidatorUsd: liquidatorCapital,
    }),
  );

/** A Drift market's parameters with every default filled in. */
export interface DriftV2Params {
  readonly positions: string;
  readonly instrument: string;
  readonly oracle: string;
  readonly market?: string | undefined;
  readonly initialMargin?: number | undefined;
  readonly maintenance?: number | undefined;
  readonly imf?: number | undefined;
  readonly buffer?: number | undefined;
  readonly liquidatorFee?: number | undefined;
  readonly insuranceFee?: number | undefined;
  readonly initialShare?: number | undefined;
  readonly duration?: number | undefined;
  readonly maxInsuranceUsd?: number | undefined;
  readonly step?: number | undefined;
  readonly slotMs: number;
  readonly insuranceUsd: number;
  readonly liquidatorUsd: number;
  readonly basis?: Basis | undefined;
}

const keys = [
  "initialMargin",
  "maintenance",
  "imf",
  "buffer",
  "liquidatorFee",
  "insuranceFee",
  "initialShare",
  "duration",
  "maxInsuranceUsd",
  "step",
] as const;

function fill(params: DriftV2Params): DriftV2Params {
  const { parameters } = presets[0];
  const ratio = (of: bigint) => Number(of) / 1e4;
  const fee = (of: bigint) => Number(of) / 1e6;
  return {
    ...params,
    initialMargin: params.initialMargin ?? ratio(parameters.marginRatioInitial),
    maintenance: params.maintenance ?? ratio(parameters.marginRatioMaintenance),
    imf: params.imf ?? fee(parameters.imfFactor),
    buffer: params.buffer ?? ratio(parameters.liquidationMarginBufferRatio),
    liquidatorFee: params.liquidatorFee ?? fee(parameters.liquidatorFee),
    insuranceFee: params.insuranceFee ?? fee(parameters.insuranceFee),
    initialShare: params.initialShare ?? ratio(parameters.initialPctToLiquidate),
    duration: params.duration ?? Number(parameters.liquidationDuration),
    maxInsuranceUsd: params.maxInsuranceUsd ?? Number(parameters.maxInsurance) / Number(parameters.quoteOne),
    step: params.step ?? Number(parameters.stepSize) / Number(parameters.baseOne),
    basis:
      params.basis ??
      (params.market !== undefined && keys.every((key) => params[key] === undefined) ? "borrowed" : "assumed"),
  };
}

/** The market's rules as the exact protocol takes them, at given decimals of coin and quote coin; prices in steps of 1e-8. */
export function exactDrift(params: DriftV2Params, coinDecimals: number, quoteDecimals: number): DriftParameters {
  const ratio = (of = 0) => BigInt(Math.round(of * 1e4));
  const fee = (of = 0) => BigInt(Math.round(of * 1e6));
  const units = (of = 0, decimals = 0) => BigInt(Math.round(of * powersOfTen[decimals]));
  return {
    valueScale: BigInt(powersOfTen[Math.max(0, coinDecimals + 8 - quoteDecimals)]),
    baseOne: BigInt(powersOfTen[coinDecimals]),
    quoteOne: BigInt(powersOfTen[quoteDecimals]),
    priceOne: 100_000_000n,
    stepSize: units(params.step, coinDecimals),
    marginRatioInitial: ratio(params.initialMargin),
    marginRatioMaintenance: ratio(params.maintenance),
    imfFactor: fee(params.imf),
    liquidationMarginBufferRatio: ratio(params.buffer),
    liquidatorFee: fee(params.liquidatorFee),
    insuranceFee: fee(params.insuranceFee),
    initialPctToLiquidate: ratio(params.initialShare),
    liquidationDuration: BigInt(params.duration ?? 0),
    maxInsurance: units(params.maxInsuranceUsd, quoteDecimals),
  };
}

const written: Readonly<Record<string, string>> = {
  stepSize: "step",
  marginRatioInitial: "initialMargin",
  marginRatioMaintenance: "maintenance",
  imfFactor: "imf",
  liquidationMarginBufferRatio: "buffer",
  initialPctToLiquidate: "initialShare",
};

function check(params: DriftV2Params, { book }: CheckContext): Fault[] {
  const instrument = book.instruments.find((one) => one.id === params.instrument);
  const table = book.positions.find((one) => one.protocol === params.positions);
  const coinDecimals = instrument === undefined ? 7 : book.assets[instrument.asset].unitDecimals;
  const quoteDecimals = instrument === undefined ? 6 : book.assets[instrument.quote].unitDecimals;
  const found: Fault[] = faults(exactDrift(params, coinDecimals, quoteDecimals)).map((one) => ({
    ...one,
    key: written[one.key] ?? one.key,
  }));
  if (instrument === undefined || table === undefined) return found;
  const [coin, quote] = [book.assets[instrument.asset].symbol, book.assets[instrument.quote].symbol];
  for (const [role, index, heading] of [
    ["size", instrument.asset, `size ${coin}`],
    ["entryUsd", -1, "entry USD"],
    ["margin", instrument.quote, `margin ${quote}`],
  ] as const) {
    if (table.columns.some((column) => column.role === role && column.asset === index)) continue;
    found.push({
      code: "column-missing",
      key: "positions",
      message: `the positions ${params.positions} have no column "${heading}"`,
      hint: `give every account its "${heading}"`,
    });
  }
  return found;
}

export const driftV2Definition = define<DriftV2Params>({
  kind: "drift-v2",
  part: "pressure",
  protocol: card,
  markets,
  summary:
    "Drift v2: a liquidator with capital takes positions over at the oracle's price less a fee, a share that grows with slots, and closes them on the market; insurance, then social loss.",
  source:
    "drift-labs/protocol-v2 0ae3e3b1: controller/liquidation.rs liquidate_perp, resolve_perp_bankruptcy; math/liquidation.rs",
  schema,
  fill,
  check,
  references: (params) => [
    { key: "positions", kind: "positions", name: params.positions },
    { key: "instrument", kind: "instrument", name: params.instrument },
    { key: "oracle", kind: "oracle", name: params.oracle },
  ],
  create: (name, params) =>
    driftMarket(name, {
      positions: params.positions,
      instrument: params.instrument,
      oracle: params.oracle,
      exact: (coinDecimals, quoteDecimals) => exactDrift(params, coinDecimals, quoteDecimals),
      slotMs: params.slotMs,
      insuranceUsd: params.insuranceUsd,
      liquidatorUsd: params.liquidatorUsd,
    }),
  demonstration: {
    scenario: longsAndShorts({
      small: {
        pressure: {
          exchange: {
            protocol: "drift-v2",
            market: "code-defaults",
            instrument: "ETH/USD-PERP",
            oracle: "mark",
            insuranceFund: "1000 USD",
          },
        },
      },
    }),
    subject: "exchange",
    measure: "liquidatedAccounts",
    off: "falls",
  },
});
