import { accrued, retargeted } from "./accrual.js";
import { requireLiquidity } from "./liquidity.js";
import { type Movement, type Outcome, type Vault, withAccount } from "./state.js";

/** A call on a vault, ready to be made. */
export type Call = (vault: Vault) => Outcome;

/**
 * Several calls as one: accounts are checked once, after the last, so that a liquidator may bring collateral or repay after he has taken the debt over. A
 * failing check undoes all. Throws what the calls throw, and `AccountLiquidity`. `EthereumVaultConnector.batch`.
 */
export function batch(vault: Vault, calls: readonly Call[]): Outcome {
  let current: Vault = { ...vault, deferred: [] };
  const movements: Movement[] = [];
  for (const call of calls) {
    const outcome = call(current);
    current = outcome.vault;
    movements.push(...outcome.movements);
  }
  for (const name of current.deferred ?? []) current = checked(current, name);
  return { vault: retargeted({ ...current, deferred: null }), movements };
}

/** The end of a call: those named are checked, now or at the end of the batch, and the rate is set anew. Throws `AccountLiquidity`. */
export function settled(vault: Vault, movements: readonly Movement[], ...toCheck: readonly string[]): Outcome {
  if (vault.deferred !== null)
    return { vault: { ...vault, deferred: [...new Set([...vault.deferred, ...toCheck])] }, movements };
  return { vault: retargeted(toCheck.reduce(checked, vault)), movements };
}

/** The beginning of a call: interest to now. */
export function begun(vault: Vault): Vault {
  return accrued(vault);
}

/** The vault with an account found good now, which starts its cool-off anew. Throws `AccountLiquidity`. `checkAccountStatusInternal`. */
function checked(vault: Vault, name: string): Vault {
  requireLiquidity(vault, name);
  return withAccount(vault, name, { lastStatusCheck: vault.now });
}
