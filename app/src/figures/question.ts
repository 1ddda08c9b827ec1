import { defaultHorizonsMs, defaultMove, type OutsideShock, type Plan } from "@firebreak/engine";

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

/** Assets that are traded against something: those whose price the map moves. */
export function tradedAssets(plan: Plan): number[] {
  return plan.book.assets.flatMap((_, asset) =>
    plan.book.instruments.some((instrument) => instrument.asset === asset) ? [asset] : [],
  );
}

/** The move over which gains are taken where nobody says. */
export const usualMove: number = defaultMove;
