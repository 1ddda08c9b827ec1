import { exp, log, normal, uniform } from "../../math/index.js";
import type { BrownianParams, JumpTails } from "./brownian-schema.js";
import { cholesky } from "./cholesky.js";

/** A year of 365 days, in milliseconds: markets that never close. */
export const msPerYear = 365 * 86_400_000;

/** What one tick of every asset is drawn from. */
export interface BrownianStep {
  /** Per asset: mean and standard deviation of the Brownian part over one tick, of ln price. */
  readonly means: Float64Array;
  readonly deviations: Float64Array;
  readonly lower: Float64Array;
  /** Per asset: jumps expected in one tick, their mean and standard deviation in ln price. */
  readonly jumps: Float64Array;
  readonly jumpMeans: Float64Array;
  readonly jumpDeviations: Float64Array;
  /** Per asset: exponential sizes in place of normal ones, or null. */
  readonly jumpTails: readonly (JumpTails | null)[];
  /** Per asset: its own random stream, and the one that its jumps' clock draws from. */
  readonly streams: readonly number[];
  readonly clocks: readonly number[];
  readonly draws: Float64Array;
}

/** The correlation matrix by rows, and what is wrong with how it is written: pairs twice, unknown assets, an asset with itself. */
export function correlationMatrix(params: BrownianParams): { matrix: Float64Array; wrong: readonly string[] } {
  const size = params.assets.length;
  const matrix = new Float64Array(size * size);
  const wrong: string[] = [];
  const known = new Set<string>();
  for (let place = 0; place < size; place++) matrix[place * size + place] = 1;
  for (const { first, second, value } of params.correlations) {
    const [row, column] = [first, second].map((symbol) => params.assets.findIndex((one) => one.asset === symbol));
    const pair = row < column ? `${row} ${column}` : `${column} ${row}`;
    if (row < 0 || column < 0) wrong.push(`${row < 0 ? first : second} has no motion here`);
    else if (row === column) wrong.push(`${first} is given a correlation with itself`);
    else if (known.has(pair)) wrong.push(`${first} and ${second} are given twice`);
    if (row < 0 || column < 0) continue;
    known.add(pair);
    matrix[row * size + column] = value;
    matrix[column * size + row] = value;
  }
  return { matrix, wrong };
}

/** What one tick is drawn from; null where the correlations are not positive definite. `streamOf` gives the stream of an asset's name, or of the shared clock. */
export function brownianStep(
  params: BrownianParams,
  tickMs: number,
  streamOf: (part: string) => number,
): BrownianStep | null {
  const { assets, rescale, jumpsTogether } = params;
  const lower = cholesky(correlationMatrix(params).matrix, assets.length);
  if (lower === null) return null;
  const years = tickMs / msPerYear;
  return {
    // d ln S = (drift - volatility^2 / 2) dt + volatility dW: the expected price grows by drift (Merton 1976, equation 3, jumps not compensated).
    means: Float64Array.from(assets, (one) => rescale * (one.drift - (one.volatility * one.volatility) / 2) * years),
    deviations: Float64Array.from(assets, (one) => rescale * one.volatility * Math.sqrt(years)),
    lower,
    jumps: Float64Array.from(assets, (one) => one.jumpsPerYear * years),
    jumpMeans: Float64Array.from(assets, (one) => rescale * one.jumpMean),
    jumpDeviations: Float64Array.from(assets, (one) => rescale * one.jumpDeviation),
    jumpTails: assets.map(({ jumpTails }) =>
      jumpTails === undefined
        ? null
        : { ...jumpTails, downMean: rescale * jumpTails.downMean, upMean: rescale * jumpTails.upMean },
    ),
    streams: assets.map((one) => streamOf(`asset ${one.asset}`)),
    clocks: assets.map((one) => streamOf(jumpsTogether ? "jumps" : `asset ${one.asset}`)),
    draws: new Float64Array(assets.length),
  };
}

/** Writes every asset's move of ln price in one tick to `into`. Draws are addressed by seed, path, tick and the asset's stream, so they hang on nothing else. */
export function drawMoves(step: BrownianStep, seed: number, path: number, tick: number, into: Float64Array): void {
  const { draws, lower, streams } = step;
  const size = draws.length;
  for (let asset = 0; asset < size; asset++) draws[asset] = normal(seed, path, tick, streams[asset], 0);
  for (let asset = 0; asset < size; asset++) {
    let correlated = 0;
    for (let other = 0; other <= asset; other++) correlated += lower[asset * size + other] * draws[other];
    into[asset] = step.means[asset] + step.deviations[asset] * correlated;
    if (step.jumps[asset] === 0) continue;
    const count = poissonCount(step.jumps[asset], uniform(seed, path, tick, step.clocks[asset], 1));
    const tails = step.jumpTails[asset];
    if (tails !== null) {
      for (let jump = 0; jump < count; jump++)
        into[asset] += tailJump(tails, uniform(seed, path, tick, streams[asset], firstTailDraw + jump));
    } else if (count > 0) {
      // The sum of n independent normal jumps is one normal with n times the mean and the variance.
      const spread = normal(seed, path, tick, streams[asset], 2);
      into[asset] += count * step.jumpMeans[asset] + Math.sqrt(count) * step.jumpDeviations[asset] * spread;
    }
  }
}

/** Index of the first of a tick's draws that are sizes of jumps with exponential tails, one draw each. */
const firstTailDraw = 2;

/**
 * One double-exponential jump of ln price at a uniform draw in (0, 1), by inversion of its distribution function: p e^(x / down) below 0, 1 - (1 - p) e^(-x / up)
 * above. Source: Kou, Management Science 48 (2002), equation 1.
 */
export function tailJump({ downShare, downMean, upMean }: JumpTails, draw: number): number {
  if (draw < downShare) return downMean * log(draw / downShare);
  return -upMean * log((1 - draw) / (1 - downShare));
}

/** The Poisson count with the given mean at a uniform draw, by inversion of the distribution function. */
export function poissonCount(mean: number, draw: number): number {
  let term = exp(-mean);
  let below = term;
  let count = 0;
  // Beyond forty standard deviations the terms are 0 and the sum has stopped rising.
  while (draw > below && term > 0) {
    count++;
    term *= mean / count;
    below += term;
  }
  return count;
}
