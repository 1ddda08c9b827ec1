import { numbersOf, type SeriesTable } from "../book/series.js";
import { exp, log } from "../math/index.js";
import type { Plan } from "../scenario/plan.js";

/** Two records of one scenario that say different things of the same moment: a pool's reserves, and the price of its asset. */
export interface RecordGap {
  readonly pool: string;
  readonly prices: string;
  /** Root mean square of the relative gap between the pool's own price and the recorded one. */
  readonly gap: number;
  readonly rows: number;
  /** The shift of the pool's record, in milliseconds, at which the two fit best, and the gap left there. */
  readonly bestShiftMs: number;
  readonly bestGap: number;
}

/** A pool that is arbitraged stays within a fee of the market, and within a few per cent of a price some minutes off; a record further off than this is wrong. */
const mostGap = 0.05;
const longestShiftMs = 12 * 3_600_000;

/** Compares every record of reserves with the candles of the same asset. Only gaps above 5 % are told. */
export function recordGaps(plan: Plan): RecordGap[] {
  return Object.values(plan.series).flatMap((series) =>
    series.tables.flatMap((reserves) => {
      const venue = plan.book.venues.find((one) => one.id === reserves.venue);
      if (reserves.kind !== "reserves" || venue === undefined || !isUsed(plan, reserves)) return [];
      const { asset, quote } = plan.book.instruments[venue.instrument];
      const { symbol } = plan.book.assets[asset];
      const candles = series.tables.find((table) => table.kind === "candles" && table.asset === symbol);
      if (candles === undefined || plan.book.assets[quote].priceUsd !== 1) return [];
      const gap = gapBetween(
        reserves,
        candles,
        plan.book.assets[asset].unitDecimals,
        plan.book.assets[quote].unitDecimals,
      );
      return gap === null || gap.gap <= mostGap ? [] : [gap];
    }),
  );
}

function isUsed(plan: Plan, reserves: SeriesTable): boolean {
  return plan.mechanisms.some(
    (one) => one.kind === "recorded-reserves" && (one.params as { readonly venue?: string }).venue === reserves.venue,
  );
}

function gapBetween(
  reserves: SeriesTable,
  candles: SeriesTable,
  baseDecimals: number,
  quoteDecimals: number,
): RecordGap | null {
  const starts = numbersOf(reserves, "startMs");
  const base = numbersOf(reserves, "base");
  const paid = numbersOf(reserves, "quote");
  const bars = numbersOf(candles, "startMs");
  const opens = numbersOf(candles, "openUsd");
  if (starts === null || base === null || paid === null || bars === null || opens === null) return null;
  const scale = log(10) * (baseDecimals - quoteDecimals);
  const logPool = Float64Array.from(base, (units, row) => log(paid[row] / units) + scale);
  const at = new Map([...bars].map((start, row) => [start, log(opens[row])]));
  let best = { shift: 0, gap: Number.POSITIVE_INFINITY };
  let unshifted = { gap: 0, rows: 0 };
  for (let shift = -longestShiftMs; shift <= longestShiftMs; shift += candles.intervalMs) {
    let squares = 0;
    let rows = 0;
    starts.forEach((start, row) => {
      const price = at.get(start + shift);
      if (price === undefined) return;
      squares += (logPool[row] - price) * (logPool[row] - price);
      rows++;
    });
    if (rows < starts.length / 3) continue;
    const gap = exp(Math.sqrt(squares / rows)) - 1;
    if (gap < best.gap) best = { shift, gap };
    if (shift === 0) unshifted = { gap, rows };
  }
  if (unshifted.rows === 0) return null;
  return {
    pool: reserves.venue ?? reserves.id,
    prices: candles.id,
    gap: unshifted.gap,
    rows: unshifted.rows,
    bestShiftMs: best.shift,
    bestGap: best.gap,
  };
}
