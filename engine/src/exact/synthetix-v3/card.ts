import type { ProtocolCard } from "../protocol.js";

/** What this engine is a model of. */
export const card: ProtocolCard = {
  id: "synthetix-v3",
  name: "Synthetix v3 perps market",
  version: "23585f73 of 12 June 2025",
  family: "perpetuals",
  source:
    "Synthetixio/synthetix-v3 23585f73 markets/perps-market/contracts: PerpsMarket, PerpsMarketConfiguration, PerpsAccount, GlobalPerpsMarketConfiguration, AsyncOrder.calculateFillPrice, LiquidationModule",
  rulesAsOf: "2025-06-12",
  atEquality: {
    liquidatable: false,
    by: "requiredMaintenanceMargin + liquidationReward > availableMargin in PerpsAccount.isEligibleForLiquidation",
  },
  modelled: [
    "initial and maintenance margin by size over skewScale, cross margin over markets",
    "flag: all collateral seized, debt written off by the liquidity providers",
    "throttle by moving window with the exception at low skew and the endorsed liquidator",
    "keeper rewards with their bounds, liquidation of margin without positions",
    "fill price, order fee, funding with velocity, market debt",
  ],
  notModelled: [
    "collateral in synths with discounts: collateral is the settlement dollar",
    "interest on locked open interest, caps on open interest and credit of the pool",
    "delay, price tolerance and settlement rewards of orders",
    "gas prices: keeper costs are parameters",
    "distribution of seized collateral among the liquidity providers",
  ],
};
