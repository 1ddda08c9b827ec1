import type { Preset } from "../protocol.js";
import { ilkPresets } from "./ilk-presets.js";
import type { MakerParameters } from "./parameters.js";
import { fromTerms } from "./preset-terms.js";

const changes =
  "changes executed by governance: fsc-data-science/MKR-Elasticity-ETHB 92fb84d862efb6096b208fcb09f7d807ea00ca0f, MIT (Carlos R. Mercado); upstream Flipside Crypto";
const besides =
  "not in that file: limit over all collateral types, cut, step and tolerance, from makerdao/spells-mainnet, the spells' own tests and 2021-04-30-DssSpell, 2021-06-11-DssSpell";

/** Eight collateral types of July 2025, and ETH-B at 00:00 UTC of three days of the vault books; on all three Liquidations 2.0 ran (since 2021-05-06). */
export const presets: readonly Preset<MakerParameters>[] = [
  ...ilkPresets,
  {
    name: "eth-b-2021-05-19",
    asOf: "2021-05-19",
    source: `${changes}; ${besides}`,
    parameters: fromTerms({
      liquidationRatioBps: 13_000n,
      feePerSecond: 1_000_000_003_022_265_980_097_387_650n,
      debtCeilingCents: 4_996_335_415n,
      dustDai: 15_000n,
      penaltyBps: 1_300n,
      globalAuctionLimitDai: 100_000_000n,
      auctionLimitDai: 8_000_000n,
      startPriceBps: 13_000n,
      resetAfterSeconds: 8_400n,
      resetBelowBps: 4_000n,
      incentiveBps: 10n,
      incentiveDai: 0n,
      cutBps: 9_900n,
      stepSeconds: 90n,
      breakerToleranceBps: 5_000n,
    }),
  },
  {
    name: "eth-b-2021-09-20",
    asOf: "2021-09-20",
    source: `${changes}; ${besides}`,
    parameters: fromTerms({
      liquidationRatioBps: 13_000n,
      feePerSecond: 1_000_000_001_547_125_957_863_212_448n,
      debtCeilingCents: 10_747_180_220n,
      dustDai: 30_000n,
      penaltyBps: 1_300n,
      globalAuctionLimitDai: 100_000_000n,
      auctionLimitDai: 15_000_000n,
      startPriceBps: 12_000n,
      resetAfterSeconds: 8_400n,
      resetBelowBps: 4_000n,
      incentiveBps: 10n,
      incentiveDai: 300n,
      cutBps: 9_900n,
      stepSeconds: 60n,
      breakerToleranceBps: 5_000n,
    }),
  },
  {
    name: "eth-b-2022-01-21",
    asOf: "2022-01-21",
    source: `${changes}; ${besides}`,
    parameters: fromTerms({
      liquidationRatioBps: 13_000n,
      feePerSecond: 1_000_000_001_996_917_783_620_820_123n,
      debtCeilingCents: 9_718_997_915n,
      dustDai: 40_000n,
      penaltyBps: 1_300n,
      globalAuctionLimitDai: 100_000_000n,
      auctionLimitDai: 30_000_000n,
      startPriceBps: 12_000n,
      resetAfterSeconds: 8_400n,
      resetBelowBps: 4_000n,
      incentiveBps: 10n,
      incentiveDai: 300n,
      cutBps: 9_900n,
      stepSeconds: 60n,
      breakerToleranceBps: 5_000n,
    }),
  },
];
