import type { Preset } from "../protocol.js";
import type { LiquidationsConfig, LiquidityTier, PerpetualParameters } from "./parameters.js";

const asOf = "2023-10-26";
const source =
  "dydxprotocol/v4-chain 84d4664bae71e3a077adaac67fb77ad19cd28d30, protocol/testing/mainnet/genesis.json; prices in steps of 1e-8 and ticks of one step are the model's own";

/** Liquidity tiers of mainnet's genesis; the initial margin did not rise with open interest then. */
export const genesisTiers: readonly LiquidityTier[] = [
  {
    name: "Large-Cap",
    initialMarginPpm: 50_000n,
    maintenanceFractionPpm: 600_000n,
    openInterestLowerCap: 0n,
    openInterestUpperCap: 0n,
  },
  {
    name: "Mid-Cap",
    initialMarginPpm: 100_000n,
    maintenanceFractionPpm: 500_000n,
    openInterestLowerCap: 0n,
    openInterestUpperCap: 0n,
  },
  {
    name: "Long-Tail",
    initialMarginPpm: 200_000n,
    maintenanceFractionPpm: 500_000n,
    openInterestLowerCap: 0n,
    openInterestUpperCap: 0n,
  },
  {
    name: "Safety",
    initialMarginPpm: 1_000_000n,
    maintenanceFractionPpm: 200_000n,
    openInterestLowerCap: 0n,
    openInterestUpperCap: 0n,
  },
];

/** Rules of liquidation of mainnet's genesis, USDC with six decimals. */
export const genesisLiquidationsConfig: LiquidationsConfig = {
  maxLiquidationFeePpm: 15_000n,
  bankruptcyAdjustmentPpm: 1_000_000n,
  spreadToMaintenanceMarginRatioPpm: 1_500_000n,
  minPositionNotionalLiquidated: 1_000_000_000n,
  maxPositionPortionLiquidatedPpm: 100_000n,
  maxNotionalLiquidated: 100_000_000_000n,
  maxQuantumsInsuranceLost: 1_000_000_000_000n,
};

/** Ticker, decimals of a base quantum, place of its tier. */
const markets: readonly (readonly [string, number, number])[] = [
  ["BTC-USD", 10, 0],
  ["ETH-USD", 9, 0],
  ["LINK-USD", 6, 1],
  ["POL-USD", 5, 1],
  ["CRV-USD", 5, 1],
  ["SOL-USD", 7, 1],
  ["ADA-USD", 5, 1],
  ["AVAX-USD", 7, 1],
  ["FIL-USD", 6, 1],
  ["LTC-USD", 7, 1],
  ["DOGE-USD", 4, 1],
  ["ATOM-USD", 6, 1],
  ["DOT-USD", 6, 1],
  ["UNI-USD", 6, 1],
  ["BCH-USD", 8, 1],
  ["TRX-USD", 4, 1],
  ["NEAR-USD", 6, 1],
  ["MKR-USD", 9, 2],
  ["XLM-USD", 5, 1],
  ["ETC-USD", 7, 1],
  ["COMP-USD", 7, 2],
  ["WLD-USD", 6, 1],
  ["APE-USD", 6, 2],
  ["APT-USD", 6, 1],
  ["ARB-USD", 6, 1],
  ["BLUR-USD", 5, 2],
  ["LDO-USD", 6, 2],
  ["OP-USD", 6, 1],
  ["PEPE-USD", -1, 1],
  ["SEI-USD", 5, 2],
  ["SHIB-USD", 0, 1],
  ["SUI-USD", 5, 1],
  ["XRP-USD", 5, 1],
];

/** Markets of mainnet's genesis with a step of 1e6 base quantums. */
export const presets: readonly Preset<PerpetualParameters>[] = markets.map(([ticker, baseDecimals, tier]) => ({
  name: ticker.toLowerCase(),
  asOf,
  source,
  parameters: {
    baseDecimals,
    quoteDecimals: 6,
    priceDecimals: 8,
    tier: genesisTiers[tier],
    stepBaseQuantums: 1_000_000n,
    priceStepsPerTick: 1n,
    finalSettlement: false,
  },
}));
