import { WAD } from "../scales.js";
import { type Band, type CrvusdParameters, type Market, openMarket } from "./index.js";

/** Parameters of a usual market: A 100, fee 0.6 %, discounts 9 % and 6 %, both tokens with 18 decimals, base price 2,000. */
export const usual: CrvusdParameters = {
  rules: "v2",
  amplification: 100n,
  basePrice: 2000n * WAD,
  fee: 6n * 10n ** 15n,
  adminFee: 0n,
  bandFeeShare: WAD / 4n,
  loanDiscount: 9n * 10n ** 16n,
  liquidationDiscount: 6n * 10n ** 16n,
  stablePrecision: 1n,
  collateralPrecision: 1n,
  oracleDelaySeconds: 120n,
  largestOracleStep: 125n * 10n ** 16n,
};

/** The same market under the rules of January 2024. */
export const usualV1: CrvusdParameters = { ...usual, rules: "v1", bandFeeShare: 0n, adminFee: 1n };

/** A calm market: the oracle has stood at `price` for long. */
export function marketAt(price: bigint, parameters: CrvusdParameters = usual): Market {
  return { ...openMarket(parameters, price, 0n, 10n ** 40n), time: 1_000n };
}

/** A market whose bands hold what is said, owned by nobody in particular; the lowest and highest band are those named. */
export function withBands(
  market: Market,
  activeBand: number,
  content: Readonly<Record<number, readonly [bigint, bigint]>>,
): Market {
  const bands = new Map<number, Band>();
  for (const [band, [stable, collateral]] of Object.entries(content))
    bands.set(Number(band), { stable, collateral, shares: 10n ** 18n });
  const numbers = [...bands.keys()];
  return {
    ...market,
    bands,
    activeBand,
    lowestBand: Math.min(...numbers),
    highestBand: Math.max(...numbers),
    ammHoldings: {
      stable: [...bands.values()].reduce((sum, band) => sum + band.stable, 0n),
      collateral: [...bands.values()].reduce((sum, band) => sum + band.collateral, 0n),
    },
  };
}
