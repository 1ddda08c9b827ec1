import type { Book } from "../../../book/book.js";
import type { LendingLadder } from "../../../ladder/index.js";
import type { LendingRule } from "../../../rules/lending.js";
import type { Decide, Ladder, Layout, Reset, Settle, Shock } from "../../../run/index.js";
import type { LendingState } from "./state.js";

/** What a named protocol changes of lending: its arithmetic, and what becomes of an account that breaches. */
export interface LendingProtocol {
  /** The rule on a book, made of the terms of the parameters: the same with the protocol's own arithmetic (`ProtocolRule`). */
  rule?(terms: LendingRule, book: Book): LendingRule;
  /** Steps by asset at which the protocol takes an asset by its own decree, whatever oracles publish (a stablecoin's own debt at one dollar); 0: the oracle's. */
  decreed?(book: Book): readonly number[];
  /** Its rule reads `terms.thresholdBps` anew each time, so that ramps and governors may move them. */
  readonly thresholdsMove?: boolean;
  /** Least liability (1e-6 USD, before the call) whose rest is socialised once no collateral is left; without it all of it is written off. */
  readonly socialises?: number;
  /** From a breach until what was taken is sold at held prices, milliseconds: an auction's way down to the market. The map counts it as reaction time; 0. */
  readonly saleDelayMs?: number;
  /** A new auction house, stability pool or storefront; without one every breach is a standing order for keepers. */
  disposal?(): Disposal;
  /** The map's index where forced flow at held prices is not what keepers would seize and sell; `breaching`: lending's own, which finds who breaches. */
  ladder?(breaching: LendingLadder, rows: LendingState): Ladder;
}

/**
 * What takes accounts that breach where it is not keepers at once: a protocol's own auction, pool or storefront. It keeps rows of its own over ticks. What it
 * offers keepers are standing orders of the same mechanism, with row numbers from `rows.columns.rowCount` on; lending leaves the fills of those to it. Collateral is
 * forced flow only when somebody sells it (docs/model.md).
 */
export interface Disposal {
  /** Lays out its rows and ledger accounts; once per worker and book. */
  open(rows: LendingState, name: string, book: Book, layout: Layout): void;
  /** Puts its rows back to the start of a path and opens its balances. */
  reset(rows: LendingState, at: Reset): void;
  /** Time passes: auctions age. */
  shock?(rows: LendingState, at: Shock): void;
  /**
   * Account `row` breaches at the prices of `rows.steps`; `rows.heldNow`, `owedNow` and `at` describe it. Rows change at once, ledger transfers wait for `settle`.
   * Returns whether the row needs to be looked at again in the next round whatever prices do.
   */
  breach(rows: LendingState, row: number, at: Decide): boolean;
  /** Every breach of the round is known: orders are emitted, repriced, withdrawn. */
  decide(rows: LendingState, at: Decide): void;
  /** At the end of a path: what it holds is short of what stands against it; accounts, and dollars that are missing. */
  underwater?(rows: LendingState, add: (usd: number) => void): void;
  /** Called in both halves of every settle: transfers that `breach` left, fills of its own orders, sales of what it holds. */
  settle(rows: LendingState, at: Settle): void;
}
