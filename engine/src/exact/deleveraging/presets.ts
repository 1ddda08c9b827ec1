import type { Preset } from "../protocol.js";
import type { DeleveragingParameters } from "./parameters.js";

/**
 * The last lines of defence of four venues. Bybit's numbers come from the examples and sample answers of its API documentation, in USDT with six decimals,
 * and are secondary: the venue sets them per pool. The largest number of accounts that dYdX looks at is the default of a validator's flag.
 */
export const presets: readonly Preset<DeleveragingParameters>[] = [
  {
    name: "binance",
    asOf: "2021-08-19",
    source: "Binance Futures FAQ, What Is Auto-Deleveraging",
    parameters: { policy: "binance-queue", onlyProfitable: true, fundRule: "partial" },
  },
  {
    name: "hyperliquid",
    asOf: "2025-10-10",
    source: "Hyperliquid documentation, auto-deleveraging",
    parameters: { policy: "hyperliquid-queue", onlyProfitable: true, fundRule: "all-or-nothing" },
  },
  {
    name: "bybit",
    asOf: "2025-12-23",
    source: "Bybit API v5 documentation, ADL alert (sample answers of September 2025); new pools announced 2025-12-23",
    parameters: {
      policy: "bybit-queue",
      onlyProfitable: true,
      fundRule: "partial",
      pool: {
        triggerBasisPoints: 3_000n,
        stopBasisPoints: 2_500n,
        triggerBalance: 10_000_000_000n,
        windowSeconds: 28_800n,
      },
    },
  },
  {
    name: "dydx-v4",
    asOf: "2025-01-01",
    source: "dydxprotocol/v4-chain x/clob/keeper/deleveraging.go, x/clob/flags MaxDeleveragingSubaccountsToIterate",
    parameters: { policy: "dydx-order", onlyProfitable: false, mostAccounts: 500n, fundRule: "all-or-nothing" },
  },
];
