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
  /** Roots of the diagonal of the inverse of minus the Hessian at the maximum; null at a boundary, where they mean nothing. */
  readonly standardErrors: GarchParameters | null;
  /** alpha + beta. */
  readonly persistence: number;
  /** Root of omega / (1 - persistence), per root of an interval; null where persistence is 1 but for a millionth: volatility then comes back to nothing. */
  readonly longRunVolatility: number | null;
  /** Root of the variance that follows the last return, per root of an interval. */
  readonly nextVolatility: number;
  readonly observations: number;
  readonly iterations: number;
  /** interior: no step gains; boundary: the likelihood still rises towards omega, alpha, beta or 1 - persistence of 0, and is greatest along that edge. */
  readonly end: "interior" | "boundary";
}

const size = 4;
const iterationLimit = 200;
/** Weights at which the likelihood is looked at before anybody climbs; the last is a variance that stays. */
const looked: readonly (readonly [alpha: number, beta: number])[] = [
  ...[0.02, 0.05, 0.1, 0.2, 0.4].flatMap((alpha) =>
    [0.1, 0.3, 0.5, 0.7, 0.85, 0.93, 0.97].flatMap((beta) => (alpha + beta < 0.995 ? [[alpha, beta] as const] : [])),
  ),
  [1e-6, 1 - 3e-6],
];
/** Lower long-run variances at which it is looked at too, as shares of that of the returns: a few wild days among calm ones make up all of that. */
const lowerVariances = [0.1, 0.01, 1e-4];
/** How many of the highest of them are climbed from: where volatility hardly clusters there are several summits. */
const climbCount = 4;
const lowerClimbCount = 2;
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
 * of squared residuals. The highest of six climbs from the best of a grid, by Newton's method on analytic derivatives, BHHH where the Hessian is not negative definite, steps halved until the likelihood rises;
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
  const climbs = startsOf(scaled, mean / deviation).map((start) => climb(scaled, start));
  // The first of the highest: a later one must be higher by more than rounding.
  const found = climbs.reduce((best, one) => (one.likelihood.value > best.likelihood.value + 1e-7 ? one : best));
  return fitOf(scaled, found, deviation);
}

/** Where climbs begin: of the places looked at at the returns' own variance the four with the highest likelihood, highest first; then the two of those at lower ones. */
function startsOf(scaled: Float64Array, mean: number): readonly Float64Array[] {
  const into = emptyLikelihood();
  const highest = (mu: number, shares: readonly number[], count: number): Float64Array[] =>
    looked
      .flatMap(([alpha, beta]) =>
        shares.map((share) => {
          const place = Float64Array.of(mu, share * (1 - alpha - beta), alpha, beta);
          likelihoodAt(scaled, place, into);
          return { place, value: into.value };
        }),
      )
      .sort((a, b) => b.value - a.value)
      .slice(0, count)
      .map(({ place }) => place);
  const middle = Float64Array.from(scaled).sort()[scaled.length >>> 1];
  return [...highest(mean, [1], climbCount), ...highest(middle, lowerVariances, lowerClimbCount)];
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

/** What parameters must stay within, as the distance from each edge: omega, alpha, beta above 0, alpha + beta below 1. */
const edges: readonly { readonly inward: readonly number[]; distance(place: Float64Array): number }[] = [
  { inward: [0, 1, 0, 0], distance: (place) => place[1] },
  { inward: [0, 0, 1, 0], distance: (place) => place[2] },
  { inward: [0, 0, 0, 1], distance: (place) => place[3] },
  { inward: [0, 0, -1, -1], distance: (place) => 1 - place[2] - place[3] },
];
const [omegaEdge, alphaEdge, betaEdge, persistenceEdge] = [0, 1, 2, 3];
/** So near to an edge the climb goes along it. */
const nearEdge = 1e-9;

/** Goes uphill from `place` until no step gains; along an edge where the way up leads out. */
function climb(returns: Float64Array, place: Float64Array): Climbed {
  let here = emptyLikelihood();
  let there = emptyLikelihood();
  likelihoodAt(returns, place, here);
  for (let iteration = 0; iteration < iterationLimit; iteration++) {
    const { gradient } = here;
    const held = edges.flatMap((edge, index) =>
      edge.distance(place) < nearEdge && dot(edge.inward, gradient) <= 0 ? [index] : [],
    );
    const end = held.length === 0 ? "interior" : "boundary";
    const step = stepFrom(here, freeDirections(held));
    // Half the gain is what a quadratic would still rise.
    if (dot(step, gradient) < 1e-18 * Math.max(1, Math.abs(here.value)))
      return { place, likelihood: here, iterations: iteration, end };
    let share = longestShare(place, step, held);
    let moved = false;
    for (let halving = 0; halving < 60 && !moved; halving++) {
      const next = place.map((value, row) => value + share * step[row]);
      likelihoodAt(returns, next, there);
      moved = there.value > here.value;
      if (moved) place = next;
      share /= 2;
    }
    // Nothing rises any more but for the rounding of the sum.
    if (!moved) return { place, likelihood: here, iterations: iteration, end };
    [here, there] = [there, here];
  }
  return { place, likelihood: here, iterations: iterationLimit, end: "boundary" };
}

/** The directions that lead along the edges held. */
function freeDirections(held: readonly number[]): readonly (readonly number[])[] {
  const free: number[][] = [[1, 0, 0, 0]];
  if (!held.includes(omegaEdge)) free.push([0, 1, 0, 0]);
  if (held.includes(persistenceEdge)) {
    if (!held.includes(alphaEdge) && !held.includes(betaEdge)) free.push([0, 0, 1, -1]);
    return free;
  }
  if (!held.includes(alphaEdge)) free.push([0, 0, 1, 0]);
  if (!held.includes(betaEdge)) free.push([0, 0, 0, 1]);
  return free;
}

/** Newton's step within the free directions, or that of BHHH where the Hessian is not negative definite there, or else the gradient's. */
function stepFrom({ gradient, hessian, outer }: Likelihood, free: readonly (readonly number[])[]): Float64Array {
  const within = (matrix: Float64Array, sign: number) =>
    Float64Array.from({ length: free.length * free.length }, (_, cell) => {
      const [left, right] = [free[Math.floor(cell / free.length)], free[cell % free.length]];
      let sum = 0;
      for (let row = 0; row < size; row++)
        for (let column = 0; column < size; column++)
          sum += sign * left[row] * matrix[row * size + column] * right[column];
      return sum;
    });
  const slope = Float64Array.from(free, (direction) => dot(direction, gradient));
  const lower = cholesky(within(hessian, -1), free.length) ?? cholesky(within(outer, 1), free.length);
  const shares = lower === null ? slope : solve(lower, slope);
  const step = new Float64Array(size);
  free.forEach((direction, index) => {
    for (let row = 0; row < size; row++) step[row] += shares[index] * direction[row];
  });
  return step;
}

/** At most 1: the share of a step that stays clear of the edges that are not held. */
function longestShare(place: Float64Array, step: Float64Array, held: readonly number[]): number {
  let share = 1;
  edges.forEach((edge, index) => {
    const speed = -dot(edge.inward, step);
    if (speed > 0 && !held.includes(index)) share = Math.min(share, (0.95 * edge.distance(place)) / speed);
  });
  return share;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let row = 0; row < a.length; row++) sum += a[row] * b[row];
  return sum;
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

/** The lower factor of a symmetric matrix of `order` rows; null where it is not positive definite. */
function cholesky(matrix: Float64Array, order: number): Float64Array | null {
  const lower = new Float64Array(order * order);
  for (let row = 0; row < order; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row * order + column];
      for (let k = 0; k < column; k++) sum -= lower[row * order + k] * lower[column * order + k];
      if (row !== column) lower[row * order + column] = sum / lower[column * order + column];
      else if (sum > 0) lower[row * order + row] = Math.sqrt(sum);
      else return null;
    }
  }
  return lower;
}

/** The solution x of L L' x = right. */
function solve(lower: Float64Array, right: Float64Array): Float64Array {
  const order = right.length;
  const x = right.slice();
  for (let row = 0; row < order; row++) {
    for (let k = 0; k < row; k++) x[row] -= lower[row * order + k] * x[k];
    x[row] /= lower[row * order + row];
  }
  for (let row = order - 1; row >= 0; row--) {
    for (let k = row + 1; k < order; k++) x[row] -= lower[k * order + row] * x[k];
    x[row] /= lower[row * order + row];
  }
  return x;
}

/** The fit in the returns' own unit. */
function fitOf(returns: Float64Array, { place, likelihood, iterations, end }: Climbed, deviation: number): GarchFit {
  const units = [deviation, deviation * deviation, 1, 1];
  const [mu, omega, alpha, beta] = place.map((value, row) => value * units[row]);
  // At an edge the likelihood has a slope, and the Hessian says nothing of errors.
  const lower =
    end === "boundary"
      ? null
      : cholesky(
          likelihood.hessian.map((value) => -value),
          size,
        );
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
    longRunVolatility: 1 - alpha - beta > 1e-6 ? Math.sqrt(omega / (1 - alpha - beta)) : null,
    nextVolatility: Math.sqrt(likelihood.next) * deviation,
    observations: returns.length,
    iterations,
    end,
  };
}
