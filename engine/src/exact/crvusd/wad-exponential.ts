import { divTowardsZero } from "../rounding.js";
import { WAD } from "../scales.js";

/** How a product of two binary fractions is brought back to its scale: the one place where two generations of the contract differ. */
type Scaling = (a: bigint, b: bigint) => bigint;

const Q96 = 1n << 96n;
const Q95 = 1n << 95n;
const LN2_Q96 = 54_916_777_467_707_473_351_141_471_128n;
/** ln 2, and ln(2^96 / 1e18), in the scale that the logarithm adds up in. */
const LN2_SCALED = 16_597_577_552_685_614_221_487_285_958_193_947_469_193_820_559_219_878_177_908_093_499_208_371n;
const LN_Q96_OVER_WAD_SCALED =
  600_920_179_829_731_861_736_702_779_321_621_459_595_472_258_049_074_101_567_377_883_020_018_308n;

/**
 * e^(power / 1e18) in wad, power in wad. Remco Bloemen's rational approximation of six over seven terms (xn--2-umb.com/22/exp-ln, MIT), to the last
 * unit. `scaling` is `divDown` in curve-stablecoin 2.0.0 (snekmate `_wad_exp`, arithmetic shifts) and `divTowardsZero` before (AMM.vy `_p_oracle_up`).
 */
export function wadExponential(power: bigint, scaling: Scaling): bigint {
  if (power <= -41_446_531_673_892_822_313n) return 0n;
  if (power >= 135_305_999_368_893_231_589n) throw new RangeError("exponent too large for a 256-bit wad");
  const whole = divTowardsZero(power * Q96, WAD);
  const doublings = scaling(divTowardsZero(whole * Q96, LN2_Q96) + Q95, Q96);
  const x = whole - doublings * LN2_Q96;
  const times = (a: bigint, b: bigint) => scaling(a * b, Q96);
  const y = times(x + 1_346_386_616_545_796_478_920_950_773_328n, x) + 57_155_421_227_552_351_082_224_309_758_442n;
  const inner =
    times(y + x - 94_201_549_194_550_492_254_356_042_504_812n, y) + 28_719_021_644_029_726_153_956_944_680_412_240n;
  const numerator = inner * x + 4_385_272_521_454_847_904_659_076_985_693_276n * Q96;
  let denominator =
    times(x - 2_855_989_394_907_223_263_936_484_059_900n, x) + 50_020_603_652_535_783_019_961_831_881_945n;
  denominator = times(denominator, x) - 533_845_033_583_426_703_283_633_433_725_380n;
  denominator = times(denominator, x) + 3_604_857_256_930_695_427_073_651_918_091_429n;
  denominator = times(denominator, x) - 14_423_608_567_350_463_180_887_372_962_807_573n;
  denominator = times(denominator, x) + 26_449_188_498_355_588_339_934_803_723_976_023n;
  const ratio = divTowardsZero(numerator, denominator);
  return (ratio * 3_822_833_074_963_236_453_042_738_258_902_158_003_155_416_615_667n) >> (195n - doublings);
}

/**
 * Natural logarithm in wad of a positive wad: Remco Bloemen's rational approximation of eight over eight terms (xn--2-umb.com/22/exp-ln, MIT), as snekmate
 * `_wad_ln` computes it, to the last unit. Rounds down.
 */
export function wadLogarithm(value: bigint): bigint {
  if (value <= 0n) throw new RangeError("logarithm of a number that is not positive");
  const doublings = BigInt(value.toString(2).length - 1) - 96n;
  const x = doublings >= 0n ? value >> doublings : value << -doublings;
  const times = (a: bigint, b: bigint) => (a * b) >> 96n;
  let numerator =
    times(x + 3_273_285_459_638_523_848_632_254_066_296n, x) + 24_828_157_081_833_163_892_658_089_445_524n;
  numerator = times(numerator, x) + 43_456_485_725_739_037_958_740_375_743_393n;
  numerator = times(numerator, x) - 11_111_509_109_440_967_052_023_855_526_967n;
  numerator = times(numerator, x) - 45_023_709_667_254_063_763_336_534_515_857n;
  numerator = times(numerator, x) - 14_706_773_417_378_608_786_704_636_184_526n;
  numerator = numerator * x - 795_164_235_651_350_426_258_249_787_498n * Q96;
  let denominator =
    times(x + 5_573_035_233_440_673_466_300_451_813_936n, x) + 71_694_874_799_317_883_764_090_561_454_958n;
  denominator = times(denominator, x) + 283_447_036_172_924_575_727_196_451_306_956n;
  denominator = times(denominator, x) + 401_686_690_394_027_663_651_624_208_769_553n;
  denominator = times(denominator, x) + 204_048_457_590_392_012_362_485_061_816_622n;
  denominator = times(denominator, x) + 31_853_899_698_501_571_402_653_359_427_138n;
  denominator = times(denominator, x) + 909_429_971_244_387_300_277_376_558_375n;
  const ratio = divTowardsZero(numerator, denominator);
  return (
    (ratio * 1_677_202_110_996_718_588_342_820_967_067_443_963_516_166n +
      doublings * LN2_SCALED +
      LN_Q96_OVER_WAD_SCALED) >>
    174n
  );
}
