export { card } from "./card.js";
export * from "./errors.js";
export { checkedPrice, debtToReach, type Limits, limitsAt } from "./limits.js";
export { absorb, type FluidLiquidation, liquidate } from "./liquidation.js";
export { EXCHANGE_PRICE, type OperateOutcome, operate } from "./operate.js";
export { type FluidParameters, faults } from "./parameters.js";
export { MAX_TICK, RATIO_ONE, ratioAtTick, ratioOfLevel, ratioOneLess, tickAtRatio, WHOLE_PARTIALS } from "./ticks.js";
export {
  EMPTY_VAULT,
  type FluidPrices,
  type Holding,
  holdingOf,
  type Level,
  type Position,
  totalDebt,
  type Vault,
} from "./vault.js";
