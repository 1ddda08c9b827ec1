import type { ProtocolCard } from "../protocol.js";

/** What this engine is a model of, and what it leaves out. */
export const card: ProtocolCard = {
  id: "binance-usdm",
  name: "Binance USDⓈ-M futures",
  version: "leverage and margin tables of 24 October 2024, one-way mode",
  family: "perpetuals",
  source:
    "Binance support: leverage and margin of USDⓈ-M futures, how to calculate the liquidation price, liquidation protocols, insurance clearance fee, auto-deleveraging; tier tables as collected by freqtrade/freqtrade c9ae5e1e9",
  rulesAsOf: "2024-10-24",
  atEquality: {
    liquidatable: true,
    by: "margin ratio = maintenance margin / margin balance, liquidated at 100 % or more; an older page of 2020 says margin balance below the maintenance margin",
  },
  modelled: [
    "maintenance margin by tier with the cumulative amount derived from the rates",
    "isolated and cross margin, liquidation price by the exchange's formula and exactly",
    "one immediate-or-cancel order for the whole position, filled as far as the book goes",
    "liquidation fee on the amount liquidated, into the insurance fund",
    "insurance fund takes over at the bankruptcy price and unwinds later",
    "auto-deleveraging of a pair at the bankruptcy price",
  ],
  notModelled: [
    "the size of the first reducing order, which the exchange does not publish: the whole position is offered",
    "hedge mode, multi-asset mode and portfolio margin",
    "funding, trading fees and initial margin at opening",
    "how a cross account's margin is divided among its positions at takeover: in proportion to maintenance margin here",
    "the fund's own limit for takeovers: it may not be worth less than nothing at the marks",
    "who is deleveraged: policies choose",
  ],
};
