import { least, most, mulDivDown } from "../rounding.js";
import { WAD } from "../scales.js";
import { maxLiquidationInWindow, type SynthetixMarketParameters } from "./parameters.js";
import { type LiquidationRecord, magnitude, type SynthetixMarket } from "./state.js";

/** What a market may still liquidate. */
export interface WindowCapacity {
  /** Left in the window, asset units. */
  readonly capacity: bigint;
  /** All that a window holds. */
  readonly maxInWindow: bigint;
  /** Time of the last liquidation, 0 before the first. */
  readonly latestTime: bigint;
}

/** Window less what was liquidated after now - window. Source: PerpsMarket.currentLiquidationCapacity. */
export function liquidationCapacity(
  rules: SynthetixMarketParameters,
  market: SynthetixMarket,
  time: bigint,
): WindowCapacity {
  const maxInWindow = maxLiquidationInWindow(rules);
  const since = time - rules.maxSecondsInLiquidationWindow;
  const used = market.liquidations.reduce((sum, record) => (record.time > since ? sum + record.amount : sum), 0n);
  const latestTime = market.liquidations.at(-1)?.time ?? 0n;
  return { capacity: most(maxInWindow - used, 0n), maxInWindow, latestTime };
}

/** Why an amount was granted. */
export type WindowGrant = "endorsed" | "unlimited" | "capacity" | "low-skew" | "none";

/**
 * How much of a wanted size may be liquidated now: all of it for the endorsed liquidator and where the window is 0; the capacity; where that is used up but
 * |skew| / skewScale is below the threshold and nothing was liquidated at this very time, another full window. Source: PerpsMarket.maxLiquidatableAmount.
 */
export function maxLiquidatableAmount(
  rules: SynthetixMarketParameters,
  market: SynthetixMarket,
  wanted: bigint,
  liquidator: string,
  time: bigint,
): { amount: bigint; grant: WindowGrant } {
  if (rules.endorsedLiquidator !== undefined && liquidator === rules.endorsedLiquidator) {
    return { amount: wanted, grant: "endorsed" };
  }
  const { capacity, maxInWindow, latestTime } = liquidationCapacity(rules, market, time);
  if (maxInWindow === 0n) return { amount: wanted, grant: "unlimited" };
  if (capacity > 0n) return { amount: least(capacity, wanted), grant: "capacity" };
  const premium = mulDivDown(magnitude(market.skew), WAD, rules.skewScale);
  if (rules.maxLiquidationPd !== 0n && latestTime !== time && premium < rules.maxLiquidationPd) {
    return { amount: least(maxInWindow, wanted), grant: "low-skew" };
  }
  return { amount: 0n, grant: "none" };
}

/** Writes an amount down at its time (unlimited grants are not written down). Records that no window can reach any more go. */
export function recordLiquidation(
  rules: SynthetixMarketParameters,
  market: SynthetixMarket,
  amount: bigint,
  time: bigint,
): SynthetixMarket {
  const since = time - rules.maxSecondsInLiquidationWindow;
  const kept = market.liquidations.filter((record) => record.time > since && record.time !== time);
  const now = market.liquidations.find((record) => record.time === time);
  const record: LiquidationRecord = { time, amount: amount + (now?.amount ?? 0n) };
  return { ...market, liquidations: [...kept, record] };
}
