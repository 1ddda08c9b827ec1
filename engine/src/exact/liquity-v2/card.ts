import type { ProtocolCard } from "../protocol.js";

/** What the Liquity v2 engine is a model of. */
export const card: ProtocolCard = {
  id: "liquity-v2",
  name: "Liquity v2 (BOLD)",
  version: "2",
  family: "lending",
  source:
    "liquity/bold 405f9122: TroveManager.sol, StabilityPool.sol, BorrowerOperations.sol, CollSurplusPool.sol, Dependencies/Constants.sol, Dependencies/LiquityMath.sol",
  rulesAsOf: "2026-03-09",
  atEquality: {
    liquidatable: false,
    by: "TroveManager._batchLiquidateTroves asks ICR < MCR, the ratio rounded down: a trove exactly at the limit is safe",
  },
  modelled: [
    "troves with stakes, opened, adjusted, closed under MCR, CCR and least debt",
    "liquidation of one or several: stability pool, redistribution, gas compensation, gas deposit, surplus",
    "stability pool with product P, sums S, scale changes, stashed gains and the one BOLD that stays",
    "redistribution by stake with carried remainders, pending until a trove is touched",
    "shutdown below SCR and urgent redemption with bonus",
  ],
  notModelled: [
    "interest, upfront and management fees, batches, and the yield that depositors get from them (B)",
    "ordinary redemptions with their base rate and zombie troves",
    "oracle failure as a cause of shutdown; uint256 overflow",
    "collateral and WETH wallets: they are outside, only transfers are returned",
    "one state is one branch: BOLD of other branches enters wallets from outside",
  ],
};
