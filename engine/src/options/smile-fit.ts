import { assert } from "../book/problem.js";
import { exp, log } from "../math/index.js";
import { type SmileFault, type Svi, smileFaults, totalVariance } from "./smile.js";

/** Quotes of one expiry as columns of equal length. */
export interface SmileQuotes {
  /** ln(strike / forward). */
  readonly k: Float64Array;
  /** Implied volatility squared times years. */
  readonly totalVariance: Float64Array;
  /** How much a row's squared error counts, not negative; all alike where left out. */
  readonly weight?: Float64Array;
}

/** A smile through quotes. */
export interface SmileFit {
  readonly svi: Svi;
  /** Root of the weighted mean squared error, in total variance. */
  readonly rootMeanSquare: number;
  /** Arbitrage in the fitted smile. */
  readonly faults: readonly SmileFault[];
}

/** Why quotes have no smile. */
export interface NoSmile {
  readonly fault: "too-few-quotes" | "quote-not-positive" | "quote-too-large" | "weight-negative" | "one-strike";
}

/** Five parameters need five strikes. */
const LEAST_QUOTES = 5;
/** Beyond this |k| or total variance sums of squares would leave the numbers; no quote is anywhere near. */
const MOST = 1e6;
const MOST_WEIGHT = 1e100;
/** |rho| stays below this, so that the smile keeps two wings. */
const MOST_RHO = 0.9999;
/** b (1 + |rho|) stays at or below this: Lee's bound. */
const STEEPEST = 2;
/** sigma stays within these shares of the strikes' span: beyond, the smile is a corner or a parabola, and the parameters run away. */
const LEAST_WIDTH = 1e-3;
const MOST_WIDTH = 10;

/**
 * The raw SVI with the least weighted squared error in total variance. For a given m and sigma it is linear in a, rho b sigma and b sigma, which are solved
 * for exactly within |rho| < 1, b >= 0 and Lee's bound b (1 + |rho|) <= 2; m and ln sigma are searched from a grid by Nelder and Mead's simplex, the same way
 * every time. Arbitrage that remains is reported, not repaired. Source: De Marco and Martini, "Quasi-explicit calibration of Gatheral's SVI model" (Zeliade
 * Systems, 2009).
 */
export function fitSmile(quotes: SmileQuotes): SmileFit | NoSmile {
  const { k, totalVariance: variance } = quotes;
  const weight = quotes.weight ?? new Float64Array(k.length).fill(1);
  assert(variance.length === k.length && weight.length === k.length, "columns of quotes are equally long");
  for (let row = 0; row < k.length; row++) {
    if (!(Number.isFinite(k[row]) && variance[row] > 0 && Number.isFinite(variance[row]))) {
      return { fault: "quote-not-positive" };
    }
    if (Math.abs(k[row]) > MOST || variance[row] > MOST) return { fault: "quote-too-large" };
    if (!(weight[row] >= 0 && weight[row] <= MOST_WEIGHT)) return { fault: "weight-negative" };
  }
  const counted = [...k].filter((_, row) => weight[row] > 0);
  if (new Set(counted).size < 2) return { fault: counted.length < LEAST_QUOTES ? "too-few-quotes" : "one-strike" };
  if (new Set(counted).size < LEAST_QUOTES) return { fault: "too-few-quotes" };
  const least = Math.min(...counted);
  const span = Math.max(...counted) - least;
  const inner = new InnerFit(k, variance, weight);
  const error = (m: number, logSigma: number) => {
    const within =
      m >= least - span &&
      m <= least + 2 * span &&
      logSigma >= log(LEAST_WIDTH * span) &&
      logSigma <= log(MOST_WIDTH * span);
    return within ? inner.solve(m, exp(logSigma)).error : Number.POSITIVE_INFINITY;
  };
  const starts: Point[] = [];
  for (let i = 0; i <= 8; i++) {
    for (let j = 0; j <= 6; j++) {
      const m = least + (span * i) / 8;
      const logSigma = log(span) - 4.5 + 0.75 * j;
      starts.push({ m, logSigma, error: error(m, logSigma) });
    }
  }
  starts.sort((one, other) => one.error - other.error);
  let best = starts[0];
  for (const start of starts.slice(0, 4)) {
    const found = simplex(error, start, span);
    if (found.error < best.error) best = found;
  }
  const sigma = exp(best.logSigma);
  const { a, d, c, error: squares } = inner.solve(best.m, sigma);
  const svi = { a, b: c / sigma, rho: c === 0 ? 0 : d / c, m: best.m, sigma };
  return { svi, rootMeanSquare: Math.sqrt(squares), faults: smileFaults(svi) };
}

interface Point {
  readonly m: number;
  readonly logSigma: number;
  readonly error: number;
}

/** d and c. */
type Pair = readonly [number, number];

interface Linear {
  readonly a: number;
  /** rho b sigma. */
  readonly d: number;
  /** b sigma. */
  readonly c: number;
  /** Weighted mean squared error. */
  readonly error: number;
}

/** w = a + d y + c sqrt(1 + y^2) with y = (k - m) / sigma, least squares with |d| <= MOST_RHO c and c + |d| <= STEEPEST sigma. */
class InnerFit {
  private readonly total: number;

  constructor(
    private readonly k: Float64Array,
    private readonly variance: Float64Array,
    private readonly weight: Float64Array,
  ) {
    this.total = weight.reduce((sum, one) => sum + one, 0);
  }

  /** The best of the interior, if it lies within the admitted (d, c), and of the four edges of their border. */
  solve(m: number, sigma: number): Linear {
    const { k, variance, weight, total } = this;
    // Moments around the weighted means, so that nothing cancels: y, z = sqrt(1 + y^2), w.
    let meanY = 0;
    let meanZ = 0;
    let meanW = 0;
    for (let row = 0; row < k.length; row++) {
      const y = (k[row] - m) / sigma;
      meanY += weight[row] * y;
      meanZ += weight[row] * Math.sqrt(1 + y * y);
      meanW += weight[row] * variance[row];
    }
    meanY /= total;
    meanZ /= total;
    meanW /= total;
    let yy = 0;
    let yz = 0;
    let zz = 0;
    let yw = 0;
    let zw = 0;
    for (let row = 0; row < k.length; row++) {
      const y = (k[row] - m) / sigma;
      const fromY = y - meanY;
      const fromZ = Math.sqrt(1 + y * y) - meanZ;
      const fromW = variance[row] - meanW;
      yy += weight[row] * fromY * fromY;
      yz += weight[row] * fromY * fromZ;
      zz += weight[row] * fromZ * fromZ;
      yw += weight[row] * fromY * fromW;
      zw += weight[row] * fromZ * fromW;
    }
    // Within the cone |d| <= MOST_RHO c and below c + |d| = STEEPEST sigma, or on its border.
    const determinant = yy * zz - yz * yz;
    const free: Pair = [(yw * zz - zw * yz) / determinant, (zw * yy - yw * yz) / determinant];
    const isWithin = Math.abs(free[0]) <= MOST_RHO * free[1] && free[1] + Math.abs(free[0]) <= STEEPEST * sigma;
    const candidates: Pair[] = isWithin ? [free] : [];
    const edge = (STEEPEST * sigma) / (1 + MOST_RHO);
    const corners: Pair[] = [
      [0, 0],
      [MOST_RHO * edge, edge],
      [0, STEEPEST * sigma],
      [-MOST_RHO * edge, edge],
    ];
    corners.forEach(([d, c], index) => {
      const [toD, toC] = corners[(index + 1) % 4];
      const [alongD, alongC] = [toD - d, toC - c];
      const pull = alongD * (yw - yy * d - yz * c) + alongC * (zw - yz * d - zz * c);
      const curve = yy * alongD * alongD + 2 * yz * alongD * alongC + zz * alongC * alongC;
      const share = curve > 0 ? Math.min(1, Math.max(0, pull / curve)) : 0;
      candidates.push([d + share * alongD, c + share * alongC]);
    });
    let best: Linear | undefined;
    for (const [slope, curve] of candidates) {
      const a = meanW - slope * meanY - curve * meanZ;
      const error = this.errorOf(m, sigma, a, slope, curve);
      if (best === undefined || error < best.error) best = { a, d: slope, c: curve, error };
    }
    assert(best !== undefined, "an edge is always a candidate");
    return best;
  }

  private errorOf(m: number, sigma: number, a: number, d: number, c: number): number {
    const { k, variance, weight, total } = this;
    const svi = { a, b: c / sigma, rho: c === 0 ? 0 : d / c, m, sigma };
    let sum = 0;
    for (let row = 0; row < k.length; row++) {
      const off = totalVariance(svi, k[row]) - variance[row];
      sum += weight[row] * off * off;
    }
    return sum / total;
  }
}

/** Nelder and Mead, "A simplex method for function minimization", Computer Journal 7 (1965), in two dimensions; restarted once where it ends. */
function simplex(error: (m: number, logSigma: number) => number, start: Point, span: number): Point {
  const at = (m: number, logSigma: number): Point => ({ m, logSigma, error: error(m, logSigma) });
  let best = start;
  for (const size of [1, 0.05, 0.0025]) {
    const corners = [best, at(best.m + 0.1 * size * span, best.logSigma), at(best.m, best.logSigma + 0.4 * size)];
    for (let round = 0; round < 160; round++) {
      corners.sort((one, other) => one.error - other.error);
      const [low, middle, high] = corners;
      const m = 0.5 * (low.m + middle.m);
      const logSigma = 0.5 * (low.logSigma + middle.logSigma);
      const width = Math.abs(high.m - low.m) + Math.abs(high.logSigma - low.logSigma) * span;
      if (width < 1e-13 * span) break;
      const along = (share: number) => at(m + share * (m - high.m), logSigma + share * (logSigma - high.logSigma));
      const reflected = along(1);
      if (reflected.error < low.error) {
        const expanded = along(2);
        corners[2] = expanded.error < reflected.error ? expanded : reflected;
      } else if (reflected.error < middle.error) {
        corners[2] = reflected;
      } else {
        const contracted = reflected.error < high.error ? along(0.5) : along(-0.5);
        if (contracted.error < Math.min(reflected.error, high.error)) {
          corners[2] = contracted;
        } else {
          corners[1] = at(0.5 * (low.m + middle.m), 0.5 * (low.logSigma + middle.logSigma));
          corners[2] = at(0.5 * (low.m + high.m), 0.5 * (low.logSigma + high.logSigma));
        }
      }
    }
    corners.sort((one, other) => one.error - other.error);
    best = corners[0];
  }
  return best;
}
