import { exp, log, normalCdf } from "../math/index.js";
import { check, type Expectation, type ValidationCase } from "./case.js";
import { rows } from "./rows.js";

/** Constant-proportion insurance that trades `steps` times in `years` over a price without jumps. */
export interface DiscreteInsurance {
  readonly multiplier: number;
  /** Of the price and of cash, continuous, per year. */
  readonly drift: number;
  readonly rate: number;
  readonly volatility: number;
  readonly years: number;
  readonly steps: number;
}

/** What becomes of an insured account. */
export interface DiscreteShortfall {
  /** Probability that one step takes the whole cushion. */
  readonly local: number;
  /** Probability that the floor is broken by the end. */
  readonly global: number;
  /** E[C_T] / C_0: the mean cushion at the end, broken ones with their sign. */
  readonly meanCushion: number;
  /** E[C_T^2] / C_0^2. */
  readonly meanSquare: number;
}

/**
 * Per step the cushion is multiplied by X = m S'/S - (m - 1) e^(r dt) until it is below 0, and from then on earns the rate. With
 * d2 = (ln(m / (m - 1)) + (mu - r - sigma^2 / 2) dt) / (sigma sqrt dt): P_local = N(-d2), P_global = 1 - N(d2)^n, E1 and E2 the means of X where it is above
 * and below 0, E[C_T] = C_0 (E1^n + E2 sum_k E1^(k-1) e^(r dt (n - k))); the second moment is the same with the means of X^2.
 * Source: Balder, Brandl and Mahayni, Journal of Economic Dynamics and Control 33 (2009) 204-220; re-derived.
 */
export function discreteShortfall(of: DiscreteInsurance): DiscreteShortfall {
  const { multiplier: m, drift, rate, volatility, years, steps } = of;
  const dt = years / steps;
  const deviation = volatility * Math.sqrt(dt);
  const d2 = (log(m / (m - 1)) + (drift - rate - (volatility * volatility) / 2) * dt) / deviation;
  const growth = m * exp(drift * dt);
  const owed = (m - 1) * exp(rate * dt);
  // Of the price: means of its square, of itself and of 1, over the moves that stay above the floor and over those that do not.
  const square = growth * growth * exp(deviation * deviation);
  const over = (side: 1 | -1) => {
    const [second, first, zeroth] = [2, 1, 0].map((power) => normalCdf(side * (d2 + power * deviation)));
    return {
      mean: growth * first - owed * zeroth,
      square: square * second - 2 * growth * owed * first + owed * owed * zeroth,
    };
  };
  const [kept, broken] = [over(1), over(-1)];
  const stay = normalCdf(d2);
  let survives = 1;
  for (let step = 0; step < steps; step++) survives *= stay;
  return {
    local: normalCdf(-d2),
    global: 1 - survives,
    meanCushion: endMoment(kept.mean, broken.mean, exp(rate * dt), steps),
    meanSquare: endMoment(kept.square, broken.square, exp(2 * rate * dt), steps),
  };
}

/** kept^n + broken x sum over the step in which it breaks, k: kept^(k-1) x earned^(n-k). */
function endMoment(kept: number, broken: number, earned: number, steps: number): number {
  let whole = 1;
  let ended = 0;
  for (let step = 0; step < steps; step++) {
    ended = ended * earned + broken * whole;
    whole *= kept;
  }
  return whole + ended;
}

/** E[C_T] / C_0 where trading never stops: e^((r + m (mu - r)) T). Source: Black and Perold 1992. */
export function continuousMeanCushion({ multiplier, drift, rate, years }: Omit<DiscreteInsurance, "steps">): number {
  return exp((rate + multiplier * (drift - rate)) * years);
}

/** The multiplier at which the cushion's logarithm grows fastest, (mu - r) / sigma^2. Source: Merton 1969, the same ratio. */
export function growthOptimalMultiplier(drift: number, rate: number, volatility: number): number {
  return (drift - rate) / (volatility * volatility);
}

/** The account of the acceptance numbers: twelve trades in a year. */
export const acceptanceInsurance: DiscreteInsurance = {
  multiplier: 12,
  drift: 0.085,
  rate: 0.05,
  volatility: 0.1,
  years: 1,
  steps: 12,
};

/** The same rule on a price of 80 % volatility, without drift or rate. */
export const cryptoInsurance: DiscreteInsurance = {
  multiplier: 4,
  drift: 0,
  rate: 0,
  volatility: 0.8,
  years: 1,
  steps: 12,
};

/** Row 4 in closed form. */
export function discreteCppiCases(): ValidationCase[] {
  const about = (id: string, unit: string, expected: number, tolerance: number): Expectation => ({
    id: `discrete-cppi/${id}`,
    source: "Balder, Brandl and Mahayni 2009, re-derived",
    tag: "D",
    unit,
    expected,
    tolerance,
    row: rows.discreteCppi,
  });
  const twelve = discreteShortfall(acceptanceInsurance);
  const crypto = (steps: number) => discreteShortfall({ ...cryptoInsurance, steps }).global;
  return [
    // The published digits end at 1e-9 and 1e-7: half a unit of the last one, where that is tighter than 1e-7.
    check(about("local-shortfall-multiplier-12", "probability", 9.6511e-4, 5e-9), twelve.local),
    check(about("global-shortfall-multiplier-12", "probability", 0.01152, 1e-7), twelve.global),
    check(about("mean-cushion-multiplier-12", "ratio", 1.589742, 5e-7), twelve.meanCushion),
    check(
      about("global-shortfall-multiplier-15", "probability", 0.0767475, 1e-7),
      discreteShortfall({ ...acceptanceInsurance, multiplier: 15 }).global,
    ),
    check(about("global-shortfall-crypto-monthly", "probability", 0.809856, 1e-7), crypto(12)),
    check(about("global-shortfall-crypto-weekly", "probability", 0.252456, 1e-7), crypto(52)),
    check(about("global-shortfall-crypto-daily", "probability", 0, 1e-8), crypto(365)),
    check(about("growth-optimal-multiplier", "ratio", 3.5, 1e-12), growthOptimalMultiplier(0.085, 0.05, 0.1)),
  ];
}
