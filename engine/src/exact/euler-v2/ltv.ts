import { mulDivDown } from "../rounding.js";
import { BASIS_POINTS } from "../scales.js";
import { ConfigAmountTooLargeToEncode, LtvBorrow, LtvLiquidation } from "./errors.js";

/** What a vault lends against one collateral (`LTVConfig`): LTVs in basis points, times in seconds. */
export interface LtvConfig {
  readonly borrowLtv: bigint;
  /** Where the liquidation LTV ends. */
  readonly liquidationLtv: bigint;
  /** Where it stood when the ramp began. */
  readonly initialLiquidationLtv: bigint;
  /** When the ramp ends; 0 for a collateral that was never configured. */
  readonly targetTimestamp: bigint;
  readonly rampDuration: bigint;
}

/** A collateral that the vault does not know. */
export const UNKNOWN_COLLATERAL: LtvConfig = {
  borrowLtv: 0n,
  liquidationLtv: 0n,
  initialLiquidationLtv: 0n,
  targetTimestamp: 0n,
  rampDuration: 0n,
};

/** Whether the collateral ever had an LTV here. One lowered to 0 stays recognised and can be liquidated. `LTVConfig.isRecognizedCollateral`. */
export function isRecognizedCollateral(config: LtvConfig): boolean {
  return config.targetTimestamp !== 0n;
}

/**
 * The LTV for liquidations, basis points: on its way from the initial value to the target in a straight line, rounded down; at the target from its timestamp
 * on. `LTVConfig.getLTV(true)`. The LTV for borrowing has no ramp.
 */
export function liquidationLtvAt(config: LtvConfig, now: bigint): bigint {
  const { liquidationLtv, initialLiquidationLtv, targetTimestamp, rampDuration } = config;
  if (now >= targetTimestamp || liquidationLtv >= initialLiquidationLtv) return liquidationLtv;
  return liquidationLtv + mulDivDown(initialLiquidationLtv - liquidationLtv, targetTimestamp - now, rampDuration);
}

/**
 * A collateral's LTVs after governance sets them: the borrow LTV at once, a lower liquidation LTV over the ramp from where it stands now, a higher one at once.
 * Throws `ConfigAmountTooLargeToEncode`, `LtvBorrow` (borrow above liquidation), `LtvLiquidation` (a ramp upwards or nowhere). `Governance.setLTV`.
 */
export function withLtv(
  config: LtvConfig,
  borrowLtv: bigint,
  liquidationLtv: bigint,
  rampDuration: bigint,
  now: bigint,
): LtvConfig {
  if (borrowLtv > BASIS_POINTS || liquidationLtv > BASIS_POINTS)
    throw new ConfigAmountTooLargeToEncode(
      `LTVs of ${borrowLtv} and ${liquidationLtv} are asked for; at most ${BASIS_POINTS} is allowed`,
    );
  if (borrowLtv > liquidationLtv)
    throw new LtvBorrow(`a borrow LTV of ${borrowLtv} is asked for; at most the liquidation LTV ${liquidationLtv} is`);
  const standing = liquidationLtvAt(config, now);
  if (liquidationLtv >= standing && rampDuration > 0n)
    throw new LtvLiquidation(`a ramp from ${standing} to ${liquidationLtv} is asked for; only a lower LTV is ramped`);
  return {
    borrowLtv,
    liquidationLtv,
    initialLiquidationLtv: standing,
    targetTimestamp: now + rampDuration,
    rampDuration,
  };
}
