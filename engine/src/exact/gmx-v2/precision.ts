import { divDown, divHalfUp, mulDivDown, mulDivUp, powerOfTen, sqrtDown } from "../rounding.js";
import { WAD } from "../scales.js";

/** 1e30: one in factors and one dollar in amounts. */
export const FLOAT = powerOfTen(30);
/** Divides a factor of 1e30 into a wad. */
const FLOAT_TO_WAD = powerOfTen(12);

/** Price of one token unit in 1e-30 dollars, as the contracts keep it: `steps` of 1e-8 USD for a token of `decimals` (at most 22). */
export function tokenPrice(steps: bigint, decimals: number): bigint {
  return steps * powerOfTen(22 - decimals);
}

/** value x factor, rounded down. For values that are not negative. Source: Precision.applyFactor. */
export function applyFactor(value: bigint, factor: bigint): bigint {
  return mulDivDown(value, factor, FLOAT);
}

/** a x b / c for a signed `a`, its magnitude rounded down, or up where `roundUp`. Source: Precision.mulDiv. */
export function mulDivSigned(a: bigint, b: bigint, c: bigint, roundUp = false): bigint {
  const magnitude = a < 0n ? -a : a;
  const result = roundUp ? mulDivUp(magnitude, b, c) : mulDivDown(magnitude, b, c);
  return a < 0n ? -result : result;
}

/** Bits of the fraction in the binary exponent. */
const FRACTION_BITS = 64n;
/** Fraction bits with which the roots of two are computed before they are rounded to 64. */
const ROOT_BITS = 320n;

/** 2^(1/2), 2^(1/4), ... 2^(2^-64) in units of 2^-64, rounded to nearest: the multipliers of the library's binary exponential. */
const rootsOfTwo: readonly bigint[] = (() => {
  const roots: bigint[] = [];
  let root = 2n << ROOT_BITS;
  for (let bit = 0; bit < 64; bit++) {
    root = sqrtDown(root << ROOT_BITS);
    roots.push(divHalfUp(root, 1n << (ROOT_BITS - FRACTION_BITS)));
  }
  return roots;
})();

/** Binary logarithm of a wad of at least one, as a wad, one bit after another, each rounded down. Source: PRBMathUD60x18.log2 (2.4.3). */
export function logarithm2(x: bigint): bigint {
  const whole = BigInt(divDown(x, WAD).toString(2).length - 1);
  let result = whole * WAD;
  let rest = x >> whole;
  if (rest === WAD) return result;
  for (let bit = WAD >> 1n; bit > 0n; bit >>= 1n) {
    rest = mulDivDown(rest, rest, WAD);
    if (rest >= 2n * WAD) {
      result += bit;
      rest >>= 1n;
    }
  }
  return result;
}

/** 2^x of a wad as a wad: the exponent to 64 bits, one multiplication a bit, each rounded down. Source: PRBMathUD60x18.exp2, PRBMath.exp2 (2.4.3). */
export function exponential2(x: bigint): bigint {
  const binary = divDown(x << FRACTION_BITS, WAD);
  let result = 1n << 191n;
  rootsOfTwo.forEach((root, index) => {
    if ((binary >> (63n - BigInt(index))) & 1n) result = (result * root) >> FRACTION_BITS;
  });
  return (result * WAD) >> (191n - (binary >> FRACTION_BITS));
}

/**
 * value^exponent, both of 1e30; 0 below one dollar, the value itself for an exponent of one. The power goes through wads and binary logarithms and loses what
 * they lose (about 1e-15 of the result). Source: Precision.applyExponentFactor, PRBMathUD60x18.pow (product rounded half up).
 */
export function applyExponentFactor(value: bigint, exponent: bigint): bigint {
  if (value < FLOAT) return 0n;
  if (exponent === FLOAT) return value;
  const product = logarithm2(divDown(value, FLOAT_TO_WAD)) * divDown(exponent, FLOAT_TO_WAD);
  return exponential2(divHalfUp(product, WAD)) * FLOAT_TO_WAD;
}
