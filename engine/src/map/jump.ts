import type { Ladder } from "../run/mechanism.js";
import { type MapMarket, publishHeld } from "./market.js";

/** One account that carries much of a band: the chart shows it and the finite jump instead of a rate. */
export interface Jump {
  readonly mechanism: string;
  readonly row: number;
  readonly account: string;
  readonly asset: number;
  /** Whole units of the asset it alone is forced to trade in the band. */
  readonly units: number;
  /** Of all forced units in the band. */
  readonly share: number;
}

/** An account is named where it is more than this share of what is forced. */
const namedShare = 0.1;

/**
 * The account with the most units of `asset` that a move from one set of prices to another forces with it, where it is more than a tenth of `forcedUnits`; null otherwise.
 * Lists every forced account at both prices: for a few places, not for every level of a large book.
 */
export function largestJump(
  market: MapMarket,
  ladders: readonly Ladder[],
  asset: number,
  fromUsd: ArrayLike<number>,
  toUsd: ArrayLike<number>,
  forcedUnits: number,
): Jump | null {
  const from = publishHeld(market, fromUsd, new Float64Array(market.feeds.length));
  const to = publishHeld(market, toUsd, new Float64Array(market.feeds.length));
  const adverse = toUsd[asset] < fromUsd[asset] ? 1 : -1;
  let best: Jump | null = null;
  for (const ladder of ladders) {
    const units = new Map<number, number>();
    const add = (published: Float64Array, sign: 1 | -1) =>
      ladder.accounts(published, (account) => {
        if (account.instrument < 0 || market.instruments[account.instrument].asset !== asset) return;
        // A trade against the move that the move heals is none with it.
        units.set(account.row, (units.get(account.row) ?? 0) + sign * Math.max(0, adverse * account.units));
      });
    add(to, 1);
    add(from, -1);
    for (const [row, size] of units) {
      if (size <= (best?.units ?? namedShare * forcedUnits)) continue;
      best = { mechanism: ladder.mechanism, row, account: "", asset, units: size, share: size / forcedUnits };
    }
  }
  if (!best) return null;
  const owner = ladders.find((ladder) => ladder.mechanism === best.mechanism);
  return { ...best, account: owner ? owner.describe(best.row).account : "" };
}
