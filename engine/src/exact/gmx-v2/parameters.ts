import type { ParameterFault } from "../protocol.js";
import { FLOAT } from "./precision.js";

/** The rules of one market. Factors and dollar amounts are of 1e30. */
export interface GmxParameters {
  /** Smallest remaining collateral in dollars. */
  readonly minCollateralUsd: bigint;
  /** Smallest position that a partial close may leave, in dollars. */
  readonly minPositionSizeUsd: bigint;
  /** Smallest remaining collateral as a factor of size, when a position is opened or partly closed. */
  readonly minCollateralFactor: bigint;
  /** The same when a position is liquidated. */
  readonly minCollateralFactorForLiquidation: bigint;
  /** Fee factor of a close that improves the balance of open interest. */
  readonly positionFeeFactorImproved: bigint;
  /** Fee factor of a close that does not. */
  readonly positionFeeFactorWorsened: bigint;
  /** Fee factor of size that a liquidation pays on top. */
  readonly liquidationFeeFactor: bigint;
  /** Shares of position, borrowing and liquidation fee that go to the fee receiver; the rest goes to the pool. */
  readonly positionFeeReceiverFactor: bigint;
  readonly borrowingFeeReceiverFactor: bigint;
  readonly liquidationFeeReceiverFactor: bigint;
  /** Price impact: factor x difference ^ exponent, for closes that improve the balance (positive) and for others. */
  readonly positiveImpactFactor: bigint;
  readonly negativeImpactFactor: bigint;
  readonly positiveImpactExponent: bigint;
  readonly negativeImpactExponent: bigint;
  /** Largest positive impact paid, and largest negative impact charged at once, as factors of size. */
  readonly maxPositiveImpactFactor: bigint;
  readonly maxNegativeImpactFactor: bigint;
  /** Largest negative impact that counts when a position is judged for liquidation, as a factor of size. */
  readonly maxImpactFactorForLiquidations: bigint;
  /** Side profit over pool value beyond which traders' profits are scaled down. */
  readonly maxPnlFactorForTraders: bigint;
  /** Side profit over pool value above which positions may be deleveraged. */
  readonly maxPnlFactorForAdl: bigint;
  /** Side profit over pool value below which deleveraging must not push. */
  readonly minPnlFactorAfterAdl: bigint;
  /** Whether the balance of open interest is measured in tokens at the middle price instead of dollars at entry. */
  readonly openInterestInTokens: boolean;
}

const shares = [
  "minCollateralFactor",
  "minCollateralFactorForLiquidation",
  "positionFeeFactorImproved",
  "positionFeeFactorWorsened",
  "liquidationFeeFactor",
  "positionFeeReceiverFactor",
  "borrowingFeeReceiverFactor",
  "liquidationFeeReceiverFactor",
  "maxPositiveImpactFactor",
  "maxNegativeImpactFactor",
  "maxImpactFactorForLiquidations",
  "maxPnlFactorForTraders",
  "maxPnlFactorForAdl",
  "minPnlFactorAfterAdl",
] as const;

const amounts = ["minCollateralUsd", "minPositionSizeUsd", "positiveImpactFactor", "negativeImpactFactor"] as const;

/** Everything wrong with the parameters, all at once. */
export function faults(parameters: GmxParameters): ParameterFault[] {
  const found: ParameterFault[] = [];
  const fault = (code: string, key: string, message: string, hint: string) => found.push({ code, key, message, hint });
  for (const key of [...shares, ...amounts]) {
    if (parameters[key] < 0n) fault("negative", key, `it is ${parameters[key]}; at least 0`, "one is 1e30");
  }
  for (const key of shares) {
    if (parameters[key] > FLOAT)
      fault("factor-above-one", key, `it is ${parameters[key]}; at most 1e30`, "one is 1e30");
  }
  for (const key of ["positiveImpactExponent", "negativeImpactExponent"] as const) {
    if (parameters[key] < FLOAT || parameters[key] > 5n * FLOAT) {
      fault("exponent-out-of-range", key, `it is ${parameters[key]}; 1e30 to 5e30`, "markets use 1e30 to 3e30");
    }
  }
  if (parameters.minCollateralFactorForLiquidation > parameters.minCollateralFactor) {
    fault(
      "threshold-above-opening",
      "minCollateralFactorForLiquidation",
      `${parameters.minCollateralFactorForLiquidation} is above minCollateralFactor ${parameters.minCollateralFactor}`,
      "a position that may be opened must not be liquidatable",
    );
  }
  const { minPnlFactorAfterAdl, maxPnlFactorForAdl, maxPnlFactorForTraders } = parameters;
  if (minPnlFactorAfterAdl > maxPnlFactorForAdl) {
    fault(
      "deleveraging-without-room",
      "minPnlFactorAfterAdl",
      `${minPnlFactorAfterAdl} is above maxPnlFactorForAdl ${maxPnlFactorForAdl}`,
      "deleveraging must be able to end between the two",
    );
  }
  if (maxPnlFactorForAdl > maxPnlFactorForTraders) {
    fault(
      "deleveraging-too-late",
      "maxPnlFactorForAdl",
      `${maxPnlFactorForAdl} is above maxPnlFactorForTraders ${maxPnlFactorForTraders}`,
      "deleveraging begins before profits are cut",
    );
  }
  return found;
}
