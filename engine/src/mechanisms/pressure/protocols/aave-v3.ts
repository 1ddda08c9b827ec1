import { z } from "zod";
import { type Basis, type Book, quantity } from "../../../book/index.js";
import { type AaveV3Parameters, card, deployedRules, faults, presets } from "../../../exact/aave-v3/index.js";
import { AaveV3Rule } from "../../../rules/aave-v3.js";
import { basisPoints } from "../../../rules/account-value.js";
import type { Interest } from "../../../rules/interest.js";
import { type CheckContext, define, type Fault, type Market } from "../../definition.js";
import { oneAccountFalls } from "../../demonstrations.js";
import { marketFaults, marketReferences } from "../lending/market-check.js";
import type { LiquidityParams } from "../lending/market-schema.js";
import { lending } from "../lending/mechanism.js";
import type { LendingParams } from "../lending/schema.js";
import { heldSymbols, missingColumns, missingTerms, perSymbol, symbolIn } from "./market-terms.js";
import { interestRate, liquidityShape, marketKey, protocolShape } from "./shape.js";

const markets: readonly Market[] = presets.map(({ name, asOf, source }) => ({ name, asOf, source }));

const schema = z
  .strictObject({
    ...protocolShape("aave-v3"),
    market: marketKey(markets),
    threshold: perSymbol().describe("By collateral: liquidation threshold, the share of its value that counts."),
    bonus: perSymbol().describe("By collateral: what the liquidator gets on top of the repayment."),
    protocolFee: quantity.share({ bare: true }).optional().describe("The protocol's share of the bonus (10 %)."),
    closeFactor: quantity
      .share({ bare: true, above: 0 })
      .default(0.5)
      .describe("Share of the TOTAL debt that one liquidation repays; 100% switches the rule off."),
    closeFactorHealth: quantity
      .number({ least: 0, most: 1 })
      .default(0.95)
      .describe("Health factor above which the close factor binds."),
    closeFactorMinimum: quantity
      .usd()
      .prefault("2000 USD")
      .describe("It binds only where collateral and debt are both worth this much."),
    minimumLeftover: quantity
      .usd()
      .prefault("1000 USD")
      .describe("What a liquidation leaves of either side, if it leaves some of both; 0 USD switches the rule off."),
    interest: interestRate(),
    ...liquidityShape(),
  })
  .transform(
    ({ protocol: _, closeFactorMinimum, minimumLeftover, interest, ...params }): AaveV3Params => ({
      ...params,
      threshold: params.threshold ?? {},
      bonus: params.bonus ?? {},
      closeFactorMinimumUsd: closeFactorMinimum,
      minimumLeftoverUsd: minimumLeftover,
      interestPerYear: interest,
    }),
  );

/** An Aave v3 market's parameters with every default filled in. */
export interface AaveV3Params extends LiquidityParams {
  readonly positions: string;
  readonly oracle: string;
  readonly market?: string | undefined;
  readonly threshold: Readonly<Record<string, number>>;
  readonly bonus: Readonly<Record<string, number>>;
  readonly protocolFee?: number | undefined;
  readonly closeFactor: number;
  readonly closeFactorHealth: number;
  readonly closeFactorMinimumUsd: number;
  readonly minimumLeftoverUsd: number;
  readonly interestPerYear: Interest;
  readonly basis?: Basis | undefined;
}

/** The market's terms for the assets of the book, under what the scenario writes. */
function fill(params: AaveV3Params, book: Book): AaveV3Params {
  const reserves = presets.find(({ name }) => name === params.market)?.parameters.reserves ?? [];
  const shares = (of: (reserve: (typeof reserves)[number]) => bigint) =>
    Object.fromEntries(
      book.assets.flatMap(({ symbol }) => {
        const reserve = reserves.find(({ asset }) => symbolIn(asset, symbol));
        return reserve === undefined || reserve.liquidationThresholdBps === 0n
          ? []
          : [[symbol, Number(of(reserve)) / basisPoints]];
      }),
    );
  const written = Object.keys(params.threshold).length > 0;
  return {
    ...params,
    threshold: { ...shares((one) => one.liquidationThresholdBps), ...params.threshold },
    bonus: { ...shares((one) => one.liquidationBonusBps - BigInt(basisPoints)), ...params.bonus },
    protocolFee: params.protocolFee ?? 0.1,
    basis: params.basis ?? (params.market === undefined || written ? "assumed" : "borrowed"),
  };
}

/** Everything wrong with the terms beside the book. */
function check(params: AaveV3Params, { book }: CheckContext): Fault[] {
  const collaterals = heldSymbols(book, params.positions, "collateral");
  return [
    ...missingColumns(book, params.positions),
    ...missingTerms("threshold", params.threshold, collaterals, params.market),
    ...marketFaults(params, book),
    ...faults(exactParameters(params, book)).map(({ code, key, message, hint }) => ({
      code,
      key: key
        .replace(/^reserves\.([^.]+)\.liquidationThresholdBps$/, "threshold.$1")
        .replace(/^reserves\.([^.]+)\.liquidationBonusBps$/, "bonus.$1"),
      message,
      hint,
    })),
  ];
}

/** The same terms as the exact protocol takes them, at the engine's decimals: values in 1e-6 USD, so that a token's unit counts two digits more. */
export function exactParameters(params: AaveV3Params, book: Book): AaveV3Parameters {
  const bps = (share: number) => BigInt(Math.round(share * basisPoints));
  const value = (usd: number) => BigInt(Math.floor(usd * 1e6));
  return {
    reserves: book.assets.map(({ symbol, unitDecimals }) => ({
      asset: symbol,
      decimals: unitDecimals + 2,
      loanToValueBps: bps(params.threshold[symbol] ?? 0),
      liquidationThresholdBps: bps(params.threshold[symbol] ?? 0),
      liquidationBonusBps:
        params.threshold[symbol] === undefined ? 0n : BigInt(basisPoints) + bps(params.bonus[symbol] ?? 0),
      liquidationProtocolFeeBps: bps(params.protocolFee ?? 0),
      reserveFactorBps: 0n,
      active: true,
      frozen: false,
      paused: false,
      borrowingEnabled: true,
      interestRates: null,
    })),
    eModeCategories: [],
    rules: {
      ...deployedRules,
      closeFactorBps: bps(params.closeFactor),
      closeFactorHealthFactorWad: bps(params.closeFactorHealth) * 100_000_000_000_000n,
      closeFactorMinimumBase: value(params.closeFactorMinimumUsd),
      minimumLeftoverBase: value(params.minimumLeftoverUsd),
    },
  };
}

/** The terms as lending keeps them. */
function terms(params: AaveV3Params): LendingParams {
  return {
    positions: params.positions,
    oracle: params.oracle,
    termsOracle: params.oracle,
    threshold: params.threshold,
    bonus: params.bonus,
    penalty: 0,
    protocolFee: params.protocolFee ?? 0,
    size: { rule: "close-factor", steps: [{ healthBelow: 100, closeFactor: 1 }] },
    dustUsd: 0,
    atEquality: false,
    interestPerYear: params.interestPerYear,
    supplied: params.supplied,
    available: params.available,
    withdrawals: params.withdrawals,
    basis: params.basis ?? "assumed",
  };
}

export const aaveV3Definition = define<AaveV3Params>({
  kind: "aave-v3",
  part: "pressure",
  protocol: card,
  markets,
  summary: "Aave v3.7: a close factor on the total debt above a health of 0.95, no dust left, bad debt as a deficit.",
  source:
    "aave-dao/aave-v3-origin fd1fbd91, LiquidationLogic.executeLiquidationCall, GenericLogic.calculateUserAccountData",
  schema,
  fill,
  check,
  create: (name, params) =>
    lending(name, terms(params), {
      thresholdsMove: true,
      rule: (base) => ({
        ...base,
        protocol: new AaveV3Rule(base, {
          closeFactorBps: Math.round(params.closeFactor * basisPoints),
          closeFactorHealthBps: Math.round(params.closeFactorHealth * basisPoints),
          closeFactorMinimum: Math.floor(params.closeFactorMinimumUsd * 1e6),
          minimumLeftover: Math.floor(params.minimumLeftoverUsd * 1e6),
        }),
      }),
    }),
  references: (params) => [
    { key: "positions", kind: "positions", name: params.positions },
    { key: "oracle", kind: "oracle", name: params.oracle },
    ...Object.keys(params.threshold).map((name) => ({ key: `threshold.${name}`, kind: "asset" as const, name })),
    ...Object.keys(params.bonus).map((name) => ({ key: `bonus.${name}`, kind: "asset" as const, name })),
    ...marketReferences(params),
  ],
  demonstration: {
    scenario: oneAccountFalls({
      pressure: { lender: { protocol: "aave-v3", threshold: { ETH: "83%" }, bonus: { ETH: "5%" } } },
    }),
    subject: "lender",
    measure: "liquidatedAccounts",
    off: "falls",
  },
});
