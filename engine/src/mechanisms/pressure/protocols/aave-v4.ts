import { z } from "zod";
import { type Basis, type Book, quantity } from "../../../book/index.js";
import { type AaveV4Parameters, card, DOLLAR_VALUE, faults } from "../../../exact/aave-v4/index.js";
import { mulDivDown } from "../../../exact/rounding.js";
import { AaveV4Rule } from "../../../rules/aave-v4.js";
import { basisPoints, valuesPerUsd } from "../../../rules/account-value.js";
import type { Interest } from "../../../rules/interest.js";
import { type CheckContext, define, type Fault } from "../../definition.js";
import { oneAccountFalls } from "../../demonstrations.js";
import { marketFaults, marketReferences } from "../lending/market-check.js";
import type { LiquidityParams } from "../lending/market-schema.js";
import { lending } from "../lending/mechanism.js";
import type { LendingParams } from "../lending/schema.js";
import { heldSymbols, missingColumns, missingTerms, perSymbol } from "./market-terms.js";
import { interestRate, liquidityShape, protocolShape } from "./shape.js";

const schema = z
  .strictObject({
    ...protocolShape("aave-v4"),
    threshold: perSymbol().describe(
      "By collateral: collateral factor, the share of its value that counts; below 100%.",
    ),
    bonus: perSymbol().describe("By collateral: the largest bonus, paid at and below `maxBonusHealth`."),
    targetHealth: quantity
      .number({ least: 0, most: 1000 })
      .default(1.05)
      .describe("Health factor that one liquidation restores; a large one has all debt repaid at once."),
    maxBonusHealth: quantity
      .number({ least: 0, most: 10 })
      .default(0.8)
      .describe("Health factor at and below which the bonus is the largest."),
    bonusFactor: quantity
      .share({ bare: true, most: 10 })
      .default(0.5)
      .describe("Share of the largest bonus that is paid at a health factor of 1; 100% switches the growth off."),
    dust: quantity
      .usd()
      .prefault("1000 USD")
      .describe("What a liquidation leaves of either side, if it leaves some; 0 USD switches the rule off."),
    protocolFee: quantity
      .share({ bare: true, most: 10 })
      .default(0.1)
      .describe("The protocol's share of the bonus, in collateral."),
    interest: interestRate(),
    ...liquidityShape(),
  })
  .transform(
    ({ protocol: _, dust, interest, ...params }): AaveV4Params => ({
      ...params,
      threshold: params.threshold ?? {},
      bonus: params.bonus ?? {},
      dustUsd: dust,
      interestPerYear: interest,
    }),
  );

/** An Aave v4 Spoke's parameters with every default filled in. */
export interface AaveV4Params extends LiquidityParams {
  readonly positions: string;
  readonly oracle: string;
  readonly threshold: Readonly<Record<string, number>>;
  readonly bonus: Readonly<Record<string, number>>;
  readonly targetHealth: number;
  readonly maxBonusHealth: number;
  readonly bonusFactor: number;
  readonly dustUsd: number;
  readonly protocolFee: number;
  readonly interestPerYear: Interest;
  readonly basis?: Basis | undefined;
}

const faultKeys: readonly (readonly [RegExp, string])[] = [
  [/^reserves\.([^.]+)\.collateralFactorBps$/, "threshold.$1"],
  [/^reserves\.([^.]+)\.maxLiquidationBonusBps$/, "bonus.$1"],
  [/^reserves\.([^.]+)\.liquidationFeeBps$/, "protocolFee"],
  [/^rules\.targetHealthFactorWad$/, "targetHealth"],
  [/^rules\.healthFactorForMaxBonusWad$/, "maxBonusHealth"],
  [/^rules\.liquidationBonusFactorBps$/, "bonusFactor"],
];

/** Everything wrong with the terms beside the book; what is wrong with one number for all assets is said once. */
function check(params: AaveV4Params, { book }: CheckContext): Fault[] {
  const collaterals = heldSymbols(book, params.positions, "collateral");
  const exact = faults(exactParameters(params, book)).map(({ code, key, message, hint }) => ({
    code,
    key: faultKeys.reduce((known, [pattern, name]) => known.replace(pattern, name), key),
    message,
    hint,
  }));
  return [
    ...missingColumns(book, params.positions),
    ...missingTerms("threshold", params.threshold, collaterals, undefined),
    ...marketFaults(params, book),
    ...exact.filter(({ code, key }, at) => exact.findIndex((one) => one.code === code && one.key === key) === at),
  ];
}

function bps(share: number): bigint {
  return BigInt(Math.round(share * basisPoints));
}

/** The same terms as the exact protocol takes them, at the engine's decimals: values are exact on both sides. */
export function exactParameters(params: AaveV4Params, book: Book): AaveV4Parameters {
  const wad = (ratio: number) => bps(ratio) * 100_000_000_000_000n;
  return {
    reserves: book.assets.map(({ symbol, unitDecimals }) => ({
      asset: symbol,
      decimals: unitDecimals,
      collateralFactorBps: bps(params.threshold[symbol] ?? 0),
      maxLiquidationBonusBps: BigInt(basisPoints) + bps(params.bonus[symbol] ?? 0),
      liquidationFeeBps: bps(params.protocolFee),
      paused: false,
      frozen: false,
      borrowable: true,
    })),
    rules: {
      targetHealthFactorWad: wad(params.targetHealth),
      healthFactorForMaxBonusWad: wad(params.maxBonusHealth),
      liquidationBonusFactorBps: bps(params.bonusFactor),
      dustValue: mulDivDown(BigInt(dustValue(params)), DOLLAR_VALUE, BigInt(valuesPerUsd)),
    },
  };
}

/** 1e-6 USD. */
function dustValue(params: AaveV4Params): number {
  return Math.floor(params.dustUsd * valuesPerUsd);
}

/** The terms as lending keeps them. */
function terms(params: AaveV4Params): LendingParams {
  return {
    positions: params.positions,
    oracle: params.oracle,
    termsOracle: params.oracle,
    threshold: params.threshold,
    bonus: params.bonus,
    penalty: 0,
    protocolFee: params.protocolFee,
    size: { rule: "target-health", target: params.targetHealth },
    dustUsd: params.dustUsd,
    atEquality: false,
    interestPerYear: params.interestPerYear,
    supplied: params.supplied,
    available: params.available,
    withdrawals: params.withdrawals,
    basis: params.basis ?? "assumed",
  };
}

export const aaveV4Definition = define<AaveV4Params>({
  kind: "aave-v4",
  part: "pressure",
  protocol: card,
  summary:
    "Aave v4: as much debt as restores a target health, a bonus that grows as health falls, no dust on either side, deficits.",
  source: "aave/aave-v4 0051c6e1, LiquidationLogic: calculateLiquidationBonus, _calculateLiquidationAmounts",
  schema,
  fill: (params) => ({ ...params, basis: params.basis ?? "assumed" }),
  check,
  create: (name, params) =>
    lending(name, terms(params), {
      thresholdsMove: true,
      rule: (base) => ({
        ...base,
        protocol: new AaveV4Rule(base, {
          targetHealthBps: Number(bps(params.targetHealth)),
          maxBonusHealthBps: Number(bps(params.maxBonusHealth)),
          bonusFactorBps: Number(bps(params.bonusFactor)),
          dustValue: dustValue(params),
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
      pressure: { lender: { protocol: "aave-v4", threshold: { ETH: "83%" }, bonus: { ETH: "8%" } } },
    }),
    subject: "lender",
    measure: "liquidatedAccounts",
    off: "falls",
  },
});
