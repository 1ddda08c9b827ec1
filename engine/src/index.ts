/**
 * The public door of `@firebreak/engine`: pure, without input, output or clock; the same bits in Node, in workers and in browsers.
 *
 * A file's value becomes a `Plan` (`parseScenario`). Without time, a plan opens as a market (`openMarket`) of which the map is asked; in time, it becomes paths
 * (`openRun`, `run`), and a path's tape becomes measures.
 */

// ── what exists: books, series, quantities, problems, provenance ────────────────────────────────────────────────

export * from "./book/index.js";

// ── what happens: scenarios and their mechanisms ────────────────────────────────────────────────────────────────

export {
  type Definition,
  type Demonstration,
  definitionOf,
  definitions,
  type Market,
  offersSurface,
  type Part,
  publishesFeeds,
  type Reference,
  type Sources,
} from "./mechanisms/index.js";
export { editorKinds, type JsonSchema, publishedSchema, writtenSchema } from "./scenario/editor-schema.js";
export { type Loaded, type ParsedScenario, parseScenario, readScenario } from "./scenario/parse.js";
export { createMechanisms, heldTables, type MechanismPlan, type Plan, runSetting, without } from "./scenario/plan.js";

// ── protocols to the last unit: what the mechanisms are tested against ──────────────────────────────────────────

export type { ProtocolCard, ProtocolFamily } from "./exact/protocol.js";

// ── options: prices, Greeks, implied volatility, smiles, expiries ───────────────────────────────────────────────

export * from "./options/index.js";

// ── volatility: estimators over recorded prices ─────────────────────────────────────────────────────────────────

export * from "./volatility/index.js";

// ── the market without time: who is forced at which price, against how much depth, and where it ends ────────────

export * from "./map/index.js";
export { openMarket } from "./study/plan-market.js";

// ── how time moves: the kernel, its views, the tape ─────────────────────────────────────────────────────────────

export * from "./run/index.js";

// ── many paths, what is counted on them, a recorded day replayed ────────────────────────────────────────────────

export type { History, HistoryFact, HistoryTrack, Reading, Variant } from "./scenario/history.js";
export {
  type HistoryQuestion,
  type HistoryReading,
  type HistoryStudy,
  readDay,
  studyHistory,
} from "./study/history.js";
export { MeasureReader, type Measures, measureNames } from "./study/measures.js";
export { type OpenRun, openRun, type PathResult, run, runHash, runPaths } from "./study/paths.js";
export {
  type LiquidationRecord,
  type Replay,
  type ReplayEnd,
  type ReplayQuestion,
  replayWindow,
} from "./study/replay.js";
export { type Pusher, type Triggering, whoTriggersWhom } from "./study/who-triggers-whom.js";

// ── insurance compared: alone, and with everybody else doing the same ────────────────────────────────────────────

export {
  brokenTolerance,
  type Estimate,
  type InsuranceHarm,
  type InsuranceOutcome,
  type InsuredRuns,
  insuranceHarm,
  insuranceOutcome,
  insuranceRunCount,
  runInsurance,
  tailShare,
} from "./study/insure.js";
export { type InsuredFlow, type InsuredMap, insuredFalls, insuredMap } from "./study/insure-map.js";
export { type InsuranceMarket, insuranceMarket, marketDepthUsd, mostInsuredUsd } from "./study/insure-market.js";
export { type InsuredPaths, runInsured } from "./study/insure-paths.js";
export { insurancePlan } from "./study/insure-plans.js";
export { putMarket } from "./study/insure-puts.js";
export {
  depthFall,
  type InsuranceJumps,
  type InsuranceQuestion,
  insuranceYearMs,
  tickFor,
} from "./study/insure-question.js";
export { type InsuranceStrategy, insuranceStrategies } from "./study/insure-strategies.js";

// ── what a report says of a plan ────────────────────────────────────────────────────────────────────────────────

export { usefulHorizonMs } from "./report/gains.js";
export * from "./report/index.js";

// ── the numbers of the literature ───────────────────────────────────────────────────────────────────────────────

export * from "./validate/index.js";

// ── portable arithmetic: the same bits everywhere ───────────────────────────────────────────────────────────────

export { exp, log, mulDivDown, mulDivUp, normal, uniform } from "./math/index.js";
export { powersOfTen, stepsPerUsd } from "./rules/account-value.js";
export { insuredShares, replicatedShare } from "./rules/synthetic-put.js";
