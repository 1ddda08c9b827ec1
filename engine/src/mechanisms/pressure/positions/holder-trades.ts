import type { Settle } from "../../../run/index.js";

/** A trade that a holder made of a position beside the exchange's own closes: units above 0 were sold. */
export interface HolderTrade {
  readonly row: number;
  readonly account: number;
  readonly units: number;
  readonly cash: number;
}

/**
 * Holders' trades of rows of which the exchange closes something in the same round: its own close is booked first, whoever of the two settles first, because it was
 * ordered of the position as it was.
 */
export interface HolderTrades {
  readonly waiting: HolderTrade[];
  settledTick: number;
  settledRound: number;
}

/** Nothing waits. */
export function openHolderTrades(): HolderTrades {
  return { waiting: [], settledTick: -1, settledRound: -1 };
}

/** Puts everything back to the start of a path. */
export function resetHolderTrades(trades: HolderTrades): void {
  trades.waiting.length = 0;
  trades.settledTick = -1;
  trades.settledRound = -1;
}

/** Whether a trade of a row that the exchange has an order of must wait for the exchange's own settling of this round; it then does. */
export function waitsForClose(trades: HolderTrades, at: Settle, trade: HolderTrade): boolean {
  if (trades.settledTick === at.tick && trades.settledRound === at.round) return false;
  trades.waiting.push(trade);
  return true;
}

/** The exchange has settled this round: what waited is booked. */
export function bookWaiting(trades: HolderTrades, at: Settle, book: (trade: HolderTrade) => void): void {
  trades.settledTick = at.tick;
  trades.settledRound = at.round;
  for (const trade of trades.waiting) book(trade);
  trades.waiting.length = 0;
}
