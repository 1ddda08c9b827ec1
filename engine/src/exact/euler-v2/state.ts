import { RAY } from "../scales.js";
import { InsufficientBalance, PriceOracleNotSupported } from "./errors.js";
import { type LtvConfig, UNKNOWN_COLLATERAL } from "./ltv.js";
import type { VaultParameters } from "./parameters.js";
import type { Quotes } from "./quotes.js";

/** One account as this vault and its collaterals know it. This vault is taken to be its only controller. */
export interface Account {
  /** Shares of this vault. */
  readonly shares: bigint;
  /** Debt at its last touch, in units of the asset x 2^31. */
  readonly owed: bigint;
  /** The vault's accumulator at that touch, ray. */
  readonly interestAccumulator: bigint;
  /** Balances of collateral tokens, in their own smallest units. */
  readonly balances: Readonly<Record<string, bigint>>;
  /** Collaterals that count for it, in the order of enabling. */
  readonly enabled: readonly string[];
  /** When its status was last found good, seconds. */
  readonly lastStatusCheck: bigint;
}

/** One lending vault with everything that its liquidations depend on. */
export interface Vault {
  readonly id: string;
  readonly parameters: VaultParameters;
  /** Seconds. */
  readonly now: bigint;
  /** Quotes of the vault's own asset. */
  readonly assetQuotes: Quotes;
  /** Quotes of every collateral. */
  readonly collateralQuotes: Readonly<Record<string, Quotes>>;
  readonly collaterals: Readonly<Record<string, LtvConfig>>;
  /** Units of the asset that lie in the vault. */
  readonly cash: bigint;
  /** All debts, units of the asset x 2^31. */
  readonly totalBorrows: bigint;
  /** All shares, fees included. */
  readonly totalShares: bigint;
  /** Shares minted for fees and not yet paid out. */
  readonly accumulatedFees: bigint;
  /** What one owed at the start has become, ray. */
  readonly interestAccumulator: bigint;
  /** Ray per second. */
  readonly interestRate: bigint;
  /** When interest was last accrued, seconds. */
  readonly lastAccrual: bigint;
  readonly accounts: Readonly<Record<string, Account>>;
  /** Accounts whose check waits for the end of the batch; null outside a batch. */
  readonly deferred: readonly string[] | null;
}

/** One party's part of what a call moves. Over all parties of a call the amounts of each `of` sum to 0. */
export interface Movement {
  /** An account, or `vault`. */
  readonly party: string;
  /** `asset` (units), `shares`, `debt` (units x 2^31, more is owed; the vault's is what it is owed, negative) or the id of a collateral (its units). */
  readonly of: string;
  readonly amount: bigint;
}

/** A vault after a call and what the call moved. */
export interface Outcome {
  readonly vault: Vault;
  readonly movements: readonly Movement[];
}

/** An account that has done nothing yet. */
export const EMPTY_ACCOUNT: Account = {
  shares: 0n,
  owed: 0n,
  interestAccumulator: RAY,
  balances: {},
  enabled: [],
  lastStatusCheck: 0n,
};

/** A vault without deposits at a moment. `Initialize.initialize`, whose accumulator starts at 1e27. */
export function openVault(
  id: string,
  parameters: VaultParameters,
  now: bigint,
  assetQuotes: Quotes,
  collateralQuotes: Readonly<Record<string, Quotes>>,
): Vault {
  return {
    id,
    parameters,
    now,
    assetQuotes,
    collateralQuotes,
    collaterals: {},
    cash: 0n,
    totalBorrows: 0n,
    totalShares: 0n,
    accumulatedFees: 0n,
    interestAccumulator: RAY,
    interestRate: 0n,
    lastAccrual: now,
    accounts: {},
    deferred: null,
  };
}

/** An account by name; one that the vault has not seen is empty. */
export function accountOf(vault: Vault, name: string): Account {
  return vault.accounts[name] ?? EMPTY_ACCOUNT;
}

/** A collateral's LTVs by id; one that was never configured is unknown. */
export function ltvOf(vault: Vault, collateral: string): LtvConfig {
  return vault.collaterals[collateral] ?? UNKNOWN_COLLATERAL;
}

/** A collateral's quotes. Throws `PriceOracleNotSupported` where the oracle knows none. */
export function quotesOf(vault: Vault, collateral: string): Quotes {
  const quotes = vault.collateralQuotes[collateral];
  if (quotes === undefined) throw new PriceOracleNotSupported(`the oracle has no quote for ${collateral}`);
  return quotes;
}

/** An account's balance of a collateral, its units. */
export function balanceOf(vault: Vault, name: string, collateral: string): bigint {
  return accountOf(vault, name).balances[collateral] ?? 0n;
}

/** The vault with some fields of an account changed. */
export function withAccount(vault: Vault, name: string, change: Partial<Account>): Vault {
  return { ...vault, accounts: { ...vault.accounts, [name]: { ...accountOf(vault, name), ...change } } };
}

/** The vault with an account's balance of a collateral changed by a signed amount. Throws `InsufficientBalance`. */
export function withBalanceChange(vault: Vault, name: string, collateral: string, change: bigint): Vault {
  const balance = balanceOf(vault, name, collateral);
  if (balance + change < 0n)
    throw new InsufficientBalance(`${name} gives ${-change} of ${collateral} and holds ${balance}`);
  return withAccount(vault, name, {
    balances: { ...accountOf(vault, name).balances, [collateral]: balance + change },
  });
}

/** The vault later; interest is accrued when it is next touched. */
export function later(vault: Vault, seconds: bigint): Vault {
  return { ...vault, now: vault.now + seconds };
}

/** The vault after the oracle quotes a collateral anew. */
export function withCollateralQuotes(vault: Vault, collateral: string, quotes: Quotes): Vault {
  return { ...vault, collateralQuotes: { ...vault.collateralQuotes, [collateral]: quotes } };
}
