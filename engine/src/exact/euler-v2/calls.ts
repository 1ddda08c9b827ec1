import { least } from "../rounding.js";
import { begun, settled } from "./checks.js";
import { currentOwed, decreaseBorrow, increaseBorrow, toAssetsUp, toOwed } from "./debt.js";
import { InsufficientBalance, InsufficientCash, InvalidLtvAsset, ZeroAssets, ZeroShares } from "./errors.js";
import { withLtv } from "./ltv.js";
import { assetsToSharesDown, assetsToSharesUp, sharesToAssetsDown } from "./shares.js";
import { accountOf, ltvOf, type Movement, type Outcome, type Vault, withAccount, withBalanceChange } from "./state.js";

/** Two opposite movements between an account and the vault: what the account gains, the vault loses. */
function between(name: string, of: string, amount: bigint): readonly Movement[] {
  return [
    { party: name, of, amount },
    { party: "vault", of, amount: -amount },
  ];
}

/** Units of the asset put in for shares, rounded down; nothing moves for none. Throws `ZeroShares`. `Vault.deposit`. */
export function deposit(vault: Vault, name: string, assets: bigint): Outcome {
  const current = begun(vault);
  if (assets === 0n) return settled(current, []);
  const shares = assetsToSharesDown(current, assets);
  if (shares === 0n) throw new ZeroShares(`${assets} units buy no share`);
  const richer = withAccount(current, name, { shares: accountOf(current, name).shares + shares });
  const after = { ...richer, cash: current.cash + assets, totalShares: current.totalShares + shares };
  return settled(after, [...between(name, "asset", -assets), ...between(name, "shares", shares)]);
}

/**
 * Shares given back for units of the asset, rounded down; the owner is checked. Throws `ZeroAssets`, `InsufficientCash` (lent out), `InsufficientBalance`,
 * `AccountLiquidity`. `Vault.redeem`.
 */
export function redeem(vault: Vault, name: string, shares: bigint): Outcome {
  const current = begun(vault);
  if (shares === 0n) return settled(current, [], name);
  const assets = sharesToAssetsDown(current, shares);
  if (assets === 0n) throw new ZeroAssets(`${shares} shares are worth no unit`);
  return payOut(current, name, shares, assets);
}

/**
 * Units of the asset taken out for shares, rounded up; the owner is checked. Throws `InsufficientCash` (lent out), `InsufficientBalance`,
 * `AccountLiquidity`. `Vault.withdraw`.
 */
export function withdraw(vault: Vault, name: string, assets: bigint): Outcome {
  const current = begun(vault);
  return assets === 0n ? settled(current, [], name) : payOut(current, name, assetsToSharesUp(current, assets), assets);
}

/** Shares end and assets leave. Throws `InsufficientCash` (lent out), `InsufficientBalance`, `AccountLiquidity`. `Vault.finalizeWithdraw`. */
function payOut(vault: Vault, name: string, shares: bigint, assets: bigint): Outcome {
  requireCash(vault, assets);
  const held = accountOf(vault, name).shares;
  if (shares > held) throw new InsufficientBalance(`${name} gives ${shares} shares and holds ${held}`);
  const poorer = withAccount(vault, name, { shares: held - shares });
  const after = { ...poorer, cash: vault.cash - assets, totalShares: vault.totalShares - shares };
  return settled(after, [...between(name, "asset", assets), ...between(name, "shares", -shares)], name);
}

/** Units of the asset lent to an account, which is checked. Throws `InsufficientCash`, `AccountLiquidity`. `Borrowing.borrow`. */
export function borrow(vault: Vault, name: string, assets: bigint): Outcome {
  const current = begun(vault);
  if (assets === 0n) return settled(current, [], name);
  requireCash(current, assets);
  const after = { ...increaseBorrow(current, name, assets), cash: current.cash - assets };
  return settled(after, [...between(name, "asset", assets), ...between(name, "debt", toOwed(assets))], name);
}

/**
 * Units of the asset paid by anyone for an account's debt; more than is owed is refused with `RepayTooMuch`. The account is not checked, so its cool-off
 * does not start anew. `Borrowing.repay`.
 */
export function repay(vault: Vault, payer: string, name: string, assets: bigint | "all"): Outcome {
  const current = begun(vault);
  const paid = assets === "all" ? toAssetsUp(currentOwed(current, name)) : assets;
  if (paid === 0n) return settled(current, []);
  const { vault: lighter, ended } = decreaseBorrow(current, name, paid);
  const after = { ...lighter, cash: current.cash + paid };
  return settled(after, [...between(payer, "asset", -paid), ...between(name, "debt", -ended)]);
}

/** Collateral that an account receives from elsewhere, its units; nobody is checked. */
export function receiveCollateral(vault: Vault, name: string, collateral: string, amount: bigint): Outcome {
  return settled(withBalanceChange(begun(vault), name, collateral, amount), [
    { party: name, of: collateral, amount },
    { party: "outside", of: collateral, amount: -amount },
  ]);
}

/** Collateral that an account sends away, its units; the account is checked. Throws `InsufficientBalance`, `AccountLiquidity`. */
export function sendCollateral(vault: Vault, name: string, collateral: string, amount: bigint): Outcome {
  const movements = [
    { party: name, of: collateral, amount: -amount },
    { party: "outside", of: collateral, amount },
  ];
  return settled(withBalanceChange(begun(vault), name, collateral, -amount), movements, name);
}

/** A collateral counts for an account from now on. `EthereumVaultConnector.enableCollateral`. */
export function enableCollateral(vault: Vault, name: string, collateral: string): Outcome {
  const { enabled } = accountOf(vault, name);
  const after = enabled.includes(collateral) ? vault : withAccount(vault, name, { enabled: [...enabled, collateral] });
  return settled(begun(after), [], name);
}

/** A collateral counts no longer; the account is checked. Throws `AccountLiquidity`. `EthereumVaultConnector.disableCollateral`. */
export function disableCollateral(vault: Vault, name: string, collateral: string): Outcome {
  const enabled = accountOf(vault, name).enabled.filter((one) => one !== collateral);
  return settled(begun(withAccount(vault, name, { enabled })), [], name);
}

/** Governance sets a collateral's LTVs. Throws `InvalidLtvAsset` for the vault itself and what `withLtv` throws. `Governance.setLTV`. */
export function setLtv(
  vault: Vault,
  collateral: string,
  borrowLtv: bigint,
  liquidationLtv: bigint,
  rampDuration: bigint,
): Vault {
  if (collateral === vault.id) throw new InvalidLtvAsset(`${collateral} is the vault itself`);
  const config = withLtv(ltvOf(vault, collateral), borrowLtv, liquidationLtv, rampDuration, vault.now);
  return { ...vault, collaterals: { ...vault.collaterals, [collateral]: config } };
}

/** What of an account's shares can leave now, in units of the asset: their worth, or the cash if that is less. */
export function withdrawable(vault: Vault, name: string): bigint {
  const current = begun(vault);
  return least(sharesToAssetsDown(current, accountOf(current, name).shares), current.cash);
}

/** Refuses what is lent out. Throws `InsufficientCash`. */
function requireCash(vault: Vault, assets: bigint): void {
  if (assets > vault.cash) throw new InsufficientCash(`${assets} units are asked for, ${vault.cash} lie in the vault`);
}
