import { assert } from "../book/problem.js";
import { createMechanisms, type MechanismPlan, type Plan } from "../scenario/plan.js";

/** A shock in time: a straight line in log price, then the price stays. */
export interface ShockInTime {
  /** Symbol of the asset that falls. */
  readonly asset: string;
  /** Relative move: -0.2. */
  readonly move: number;
  readonly gasGwei: number;
}

/** How long the shock takes. */
export const shockMs = 3_600_000;
/** How long is watched after it. */
export const watchedMs = 86_400_000;
/** The first count after the shock. */
export const soonMs = 600_000;

/**
 * The plan with its own path replaced by a shock: the price goes in a straight line (in log) for an hour and stays for a day. Oracles, pressure, guards and
 * depth are the plan's; a pool that followed a record keeps its opening reserves and is arbitraged to the new fair value instead.
 */
export function shockPlan(plan: Plan, shock: ShockInTime): Plan {
  // Ticks must divide the plan's own durations and ten minutes.
  const tickMs = greatestCommonDivisor(plan.tickMs, soonMs);
  const kept = plan.mechanisms.filter((_, index) => !isPath(plan, index));
  const line: MechanismPlan = {
    part: "prices",
    kind: "line",
    name: "shock in an hour",
    params: {
      moves: [{ asset: shock.asset, share: shock.move }],
      overMs: shockMs,
      gasGwei: shock.gasGwei,
    },
  };
  return {
    ...plan,
    tickMs,
    tickCount: (shockMs + watchedMs) / tickMs,
    mechanisms: [line, ...kept.flatMap((one) => withoutRecord(one, plan))],
  };
}

/** The plan with nothing but its price path: fair value without the loop. */
export function pathAlone(plan: Plan): Plan {
  return { ...plan, mechanisms: plan.mechanisms.filter((_, index) => isPath(plan, index)) };
}

/** Whether a mechanism moves fair value: it is about prices and publishes none. */
function isPath(plan: Plan, index: number): boolean {
  if (plan.mechanisms[index].part !== "prices") return false;
  const [mechanism] = createMechanisms({ ...plan, mechanisms: [plan.mechanisms[index]] });
  return mechanism.publish === undefined;
}

/** A pool on record becomes a pool with its opening reserves and an arbitrageur, who closes the gap to fair value at once. */
function withoutRecord(one: MechanismPlan, plan: Plan): MechanismPlan[] {
  if (one.kind !== "recorded-reserves") return [one];
  const { venue, depthShare } = one.params as { readonly venue: string; readonly depthShare: number };
  assert(typeof venue === "string", "recorded reserves name their pool");
  const pool: MechanismPlan = { ...one, kind: "constant-product", params: { venue, depthShare } };
  const arbitraged = plan.mechanisms.some(
    (other) => other.kind === "pool-arbitrage" && (other.params as { readonly venue: string }).venue === venue,
  );
  if (arbitraged) return [pool];
  const arbitrage = { part: "liquidity", kind: "pool-arbitrage", name: `${one.name}/arbitrage` } as const;
  return [pool, { ...arbitrage, params: { venue, speed: 1 } }];
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
