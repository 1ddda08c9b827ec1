import { absorbedFromLanding, assetDepth } from "./absorbed.js";
import { AdverseFlow, forcedByMove } from "./adverse-flow.js";
import { type Jump, largestJump } from "./jump.js";
import type { Landing } from "./landing.js";
import { type MapMarket, mergeVenues, spotPrices, startVenues } from "./market.js";
import { reacting, type Solution } from "./solve.js";
import { spectralRadius } from "./spectral-radius.js";

/** The horizons that are always printed: one block, ten minutes, one day. */
export const defaultHorizonsMs: readonly number[] = [12_000, 600_000, 86_400_000];
/** The price move over which the gain is taken. */
export const defaultMove = 0.01;

/** Gain at one set of prices: forced units per unit of depth over the same move (docs/model.md). */
export interface Gain {
  /** The single entry, or the spectral radius of the positive part of the matrix. Infinity: forced flow meets no depth. */
  readonly value: number;
  /** By asset: the prices it was taken at, in dollars. */
  readonly pricesUsd: Float64Array;
  /** Entry (a, b), row by row over all assets: units of a forced by `move` in b over the units a's depth absorbs over `move`; 0 where nothing trades b. */
  readonly matrix: Float64Array;
  /** Units forced by each asset's own move, and units its depth absorbs over the move. */
  readonly forcedUnits: Float64Array;
  readonly depthUnits: Float64Array;
  /** A negative entry: some trade answers the move against it. */
  readonly nonMonotone: boolean;
  /** Largest account where one is more than a tenth of the forced units: then this is a jump, not a rate. */
  readonly jump: Jump | null;
}

/** How a gain is asked for. */
export interface GainQuestion {
  /** Relative size of the move: 0.01. */
  readonly move: number;
  /** -1: falls and forced sales; 1: rises and forced purchases. */
  readonly direction: -1 | 1;
  readonly horizonMs: number;
}

/** Gain with every asset at `pricesUsd` and the depth at balance there. */
export function gainAt(market: MapMarket, pricesUsd: ArrayLike<number>, question: GainQuestion): Gain {
  const { move, direction, horizonMs } = question;
  const depthUnits = Float64Array.from(market.assets, (_, asset) =>
    assetDepth(market, asset, pricesUsd[asset], pricesUsd[asset] * (1 + direction * move), pricesUsd, horizonMs),
  );
  return gainOver(market, pricesUsd, depthUnits, question);
}

/** Gain at a landing: prices there, and the depth that is left there (the landing's own `used`). */
export function gainAtLanding(market: MapMarket, solution: Solution, landing: Landing, question: GainQuestion): Gain {
  const { move, direction, horizonMs } = question;
  const depthUnits = new Float64Array(market.assets.length);
  startVenues(market, solution.fairUsd, solution.arbitragePools);
  mergeVenues(market).forEach(({ merged, venues }, instrument) => {
    const { asset, quote } = market.instruments[instrument];
    if (merged.ladders.length === 0) return;
    const allotted = Float64Array.from(merged.allot(landing.absorbedUnits[instrument]));
    const to = (landing.pricesUsd[asset] * (1 + direction * move)) / solution.fairUsd[quote];
    merged.ladders.forEach((_, row) => {
      const fair = solution.fairUsd[asset] / solution.fairUsd[quote];
      depthUnits[asset] += absorbedFromLanding(
        market.venues[venues[row]],
        fair,
        allotted[row],
        to,
        direction < 0,
        horizonMs,
      );
    });
  });
  return gainOver(market, landing.pricesUsd, depthUnits, question);
}

function gainOver(
  market: MapMarket,
  pricesUsd: ArrayLike<number>,
  depthUnits: Float64Array,
  question: GainQuestion,
): Gain {
  const { move, direction, horizonMs } = question;
  const count = market.assets.length;
  const ladders = reacting(market, horizonMs);
  const flow = new AdverseFlow(market, direction);
  const before = flow.at(ladders, pricesUsd);
  const matrix = new Float64Array(count * count);
  const forcedUnits = new Float64Array(count);
  let largest = 0;
  let jump: Jump | null = null;
  for (let moved = 0; moved < count; moved++) {
    // What no instrument trades (dollars) is moved by no forced flow: its column is no part of the loop.
    if (!market.instruments.some(({ asset }) => asset === moved)) continue;
    const prices = Float64Array.from(pricesUsd);
    prices[moved] *= 1 + direction * move;
    const after = flow.at(ladders, prices);
    for (let asset = 0; asset < count; asset++) {
      const units = ladders.reduce((sum, _, at) => sum + forcedByMove(before[at], after[at], asset), 0);
      matrix[asset * count + moved] = units === 0 ? 0 : units / depthUnits[asset];
      if (asset === moved) forcedUnits[moved] = units;
    }
    if (forcedUnits[moved] > 0) {
      const found = largestJump(market, ladders, moved, pricesUsd, prices, forcedUnits[moved]);
      if (found && found.share > largest) {
        largest = found.share;
        jump = found;
      }
    }
  }
  return {
    value: spectralRadius(matrix, count),
    pricesUsd: Float64Array.from(pricesUsd),
    matrix,
    forcedUnits,
    depthUnits,
    nonMonotone: matrix.some((entry) => entry < 0),
    jump,
  };
}

/** Gains of a shock at one horizon: where the market stands, where it lands, and the largest on the way of the map. */
export interface ShockGain {
  readonly move: number;
  readonly horizonMs: number;
  readonly atSpot: Gain;
  readonly atShallowest: Gain;
}

/** Gain at spot and at the shallowest landing of a solution, for the direction of its shock, one entry per horizon. */
export function gainsOf(
  market: MapMarket,
  solution: Solution,
  direction: -1 | 1,
  move: number = defaultMove,
  horizonsMs: readonly number[] = defaultHorizonsMs,
): ShockGain[] {
  return horizonsMs.map((horizonMs) => {
    const question = { move, direction, horizonMs };
    const atShallowest = gainAtLanding(market, solution, solution.shallowest, question);
    const atSpot = gainAt(market, spotPrices(market), question);
    return { move, horizonMs, atSpot, atShallowest };
  });
}
