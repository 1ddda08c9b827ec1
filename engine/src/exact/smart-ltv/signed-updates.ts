import type { ParameterFault } from "../protocol.js";
import { mulDivDown } from "../rounding.js";
import { BASIS_POINTS } from "../scales.js";
import { NoActionCanBePerformed } from "./errors.js";

/** How far one update may move a parameter: basis points of where it stands if relative, else the parameter's own unit (`RangeConfig`). */
export interface UpdateRange {
  readonly maxIncrease: bigint;
  readonly isIncreaseRelative: boolean;
  readonly maxDecrease: bigint;
  readonly isDecreaseRelative: boolean;
}

/** An agent that injects the updates of a risk oracle into a protocol (`AgentHub.BasicConfig`); times in seconds. */
export interface Agent {
  /** The circuit breaker: nothing passes while it is off. */
  readonly isEnabled: boolean;
  /** After how long a published update may no longer be injected. */
  readonly expirationPeriod: bigint;
  /** Least time between two injections for one market. */
  readonly minimumDelay: bigint;
  readonly range: UpdateRange;
}

/** A published update of one parameter of one market (`RiskOracle.RiskParameterUpdate`). */
export interface SignedUpdate {
  readonly updateId: bigint;
  readonly market: string;
  /** When it was published, seconds. */
  readonly timestamp: bigint;
  readonly newValue: bigint;
}

/** The last update that was injected for a market; both 0 before the first. */
export interface LastInjected {
  readonly updateId: bigint;
  readonly timestamp: bigint;
}

/** Why an update is passed over. */
export type UpdateRefusal = "agent-disabled" | "expired" | "already-injected" | "too-soon" | "out-of-range";

/**
 * Whether a change is within its range: not above the greatest increase or decrease, a relative one rounded down. Exactly the greatest passes.
 * `ChaosLabsInc/chaos-agents` f02af71, `RangeValidationModule._validateRange`.
 */
export function isWithinRange(from: bigint, to: bigint, range: UpdateRange): boolean {
  const rises = from < to;
  const change = rises ? to - from : from - to;
  const allowed = rises ? range.maxIncrease : range.maxDecrease;
  const isRelative = rises ? range.isIncreaseRelative : range.isDecreaseRelative;
  return change <= (isRelative ? mulDivDown(allowed, from, BASIS_POINTS) : allowed);
}

/**
 * Why an update may not be injected now, in the hub's order, or null. An update exactly at its expiry and one exactly after the least delay pass. `current` is
 * where the parameter stands. `AgentHub.execute`, `_validateBasics`.
 */
export function refusalOf(
  agent: Agent,
  update: SignedUpdate,
  last: LastInjected,
  current: bigint,
  now: bigint,
): UpdateRefusal | null {
  if (!agent.isEnabled) return "agent-disabled";
  if (update.timestamp + agent.expirationPeriod < now) return "expired";
  if (last.updateId >= update.updateId) return "already-injected";
  if (now - last.timestamp < agent.minimumDelay) return "too-soon";
  return isWithinRange(current, update.newValue, agent.range) ? null : "out-of-range";
}

/** The parameter's new value and what is remembered of it. */
export interface Injection {
  readonly value: bigint;
  readonly last: LastInjected;
}

/** Injects an update. Throws `NoActionCanBePerformed` with the reason where it is refused. `AgentHub.execute` of one update. */
export function inject(
  agent: Agent,
  update: SignedUpdate,
  last: LastInjected,
  current: bigint,
  now: bigint,
): Injection {
  const refusal = refusalOf(agent, update, last, current, now);
  if (refusal !== null) throw new NoActionCanBePerformed(`update ${update.updateId} of ${update.market}: ${refusal}`);
  return { value: update.newValue, last: { updateId: update.updateId, timestamp: now } };
}

/** Everything wrong with an agent. */
export function agentFaults(agent: Agent): ParameterFault[] {
  const { range, ...times } = agent;
  const found: ParameterFault[] = Object.entries({ ...times, ...range })
    .filter(([, value]) => typeof value === "bigint" && value < 0n)
    .map(([key, value]) => ({
      code: "negative",
      key,
      message: `${key} is ${value}; it may be 0 or more`,
      hint: "times and ranges are not negative",
    }));
  if (range.isDecreaseRelative && range.maxDecrease > BASIS_POINTS)
    found.push({
      code: "decrease-above-one",
      key: "maxDecrease",
      message: `maxDecrease is ${range.maxDecrease} basis points; a relative one may be at most ${BASIS_POINTS}`,
      hint: "nothing falls by more than all of it; the contract refuses it too",
    });
  return found;
}
