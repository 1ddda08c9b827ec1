import type { Book } from "../book/book.js";
import type { Layout } from "./layout.js";
import type { Clear, Decide, Gate, Govern, Publish, Settle, Shock } from "./moments.js";

/**
 * Anything that takes part in a market: it forces trades, absorbs them, prices them, or slows them. It implements only the moments it
 * takes part in. State is rows, laid out once in `open` and put back by `reset`; behaviour is functions over rows.
 */
export interface Mechanism<Rows = unknown> {
  /** Unique within a scenario; what the tape, the map and the reports call it. */
  readonly name: string;
  /** Lays out every row this mechanism will ever need. Once per worker and book, never per path. */
  open(book: Book, layout: Layout): Rows;
  /** Puts the rows back to the start of a path. */
  reset(rows: Rows, at: Reset): void;
  /** Forced quantity by the price that would force it. The map is the sum of these. */
  ladder?(rows: Rows): Ladder;

  /** Time passes: fair value moves, depth refills, gas changes. */
  shock?(rows: Rows, at: Shock): void;
  /** Oracles publish the prices that others will act on. */
  publish?(rows: Rows, at: Publish): void;
  /** Risk parameters change. */
  govern?(rows: Rows, at: Govern): void;
  /** Losses become orders. */
  decide?(rows: Rows, at: Decide): void;
  /** Standing liquidation orders are held, capped, priced, given to a keeper, released. */
  gate?(rows: Rows, at: Gate): void;
  /** Venues quote the depth that orders will meet. */
  clear?(rows: Rows, at: Clear): void;
  /** Fills are booked. */
  settle?(rows: Rows, at: Settle): void;
}

/** What `reset` may do: open balances and say where random numbers come from. */
export interface Reset {
  readonly seed: number;
  readonly path: number;
  /** Moves whole units from one ledger account to another; opening balances come from `issuer` or `outside`. */
  transfer(from: number, to: number, asset: number, units: number): void;
}

/** Where a map's forced flow goes, by instrument; one call of `forced` adds to it. */
export interface ForcedFlow {
  /** Whole units sold by instrument. */
  readonly sold: Float64Array;
  /** Whole units bought by instrument. */
  readonly bought: Float64Array;
  /** Accounts that are liquidated or traded. */
  accounts: number;
  /** Debt that liquidators repay, in dollars at the held prices. */
  repaidUsd: number;
  /** Debt left without collateral, in dollars at the held prices. */
  badDebtUsd: number;
}

/** What one account contributes at held prices. */
export interface ForcedAccount {
  readonly row: number;
  readonly instrument: number;
  /** Positive: sold; negative: bought. */
  readonly units: number;
  readonly badDebtUsd: number;
}

/** A mechanism's forced flow as a function of held prices (docs/model.md): `Q(p)`, from the opening book, until quiet. */
export interface Ladder {
  readonly mechanism: string;
  /** True where the units forced at a price do not depend on the way there: run and map then agree to the unit. */
  readonly pathFree: boolean;
  /** Milliseconds between a price and the order it forces (oracle delay, notice, owner's reaction). */
  readonly reactionMs: number;
  /** How the answer was found, and why where a rule breaks the fast method; shown by `explain`. */
  readonly method: string;
  /** Adds to `into` everything that is forced until quiet with published prices held at `published` (steps by feed). */
  forced(published: Float64Array, into: ForcedFlow): void;
  /** The same flow, account by account: calls `visit` for every account that is forced at those prices. Slow: for tables. */
  accounts(published: Float64Array, visit: (account: ForcedAccount) => void): void;
  /** The same flow of one account alone, where the ladder can tell it faster than by visiting all. */
  forcedOf?(row: number, published: Float64Array, into: ForcedFlow): void;
  /**
   * Calls `visit`, in no stated order, with the row of every account that trades more at held prices `to` than at `from` (null: than nothing) by at
   * least what is asked: the sum over instruments of units / `least` reaches 1. Others may be among them, some twice. `visit` may raise `least` as it
   * learns what is worth finding. For ladders that need not look at everybody.
   */
  reaching?(from: Float64Array | null, to: Float64Array, least: Float64Array, visit: (row: number) => void): void;
  /** As `forced`, but only the units, where that is faster. */
  forcedUnits?(published: Float64Array, into: ForcedFlow): void;
  /** What an account is called, and what it holds, for tables. */
  describe(row: number): AccountDescription;
}

/** One account for a table. */
export interface AccountDescription {
  readonly account: string;
  readonly collateral: readonly { readonly asset: number; readonly units: number }[];
  readonly debt: readonly { readonly asset: number; readonly units: number }[];
}
