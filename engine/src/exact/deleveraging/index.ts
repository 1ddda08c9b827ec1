export { type Allocation, type Claim, takeInOrder, waterFill, waterLevel } from "./allocation.js";
export { card } from "./card.js";
export {
  bankruptcyProceeds,
  type Counterparty,
  type DeleveragingTask,
  markValue,
  type Side,
  survivesPrice,
  unrealisedProfit,
} from "./counterparty.js";
export { AllotmentExceedsPosition, TimeRunsBackwards, UnknownSymbol } from "./errors.js";
export { cappedProRataHaircut, equitiesAfter, proRataHaircut, queueHaircut } from "./haircut.js";
export { drawFromFund, type FundPayment } from "./insurance-fund.js";
export { type DeleveragingParameters, type FundRule, faults, type PolicyName } from "./parameters.js";
export {
  cappedProRataPolicy,
  type DeleveragingPolicy,
  dydxPolicy,
  policyOf,
  proRataPolicy,
  queuePolicy,
} from "./policies.js";
export {
  type Drawdown,
  drawdown,
  drawFromPool,
  openPool,
  type PooledFund,
  type PooledFundParameters,
  type PooledSymbol,
  payIntoPool,
} from "./pooled-fund.js";
export { presets } from "./presets.js";
export {
  binanceRank,
  bybitRank,
  compareRanks,
  hyperliquidRank,
  inRankOrder,
  type Rank,
  type Ranking,
} from "./ranking.js";
export { closeOut, type DeleveragingFill, type DeleveragingOutcome } from "./settlement.js";
export { type BankruptPosition, deficitAt, settleBankruptcy } from "./waterfall.js";
