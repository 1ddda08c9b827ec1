import type { Book } from "../../../book/book.js";
import { log } from "../../../math/index.js";
import { basisPoints } from "../../../rules/account-value.js";
import { rampedThreshold } from "../../../rules/threshold-ramp.js";
import type { Decide, Layout } from "../../../run/index.js";
import type { RampParams } from "./market-schema.js";

/** A change of one collateral's threshold that governance has decided. */
interface Ramp {
  readonly asset: number;
  /** Basis points. */
  readonly to: number;
  readonly startMs: number;
  readonly overMs: number;
}

/** Thresholds of a path: they begin as the rule's and may move by ramps and by governors. */
export interface Thresholds {
  /** Basis points by asset, at the opening. */
  readonly opening: readonly number[];
  /** Basis points by asset now: the very list that the rule reads. */
  readonly now: number[];
  /** ln(opening / now) by asset: what a fall of the threshold is as a fall of the collateral's price. */
  readonly falls: Float64Array;
  readonly ramps: readonly Ramp[];
  /** By asset: the parameter that governors may set, or -1. */
  readonly parameters: Int32Array;
}

/** A parameter's name: basis points that a collateral's threshold is at most. */
export function thresholdPath(mechanism: string, symbol: string): string {
  return `${mechanism}.threshold.${symbol}`;
}

/** Lays out thresholds; `now` is the list of the rule that runs. Where they may move they are offered to governors. */
export function openThresholds(
  name: string,
  now: number[],
  ramps: Readonly<Record<string, RampParams>>,
  mayMove: boolean,
  book: Book,
  layout: Layout,
): Thresholds {
  return {
    opening: [...now],
    now,
    falls: new Float64Array(now.length),
    ramps: Object.entries(ramps).map(([symbol, { to, startMs, overMs }]) => ({
      asset: book.assets.findIndex((asset) => asset.symbol === symbol),
      to: Math.round(to * basisPoints),
      startMs,
      overMs,
    })),
    parameters: Int32Array.from(book.assets, ({ symbol }, asset) =>
      mayMove && now[asset] > 0 ? layout.offerParameter(thresholdPath(name, symbol), now[asset]) : -1,
    ),
  };
}

/** Puts thresholds back to the opening. */
export function resetThresholds({ opening, now, falls }: Thresholds): void {
  for (let asset = 0; asset < opening.length; asset++) now[asset] = opening[asset];
  falls.fill(0);
}

/** Brings thresholds to where ramps and governors have them in this tick, the lower of both; true where one moved. */
export function moveThresholds({ opening, now, falls, ramps, parameters }: Thresholds, at: Decide): boolean {
  let moved = false;
  for (let asset = 0; asset < opening.length; asset++) {
    if (parameters[asset] < 0) continue;
    let threshold = opening[asset];
    for (const ramp of ramps)
      if (ramp.asset === asset) threshold = rampedThreshold(threshold, ramp.to, ramp.startMs, ramp.overMs, at.timeMs);
    const governed = Math.floor(at.parameter(parameters[asset]));
    // What nobody governs stays at the opening, and does not hold a raised threshold back.
    if (governed !== opening[asset]) threshold = Math.min(threshold, governed);
    if (threshold === now[asset]) continue;
    now[asset] = threshold;
    falls[asset] = log(opening[asset]) - (threshold === 0 ? -1e6 : log(threshold));
    moved = true;
  }
  return moved;
}
