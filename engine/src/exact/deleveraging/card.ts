import type { ProtocolCard } from "../protocol.js";

/** Insurance funds and auto-deleveraging, exchangeable between venues. */
export const card: ProtocolCard = {
  id: "deleveraging",
  name: "Insurance funds and auto-deleveraging",
  version: "documentation and source as of 2026",
  family: "guard",
  source:
    "Binance Futures FAQ on auto-deleveraging (LeveragePnL); Hyperliquid documentation on auto-deleveraging; Bybit API v5 ADL alert and help centre; dydxprotocol/v4-chain x/clob/keeper/deleveraging.go OffsetSubaccountPerpetualPosition, IsValidInsuranceFundDelta; capped pro rata of arXiv:2512.01112",
  rulesAsOf: "2026-01-19",
  atEquality: {
    liquidatable: false,
    by: "an account whose equity at the closing price is exactly zero may be closed; a fund that meets a deficit exactly pays it; a pool exactly at its trigger still pays",
  },
  modelled: [
    "queues of Binance, Hyperliquid and Bybit by exact fractions, ties in stable order",
    "the order of dYdX from a given start, past accounts whose bankruptcy price does not overlap",
    "pro rata by contracts or by profit, with and without caps, in whole units by the largest remainder",
    "haircuts on profits in money, by queue, pro rata and capped",
    "one fund that pays in part or all or nothing; a pool of several symbols with a drawdown trigger, a stop and a window",
    "settlement to the unit: what one party pays the other receives",
  ],
  notModelled: [
    "cross margin over several positions in the bankruptcy test: margin is the position's own",
    "the side of Hyperliquid's formula for shorts is assumed inverse",
    "Bybit's exact ranking is not published; profit ratio times effective leverage is secondary",
    "Bybit's daily refresh of shared balances and the removal of a symbol from its group by hand",
    "dYdX's closing at the oracle price in a market's final settlement",
    "fees on deleveraged positions, open orders, notices",
    "the pseudo-random draw itself: the caller gives the start",
  ],
};
