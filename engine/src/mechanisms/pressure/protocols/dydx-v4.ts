import { z } from "zod";
import { type Basis, type Book, quantity } from "../../../book/index.js";
import {
  card,
  configFaults,
  faults,
  type LiquidationsConfig,
  type PerpetualParameters,
  presets,
} from "../../../exact/dydx-v4/index.js";
import { DydxMargin } from "../../../rules/dydx-v4.js";
import { rateOne } from "../../../rules/perpetual.js";
import { type CheckContext, define, type Fault, type Market } from "../../definition.js";
import { longsAndShorts } from "../perpetuals/demonstration.js";
import { perpetuals } from "../perpetuals/mechanism.js";
import {
  deleveragingShape,
  fundingKey,
  instrumentKey,
  type PerpetualsParams,
  perpetualsFaults,
} from "../perpetuals/schema.js";
import { DydxClosing } from "./dydx-v4-closing.js";
import { exchangeDecimals, exchangeReferences, withoutRepeats } from "./exchange-terms.js";
import { marketKey, protocolShape } from "./shape.js";

const markets: readonly Market[] = presets.map(({ name, asOf, source }) => ({ name, asOf, source }));

const schema = z
  .strictObject({
    ...protocolShape("dydx-v4"),
    market: marketKey(markets),
    instrument: instrumentKey(),
    initialMargin: quantity
      .share({ bare: true, above: 0, most: 1 })
      .optional()
      .describe("Initial margin as a share of notional, in place of the market's."),
    maintenanceFraction: quantity
      .share({ bare: true, above: 0, most: 1 })
      .optional()
      .describe("Maintenance margin as a share of the initial margin, in place of the market's."),
    step: quantity
      .number({ least: 0 })
      .optional()
      .describe("Coins of which partial closes are multiples; the market's, or the smallest unit."),
    maxFee: quantity
      .share({ bare: true, above: 0, most: 1 })
      .default(0.015)
      .describe(
        "Most that a close better than the bankruptcy price pays to the insurance fund, as a share of its cash.",
      ),
    bankruptcyAdjustment: quantity
      .number({ least: 1 })
      .default(1)
      .describe("How fast the fillable price falls as net collateral does; at least 1."),
    spreadRatio: quantity
      .number({ least: 0 })
      .default(1.5)
      .describe("How far it falls at most, in maintenance margins; the order's worst price."),
    minPositionNotional: quantity
      .usd()
      .prefault("1000 USD")
      .describe("A block may always close this much of a position."),
    maxPositionPortion: quantity
      .share({ bare: true, above: 0, most: 1 })
      .default(0.1)
      .describe("Share of a position that one block closes; 100% switches the limit off."),
    maxNotional: quantity.usd().prefault("100000 USD").describe("Most of one account that one block closes."),
    maxInsurance: quantity
      .usd()
      .prefault("1000000 USD")
      .describe("Most that the insurance fund pays for one account in one block."),
    blockTime: quantity
      .duration({ above: 0 })
      .prefault("1 s")
      .describe("Time between blocks: a tick holds as many attempts as blocks, one a round."),
    insuranceFund: quantity.usd().prefault("0 USD").describe("What the insurance fund holds at the start."),
    ...deleveragingShape("dydx"),
    funding: fundingKey(),
    atEquality: z
      .boolean()
      .default(false)
      .describe("Whether net collateral of exactly the maintenance margin is liquidated."),
  })
  .transform(
    ({
      protocol: _,
      minPositionNotional,
      maxNotional,
      maxInsurance,
      blockTime,
      insuranceFund,
      deleveragingCap,
      ...params
    }): DydxV4Params => ({
      ...params,
      minPositionNotionalUsd: minPositionNotional,
      maxNotionalUsd: maxNotional,
      maxInsuranceUsd: maxInsurance,
      blockMs: blockTime,
      insuranceFundUsd: insuranceFund,
      deleveragingCapShare: deleveragingCap,
      feeShare: params.maxFee,
      tiers: [],
      basis:
        params.basis ?? (params.initialMargin === undefined && params.market !== undefined ? "borrowed" : "assumed"),
    }),
  );

/** A dYdX v4 market's parameters with every default filled in. */
export interface DydxV4Params extends PerpetualsParams {
  readonly market?: string | undefined;
  readonly initialMargin?: number | undefined;
  readonly maintenanceFraction?: number | undefined;
  readonly step?: number | undefined;
  readonly maxFee: number;
  readonly bankruptcyAdjustment: number;
  readonly spreadRatio: number;
  readonly minPositionNotionalUsd: number;
  readonly maxPositionPortion: number;
  readonly maxNotionalUsd: number;
  readonly maxInsuranceUsd: number;
  readonly blockMs: number;
  readonly basis: Basis;
}

/** The market's margins and step where the scenario writes none; the one tier that they are. */
function fill(params: DydxV4Params): DydxV4Params {
  const preset = presets.find(({ name }) => name === params.market)?.parameters;
  const share = (ppm: bigint | undefined) => (ppm === undefined ? undefined : Number(ppm) / rateOne);
  const initialMargin = params.initialMargin ?? share(preset?.tier.initialMarginPpm);
  const maintenanceFraction = params.maintenanceFraction ?? share(preset?.tier.maintenanceFractionPpm);
  const known = initialMargin !== undefined && maintenanceFraction !== undefined;
  return {
    ...params,
    initialMargin,
    maintenanceFraction,
    step:
      params.step ?? (preset === undefined ? 0 : Number(preset.stepBaseQuantums) / Number(`1e${preset.baseDecimals}`)),
    tiers: known ? [{ fromUsd: 0, maintenanceShare: initialMargin * maintenanceFraction }] : [],
  };
}

/** Everything wrong with the terms beside the book. */
function check(params: DydxV4Params, context: CheckContext): Fault[] {
  const general = perpetualsFaults(params, context);
  const missing = (["initialMargin", "maintenanceFraction"] as const)
    .filter((key) => params[key] === undefined)
    .map((key) => ({
      code: "term-missing",
      key,
      message: `there is no market and no ${key}`,
      hint: "write market: eth-usd, or initialMargin: 5% and maintenanceFraction: 60%",
    }));
  const named: Readonly<Record<string, string>> = {
    "tier.initialMarginPpm": "initialMargin",
    "tier.maintenanceFractionPpm": "maintenanceFraction",
    stepBaseQuantums: "step",
    maxLiquidationFeePpm: "maxFee",
    bankruptcyAdjustmentPpm: "bankruptcyAdjustment",
    spreadToMaintenanceMarginRatioPpm: "spreadRatio",
    minPositionNotionalLiquidated: "minPositionNotional",
    maxPositionPortionLiquidatedPpm: "maxPositionPortion",
    maxNotionalLiquidated: "maxNotional",
    maxQuantumsInsuranceLost: "maxInsurance",
  };
  const own = [...faults(exactPerpetual(params, context.book)), ...configFaults(exactConfig(params, context.book))];
  return withoutRepeats(
    [...general, ...missing],
    own.map(({ code, key, message, hint }) => ({ code, key: named[key] ?? key, message, hint })),
  );
}

const ppm = (share: number) => BigInt(Math.round(share * rateOne));

/** The market as the exact chain takes it, at the engine's decimals. */
export function exactPerpetual(params: DydxV4Params, book: Book): PerpetualParameters {
  const { assetDecimals, quoteDecimals } = exchangeDecimals(book, params.instrument);
  return {
    baseDecimals: assetDecimals,
    quoteDecimals,
    priceDecimals: 8,
    tier: {
      name: params.market ?? "written",
      initialMarginPpm: ppm(params.initialMargin ?? 0),
      maintenanceFractionPpm: ppm(params.maintenanceFraction ?? 0),
      openInterestLowerCap: 0n,
      openInterestUpperCap: 0n,
    },
    stepBaseQuantums: BigInt(Math.max(1, Math.round((params.step ?? 0) * Number(`1e${assetDecimals}`)))),
    priceStepsPerTick: 1n,
    finalSettlement: false,
  };
}

/** The rules of liquidation as the exact chain takes them. */
export function exactConfig(params: DydxV4Params, book: Book): LiquidationsConfig {
  const { quoteDecimals } = exchangeDecimals(book, params.instrument);
  const quote = (usd: number) => BigInt(Math.round(usd * Number(`1e${quoteDecimals}`)));
  return {
    maxLiquidationFeePpm: ppm(params.maxFee),
    bankruptcyAdjustmentPpm: ppm(params.bankruptcyAdjustment),
    spreadToMaintenanceMarginRatioPpm: ppm(params.spreadRatio),
    minPositionNotionalLiquidated: quote(params.minPositionNotionalUsd),
    maxPositionPortionLiquidatedPpm: ppm(params.maxPositionPortion),
    maxNotionalLiquidated: quote(params.maxNotionalUsd),
    maxQuantumsInsuranceLost: quote(params.maxInsuranceUsd),
  };
}

/** The chain's arithmetic on a book. */
function marginOn(params: DydxV4Params, book: Book): DydxMargin {
  const { assetDecimals, quoteDecimals } = exchangeDecimals(book, params.instrument);
  const { tier } = exactPerpetual(params, book);
  return new DydxMargin(Number(`1e${assetDecimals + 8 - quoteDecimals}`), {
    initialMargin: Number(tier.initialMarginPpm),
    maintenanceFraction: Number(tier.maintenanceFractionPpm),
  });
}

/** How accounts are closed on a book. */
function closingOn(params: DydxV4Params, book: Book): DydxClosing {
  const config = exactConfig(params, book);
  return new DydxClosing(
    marginOn(params, book),
    {
      maxFee: Number(config.maxLiquidationFeePpm),
      bankruptcyAdjustment: Number(config.bankruptcyAdjustmentPpm),
      spreadRatio: Number(config.spreadToMaintenanceMarginRatioPpm),
      minPositionNotional: Number(config.minPositionNotionalLiquidated),
      maxPositionPortion: Number(config.maxPositionPortionLiquidatedPpm),
      maxNotional: Number(config.maxNotionalLiquidated),
      maxInsuranceLost: Number(config.maxQuantumsInsuranceLost),
      stepUnits: Number(exactPerpetual(params, book).stepBaseQuantums),
    },
    params.blockMs,
  );
}

export const dydxV4Definition = define<DydxV4Params>({
  kind: "dydx-v4",
  part: "pressure",
  protocol: card,
  markets,
  summary:
    "dYdX v4: a part of a position per block at the fillable price or better, an insurance fund that pays all or nothing, deleveraging in turn at the bankruptcy price.",
  source: "dydxprotocol/v4-chain 84d4664b, x/clob/keeper/liquidations.go and deleveraging.go",
  schema,
  fill,
  check,
  create: (name, params) =>
    perpetuals(name, params, {
      rule: (tiered, book) => ({ ...tiered, arithmetic: marginOn(params, book) }),
      closing: (book) => closingOn(params, book),
    }),
  references: exchangeReferences,
  demonstration: {
    scenario: longsAndShorts({ exchange: { protocol: "dydx-v4", market: "eth-usd", insuranceFund: "1000 USD" } }),
    subject: "exchange",
    measure: "liquidatedAccounts",
    off: "falls",
  },
});
