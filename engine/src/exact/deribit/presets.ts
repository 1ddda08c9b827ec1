import type { Preset } from "../protocol.js";
import { PRICE_8 } from "../scales.js";
import type { DeribitParameters } from "./parameters.js";

const january = "Deribit support, announcement of 11 January 2022 (margin and liquidation fees)";
const solana =
  "Deribit support, linear perpetual page (undated; its examples use the prices of January 2025); contract 0.1 SOL, liquidation fee and step (about $2,000) are assumptions";

/** Rules as the exchange's pages state them; dollars of a contract and the 200 contracts a step from its older auto-liquidation page. */
export const presets: readonly Preset<DeribitParameters>[] = [
  {
    name: "btc-inverse",
    asOf: "2022-01-11",
    source: january,
    parameters: {
      kind: "inverse",
      coinDecimals: 8,
      settlementDecimals: 8,
      contractValue: 10n * PRICE_8,
      initialBase: 20_000n,
      maintenanceBase: 10_000n,
      perCoin: 50n,
      highestRate: 1_000_000n,
      liquidationFeeRate: 7_500n,
      contractsPerStep: 200n,
    },
  },
  {
    name: "eth-inverse",
    asOf: "2022-01-11",
    source: january,
    parameters: {
      kind: "inverse",
      coinDecimals: 7,
      settlementDecimals: 7,
      contractValue: PRICE_8,
      initialBase: 20_000n,
      maintenanceBase: 10_000n,
      perCoin: 4n,
      highestRate: 1_000_000n,
      liquidationFeeRate: 9_000n,
      contractsPerStep: 2_000n,
    },
  },
  {
    name: "sol-linear",
    asOf: "2025-01-01",
    source: solana,
    parameters: {
      kind: "linear",
      coinDecimals: 7,
      settlementDecimals: 6,
      contractValue: 1_000_000n,
      initialBase: 40_000n,
      maintenanceBase: 20_000n,
      perCoin: 5n,
      highestRate: 1_000_000n,
      liquidationFeeRate: 9_000n,
      contractsPerStep: 100n,
    },
  },
];
