import type { Preset } from "../protocol.js";
import { WAD } from "../scales.js";
import type { CrvusdParameters } from "./parameters.js";

const source =
  "xenophonlabs/crvUSDrisk 7d17fa7, MIT, test/data/metadata/pool_metadata_*.json: llamma_params and controller_params of block 19122585";

/** What every market had in common: the rules of 2023, which the record does not name; the delay and step are constants of AMM.vy. */
const january2024 = {
  rules: "v1",
  bandFeeShare: 0n,
  stablePrecision: 1n,
  oracleDelaySeconds: 120n,
  largestOracleStep: WAD + (WAD >> 2n),
} as const;

/** Five crvUSD markets of 30 January 2024. The record has base prices with 16 digits only. Generated. */
export const presets: readonly Preset<CrvusdParameters>[] = [
  {
    name: "mainnet-weth",
    asOf: "2024-01-30",
    source,
    parameters: {
      ...january2024,
      amplification: 100n,
      basePrice: 1_891_720_765_766_591_000_000n,
      fee: 6_000_000_000_000_000n,
      adminFee: 1n,
      loanDiscount: 90_000_000_000_000_000n,
      liquidationDiscount: 60_000_000_000_000_000n,
      collateralPrecision: 1n,
    },
  },
  {
    name: "mainnet-wsteth",
    asOf: "2024-01-30",
    source,
    parameters: {
      ...january2024,
      amplification: 100n,
      basePrice: 2_065_788_826_911_763_400_000n,
      fee: 6_000_000_000_000_000n,
      adminFee: 1n,
      loanDiscount: 90_000_000_000_000_000n,
      liquidationDiscount: 60_000_000_000_000_000n,
      collateralPrecision: 1n,
    },
  },
  {
    name: "mainnet-wbtc",
    asOf: "2024-01-30",
    source,
    parameters: {
      ...january2024,
      amplification: 100n,
      basePrice: 30_495_057_152_778_638_000_000n,
      fee: 6_000_000_000_000_000n,
      adminFee: 1n,
      loanDiscount: 90_000_000_000_000_000n,
      liquidationDiscount: 60_000_000_000_000_000n,
      collateralPrecision: 10_000_000_000n,
    },
  },
  {
    name: "mainnet-sfrxeth",
    asOf: "2024-01-30",
    source,
    parameters: {
      ...january2024,
      amplification: 100n,
      basePrice: 1_734_186_725_245_421_700_000n,
      fee: 6_000_000_000_000_000n,
      adminFee: 1n,
      loanDiscount: 90_000_000_000_000_000n,
      liquidationDiscount: 60_000_000_000_000_000n,
      collateralPrecision: 1n,
    },
  },
  {
    name: "mainnet-tbtc",
    asOf: "2024-01-30",
    source,
    parameters: {
      ...january2024,
      amplification: 100n,
      basePrice: 25_927_069_411_525_610_000_000n,
      fee: 6_000_000_000_000_000n,
      adminFee: 1n,
      loanDiscount: 90_000_000_000_000_000n,
      liquidationDiscount: 60_000_000_000_000_000n,
      collateralPrecision: 1n,
    },
  },
];
