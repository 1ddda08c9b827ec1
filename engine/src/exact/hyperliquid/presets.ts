import type { Preset } from "../protocol.js";
import { powerOfTen } from "../rounding.js";
import type { AssetParameters, MarginTier } from "./parameters.js";

/** The page carries no date; the day is that of the reading, nominal to the year. */
const asOf = "2026-01-01";
const source =
  "Hyperliquid docs, trading, margin tiers (mainnet), copy of 2025 to 2026; asset decimals are the model's own";

/** Decimals of USDC. */
const quoteDecimals = 6;

/** Two tiers: the first leverage below `millions` of dollars, the second from there on. */
function twoTiers(below: bigint, millions: bigint, above: bigint): MarginTier[] {
  return [
    { floor: 0n, maxLeverage: below },
    { floor: millions * powerOfTen(6 + quoteDecimals), maxLeverage: above },
  ];
}

function preset(coin: string, tiers: readonly MarginTier[]): Preset<AssetParameters> {
  const assetDecimals = coin === "BTC" ? 8 : 7;
  return { name: coin.toLowerCase(), asOf, source, parameters: { assetDecimals, quoteDecimals, tiers } };
}

const tenBelowTwenty =
  "DOGE kPEPE SUI WLD TRUMP LTC ENA POPCAT WIF AAVE kBONK LINK CRV AVAX ADA UNI NEAR TIA APT BCH HYPE FARTCOIN".split(
    " ",
  );
const tenBelowThree = "OP ARB LDO TON MKR ONDO JUP INJ kSHIB SEI TRX BNB DOT".split(" ");

/** Margin tiers of the mainnet assets that have more than one. */
export const presets: readonly Preset<AssetParameters>[] = [
  preset("BTC", twoTiers(40n, 150n, 20n)),
  preset("ETH", twoTiers(25n, 100n, 15n)),
  preset("SOL", twoTiers(20n, 70n, 10n)),
  preset("XRP", twoTiers(20n, 40n, 10n)),
  ...tenBelowTwenty.map((coin) => preset(coin, twoTiers(10n, 20n, 5n))),
  ...tenBelowThree.map((coin) => preset(coin, twoTiers(10n, 3n, 5n))),
];
