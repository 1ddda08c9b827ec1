import type { ProtocolCard } from "../protocol.js";

/** What this engine is a model of. */
export const card: ProtocolCard = {
  id: "inverse-perpetual",
  name: "Inverse perpetual (coin-margined)",
  version: "generic exchange",
  family: "perpetuals",
  source:
    "Contract arithmetic of coin-margined perpetuals: profit q(1/entry - 1/mark), liquidation e(1+m)L/(L+1); waterfall margin, fee, insurance fund, deleveraging at the bankruptcy price",
  rulesAsOf: "2026-01-01",
  atEquality: {
    liquidatable: false,
    by: "equity < maintenance margin in isLiquidatable; the parameter liquidatableAtEquality turns it to <=",
  },
  modelled: [
    "contracts of fixed dollars, margin, profit and fees in coin, isolated per account",
    "tiered maintenance margin on the coin value at the mark, continuous at the tiers",
    "bankruptcy and liquidation price to the price step",
    "liquidation at a given fill price, whole or in part, fee to the insurance fund, deficit from it",
    "deleveraging at the bankruptcy value",
    "funding in coin",
    "every rounding against the account",
  ],
  notModelled: [
    "cross margin and margin in other coins",
    "which order book fills a close, and at what price: the fill price is an argument",
    "which accounts are deleveraged: the caller chooses",
    "how a funding rate comes about: it is an argument",
    "quanto contracts",
  ],
};
