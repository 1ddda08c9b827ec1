import { mulDivDown } from "../rounding.js";
import { RepayTooMuch } from "./errors.js";
import { accountOf, type Vault, withAccount } from "./state.js";

/** Bits by which debt is finer than the asset (`INTERNAL_DEBT_PRECISION_SHIFT`). */
export const DEBT_PRECISION_SHIFT = 31n;

/** Fine debt of whole units of the asset. `Assets.toOwed`. */
export function toOwed(assets: bigint): bigint {
  return assets << DEBT_PRECISION_SHIFT;
}

/** Whole units of the asset that settle a fine debt, rounded up. `Owed.toAssetsUp`. */
export function toAssetsUp(owed: bigint): bigint {
  return (owed + (1n << DEBT_PRECISION_SHIFT) - 1n) >> DEBT_PRECISION_SHIFT;
}

/** An account's fine debt with interest to the vault's accumulator, rounded down; the vault is accrued. `BorrowUtils.getCurrentOwed`. */
export function currentOwed(vault: Vault, name: string): bigint {
  const { owed, interestAccumulator } = accountOf(vault, name);
  return owed === 0n ? 0n : mulDivDown(owed, vault.interestAccumulator, interestAccumulator);
}

/** The account with this fine debt as of now. */
function withOwed(vault: Vault, name: string, owed: bigint): Vault {
  return withAccount(vault, name, { owed, interestAccumulator: vault.interestAccumulator });
}

/** The vault after an account owes `assets` units more. `BorrowUtils.increaseBorrow`. */
export function increaseBorrow(vault: Vault, name: string, assets: bigint): Vault {
  const grown = withOwed(vault, name, currentOwed(vault, name) + toOwed(assets));
  return { ...grown, totalBorrows: vault.totalBorrows + toOwed(assets) };
}

/** A vault whose account owes less, and by how much in fine debt. */
export interface LessDebt {
  readonly vault: Vault;
  /** Exact debt that ended, units x 2^31: less than what was paid by the rounding up, which the vault keeps. */
  readonly ended: bigint;
}

/**
 * The vault after `assets` units of an account's debt end: the debt is first rounded up to whole units, at the debtor's cost. Throws `RepayTooMuch`.
 * `BorrowUtils.decreaseBorrow`.
 */
export function decreaseBorrow(vault: Vault, name: string, assets: bigint): LessDebt {
  const exact = currentOwed(vault, name);
  const owed = toAssetsUp(exact);
  if (assets > owed) throw new RepayTooMuch(`${assets} units are repaid, ${owed} are owed`);
  const remaining = toOwed(owed - assets);
  const totalBorrows = vault.totalBorrows > exact ? vault.totalBorrows - exact + remaining : remaining;
  return { vault: { ...withOwed(vault, name, remaining), totalBorrows }, ended: exact - remaining };
}

/** A vault in which debt has changed hands, and how much fine debt did. */
export interface MovedDebt {
  readonly vault: Vault;
  readonly moved: bigint;
}

/**
 * The vault after `assets` units of debt go from one account to another, at most what is owed rounded up; a difference of less than one unit goes along.
 * `BorrowUtils.transferBorrow`.
 */
export function transferBorrow(vault: Vault, from: string, to: string, assets: bigint): MovedDebt {
  const owed = currentOwed(vault, from);
  const wanted = toOwed(assets);
  const difference = wanted > owed ? wanted - owed : owed - wanted;
  const moved = difference < 1n << DEBT_PRECISION_SHIFT ? owed : wanted;
  if (moved > owed) throw new RepayTooMuch(`${assets} units of debt are to move, ${toAssetsUp(owed)} are owed`);
  const reduced = withOwed(vault, from, owed - moved);
  return { vault: withOwed(reduced, to, currentOwed(reduced, to) + moved), moved };
}
