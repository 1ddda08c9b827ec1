import type { ProtocolCard } from "../protocol.js";

/** What this engine is a model of, and what it leaves out. */
export const card: ProtocolCard = {
  id: "crvusd",
  name: "Curve crvUSD (LLAMMA)",
  version: "curve-stablecoin 2.0.0 (rules v2) and the crvUSD markets of 2023 to February 2024 (rules v1)",
  family: "lending",
  source:
    "curvefi/curve-stablecoin cf1d05fb: AMM.vy, controller.vy, ControllerView.vy, constants.vy; 2b37900c (2024-02-14): contracts/AMM.vy, Controller.vy, ControllerFactory.vy",
  rulesAsOf: "2026-08-20",
  atEquality: {
    liquidatable: false,
    by: "controller.vy liquidate: health_before < 0, so a full health of exactly zero is not liquidatable",
  },
  modelled: [
    "bands, their prices and the constant-product curve within a band, to the last unit",
    "trades up and down with the static fee, the fee for oracle jumps and, under v2, the fee of bands that the oracle has left",
    "oracle smoothing over 120 seconds",
    "deposits and withdrawals by shares with dead shares, empty bands skipped",
    "loans, further borrowing, collateral added and removed, repayment above, in and below conversion, shrinking (v2)",
    "health and full health, hard liquidation of any fraction, the borrower's own liquidation",
    "interest by the rate multiplier, which moves the grid of bands too",
    "v1: admin fees on trades and dust",
  ],
  notModelled: [
    "the monetary policy: the rate is given",
    "peg keepers and the price of crvUSD: the stablecoin is the unit",
    "callbacks (leverage and deleverage in one call), approvals, extra health, liquidity mining",
    "collection of the interest by the admin",
    "256-bit overflow",
    "the external oracle contract: its price is given",
  ],
};
