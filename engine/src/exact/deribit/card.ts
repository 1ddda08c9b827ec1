import type { ProtocolCard } from "../protocol.js";

/** What this engine is a model of. */
export const card: ProtocolCard = {
  id: "deribit",
  name: "Deribit",
  version: "standard margin of January 2022, linear perpetuals of the current page",
  family: "perpetuals",
  source:
    "Deribit support: announcement of 11 January 2022, linear perpetual, portfolio margin; older documentation: auto liquidation, insurance, portfolio margin",
  rulesAsOf: "2022-01-11",
  atEquality: {
    liquidatable: false,
    by: "equity < maintenance margin (isLiquidatable): liquidation stops once it is met",
  },
  modelled: [
    "inverse (dollar contracts, coin margin) and linear perpetuals, one settlement asset an account",
    "initial and maintenance margin that rise with size",
    "incremental liquidation in steps until maintenance is met, fee to the insurance fund",
    "negative balance covered by the fund, the rest socialised over winners",
    "margin of single short options",
    "portfolio margin: the 27 scenarios of price and volatility with exact futures, option values from the caller; older contingencies",
  ],
  notModelled: [
    "cross-collateral accounts",
    "option positions inside the incremental liquidation, and hedging by the engine",
    "size of the volatility shocks, extended table (-66 % to +500 %) with its fractions and dampener, delta shock: not published in full",
    "current caps on margin rates and the current size of a liquidation step",
    "fill prices: an argument",
    "the mark price's bandwidth and moving average, funding rates",
  ],
};
