export { assetDepth } from "./absorbed.js";
export { type Fold, type FoldOptions, fold } from "./fold.js";
export {
  defaultHorizonsMs,
  defaultMove,
  type Gain,
  type GainQuestion,
  gainAt,
  gainAtLanding,
  gainsOf,
  type ShockGain,
} from "./gain.js";
export type { Jump } from "./jump.js";
export { type Landing, Rounds, roundLimit } from "./landing.js";
export { type LevelOptions, largestGain, levels, levelsOf, type MapLevel } from "./levels.js";
export { type MapAsset, type MapMarket, type MapVenue, replaceLadder, spotPrices, spotValueUsd } from "./market.js";
export {
  type ConventionExposure,
  type ExpiryExposure,
  type ExposureCurve,
  type ExposureQuestion,
  type OptionExposure,
  optionExposure,
  type SmileRegime,
  smileRegimes,
} from "./option-exposure.js";
export {
  type HeldOptions,
  heldOptions,
  isOptionTable,
  type LeftOutOption,
  type OptionTable,
  optionTables,
} from "./option-tables.js";
export { adverseDirections, type OutsideShock, shockedFair } from "./shock.js";
export { reacting, type Solution, type SolveOptions, solve, solveShallowest } from "./solve.js";
export { type TopAccount, top, withoutAccount } from "./top.js";
