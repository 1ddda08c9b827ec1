import type { ProtocolCard } from "../protocol.js";

/** What this engine is a model of, and what it leaves out. */
export const card: ProtocolCard = {
  id: "dydx-v4",
  name: "dYdX v4",
  version: "v4-chain 84d4664bae71e3a077adaac67fb77ad19cd28d30",
  family: "perpetuals",
  source:
    "dydxprotocol/v4-chain 84d4664b: x/clob/keeper/liquidations.go and deleveraging.go, x/perpetuals/lib, x/perpetuals/types/liquidity_tier.go, x/subaccounts/lib/updates.go, lib/margin/risk.go",
  rulesAsOf: "2026-03-05",
  atEquality: { liquidatable: false, by: "maintenance margin above net collateral and above 0 (Risk.IsLiquidatable)" },
  modelled: [
    "net collateral, initial and maintenance margin with the chain's rounding; initial margin rising with open interest",
    "order size by position and subaccount limits of the block, in steps",
    "fillable price, bankruptcy price, liquidation fee, payments of the insurance fund",
    "limits of a block and subaccount for notional and insurance, one order a perpetual",
    "deleveraging at the bankruptcy price, with candidates and start index as arguments; at the oracle price in final settlement",
    "withdrawals gated for 50 blocks",
  ],
  notModelled: [
    "funding, trading fees, maker rebates, and collateral other than the quote asset",
    "collateral pools and insurance funds of isolated markets: one pool",
    "the pseudo-random draw itself, and the chain's order of accounts by distance of the fillable from the oracle price",
    "at most 50 liquidation attempts, 10 deleveragings and 500 candidates a block, which every validator sets",
    "open interest of trades with makers: only deleveraging lowers it here",
    "gating after an outage of the chain, custom margin fractions of a user",
  ],
};
