import type { Preset } from "../protocol.js";
import { RAY } from "../scales.js";
import type { MakerParameters } from "./parameters.js";
import { fromTerms, type PresetTerms } from "./preset-terms.js";

const configuration =
  "makerdao/spells-mainnet 64ebd0aa (2025-07-17), src/test/config.sol: the values that the spell's own test checks on chain";
const feeUnstated =
  "The stability fee is set by the SP-BEAM and stands in no such list: it is left out (no fee), set feePerSecond";

/** ETH-A, July 2025. The others name what differs. */
const ethA: PresetTerms = {
  liquidationRatioBps: 14_500n,
  feePerSecond: RAY,
  debtCeilingCents: 1_500_000_000_000n,
  dustDai: 7_500n,
  penaltyBps: 1_300n,
  globalAuctionLimitDai: 150_000_000n,
  auctionLimitDai: 40_000_000n,
  startPriceBps: 11_000n,
  resetAfterSeconds: 7_200n,
  resetBelowBps: 4_500n,
  incentiveBps: 10n,
  incentiveDai: 250n,
  cutBps: 9_900n,
  stepSeconds: 90n,
  breakerToleranceBps: 5_000n,
};

const ethB: PresetTerms = {
  ...ethA,
  liquidationRatioBps: 13_000n,
  debtCeilingCents: 25_000_000_000n,
  dustDai: 25_000n,
  auctionLimitDai: 15_000_000n,
  resetAfterSeconds: 4_800n,
  stepSeconds: 60n,
};

const ethC: PresetTerms = {
  ...ethA,
  liquidationRatioBps: 17_000n,
  debtCeilingCents: 200_000_000_000n,
  dustDai: 3_500n,
  auctionLimitDai: 35_000_000n,
};

const wstethA: PresetTerms = {
  ...ethA,
  liquidationRatioBps: 15_000n,
  debtCeilingCents: 75_000_000_000n,
  auctionLimitDai: 30_000_000n,
};

const wbtcA: PresetTerms = {
  ...ethA,
  liquidationRatioBps: 15_000n,
  debtCeilingCents: 0n,
  penaltyBps: 0n,
  auctionLimitDai: 10_000_000n,
};

const skyA: PresetTerms = {
  ...ethA,
  liquidationRatioBps: 12_500n,
  feePerSecond: 1_000_000_005_781_378_656_804_591_712n,
  debtCeilingCents: 5_000_000_000n,
  dustDai: 30_000n,
  auctionLimitDai: 250_000n,
  startPriceBps: 12_000n,
  resetAfterSeconds: 6_000n,
  resetBelowBps: 4_000n,
  incentiveDai: 300n,
  stepSeconds: 60n,
  breakerToleranceBps: 0n,
};

const linkA: PresetTerms = {
  ...ethA,
  liquidationRatioBps: 1_000_000n,
  feePerSecond: 1_000_000_000_782_997_609_082_909_351n,
  debtCeilingCents: 0n,
  dustDai: 15_000n,
  penaltyBps: 0n,
  auctionLimitDai: 3_000_000n,
  startPriceBps: 12_000n,
  resetAfterSeconds: 8_400n,
  resetBelowBps: 4_000n,
  incentiveBps: 0n,
  incentiveDai: 0n,
};

const uniswapUsdcEthA: PresetTerms = {
  ...ethA,
  liquidationRatioBps: 1_000_000n,
  feePerSecond: 1_000_000_000_472_114_805_215_157_978n,
  debtCeilingCents: 0n,
  dustDai: 60_000n,
  penaltyBps: 0n,
  auctionLimitDai: 5_000_000n,
  startPriceBps: 11_500n,
  resetAfterSeconds: 12_900n,
  resetBelowBps: 6_000n,
  incentiveBps: 0n,
  incentiveDai: 0n,
  cutBps: 9_950n,
  stepSeconds: 125n,
  breakerToleranceBps: 7_000n,
};

function july2025(name: string, terms: PresetTerms, remark: string): Preset<MakerParameters> {
  return { name, asOf: "2025-07-17", source: `${configuration}. ${remark}.`, parameters: fromTerms(terms) };
}

/** Eight collateral types of July 2025. The debt ceiling is the automatic line's most, 0 where no debt could be drawn any more. */
export const ilkPresets: readonly Preset<MakerParameters>[] = [
  july2025("eth-a", ethA, feeUnstated),
  july2025("eth-b", ethB, feeUnstated),
  july2025("eth-c", ethC, feeUnstated),
  july2025("wsteth-a", wstethA, feeUnstated),
  july2025("wbtc-a", wbtcA, `${feeUnstated}; no penalty, no new debt`),
  july2025("lsev2-sky-a", skyA, "Its liquidations stood still (stopped 3) and its breaker was off"),
  july2025("link-a", linkA, "In offboarding: the ratio is 10,000 %, nobody is paid for starting an auction"),
  july2025(
    "univ2usdceth-a",
    uniswapUsdcEthA,
    "In offboarding: the ratio is 10,000 %, nobody is paid for starting an auction",
  ),
];
