import type { ForcedFlow } from "../run/mechanism.js";
import type { IndexPart } from "./index-part.js";
import type { LendingAccounts } from "./lending-ladder.js";
import { unitsUsd } from "./pair-rule.js";

/** Accounts that owe and hold no collateral: nothing of theirs can be sold, and all their debt is bad debt at any price. */
export class UncoveredDebts implements IndexPart {
  readonly method: string;
  readonly accountCount: number;
  private readonly sums: Float64Array;

  constructor(
    private readonly book: LendingAccounts,
    private readonly rows: readonly number[],
  ) {
    this.accountCount = rows.length;
    this.method = `${rows.length} accounts without collateral: their debts summed`;
    this.sums = new Float64Array(book.unitDecimals.length);
    for (const { asset, values } of book.debt) for (const row of rows) this.sums[asset] += values[row];
  }

  forced(published: Float64Array, into: ForcedFlow): void {
    const { feeds, openingSteps, unitDecimals } = this.book;
    for (let asset = 0; asset < this.sums.length; asset++) {
      if (this.sums[asset] === 0) continue;
      const steps = feeds[asset] >= 0 ? published[feeds[asset]] : openingSteps[asset];
      into.badDebtUsd += unitsUsd(this.sums[asset], steps, unitDecimals[asset]);
    }
  }

  /** They trade nothing. */
  reaching(): void {}

  breaching(_published: Float64Array, visit: (row: number) => void): void {
    for (const row of this.rows) visit(row);
  }
}
