export { type BranchingBound, branchingCaution, branchingUpperBound, fanoLimit, fanoOverWindow } from "./branching.js";
export { type Candles, type Estimated, isFaulty, type SeriesFault, type VolatilityEstimate } from "./estimate.js";
export { fitGarch, type GarchFit, type GarchParameters, garchLogLikelihood } from "./garch.js";
export { candleFaults, garmanKlass, parkinson, rogersSatchell, yangZhang } from "./ranges.js";
export { closeToClose, ewma, logReturns } from "./returns.js";
