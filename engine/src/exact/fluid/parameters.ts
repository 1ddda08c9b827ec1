import type { ParameterFault } from "../protocol.js";

/** Parameters of a vault, in the units of its storage. */
export interface FluidParameters {
  /** Largest debt at which one may borrow or withdraw, in thousandths of the collateral's value. */
  readonly collateralFactor: bigint;
  /** Debt from which a position may be liquidated, thousandths. */
  readonly liquidationThreshold: bigint;
  /** Debt above which a tick is absorbed whole, thousandths. */
  readonly liquidationMaxLimit: bigint;
  /** What the liquidator gets on top of the price, in basis points; at most 1023. */
  readonly liquidationPenalty: bigint;
  /** Share of new debt that is owed on top, basis points; at most 1023. */
  readonly borrowFee: bigint;
}

/** Ten bits of storage. */
const TEN_BITS = 1_023n;
/** Limit plus penalty in basis points may not pass this: 99.7 %. */
const LIMIT_WITH_PENALTY = 9_970n;

function fault(code: string, key: string, message: string, hint: string): ParameterFault {
  return { code, key, message, hint };
}

/**
 * All that is wrong with the parameters, as the admin module's `updateCoreSettings` refuses it. Limit and penalty are added there (not multiplied): 95 % and
 * 4 % pass, 95 % and 5 % do not.
 */
export function faults(parameters: FluidParameters): ParameterFault[] {
  const { collateralFactor, liquidationThreshold, liquidationMaxLimit, liquidationPenalty, borrowFee } = parameters;
  const found: ParameterFault[] = [];
  for (const [key, value] of Object.entries(parameters) as [string, bigint][]) {
    if (value < 0n) found.push(fault("negative", key, `is ${value}; at least 0`, "state it without a sign"));
  }
  if (collateralFactor >= liquidationThreshold) {
    found.push(
      fault(
        "collateral-factor-not-below-threshold",
        "collateralFactor",
        `is ${collateralFactor}; below liquidationThreshold, ${liquidationThreshold}`,
        "leave room between borrowing and liquidation",
      ),
    );
  }
  if (liquidationThreshold >= liquidationMaxLimit) {
    found.push(
      fault(
        "threshold-not-below-limit",
        "liquidationThreshold",
        `is ${liquidationThreshold}; below liquidationMaxLimit, ${liquidationMaxLimit}`,
        "leave room between liquidation and absorption",
      ),
    );
  }
  if (liquidationMaxLimit * 10n + liquidationPenalty > LIMIT_WITH_PENALTY) {
    found.push(
      fault(
        "limit-and-penalty",
        "liquidationMaxLimit",
        `${liquidationMaxLimit} thousandths and a penalty of ${liquidationPenalty} basis points are ${liquidationMaxLimit * 10n + liquidationPenalty} together; at most 9970`,
        "lower one of them: a liquidator must not get more collateral than there is",
      ),
    );
  }
  for (const [key, value] of [
    ["liquidationPenalty", liquidationPenalty],
    ["borrowFee", borrowFee],
  ] as const) {
    if (value > TEN_BITS) found.push(fault("above-ten-bits", key, `is ${value}; at most 1023`, "10.23 % is the most"));
  }
  return found;
}
