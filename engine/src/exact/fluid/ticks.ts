import { divDown, divHalfUp, mulDivDown } from "../rounding.js";
import { RatioOutOfRange } from "./errors.js";

/** 2^96: one unit of debt per unit of collateral, the ratio of tick 0. */
export const RATIO_ONE = 1n << 96n;
/** 2^30 - 1: a whole tick in partials. */
export const WHOLE_PARTIALS = (1n << 30n) - 1n;
/** Largest tick, and its negative the smallest. */
export const MAX_TICK = 32_767n;

/** Smallest and largest ratio that have a tick, x 2^96. */
const MIN_RATIO = 37_075_072n;
const MAX_RATIO = 169_307_877_264_527_972_847_801_929_085_841_449_095_838_922_544_595n;

/** Fixed point of the search for a tick: 1e26 is one. */
const ONE_26 = 100_000_000_000_000_000_000_000_000n;
const MAX_WORD = (1n << 256n) - 1n;

/** 1.0015^(2^bit) as a fraction, for the fifteen bits of a tick. */
const powers = (() => {
  const found: { readonly numerator: bigint; readonly denominator: bigint }[] = [];
  let numerator = 10_015n;
  let denominator = 10_000n;
  for (let bit = 0; bit < 15; bit++) {
    found.push({ numerator, denominator });
    numerator *= numerator;
    denominator *= denominator;
  }
  return found;
})();

/** 2^128 / 1.0015^(2^bit), to the nearest unit. */
const inverse128 = powers.map(({ numerator, denominator }) => divHalfUp(denominator << 128n, numerator));
/** 1e26 x 1.0015^(2^bit), to the nearest unit but for 1.0015^64, whose constant in the contract is cut. */
const growth26 = powers.map(({ numerator, denominator }, bit) =>
  (bit === 6 ? divDown : divHalfUp)(ONE_26 * numerator, denominator),
);

/**
 * Ratio of debt to collateral at a tick, 1.0015^tick x 2^96, rounded up for ticks from 0 on and down below. Throws RatioOutOfRange. Source: Fluid TickMath
 * `getRatioAtTick`.
 */
export function ratioAtTick(tick: bigint): bigint {
  const size = tick < 0n ? -tick : tick;
  if (size > MAX_TICK) throw new RatioOutOfRange(`tick ${tick}`);
  let factor = 1n << 128n;
  inverse128.forEach((part, bit) => {
    if (((size >> BigInt(bit)) & 1n) === 1n) factor = (factor * part) >> 128n;
  });
  if (tick < 0n) return factor >> 32n;
  const inverted = divDown(MAX_WORD, factor);
  return (inverted >> 32n) + ((inverted & 0xffffffffn) === 0n ? 0n : 1n);
}

/**
 * The highest tick whose ratio is at most `ratio`, and the ratio that the search itself ends with. The search has 26 digits: within a part in 1e25 of a
 * tick's own ratio it may find the tick below, as the contract does. Throws RatioOutOfRange. Source: Fluid TickMath `getTickAtRatio`.
 */
export function tickAtRatio(ratio: bigint): { readonly tick: bigint; readonly perfectRatio: bigint } {
  if (ratio < MIN_RATIO || ratio > MAX_RATIO) throw new RatioOutOfRange(`ratio ${ratio}`);
  const below = ratio < RATIO_ONE;
  let factor = below ? mulDivDown(RATIO_ONE, ONE_26, ratio) : mulDivDown(ratio, ONE_26, RATIO_ONE);
  let tick = 0n;
  for (let bit = growth26.length - 1; bit >= 0; bit--) {
    if (factor < growth26[bit]) continue;
    tick |= 1n << BigInt(bit);
    factor = mulDivDown(factor, ONE_26, growth26[bit]);
  }
  if (!below) return { tick, perfectRatio: mulDivDown(ratio, ONE_26, factor) };
  return { tick: -tick - 1n, perfectRatio: mulDivDown(ratio, factor, growth26[0]) };
}

/** The next lower tick's ratio as liquidations compute it: ratio x 10000 / 10015, rounded down. */
export function ratioOneLess(ratio: bigint): bigint {
  return mulDivDown(ratio, 10_000n, 10_015n);
}

/**
 * Ratio of a level: of the whole tick where `partials` is 0, else that part of the way from the tick below, in parts of 2^30 - 1. Rounded down.
 */
export function ratioOfLevel(tick: bigint, partials: bigint): bigint {
  const ratio = ratioAtTick(tick);
  if (partials === 0n) return ratio;
  const less = ratioOneLess(ratio);
  return less + mulDivDown(ratio - less, partials, WHOLE_PARTIALS);
}
