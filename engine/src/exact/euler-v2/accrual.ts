import { linearKinkRate, powerOrOverflow } from "../interest/index.js";
import { least, mulDivDown } from "../rounding.js";
import { BASIS_POINTS, MAX_UINT256, RAY } from "../scales.js";
import { DEBT_PRECISION_SHIFT, toAssetsUp } from "./debt.js";
import { MAX_ALLOWED_INTEREST_RATE } from "./parameters.js";
import type { Vault } from "./state.js";

/** Largest amount of an asset or of shares that a vault keeps: 2^112 - 1 (`MAX_SANE_AMOUNT`). */
const MAX_SANE_AMOUNT = (1n << 112n) - 1n;
/** The same in fine debt (`MAX_SANE_DEBT_AMOUNT`). */
const MAX_SANE_DEBT_AMOUNT = MAX_SANE_AMOUNT << DEBT_PRECISION_SHIFT;

/**
 * The vault with interest to now: accumulator and total debt grow by the rate's power, rounded down; the fee's part is minted as shares. Where a number would
 * overflow the old one stands. `Cache.initVaultCache`.
 */
export function accrued(vault: Vault): Vault {
  if (vault.now === vault.lastAccrual) return vault;
  const interestAccumulator = grownAccumulator(vault);
  const totalBorrows = grownBorrows(vault, interestAccumulator);
  if (totalBorrows > MAX_SANE_DEBT_AMOUNT) return vault;
  const totalShares = sharesWithFees(vault, totalBorrows);
  const grown = { ...vault, interestAccumulator, totalBorrows, lastAccrual: vault.now };
  if (totalShares > MAX_SANE_AMOUNT) return grown;
  return { ...grown, totalShares, accumulatedFees: vault.accumulatedFees + totalShares - vault.totalShares };
}

/** The accumulator to now. */
function grownAccumulator(vault: Vault): bigint {
  const multiplier = powerOrOverflow(vault.interestRate + RAY, vault.now - vault.lastAccrual, RAY);
  if (multiplier === null || vault.interestAccumulator * multiplier > MAX_UINT256) return vault.interestAccumulator;
  return mulDivDown(vault.interestAccumulator, multiplier, RAY);
}

/** All debts to now. */
function grownBorrows(vault: Vault, accumulator: bigint): bigint {
  if (vault.totalBorrows * accumulator > MAX_UINT256) return vault.totalBorrows;
  return mulDivDown(vault.totalBorrows, accumulator, vault.interestAccumulator);
}

/** All shares after the interest fee has been minted at the price that leaves the others the rest of the interest. */
function sharesWithFees(vault: Vault, totalBorrows: bigint): bigint {
  const feeAssets = mulDivDown(
    totalBorrows - vault.totalBorrows,
    vault.parameters.interestFee,
    BASIS_POINTS << DEBT_PRECISION_SHIFT,
  );
  if (feeAssets === 0n) return vault.totalShares;
  const totalAssets = vault.cash + toAssetsUp(totalBorrows);
  return mulDivDown(totalAssets, vault.totalShares, totalAssets - feeAssets);
}

/**
 * The vault with the rate that its model answers for cash and borrows now, at most `MAX_ALLOWED_INTEREST_RATE`; asked at the end of every call.
 * `RiskManager.checkVaultStatus`, `BorrowUtils.computeInterestRate`.
 */
export function retargeted(vault: Vault): Vault {
  const { interestRateModel } = vault.parameters;
  if (interestRateModel === null) return vault;
  const rate = linearKinkRate(interestRateModel, vault.cash, toAssetsUp(vault.totalBorrows));
  return { ...vault, interestRate: least(rate, MAX_ALLOWED_INTEREST_RATE) };
}
