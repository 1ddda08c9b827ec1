export { type Assumption, assuming, ownersAct } from "./assuming.js";
export {
  type DealerSide,
  dealerSides,
  largestBySide,
  levelsBySide,
  type SideLevels,
  sideBand,
} from "./dealer-sides.js";
export { asPlanned, type Banded, banded, type End, endsOf } from "./ends.js";
export {
  type Findings,
  type FindingsQuestion,
  findingSteps,
  findings,
  type MapFindings,
  type NamedAccount,
} from "./findings.js";
export { gainMove, type HorizonGain } from "./gains.js";
export type { LoopInTime, LoopRibbon } from "./loop-in-time.js";
export {
  atRiskBelow,
  measuredResponse,
  type OwnersOfOthers,
  ownersFromOthers,
  type RecordedWindow,
  recordedWindow,
  withPressure,
} from "./measured-owners.js";
export { type RecordGap, recordGaps } from "./record-gaps.js";
export { pathAlone, type ShockInTime, shockMs, shockPlan, soonMs, watchedMs } from "./shock-plan.js";
export { type ShockOutcome, shockRun } from "./shock-run.js";
export { liquidatableAt, type ShockRow, shockMoves, shockTable } from "./shock-table.js";
export { type Driver, type DriverSide, type Tornado, tornado } from "./tornado.js";
export { uncoveredLayers, type Verdict, verdictOf } from "./verdict.js";
export { type WindowsSummary, windowsSummary } from "./windows-summary.js";
