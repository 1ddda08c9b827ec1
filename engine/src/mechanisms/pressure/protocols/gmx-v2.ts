import { z } from "zod";
import { type Basis, quantity } from "../../../book/index.js";
import { card, faults, type GmxParameters, presets } from "../../../exact/gmx-v2/index.js";
import type { GmxTerms } from "../../../rules/gmx-v2.js";
import { type CheckContext, define, type Fault, type Market } from "../../definition.js";
import { gmxMarket } from "../gmx/mechanism.js";
import { longsAndShorts } from "../perpetuals/demonstration.js";
import { marketKey, protocolShape } from "./shape.js";

const markets: readonly Market[] = presets.map(({ name, asOf, source }) => ({ name, asOf, source }));
const share = () => quantity.share({ bare: true });

/** As scenarios write them, with the exact folder's key. */
const shareKeys = {
  minCollateralShare: "minCollateralFactor",
  liquidationShare: "minCollateralFactorForLiquidation",
  feeImproved: "positionFeeFactorImproved",
  feeWorsened: "positionFeeFactorWorsened",
  liquidationFee: "liquidationFeeFactor",
  maxImpact: "maxImpactFactorForLiquidations",
  maxNegativeImpact: "maxNegativeImpactFactor",
  maxPositiveImpact: "maxPositiveImpactFactor",
  maxProfitForTraders: "maxPnlFactorForTraders",
  deleverageAbove: "maxPnlFactorForAdl",
  deleverageTo: "minPnlFactorAfterAdl",
} as const;

const schema = z
  .strictObject({
    ...protocolShape("gmx-v2"),
    market: marketKey(markets),
    instrument: z
      .string()
      .describe("Coin and quote coin of the market: index and long token, short token; and where hedgers trade."),
    poolLong: quantity.number({ least: 0 }).describe("Coins that the liquidity providers have in the pool."),
    poolShort: quantity.number({ least: 0 }).describe("Quote coins that they have in it."),
    hedged: share()
      .default(0)
      .describe("Share of every position that hedgers of the pool hold on the instrument and undo when it is closed."),
    deleveraging: z
      .boolean()
      .default(true)
      .describe("Whether keepers close profitable positions where a side's profit nears the pool."),
    minCollateral: quantity.usd({ most: 1e12 }).optional().describe("Smallest remaining collateral in dollars."),
    minCollateralShare: share()
      .optional()
      .describe("Smallest remaining collateral as a share of size, for what a partial close leaves."),
    liquidationShare: share().optional().describe("The same for a liquidation."),
    feeImproved: share().optional().describe("Fee of a close that improves the balance of open interest."),
    feeWorsened: share().optional().describe("Fee of a close that does not."),
    liquidationFee: share().optional().describe("Fee of a liquidation on top."),
    impactFactor: quantity
      .number({ least: 0, most: 1e6 })
      .optional()
      .describe("Price impact in dollars: this x (dollars of imbalance ^ impactExponent), where it worsens."),
    impactExponent: quantity.number({ least: 1, most: 5 }).optional().describe("Exponent of the worsening impact."),
    maxImpact: share()
      .optional()
      .describe("Largest negative impact that counts when a position is judged, as a share of size; 0: none."),
    maxNegativeImpact: share()
      .optional()
      .describe("Largest negative impact charged at a close, as a share of size; more is held for claims."),
    maxPositiveImpact: share().optional().describe("Largest positive impact paid, as a share of size."),
    maxProfitForTraders: share()
      .optional()
      .describe("Side profit over pool value beyond which profits are scaled down."),
    deleverageAbove: share().optional().describe("Side profit over pool value above which positions are deleveraged."),
    deleverageTo: share().optional().describe("Side profit over pool value below which deleveraging does not push."),
  })
  .transform(({ protocol: _, hedged, ...params }): GmxV2Params => ({ ...params, hedgedShare: hedged }));

type ShareKey = keyof typeof shareKeys;

/** A GMX market's parameters with every default filled in. */
export interface GmxV2Params extends Readonly<Partial<Record<ShareKey, number | undefined>>> {
  readonly positions: string;
  readonly instrument: string;
  readonly oracle: string;
  readonly market?: string | undefined;
  readonly poolLong: number;
  readonly poolShort: number;
  readonly hedgedShare: number;
  readonly deleveraging: boolean;
  readonly minCollateral?: number | undefined;
  readonly impactFactor?: number | undefined;
  readonly impactExponent?: number | undefined;
  readonly basis?: Basis | undefined;
}

/** Parts of 1e30 in what a fraction is rounded to. */
const fine = 1_000_000_000_000_000_000n;

function factor(fraction: number): bigint {
  return BigInt(Math.round(fraction * 1e12)) * fine;
}

function presetOf(params: GmxV2Params): GmxParameters {
  return (presets.find(({ name }) => name === params.market) ?? presets[0]).parameters;
}

function fill(params: GmxV2Params): GmxV2Params {
  const preset = presetOf(params);
  const keys = Object.entries(shareKeys) as [ShareKey, keyof GmxParameters][];
  const own = keys.some(([key]) => params[key] !== undefined) || params.impactFactor !== undefined;
  return {
    ...params,
    ...Object.fromEntries(keys.map(([key, exact]) => [key, params[key] ?? Number(preset[exact]) / 1e30])),
    minCollateral: params.minCollateral ?? Number(preset.minCollateralUsd) / 1e30,
    impactFactor: params.impactFactor ?? Number(preset.negativeImpactFactor) / 1e30,
    impactExponent: params.impactExponent ?? Number(preset.negativeImpactExponent) / 1e30,
    // Pool and hedge are always chosen; the terms are another date's where nothing is written.
    basis: params.basis ?? (params.market !== undefined && !own ? "borrowed" : "assumed"),
  };
}

/** The market's rules as the exact protocol takes them. */
export function exactGmx(params: GmxV2Params): GmxParameters {
  const preset = presetOf(params);
  const keys = Object.entries(shareKeys) as [ShareKey, keyof GmxParameters][];
  return {
    ...preset,
    ...Object.fromEntries(keys.map(([key, exact]) => [exact, factor(params[key] ?? 0)])),
    minCollateralUsd: factor(params.minCollateral ?? 0),
    negativeImpactFactor: factor(params.impactFactor ?? 0),
    negativeImpactExponent: factor(params.impactExponent ?? 1),
  };
}

function asFractions(parameters: GmxParameters): GmxTerms {
  const { openInterestInTokens: _, ...rest } = parameters;
  const fractions = Object.entries(rest).map(([key, value]) => [key, Number(value) / 1e30]);
  return Object.fromEntries(fractions) as unknown as GmxTerms;
}

function check(params: GmxV2Params, { book }: CheckContext): Fault[] {
  const names = new Map<string, string>(Object.entries(shareKeys).map(([key, exact]) => [exact, key]));
  const found: Fault[] = faults(exactGmx(params)).map((one) => ({
    ...one,
    key:
      names.get(one.key) ??
      {
        minCollateralUsd: "minCollateral",
        negativeImpactFactor: "impactFactor",
        negativeImpactExponent: "impactExponent",
      }[one.key] ??
      one.key,
  }));
  const instrument = book.instruments.find((one) => one.id === params.instrument);
  const table = book.positions.find((one) => one.protocol === params.positions);
  if (instrument === undefined || table === undefined) return found;
  const [coin, quote] = [book.assets[instrument.asset].symbol, book.assets[instrument.quote].symbol];
  const column = (role: string, asset: number) => table.columns.find((one) => one.role === role && one.asset === asset);
  const margins = [column("margin", instrument.asset), column("margin", instrument.quote)];
  const missing = [
    ...(column("size", instrument.asset) === undefined ? [`size ${coin}`] : []),
    ...(column("entryUsd", -1) === undefined ? ["entry USD"] : []),
    ...(margins.every((one) => one === undefined) ? [`margin ${quote}`] : []),
  ];
  for (const heading of missing) {
    found.push({
      code: "column-missing",
      key: "positions",
      message: `the positions ${params.positions} have no column "${heading}"`,
      hint: `give every account its "${heading}"${heading.startsWith("margin") ? ` (or "margin ${coin}")` : ""}`,
    });
  }
  const twice = margins[0]?.values.findIndex((units, row) => units > 0 && (margins[1]?.values[row] ?? 0) > 0) ?? -1;
  if (twice >= 0) {
    found.push({
      code: "margin-of-both",
      key: "positions",
      message: `${table.ids.at(twice) ?? `row ${twice}`} has margin in ${coin} and in ${quote}; a position has one collateral token`,
      hint: "make two accounts of it",
    });
  }
  const [sizes, entries] = [column("size", instrument.asset), column("entryUsd", -1)];
  const free = sizes?.values.findIndex((units, row) => units !== 0 && !((entries?.values[row] ?? 1) > 0)) ?? -1;
  if (free >= 0) {
    found.push({
      code: "entry-not-positive",
      key: "positions",
      message: `${table.ids.at(free) ?? `row ${free}`} has an entry price of 0`,
      hint: "write the price at which the position was opened",
    });
  }
  return found;
}

export const gmxV2Definition = define<GmxV2Params>({
  kind: "gmx-v2",
  part: "pressure",
  protocol: card,
  markets,
  summary:
    "GMX v2: the other side is a pool, closes are at the oracle's price with capped impact; only what the pool's hedgers undo reaches a market; deleveraging by pool factor.",
  source:
    "gmx-io/gmx-synthetics a5c0c883: PositionUtils.isPositionLiquidatable, DecreasePositionCollateralUtils.processCollateral, AdlHandler.executeAdl",
  schema,
  fill,
  check,
  references: (params) => [
    { key: "positions", kind: "positions", name: params.positions },
    { key: "instrument", kind: "instrument", name: params.instrument },
    { key: "oracle", kind: "oracle", name: params.oracle },
  ],
  create: (name, params) => {
    const exact = exactGmx(params);
    return gmxMarket(name, {
      positions: params.positions,
      instrument: params.instrument,
      oracle: params.oracle,
      terms: asFractions(exact),
      exact,
      poolLongCoins: params.poolLong,
      poolShortCoins: params.poolShort,
      hedgedShare: params.hedgedShare,
      deleveraging: params.deleveraging,
    });
  },
  demonstration: {
    scenario: longsAndShorts({
      small: {
        pressure: {
          exchange: {
            protocol: "gmx-v2",
            market: "base-market",
            instrument: "ETH/USD-PERP",
            oracle: "mark",
            poolLong: 2000,
            poolShort: 4_000_000,
            hedged: "50%",
          },
        },
      },
    }),
    subject: "exchange",
    measure: "liquidatedAccounts",
    off: "falls",
  },
});
