import { pow } from "../../../math/index.js";
import { basisPoints, stepsPerUsd } from "../../../rules/account-value.js";
import { floorAt, ratchetedFloor, targetExposure } from "../../../rules/cppi.js";
import { allOut, type Strategy } from "./account-frame.js";
import { type AccountRows, type Asked, openingFloors } from "./account-rows.js";
import type { ConstantProportionParams } from "./cppi-schema.js";
import {
  openVolatility,
  type RealisedVolatility,
  resetVolatility,
  sampleVolatility,
  volatilityOf,
} from "./realised-volatility.js";

/** What constant-proportion accounts remember of a path. */
interface State {
  /** Floor at the start in whole 1e-6 USD. */
  readonly openingFloor: Float64Array;
  /** The floor as ratchets have raised it, before its growth. */
  readonly raised: Float64Array;
  /** 1 from the moment at which the cushion was gone: sold out, and never bought again. */
  readonly locked: Uint8Array;
  readonly volatility: RealisedVolatility;
  multiplierBps: number;
}

/** Exposure at a multiple of the cushion above a floor; the floor may ratchet (TIPP), the multiplier may answer to volatility. */
export function constantProportion(params: ConstantProportionParams): Strategy<State> {
  const openingBps = Math.round(params.multiplier * basisPoints);
  const { adjust, ratchet } = params;
  const floorNow = (state: State, row: number, at: Asked) => floorAt(state.raised[row], params.floorGrowth, at.timeMs);
  return {
    open: (rows, book) => ({
      openingFloor: openingFloors(rows, book, params.floorShare),
      raised: new Float64Array(rows.openingRisky.length),
      locked: new Uint8Array(rows.openingRisky.length),
      volatility: openVolatility(),
      multiplierBps: openingBps,
    }),
    reset(state: State, rows: AccountRows): void {
      state.raised.set(state.openingFloor);
      state.locked.fill(0);
      state.multiplierBps = openingBps;
      if (adjust !== null)
        resetVolatility(state.volatility, adjust.reference, Math.floor(rows.openingUsd * stepsPerUsd));
    },
    observe(state, _rows, at): void {
      if (adjust === null) return;
      sampleVolatility(state.volatility, at.assetSteps, at.timeMs, at.tickMs, adjust.halfLifeMs);
      const ratio = volatilityOf(state.volatility) / adjust.reference;
      // Calm raises the multiplier at most to what the author allows; a variance of 0 is calm without limit.
      const factor = ratio === 0 ? Number.POSITIVE_INFINITY : pow(ratio, -2 / adjust.tail);
      state.multiplierBps = Math.round(Math.min(adjust.most * basisPoints, openingBps * factor));
    },
    watch(state, _rows, row, wealth, at): void {
      if (ratchet > 0)
        state.raised[row] = ratchetedFloor(state.raised[row], wealth, ratchet, params.floorGrowth, at.timeMs);
      if (params.lockIn && wealth <= floorNow(state, row, at)) state.locked[row] = 1;
    },
    target(state, rows, row, wealth, _exposure, at): number {
      const floor = floorNow(state, row, at);
      if (state.locked[row] === 1 || wealth <= floor) return allOut;
      const { leverageBps, bandBps } = rows;
      return targetExposure({ multiplierBps: state.multiplierBps, leverageBps, bandBps }, wealth, floor);
    },
    floor: (state, _rows, row, at) => floorNow(state, row, at),
  };
}
