import { mulDivDown } from "../rounding.js";
import { RAY } from "../scales.js";
import { AlreadyStopped, InvalidPrice, NonexistentLevel, PriceWithinBounds, TemporarilyLocked } from "./errors.js";
import type { MakerParameters } from "./parameters.js";
import type { BreakerLevel, MakerState } from "./state.js";

/** Governance sets the breaker and locks everybody else's hand for `lockSeconds`. Throws NonexistentLevel. Source: ClipperMom `setBreaker`. */
export function setBreaker(state: MakerState, level: BreakerLevel, lockSeconds: bigint): MakerState {
  if (![0, 1, 2, 3].includes(level)) throw new NonexistentLevel(`level ${level}; it may be 0, 1, 2 or 3`);
  return { ...state, stopped: level, breakerLockedUntil: state.now + lockSeconds };
}

/**
 * Anybody stops new auctions and resets (level 2) where the next price is BELOW the current one times the tolerance, rounded down; only governance lifts it.
 * Throws AlreadyStopped, TemporarilyLocked, InvalidPrice, PriceWithinBounds. Source: ClipperMom `tripBreaker`.
 */
export function tripBreaker(parameters: MakerParameters, state: MakerState): MakerState {
  if (state.stopped >= 2) throw new AlreadyStopped(`the breaker stands at ${state.stopped} already`);
  if (state.now <= state.breakerLockedUntil)
    throw new TemporarilyLocked(`it is second ${state.now}; locked up to second ${state.breakerLockedUntil}`);
  const { current, next } = state.oracle;
  if (current === null || next === null) throw new InvalidPrice("the oracle lacks a current or a next price");
  const least = mulDivDown(current, parameters.breakerTolerance, RAY);
  if (next >= least) throw new PriceWithinBounds(`the next price is ${next}; the breaker trips below ${least}`);
  return { ...state, stopped: 2 };
}
