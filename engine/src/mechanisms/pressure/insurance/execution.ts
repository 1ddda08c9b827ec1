import { type Decide, tapeKinds } from "../../../run/index.js";
import type { AccountRows } from "./account-rows.js";

/** What people who carry a rule out remember, by account. */
export interface ExecutionRows {
  /** Start of the tick from which the present demand has stood; -1 where there is none. */
  readonly since: Float64Array;
  /** Units that the rule asked for last and that were not ordered (signed). */
  readonly outstanding: Float64Array;
  /** Units ordered in this tick, and which tick that is. */
  readonly spent: Float64Array;
  readonly spentTick: Float64Array;
  /** What the tape last said was held back. */
  readonly said: Float64Array;
  /** Price (steps) from which the next pause is counted, and when the present pause ends; 0: none. */
  pauseFrom: number;
  pauseUntil: number;
}

/** No demand yet. */
export function openExecution(count: number): ExecutionRows {
  return {
    since: new Float64Array(count).fill(-1),
    outstanding: new Float64Array(count),
    spent: new Float64Array(count),
    spentTick: new Float64Array(count).fill(-1),
    said: new Float64Array(count),
    pauseFrom: 0,
    pauseUntil: 0,
  };
}

/** Puts everything back to the start of a path; `openingSteps` is the price from which a first pause is counted. */
export function resetExecution(execution: ExecutionRows, openingSteps: number): void {
  execution.since.fill(-1);
  execution.outstanding.fill(0);
  execution.spent.fill(0);
  execution.spentTick.fill(-1);
  execution.said.fill(0);
  execution.pauseFrom = openingSteps;
  execution.pauseUntil = 0;
}

/** True where people carry the rule out at once and in full. */
export function isMechanical({ params }: AccountRows): boolean {
  const { discretion, delayMs, sharePerHour, pauseAfter } = params.execution;
  return discretion === 1 && delayMs === 0 && sharePerHour === null && pauseAfter === 0;
}

/** The holding that people want where the rule wants `ruled` units and they follow a share of the way there from the opening holding. */
export function followed(rows: AccountRows, row: number, ruled: number, discretion: number): number {
  if (discretion === 1) return ruled;
  const opening = rows.openingRisky[row];
  return opening + Math.round((ruled - opening) * discretion);
}

/** Notes the price of this tick: a fall since the last pause begins a new one. Says the same when asked twice. */
export function watchPrice(rows: AccountRows, execution: ExecutionRows, steps: number, timeMs: number): void {
  const { pauseAfter, pauseMs } = rows.params.execution;
  if (pauseAfter === 0 || steps === 0 || timeMs < execution.pauseUntil) return;
  if (steps > execution.pauseFrom * (1 + pauseAfter)) return;
  execution.pauseFrom = steps;
  execution.pauseUntil = timeMs + pauseMs;
}

/** Of a demand that stands, the units that are ordered now (same sign): none in a pause or before its time, no more than the pace. Writes nothing. */
export function orderedNow(
  rows: AccountRows,
  execution: ExecutionRows,
  row: number,
  units: number,
  at: { readonly tick: number; readonly timeMs: number; readonly tickMs: number },
): number {
  const { delayMs, sharePerHour } = rows.params.execution;
  const startMs = at.timeMs - at.tickMs;
  if (units === 0 || startMs < execution.pauseUntil) return 0;
  const stands = execution.since[row] >= 0 && execution.outstanding[row] > 0 === units > 0;
  const since = stands ? execution.since[row] : startMs;
  if (startMs - since < delayMs) return 0;
  if (sharePerHour === null) return units;
  const most = Math.floor((rows.openingRisky[row] * sharePerHour * at.tickMs) / 3_600_000);
  const left = Math.max(0, most - (execution.spentTick[row] === at.tick ? execution.spent[row] : 0));
  return units > 0 ? Math.min(units, left) : -Math.min(-units, left);
}

/** Remembers what was asked and what of it was ordered; what is held back goes on the tape where it changed. */
export function remember(
  rows: AccountRows,
  execution: ExecutionRows,
  row: number,
  asked: number,
  demand: number,
  ordered: number,
  at: Decide,
): void {
  const startMs = at.timeMs - at.tickMs;
  if (execution.spentTick[row] !== at.tick) {
    execution.spentTick[row] = at.tick;
    execution.spent[row] = 0;
  }
  execution.spent[row] += Math.abs(ordered);
  const left = demand - ordered;
  const before = execution.outstanding[row];
  // What is worked off at a pace has waited its time already; a demand that is new, or that turned, begins anew.
  if (left === 0) execution.since[row] = -1;
  else if (execution.since[row] < 0 || before > 0 !== left > 0) execution.since[row] = startMs;
  execution.outstanding[row] = left;
  const heldBack = asked - ordered;
  if (at.round > 0 || heldBack === execution.said[row]) return;
  execution.said[row] = heldBack;
  at.record(tapeKinds.required, at.mechanismIndex, row, heldBack, 0, rows.instrument);
}
