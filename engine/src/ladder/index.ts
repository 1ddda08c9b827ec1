export { BreachIndex, type PairAccounts } from "./breach-index.js";
export { CloseFactorIndex } from "./close-factor-index.js";
export type { IndexPart, PairRoute } from "./index-part.js";
export { type AmountColumn, clearFlow, emptyFlow, type LendingAccounts, LendingLadder } from "./lending-ladder.js";
export { type PairRule, pairRule } from "./pair-rule.js";
export { PerpetualIndex, type PerpetualPositions } from "./perpetual-index.js";
export { type StepClasses, stepClasses } from "./step-classes.js";
export { type AccountEntries, SurvivalIndex } from "./survival-index.js";
export { type LiquidationRoutes, QuietAccount } from "./until-quiet.js";
