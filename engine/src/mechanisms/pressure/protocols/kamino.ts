import { z } from "zod";
import { type Basis, type Book, quantity } from "../../../book/index.js";
import { card, faults, type KaminoParameters, marketPresets } from "../../../exact/kamino/index.js";
import { powerOfTen } from "../../../exact/rounding.js";
import { basisPoints } from "../../../rules/account-value.js";
import type { Interest } from "../../../rules/interest.js";
import { KaminoRule, type KaminoTerms } from "../../../rules/kamino.js";
import { type CheckContext, define, type Fault, type Market } from "../../definition.js";
import { oneAccountFalls } from "../../demonstrations.js";
import { marketFaults, marketReferences } from "../lending/market-check.js";
import type { LiquidityParams } from "../lending/market-schema.js";
import { lending } from "../lending/mechanism.js";
import type { LendingParams } from "../lending/schema.js";
import { heldSymbols, missingColumns, missingTerms, perSymbol } from "./market-terms.js";
import { interestRate, liquidityShape, marketKey, protocolShape } from "./shape.js";

const markets: readonly Market[] = marketPresets.map(({ name, asOf, source }) => ({ name, asOf, source }));

const schema = z
  .strictObject({
    ...protocolShape("kamino"),
    market: marketKey(markets),
    threshold: perSymbol().describe("By collateral: share of its value up to which debt is healthy; whole per cent."),
    bonus: perSymbol().describe("By asset: the least bonus; of collateral and debt the larger counts."),
    maxBonus: perSymbol().describe("By asset: the largest bonus; of collateral and debt the larger counts."),
    borrowFactor: perSymbol().describe("By debt: its weight, whole per cent from 100% (100%)."),
    badDebtBonus: quantity
      .share({ bare: true })
      .default(0.005)
      .describe("Bonus from a loan-to-value of 99% on, below 1%; what is left to 100% if that is more."),
    protocolFee: quantity
      .share({ bare: true })
      .default(0)
      .describe("The protocol's share of the bonus; whole per cent."),
    closeFactor: quantity
      .share({ bare: true })
      .optional()
      .describe("Share of ALL debt that one call repays (20%); 100% switches the rule off."),
    insolvencyRisk: quantity
      .share({ bare: true })
      .optional()
      .describe("Loan-to-value above which all debt may be repaid (95%)."),
    mostAtOnce: quantity
      .usd()
      .optional()
      .describe("Most debt that one call repays, whole dollars (500,000); a large one switches the cap off."),
    wholeBelow: quantity
      .usd()
      .optional()
      .describe("Debts of less value are repaid whole, whole dollars (2); 0 USD switches the rule off."),
    interest: interestRate(),
    ...liquidityShape(),
  })
  .transform(
    ({ protocol: _, mostAtOnce, wholeBelow, interest, ...params }): KaminoParams => ({
      ...params,
      threshold: params.threshold ?? {},
      bonus: params.bonus ?? {},
      maxBonus: params.maxBonus ?? {},
      borrowFactor: params.borrowFactor ?? {},
      mostAtOnceUsd: mostAtOnce,
      wholeBelowUsd: wholeBelow,
      interestPerYear: interest,
    }),
  );

/** A Kamino market's parameters with every default filled in. */
export interface KaminoParams extends LiquidityParams {
  readonly positions: string;
  readonly oracle: string;
  readonly market?: string | undefined;
  readonly threshold: Readonly<Record<string, number>>;
  readonly bonus: Readonly<Record<string, number>>;
  readonly maxBonus: Readonly<Record<string, number>>;
  readonly borrowFactor: Readonly<Record<string, number>>;
  readonly badDebtBonus: number;
  readonly protocolFee: number;
  readonly closeFactor?: number | undefined;
  readonly insolvencyRisk?: number | undefined;
  readonly mostAtOnceUsd?: number | undefined;
  readonly wholeBelowUsd?: number | undefined;
  readonly interestPerYear: Interest;
  readonly basis?: Basis | undefined;
}

/** What a new market begins with, under what the scenario writes; terms of reserves are always the scenario's. */
function fill(params: KaminoParams): KaminoParams {
  const { parameters } = marketPresets.find(({ name }) => name === params.market) ?? marketPresets[0];
  return {
    ...params,
    closeFactor: params.closeFactor ?? Number(parameters.liquidationMaxDebtCloseFactorPercent) / 100,
    insolvencyRisk: params.insolvencyRisk ?? Number(parameters.insolvencyRiskUnhealthyLtvPercent) / 100,
    mostAtOnceUsd: params.mostAtOnceUsd ?? Number(parameters.maxLiquidatableDebtMarketValueAtOnce),
    wholeBelowUsd: params.wholeBelowUsd ?? Number(parameters.minFullLiquidationValueThreshold),
    basis: params.basis ?? "assumed",
  };
}

const faultKeys: readonly (readonly [RegExp, string])[] = [
  [/^reserves\.([^.]+)\.liquidationThresholdPercent$/, "threshold.$1"],
  [/^reserves\.([^.]+)\.loanToValuePercent$/, "threshold.$1"],
  [/^reserves\.([^.]+)\.minLiquidationBonusBps$/, "bonus.$1"],
  [/^reserves\.([^.]+)\.maxLiquidationBonusBps$/, "maxBonus.$1"],
  [/^reserves\.([^.]+)\.borrowFactorPercent$/, "borrowFactor.$1"],
  [/^reserves\.([^.]+)\.badDebtLiquidationBonusBps$/, "badDebtBonus"],
  [/^reserves\.([^.]+)\.protocolLiquidationFeePercent$/, "protocolFee"],
  [/^market\.liquidationMaxDebtCloseFactorPercent$/, "closeFactor"],
];

/** Everything wrong with the terms beside the book; what is wrong with one number for all assets is said once. */
function check(params: KaminoParams, { book }: CheckContext): Fault[] {
  const exact = faults(exactParameters(params, book)).map(({ code, key, message, hint }) => ({
    code,
    key: faultKeys.reduce((known, [pattern, name]) => known.replace(pattern, name), key),
    message,
    hint,
  }));
  return [
    ...missingColumns(book, params.positions),
    ...missingTerms("threshold", params.threshold, heldSymbols(book, params.positions, "collateral"), params.market),
    ...notWhole(params),
    ...marketFaults(params, book),
    ...exact.filter(({ code, key }, at) => exact.findIndex((one) => one.code === code && one.key === key) === at),
  ];
}

/** The program keeps these as whole numbers; nothing is rounded for the author. */
function notWhole(params: KaminoParams): Fault[] {
  const shares: (readonly [string, number])[] = [
    ...Object.entries(params.threshold).map(([symbol, share]) => [`threshold.${symbol}`, share] as const),
    ...Object.entries(params.borrowFactor).map(([symbol, share]) => [`borrowFactor.${symbol}`, share] as const),
    ["protocolFee", params.protocolFee],
    ["closeFactor", params.closeFactor ?? 1],
    ["insolvencyRisk", params.insolvencyRisk ?? 1],
  ];
  const dollars = [
    ["mostAtOnce", params.mostAtOnceUsd ?? 0],
    ["wholeBelow", params.wholeBelowUsd ?? 0],
  ] as const;
  return [
    ...shares
      .filter(([, share]) => Math.abs(100 * share - percentOf(share)) > 1e-9)
      .map(([key, share]) => ({
        code: "percent-not-whole",
        key,
        message: `${100 * share} % is no whole per cent, which is how the program keeps it`,
        hint: `write ${percentOf(share)}%`,
      })),
    ...dollars
      .filter(([, usd]) => !Number.isInteger(usd))
      .map(([key, usd]) => ({
        code: "dollars-not-whole",
        key,
        message: `${usd} USD is no whole number of dollars, which is how the program keeps it`,
        hint: `write ${Math.round(usd)} USD`,
      })),
  ];
}

function percentOf(share: number): number {
  return Math.round(100 * share);
}

function bpsOf(share: number): number {
  return Math.round(share * basisPoints);
}

/** The terms as the rule keeps them. */
function ruleTerms(params: KaminoParams, book: Book): KaminoTerms {
  return {
    reserves: book.assets.map(({ symbol }) => {
      const minBonusBps = bpsOf(params.bonus[symbol] ?? 0);
      return {
        thresholdPercent: percentOf(params.threshold[symbol] ?? 0),
        borrowFactorPercent: percentOf(params.borrowFactor[symbol] ?? 1),
        minBonusBps,
        maxBonusBps: params.maxBonus[symbol] === undefined ? minBonusBps : bpsOf(params.maxBonus[symbol]),
      };
    }),
    badDebtBonusBps: bpsOf(params.badDebtBonus),
    protocolFeePercent: percentOf(params.protocolFee),
    closeFactorPercent: percentOf(params.closeFactor ?? 0),
    insolvencyRiskPercent: percentOf(params.insolvencyRisk ?? 0),
    mostAtOnceUsd: Math.floor(params.mostAtOnceUsd ?? 0),
    wholeBelowUsd: Math.floor(params.wholeBelowUsd ?? 0),
  };
}

/** The same terms as the exact program takes them, at the engine's decimals. */
export function exactParameters(params: KaminoParams, book: Book): KaminoParameters {
  const terms = ruleTerms(params, book);
  return {
    market: {
      ...marketPresets[0].parameters,
      liquidationMaxDebtCloseFactorPercent: BigInt(terms.closeFactorPercent),
      insolvencyRiskUnhealthyLtvPercent: BigInt(terms.insolvencyRiskPercent),
      maxLiquidatableDebtMarketValueAtOnce: BigInt(terms.mostAtOnceUsd),
      minFullLiquidationValueThreshold: BigInt(terms.wholeBelowUsd),
    },
    reserves: Object.fromEntries(
      book.assets.map(({ symbol, unitDecimals }, asset) => {
        const one = terms.reserves[asset];
        return [
          symbol,
          {
            unit: powerOfTen(unitDecimals),
            loanToValuePercent: 0n,
            liquidationThresholdPercent: BigInt(one.thresholdPercent),
            borrowFactorPercent: BigInt(one.borrowFactorPercent),
            minLiquidationBonusBps: BigInt(one.minBonusBps),
            maxLiquidationBonusBps: BigInt(one.maxBonusBps),
            badDebtLiquidationBonusBps: BigInt(terms.badDebtBonusBps),
            protocolLiquidationFeePercent: BigInt(terms.protocolFeePercent),
            elevationGroups: [],
            autodeleverageEnabled: false,
            marginCallPeriodSeconds: 0n,
            thresholdDecreaseBpsPerDay: 0n,
            minDeleveragingBonusBps: 0n,
            bonusIncreaseBpsPerDay: 0n,
          },
        ];
      }),
    ),
  };
}

/** The terms as lending keeps them. */
function terms(params: KaminoParams): LendingParams {
  return {
    positions: params.positions,
    oracle: params.oracle,
    termsOracle: params.oracle,
    threshold: params.threshold,
    bonus: params.bonus,
    penalty: 0,
    protocolFee: params.protocolFee,
    size: { rule: "close-factor", steps: [{ healthBelow: 100, closeFactor: params.closeFactor ?? 1 }] },
    dustUsd: 0,
    atEquality: true,
    interestPerYear: params.interestPerYear,
    supplied: params.supplied,
    available: params.available,
    withdrawals: params.withdrawals,
    basis: params.basis ?? "assumed",
  };
}

export const kaminoDefinition = define<KaminoParams>({
  kind: "kamino",
  part: "pressure",
  protocol: card,
  markets,
  summary:
    "Kamino Lend: from the unhealthy loan-to-value on, a part of all debt per call up to a cap in dollars, for a bonus that grows with the loan-to-value.",
  source:
    "Kamino-Finance/klend edd5ff50, state/liquidation_operations.rs: get_liquidation_params, calculate_liquidation_bonus, max_liquidatable_borrowed_amount",
  schema,
  fill,
  check,
  create: (name, params) =>
    lending(name, terms(params), {
      rule: (base, book) => {
        const own = ruleTerms(params, book);
        const heaviest = Math.max(...own.reserves.map(({ borrowFactorPercent }) => borrowFactorPercent));
        return {
          ...base,
          // Debt counts up to this much more: whoever has less than this is looked at.
          thresholdBps: base.thresholdBps.map((bps) => (bps * 100) / heaviest),
          protocol: new KaminoRule(own),
        };
      },
    }),
  references: (params) => [
    { key: "positions", kind: "positions", name: params.positions },
    { key: "oracle", kind: "oracle", name: params.oracle },
    ...(["threshold", "bonus", "maxBonus", "borrowFactor"] as const).flatMap((key) =>
      Object.keys(params[key]).map((name) => ({ key: `${key}.${name}`, kind: "asset" as const, name })),
    ),
    ...marketReferences(params),
  ],
  demonstration: {
    scenario: oneAccountFalls({
      pressure: {
        lender: { protocol: "kamino", threshold: { ETH: "80%" }, bonus: { ETH: "2%" }, maxBonus: { ETH: "10%" } },
      },
    }),
    subject: "lender",
    measure: "liquidatedAccounts",
    off: "falls",
  },
});
