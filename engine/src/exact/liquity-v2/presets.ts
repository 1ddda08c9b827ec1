import type { Preset } from "../protocol.js";
import { divDown, powerOfTen } from "../rounding.js";
import { WAD } from "../scales.js";
import type { LiquityV2Parameters } from "./parameters.js";

const percent = (whole: bigint) => whole * divDown(WAD, 100n);
const source =
  "liquity/bold 405f9122 (2026-03-09), contracts/src/Dependencies/Constants.sol: constants of the contracts, the same on every day";

const weth: LiquityV2Parameters = {
  decimals: { collateral: 18, debt: 18, price: 18 },
  minimumCollateralRatio: percent(110n),
  criticalCollateralRatio: percent(150n),
  shutdownCollateralRatio: percent(110n),
  poolPenalty: percent(5n),
  redistributionPenalty: percent(10n),
  gasCompensationDivisor: 200n,
  gasCompensationCap: 2n * WAD,
  gasDeposit: 375n * powerOfTen(14),
  minimumDebt: 2_000n * WAD,
  minimumInPool: WAD,
  urgentRedemptionBonus: percent(2n),
};

const stakedEther: LiquityV2Parameters = {
  ...weth,
  minimumCollateralRatio: percent(120n),
  criticalCollateralRatio: percent(160n),
  shutdownCollateralRatio: percent(120n),
  redistributionPenalty: percent(20n),
};

/** The three branches. */
export const presets: readonly Preset<LiquityV2Parameters>[] = [
  { name: "weth", asOf: "2026-03-09", source, parameters: weth },
  { name: "wsteth", asOf: "2026-03-09", source, parameters: stakedEther },
  { name: "reth", asOf: "2026-03-09", source, parameters: stakedEther },
];
