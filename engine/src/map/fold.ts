import { Rounds } from "./landing.js";
import type { MapMarket } from "./market.js";
import { spotValueUsd } from "./market.js";
import { type SolveOptions, solveShallowest } from "./solve.js";

/**
 * Where the shallowest landing jumps. A jump at shock s is a discontinuity of the landing price, as a relative move from spot, that is larger than
 * the shock itself and than one band of the map: |L(s+) - L(s-)| > max(|s|, move). So an arbitrarily small addition to the shock does more than the whole
 * shock so far; a single account's step does not count unless it, with what it sets off, is as large as that.
 */
export interface Fold {
  /** Relative outside move of fair value, signed: -0.38. */
  readonly shock: number;
  /** Dollars, at spot, that sold (or bought) at once at spot bring the same jump; null where depth ends before. */
  readonly saleUsd: number | null;
  /** Relative landing just before and just after the jump. */
  readonly landingBefore: number;
  readonly landingAfter: number;
}

/** How the fold is looked for. */
export interface FoldOptions extends SolveOptions {
  /** The smallest jump that counts, relative: one band of the map. */
  readonly move?: number;
  /** How exactly the shock is found, relative. */
  readonly resolution?: number;
}

const lowestShock = -0.95;
const highestShock = 3;

/**
 * The fold of an asset in one direction: the smallest outside shock, within -95 % and +300 %, at which its shallowest landing jumps; null where none does.
 * The landing does not turn back as the shock grows, so an interval over which it moves by no more than a jump holds none: halves are searched nearer
 * one first, down to the resolution, on the exact staircase.
 */
export function fold(
  market: MapMarket,
  asset: number,
  direction: -1 | 1,
  options: FoldOptions = {},
  rounds = new Rounds(market),
): Fold | null {
  const { move = 0.01, resolution = 1e-10 } = options;
  const spotUsd = market.assets[asset].spotUsd;
  const landing = (shock: number): number => {
    const moves = new Float64Array(market.assets.length);
    moves[asset] = shock;
    return solveShallowest(rounds, { moves }, options).pricesUsd[asset] / spotUsd - 1;
  };
  const end = direction < 0 ? lowestShock : highestShock;
  const found = firstJump(
    landing,
    (shock) => Math.max(Math.abs(shock), move),
    0,
    end,
    () => resolution,
  );
  if (!found) return null;
  return {
    shock: found.after,
    saleUsd: foldOfSale(market, asset, direction, options, rounds),
    landingBefore: found.landingBefore,
    landingAfter: found.landingAfter,
  };
}

/** Dollars of outside selling (buying) on the asset's main instrument at which the landing jumps by more than the sale alone moved it. */
function foldOfSale(
  market: MapMarket,
  asset: number,
  direction: -1 | 1,
  options: FoldOptions,
  rounds: Rounds,
): number | null {
  const instrument = rounds.mainInstrument(asset);
  if (instrument < 0) return null;
  const spotUsd = market.assets[asset].spotUsd;
  const sale = new Float64Array(market.instruments.length);
  const landing = (units: number): number => {
    sale[instrument] = -direction * units;
    return solveShallowest(rounds, { saleUnits: sale }, options).pricesUsd[asset] / spotUsd - 1;
  };
  landing(0);
  const { merged } = rounds.depths[instrument];
  const quoteUsd = market.assets[market.instruments[instrument].quote].spotUsd;
  const alone = (units: number) => Math.abs((merged.middleAfter(-direction * units) * quoteUsd) / spotUsd - 1);
  const capacity = merged.capacity(direction < 0 ? 1 : -1);
  const found = firstJump(
    landing,
    (units) => Math.max(alone(units), options.move ?? 0.01),
    0,
    capacity,
    () => 1,
  );
  return found ? spotValueUsd(market, instrument, found.after) : null;
}

/** Two neighbouring shocks between which the landing jumps. */
interface FoundJump {
  readonly before: number;
  readonly after: number;
  readonly landingBefore: number;
  readonly landingAfter: number;
}

/**
 * The jump nearest to `start` of a function that does not turn back between `start` and `end`: |f(b) - f(a)| > least(a) with |b - a| at most the
 * resolution. Whole-number questions use a resolution of 1.
 */
export function firstJump(
  landing: (shock: number) => number,
  least: (shock: number) => number,
  start: number,
  end: number,
  resolution: (shock: number) => number,
): FoundJump | null {
  const whole = resolution(start) === 1;
  const stack = [{ before: start, after: end, landingBefore: landing(start), landingAfter: landing(end) }];
  for (let span = stack.pop(); span; span = stack.pop()) {
    const { before, after, landingBefore, landingAfter } = span;
    if (Math.abs(landingAfter - landingBefore) <= least(before)) continue;
    if (Math.abs(after - before) <= resolution(before)) return span;
    const half = before + (after - before) / 2;
    const middle = whole ? Math.floor(half) : half;
    const landingMiddle = landing(middle);
    // The nearer half is searched first.
    stack.push({ before: middle, after, landingBefore: landingMiddle, landingAfter });
    stack.push({ before, after: middle, landingBefore, landingAfter: landingMiddle });
  }
  return null;
}
