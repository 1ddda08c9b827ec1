import { z } from "zod";
import { type Basis, type Book, quantity } from "../../../book/index.js";
import {
  card,
  faults,
  type LtvConfig,
  liquidationLtvAt,
  ltvFaults,
  type VaultParameters,
} from "../../../exact/euler-v2/index.js";
import { basisPoints } from "../../../rules/account-value.js";
import { EulerV2Rule } from "../../../rules/euler-v2.js";
import type { Interest } from "../../../rules/interest.js";
import { type CheckContext, define, type Fault } from "../../definition.js";
import { oneAccountFalls } from "../../demonstrations.js";
import { marketFaults, marketReferences } from "../lending/market-check.js";
import type { LiquidityParams, RampParams } from "../lending/market-schema.js";
import { lending } from "../lending/mechanism.js";
import type { LendingParams } from "../lending/schema.js";
import { heldSymbols, missingColumns, missingTerms, perSymbol } from "./market-terms.js";
import { interestRate, liquidityShape, protocolShape, thresholdRamps } from "./shape.js";

const schema = z
  .strictObject({
    ...protocolShape("euler-v2"),
    threshold: perSymbol().describe("By collateral: liquidation LTV, the share of its value that counts."),
    maxDiscount: quantity
      .share({ bare: true })
      .default(0.15)
      .describe("Highest liquidation discount; below it the discount is one less health. 0% is no incentive."),
    ramps: thresholdRamps(),
    socialise: z
      .boolean()
      .default(true)
      .describe("Whether debt without collateral is written off at the suppliers' expense."),
    minSocialisation: quantity
      .usd()
      .prefault("0 USD")
      .describe("Least liability whose rest is written off; on chain a millionth of a millionth of a dollar."),
    interest: interestRate(),
    ...liquidityShape(),
  })
  .transform(
    ({ protocol: _, minSocialisation, interest, ...params }): EulerV2Params => ({
      ...params,
      threshold: params.threshold ?? {},
      minSocialisationUsd: minSocialisation,
      interestPerYear: interest,
    }),
  );

/** An Euler v2 vault's parameters with every default filled in. */
export interface EulerV2Params extends LiquidityParams {
  readonly positions: string;
  readonly oracle: string;
  readonly threshold: Readonly<Record<string, number>>;
  readonly maxDiscount: number;
  readonly ramps: Readonly<Record<string, RampParams>>;
  readonly socialise: boolean;
  readonly minSocialisationUsd: number;
  readonly interestPerYear: Interest;
  readonly basis?: Basis | undefined;
}

/** A ramp that has not begun: one that ends before time 0 is none, so the clock of the exact vault starts this late. */
const clockStart = 1_000_000_000_000n;

/** The vault as the exact protocol takes it, at the engine's decimals: values in 1e-6 USD, the unit of account. */
export function exactVault(params: EulerV2Params): VaultParameters {
  return {
    maxLiquidationDiscount: BigInt(Math.round(params.maxDiscount * basisPoints)),
    liquidationCoolOffTime: 0n,
    socializeDebt: params.socialise,
    minSocializationLiabilityValue: BigInt(Math.floor(params.minSocialisationUsd * 1e6)),
    interestFee: 0n,
    interestRateModel: null,
  };
}

/** One collateral's LTVs as the exact protocol keeps them `nowMs` into the path; times in milliseconds. */
export function exactLtv(params: EulerV2Params, symbol: string, nowMs: number): LtvConfig {
  const bps = (share: number) => BigInt(Math.round(share * basisPoints));
  const opening = bps(params.threshold[symbol] ?? 0);
  const ramp = params.ramps[symbol];
  if (ramp === undefined || nowMs < ramp.startMs)
    return {
      borrowLtv: 0n,
      liquidationLtv: opening,
      initialLiquidationLtv: opening,
      targetTimestamp: clockStart,
      rampDuration: 0n,
    };
  return {
    borrowLtv: 0n,
    liquidationLtv: bps(ramp.to),
    initialLiquidationLtv: opening,
    targetTimestamp: clockStart + BigInt(ramp.startMs + ramp.overMs),
    rampDuration: BigInt(ramp.overMs),
  };
}

/** The liquidation LTV (basis points) that the exact protocol has `nowMs` into the path. */
export function exactThreshold(params: EulerV2Params, symbol: string, nowMs: number): bigint {
  return liquidationLtvAt(exactLtv(params, symbol, nowMs), clockStart + BigInt(nowMs));
}

/** Everything wrong with the terms beside the book. */
function check(params: EulerV2Params, { book }: CheckContext): Fault[] {
  const found: Fault[] = [...missingColumns(book, params.positions)];
  const owed = heldSymbols(book, params.positions, "debt");
  if (owed.length > 1)
    found.push({
      code: "vault-one-asset",
      key: "positions",
      message: `accounts owe ${owed.join(", ")}; a vault lends one asset`,
      hint: "make a table and a mechanism for each vault",
    });
  for (const symbol of owed)
    if (params.threshold[symbol] !== undefined)
      found.push({
        code: "vault-as-collateral",
        key: `threshold.${symbol}`,
        message: `${symbol} is what the vault lends; a vault is no collateral of its own`,
        hint: "leave it out",
      });
  found.push(
    ...missingTerms("threshold", params.threshold, heldSymbols(book, params.positions, "collateral"), undefined),
    ...faults(exactVault(params)).map(({ code, key, message, hint }) => ({
      code,
      key: key.replace("maxLiquidationDiscount", "maxDiscount"),
      message: message.replace("maxLiquidationDiscount", "maxDiscount"),
      hint,
    })),
    ...Object.keys(params.threshold).flatMap((symbol) =>
      ltvFaults(exactLtv(params, symbol, 0), symbol)
        .filter(({ key }) => key.endsWith(".liquidationLtv"))
        .map(({ code, message, hint }) => ({ code, key: `threshold.${symbol}`, message, hint })),
    ),
    ...marketFaults(params, book),
  );
  return found;
}

/** The terms as lending keeps them. */
function terms(params: EulerV2Params): LendingParams {
  return {
    positions: params.positions,
    oracle: params.oracle,
    termsOracle: params.oracle,
    threshold: params.threshold,
    bonus: {},
    penalty: 0,
    protocolFee: 0,
    size: { rule: "close-factor", steps: [{ healthBelow: 100, closeFactor: 1 }] },
    dustUsd: 0,
    atEquality: true,
    interestPerYear: params.interestPerYear,
    ramps: params.ramps,
    supplied: params.supplied,
    available: params.available,
    withdrawals: params.withdrawals,
    basis: params.basis ?? "assumed",
  };
}

/** The asset that accounts of a table owe. */
function debtAsset(params: EulerV2Params, book: Book): number {
  const [symbol] = heldSymbols(book, params.positions, "debt");
  return Math.max(
    0,
    book.assets.findIndex((asset) => asset.symbol === symbol),
  );
}

export const eulerV2Definition = define<EulerV2Params>({
  kind: "euler-v2",
  part: "pressure",
  protocol: card,
  summary:
    "Euler v2 vault: liquidatable at equality, a discount that grows as health falls, LTVs lowered on a ramp, bad debt shared by suppliers.",
  source:
    "euler-xyz/euler-vault-kit 5b98b420, Liquidation.calculateMaxLiquidation, LiquidityUtils.calculateLiquidity, LTVConfig.getLTV",
  schema,
  fill: (params) => ({ ...params, basis: params.basis ?? "assumed" }),
  check,
  create: (name, params) =>
    lending(name, terms(params), {
      thresholdsMove: true,
      socialises: params.socialise ? Math.floor(params.minSocialisationUsd * 1e6) : Number.POSITIVE_INFINITY,
      rule: (base, book) => ({
        ...base,
        protocol: new EulerV2Rule(base, {
          debt: debtAsset(params, book),
          maxDiscountBps: Math.round(params.maxDiscount * basisPoints),
        }),
      }),
    }),
  references: (params) => [
    { key: "positions", kind: "positions", name: params.positions },
    { key: "oracle", kind: "oracle", name: params.oracle },
    ...Object.keys(params.threshold).map((name) => ({ key: `threshold.${name}`, kind: "asset" as const, name })),
    ...marketReferences(params),
  ],
  demonstration: {
    scenario: oneAccountFalls({ pressure: { lender: { protocol: "euler-v2", threshold: { ETH: "85%" } } } }),
    subject: "lender",
    measure: "liquidatedAccounts",
    off: "falls",
  },
});
