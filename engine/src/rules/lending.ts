import { assert } from "../book/problem.js";
import { mulDivDown, mulDivUp } from "../math/index.js";
import { basisPoints, unitsDown, valueDown, valueUp } from "./account-value.js";

/** How much of an unhealthy account one liquidation takes. */
export type LiquidationSize =
  /**
   * The whole collateral is seized, the whole debt is paid (Compound III absorb, Liquity trove). While several assets are owed one liquidation takes what its
   * own debt needs, so that the rest stands for the others.
   */
  | { readonly kind: "all-collateral" }
  /** A share of the debt that depends on health; the first step whose `healthBelow` exceeds the health counts (Aave v3: 0.95 -> 1, then 0.5). */
  | {
      readonly kind: "close-factor";
      readonly steps: readonly { readonly healthBelowBps: number; readonly closeFactorBps: number }[];
    }
  /** As much debt as brings health back to the target (VALIDATION.md, repaying to a target health; Aave v4). */
  | { readonly kind: "target-health"; readonly targetBps: number };

/** One lending protocol's rule as parameters. A Maker vault, an Aave account and a Compound account are sets of these. */
export interface LendingRule {
  /** By asset: collateral counts at this share of its value; 0 where the asset is no collateral. */
  readonly thresholdBps: readonly number[];
  /** By collateral asset: what the liquidator gets on top of what was repaid. */
  readonly bonusBps: readonly number[];
  /** Paid by the liquidator on top of the debt, to the protocol (Maker's chop). */
  readonly penaltyBps: number;
  /** The protocol's share of the bonus, taken in collateral (Aave's liquidation protocol fee). */
  readonly protocolFeeBps: number;
  readonly size: LiquidationSize;
  /** A liquidation that would leave less debt than this (1e-6 USD) takes all of it instead. */
  readonly dustValue: number;
  /** Whether an account exactly at the threshold is liquidatable. */
  readonly atEquality: boolean;
  /** A named protocol's own arithmetic instead of the terms above; `thresholdBps` is then only what its health cannot exceed. */
  readonly protocol?: ProtocolRule;
}

/**
 * A named protocol's arithmetic as the engine runs it: whole units in Float64, every decision equal to that of its folder in `exact/` at the engine's decimals, and
 * amounts within one unit per operation (promise P04).
 */
export interface ProtocolRule {
  readonly protocol: string;
  /** Why accounts of this rule are checked one by one, not found in an index: `explain` shows it. */
  readonly perAccount: string;
  /**
   * Fills `into`, in whole 1e-6 USD. Where `weightedCollateral` is above `debtValue` by more than the rounding of values the account is never liquidatable; both
   * rise with their prices.
   */
  health(
    account: LendingAccount,
    steps: ArrayLike<number>,
    unitDecimals: ArrayLike<number>,
    into: AccountHealth,
  ): AccountHealth;
  /** Whether the account that `health` has just read may be liquidated. */
  breaches(at: AccountHealth): boolean;
  /** Amounts of one liquidation of an account that breaches; `into.collateral` is -1 where nothing stands behind the debt. */
  liquidation(
    account: LendingAccount,
    at: AccountHealth,
    steps: ArrayLike<number>,
    unitDecimals: ArrayLike<number>,
    into: LiquidationAmounts,
  ): LiquidationAmounts;
}

/** One account in whole units by asset, as the exact rule reads it. */
export interface LendingAccount {
  readonly collateral: ArrayLike<number>;
  readonly debt: ArrayLike<number>;
}

/** Values in whole 1e-6 USD: collateral weighted by thresholds (down) and debt (up). */
export interface AccountHealth {
  weightedCollateral: number;
  collateralValue: number;
  debtValue: number;
}

/** Fills `into` for an account at published prices (steps by asset). Terms round against the account: collateral down, debt up. */
export function health(
  rule: LendingRule,
  account: LendingAccount,
  steps: ArrayLike<number>,
  unitDecimals: ArrayLike<number>,
  into: AccountHealth,
): AccountHealth {
  if (rule.protocol !== undefined) return rule.protocol.health(account, steps, unitDecimals, into);
  let weighted = 0;
  let value = 0;
  let owed = 0;
  for (let asset = 0; asset < unitDecimals.length; asset++) {
    const held = account.collateral[asset];
    if (held > 0) {
      const worth = valueDown(held, steps[asset], unitDecimals[asset]);
      value += worth;
      weighted += mulDivDown(worth, rule.thresholdBps[asset], basisPoints);
    }
    const debt = account.debt[asset];
    if (debt > 0) owed += valueUp(debt, steps[asset], unitDecimals[asset]);
  }
  into.weightedCollateral = weighted;
  into.collateralValue = value;
  into.debtValue = owed;
  return into;
}

/** The one predicate that decides a breach everywhere (docs/model.md). No debt is never liquidatable. */
export function breaches(weightedCollateral: number, debtValue: number, atEquality: boolean): boolean {
  return debtValue > 0 && (atEquality ? weightedCollateral <= debtValue : weightedCollateral < debtValue);
}

/** Whether the account that `health` has just read may be liquidated: `breaches`, or the named protocol's own predicate. */
export function liquidatable(rule: LendingRule, at: AccountHealth): boolean {
  return rule.protocol === undefined
    ? breaches(at.weightedCollateral, at.debtValue, rule.atEquality)
    : rule.protocol.breaches(at);
}

/** What one liquidation does, in whole units. */
export interface LiquidationAmounts {
  /** Collateral asset seized and debt asset repaid: the largest in dollars, ties by asset index. */
  collateral: number;
  debt: number;
  /** To the liquidator. */
  seizeUnits: number;
  /** To the protocol's reserves, in collateral. */
  feeUnits: number;
  /** Paid by the liquidator, penalty included. */
  repayUnits: number;
  /** Debt that this extinguishes. */
  debtUnits: number;
  /** Part of the repayment that belongs to the account's owner: all collateral was taken and was worth more than the debt. */
  surplusUnits: number;
}

/** Index of the asset with the largest value among the held ones; ties by asset index; -1 where nothing is held. */
export function largest(units: ArrayLike<number>, steps: ArrayLike<number>, unitDecimals: ArrayLike<number>): number {
  let best = -1;
  let bestValue = -1;
  for (let asset = 0; asset < unitDecimals.length; asset++) {
    if (!(units[asset] > 0)) continue;
    const value = valueDown(units[asset], steps[asset], unitDecimals[asset]);
    if (value > bestValue) {
      bestValue = value;
      best = asset;
    }
  }
  return best;
}

/** Index of the collateral with the largest value among those whose threshold is above 0; ties by asset index; -1 where nothing backs a debt. */
export function largestBacking(
  thresholdBps: readonly number[],
  units: ArrayLike<number>,
  steps: ArrayLike<number>,
  unitDecimals: ArrayLike<number>,
): number {
  let best = -1;
  let bestValue = -1;
  for (let asset = 0; asset < unitDecimals.length; asset++) {
    if (!(units[asset] > 0) || thresholdBps[asset] === 0) continue;
    const value = valueDown(units[asset], steps[asset], unitDecimals[asset]);
    if (value > bestValue) {
      bestValue = value;
      best = asset;
    }
  }
  return best;
}

/** Debt units that a size rule lets one liquidation repay. */
function repayableDebt(
  rule: LendingRule,
  account: LendingAccount,
  at: AccountHealth,
  collateral: number,
  debt: number,
  steps: ArrayLike<number>,
  unitDecimals: ArrayLike<number>,
): number {
  const owed = account.debt[debt];
  const { size } = rule;
  if (size.kind === "all-collateral") return owed;
  let wanted: number;
  if (size.kind === "close-factor") {
    let factor = size.steps.length > 0 ? size.steps[size.steps.length - 1].closeFactorBps : basisPoints;
    for (const step of size.steps) {
      // health < healthBelow, without a division: weighted x 10000 < debt x healthBelow.
      if (mulDivDown(at.weightedCollateral, basisPoints, at.debtValue) < step.healthBelowBps) {
        factor = step.closeFactorBps;
        break;
      }
    }
    wanted = mulDivDown(owed, factor, basisPoints);
  } else {
    // a = (h D - LT C) / (h - LT (1 + b) (1 + penalty)), in values, rounded up so that the target is reached.
    const threshold = rule.thresholdBps[collateral];
    const gross =
      (threshold * (basisPoints + rule.bonusBps[collateral]) * (basisPoints + rule.penaltyBps)) /
      (basisPoints * basisPoints);
    const denominator = size.targetBps - gross;
    if (denominator <= 0) return owed;
    const missing = mulDivUp(at.debtValue, size.targetBps, basisPoints) - at.weightedCollateral;
    const divisor = Math.floor(denominator * 100);
    // Beyond the whole debt it need not be counted: a small denominator would leave whole numbers.
    if (missing * ((basisPoints * 100) / divisor) > 2 * at.debtValue) return owed;
    const value = missing <= 0 ? 0 : mulDivUp(missing, basisPoints * 100, divisor);
    wanted = Math.min(owed, mulDivUp(value, powerOf(unitDecimals[debt]), Math.max(1, steps[debt])));
  }
  if (wanted < 1) wanted = Math.min(1, owed);
  const left = valueUp(owed - wanted, steps[debt], unitDecimals[debt]);
  return left < rule.dustValue ? owed : wanted;
}

/** Whether anything is owed beside one debt. */
function owesBeside(account: LendingAccount, debt: number): boolean {
  for (let asset = 0; asset < account.debt.length; asset++) if (asset !== debt && account.debt[asset] > 0) return true;
  return false;
}

function powerOf(unitDecimals: number): number {
  let scale = 100;
  for (let i = 0; i < unitDecimals; i++) scale *= 10;
  return scale;
}

/** Whether the account holds any collateral but `asset`. */
function holdsAnother(collateral: ArrayLike<number>, asset: number, assetCount: number): boolean {
  for (let other = 0; other < assetCount; other++) if (other !== asset && collateral[other] > 0) return true;
  return false;
}

/**
 * Amounts of one liquidation of an account that breaches, at published prices. The liquidator pays `repayUnits` and gets
 * `repay x (1 + bonus)` worth of collateral, rounded down; where the collateral does not suffice all of it is seized and the repayment is what it is
 * worth without the bonus, rounded up. The penalty is junior to the debt: where the last collateral goes, debt is paid first (Maker vow: auction proceeds
 * against the vault's debt). Sources: Aave v3 LiquidationLogic (collateral short), Maker Dog/Clipper (penalty), docs/model.md.
 */
export function liquidation(
  rule: LendingRule,
  account: LendingAccount,
  at: AccountHealth,
  steps: ArrayLike<number>,
  unitDecimals: ArrayLike<number>,
  into: LiquidationAmounts,
): LiquidationAmounts {
  if (rule.protocol !== undefined) return rule.protocol.liquidation(account, at, steps, unitDecimals, into);
  const collateral = largest(account.collateral, steps, unitDecimals);
  const debt = largest(account.debt, steps, unitDecimals);
  assert(debt >= 0, "a liquidated account owes something");
  into.collateral = collateral;
  into.debt = debt;
  into.feeUnits = 0;
  into.surplusUnits = 0;
  if (collateral < 0) {
    into.seizeUnits = 0;
    into.repayUnits = 0;
    into.debtUnits = 0;
    return into;
  }
  const held = account.collateral[collateral];
  const grossBps = basisPoints + rule.bonusBps[collateral];
  let debtUnits = repayableDebt(rule, account, at, collateral, debt, steps, unitDecimals);
  let repayUnits = mulDivUp(debtUnits, basisPoints + rule.penaltyBps, basisPoints);
  let gross: number;
  if (rule.size.kind === "all-collateral" && !owesBeside(account, debt)) {
    gross = held;
    const worth = unitsDown(
      mulDivDown(valueDown(held, steps[collateral], unitDecimals[collateral]), basisPoints, grossBps),
      steps[debt],
      unitDecimals[debt],
    );
    into.surplusUnits = Math.max(0, worth - repayUnits);
    debtUnits = Math.min(debtUnits, worth);
    repayUnits = worth;
  } else {
    const worth = mulDivDown(valueDown(repayUnits, steps[debt], unitDecimals[debt]), grossBps, basisPoints);
    const heldValue = valueDown(held, steps[collateral], unitDecimals[collateral]);
    // Compared in value: what a price near zero would buy is beyond whole units, and more than is held anyway.
    gross = worth > heldValue ? held : unitsDown(worth, steps[collateral], unitDecimals[collateral]);
    if (gross >= held) {
      gross = held;
      const covered = mulDivUp(heldValue, basisPoints, grossBps);
      repayUnits = Math.min(repayUnits, mulDivUp(covered, powerOf(unitDecimals[debt]), Math.max(1, steps[debt])));
      // With the last collateral gone what it fetched pays the debt first and the penalty from what is left.
      const last = !holdsAnother(account.collateral, collateral, unitDecimals.length);
      const paid = last ? repayUnits : mulDivDown(repayUnits, basisPoints, basisPoints + rule.penaltyBps);
      debtUnits = Math.min(debtUnits, paid);
    }
  }
  const bonusUnits = gross - mulDivDown(gross, basisPoints, grossBps);
  into.feeUnits = mulDivDown(bonusUnits, rule.protocolFeeBps, basisPoints);
  into.seizeUnits = gross - into.feeUnits;
  into.repayUnits = repayUnits;
  into.debtUnits = debtUnits;
  return into;
}

/**
 * The highest whole price (steps) of `asset`, a collateral of the account, at which it breaches, other prices held; -1 where it never does,
 * Infinity where it breaches at any price. Collateral value is monotone in the price, so bisection on the predicate is exact.
 */
export function breachPrice(
  rule: LendingRule,
  account: LendingAccount,
  asset: number,
  steps: ArrayLike<number>,
  unitDecimals: ArrayLike<number>,
): number {
  const held = account.collateral[asset];
  const prices = Float64Array.from(steps);
  const at: AccountHealth = { weightedCollateral: 0, collateralValue: 0, debtValue: 0 };
  const breached = (price: number): boolean => {
    prices[asset] = price;
    health(rule, account, prices, unitDecimals, at);
    return liquidatable(rule, at);
  };
  if (!breached(0)) return -1;
  if (held === 0 || rule.thresholdBps[asset] === 0) return Number.POSITIVE_INFINITY;
  let low = 0;
  let high = Math.max(1, steps[asset]);
  while (breached(high)) {
    low = high;
    high *= 2;
    if (high > 2 ** 50) return Number.POSITIVE_INFINITY;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (breached(middle)) low = middle;
    else high = middle;
  }
  return low;
}
