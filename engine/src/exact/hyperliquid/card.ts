import type { ProtocolCard } from "../protocol.js";

/** What this engine is a model of, and what it leaves out. */
export const card: ProtocolCard = {
  id: "hyperliquid",
  name: "Hyperliquid perpetuals",
  version: "HyperCore as documented in 2025 to 2026",
  family: "perpetuals",
  source:
    "Hyperliquid docs: margin tiers, liquidations, auto-deleveraging, oracle, robust price indices; announcement of partial liquidations by the makers",
  rulesAsOf: "2026-01-01",
  atEquality: { liquidatable: false, by: "account value below the maintenance margin (docs, liquidations)" },
  modelled: [
    "maintenance margin by tier, half of the initial margin at the tier's largest leverage, with its deduction, exact",
    "liquidation price by the documents' formula and exactly",
    "first order for 20 % of a position above 100,000 USDC, entire positions for 30 s afterwards",
    "liquidator vault below two thirds of the maintenance margin: positions and margin, nothing returned",
    "auto-deleveraging of a pair at the previous mark price",
    "oracle and mark price as weighted medians, with the 150-s and 30-s moving averages",
  ],
  notModelled: [
    "funding, trading fees, initial margin at opening",
    "a limit price of liquidation orders, which is not published: a fill may not leave an account worth less than nothing",
    "the vault's own loss limit before auto-deleveraging",
    "stake-weighted median over validators: one validator's oracle price",
    "who is deleveraged: policies choose",
    "hyperps, builder-deployed markets and isolated-only markets, which have no vault behind them",
  ],
};
