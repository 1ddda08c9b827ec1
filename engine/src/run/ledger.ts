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
 * Who holds what, in whole units. One verb, `transfer`; per asset everything sums to exactly 0 (MODEL section 5). Positions are rows of their
 * mechanisms; the ledger holds one account per mechanism and role.
 */
export class Ledger {
  readonly balances: Float64Array;
  /** Something moved since the last check. */
  private changed = true;

  constructor(
    readonly accounts: readonly LedgerAccount[],
    readonly assetCount: number,
  ) {
    this.balances = new Float64Array(accounts.length * assetCount);
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
    this.changed = true;
    balances[source] -= units;
    balances[target] += units;
    if (!(balances[source] > -limit && balances[target] < limit)) {
      refuseTooLarge(`balances stay below 2^53 units; ${this.accounts[to].name} would hold ${balances[target]}`);
    }
  }

  /** Checks after a round: per asset the sum is exactly 0, `clearing` is empty, and only the four open accounts are negative. */
  check(): void {
    if (!this.changed) return;
    this.audit();
    this.changed = false;
  }

  /** As `check`, whether or not anything moved since the last one. */
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
        if (units >= 0) continue;
        const { name, role } = accounts[account];
        assert(
          mayBeNegative.has(role),
          `${name} holds ${units} units of asset ${asset}: only open accounts may be negative`,
        );
      }
      assert(high * 0x100000000 + low === 0, `asset ${asset} sums to ${high * 0x100000000 + low} units, not to 0`);
    }
  }
}
