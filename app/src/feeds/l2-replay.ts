import { L2Ladder } from "./l2-ladder.js";
import { type L2Message, parseL2Line } from "./l2-line.js";
import { type RefusedRow, refusedRow } from "./refused-row.js";

type Depth = Extract<L2Message, { kind: "depth" }>;
type Best = Extract<L2Message, { kind: "best" }>;
type Trade = Extract<L2Message, { kind: "trade" }>;
type Snapshot = Extract<L2Message, { kind: "snapshot" }>;

/** The live book that a watcher sees; it must copy what it keeps. */
export interface L2Book {
  readonly bids: L2Ladder;
  readonly asks: L2Ladder;
  /** Exchange time of the last update applied. */
  readonly timeMs: number;
}

/** Callbacks during a replay. */
export interface L2Watcher {
  /** Before an update of exchange time `nextMs` is applied to a book in sequence. */
  beforeUpdate?(book: L2Book, nextMs: number): void;
  trade?(trade: Trade): void;
}

/** How a replay went. */
export interface L2ReplayResult {
  readonly lineCount: number;
  readonly counts: Readonly<Record<L2Message["kind"], number>>;
  /** Updates applied in sequence, and those not: before the first snapshot, older than it, or after a gap. */
  readonly appliedCount: number;
  readonly skippedCount: number;
  /** Breaks of the sequence; the book is stale from each until the next snapshot. */
  readonly gaps: readonly { readonly lineNumber: number; readonly expected: number; readonly found: number }[];
  /** Book states compared with the feed's own best quote of the same update id: prices, and prices with sizes. */
  readonly comparedCount: number;
  readonly samePriceCount: number;
  readonly sameSizeCount: number;
  /** States in which the best bid was not below the best ask. */
  readonly crossedCount: number;
  readonly refused: readonly RefusedRow[];
}

interface BestState {
  readonly updateId: number;
  readonly bid: readonly [number, number];
  readonly ask: readonly [number, number];
}

/**
 * Rebuilds the order book of a Binance USD-M feed line by line (its rule for a local book): updates are held until a snapshot comes; those older
 * than it are dropped; the first applied must span its id; each further one must name the last id of the one before (`pu`), otherwise the
 * book is stale and nothing is applied until the next snapshot.
 */
export class L2Replay {
  readonly #bids = new L2Ladder("bids");
  readonly #asks = new L2Ladder("asks");
  readonly #watcher: L2Watcher;
  readonly #held: { depth: Depth; lineNumber: number }[] = [];
  readonly #counts = { snapshot: 0, depth: 0, best: 0, trade: 0 };
  readonly #gaps: { lineNumber: number; expected: number; found: number }[] = [];
  readonly #refused: RefusedRow[] = [];
  readonly #states: BestState[] = [];
  #bests: Best[] = [];
  #snapshotId: number | null = null;
  #lastId: number | null = null;
  #timeMs = 0;
  #lineCount = 0;
  #applied = 0;
  #skipped = 0;
  #compared = 0;
  #samePrice = 0;
  #sameSize = 0;
  #crossed = 0;

  constructor(watcher: L2Watcher = {}) {
    this.#watcher = watcher;
  }

  /** The book as it stands, null while it is stale. */
  get book(): L2Book | null {
    if (this.#lastId === null) return null;
    return { bids: this.#bids, asks: this.#asks, timeMs: this.#timeMs };
  }

  /** Takes the next line. */
  line(text: string): void {
    this.#lineCount += 1;
    if (text === "") return;
    const message = parseL2Line(text);
    if (typeof message === "string") {
      this.#refused.push(refusedRow(this.#lineCount, message, text));
      return;
    }
    this.#counts[message.kind] += 1;
    if (message.kind === "trade") this.#watcher.trade?.(message);
    else if (message.kind === "best") this.#best(message);
    else if (message.kind === "snapshot") this.#snapshot(message);
    else this.#depth(message, this.#lineCount);
  }

  /** What was read so far; updates still waiting for a snapshot count as skipped. */
  result(): L2ReplayResult {
    return {
      lineCount: this.#lineCount,
      counts: { ...this.#counts },
      appliedCount: this.#applied,
      skippedCount: this.#skipped + this.#held.length,
      gaps: this.#gaps,
      comparedCount: this.#compared,
      samePriceCount: this.#samePrice,
      sameSizeCount: this.#sameSize,
      crossedCount: this.#crossed,
      refused: this.#refused,
    };
  }

  #snapshot(snapshot: Snapshot): void {
    this.#bids.clear();
    this.#asks.clear();
    this.#bids.apply(snapshot.bids);
    this.#asks.apply(snapshot.asks);
    this.#snapshotId = snapshot.lastUpdateId;
    this.#lastId = null;
    this.#timeMs = snapshot.timeMs;
    const held = this.#held.splice(0);
    for (const { depth, lineNumber } of held) this.#depth(depth, lineNumber);
  }

  #depth(depth: Depth, lineNumber: number): void {
    if (this.#snapshotId === null) {
      this.#held.push({ depth, lineNumber });
      return;
    }
    if (this.#lastId === null && depth.last < this.#snapshotId) {
      this.#skipped += 1;
      return;
    }
    const inSequence = this.#lastId === null ? depth.first <= this.#snapshotId : depth.previous === this.#lastId;
    if (!inSequence) {
      this.#gaps.push({ lineNumber, expected: this.#lastId ?? this.#snapshotId, found: depth.previous });
      this.#snapshotId = null;
      this.#lastId = null;
      this.#held.push({ depth, lineNumber });
      return;
    }
    if (this.#lastId !== null)
      this.#watcher.beforeUpdate?.({ bids: this.#bids, asks: this.#asks, timeMs: this.#timeMs }, depth.timeMs);
    this.#bids.apply(depth.bids);
    this.#asks.apply(depth.asks);
    this.#lastId = depth.last;
    this.#timeMs = depth.timeMs;
    this.#applied += 1;
    this.#noteState(depth.last);
  }

  #noteState(updateId: number): void {
    const bid = this.#bids.best;
    const ask = this.#asks.best;
    if (bid === null || ask === null) return;
    if (bid >= ask) this.#crossed += 1;
    this.#states.push({ updateId, bid: [bid, this.#bids.sizeAt(bid)], ask: [ask, this.#asks.sizeAt(ask)] });
    this.#compareStates();
  }

  #best(best: Best): void {
    this.#bests.push(best);
    this.#compareStates();
  }

  /** The best quote of a state is the last one whose id is not above the state's; it is known once a later quote has come. */
  #compareStates(): void {
    const newest = this.#bests[this.#bests.length - 1];
    if (newest === undefined) return;
    let used = 0;
    let passed = 0;
    for (const state of this.#states) {
      if (state.updateId >= newest.updateId) break;
      while (passed + 1 < this.#bests.length && this.#bests[passed + 1].updateId <= state.updateId) passed += 1;
      if (this.#bests[passed].updateId <= state.updateId) this.#compare(state, this.#bests[passed]);
      used += 1;
    }
    if (used > 0) {
      this.#states.splice(0, used);
      this.#bests = this.#bests.slice(passed);
    }
  }

  #compare(state: BestState, best: Best): void {
    this.#compared += 1;
    const samePrice = state.bid[0] === best.bid[0] && state.ask[0] === best.ask[0];
    if (!samePrice) return;
    this.#samePrice += 1;
    if (state.bid[1] === best.bid[1] && state.ask[1] === best.ask[1]) this.#sameSize += 1;
  }
}

/** Replays all `lines`. */
export function replayL2(lines: Iterable<string>, watcher: L2Watcher = {}): L2ReplayResult {
  const replay = new L2Replay(watcher);
  for (const line of lines) replay.line(line);
  return replay.result();
}
