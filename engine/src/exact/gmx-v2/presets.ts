import type { Preset } from "../protocol.js";
import { powerOfTen } from "../rounding.js";
import type { GmxParameters } from "./parameters.js";
import { FLOAT } from "./precision.js";

/** Thousandths of a basis point as a factor of 1e30: 1 % is 100,000. */
const fraction = (millipoints: bigint) => millipoints * powerOfTen(23);

const base: GmxParameters = {
  minCollateralUsd: FLOAT,
  minPositionSizeUsd: FLOAT,
  minCollateralFactor: fraction(100_000n),
  minCollateralFactorForLiquidation: fraction(100_000n),
  positionFeeFactorImproved: fraction(4_000n),
  positionFeeFactorWorsened: fraction(6_000n),
  liquidationFeeFactor: fraction(20_000n),
  positionFeeReceiverFactor: fraction(3_700_000n),
  borrowingFeeReceiverFactor: fraction(3_700_000n),
  liquidationFeeReceiverFactor: fraction(3_700_000n),
  // 0.000005 % and 0.00001 %, at exponents 1 and 2.
  positiveImpactFactor: 5n * powerOfTen(22),
  negativeImpactFactor: powerOfTen(23),
  positiveImpactExponent: FLOAT,
  negativeImpactExponent: 2n * FLOAT,
  maxPositiveImpactFactor: fraction(40_000n),
  maxNegativeImpactFactor: fraction(50_000n),
  maxImpactFactorForLiquidations: 0n,
  maxPnlFactorForTraders: fraction(9_000_000n),
  maxPnlFactorForAdl: fraction(8_500_000n),
  minPnlFactorAfterAdl: fraction(7_700_000n),
  openInterestInTokens: false,
};

const source =
  "gmx-io/gmx-synthetics a5c0c883 config/markets.ts, config/general.ts (deployment defaults, before a market's own overrides); openInterestInTokens is the store's default, not configured there";

/** Deployment defaults; single markets override most of them. */
export const presets: readonly Preset<GmxParameters>[] = [
  { name: "base-market", asOf: "2026-03-13", source, parameters: base },
  {
    name: "synthetic-market",
    asOf: "2026-03-13",
    source,
    parameters: {
      ...base,
      maxPnlFactorForTraders: fraction(6_000_000n),
      maxPnlFactorForAdl: fraction(5_500_000n),
      minPnlFactorAfterAdl: fraction(5_000_000n),
      liquidationFeeFactor: fraction(30_000n),
    },
  },
];
