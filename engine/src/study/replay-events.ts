import type { Book } from "../book/index.js";
import { type AccountEvent, AccountStates, type EventNote } from "./account-states.js";

/** How far events are replayed: everything up to and including this time or block. */
export type ReplayEnd = { readonly timeMs: number } | { readonly block: number };

/** A book moved on by its owners' own events. */
export interface Replayed {
  /** The book at that moment: positions with their new amounts, accounts opened since among them. Prices and venues are the old ones. */
  readonly book: Book;
  readonly applied: number;
  /** Events that are impossible by the record, and why; nothing of them was applied. */
  readonly refused: readonly EventNote[];
  /** Events that were applied in part, or to an account whose past is not known, and why. */
  readonly adjusted: readonly EventNote[];
}

/**
 * Replays the owners' events of a protocol (open, deposit, withdraw, borrow, repay) on a book up to a moment. Liquidations are the protocol's, not the
 * owners': they are left out unless `liquidations` is true. Events must be in the order of time and block, as `accountEvents` gives them.
 */
export function replayEvents(
  book: Book,
  protocol: string,
  events: readonly AccountEvent[],
  until: ReplayEnd,
  options: { readonly liquidations?: boolean } = {},
): Replayed {
  const states = new AccountStates(book, protocol);
  const refused: EventNote[] = [];
  const adjusted: EventNote[] = [];
  let applied = 0;
  for (const event of events) {
    if ("block" in until ? event.block > until.block : event.timeMs > until.timeMs) break;
    if (event.kind === "liquidate" && options.liquidations !== true) continue;
    const note = states.apply(event);
    if (note?.applied !== false) applied++;
    if (note !== null) (note.applied ? adjusted : refused).push(note);
  }
  const positions = book.positions.map((table) => (table.protocol === protocol ? states.toTable() : table));
  return { book: { ...book, positions, atMs: momentOf(book, events, until) }, applied, refused, adjusted };
}

/** The time of the end; of the last event up to it where it is a block. */
function momentOf(book: Book, events: readonly AccountEvent[], until: ReplayEnd): number {
  if ("timeMs" in until) return Math.max(book.atMs, until.timeMs);
  let moment = book.atMs;
  for (const event of events) if (event.block <= until.block) moment = Math.max(moment, event.timeMs);
  return moment;
}
