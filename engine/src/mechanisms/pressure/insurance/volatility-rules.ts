import { mulDivDown } from "../../../math/index.js";
import { basisPoints, stepsPerUsd, unitsDown } from "../../../rules/account-value.js";
import { allOut, type Strategy } from "./account-frame.js";
import type { AccountRows, Asked } from "./account-rows.js";
import { holdingWhileIn } from "./opening-holding.js";
import {
  openVolatility,
  type RealisedVolatility,
  resetVolatility,
  sampleVolatility,
  volatilityOf,
} from "./realised-volatility.js";

/** How volatility is estimated; shares per square root of a year. */
interface Estimate {
  /** What was seen before the path. */
  readonly before: number;
  readonly halfLifeMs: number;
}

/** A target volatility of wealth. */
export interface VolatilityTarget extends Estimate {
  readonly target: number;
  /** Smallest exposure as a multiple of wealth. */
  readonly least: number;
}

/** Two limits of volatility with a cool-down between them. */
export interface VolatilityExit extends Estimate {
  readonly above: number;
  readonly below: number;
  readonly cooldownMs: number;
  /** Share of wealth that stays in the asset while the account is out. */
  readonly exposure: number;
}

interface TargetState {
  readonly volatility: RealisedVolatility;
  shareBps: number;
}

interface ExitState {
  readonly volatility: RealisedVolatility;
  /** When the accounts left, ms; below 0: they are in. */
  leftMs: number;
}

function restart(volatility: RealisedVolatility, rows: AccountRows, before: number): void {
  resetVolatility(volatility, before, Math.floor(rows.openingUsd * stepsPerUsd));
}

/** Exposure = min(leverage, max(least, target / volatility)) x wealth: a price that becomes volatile, either way, forces sales. Source: Moreira and Muir (2017). */
export function volatilityTarget({ target, least, before, halfLifeMs }: VolatilityTarget): Strategy<TargetState> {
  const shareOf = (rows: AccountRows, volatility: number) => {
    const wanted = volatility === 0 ? Number.POSITIVE_INFINITY : target / volatility;
    return Math.round(Math.min(rows.leverageBps, Math.max(least, wanted) * basisPoints));
  };
  return {
    answersNextTick: true,
    open: () => ({ volatility: openVolatility(), shareBps: 0 }),
    reset(state, rows): void {
      restart(state.volatility, rows, before);
      state.shareBps = shareOf(rows, before);
    },
    observe(state, rows, at): void {
      sampleVolatility(state.volatility, at.assetSteps, at.timeMs, at.tickMs, halfLifeMs);
      state.shareBps = shareOf(rows, volatilityOf(state.volatility));
    },
    target: (state, _rows, _row, wealth) => (wealth <= 0 ? allOut : mulDivDown(wealth, state.shareBps, basisPoints)),
  };
}

/** Out of the market while volatility is high: leaves above one limit, returns below the other once the cool-down has passed; while out it never buys. */
export function volatilityExit(params: VolatilityExit): Strategy<ExitState> {
  const keptBps = Math.round(params.exposure * basisPoints);
  return {
    answersNextTick: true,
    holdsOn: true,
    open: () => ({ volatility: openVolatility(), leftMs: -1 }),
    reset(state, rows): void {
      restart(state.volatility, rows, params.before);
      state.leftMs = -1;
    },
    observe(state, _rows, at): void {
      sampleVolatility(state.volatility, at.assetSteps, at.timeMs, at.tickMs, params.halfLifeMs);
      const volatility = volatilityOf(state.volatility);
      if (state.leftMs < 0) {
        if (volatility > params.above) state.leftMs = at.timeMs;
      } else if (volatility < params.below && at.timeMs - state.leftMs >= params.cooldownMs) state.leftMs = -1;
    },
    holding(state, rows, row, risky, wealth, at: Asked): number {
      if (state.leftMs < 0) return holdingWhileIn(rows, row, risky, wealth, at);
      const kept = mulDivDown(Math.max(0, wealth), keptBps, basisPoints);
      return Math.min(risky, unitsDown(kept, at.assetSteps, rows.assetDecimals));
    },
  };
}
