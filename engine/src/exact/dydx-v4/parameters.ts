import type { ParameterFault } from "../protocol.js";

/** 1e6: one in parts per million. */
export const MILLION = 1_000_000n;

/** Blocks for which withdrawals stay blocked after a subaccount with negative net collateral was seen. Source: x/subaccounts/types/update.go. */
export const BLOCKS_WITHDRAWALS_GATED = 50n;

/** Margin of a class of markets. Source: x/perpetuals/types, LiquidityTier. */
export interface LiquidityTier {
  readonly name: string;
  /** Initial margin fraction in parts per million. */
  readonly initialMarginPpm: bigint;
  /** Maintenance margin as a part of the initial one, in parts per million. */
  readonly maintenanceFractionPpm: bigint;
  /** Open notional (quote quantums) from which the initial margin fraction rises. */
  readonly openInterestLowerCap: bigint;
  /** Open notional at which it reaches one; 0: it does not rise. */
  readonly openInterestUpperCap: bigint;
}

/** A market. A coin is 10^baseDecimals base quantums (-atomicResolution on chain; negative where a quantum is more than a coin). */
export interface PerpetualParameters {
  readonly baseDecimals: number;
  readonly quoteDecimals: number;
  /** Prices are whole steps of 10^-priceDecimals quote coins a coin. */
  readonly priceDecimals: number;
  readonly tier: LiquidityTier;
  /** Fills and partial liquidations are multiples of this many base quantums. */
  readonly stepBaseQuantums: bigint;
  /** Order prices are multiples of this many price steps. */
  readonly priceStepsPerTick: bigint;
  /** A market that is being closed: no liquidation orders, deleveraging at the oracle price. */
  readonly finalSettlement: boolean;
}

/** Rules of liquidation for all markets; money in quote quantums. Source: x/clob/types, LiquidationsConfig. */
export interface LiquidationsConfig {
  readonly maxLiquidationFeePpm: bigint;
  readonly bankruptcyAdjustmentPpm: bigint;
  readonly spreadToMaintenanceMarginRatioPpm: bigint;
  readonly minPositionNotionalLiquidated: bigint;
  readonly maxPositionPortionLiquidatedPpm: bigint;
  readonly maxNotionalLiquidated: bigint;
  readonly maxQuantumsInsuranceLost: bigint;
}

function fault(code: string, key: string, message: string, hint: string): ParameterFault {
  return { code, key, message, hint };
}

/** A fault where a number of parts per million is outside its bounds. */
function outside(code: string, key: string, value: bigint, low: bigint, high: bigint): ParameterFault[] {
  if (value >= low && value <= high) return [];
  return [fault(code, key, `${key} is ${value}; ${low} to ${high} parts per million`, "5 % is 50,000")];
}

function tierFaults(tier: LiquidityTier): ParameterFault[] {
  const { initialMarginPpm, maintenanceFractionPpm, openInterestLowerCap, openInterestUpperCap } = tier;
  const found = [
    ...outside("initial-margin-out-of-range", "tier.initialMarginPpm", initialMarginPpm, 1n, MILLION),
    ...outside("maintenance-fraction-out-of-range", "tier.maintenanceFractionPpm", maintenanceFractionPpm, 1n, MILLION),
  ];
  const off = openInterestUpperCap === 0n && openInterestLowerCap >= 0n;
  if (!off && (openInterestLowerCap < 0n || openInterestUpperCap <= openInterestLowerCap)) {
    found.push(
      fault(
        "open-interest-caps",
        "tier.openInterestUpperCap",
        `the caps are ${openInterestLowerCap} and ${openInterestUpperCap} quote quantums; 0 or more, the upper above the lower`,
        "an upper cap of 0 switches the scaling off",
      ),
    );
  }
  return found;
}

/** Everything that is wrong with a market's parameters, all at once; nothing where they can be used. */
export function faults(parameters: PerpetualParameters): ParameterFault[] {
  const { baseDecimals, quoteDecimals, priceDecimals, stepBaseQuantums, priceStepsPerTick } = parameters;
  const found = tierFaults(parameters.tier);
  if (
    ![baseDecimals, quoteDecimals, priceDecimals].every(
      (decimals) => Number.isInteger(decimals) && decimals >= -36 && decimals <= 36,
    )
  ) {
    found.push(
      fault(
        "decimals-out-of-range",
        "baseDecimals",
        `decimals are ${baseDecimals}, ${quoteDecimals}, ${priceDecimals}; whole numbers from -36 to 36`,
        "give powers of ten",
      ),
    );
  }
  if (stepBaseQuantums < 1n) {
    found.push(
      fault(
        "step-below-one",
        "stepBaseQuantums",
        `stepBaseQuantums is ${stepBaseQuantums}; 1 or more`,
        "1 allows any fill",
      ),
    );
  }
  if (priceStepsPerTick < 1n) {
    found.push(
      fault(
        "tick-below-one",
        "priceStepsPerTick",
        `priceStepsPerTick is ${priceStepsPerTick}; 1 or more`,
        "1 allows any price",
      ),
    );
  }
  return found;
}

/** Everything that is wrong with the rules of liquidation, all at once. Source: LiquidationsConfig.Validate, and no negative amounts. */
export function configFaults(config: LiquidationsConfig): ParameterFault[] {
  const found = [
    ...outside("fee-out-of-range", "maxLiquidationFeePpm", config.maxLiquidationFeePpm, 1n, MILLION),
    ...outside(
      "portion-out-of-range",
      "maxPositionPortionLiquidatedPpm",
      config.maxPositionPortionLiquidatedPpm,
      1n,
      MILLION,
    ),
  ];
  const atLeast = (code: string, key: keyof LiquidationsConfig, low: bigint) => {
    if (config[key] < low)
      found.push(
        fault(code, key, `${key} is ${config[key]}; ${low} or more`, "take the genesis value and change it from there"),
      );
  };
  atLeast("adjustment-below-one", "bankruptcyAdjustmentPpm", MILLION);
  atLeast("spread-zero", "spreadToMaintenanceMarginRatioPpm", 1n);
  atLeast("min-notional-negative", "minPositionNotionalLiquidated", 0n);
  atLeast("max-notional-zero", "maxNotionalLiquidated", 1n);
  atLeast("max-insurance-zero", "maxQuantumsInsuranceLost", 1n);
  return found;
}
