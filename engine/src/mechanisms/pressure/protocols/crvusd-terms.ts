import type { Book } from "../../../book/index.js";
import { bandGrid, type CrvusdParameters, faults, presets } from "../../../exact/crvusd/index.js";
import { powerOfTen } from "../../../exact/rounding.js";
import { CRVUSD_ONE, type LlammaTerms } from "../../../rules/crvusd.js";
import { bandPowers } from "../../../rules/crvusd-bands.js";
import type { Fault } from "../../definition.js";
import type { CrvusdParams } from "./crvusd-schema.js";
import { heldSymbols } from "./market-terms.js";
import { asWritten } from "./written-faults.js";

const wad = 1e18;
const secondsPerYear = 31_536_000;

/**
 * Rate multipliers of the shipped markets on 30 January 2024, which their bands' prices had grown by: xenophonlabs/crvUSDrisk 7d17fa7, MIT, llamma_params of
 * test/data/metadata/pool_metadata_*.json, as last saved before 23:24 UTC.
 */
const recordedMultipliers: Readonly<Record<string, number>> = {
  "mainnet-weth": 1.03369876584213561,
  "mainnet-wsteth": 1.052292363054386693,
  "mainnet-wbtc": 1.034239577914129803,
  "mainnet-sfrxeth": 1.040528284537255534,
  "mainnet-tbtc": 1.028365873670374294,
};

/** Terms of the market for what the scenario leaves out, and the assets that the table has. */
export function fillCrvusd(params: CrvusdParams, book: Book): CrvusdParams {
  const preset = presets.find(({ name }) => name === params.market)?.parameters;
  const debts = heldSymbols(book, params.positions, "debt");
  const stable = params.stable ?? debts[0];
  const held = heldSymbols(book, params.positions, "collateral").filter((symbol) => symbol !== stable);
  const collateral = params.collateral ?? held[0];
  const rules = params.rules ?? preset?.rules ?? "v2";
  const price = book.assets.find(({ symbol }) => symbol === collateral)?.priceUsd;
  const written = (
    ["amplification", "basePrice", "fee", "loanDiscount", "liquidationDiscount", "bandFeeShare", "rules"] as const
  ).some((key) => params[key] !== undefined);
  const part = (of: bigint | undefined) => (of === undefined ? undefined : Number(of) / wad);
  return {
    ...params,
    stable,
    collateral,
    rules,
    amplification: params.amplification ?? (preset === undefined ? undefined : Number(preset.amplification)),
    basePrice: params.basePrice ?? part(preset?.basePrice) ?? price,
    rateMultiplier:
      params.rateMultiplier ?? (params.basePrice === undefined ? recordedMultipliers[params.market ?? ""] : 1) ?? 1,
    fee: params.fee ?? part(preset?.fee),
    // A market's own share of the fee belongs to its own rules.
    adminFee: params.adminFee ?? (rules === "v1" ? (part(preset?.adminFee) ?? 0) : 0),
    bandFeeShare: params.bandFeeShare ?? (rules === "v1" ? 0 : 0.25),
    loanDiscount: params.loanDiscount ?? part(preset?.loanDiscount),
    liquidationDiscount: params.liquidationDiscount ?? part(preset?.liquidationDiscount),
    basis: params.basis ?? (preset !== undefined && !written ? "borrowed" : "assumed"),
  };
}

/** Terms that are neither written nor a market's. */
export function missingCrvusdTerms(params: CrvusdParams): Fault[] {
  const examples = { amplification: "100", fee: "0.6%", loanDiscount: "9%", liquidationDiscount: "6%" };
  return (["amplification", "fee", "loanDiscount", "liquidationDiscount"] as const)
    .filter((key) => params[key] === undefined)
    .map((key) => ({
      code: "term-missing",
      key,
      message: `neither a market nor ${key} is written`,
      hint: `write ${key}: ${examples[key]}, or market: mainnet-weth`,
    }));
}

/** A fraction as a wad, to nine places. */
function fine(share: number | undefined): bigint {
  return BigInt(Math.round((share ?? 0) * CRVUSD_ONE)) * 1_000_000_000n;
}

/** The market as the exact protocol takes it, at the book's decimals; interest so far is in its base price. */
export function exactCrvusd(params: CrvusdParams, book: Book): CrvusdParameters {
  const decimals = (symbol: string | undefined) =>
    book.assets.find((asset) => asset.symbol === symbol)?.unitDecimals ?? 18;
  return {
    rules: params.rules ?? "v2",
    amplification: BigInt(params.amplification ?? 0),
    basePrice: BigInt(Math.round((params.basePrice ?? 0) * (params.rateMultiplier ?? 1) * 1e12)) * 1_000_000n,
    fee: fine(params.fee),
    adminFee: BigInt(Math.round((params.adminFee ?? 0) * wad)),
    bandFeeShare: fine(params.bandFeeShare),
    loanDiscount: fine(params.loanDiscount),
    liquidationDiscount: fine(params.liquidationDiscount),
    stablePrecision: powerOfTen(18 - decimals(params.stable)),
    collateralPrecision: powerOfTen(18 - decimals(params.collateral)),
    oracleDelaySeconds: BigInt(Math.floor(params.oracleDelayMs / 1000)),
    largestOracleStep: fine(params.largestOracleStep),
  };
}

/** Faults of the exact protocol under the keys that a scenario writes. */
export function crvusdFaults(exact: CrvusdParameters): Fault[] {
  return faults(exact).map((one) => asWritten(one, { oracleDelaySeconds: "oracleDelay" }));
}

/** Interest a second, wad. */
export function ratePerSecond(params: CrvusdParams): number {
  return Math.round((params.interestPerYear * wad) / secondsPerYear);
}

/** Terms of the fast path for bands `gridStart` to `gridEnd`. */
export function llammaTerms(
  params: CrvusdParams,
  exact: CrvusdParameters,
  decimals: { readonly stable: number; readonly collateral: number },
  gridStart: number,
  gridEnd: number,
): LlammaTerms {
  const grid = bandGrid(exact);
  const part = (of: bigint) => Number(of) / wad;
  return {
    rules: exact.rules,
    amplification: Number(exact.amplification),
    basePrice: part(exact.basePrice),
    fee: part(exact.fee),
    adminFee: part(exact.adminFee),
    bandFeeShare: part(exact.bandFeeShare),
    liquidationDiscount: Number(exact.liquidationDiscount / 1_000_000_000n),
    oracleDelaySeconds: Number(exact.oracleDelaySeconds),
    largestOracleStep: part(exact.largestOracleStep),
    rate: ratePerSecond(params) / wad,
    stableDecimals: decimals.stable,
    collateralDecimals: decimals.collateral,
    sqrtRatio: part(grid.sqrtRatio),
    farthest: part(grid.farthest),
    gridStart,
    powers: bandPowers(gridStart, gridEnd - gridStart + 1, part(grid.logRatio)),
  };
}
