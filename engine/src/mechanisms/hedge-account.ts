import type { Book } from "../book/book.js";
import type { Layout, Reset, Settle } from "../run/index.js";
import { tapeKinds } from "../run/tape.js";

/** The account of somebody who trades one instrument both ways (a hedge, an inventory): signed units, what is sold short being lent. */
export interface HedgeAccount {
  readonly instrument: number;
  /** What the hedge is held in: the asset, or its contract. */
  readonly traded: number;
  readonly quote: number;
  readonly account: number;
  /** Lends what is sold short: `outside` spot, `rest-of-market` contracts. */
  readonly lender: number;
  readonly outside: number;
  /** Signed whole units of the hedge now. */
  held: number;
}

/** Lays a hedge account out on an instrument. */
export function openHedgeAccount(name: string, instrument: number, book: Book, layout: Layout): HedgeAccount {
  const { asset, quote, market } = book.instruments[instrument];
  return {
    instrument,
    traded: market === "perpetual" ? layout.contract(instrument) : asset,
    quote,
    account: layout.account(name, "arbitrageur"),
    lender: market === "perpetual" ? layout.restOfMarket : layout.outside,
    outside: layout.outside,
    held: 0,
  };
}

/** Puts a hedge back to its opening units. A short hedge is borrowed: what it lacks stands as a negative balance of its lender. */
export function resetHedge(hedge: HedgeAccount, units: number, at: Reset): void {
  hedge.held = units;
  at.transfer(hedge.lender, hedge.account, hedge.traded, Math.max(0, units));
}

/** Books a fill of the hedge's own trade under a row. Its cash stands with `outside`, who also pays for what is bought. */
export function bookHedge(hedge: HedgeAccount, row: number, at: Settle, fill: number): void {
  const { fills } = at;
  const units = fills.soldUnits[fill] - fills.boughtUnits[fill];
  const received = fills.soldCash[fill] - fills.boughtCash[fill];
  hedge.held -= units;
  at.record(tapeKinds.trade, at.mechanismIndex, row, units, Math.abs(received), hedge.instrument);
  balance(hedge, at, hedge.traded, Math.max(0, hedge.held), hedge.lender);
  balance(hedge, at, hedge.quote, 0, hedge.outside);
}

/** Brings the account's balance of an asset to `units`, against another account. */
function balance({ account }: HedgeAccount, at: Settle, asset: number, units: number, other: number): void {
  const more = units - at.balance(account, asset);
  if (more >= 0) at.transfer(other, account, asset, more);
  else at.transfer(account, other, asset, -more);
}
