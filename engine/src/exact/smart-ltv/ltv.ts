import { divTowardsZero, most, mulDivDown, sqrtDown } from "../rounding.js";
import { WAD } from "../scales.js";
import {
  CollateralMismatch,
  DebtMismatch,
  DivisionByZero,
  InvalidSigner,
  Timeout,
  WrongChainId,
  WrongLiquidationBonus,
} from "./errors.js";
import { exponential59, ONE_59 } from "./exponential.js";
import type { SignedRiskData, SmartLtvParameters } from "./parameters.js";

/**
 * From this exponent on the LTV is 0: 10.462e18 of 2^59, that is 18.149..., above which the 33rd power would leave 256 bits (`SmartLTV.MAX_MANTISSA`).
 */
export const MAX_MANTISSA = 10_462_186_398_271_841_700n;

/** 1e9: the root of 1e18, which brings a root of a wad back to a wad. */
const ROOT_SCALE = 1_000_000_000n;

/** What the formula is computed from. */
export interface LtvInput {
  /** c, wad. */
  readonly confidenceFactor: bigint;
  /** sigma, wad. */
  readonly volatility: bigint;
  /** l, units of the debt asset. */
  readonly liquidity: bigint;
  /** d, units of the debt asset. */
  readonly cap: bigint;
  /** beta, wad. */
  readonly liquidationBonus: bigint;
}

/**
 * The exponent c sigma / sqrt(l / d) with 59 bits after the point. The product, the ratio, its root and the quotient round down; the root's rounding lowers the
 * LTV, the others raise it. Throws `DivisionByZero` without cap or where the root is 0. `SmartLTV.ltv`, `mantissa`.
 */
export function exponentOf(input: LtvInput): bigint {
  if (input.cap === 0n) throw new DivisionByZero("the cap is 0; it must be above 0");
  const root = sqrtDown(mulDivDown(WAD, input.liquidity, input.cap)) * ROOT_SCALE;
  if (root === 0n)
    throw new DivisionByZero(`liquidity ${input.liquidity} beside a cap of ${input.cap} has a root of 0 in wad`);
  return divTowardsZero(ONE_59 * mulDivDown(input.confidenceFactor, input.volatility, WAD), root);
}

/**
 * LTV = e^(-c sigma / sqrt(l / d)) - beta in wad, rounded down and never below 0; 0 from `MAX_MANTISSA` on. Throws `DivisionByZero`. `SmartLTV.ltv`.
 */
export function ltvFormula(input: LtvInput): bigint {
  const exponent = exponentOf(input);
  if (exponent >= MAX_MANTISSA) return 0n;
  return most(0n, mulDivDown(WAD, ONE_59, exponential59(exponent)) - input.liquidationBonus);
}

/** What an LTV is asked for. */
export interface LtvQuestion {
  readonly collateralAsset: string;
  readonly debtAsset: string;
  /** Units of the debt asset. */
  readonly cap: bigint;
  /** Wad. */
  readonly liquidationBonus: bigint;
  /** Wad. */
  readonly confidenceFactor: bigint;
}

/**
 * The LTV (wad) that signed risk data supports for a question at a time (seconds). Throws, in the contract's order, `InvalidSigner`, `Timeout` (older than the
 * age allowed; exactly as old is taken, and so is data from the future), `WrongChainId`, `CollateralMismatch`, `DebtMismatch`, `WrongLiquidationBonus` (asked
 * with less than it was measured at) and `DivisionByZero`. `SmartLTV.ltv`.
 */
export function recommendedLtv(
  parameters: SmartLtvParameters,
  question: LtvQuestion,
  signed: SignedRiskData,
  now: bigint,
): bigint {
  const { data, signer } = signed;
  if (signer !== parameters.trustedRelayer)
    throw new InvalidSigner(`signed by ${signer || "nobody"}, expected is ${parameters.trustedRelayer}`);
  if (data.lastUpdate < now - parameters.maxDataAge)
    throw new Timeout(`the data is of ${data.lastUpdate}, taken is ${now - parameters.maxDataAge} or later`);
  if (data.chainId !== parameters.chainId)
    throw new WrongChainId(`the data is for chain ${data.chainId}, this is ${parameters.chainId}`);
  if (data.collateralAsset !== question.collateralAsset)
    throw new CollateralMismatch(`the data is for ${data.collateralAsset}, asked is ${question.collateralAsset}`);
  if (data.debtAsset !== question.debtAsset)
    throw new DebtMismatch(`the data is for ${data.debtAsset}, asked is ${question.debtAsset}`);
  if (question.liquidationBonus < data.liquidationBonus)
    throw new WrongLiquidationBonus(
      `asked with a bonus of ${question.liquidationBonus}, liquidity was measured at ${data.liquidationBonus}`,
    );
  return ltvFormula({ ...question, volatility: data.volatility, liquidity: data.liquidity });
}
