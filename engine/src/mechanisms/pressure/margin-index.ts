import { log, orderAscending } from "../../math/index.js";
import type { Rescuable } from "../../run/moments.js";

/** Accounts with debt, ordered by the log margin they had at opening prices. */
export interface MarginIndex {
  /** Rows by rising key. */
  readonly rows: Uint32Array;
  /** ln(margin) at opening prices. */
  readonly keys: Float64Array;
  readonly openingUsd: Float64Array;
}

/** Orders accounts by ln(margin) at opening prices. Accounts without debt are not in it. */
export function marginIndex(accounts: Rescuable, openingUsd: Float64Array): MarginIndex {
  const priceUsd = (asset: number) => openingUsd[asset];
  const rows: number[] = [];
  const keys: number[] = [];
  for (let row = 0; row < accounts.rowCount; row++) {
    const margin = accounts.margin(row, priceUsd);
    if (margin === Number.POSITIVE_INFINITY) continue;
    rows.push(row);
    keys.push(margin > 0 ? log(margin) : -1e9);
  }
  const order = orderAscending(Float64Array.from(keys));
  return {
    rows: Uint32Array.from(order, (place) => rows[place]),
    keys: Float64Array.from(order, (place) => keys[place]),
    openingUsd,
  };
}

/**
 * How far ln(margin) of any account can have fallen since the opening: collateral falls at most by the largest fall of any asset, debt rises at most by
 * the largest rise (PERFORMANCE, "How they are reached", 3).
 */
export function largestMove(openingUsd: Float64Array, priceUsd: (asset: number) => number): number {
  let fall = Number.NEGATIVE_INFINITY;
  let rise = Number.NEGATIVE_INFINITY;
  for (let asset = 0; asset < openingUsd.length; asset++) {
    const move = log(priceUsd(asset) / openingUsd[asset]);
    if (-move > fall) fall = -move;
    if (move > rise) rise = move;
  }
  return fall + rise;
}

/** What ln(margin) of an untouched account has lost to interest: its key less what it would have today at opening prices; at least 0. */
export function accruedSince(index: MarginIndex, place: number, accounts: Rescuable): number {
  const margin = accounts.margin(index.rows[place], (asset) => index.openingUsd[asset]);
  return margin > 0 && margin < Number.POSITIVE_INFINITY ? Math.max(0, index.keys[place] - log(margin)) : 0;
}
