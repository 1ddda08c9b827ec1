import type { SignConvention } from "../options/index.js";
import type { MechanismPlan, Plan } from "../scenario/plan.js";
import { withSide } from "./dealer-sides.js";

/** What is changed about a plan to see how much a result hangs on it; everything left out stays as the plan has it. */
export interface Assumption {
  /** Times the depth of every venue. */
  readonly depthTimes?: number;
  /** Times the refill rate of every order book. */
  readonly refillTimes?: number;
  /** Times what liquidators get on top (a bidder's discount). */
  readonly bonusTimes?: number;
  /** Share of a walk's impact that stays in fair value. */
  readonly lastingShare?: number;
  /** `nobody`: mechanisms of kind `owners` are left out. A number: the share of owners who act. */
  readonly owners?: "nobody" | number;
  /** The side of every dealer whose side is a convention. */
  readonly dealers?: SignConvention;
}

type Params = Readonly<Record<string, unknown>>;

/** The plan under another assumption. Mechanisms that have no such parameter stay as they are. */
export function assuming(plan: Plan, assumption: Assumption): Plan {
  const { lastingShare = plan.lastingShare, owners } = assumption;
  const mechanisms = plan.mechanisms
    .filter((one) => one.kind !== "owners" || owners !== "nobody")
    .map((one) => ({ ...one, params: changed(one, assumption) }));
  return { ...plan, lastingShare, mechanisms };
}

/** Whether owners act in a plan. */
export function ownersAct(plan: Plan): boolean {
  return plan.mechanisms.some((one) => one.kind === "owners");
}

function changed(mechanism: MechanismPlan, assumption: Assumption): unknown {
  const { kind } = mechanism;
  const { depthTimes = 1, refillTimes = 1, bonusTimes = 1, owners, dealers } = assumption;
  const known: Params = dealers === undefined ? (mechanism.params as Params) : withSide(mechanism, dealers);
  const next: Record<string, unknown> = { ...known };
  if (typeof known.depthShare === "number") next.depthShare = known.depthShare * depthTimes;
  if (typeof known.refillShare === "number") next.refillShare = known.refillShare * refillTimes;
  if (known.bonus !== null && typeof known.bonus === "object")
    next.bonus = timesEach(known.bonus as Readonly<Record<string, number>>, bonusTimes);
  if (kind === "owners" && typeof owners === "number") next.share = owners;
  return next;
}

function timesEach(shares: Readonly<Record<string, number>>, factor: number): Record<string, number> {
  return Object.fromEntries(Object.entries(shares).map(([asset, share]) => [asset, share * factor]));
}
