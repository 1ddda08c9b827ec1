import type { Book } from "../../../book/book.js";
import type { Decide, Layout, Settle } from "../../../run/index.js";
import { tapeKinds } from "../../../run/tape.js";

/**
 * Hedgers of a pool that is the other side of every position: a share of each position is held against it on an instrument. What is closed at the pool they
 * sell (a long's) or buy back (a short's) there: only this reaches a market. They trade against `outside`, which keeps what they hold.
 */
export interface Hedge {
  readonly share: number;
  readonly instrument: number;
  /** The row number of their trades: behind all positions. */
  readonly row: number;
  readonly account: number;
  readonly outside: number;
  readonly traded: number;
  readonly quote: number;
  /** Whole units still to be sold (positive) or bought. */
  pending: number;
}

/** Lays out the hedgers of a pool. */
export function openHedge(
  name: string,
  share: number,
  instrument: number,
  row: number,
  book: Book,
  layout: Layout,
): Hedge {
  const { asset, quote, market } = book.instruments[instrument];
  return {
    share,
    instrument,
    row,
    account: layout.account(`${name}/hedgers`, "reserves"),
    outside: market === "perpetual" ? layout.restOfMarket : layout.outside,
    traded: market === "perpetual" ? layout.contract(instrument) : asset,
    quote,
    pending: 0,
  };
}

/** Units of a position were closed at the pool, long ones above 0. */
export function closedAtPool(hedge: Hedge, units: number): void {
  const hedged = Math.floor(Math.abs(units) * hedge.share);
  hedge.pending += units >= 0 ? hedged : -hedged;
}

/** Emits what is to be traded, as far as there is depth. */
export function decideHedge(hedge: Hedge, at: Decide): void {
  if (hedge.pending === 0) return;
  const side = hedge.pending > 0 ? 1 : -1;
  const units = Math.min(Math.abs(hedge.pending), at.venueDepth(hedge.instrument, side));
  if (units > 0) at.trade(hedge.row, hedge.account, hedge.instrument, side * units, 0);
}

/** Books a trade of the hedgers that the kernel posted. */
export function settleHedge(hedge: Hedge, at: Settle, fill: number): void {
  const { soldUnits, soldCash, boughtUnits, boughtCash } = at.fills;
  const sold = soldUnits[fill];
  const bought = boughtUnits[fill];
  const units = sold > 0 ? sold : bought;
  const cash = sold > 0 ? soldCash[fill] : boughtCash[fill];
  hedge.pending -= sold - bought;
  const [taker, giver] = sold > 0 ? [hedge.account, hedge.outside] : [hedge.outside, hedge.account];
  at.transfer(giver, taker, hedge.traded, units);
  at.transfer(taker, giver, hedge.quote, cash);
  at.record(tapeKinds.trade, at.mechanismIndex, hedge.row, sold - bought, cash, hedge.instrument);
}
