import { assert } from "../book/problem.js";
import { leastPoint } from "./least-point.js";
import { logRatio } from "./normalised-black.js";
import { type Smile, totalVariance } from "./smile.js";

/** Two expiries whose smiles cross: the later has less total variance at some log-moneyness, so a calendar spread has a negative price. */
export interface CalendarFault {
  readonly code: "calendar-arbitrage";
  /** Row of the earlier smile; the later is the next. */
  readonly row: number;
  /** Forward log-moneyness at which the later lacks most. */
  readonly k: number;
  /** Total variance of the later less that of the earlier there: below 0. */
  readonly value: number;
}

/**
 * Total variance at a forward log-moneyness and time: linear in time between two expiries at equal log-moneyness; before the first and after the last the
 * volatility of that expiry holds. Smiles stand in order of time. Throws `AssertionError` for no smiles, wrong order or a time that is negative.
 * Source: Gatheral and Jacquier (2014), lemma 5.1 with linear weights (no calendar arbitrage where the expiries have none).
 */
export function surfaceVariance(smiles: readonly Smile[], k: number, years: number): number {
  assertOrder(smiles);
  assert(years >= 0 && Number.isFinite(years), `years ${years} are not negative`);
  const later = smiles.findIndex((smile) => smile.years >= years);
  if (later === 0 || later === -1) {
    const nearest = later === 0 ? smiles[0] : smiles[smiles.length - 1];
    return (totalVariance(nearest.svi, k) * years) / nearest.years;
  }
  const [before, after] = [smiles[later - 1], smiles[later]];
  const share = (years - before.years) / (after.years - before.years);
  return (1 - share) * totalVariance(before.svi, k) + share * totalVariance(after.svi, k);
}

/** Implied volatility of a strike at a time at which the forward is `forward`; 0 where total variance or time is not positive. */
export function surfaceVolatility(smiles: readonly Smile[], strike: number, forward: number, years: number): number {
  const variance = surfaceVariance(smiles, logRatio(strike, forward), years);
  return variance > 0 && years > 0 ? Math.sqrt(variance / years) : 0;
}

/**
 * Neighbouring expiries that cross within e^+-8 of the forward, each where it is worst; empty where there is no calendar arbitrage. Source: Gatheral and Jacquier (2014), lemma 2.1.
 * Throws `AssertionError` where smiles are not in order of time.
 */
export function calendarFaults(smiles: readonly Smile[]): readonly CalendarFault[] {
  if (smiles.length > 0) assertOrder(smiles);
  const faults: CalendarFault[] = [];
  for (let row = 0; row + 1 < smiles.length; row++) {
    const [early, late] = [smiles[row].svi, smiles[row + 1].svi];
    const lacking = (k: number) => totalVariance(late, k) - totalVariance(early, k);
    const scale = Math.max(early.sigma, late.sigma, Math.abs(early.m - late.m));
    const worst = leastPoint(lacking, 0.5 * (early.m + late.m), scale);
    if (worst.value < -1e-12) faults.push({ code: "calendar-arbitrage", row, k: worst.k, value: worst.value });
  }
  return faults;
}

function assertOrder(smiles: readonly Smile[]): void {
  assert(smiles.length > 0, "there is a smile");
  for (let row = 0; row < smiles.length; row++) {
    const before = row === 0 ? 0 : smiles[row - 1].years;
    assert(smiles[row].years > before, `smile ${row} is later than the one before`);
  }
}
