import { exp, mulDivDown } from "../../../math/index.js";
import { basisPoints, powersOfTen, stepsPerUsd, unitsDown, valuesPerUsd } from "../../../rules/account-value.js";
import { type InsuredShares, insuredShares, replicatedShare } from "../../../rules/synthetic-put.js";
import type { VolatilitySurface } from "../../../run/index.js";
import type { Strategy } from "./account-frame.js";
import { type AccountRows, type Asked, openingFloors, openingWealth } from "./account-rows.js";
import { isMechanical } from "./execution.js";
import {
  openVolatility,
  type RealisedVolatility,
  resetVolatility,
  sampleVolatility,
  volatilityOf,
} from "./realised-volatility.js";
import type { SyntheticPutParams } from "./synthetic-put-schema.js";

const msPerYear = 365 * 86_400_000;

interface State {
  /** Floors at the horizon in whole 1e-6 USD. */
  readonly floor: Float64Array;
  /** Insured coins by account (whole units, not rounded), and the strike of their puts. */
  readonly insured: Float64Array;
  readonly strikeUsd: Float64Array;
  readonly surface: VolatilitySurface | null;
  readonly realised: RealisedVolatility;
}

/**
 * Option-based insurance by replication: an account whose wealth would buy w coins and as many puts holds w N(d1) coins instead, and cash. How many units that is
 * follows from price, time and volatility alone, never from what the account paid on the way: as far as its cash and credit reach, map and run agree to the unit.
 */
export function syntheticPut(params: SyntheticPutParams): Strategy<State> {
  const { rate, volatility, horizonMs, halfLifeMs } = params;
  const volatilityNow = ({ surface, realised }: State, strikeUsd: number, spotUsd: number, timeMs: number) => {
    if (surface !== null) return surface.volatility(volatility, strikeUsd, spotUsd, timeMs);
    return halfLifeMs === null ? volatility : volatilityOf(realised);
  };
  const known = new Map<number, InsuredShares>();
  /** Without a floor there is nothing to insure: the whole wealth in coins, and a put at 0. */
  const solved = (floorShare: number): InsuredShares => {
    const before = known.get(floorShare);
    if (before !== undefined) return before;
    const years = horizonMs / msPerYear;
    const found = floorShare === 0 ? { shares: 1, strike: 0 } : insuredShares({ floorShare, years, volatility, rate });
    known.set(floorShare, found);
    return found;
  };
  let opened: { readonly rows: AccountRows; readonly state: State } | null = null;
  return {
    /** Also the cash must reach: w coins are the most that is ever held, so credit for w / held times wealth is enough at any price. */
    get pathFree(): boolean {
      if (opened === null) return false;
      const { rows, state } = opened;
      const exact = rows.bandBps === 0 && params.everyMs === 0 && halfLifeMs === null && isMechanical(rows);
      const reaches = (row: number) =>
        rows.openingCash[row] >= 0 && state.insured[row] * basisPoints <= rows.openingRisky[row] * rows.leverageBps;
      return exact && rows.openingRisky.every((_, row) => reaches(row));
    },
    method: "accounts one by one: what replicates their puts at the held price",
    open(rows, book, layout): State {
      const count = rows.openingRisky.length;
      const floor = openingFloors(rows, book, params.floorShare);
      const hasOwnFloors = rows.column("floorUsd") !== undefined;
      const insured = new Float64Array(count);
      const strikeUsd = new Float64Array(count);
      for (let row = 0; row < count; row++) {
        const wealth = openingWealth(rows, book, row);
        if (wealth <= 0) continue;
        const { shares, strike } = solved(hasOwnFloors ? floor[row] / wealth : params.floorShare);
        insured[row] = ((shares * wealth) / valuesPerUsd / rows.openingUsd) * powersOfTen[rows.assetDecimals];
        strikeUsd[row] = strike * rows.openingUsd;
      }
      const surface = params.surface === null ? null : layout.surface(params.surface);
      const state = { floor, insured, strikeUsd, surface, realised: openVolatility() };
      opened = { rows, state };
      return state;
    },
    reset(state, rows): void {
      resetVolatility(state.realised, volatility, Math.floor(rows.openingUsd * stepsPerUsd));
    },
    observe(state, _rows, at): void {
      if (halfLifeMs !== null) sampleVolatility(state.realised, at.assetSteps, at.timeMs, at.tickMs, halfLifeMs);
    },
    holding(state, rows, row, _risky, wealth, at): number {
      const strikeUsd = state.strikeUsd[row];
      const spotUsd = at.assetSteps / stepsPerUsd;
      const years = (horizonMs - at.timeMs) / msPerYear;
      const now = volatilityNow(state, strikeUsd, spotUsd, at.timeMs);
      const share = strikeUsd === 0 ? 1 : replicatedShare(spotUsd, strikeUsd, years, now, rate);
      const most = unitsDown(
        mulDivDown(Math.max(0, wealth), rows.leverageBps, basisPoints),
        at.assetSteps,
        rows.assetDecimals,
      );
      return Math.min(Math.floor(state.insured[row] * share), most);
    },
    floor: (state, _rows, row, at: Asked) =>
      // Before the horizon: what must lie there now to become the floor.
      Math.ceil(state.floor[row] * exp((-rate * Math.max(0, horizonMs - at.timeMs)) / msPerYear)),
  };
}
