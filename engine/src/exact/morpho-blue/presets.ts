import type { Preset } from "../protocol.js";
import { type MorphoParameters, marketAt } from "./parameters.js";
import type { PreLiquidationParameters } from "./pre-liquidation.js";

const tiers = [
  { name: "lltv-38-5", lltv: 385_000_000_000_000_000n },
  { name: "lltv-62-5", lltv: 625_000_000_000_000_000n },
  { name: "lltv-77", lltv: 770_000_000_000_000_000n },
  { name: "lltv-86", lltv: 860_000_000_000_000_000n },
  { name: "lltv-91-5", lltv: 915_000_000_000_000_000n },
  { name: "lltv-94-5", lltv: 945_000_000_000_000_000n },
  { name: "lltv-96-5", lltv: 965_000_000_000_000_000n },
  { name: "lltv-98", lltv: 980_000_000_000_000_000n },
] as const;

/**
 * The LLTVs that governance has enabled, without zero (idle markets). An LLTV once enabled stays enabled (IMorpho.enableLltv), so that the list can only have
 * grown since. No fee. `liquidationIncentiveFactor` gives the incentive of each.
 */
export const presets: readonly Preset<MorphoParameters>[] = tiers.map(({ name, lltv }) => ({
  name,
  asOf: "2026-08-24",
  source:
    "LLTVs enabled on Morpho: the keys of defaultPreLiquidationParamsRegistry of @morpho-org/blue-sdk 6.4.0 (published 2026-08-24), the same as in morpho-org/midnight commit 886bb987 src/libraries/ConstantsLib.sol; not read from the chain. Cursor and cap: morpho-org/morpho-blue commit 3085651a, src/libraries/ConstantsLib.sol",
  parameters: marketAt(lltv),
}));

/** Threshold, close factors and the one incentive of the software kit's default terms, in the order of the tiers. */
const defaultTerms: readonly (readonly [bigint, bigint, bigint, bigint])[] = [
  [301_514_568_055_515_563n, 22_637_943_984_157_107n, 349_673_199_983_645_648n, 1_150_000_000_000_000_000n],
  [562_591_950_487_445_723n, 7_543_182_567_291_709n, 279_542_312_587_328_718n, 1_126_760_563_380_281_690n],
  [727_366_070_175_296_029n, 3_706_417_131_700_377n, 256_643_181_309_902_852n, 1_074_113_856_068_743_286n],
  [832_603_694_978_499_652n, 2_001_493_508_968_667n, 245_311_807_032_632_372n, 1_043_841_336_116_910_229n],
  [897_868_776_651_447_149n, 1_135_586_186_384_195n, 239_205_538_157_954_887n, 1_026_167_265_264_238_070n],
  [933_746_617_913_300_027n, 709_220_796_660_800n, 236_098_907_251_355_946n, 1_016_776_817_488_561_260n],
  [957_768_981_497_388_846n, 441_038_514_876_104n, 234_108_264_807_531_861n, 1_010_611_419_909_044_972n],
  [975_838_577_830_248_552n, 247_773_050_273_784n, 232_655_340_599_010_079n, 1_006_036_217_303_822_937n],
];

/** The pre-liquidation terms that Morpho's own software kit takes by default at each LLTV; borrowers may opt into any others. */
export const preLiquidationPresets: readonly Preset<PreLiquidationParameters>[] = tiers.map(({ name }, index) => {
  const [preLltv, preCloseFactorLow, preCloseFactorHigh, incentive] = defaultTerms[index];
  return {
    name,
    asOf: "2026-08-24",
    source: "@morpho-org/blue-sdk 6.4.0 (published 2026-08-24), defaultPreLiquidationParamsRegistry",
    parameters: {
      preLltv,
      preCloseFactorLow,
      preCloseFactorHigh,
      preIncentiveFactorLow: incentive,
      preIncentiveFactorHigh: incentive,
    },
  };
});
