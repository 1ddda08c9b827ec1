import type { Book } from "../../../book/book.js";
import type { PerpetualRule } from "../../../rules/perpetual.js";
import type { Decide, Layout, Reset, Settle, Shock } from "../../../run/index.js";
import type { PerpetualsRows } from "./rows.js";

/**
 * What a named exchange changes of perpetuals. Without any of it: the whole position goes to the market as far as depth and insurance fund reach, the rest is
 * deleveraged at the bankruptcy price, and the other side of every position is rest-of-market.
 */
export interface PerpetualProtocol {
  /** The margin rule on a book, made of the rule of the parameters' tiers: another rate scale, or arithmetic of its own (`MarginArithmetic`). */
  rule?(tiered: PerpetualRule, book: Book): PerpetualRule;
  /** A new plan of how accounts are closed; made once per mechanism, keeps state by row. */
  closing?(book: Book): Closing;
  /** A new backstop: a fund, a vault or a pool of liquidity providers that takes positions over. */
  backstop?(book: Book): Backstop;
}

/** What happens to an account of which the market takes nothing. */
export type Otherwise = "wait" | "take-over" | "deleverage";

/** What one attempt at a liquidatable account orders; written by `Closing.attempt` into an object that is used again. */
export interface Attempt {
  /** Most units that go to the market now; 0: none. */
  units: number;
  /** Parts go in whole multiples of this many units, but for the whole position. */
  step: number;
  /** Worst price in steps of 1e-8 quote coins a coin, kept at the margin of depth; 0: none. */
  limitSteps: number;
  /** Most quote units that the insurance fund pays for this attempt. */
  fundUnits: number;
  /** What becomes of the account where nothing of it goes to the market. */
  otherwise: Otherwise;
}

/** How accounts are closed. Rows of state are its own: laid out in `open`, put back in `reset`. */
export interface Closing {
  open?(rows: PerpetualsRows, name: string, book: Book, layout: Layout): void;
  reset?(rows: PerpetualsRows): void;
  shock?(rows: PerpetualsRows, at: Shock): void;
  /** What is ordered of a liquidatable row now. The row is asked again in every round in which it is liquidatable. */
  attempt(rows: PerpetualsRows, row: number, at: Decide, into: Attempt): void;
  /** Who goes first: rows by falling number. Without it: the strongest (by bankruptcy price). */
  priority?(rows: PerpetualsRows, row: number): number;
  /** Quote units that pass to the fund (negative: from it) when `units` of a row are closed for `cash`; the rest is the account's. */
  toFund(rows: PerpetualsRows, row: number, units: number, cash: number): number;
  /** What others would have to pay for that close; where it differs from what `toFund` takes from the fund. Plans keep it at or below `Attempt.fundUnits`. */
  loss?(rows: PerpetualsRows, row: number, units: number, cash: number): number;
  /** A close on the market was booked. */
  closed?(rows: PerpetualsRows, row: number, units: number, at: Settle): void;
  /** Whether a row may (still) be deleveraged; asked before every pair. Without it: as long as something is open. */
  mayBeDeleveraged?(rows: PerpetualsRows, row: number): boolean;
  /** Cash for which `units` of a row are deleveraged; without it the cash at which the equity of that part is 0. */
  deleveragingCash?(rows: PerpetualsRows, row: number, units: number): number;
  /** Whether a counterparty may be deleveraged: `units` of it and of `bankrupt` closed for `cash`. Without it: where that part is not closed beyond its own bankruptcy. */
  accepts?(rows: PerpetualsRows, row: number, units: number, cash: number, bankrupt: number): boolean;
}

/**
 * Who takes positions over: an insurance fund, a liquidator vault, or the pool that is the other side of every trade. It keeps ledger accounts and rows of its
 * own; what it holds is forced flow only when it sells (docs/model.md). Its own trades carry row numbers from `rows.count` on.
 */
export interface Backstop {
  open(rows: PerpetualsRows, name: string, book: Book, layout: Layout): void;
  reset(rows: PerpetualsRows, at: Reset): void;
  /** Emits its own trades: the unwinding of what it holds. */
  decide?(rows: PerpetualsRows, at: Decide): void;
  /** Takes a whole position over (`takeOver` in `settle.ts` books it); false where it cannot: then it is deleveraged. */
  take(rows: PerpetualsRows, row: number, at: Settle): boolean;
  /** Fills of its own trades, after the kernel posted them. */
  traded?(rows: PerpetualsRows, fill: number, at: Settle): void;
}
