import { divTowardsZero, sqrtDown } from "../rounding.js";
import { WAD } from "../scales.js";

/** Below this exponent (wad) the inverse would be less than one unit: 2^x is 0. */
const SMALLEST_EXPONENT = -59_794_705_707_972_522_261n;
const FRACTION_BITS = 256n;

/** 2^64 x 2^(2^-k) for k from 1 to 64, to the nearest unit: square roots of square roots of 2. */
const roots = (() => {
  const found: bigint[] = [];
  let root = 2n << FRACTION_BITS;
  for (let k = 1; k <= 64; k++) {
    root = sqrtDown(root << FRACTION_BITS);
    found.push(((root >> (FRACTION_BITS - 65n)) + 1n) >> 1n);
  }
  return found;
})();

/** 2^x for x with 64 binary places, as a wad, rounded down. */
function powerOfBits(x: bigint): bigint {
  let result = 1n << 191n;
  roots.forEach((root, place) => {
    if (((x >> BigInt(63 - place)) & 1n) === 1n) result = (result * root) >> 64n;
  });
  return (result * WAD) >> (191n - (x >> 64n));
}

/** 2^x of a wad, as a wad; for a negative x the inverse of 2^-x, rounded down. Source: PRBMathSD59x18 `exp2`, PRBMath `exp2` with 64 binary places. */
export function exp2(x: bigint): bigint {
  if (x < SMALLEST_EXPONENT) return 0n;
  if (x < 0n) return divTowardsZero(WAD * WAD, exp2(-x));
  return powerOfBits(divTowardsZero(x << 64n, WAD));
}

/** Binary logarithm of a wad from 1 on, as a wad, by repeated squaring. Source: PRBMathSD59x18 `log2`. */
export function log2(x: bigint): bigint {
  const whole = BigInt(divTowardsZero(x, WAD).toString(2).length - 1);
  let result = whole * WAD;
  let y = x >> whole;
  if (y === WAD) return result;
  for (let delta = WAD >> 1n; delta > 0n; delta >>= 1n) {
    y = divTowardsZero(y * y, WAD);
    if (y < 2n * WAD) continue;
    result += delta;
    y >>= 1n;
  }
  return result;
}
