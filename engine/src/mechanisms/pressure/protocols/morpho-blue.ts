import { z } from "zod";
import { type Basis, type Book, quantity } from "../../../book/index.js";
import {
  card,
  faults,
  liquidationIncentiveFactor,
  type MorphoParameters,
  marketAt,
  type PreLiquidationParameters,
  preLiquidationFaults,
  presets,
} from "../../../exact/morpho-blue/index.js";
import type { Interest } from "../../../rules/interest.js";
import { MORPHO_ONE, MorphoBlueRule } from "../../../rules/morpho-blue.js";
import { type CheckContext, define, type Fault, type Market } from "../../definition.js";
import { oneAccountFalls } from "../../demonstrations.js";
import { marketFaults, marketReferences } from "../lending/market-check.js";
import type { LiquidityParams } from "../lending/market-schema.js";
import { lending } from "../lending/mechanism.js";
import type { LendingParams } from "../lending/schema.js";
import { heldSymbols, missingColumns, unknownPair } from "./market-terms.js";
import { interestRate, liquidityShape, marketKey, protocolShape } from "./shape.js";

const markets: readonly Market[] = presets.map(({ name, asOf, source }) => ({ name, asOf, source }));

const schema = z
  .strictObject({
    ...protocolShape("morpho-blue"),
    market: marketKey(markets),
    collateral: z.string().optional().describe("The market's collateral asset; by default the one that accounts hold."),
    loan: z.string().optional().describe("The market's loan asset; by default the one that accounts owe."),
    lltv: quantity
      .share({ bare: true, above: 0 })
      .optional()
      .describe("Liquidation loan-to-value; the incentive follows from it."),
    preLiquidation: z
      .strictObject({
        lltv: quantity
          .share({ bare: true, above: 0 })
          .describe("Loan-to-value from which on it may be pre-liquidated."),
        closeFactor: z
          .tuple([quantity.share({ bare: true }), quantity.share({ bare: true, most: 100 })])
          .describe("Share of the debt that one call repays, there and at the market's LLTV."),
        bonus: z
          .tuple([quantity.share({ bare: true }), quantity.share({ bare: true })])
          .describe("What the liquidator gets on top, there and at the market's LLTV."),
      })
      .optional()
      .describe("Terms of a pre-liquidation that all accounts of the table have opted into."),
    interest: interestRate(),
    supplied: liquidityShape().supplied,
    withdrawals: liquidityShape().withdrawals,
  })
  .transform(({ protocol: _, interest, ...params }): MorphoBlueParams => ({ ...params, interestPerYear: interest }));

/** A Morpho Blue market's parameters with every default filled in. */
export interface MorphoBlueParams extends LiquidityParams {
  readonly positions: string;
  readonly oracle: string;
  readonly market?: string | undefined;
  readonly collateral?: string | undefined;
  readonly loan?: string | undefined;
  readonly lltv?: number | undefined;
  readonly preLiquidation?:
    | {
        readonly lltv: number;
        readonly closeFactor: readonly [number, number];
        readonly bonus: readonly [number, number];
      }
    | undefined;
  readonly interestPerYear: Interest;
  readonly basis?: Basis | undefined;
}

function fill(params: MorphoBlueParams, book: Book): MorphoBlueParams {
  const preset = presets.find(({ name }) => name === params.market);
  const lltv = params.lltv ?? (preset === undefined ? undefined : Number(preset.parameters.lltv) / 1e18);
  return {
    ...params,
    collateral: params.collateral ?? heldSymbols(book, params.positions, "collateral")[0],
    loan: params.loan ?? heldSymbols(book, params.positions, "debt")[0],
    ...(lltv === undefined ? {} : { lltv }),
    basis: params.basis ?? (params.lltv === undefined && preset !== undefined ? "borrowed" : "assumed"),
  };
}

/** A share as a wad, to fifteen places. */
function wad(share: number): bigint {
  return BigInt(Math.round(share * MORPHO_ONE)) * 1_000n;
}

/** The market as the exact protocol takes it. */
export function exactMarket(params: MorphoBlueParams): {
  readonly market: MorphoParameters;
  readonly pre: PreLiquidationParameters | undefined;
} {
  const { lltv = 0, preLiquidation: pre } = params;
  return {
    market: marketAt(wad(lltv)),
    pre:
      pre === undefined
        ? undefined
        : {
            preLltv: wad(pre.lltv),
            preCloseFactorLow: wad(pre.closeFactor[0]),
            preCloseFactorHigh: wad(pre.closeFactor[1]),
            preIncentiveFactorLow: wad(1 + pre.bonus[0]),
            preIncentiveFactorHigh: wad(1 + pre.bonus[1]),
          },
  };
}

function check(params: MorphoBlueParams, { book }: CheckContext): Fault[] {
  const found: Fault[] = [
    ...missingColumns(book, params.positions),
    ...unknownPair(book, params.positions, { collateral: params.collateral, debt: params.loan }, "loan"),
    ...marketFaults({ ...params, threshold: {} }, book),
  ];
  for (const [role, key] of [
    ["collateral", "collateral"],
    ["debt", "loan"],
  ] as const) {
    const others = heldSymbols(book, params.positions, role).filter((symbol) => symbol !== params[key]);
    if (others.length === 0) continue;
    found.push({
      code: "market-one-pair",
      key,
      message: `accounts also have ${others.join(", ")} as ${role}; a Morpho market has one collateral and one loan asset`,
      hint: "make a table and a mechanism for each market",
    });
  }
  if (params.lltv === undefined) {
    found.push({
      code: "term-missing",
      key: "lltv",
      message: "neither a market nor an LLTV is written",
      hint: "write lltv: 86%, or market: lltv-86",
    });
    return found;
  }
  const { market, pre } = exactMarket(params);
  found.push(...faults(market));
  if (pre !== undefined)
    found.push(...preLiquidationFaults(market, pre).map((one) => ({ ...one, key: `preLiquidation.${one.key}` })));
  return found;
}

function terms(params: MorphoBlueParams): LendingParams {
  return {
    positions: params.positions,
    oracle: params.oracle,
    termsOracle: params.oracle,
    threshold: { [params.collateral ?? ""]: params.preLiquidation?.lltv ?? params.lltv ?? 0 },
    bonus: {},
    penalty: 0,
    protocolFee: 0,
    size: { rule: "close-factor", steps: [{ healthBelow: 100, closeFactor: 1 }] },
    dustUsd: 0,
    atEquality: false,
    interestPerYear: params.interestPerYear,
    supplied: params.supplied,
    withdrawals: params.withdrawals,
    basis: params.basis ?? "assumed",
  };
}

export const morphoBlueDefinition = define<MorphoBlueParams>({
  kind: "morpho-blue",
  part: "pressure",
  protocol: card,
  markets,
  summary:
    "Morpho Blue: one collateral, one loan asset; all debt at once at an incentive that follows from the LLTV; pre-liquidation where opted into.",
  source:
    "morpho-org/morpho-blue 3085651, Morpho.liquidate; morpho-org/pre-liquidation 9e8b7f4, PreLiquidation.preLiquidate",
  schema,
  fill,
  check,
  create: (name, params) =>
    lending(name, terms(params), {
      rule: (base, book) => {
        const asset = (symbol: string | undefined) => book.assets.findIndex((one) => one.symbol === symbol);
        const { market, pre } = exactMarket(params);
        const fine = (of: bigint) => Number(of / 1_000n);
        return {
          ...base,
          // Not whole basis points: the market's own threshold, so that nobody is looked at too late.
          thresholdBps: base.thresholdBps.map((bps) =>
            bps === 0 ? 0 : 1e4 * (params.preLiquidation?.lltv ?? params.lltv ?? 0),
          ),
          protocol: new MorphoBlueRule({
            collateral: asset(params.collateral),
            loan: asset(params.loan),
            lltv: fine(market.lltv),
            incentive: fine(liquidationIncentiveFactor(market)),
            pre:
              pre === undefined
                ? undefined
                : {
                    lltv: fine(pre.preLltv),
                    closeFactorLow: fine(pre.preCloseFactorLow),
                    closeFactorHigh: fine(pre.preCloseFactorHigh),
                    incentiveLow: fine(pre.preIncentiveFactorLow),
                    incentiveHigh: fine(pre.preIncentiveFactorHigh),
                  },
          }),
        };
      },
    }),
  references: (params) => [
    { key: "positions", kind: "positions", name: params.positions },
    { key: "oracle", kind: "oracle", name: params.oracle },
    ...(["collateral", "loan"] as const).flatMap((key) => {
      const name = params[key];
      return name === undefined ? [] : [{ key, kind: "asset" as const, name }];
    }),
    ...marketReferences(params),
  ],
  demonstration: {
    scenario: oneAccountFalls({ pressure: { lender: { protocol: "morpho-blue", lltv: "86%" } } }),
    subject: "lender",
    measure: "liquidatedAccounts",
    off: "falls",
  },
});
