import { defaultHorizonsMs, defaultMove, type MapMarket, type OutsideShock, type Plan } from "@firebreak/engine";

/** What is asked of the map: an outside shock, in which direction gains count, over which move and within which time. */
export interface Question {
  readonly shock: OutsideShock;
  /** The asset that the shock moves or sells most, whose bands are looked through. */
  readonly asset: number;
  readonly direction: -1 | 1;
  readonly move: number;
  readonly horizonMs: number;
}

/** The horizons of every answer: those always shown, and the one asked for. */
export function horizonsWith(horizonMs: number): number[] {
  return [...new Set([...defaultHorizonsMs, horizonMs])].sort((a, b) => a - b);
}

/**
 * Ten minutes where anybody reacts within them; else the shortest of the horizons always shown within which somebody does (a price delayed by
 * an hour forces nobody in ten minutes); else as long as the slowest takes.
 */
export function usefulHorizonMs(market: MapMarket): number {
  const reactions = market.ladders.map((ladder) => ladder.reactionMs);
  const fastest = Math.min(...reactions);
  const [, tenMinutes] = defaultHorizonsMs;
  if (reactions.length === 0 || fastest <= tenMinutes) return tenMinutes;
  return defaultHorizonsMs.find((horizon) => horizon >= fastest) ?? Math.max(...reactions);
}

/** Assets that are traded against something: those whose price the map moves. */
export function tradedAssets(plan: Plan): number[] {
  return plan.book.assets.flatMap((_, asset) =>
    plan.book.instruments.some((instrument) => instrument.asset === asset) ? [asset] : [],
  );
}

/** The move over which gains are taken where nobody says. */
export const usualMove: number = defaultMove;
