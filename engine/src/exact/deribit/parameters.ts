import type { ParameterFault } from "../protocol.js";
import { powerOfTen } from "../rounding.js";

/** One in the rates of this folder: 0.75 % is 7,500 millionths. */
export const RATE_ONE = 1_000_000n;

/** `inverse`: a contract is fixed dollars, margin in the coin. `linear`: a contract is fixed coins, margin in dollars. */
export type PerpetualKind = "inverse" | "linear";

/** The margin rules of one perpetual in a standard-margin account. */
export interface DeribitParameters {
  readonly kind: PerpetualKind;
  /** Decimals of the coin's units (BTC 8). */
  readonly coinDecimals: number;
  /** Decimals of the settlement asset's units: the coin itself for inverse, the stablecoin for linear. */
  readonly settlementDecimals: number;
  /** Inverse: dollars of a contract in steps of 1e-8 USD. Linear: coin units of a contract. */
  readonly contractValue: bigint;
  /** Initial margin at size 0, in millionths. */
  readonly initialBase: bigint;
  /** Maintenance margin at size 0, in millionths. */
  readonly maintenanceBase: bigint;
  /** What both rates rise by for a position of one more coin, in millionths (0.005 % is 50). */
  readonly perCoin: bigint;
  /** Highest rate that the rise may reach, in millionths; 1e6 where no cap is known. */
  readonly highestRate: bigint;
  /** Fee on what a liquidation closes, in millionths of its value; to the insurance fund. */
  readonly liquidationFeeRate: bigint;
  /** Contracts closed in one step of a liquidation at most. */
  readonly contractsPerStep: bigint;
}

/** Everything wrong with the parameters, all at once. */
export function faults(parameters: DeribitParameters): ParameterFault[] {
  const found: ParameterFault[] = [];
  const fault = (code: string, key: string, message: string, hint: string) => found.push({ code, key, message, hint });
  for (const key of ["coinDecimals", "settlementDecimals"] as const) {
    const digits = parameters[key];
    if (!Number.isInteger(digits) || digits < 0 || digits > 30) {
      fault("decimals-out-of-range", key, `it is ${digits}; whole, 0 to 30`, "BTC has 8, USDC 6");
    }
  }
  if (parameters.kind === "inverse" && parameters.coinDecimals !== parameters.settlementDecimals) {
    fault(
      "settlement-not-coin",
      "settlementDecimals",
      `${parameters.settlementDecimals} differs from the coin's ${parameters.coinDecimals}`,
      "an inverse contract settles in its coin",
    );
  }
  for (const key of ["contractValue", "contractsPerStep"] as const) {
    if (parameters[key] <= 0n)
      fault("scale-not-positive", key, `it is ${parameters[key]}; above 0`, "see the contract");
  }
  for (const key of ["initialBase", "maintenanceBase", "perCoin", "liquidationFeeRate"] as const) {
    if (parameters[key] < 0n) fault("negative", key, `it is ${parameters[key]}; at least 0`, "rates are millionths");
  }
  if (parameters.initialBase < parameters.maintenanceBase) {
    fault(
      "initial-below-maintenance",
      "initialBase",
      `${parameters.initialBase} is below maintenance ${parameters.maintenanceBase}`,
      "a fresh position must not be liquidatable",
    );
  }
  if (parameters.highestRate > RATE_ONE || parameters.highestRate < parameters.initialBase) {
    fault(
      "rate-cap",
      "highestRate",
      `it is ${parameters.highestRate}; from initialBase to ${RATE_ONE}`,
      "write 1,000,000 where no cap is known",
    );
  }
  if (parameters.liquidationFeeRate > parameters.maintenanceBase) {
    fault(
      "fee-above-maintenance",
      "liquidationFeeRate",
      `${parameters.liquidationFeeRate} is above maintenance ${parameters.maintenanceBase}`,
      "an account at its limit could not pay the fee",
    );
  }
  return found;
}

/** Divides contract value x price (linear) or is divided by the price (inverse) to give settlement units; see `worth`. */
export function valueScale(parameters: DeribitParameters): bigint {
  if (parameters.kind === "inverse") return parameters.contractValue * powerOfTen(parameters.coinDecimals);
  return powerOfTen(parameters.coinDecimals + 8 - parameters.settlementDecimals);
}
