import type { ProtocolCard } from "../protocol.js";

/** What this engine is a model of. */
export const card: ProtocolCard = {
  id: "drift-v2",
  name: "Drift v2 perpetuals",
  version: "0ae3e3b1 of 1 April 2026",
  family: "perpetuals",
  source:
    "drift-labs/protocol-v2 0ae3e3b1 programs/drift/src: math/liquidation.rs, controller/liquidation.rs (liquidate_perp, liquidate_perp_pnl_for_deposit, resolve_perp_bankruptcy), state/margin_calculation.rs, math/margin.rs",
  rulesAsOf: "2026-04-01",
  atEquality: {
    liquidatable: false,
    by: "total_collateral >= margin_requirement in meets_cross_margin_requirement; a running liquidation ends at total_collateral_with_buffer >= margin_requirement_plus_buffer",
  },
  modelled: [
    "one perpetual market, quote deposits, cross margin with size premium",
    "a liquidation that begins without and ends with the margin buffer, in shares that grow with slots",
    "liquidator's fee that grows with slots, insurance fee as far as the margin allows, step sizes",
    "takeover by a liquidator at the oracle price, who must meet the initial margin",
    "bankruptcy: insurance fund, fee pool, then a loss for every unit of open interest",
  ],
  notModelled: [
    "several markets, spot borrows and collateral, isolated positions, high leverage mode",
    "filling against the automated market maker and resting orders (liquidate_perp_with_fill), open orders",
    "funding other than social losses, settlement of profits with the profit pool, fuel and volumes",
    "initial margin credit for unsettled profit, oracle validity and price bands, limit prices of liquidators",
  ],
};
