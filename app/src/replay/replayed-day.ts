import {
  type Findings,
  findings,
  type OwnersOfOthers,
  ownersAct,
  ownersFromOthers,
  type Plan,
  ProblemsError,
  type RecordedWindow,
  type Replay,
  recordedWindow,
  replayWindow,
  type WindowsSummary,
  windowsSummary,
  withPressure,
} from "@firebreak/engine";

/** A day at both ends beside what was observed, and everything a report says of it. */
export interface ReplayedDay {
  /** The plan that was run: with owners as measured, where the scenario has none of its own. */
  readonly plan: Plan;
  readonly window: RecordedWindow;
  readonly owners: OwnersOfOthers | null;
  readonly replay: Replay;
  readonly findings: Findings;
  /** All windows of the protocol together; null where it is not a set of Maker windows. */
  readonly summary: WindowsSummary | null;
}

/** How a day is asked for. */
export interface DayQuestion {
  readonly seed: number;
  /** Paths on which owners draw who acts. */
  readonly paths: number;
  readonly progress?: (done: number) => void;
}

/** Paths on which owners draw who acts, where nobody says. */
export const usualPaths = 20;
/** Paths of each of the many runs of the shock table: means, no tails, are read off them. */
const tablePaths = 5;

/** Replays a plan's window, with owners measured on the other windows. Throws `ProblemsError` with `record-missing`. */
export function replayDay(plan: Plan, others: readonly RecordedWindow[], question: DayQuestion): ReplayedDay {
  const window = recordedWindow(plan);
  if (window === null) throw new ProblemsError([recordMissing(plan)]);
  const measured = ownersAct(plan) ? null : ownersFromOthers(window, others);
  const acting = measured === null ? plan : withPressure(plan, measured.mechanism);
  const owners = acting.mechanisms.find((one) => one.kind === "owners")?.name ?? null;
  const { seed, paths, progress } = question;
  const { protocol, events } = window;
  return {
    plan: acting,
    window,
    owners: measured,
    replay: replayWindow(acting, { seed, paths, protocol, owners, events }),
    findings: findings(acting, { seed, paths: Math.min(paths, tablePaths), ribbonPaths: paths, progress }),
    summary: windowsSummary([window, ...others]),
  };
}

function recordMissing(plan: Plan) {
  return {
    code: "record-missing",
    path: "series",
    message: `${plan.name} has no record of what happened: no table of events of one of its lending protocols`,
    hint: "replay a shipped day, or use `firebreak report` for a scenario without a record",
  };
}
