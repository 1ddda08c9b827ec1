import type { ProtocolCard } from "../protocol.js";

/** What this engine is a model of. */
export const card: ProtocolCard = {
  id: "gmx-v2",
  name: "GMX v2 (synthetics)",
  version: "a5c0c883 of 13 March 2026",
  family: "perpetuals",
  source:
    "gmx-io/gmx-synthetics a5c0c883: PositionUtils.isPositionLiquidatable, getPositionPnlUsd; PositionPricingUtils; DecreasePositionCollateralUtils.processCollateral; AdlUtils, AdlHandler.executeAdl; MarketUtils",
  rulesAsOf: "2026-03-13",
  atEquality: {
    liquidatable: false,
    by: "remaining < minCollateralUsd and remaining < size x factor are strict in PositionUtils.isPositionLiquidatable; only remaining = 0 without the check of minCollateralUsd counts",
  },
  modelled: [
    "every term of the liquidation check: capped profit, impact of the close and pending impact with the cap for liquidations, fees",
    "price impact with powers as the contracts compute them",
    "settlement of a close in the contract's order, insolvent closes, fee receiver, funding claims, held impact, impact pool",
    "profit cut where the side's profit exceeds the traders' share of the pool",
    "deleveraging: switch, thresholds, partial closes of a chosen size",
  ],
  notModelled: [
    "accrual of borrowing and funding (amounts are given), opening fees, referral, tier and interface fees",
    "virtual inventory and lending to the impact pool",
    "swapping profit into the collateral token (the trader gets both tokens)",
    "markets whose two tokens are one, deposits and withdrawals of liquidity",
    "oracle timestamps, execution fees of keepers, the order in which keepers choose",
  ],
};
