import { MAX_UINT256 } from "../scales.js";
import {
  BorrowTooSmall,
  InsufficientCollateral,
  NotCollateralized,
  SupplyCapExceeded,
  TransferOutFailed,
} from "./errors.js";
import { isBorrowCollateralized } from "./health.js";
import { accrue } from "./interest.js";
import type { CompoundParameters } from "./parameters.js";
import { type CompoundEntry, entriesBetween } from "./reserves.js";
import {
  assetAt,
  type CompoundAccount,
  type CompoundMarket,
  type CompoundPrices,
  presentValue,
  principalValue,
  repaidAndSupplied,
  replaced,
  withdrawnAndBorrowed,
} from "./state.js";

/** What a call of an account's owner leaves behind. */
export interface CompoundAccountOutcome {
  readonly market: CompoundMarket;
  readonly account: CompoundAccount;
  /** Units that left (supply) or entered (withdrawal) the wallet. */
  readonly amount: bigint;
  /** Whole call, interest since the last accrual included. */
  readonly entries: readonly CompoundEntry[];
}

/** Pays base in: repays first, lends the rest. MAX_UINT256 repays the whole debt (Comet.supplyBase). Base units. */
export function supplyBase(
  parameters: CompoundParameters,
  market: CompoundMarket,
  account: CompoundAccount,
  asked: bigint,
  second: bigint,
): CompoundAccountOutcome {
  const accrued = accrue(parameters, market, second);
  const balance = presentValue(accrued, account.principal);
  const amount = asked !== MAX_UINT256 ? asked : balance < 0n ? -balance : 0n;
  const principal = principalValue(accrued, balance + amount);
  const { repaid, supplied } = repaidAndSupplied(account.principal, principal);
  const after: CompoundMarket = {
    ...accrued,
    totalSupplyBase: accrued.totalSupplyBase + supplied,
    totalBorrowBase: accrued.totalBorrowBase - repaid,
    baseBalance: accrued.baseBalance + amount,
  };
  return {
    market: after,
    account: { ...account, principal },
    amount,
    entries: entriesBetween(parameters, market, after),
  };
}

/**
 * Takes base out: own supply first, the rest is borrowed. MAX_UINT256 takes the whole supply (Comet.withdrawBase). Base units. Throws BorrowTooSmall,
 * NotCollateralized, TransferOutFailed (the base is lent out).
 */
export function withdrawBase(
  parameters: CompoundParameters,
  market: CompoundMarket,
  account: CompoundAccount,
  asked: bigint,
  prices: CompoundPrices,
  second: bigint,
): CompoundAccountOutcome {
  const accrued = accrue(parameters, market, second);
  const before = presentValue(accrued, account.principal);
  const amount = asked !== MAX_UINT256 ? asked : before > 0n ? before : 0n;
  const balance = before - amount;
  const principal = principalValue(accrued, balance);
  const { withdrawn, borrowed } = withdrawnAndBorrowed(account.principal, principal);
  const after: CompoundMarket = {
    ...accrued,
    totalSupplyBase: accrued.totalSupplyBase - withdrawn,
    totalBorrowBase: accrued.totalBorrowBase + borrowed,
    baseBalance: accrued.baseBalance - amount,
  };
  const changed = { ...account, principal };
  if (balance < 0n) {
    if (-balance < parameters.borrowMin)
      throw new BorrowTooSmall(`a debt of ${-balance} units; at least ${parameters.borrowMin}`);
    if (!isBorrowCollateralized(parameters, after, changed, prices))
      throw new NotCollateralized(`the collateral does not carry a debt of ${-balance} units`);
  }
  if (after.baseBalance < 0n)
    throw new TransferOutFailed(`${amount} units asked, the market holds ${accrued.baseBalance}`);
  return { market: after, account: changed, amount, entries: entriesBetween(parameters, market, after) };
}

/** Deposits collateral; no interest accrues (Comet.supplyCollateral). Units of the asset. Throws BadAsset, SupplyCapExceeded. */
export function supplyCollateral(
  parameters: CompoundParameters,
  market: CompoundMarket,
  account: CompoundAccount,
  asset: number,
  amount: bigint,
): CompoundAccountOutcome {
  const { name, supplyCap } = assetAt(parameters, asset);
  const totals = market.collateral[asset];
  if (totals.supplied + amount > supplyCap)
    throw new SupplyCapExceeded(`${totals.supplied + amount} units of ${name}; at most ${supplyCap}`);
  return withCollateral(parameters, market, account, asset, amount);
}

/**
 * Takes collateral out; no interest accrues, the gap between the two collateral factors covers it (Comet.withdrawCollateral). Units of the asset. Throws
 * BadAsset, InsufficientCollateral, NotCollateralized.
 */
export function withdrawCollateral(
  parameters: CompoundParameters,
  market: CompoundMarket,
  account: CompoundAccount,
  asset: number,
  amount: bigint,
  prices: CompoundPrices,
): CompoundAccountOutcome {
  const { name } = assetAt(parameters, asset);
  if (amount > account.collateral[asset])
    throw new InsufficientCollateral(`${amount} units of ${name} asked, the account has ${account.collateral[asset]}`);
  const outcome = withCollateral(parameters, market, account, asset, -amount);
  if (!isBorrowCollateralized(parameters, outcome.market, outcome.account, prices))
    throw new NotCollateralized(`without ${amount} units of ${name} the collateral does not carry the debt`);
  return { ...outcome, amount };
}

/** The account and the market with `change` units more of one collateral. */
function withCollateral(
  parameters: CompoundParameters,
  market: CompoundMarket,
  account: CompoundAccount,
  asset: number,
  change: bigint,
): CompoundAccountOutcome {
  const { supplied, held } = market.collateral[asset];
  const totals = { supplied: supplied + change, held: held + change };
  const after = { ...market, collateral: replaced(market.collateral, asset, totals) };
  return {
    market: after,
    account: { ...account, collateral: replaced(account.collateral, asset, account.collateral[asset] + change) },
    amount: change,
    entries: entriesBetween(parameters, market, after),
  };
}
