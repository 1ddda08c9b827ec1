import { log } from "../math/index.js";
import type { SeriesFault } from "./estimate.js";
import { shortFault } from "./estimate.js";
import { returnFaults } from "./returns.js";

/** Mean, constant, weight of the last squared residual, weight of the last variance. */
export interface GarchParameters {
  readonly mu: number;
  readonly omega: number;
  readonly alpha: number;
  readonly beta: number;
}

/** A GARCH(1,1) fitted by maximum likelihood. Units are those of the returns. */
export interface GarchFit extends GarchParameters {
  readonly logLikelihood: number;
  /** Roots of the diagonal of the inverse of minus the Hessian at the maximum; null where the Hessian is not negative definite there. */
  readonly standardErrors: GarchParameters | null;
  /** alpha + beta. */
  readonly persistence: number;
  /** Root of omega / (1 - persistence), per root of an interval. */
  readonly longRunVolatility: number;
  /** Root of the variance that follows the last return, per root of an interval. */
  readonly nextVolatility: number;
  readonly observations: number;
  readonly iterations: number;
  /** interior: the gradient is 0 within its rounding; boundary: the likelihood still rises towards alpha, beta or 1 - persistence of 0. */
  readonly end: "interior" | "boundary";
}

const size = 4;
const iterationLimit = 500;
const log2Pi = log(2 * 3.141592653589793);

/** The log-likelihood with its derivatives at one place, in the order mu, omega, alpha, beta. */
interface Likelihood {
  value: number;
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
  /** Sum over observations of the product of their gradients. */
  readonly outer: Float64Array;
  next: number;
}

/**
 * Fits r_t = mu + e_t, h_t = omega + alpha e_(t-1)^2 + beta h_(t-1), e_t normal with variance h_t, by maximum likelihood; before the first return both e^2 and h are the mean
 * of squared residuals. Newton's method on analytic derivatives, BHHH where the Hessian is not negative definite, steps halved until the likelihood rises;
 * the same bits on every machine. Sources: Bollerslev 1986; derivatives and start values: Fiorentini, Calzolari and Panattoni, Analytic derivatives and the
 * computation of GARCH estimates, Journal of Applied Econometrics 11 (1996). Faults: fewer than 50 returns, returns that are not finite, no variance.
 */
export function fitGarch(returns: ArrayLike<number>): GarchFit | { readonly faults: readonly SeriesFault[] } {
  const faults = returnFaults(returns);
  const count = returns.length;
  if (count < 50) faults.push(shortFault(count, 50, "returns"));
  if (faults.length > 0) return { faults };
  const { mean, deviation } = momentsOf(returns);
  if (!(deviation > 0)) {
    const hint = "give a series that moves";
    return { faults: [{ row: -1, code: "series-flat", message: "all returns are equal", hint }] };
  }
  // Scaled to a variance of 1, so that nothing depends on the unit of the returns.
  const scaled = Float64Array.from(returns, (value) => value / deviation);
  const found = climb(scaled, Float64Array.of(mean / deviation, 0.1, 0.1, 0.8));
  return fitOf(scaled, found, deviation);
}

/** The log-likelihood of returns under given parameters, as `fitGarch` counts it. */
export function garchLogLikelihood(returns: ArrayLike<number>, parameters: GarchParameters): number {
  const { mu, omega, alpha, beta } = parameters;
  const into = emptyLikelihood();
  likelihoodAt(Float64Array.from(returns), Float64Array.of(mu, omega, alpha, beta), into);
  return into.value;
}

function momentsOf(returns: ArrayLike<number>): { readonly mean: number; readonly deviation: number } {
  let sum = 0;
  for (let row = 0; row < returns.length; row++) sum += returns[row];
  const mean = sum / returns.length;
  let squares = 0;
  for (let row = 0; row < returns.length; row++) squares += (returns[row] - mean) * (returns[row] - mean);
  const deviation = Math.sqrt(squares / returns.length);
  // Equal returns leave the rounding of their mean.
  return { mean, deviation: deviation > 1e-12 * Math.abs(mean) ? deviation : 0 };
}

function emptyLikelihood(): Likelihood {
  return {
    value: 0,
    gradient: new Float64Array(size),
    hessian: new Float64Array(size * size),
    outer: new Float64Array(size * size),
    next: 0,
  };
}

interface Climbed {
  readonly place: Float64Array;
  readonly likelihood: Likelihood;
  readonly iterations: number;
  readonly end: GarchFit["end"];
}

/** Goes uphill from `place` until no step gains. */
function climb(returns: Float64Array, place: Float64Array): Climbed {
  let here = emptyLikelihood();
  let there = emptyLikelihood();
  likelihoodAt(returns, place, here);
  for (let iteration = 0; iteration < iterationLimit; iteration++) {
    const step = stepFrom(here);
    let gain = 0;
    for (let row = 0; row < size; row++) gain += step[row] * here.gradient[row];
    // Half the gain is what a quadratic would still rise.
    if (gain < 1e-18 * Math.max(1, Math.abs(here.value)))
      return { place, likelihood: here, iterations: iteration, end: "interior" };
    let share = longestShare(place, step);
    let moved = false;
    for (let halving = 0; halving < 60 && !moved; halving++) {
      const next = place.map((value, row) => value + share * step[row]);
      likelihoodAt(returns, next, there);
      moved = there.value > here.value;
      if (moved) place = next;
      share /= 2;
    }
    if (!moved) {
      // Nothing rises any more: the rounding of the sum, or a wall.
      const end = gain < 1e-9 ? "interior" : "boundary";
      return { place, likelihood: here, iterations: iteration, end };
    }
    [here, there] = [there, here];
  }
  return { place, likelihood: here, iterations: iterationLimit, end: "boundary" };
}

/** Newton's step, or that of BHHH where the Hessian is not negative definite. */
function stepFrom({ gradient, hessian, outer }: Likelihood): Float64Array {
  const negative = hessian.map((value) => -value);
  const lower = cholesky(negative) ?? cholesky(outer);
  return lower === null ? gradient.slice() : solve(lower, gradient);
}

/** At most 1: the share of a step that stays within omega, alpha, beta > 0 and alpha + beta < 1. */
function longestShare(place: Float64Array, step: Float64Array): number {
  let share = 1;
  const within = (distance: number, speed: number) => {
    if (speed > 0) share = Math.min(share, (0.95 * distance) / speed);
  };
  for (const row of [1, 2, 3]) within(place[row], -step[row]);
  within(1 - place[2] - place[3], step[2] + step[3]);
  return share;
}

/**
 * Log-likelihood, gradient, Hessian and outer product of gradients. With D the gradient and S the second derivatives of h: D_t = (-2 alpha e, 1, e^2, h)_(t-1) + beta D_(t-1), and S
 * likewise one order up (Fiorentini, Calzolari and Panattoni 1996).
 */
function likelihoodAt(returns: Float64Array, place: Float64Array, into: Likelihood): void {
  const [mu, omega, alpha, beta] = place;
  const { gradient, hessian, outer } = into;
  gradient.fill(0);
  hessian.fill(0);
  outer.fill(0);
  let squares = 0;
  let sum = 0;
  for (const value of returns) {
    squares += (value - mu) * (value - mu);
    sum += value - mu;
  }
  // Before the first return: e^2 = h = mean of squared residuals, whose derivatives by mu are -2 mean(e) and 2.
  let square = squares / returns.length;
  let slope = (-2 * sum) / returns.length;
  let variance = square;
  const first = Float64Array.of(slope, 0, 0, 0);
  const second = new Float64Array(size * size);
  second[0] = 2;
  const own = new Float64Array(size);
  let value = 0;
  for (const observed of returns) {
    for (let row = 0; row < size; row++) {
      for (let column = 0; column <= row; column++) {
        let term = beta * second[row * size + column];
        if (row === 3) term += column === 3 ? 2 * first[3] : first[column];
        if (row === 2 && column === 0) term += slope;
        if (row === 0) term += 2 * alpha;
        second[row * size + column] = term;
      }
    }
    first[0] = alpha * slope + beta * first[0];
    first[1] = 1 + beta * first[1];
    first[2] = square + beta * first[2];
    first[3] = variance + beta * first[3];
    variance = omega + alpha * square + beta * variance;
    const residual = observed - mu;
    square = residual * residual;
    slope = -2 * residual;
    value -= 0.5 * (log2Pi + log(variance) + square / variance);
    const byVariance = (square / variance - 1) / (2 * variance);
    const byVarianceTwice = (0.5 - square / variance) / (variance * variance);
    const byBoth = residual / (variance * variance);
    for (let row = 0; row < size; row++) {
      own[row] = byVariance * first[row] + (row === 0 ? residual / variance : 0);
      gradient[row] += own[row];
      for (let column = 0; column <= row; column++) {
        let term = byVarianceTwice * first[row] * first[column] + byVariance * second[row * size + column];
        // The residual falls by 1 where mu rises by 1.
        if (column === 0) term -= byBoth * first[row];
        if (row === 0) term -= byBoth * first[column] + 1 / variance;
        hessian[row * size + column] += term;
        outer[row * size + column] += own[row] * own[column];
      }
    }
  }
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < row; column++) {
      hessian[column * size + row] = hessian[row * size + column];
      outer[column * size + row] = outer[row * size + column];
    }
  }
  into.value = value;
  into.next = omega + alpha * square + beta * variance;
}

/** The lower factor of a symmetric matrix; null where it is not positive definite. */
function cholesky(matrix: Float64Array): Float64Array | null {
  const lower = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row * size + column];
      for (let k = 0; k < column; k++) sum -= lower[row * size + k] * lower[column * size + k];
      if (row !== column) lower[row * size + column] = sum / lower[column * size + column];
      else if (sum > 0) lower[row * size + row] = Math.sqrt(sum);
      else return null;
    }
  }
  return lower;
}

/** The solution x of L L' x = right. */
function solve(lower: Float64Array, right: Float64Array): Float64Array {
  const x = right.slice();
  for (let row = 0; row < size; row++) {
    for (let k = 0; k < row; k++) x[row] -= lower[row * size + k] * x[k];
    x[row] /= lower[row * size + row];
  }
  for (let row = size - 1; row >= 0; row--) {
    for (let k = row + 1; k < size; k++) x[row] -= lower[k * size + row] * x[k];
    x[row] /= lower[row * size + row];
  }
  return x;
}

/** The fit in the returns' own unit. */
function fitOf(returns: Float64Array, { place, likelihood, iterations, end }: Climbed, deviation: number): GarchFit {
  const units = [deviation, deviation * deviation, 1, 1];
  const [mu, omega, alpha, beta] = place.map((value, row) => value * units[row]);
  const lower = cholesky(likelihood.hessian.map((value) => -value));
  const errors = units.map((unit, row) => {
    if (lower === null) return 0;
    const one = new Float64Array(size);
    one[row] = 1;
    return Math.sqrt(solve(lower, one)[row]) * unit;
  });
  return {
    mu,
    omega,
    alpha,
    beta,
    logLikelihood: likelihood.value - returns.length * log(deviation),
    standardErrors: lower === null ? null : { mu: errors[0], omega: errors[1], alpha: errors[2], beta: errors[3] },
    persistence: alpha + beta,
    longRunVolatility: Math.sqrt(omega / (1 - alpha - beta)),
    nextVolatility: Math.sqrt(likelihood.next) * deviation,
    observations: returns.length,
    iterations,
    end,
  };
}
