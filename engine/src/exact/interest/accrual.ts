import { divTowardsZero, mulDivDown, mulDivHalfUp } from "../rounding.js";
import { MAX_UINT256, RAY, SECONDS_PER_YEAR, WAD } from "../scales.js";
import { PowerOverflow } from "./errors.js";

/**
 * One plus simple interest of a yearly rate (ray) over `elapsed` seconds, ray, rounded down. Aave v3 `MathUtils.calculateLinearInterest`: what suppliers earn
 * between two touches of a reserve.
 */
export function linearGrowth(ratePerYear: bigint, elapsed: bigint): bigint {
  return RAY + mulDivDown(ratePerYear, elapsed, SECONDS_PER_YEAR);
}

/**
 * Growth of a debt at a yearly rate (ray) over `elapsed` seconds: 1 + x + x (x/2 + x (x/6)) in ray with x = rate x time, x and its parts rounded down, the
 * products halves up. Aave since v3.4: `aave-dao/aave-v3-origin` fd1fbd91, `MathUtils.calculateCompoundedInterest`.
 */
export function compoundedGrowth(ratePerYear: bigint, elapsed: bigint): bigint {
  const x = mulDivDown(ratePerYear, elapsed, SECONDS_PER_YEAR);
  const cubic = mulDivHalfUp(x, divTowardsZero(x, 6n), RAY);
  return RAY + x + mulDivHalfUp(x, divTowardsZero(x, 2n) + cubic, RAY);
}

/**
 * The same growth as Aave v3.0 to v3.3 had it: 1 + n r + n (n-1)/2 r^2 + n (n-1)(n-2)/6 r^3, with r^2 and r^3 halves up in ray before they are divided by the
 * seconds of a year. `aave-dao/aave-v3-origin` before a964a096, `MathUtils.calculateCompoundedInterest`.
 */
export function compoundedGrowthBefore34(ratePerYear: bigint, elapsed: bigint): bigint {
  const squared = divTowardsZero(mulDivHalfUp(ratePerYear, ratePerYear, RAY), SECONDS_PER_YEAR * SECONDS_PER_YEAR);
  const cubed = divTowardsZero(mulDivHalfUp(squared, ratePerYear, RAY), SECONDS_PER_YEAR);
  return RAY + mulDivDown(ratePerYear, elapsed, SECONDS_PER_YEAR) + binomialTail(elapsed, squared, cubed);
}

/**
 * The same growth as Aave v2 and the `@aave/math-utils` package have it: the rate is first rounded down to a second, then squared and cubed with halves up.
 * `aave/protocol-v2` d635fd08, `MathUtils.calculateCompoundedInterest`.
 */
export function compoundedGrowthVersion2(ratePerYear: bigint, elapsed: bigint): bigint {
  const perSecond = divTowardsZero(ratePerYear, SECONDS_PER_YEAR);
  const squared = mulDivHalfUp(perSecond, perSecond, RAY);
  const cubed = mulDivHalfUp(squared, perSecond, RAY);
  return RAY + perSecond * elapsed + binomialTail(elapsed, squared, cubed);
}

/** Second and third term of the binomial series, each rounded down. */
function binomialTail(periods: bigint, squared: bigint, cubed: bigint): bigint {
  if (periods === 0n) return 0n;
  const pairs = periods * (periods - 1n);
  const triples = pairs * (periods > 2n ? periods - 2n : 0n);
  return divTowardsZero(pairs * squared, 2n) + divTowardsZero(triples * cubed, 6n);
}

/** An index (ray) after growth (ray), halves up. Aave v3 `ReserveLogic._updateIndexes`. */
export function grownIndex(index: bigint, growth: bigint): bigint {
  return mulDivHalfUp(index, growth, RAY);
}

/**
 * An index after `elapsed` seconds of simple interest at a rate in wad per second, the interest rounded down; the index keeps its own scale (1e15 in Compound
 * III). Compounds only where somebody touches it. `Comet.accruedInterestIndices`.
 */
export function linearIndex(index: bigint, ratePerSecond: bigint, elapsed: bigint): bigint {
  return index + mulDivDown(index, ratePerSecond * elapsed, WAD);
}

/**
 * e^(rate x time) - 1 in wad from a rate in wad per second: the first three terms of its series, the second and third rounded down. `morpho-org/morpho-blue`
 * 3085651, `MathLib.wTaylorCompounded`.
 */
export function taylorInterest(ratePerSecond: bigint, elapsed: bigint): bigint {
  const first = ratePerSecond * elapsed;
  const second = mulDivDown(first, first, 2n * WAD);
  return first + second + mulDivDown(second, first, 3n * WAD);
}

/** Interest on `borrowed` (its own units), rounded down: added to what is borrowed and to what is supplied. `Morpho._accrueInterest`. */
export function accruedInterest(borrowed: bigint, ratePerSecond: bigint, elapsed: bigint): bigint {
  return mulDivDown(borrowed, taylorInterest(ratePerSecond, elapsed), WAD);
}

/**
 * `x` to the whole power `n` at a fixed-point `scale`, by squaring, halves up at every step; null where a word of 256 bits would overflow. Euler
 * `RPow.rpow`, which keeps its old accumulator then.
 */
export function powerOrOverflow(x: bigint, n: bigint, scale: bigint): bigint | null {
  if (x === 0n) return n === 0n ? scale : 0n;
  const half = scale >> 1n;
  let square = x;
  let power = n % 2n === 0n ? scale : x;
  for (let rest = n >> 1n; rest > 0n; rest >>= 1n) {
    const squared = square * square + half;
    if (squared > MAX_UINT256) return null;
    square = divTowardsZero(squared, scale);
    if (rest % 2n === 0n) continue;
    const product = power * square + half;
    if (product > MAX_UINT256) return null;
    power = divTowardsZero(product, scale);
  }
  return power;
}

/** The same power where the contract reverts instead: throws `PowerOverflow`. `makerdao/dss` fa4f663, `Jug._rpow` and the abacus contracts. */
export function perSecondPower(x: bigint, n: bigint, scale: bigint): bigint {
  const power = powerOrOverflow(x, n, scale);
  if (power === null) throw new PowerOverflow(`${x} to the power of ${n} at scale ${scale} does not fit 256 bits`);
  return power;
}

/**
 * A vault type's rate (ray) after `elapsed` seconds at a fee of `base + duty` per second (ray, 1e27 is no fee): the power rounds halves up, the product down.
 * Throws `PowerOverflow`. `Jug.drip`.
 */
export function drippedRate(rate: bigint, feePerSecond: bigint, elapsed: bigint): bigint {
  return mulDivDown(perSecondPower(feePerSecond, elapsed, RAY), rate, RAY);
}
