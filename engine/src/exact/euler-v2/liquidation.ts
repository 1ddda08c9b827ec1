import { most, mulDivDown } from "../rounding.js";
import { BASIS_POINTS, WAD } from "../scales.js";
import { begun, settled } from "./checks.js";
import { currentOwed, decreaseBorrow, toAssetsUp, transferBorrow } from "./debt.js";
import {
  BadCollateral,
  CollateralDisabled,
  ExcessiveRepayAmount,
  LiquidationCoolOff,
  MinYield,
  SelfLiquidation,
  ViolatorLiquidityDeferred,
} from "./errors.js";
import { type AccountLiquidityValues, isInViolation, liquidityOf } from "./liquidity.js";
import { isRecognizedCollateral } from "./ltv.js";
import { valueAt } from "./quotes.js";
import {
  accountOf,
  balanceOf,
  ltvOf,
  type Movement,
  type Outcome,
  quotesOf,
  type Vault,
  withBalanceChange,
} from "./state.js";

/** What a liquidation of one collateral is computed from. */
export interface LiquidationInput extends AccountLiquidityValues {
  /** Debt, units of the asset, rounded up. */
  readonly liability: bigint;
  /** What the violator holds of the collateral, its units. */
  readonly collateralBalance: bigint;
  /** Its value at mid, smallest units of the unit of account. */
  readonly collateralValue: bigint;
}

/** The most that a liquidation of one collateral may take. */
export interface LiquidationTerms {
  readonly violation: boolean;
  /** One less the discount, wad: the worth of debt given for one of collateral. */
  readonly discountFactor: bigint;
  /** Debt that the liquidator takes over, units of the asset. */
  readonly repay: bigint;
  /** Value of that debt, smallest units of the unit of account, before the rounding to units of the asset. */
  readonly repayValue: bigint;
  /** Collateral that he receives, its units. */
  readonly yieldBalance: bigint;
}

/**
 * The health score in wad, rounded down, and at least one less the highest discount (basis points): the discount grows as the position worsens, driven by
 * price and not by time. The liability is not 0. `Liquidation.calculateMaxLiquidation`.
 */
export function discountFactor(values: AccountLiquidityValues, maxLiquidationDiscount: bigint): bigint {
  const health = mulDivDown(values.collateralAdjustedValue, WAD, values.liabilityValue);
  return most(health, WAD - mulDivDown(WAD, maxLiquidationDiscount, BASIS_POINTS));
}

/**
 * The most a liquidator may repay and receive: the whole debt, or what the collateral pays for at the discount. Collateral worth nothing goes for nothing. All
 * rounded down. Nothing for an account that is not in violation. `Liquidation.calculateMaxLiquidation`.
 */
export function liquidationTerms(input: LiquidationInput, maxLiquidationDiscount: bigint): LiquidationTerms {
  const { liability, liabilityValue, collateralBalance, collateralValue } = input;
  if (!isInViolation(input))
    return { violation: false, discountFactor: WAD, repay: 0n, repayValue: 0n, yieldBalance: 0n };
  const factor = discountFactor(input, maxLiquidationDiscount);
  if (collateralValue === 0n)
    return { violation: true, discountFactor: factor, repay: 0n, repayValue: 0n, yieldBalance: collateralBalance };
  const wholeYieldValue = mulDivDown(liabilityValue, WAD, factor);
  const short = collateralValue < wholeYieldValue;
  const repayValue = short ? mulDivDown(collateralValue, factor, WAD) : liabilityValue;
  const yieldValue = short ? collateralValue : wholeYieldValue;
  return {
    violation: true,
    discountFactor: factor,
    repay: mulDivDown(repayValue, liability, liabilityValue),
    repayValue,
    yieldBalance: mulDivDown(yieldValue, collateralBalance, collateralValue),
  };
}

/** A liquidation as its caller asks for it. */
export interface LiquidationCall {
  readonly liquidator: string;
  readonly violator: string;
  readonly collateral: string;
  /** Units of the asset, or all that is allowed. */
  readonly repay: bigint | "all";
  /** The least of the collateral that he accepts, its units. */
  readonly minYieldBalance: bigint;
}

/** A vault after a liquidation. */
export interface LiquidationOutcome extends Outcome {
  /** Terms that held. Without violation nothing moved: the contract does not revert then. */
  readonly terms: LiquidationTerms;
  /** Debt taken over, units of the asset. */
  readonly repaid: bigint;
  /** Collateral received, its units. */
  readonly yieldBalance: bigint;
  /** Debt written off at the suppliers' expense, units of the asset. */
  readonly socialized: bigint;
}

/** What could be taken now, without asking for the guards. `Liquidation.checkLiquidation` less its reverts. */
export function termsOf(vault: Vault, violator: string, collateral: string): LiquidationTerms {
  const current = begun(vault);
  const collateralBalance = balanceOf(current, violator, collateral);
  return liquidationTerms(
    {
      ...liquidityOf(current, violator, "liquidation"),
      liability: toAssetsUp(currentOwed(current, violator)),
      collateralBalance,
      collateralValue: valueAt(quotesOf(current, collateral), "mid", collateralBalance),
    },
    current.parameters.maxLiquidationDiscount,
  );
}

/**
 * The liquidator takes over debt and receives collateral at the discount; he must pass the borrowing check afterwards, at once or at the end of the batch. What
 * is then left of a debt without collateral is written off. Throws the guards of the contract in its order, `ExcessiveRepayAmount`, `MinYield` and
 * `AccountLiquidity`. `Liquidation.liquidate`.
 */
export function liquidate(vault: Vault, call: LiquidationCall): LiquidationOutcome {
  const { liquidator, violator, collateral } = call;
  const current = begun(vault);
  requireLiquidatable(current, call);
  const liability = toAssetsUp(currentOwed(current, violator));
  const { liabilityValue } = liquidityOf(current, violator, "liquidation");
  const terms = termsOf(current, violator, collateral);
  const { repay, yieldBalance } = desired(terms, liability, call);
  const debt = repay > 0n ? transferBorrow(current, violator, liquidator, repay) : { vault: current, moved: 0n };
  const taken = withBalanceChange(
    withBalanceChange(debt.vault, violator, collateral, -yieldBalance),
    liquidator,
    collateral,
    yieldBalance,
  );
  const rest = mayBeSocialized(taken, violator, liabilityValue) ? liability - repay : 0n;
  const written = rest > 0n ? decreaseBorrow(taken, violator, rest) : { vault: taken, ended: 0n };
  const movements = movementsOf(call, yieldBalance, debt.moved, written.ended);
  return {
    ...settled(written.vault, movements, liquidator),
    terms,
    repaid: repay,
    yieldBalance,
    socialized: rest,
  };
}

/** The guards in the contract's order. */
function requireLiquidatable(vault: Vault, call: LiquidationCall): void {
  const { liquidator, violator, collateral } = call;
  const { enabled, lastStatusCheck } = accountOf(vault, violator);
  if (liquidator === violator) throw new SelfLiquidation(`${violator} cannot liquidate itself`);
  if (!isRecognizedCollateral(ltvOf(vault, collateral)))
    throw new BadCollateral(`${collateral} never had an LTV here; only recognised collateral is seized`);
  if (!enabled.includes(collateral))
    throw new CollateralDisabled(
      `${violator} has not enabled ${collateral}; enabled are ${enabled.join(", ") || "none"}`,
    );
  if (vault.deferred?.includes(violator))
    throw new ViolatorLiquidityDeferred(`${violator} has acted in this batch and is checked at its end`);
  const coolUntil = lastStatusCheck + vault.parameters.liquidationCoolOffTime;
  if (vault.now < coolUntil)
    throw new LiquidationCoolOff(
      `${violator} was found good at ${lastStatusCheck}; liquidation is possible from ${coolUntil}`,
    );
}

/** What is repaid and received for what is asked: the collateral in proportion, rounded down. Throws `ExcessiveRepayAmount`, `MinYield`. */
function desired(
  terms: LiquidationTerms,
  liability: bigint,
  call: LiquidationCall,
): { readonly repay: bigint; readonly yieldBalance: bigint } {
  let { repay, yieldBalance } = terms;
  // without debt the contract returns before it looks at what is asked for
  if (call.repay !== "all" && liability > 0n) {
    if (call.repay > repay)
      throw new ExcessiveRepayAmount(`${call.repay} units are offered; at most ${repay} are taken`);
    if (repay > 0n) yieldBalance = mulDivDown(call.repay, yieldBalance, repay);
    repay = repay > 0n ? call.repay : 0n;
  }
  if (call.minYieldBalance > yieldBalance)
    throw new MinYield(`at least ${call.minYieldBalance} of ${call.collateral} is asked for; ${yieldBalance} is due`);
  return { repay, yieldBalance };
}

/**
 * Whether the rest of a debt is written off: the vault socialises, the debt before the call was large enough, and no enabled, recognised collateral is left.
 * Collateral that the violator has not enabled does not count. `Liquidation.executeLiquidation`, `LiquidityUtils.checkNoCollateral`.
 */
function mayBeSocialized(vault: Vault, violator: string, liabilityValue: bigint): boolean {
  const { socializeDebt, minSocializationLiabilityValue } = vault.parameters;
  return (
    socializeDebt &&
    liabilityValue >= minSocializationLiabilityValue &&
    accountOf(vault, violator).enabled.every(
      (one) => !isRecognizedCollateral(ltvOf(vault, one)) || balanceOf(vault, violator, one) === 0n,
    )
  );
}

/** What a liquidation moves, by party. */
function movementsOf(call: LiquidationCall, yieldBalance: bigint, moved: bigint, ended: bigint): readonly Movement[] {
  return [
    { party: call.violator, of: call.collateral, amount: -yieldBalance },
    { party: call.liquidator, of: call.collateral, amount: yieldBalance },
    { party: call.violator, of: "debt", amount: -moved - ended },
    { party: call.liquidator, of: "debt", amount: moved },
    { party: "vault", of: "debt", amount: ended },
  ];
}
