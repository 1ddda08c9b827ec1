import { assert, refuseTooLarge } from "../book/problem.js";
import type { AccountRole } from "./layout.js";

const mayBeNegative: ReadonlySet<AccountRole> = new Set([
  "issuer",
  "rest-of-market",
  "outside",
  "outside-keeper",
  "clearing",
]);
const limit = 2 ** 53;

/** One ledger account. */
export interface LedgerAccount {
  readonly name: string;
  readonly role: AccountRole;
}

/**
 * Who holds what, in whole units. One verb, `transfer`; per asset everything sums to exactly 0 (docs/model.md). Positions are rows of their
 * mechanisms; the ledger holds one account per mechanism and role.
 */
export class Ledger {
  readonly balances: Float64Array;
  /** Balances that moved since the last check, each once. */
  private readonly touched: Int32Array;
  private readonly isTouched: Uint8Array;
  private touchedCount = 0;
  /** By account: 1 where it may be negative. */
  private readonly isOpen: Uint8Array;

  constructor(
    readonly accounts: readonly LedgerAccount[],
    readonly assetCount: number,
  ) {
    const count = accounts.length * assetCount;
    this.balances = new Float64Array(count);
    this.touched = new Int32Array(count);
    this.isTouched = new Uint8Array(count);
    this.isOpen = Uint8Array.from(accounts, ({ role }) => (mayBeNegative.has(role) ? 1 : 0));
  }

  reset(): void {
    this.balances.fill(0);
  }

  balance(account: number, asset: number): number {
    return this.balances[account * this.assetCount + asset];
  }

  /** Moves whole units, at least 0. Asserts whole numbers; beyond 2^53 on either side throws `ProblemsError`. */
  transfer(from: number, to: number, asset: number, units: number): void {
    assert(units >= 0 && Number.isInteger(units), `a transfer moves whole units, not ${units}`);
    const { balances, assetCount } = this;
    const source = from * assetCount + asset;
    const target = to * assetCount + asset;
    if (this.isTouched[source] === 0) this.touch(source);
    if (this.isTouched[target] === 0) this.touch(target);
    balances[source] -= units;
    balances[target] += units;
    if (!(balances[source] > -limit && balances[target] < limit)) {
      refuseTooLarge(`balances stay below 2^53 units; ${this.accounts[to].name} would hold ${balances[target]}`);
    }
  }

  private touch(cell: number): void {
    this.isTouched[cell] = 1;
    this.touched[this.touchedCount++] = cell;
  }

  /**
   * Checks after a round that no account that moved is negative but the open ones. That every asset sums to 0 follows from `transfer`: whole units below 2^53 are
   * added and taken exactly, or the transfer is refused; `audit` counts it all again at the end of every path.
   */
  check(): void {
    const { balances, assetCount, touched, isOpen } = this;
    for (let i = 0; i < this.touchedCount; i++) {
      const cell = touched[i];
      this.isTouched[cell] = 0;
      if (balances[cell] < 0 && isOpen[Math.floor(cell / assetCount)] === 0) this.refuseNegative(cell);
    }
    this.touchedCount = 0;
  }

  private refuseNegative(cell: number): never {
    const asset = cell % this.assetCount;
    const { name } = this.accounts[(cell - asset) / this.assetCount];
    assert(false, `${name} holds ${this.balances[cell]} units of asset ${asset}: only open accounts may be negative`);
  }

  /** Counts everything again: per asset the sum is exactly 0, and only the open accounts are negative. */
  audit(): void {
    const { balances, assetCount, accounts } = this;
    for (let asset = 0; asset < assetCount; asset++) {
      // Balances may each be near 2^53: halves are exact sums of a high and a low part.
      let low = 0;
      let high = 0;
      for (let account = 0; account < accounts.length; account++) {
        const units = balances[account * assetCount + asset];
        const part = units % 0x100000000;
        low += part;
        high += (units - part) / 0x100000000;
        if (units < 0 && this.isOpen[account] === 0) this.refuseNegative(account * assetCount + asset);
      }
      assert(high * 0x100000000 + low === 0, `asset ${asset} sums to ${high * 0x100000000 + low} units, not to 0`);
    }
  }
}
