import type { ParameterFault } from "../protocol.js";
import { least } from "../rounding.js";

/** One in fees: 1 % is 10,000 of 1e6. */
export const FEE_ONE = 1_000_000n;
/** One in margin ratios: 5 % is 500 of 1e4. */
export const MARGIN_ONE = 10_000n;
/** One in shares to liquidate: 10 % is 1,000 of 1e4. */
export const SHARE_ONE = 10_000n;
/** Slots after which the liquidator's fee grows (about ten minutes). */
export const FEE_GRACE_SLOTS = 1_500n;
/** What the fee grows by a slot: 0.01 basis points. */
export const FEE_GROWTH_PER_SLOT = 1n;

/** The rules of one perpetual market. */
export interface DriftParameters {
  /** Divides base units x price into quote units: 1e9 on chain and with coins of 7, dollars of 6 decimals and prices in 1e-8. */
  readonly valueScale: bigint;
  /** Units of one coin (1e9 on chain), of one quote coin (1e6) and of a price of one (1e6). */
  readonly baseOne: bigint;
  readonly quoteOne: bigint;
  readonly priceOne: bigint;
  /** Positions are multiples of this many base units. */
  readonly stepSize: bigint;
  /** Initial and maintenance margin ratio, of 1e4. */
  readonly marginRatioInitial: bigint;
  readonly marginRatioMaintenance: bigint;
  /** How the ratio grows with the square root of size, of 1e6; 0 switches it off. */
  readonly imfFactor: bigint;
  /** Added to the maintenance ratio while an account is being liquidated, of 1e4. */
  readonly liquidationMarginBufferRatio: bigint;
  /** Liquidator's fee at first, of 1e6; grows up to three times or the maintenance ratio. */
  readonly liquidatorFee: bigint;
  /** Largest fee to the insurance fund, of 1e6. */
  readonly insuranceFee: bigint;
  /** Share that may be liquidated at once, of 1e4, and slots over which it grows to all (0: all at once). */
  readonly initialPctToLiquidate: bigint;
  readonly liquidationDuration: bigint;
  /** What the insurance fund may pay for this market in all, quote units. */
  readonly maxInsurance: bigint;
}

/** Largest liquidator's fee: three times the first one, at most the maintenance ratio, of 1e6. Source: PerpMarket.get_max_liquidation_fee. */
export function maxLiquidatorFee(parameters: DriftParameters): bigint {
  return least(parameters.liquidatorFee * 3n, parameters.marginRatioMaintenance * 100n);
}

const positive = ["valueScale", "baseOne", "quoteOne", "priceOne", "stepSize"] as const;
const notNegative = [
  "marginRatioInitial",
  "marginRatioMaintenance",
  "imfFactor",
  "liquidationMarginBufferRatio",
  "liquidatorFee",
  "insuranceFee",
  "initialPctToLiquidate",
  "liquidationDuration",
  "maxInsurance",
] as const;

/** Everything wrong with the parameters, all at once. */
export function faults(parameters: DriftParameters): ParameterFault[] {
  const found: ParameterFault[] = [];
  const fault = (code: string, key: string, message: string, hint: string) => found.push({ code, key, message, hint });
  for (const key of positive) {
    if (parameters[key] <= 0n) fault("scale-not-positive", key, `it is ${parameters[key]}; above 0`, "see the units");
  }
  for (const key of notNegative) {
    if (parameters[key] < 0n)
      fault("negative", key, `it is ${parameters[key]}; at least 0`, "ratios are of 1e4 or 1e6");
  }
  const { marginRatioInitial, marginRatioMaintenance, liquidatorFee, insuranceFee } = parameters;
  if (marginRatioInitial > MARGIN_ONE) {
    fault("ratio-above-one", "marginRatioInitial", `it is ${marginRatioInitial}; at most 10,000`, "500 is 5 %");
  }
  if (marginRatioInitial <= marginRatioMaintenance) {
    fault(
      "threshold-above-opening",
      "marginRatioMaintenance",
      `${marginRatioMaintenance} is not below marginRatioInitial ${marginRatioInitial}`,
      "a fresh position must not be liquidatable",
    );
  }
  if (liquidatorFee + insuranceFee > marginRatioMaintenance * 100n) {
    fault(
      "fees-above-maintenance",
      "liquidatorFee",
      `fees ${liquidatorFee} + ${insuranceFee} exceed the maintenance ratio ${marginRatioMaintenance * 100n}`,
      "a liquidation at the limit would bankrupt the account",
    );
  }
  if (parameters.liquidationMarginBufferRatio === 0n) {
    fault(
      "buffer-missing",
      "liquidationMarginBufferRatio",
      "it is 0; above 0",
      "the program computes no shortage without",
    );
  }
  if (parameters.initialPctToLiquidate > SHARE_ONE) {
    fault("share-above-one", "initialPctToLiquidate", `it is ${parameters.initialPctToLiquidate}`, "at most 10,000");
  }
  return found;
}
