/** A rate by utilisation in two straight lines (Aave, Euler, Compound): shares per year. */
export interface KinkedRate {
  readonly model: "kinked";
  /** Utilisation at the kink. */
  readonly optimal: number;
  /** Rate at no utilisation. */
  readonly base: number;
  /** What the rate gains up to the kink. */
  readonly slope1: number;
  /** What it gains from there to full utilisation. */
  readonly slope2: number;
}

/** Morpho's adaptive curve: the rate at target moves itself. Shares per year. */
export interface AdaptiveRate {
  readonly model: "adaptive";
  /** Rate at target at the start. */
  readonly target: number;
  /** Utilisation at which the curve stands still. */
  readonly targetUtilisation: number;
  /** How fast the rate at target moves at an error of one, per year. */
  readonly speed: number;
  /** Rate at full utilisation over the rate at target. */
  readonly steepness: number;
  /** Bounds of the rate at target. */
  readonly least: number;
  readonly most: number;
}

/** Interest per year on debt: one rate, or a rate by utilisation. */
export type Interest = number | KinkedRate | AdaptiveRate;

/** What an adaptive curve answers: shares per year. */
export interface AdaptiveRates {
  /** Average over the time that has passed: what borrowers are charged for it. */
  average: number;
  /** The rate at target from now on. */
  rateAtTarget: number;
}

const ln2 = Math.LN2;
/** ln 1e-18: below it Morpho takes e^x for 0. */
const lnWei = -41.446531673892822;
/** Beyond this e^x is far above any bound of a rate. */
const largestExponent = 93.859467695;

/** Debt over debt and cash; 0 without debt. */
export function utilisation(borrowed: number, cash: number): number {
  return borrowed === 0 ? 0 : borrowed / (borrowed + Math.max(0, cash));
}

/**
 * The yearly rate at a utilisation; the kink itself belongs to the first slope. Aave v3 `DefaultReserveInterestRateStrategyV2.calculateInterestRates`, in plain
 * Float64: equal to `twoSlopeBorrowRate` in `exact/interest` within 1e-12 per year.
 */
export function kinkedRate({ optimal, base, slope1, slope2 }: KinkedRate, used: number): number {
  if (used <= optimal) return base + (slope1 * used) / optimal;
  return base + slope1 + (slope2 * (used - optimal)) / (1 - optimal);
}

/**
 * Rates after `years` at one utilisation from a rate at target. Morpho `AdaptiveCurveIrm._borrowRate`: the average is the trapezoidal rule over two halves. In
 * plain Float64: equal to `adaptiveRates` in `exact/interest` within 20 wads per second, 7e-10 per year, because that rounds each step to a wad per second.
 */
export function adaptiveRates(
  curve: AdaptiveRate,
  used: number,
  start: number,
  years: number,
  into: AdaptiveRates,
): AdaptiveRates {
  const { targetUtilisation: target, speed, least, most } = curve;
  const error = (used - target) / (used > target ? 1 - target : target);
  const adaptation = speed * error * years;
  let average = start;
  let end = start;
  if (adaptation !== 0) {
    const within = (rate: number) => Math.max(least, Math.min(most, rate));
    end = within(start * morphoExponential(adaptation));
    const middle = within(start * morphoExponential(adaptation / 2));
    average = (start + end + 2 * middle) / 4;
  }
  const slope = error < 0 ? 1 - 1 / curve.steepness : curve.steepness - 1;
  into.average = average * (1 + slope * error);
  into.rateAtTarget = end;
  return into;
}

/** e^x as Morpho approximates it: powers of two times 1 + r + r^2 / 2, with r nearest 0. `ExpLib.wExp`. */
function morphoExponential(x: number): number {
  if (x < lnWei) return 0;
  const bounded = Math.min(x, largestExponent);
  const powers = Math.trunc((bounded < 0 ? bounded - ln2 / 2 : bounded + ln2 / 2) / ln2);
  const rest = bounded - powers * ln2;
  let scale = 1;
  for (let power = Math.abs(powers); power > 0; power--) scale *= 2;
  const base = 1 + rest + (rest * rest) / 2;
  return powers >= 0 ? base * scale : base / scale;
}

/**
 * An index after `years` at a yearly rate, rounded down to a whole unit of its own: 1 + x + x^2 / 2 + x^3 / 6, the terms that Aave (`calculateCompoundedInterest`) and
 * Morpho (`wTaylorCompounded`) charge.
 */
export function grownIndex(index: number, ratePerYear: number, years: number): number {
  const x = ratePerYear * years;
  return index + Math.floor(index * (x * (1 + (x / 2) * (1 + x / 3))));
}
