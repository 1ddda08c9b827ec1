import { mulDivDown } from "../rounding.js";
import { BASIS_POINTS, RAY } from "../scales.js";
import {
  ExcessCollateralWithdrawal,
  ExcessDebtPayback,
  PositionAboveCollateralFactor,
  UserDebtTooLow,
} from "./errors.js";
import { checkedPrice } from "./limits.js";
import type { FluidParameters } from "./parameters.js";
import { RATIO_ONE, tickAtRatio } from "./ticks.js";
import {
  type FluidPrices,
  type Holding,
  holdingOf,
  type Level,
  SHARE_SHIFT,
  sortedLevels,
  type Vault,
} from "./vault.js";

/** Exchange prices have twelve decimals. */
export const EXCHANGE_PRICE = 1_000_000_000_000n;
const LEAST_DEBT = 10_000n;
const BILLION = 1_000_000_000n;

/** What an operation moves, in tokens and raw. */
export interface OperateOutcome {
  readonly vault: Vault;
  /** Tokens from the owner into the vault, negative out of it. */
  readonly collateralIn: bigint;
  /** Tokens lent out to the owner, negative paid back. */
  readonly debtOut: bigint;
  /** Change of the levels' and idle raw collateral. */
  readonly rawCollateral: bigint;
  /** Change of the levels' raw debt, dust included. */
  readonly rawDebt: bigint;
}

/**
 * Deposits or withdraws collateral and borrows or pays back, in tokens (negative: withdraw, pay back; `"all"` for everything). The position moves to the tick
 * above its ratio; the debt that this adds is its dust. Raw amounts round for the vault: deposits down, withdrawals and borrowing up, paying back down.
 * Throws ExcessCollateralWithdrawal, ExcessDebtPayback, UserDebtTooLow, PositionAboveCollateralFactor, InvalidOraclePrice. Source: FluidVaultT1 `operate`,
 * `_addDebtToTickWrite`.
 */
export function operate(
  parameters: FluidParameters,
  prices: FluidPrices,
  vault: Vault,
  id: string,
  collateralChange: bigint | "all",
  debtChange: bigint | "all",
): OperateOutcome {
  const before = holdingOf(vault, id);
  const collateral = changedCollateral(prices, before.collateral, collateralChange);
  const debt = changedDebt(parameters, prices, before.debt, debtChange);
  const without = removePosition(vault, id, before);
  const placed =
    debt.raw === 0n ? addIdle(without, id, collateral.raw) : addDebt(without, id, collateral.raw, debt.raw);
  const asks = collateralChange === "all" || collateralChange < 0n || (debtChange !== "all" && debtChange > 0n);
  if (placed.tick !== null && asks && isRiskier(vault, id, before, placed.tick, debt.raw)) {
    requireBelowCollateralFactor(parameters, prices, placed.tick);
  }
  return {
    vault: placed.vault,
    collateralIn: collateral.tokens,
    debtOut: debt.tokens,
    rawCollateral: collateral.raw - before.collateral,
    rawDebt: placed.debt - before.debtWithDust,
  };
}

/** Whether the tick does not fall, or the debt rises by more than the billionth that is added anyway. */
function isRiskier(vault: Vault, id: string, before: Holding, tick: bigint, owed: bigint): boolean {
  const level = vault.levels.find((one) => one.id === vault.positions[id]?.level);
  if (level === undefined || before.debt === 0n) return true;
  return level.tick <= tick || withBillionth(owed) > withBillionth(before.debt);
}

/** One billionth and one unit on top: what the vault adds to a debt before it looks for its tick. */
function withBillionth(debt: bigint): bigint {
  return mulDivDown(debt, BILLION + 1n, BILLION) + 1n;
}

function changedCollateral(prices: FluidPrices, held: bigint, change: bigint | "all") {
  const price = prices.supplyExchangePrice;
  if (change === "all") return { raw: 0n, tokens: held === 0n ? 0n : -(mulDivDown(held, price, EXCHANGE_PRICE) - 1n) };
  if (change >= 0n) return { raw: held + mulDivDown(change, EXCHANGE_PRICE, price), tokens: change };
  const out = mulDivDown(-change, EXCHANGE_PRICE, price) + 1n;
  if (out > held) throw new ExcessCollateralWithdrawal(out, held);
  return { raw: held - out, tokens: change };
}

function changedDebt(parameters: FluidParameters, prices: FluidPrices, owed: bigint, change: bigint | "all") {
  const price = prices.borrowExchangePrice;
  if (change === "all") return { raw: 0n, tokens: owed === 0n ? 0n : -(mulDivDown(owed, price, EXCHANGE_PRICE) + 1n) };
  if (change === 0n) return { raw: owed, tokens: 0n };
  if (change > 0n) {
    const borrowed = mulDivDown(change, EXCHANGE_PRICE, price) + 1n;
    return { raw: owed + borrowed + mulDivDown(borrowed, parameters.borrowFee, BASIS_POINTS), tokens: change };
  }
  const paid = mulDivDown(-change, EXCHANGE_PRICE, price) - 1n;
  if (paid > owed) throw new ExcessDebtPayback(paid, owed);
  return { raw: owed - paid, tokens: change };
}

function removePosition(vault: Vault, id: string, holding: Holding): Vault {
  const position = vault.positions[id];
  if (position === undefined || position.level === null || holding.debtWithDust === 0n) return vault;
  const levels = vault.levels
    .map((level) => {
      if (level.id !== position.level) return level;
      return {
        ...level,
        collateral: level.collateral - holding.collateral,
        debt: level.debt - holding.debtWithDust,
        shares: level.shares - position.shares,
      };
    })
    .filter((level) => level.shares > 0n);
  return { ...vault, levels };
}

function addIdle(vault: Vault, id: string, collateral: bigint) {
  const position = { level: null, shares: 0n, idleCollateral: collateral, dustDebt: 0n };
  return { vault: { ...vault, positions: { ...vault.positions, [id]: position } }, tick: null, debt: 0n };
}

/** Puts a position on the tick above its ratio; what that adds to its debt is its dust. */
function addDebt(vault: Vault, id: string, collateral: bigint, owed: bigint) {
  const netDebt = withBillionth(owed);
  if (netDebt < LEAST_DEBT) throw new UserDebtTooLow(netDebt);
  if (collateral === 0n) throw new ExcessCollateralWithdrawal(collateral, 0n);
  const { tick: below, perfectRatio } = tickAtRatio(mulDivDown(netDebt, RATIO_ONE, collateral));
  const tick = below + 1n;
  const debt = mulDivDown(mulDivDown(perfectRatio, 10_015n, 10_000n), collateral, RATIO_ONE);
  const shares = debt << SHARE_SHIFT;
  const there = vault.levels.find((level) => level.tick === tick && level.partials === 0n);
  const level: Level =
    there === undefined
      ? { id: vault.nextLevel, tick, partials: 0n, collateral, debt, shares }
      : {
          ...there,
          collateral: there.collateral + collateral,
          debt: there.debt + debt,
          shares: there.shares + shares,
        };
  const others = vault.levels.filter((one) => one.id !== level.id);
  const position = { level: level.id, shares, idleCollateral: 0n, dustDebt: debt - netDebt };
  return {
    vault: {
      ...vault,
      levels: sortedLevels([...others, level]),
      positions: { ...vault.positions, [id]: position },
      nextLevel: there === undefined ? vault.nextLevel + 1 : vault.nextLevel,
    },
    tick,
    debt,
  };
}

function requireBelowCollateralFactor(parameters: FluidParameters, prices: FluidPrices, tick: bigint): void {
  const price = checkedPrice(prices);
  const ratio = mulDivDown(mulDivDown(price, parameters.collateralFactor, 1_000n), RATIO_ONE, RAY);
  const limit = tickAtRatio(ratio).tick;
  if (tick > limit) throw new PositionAboveCollateralFactor(tick, limit);
}
