import { mulDivDown } from "../rounding.js";
import { RAY } from "../scales.js";
import { CeilingExceeded, InsufficientBalance, NotSafe, VaultBelowDust } from "./errors.js";
import { ISSUER, OUTSIDE, settle, type Transfer, VOW, vaultAccount } from "./ledger.js";
import type { MakerParameters } from "./parameters.js";
import { rpow } from "./price-curves.js";
import { type MakerState, type Vault, vaultOf, withVault } from "./state.js";

/** A state with all that moved on the way to it. */
export interface Moved {
  readonly state: MakerState;
  readonly transfers: readonly Transfer[];
}

/** Unsafe exactly where collateral x safety price is BELOW debt (rad) and there is a price; equality is safe. Source: Dog `bark`. */
export function isUnsafe(state: MakerState, vault: Vault): boolean {
  return state.safetyPrice > 0n && vault.collateral * state.safetyPrice < vault.normalisedDebt * state.rate;
}

/** `units` of collateral become free collateral of `party`; negative ones leave. Throws InsufficientBalance. Source: Vat `slip` through a join. */
export function joinCollateral(state: MakerState, party: string, units: bigint): Moved {
  const [from, to] = units < 0n ? [party, OUTSIDE] : [OUTSIDE, party];
  const transfers: Transfer[] = [{ asset: "collateral", from, to, units: units < 0n ? -units : units }];
  return { state: { ...state, ...settle(state, transfers) }, transfers };
}

/** `rad` of DAI pass from one party to another. Throws InsufficientBalance. Source: Vat `move`. */
export function moveDai(state: MakerState, from: string, to: string, rad: bigint): Moved {
  const transfers: Transfer[] = [{ asset: "dai", from, to, units: rad }];
  return { state: { ...state, ...settle(state, transfers) }, transfers };
}

/**
 * Locks (or frees, negative) `collateral` units and draws (or repays, negative) `normalisedDebt`, for and by the vault's owner, whose account carries the
 * vault's name. Throws CeilingExceeded, NotSafe, VaultBelowDust, InsufficientBalance. Source: Vat `frob`.
 */
export function adjustVault(
  parameters: MakerParameters,
  state: MakerState,
  vault: string,
  change: { readonly collateral: bigint; readonly normalisedDebt: bigint },
): Moved {
  const before = vaultOf(state, vault);
  const after = {
    collateral: before.collateral + change.collateral,
    normalisedDebt: before.normalisedDebt + change.normalisedDebt,
  };
  const normalisedDebt = state.normalisedDebt + change.normalisedDebt;
  const drawn = state.rate * change.normalisedDebt;
  requireAllowed(parameters, state, { before, after, change, normalisedDebt });
  const transfers: Transfer[] = [
    change.collateral >= 0n
      ? { asset: "collateral", from: vault, to: vaultAccount(vault), units: change.collateral }
      : { asset: "collateral", from: vaultAccount(vault), to: vault, units: -change.collateral },
    drawn >= 0n
      ? { asset: "dai", from: ISSUER, to: vault, units: drawn }
      : { asset: "dai", from: vault, to: ISSUER, units: -drawn },
  ];
  return {
    state: {
      ...state,
      ...settle(state, transfers),
      vaults: withVault(state, vault, after),
      normalisedDebt,
      daiSupply: state.daiSupply + drawn,
    },
    transfers,
  };
}

interface Adjustment {
  readonly before: Vault;
  readonly after: Vault;
  readonly change: Vault;
  readonly normalisedDebt: bigint;
}

/** The checks of `frob`, in its order. */
function requireAllowed(parameters: MakerParameters, state: MakerState, wanted: Adjustment): void {
  const { before, after, change } = wanted;
  if (after.collateral < 0n)
    throw new InsufficientBalance(`the vault holds ${before.collateral} and would free ${-change.collateral}`);
  if (after.normalisedDebt < 0n)
    throw new InsufficientBalance(`the vault owes ${before.normalisedDebt} and would repay ${-change.normalisedDebt}`);
  const debt = after.normalisedDebt * state.rate;
  const total = wanted.normalisedDebt * state.rate;
  if (change.normalisedDebt > 0n && total > parameters.debtCeiling)
    throw new CeilingExceeded(`debt would be ${total} rad; the ceiling is ${parameters.debtCeiling}`);
  const riskier = change.normalisedDebt > 0n || change.collateral < 0n;
  if (riskier && debt > after.collateral * state.safetyPrice)
    throw new NotSafe(`debt would be ${debt} rad; the collateral carries ${after.collateral * state.safetyPrice}`);
  if (after.normalisedDebt !== 0n && debt < parameters.dust)
    throw new VaultBelowDust(`debt would be ${debt} rad; it may be 0, or ${parameters.dust} or more`);
}

/** Brings fees up to now into `rate`, rounded down; the Vow receives the DAI. Source: Jug `drip`, Vat `fold`. */
export function accrueFees(parameters: MakerParameters, state: MakerState): Moved {
  const growth = rpow(parameters.feePerSecond, state.now - state.feesAccruedAt, RAY);
  const rate = mulDivDown(growth, state.rate, RAY);
  const fees = state.normalisedDebt * (rate - state.rate);
  const transfers: Transfer[] = [{ asset: "dai", from: ISSUER, to: VOW, units: fees }];
  return {
    state: {
      ...state,
      ...settle(state, transfers),
      rate,
      feesAccruedAt: state.now,
      daiSupply: state.daiSupply + fees,
    },
    transfers,
  };
}
