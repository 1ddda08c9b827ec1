/** How fast risk stewards may change parameters (`aave-v3-risk-stewards` f685004, `RiskSteward.sol`, `AaveStewardInjectorBase.sol`). */
import { mulDivDown } from "../rounding.js";
import { BASIS_POINTS } from "../scales.js";
import { DebounceNotRespected, InvalidUpdateToZero, UpdateCannotBeInjected, UpdateNotInRange } from "./errors.js";

/** Limits of one parameter. */
export interface StewardLimit {
  /** Seconds between two changes, the full delay included. */
  readonly minimumDelay: bigint;
  /** Largest change: basis points of the present value where `relative`, else in the parameter's own unit (basis points for ratios and rates). */
  readonly largestChange: bigint;
  readonly relative: boolean;
  /** Rates may be set to 0, everything else may not. */
  readonly zeroAllowed: boolean;
}

/** Parameters with limits of one kind. Ratios and rates are limited in absolute basis points, although the README's example reckons relatively; caps relatively. */
export type StewardParameter =
  | "loanToValue"
  | "liquidationThreshold"
  | "liquidationBonus"
  | "supplyCap"
  | "borrowCap"
  | "baseRate"
  | "slope1"
  | "slope2"
  | "optimalUsage";

const day = 86_400n;
const ratio = { relative: false, zeroAllowed: false };
const rate = { relative: false, zeroAllowed: true };
const cap = { relative: true, zeroAllowed: false };

/** Limits as the deployment scripts set them: three days each. */
export const deployedStewardLimits: Readonly<Record<StewardParameter, StewardLimit>> = {
  loanToValue: { ...ratio, minimumDelay: 3n * day, largestChange: 50n },
  liquidationThreshold: { ...ratio, minimumDelay: 3n * day, largestChange: 50n },
  liquidationBonus: { ...ratio, minimumDelay: 3n * day, largestChange: 50n },
  supplyCap: { ...cap, minimumDelay: 3n * day, largestChange: 3_000n },
  borrowCap: { ...cap, minimumDelay: 3n * day, largestChange: 3_000n },
  baseRate: { ...rate, minimumDelay: 3n * day, largestChange: 100n },
  slope1: { ...rate, minimumDelay: 3n * day, largestChange: 100n },
  slope2: { ...rate, minimumDelay: 3n * day, largestChange: 2_000n },
  optimalUsage: { ...rate, minimumDelay: 3n * day, largestChange: 300n },
};

/** Seconds after which an update of the risk oracle has expired; at exactly this age it has (`EXPIRATION_PERIOD`). */
export const UPDATE_LIFE = 21_600n;

/** A change that a steward asks for, in the parameter's unit; seconds. */
export interface StewardUpdate {
  readonly from: bigint;
  readonly to: bigint;
  readonly lastChangedAt: bigint;
  readonly now: bigint;
}

/** Accepts the update or throws, in this order: `InvalidUpdateToZero`, `DebounceNotRespected`, `UpdateNotInRange` (`_validateParamUpdate`). Returns the new value. */
export function stewardUpdate(limit: StewardLimit, update: StewardUpdate): bigint {
  const { from, to, lastChangedAt, now } = update;
  if (to === 0n && !limit.zeroAllowed) throw new InvalidUpdateToZero("this parameter may not be set to 0");
  if (now - lastChangedAt < limit.minimumDelay)
    throw new DebounceNotRespected(
      `${now - lastChangedAt} s since the last change; ${limit.minimumDelay} s are needed`,
    );
  const change = from > to ? from - to : to - from;
  const largest = limit.relative ? mulDivDown(limit.largestChange, from, BASIS_POINTS) : limit.largestChange;
  if (change > largest) throw new UpdateNotInRange(`a change of ${change} is more than ${largest}`);
  return to;
}

/** Throws `UpdateCannotBeInjected` if the oracle's update was executed or is six hours old (`_canUpdateBeInjected`). */
export function requireInjectable(publishedAt: bigint, now: bigint, executed: boolean): void {
  if (executed) throw new UpdateCannotBeInjected("the update was executed before");
  if (publishedAt + UPDATE_LIFE <= now)
    throw new UpdateCannotBeInjected(`the update is ${now - publishedAt} s old; it lives ${UPDATE_LIFE} s`);
}
