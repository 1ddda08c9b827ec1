import type { ProtocolCard } from "../protocol.js";

/** Fluid's vaults of type T1: one collateral, one debt. */
export const card: ProtocolCard = {
  id: "fluid",
  name: "Fluid vault",
  version: "T1",
  family: "lending",
  source:
    "Instadapp/fluid-contracts-public a9949b48: vaultT1 coreModule main.sol operate and liquidate, main2.sol absorb, helpers.sol, adminModule main.sol updateCoreSettings, libraries/tickMath.sol",
  rulesAsOf: "2026-03-04",
  atEquality: {
    liquidatable: false,
    by: "currentData_.tick > memoryVars_.liquidationTick in liquidate: a position on the liquidation tick itself is spared, as is one on the maximum tick by absorb",
  },
  modelled: [
    "ticks of 1.0015 and the search for a tick, to the last unit",
    "liquidation from the highest ratio down, merging levels on the way, to the threshold or to the amount given",
    "partials within a tick, absorption above the maximum limit, sale of what was absorbed",
    "each position's part of its level, exact shares instead of debt factors",
    "collateral factor, borrow fee, least debts and amounts, exchange prices",
  ],
  notModelled: [
    "storage packing: amounts are exact, not 56-bit mantissas with an 8-bit exponent",
    "branches as trees: a liquidated level is a level like any other",
    "the cut of 0.01 % and the wipe-out beyond 99 % when a liquidated position is next touched",
    "withdrawal gap, rates, rebalancing, rewards, vaults of smart debt or smart collateral (T2 to T4)",
    "the Liquidity layer that holds the tokens, its limits and its own rounding",
  ],
};
