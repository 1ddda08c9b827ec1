import { mulDivDown, mulDivUp } from "../math/index.js";
import { basisPoints, powersOfTen, stepsPerUsd, valueDown, valueUp } from "./account-value.js";
import { addWeighted } from "./exact-sums.js";
import type { AccountHealth, LendingAccount, LiquidationAmounts, ProtocolRule } from "./lending.js";
import {
  addWide,
  areClose,
  compareWide,
  divideWide,
  divideWideUp,
  isNearWhole,
  leastWide,
  mostWide,
  multiplyWide,
  narrow,
  shiftWideDown,
  shiftWideUp,
  subtractWide,
  type Wide,
  wide,
} from "./wide.js";

/** One reserve of a Kamino market. */
export interface KaminoReserve {
  /** Share of its value up to which debt is healthy, whole per cent; 0: no collateral. */
  readonly thresholdPercent: number;
  /** Weight of a debt in it, whole per cent from 100. */
  readonly borrowFactorPercent: number;
  /** Least and largest bonus, basis points. */
  readonly minBonusBps: number;
  readonly maxBonusBps: number;
}

/** A Kamino market: its reserves by book asset, and what holds for all. */
export interface KaminoTerms {
  readonly reserves: readonly KaminoReserve[];
  readonly badDebtBonusBps: number;
  readonly protocolFeePercent: number;
  /** Part of all debt that one call may repay, whole per cent. */
  readonly closeFactorPercent: number;
  /** Loan-to-value above which all of it may be repaid, whole per cent. */
  readonly insolvencyRiskPercent: number;
  /** Most debt that one call may repay, whole dollars. */
  readonly mostAtOnceUsd: number;
  /** Debts of less value are repaid whole, whole dollars. */
  readonly wholeBelowUsd: number;
}

/** Fractions have 60 binary places. */
const PLACES = 60;
const ONE = wide(2 ** 60);
const hundred = wide(100);
/** From here on, without borrow factors, the bonus is that of bad debt: 0.99 to the nearest place. */
const badDebtRegion = divideWide(addWide(multiplyWide(ONE, wide(99)), wide(50)), hundred);

function fraction(units: number): Wide {
  return shiftWideUp(wide(units), PLACES);
}
function product(a: Wide, b: Wide): Wide {
  return shiftWideDown(multiplyWide(a, b), PLACES);
}
function quotient(a: Wide, b: Wide): Wide {
  return divideWide(shiftWideUp(a, PLACES), b);
}
function percent(of: number): Wide {
  return divideWide(fraction(of), hundred);
}
function bps(of: number): Wide {
  return divideWide(fraction(of), wide(basisPoints));
}

/** An obligation valued as the program does it: dollars with 60 binary places. */
interface Valued {
  readonly deposited: Wide;
  readonly borrowed: Wide;
  readonly weightedDebt: Wide;
  readonly unhealthy: Wide;
  readonly held: readonly Wide[];
  readonly owed: readonly Wide[];
}

/**
 * Kamino Lend's liquidation for price (`liquidation_operations.rs`): at the unhealthy loan-to-value or above it, a close factor capped at once, small debts whole, a
 * bonus that is how far the loan-to-value exceeds the unhealthy one, between limits. Rounded sums decide who is liquidatable where they are apart by more than their
 * roundings; everything else is the program's own arithmetic in 60 binary places, as wide numbers. Equal to `exact/kamino` at the engine's decimals.
 */
export class KaminoRule implements ProtocolRule {
  readonly protocol = "kamino";
  readonly perAccount = "the close factor, its cap in dollars and the bonus differ per account";
  private violated = false;
  private readonly weighted = { whole: 0, left: 0 };
  /** By asset: threshold and borrow factor as fractions. */
  private readonly shares: readonly { readonly threshold: Wide; readonly borrowFactor: Wide }[];

  constructor(private readonly terms: KaminoTerms) {
    this.shares = terms.reserves.map(({ thresholdPercent, borrowFactorPercent }) => ({
      threshold: percent(thresholdPercent),
      borrowFactor: percent(borrowFactorPercent),
    }));
  }

  health(
    account: LendingAccount,
    steps: ArrayLike<number>,
    unitDecimals: ArrayLike<number>,
    into: AccountHealth,
  ): AccountHealth {
    const { weighted, terms } = this;
    weighted.whole = 0;
    weighted.left = 0;
    into.collateralValue = 0;
    into.debtValue = 0;
    let weightedDebt = 0;
    let roundings = 4;
    for (let asset = 0; asset < unitDecimals.length; asset++) {
      const { thresholdPercent, borrowFactorPercent } = terms.reserves[asset];
      const held = account.collateral[asset];
      if (held > 0) {
        const value = valueDown(held, steps[asset], unitDecimals[asset]);
        into.collateralValue += value;
        addWeighted(weighted, value, 100 * thresholdPercent);
        roundings += 2;
      }
      const owed = account.debt[asset];
      if (owed > 0) {
        const value = valueUp(owed, steps[asset], unitDecimals[asset]);
        into.debtValue += value;
        weightedDebt += mulDivDown(value, borrowFactorPercent, 100) + 1;
        roundings += 2 * borrowFactorPercent;
      }
    }
    if (into.debtValue === 0) this.violated = false;
    else if (weighted.whole > weightedDebt + roundings) this.violated = false;
    else if (weighted.whole + roundings < weightedDebt) this.violated = true;
    else this.violated = this.isUnhealthy(this.valued(account, steps, unitDecimals));
    // Health is what counts over weighted debt: the same ratio over plain debt, so that others read the debt itself.
    into.weightedCollateral =
      weightedDebt === 0 ? weighted.whole : mulDivDown(weighted.whole, into.debtValue, weightedDebt);
    return into;
  }

  /** loan-to-value >= the unhealthy one. */
  breaches(): boolean {
    return this.violated;
  }

  /** Both ratios as the program cuts them; an obligation without deposits is bad debt. */
  private isUnhealthy({ deposited, weightedDebt, unhealthy }: Valued): boolean {
    if (deposited.length === 0) return weightedDebt.length > 0;
    return (
      weightedDebt.length > 0 && compareWide(quotient(weightedDebt, deposited), quotient(unhealthy, deposited)) >= 0
    );
  }

  /** `refresh_obligation`. */
  private valued(account: LendingAccount, steps: ArrayLike<number>, unitDecimals: ArrayLike<number>): Valued {
    const { shares } = this;
    let deposited: Wide = [];
    let borrowed: Wide = [];
    let weightedDebt: Wide = [];
    let unhealthy: Wide = [];
    const held: Wide[] = [];
    const owed: Wide[] = [];
    for (let asset = 0; asset < unitDecimals.length; asset++) {
      if (account.collateral[asset] === 0 && account.debt[asset] === 0) {
        held.push([]);
        owed.push([]);
        continue;
      }
      const price = divideWide(fraction(steps[asset]), wide(stepsPerUsd));
      const unit = wide(powersOfTen[unitDecimals[asset]]);
      const valueOf = (units: number) => (units > 0 ? divideWide(multiplyWide(wide(units), price), unit) : []);
      held.push(valueOf(account.collateral[asset]));
      owed.push(valueOf(account.debt[asset]));
      deposited = addWide(deposited, held[asset]);
      borrowed = addWide(borrowed, owed[asset]);
      unhealthy = addWide(unhealthy, product(held[asset], shares[asset].threshold));
      weightedDebt = addWide(weightedDebt, product(owed[asset], shares[asset].borrowFactor));
    }
    return { deposited, borrowed, weightedDebt, unhealthy, held, owed };
  }

  liquidation(
    account: LendingAccount,
    _at: AccountHealth,
    steps: ArrayLike<number>,
    unitDecimals: ArrayLike<number>,
    into: LiquidationAmounts,
  ): LiquidationAmounts {
    if (this.liquidationByFloat(account, steps, unitDecimals, into)) return into;
    const { reserves, protocolFeePercent, wholeBelowUsd } = this.terms;
    const at = this.valued(account, steps, unitDecimals);
    // The debt of the highest borrow factor and the collateral of the lowest threshold come first.
    const debt = first(at.owed, (asset) => -reserves[asset].borrowFactorPercent);
    const collateral = first(at.held, (asset) => reserves[asset].thresholdPercent || Number.POSITIVE_INFINITY);
    into.collateral = collateral;
    into.debt = debt;
    into.seizeUnits = 0;
    into.feeUnits = 0;
    into.repayUnits = 0;
    into.debtUnits = 0;
    into.surplusUnits = 0;
    if (collateral < 0 || debt < 0 || reserves[collateral].thresholdPercent === 0) return into;
    const bonus = this.bonus(at, collateral, debt);
    const owed = fraction(account.debt[debt]);
    const isWhole = compareWide(at.owed[debt], fraction(wholeBelowUsd)) < 0;
    const repays = isWhole ? owed : this.mostLiquidatable(at, debt, owed);
    const held = account.collateral[collateral];
    const value = product(product(at.owed[debt], quotient(repays, owed)), addWide(bonus, ONE));
    const compared = compareWide(value, at.held[collateral]);
    const settled = compared > 0 && !isWhole ? product(repays, quotient(at.held[collateral], value)) : repays;
    const part =
      compared >= 0
        ? held
        : narrow(shiftWideDown(product(fraction(held), quotient(value, at.held[collateral])), PLACES));
    const withdrawn = isWhole ? Math.max(1, part) : part;
    const repaid = narrow(divideWideUp(settled, ONE));
    if (repaid === 0 || withdrawn === 0) return into;
    into.repayUnits = repaid;
    into.debtUnits = repaid;
    into.feeUnits = protocolFee(protocolFeePercent, withdrawn, bonus);
    into.seizeUnits = withdrawn - into.feeUnits;
    return into;
  }

  /**
   * The same in Float64, for nearly everybody; false, and nothing to go by in `into`, where a branch or a rounding is too close to tell: then the wide
   * numbers decide. What it answers is the same to the unit.
   */
  private liquidationByFloat(
    account: LendingAccount,
    steps: ArrayLike<number>,
    unitDecimals: ArrayLike<number>,
    into: LiquidationAmounts,
  ): boolean {
    const { reserves, closeFactorPercent, insolvencyRiskPercent, mostAtOnceUsd, wholeBelowUsd } = this.terms;
    let [deposited, borrowed, weightedDebt, unhealthy] = [0, 0, 0, 0];
    let [collateral, heldValue, debt, owedValue] = [-1, 0, -1, 0];
    for (let asset = 0; asset < unitDecimals.length; asset++) {
      const { thresholdPercent, borrowFactorPercent } = reserves[asset];
      const usdPerUnit = steps[asset] / powersOfTen[unitDecimals[asset] + 8];
      if (account.collateral[asset] > 0) {
        const value = account.collateral[asset] * usdPerUnit;
        if (value === 0 || thresholdPercent === 0) return false;
        deposited += value;
        unhealthy += (value * thresholdPercent) / 100;
        const ahead = collateral < 0 ? -1 : thresholdPercent - reserves[collateral].thresholdPercent;
        if (ahead === 0 && areClose(value, heldValue)) return false;
        if (ahead < 0 || (ahead === 0 && value > heldValue)) [collateral, heldValue] = [asset, value];
      }
      if (account.debt[asset] > 0) {
        const value = account.debt[asset] * usdPerUnit;
        if (value === 0) return false;
        borrowed += value;
        weightedDebt += (value * borrowFactorPercent) / 100;
        const ahead = debt < 0 ? -1 : reserves[debt].borrowFactorPercent - borrowFactorPercent;
        if (ahead === 0 && areClose(value, owedValue)) return false;
        if (ahead < 0 || (ahead === 0 && value > owedValue)) [debt, owedValue] = [asset, value];
      }
    }
    if (collateral < 0 || debt < 0) return false;
    const owed = account.debt[debt];
    const held = account.collateral[collateral];
    const ltv = weightedDebt / deposited;
    const bonus = this.bonusByFloat(ltv - unhealthy / deposited, borrowed / deposited, collateral, debt);
    if (bonus < 0 || areClose(owedValue, wholeBelowUsd) || areClose(ltv, insolvencyRiskPercent / 100)) return false;
    const isWhole = owedValue < wholeBelowUsd;
    const closable = borrowed * (ltv > insolvencyRiskPercent / 100 ? 1 : closeFactorPercent / 100);
    const most = isWhole ? owedValue : Math.min(closable, owedValue, mostAtOnceUsd);
    if (most !== owedValue && areClose(most, owedValue)) return false;
    let settled = most === owedValue ? owed : owed * (most / owedValue);
    const value = owedValue * (settled / owed) * (1 + bonus);
    if (areClose(value, heldValue)) return false;
    let withdrawn = held;
    if (value < heldValue) {
      const part = held * (value / heldValue);
      if (isNearWhole(part)) return false;
      withdrawn = isWhole ? Math.max(1, Math.floor(part)) : Math.floor(part);
    } else if (!isWhole) settled *= heldValue / value;
    // A part of one debt is whole hundredths of a unit: nothing is close there, and the program's roundings only take away from it.
    const isPlainPart = borrowed === owedValue && most === closable && most < owedValue && value < heldValue;
    if (settled !== owed && !isPlainPart && isNearWhole(settled)) return false;
    const fee = this.feeByFloat(withdrawn, bonus);
    if (fee < 0 || withdrawn === 0) return false;
    into.collateral = collateral;
    into.debt = debt;
    into.surplusUnits = 0;
    into.repayUnits = isPlainPart ? mulDivUp(owed, closeFactorPercent, 100) : Math.ceil(settled);
    into.debtUnits = into.repayUnits;
    into.feeUnits = fee;
    into.seizeUnits = withdrawn - fee;
    return true;
  }

  /** -1 where it is too close to tell. */
  private bonusByFloat(beyond: number, unweighted: number, collateral: number, debt: number): number {
    const { reserves, badDebtBonusBps } = this.terms;
    if (areClose(unweighted, 0.99)) return -1;
    const left = Math.max(0, 1 - unweighted);
    if (unweighted > 0.99) return Math.max(badDebtBonusBps / basisPoints, left);
    const [one, other] = [reserves[collateral], reserves[debt]];
    const largest = Math.max(one.maxBonusBps, other.maxBonusBps) / basisPoints;
    const smallest = Math.max(one.minBonusBps, other.minBonusBps) / basisPoints;
    return Math.min(Math.max(smallest, beyond), largest, left);
  }

  /** -1 where it is too close to tell. */
  private feeByFloat(withdrawn: number, bonus: number): number {
    if (this.terms.protocolFeePercent === 0) return Math.min(withdrawn, 1);
    const fee = ((withdrawn - withdrawn / (1 + bonus)) * this.terms.protocolFeePercent) / 100;
    // The difference of two amounts loses what they do.
    if (Math.abs(fee - Math.round(fee)) <= 1e-4 + 1e-14 * withdrawn) return -1;
    return Math.min(withdrawn, Math.max(1, Math.ceil(fee)));
  }

  /** `max_liquidatable_borrowed_amount`, units with 60 binary places. */
  private mostLiquidatable({ deposited, borrowed, weightedDebt, owed }: Valued, debt: number, amount: Wide): Wide {
    const { closeFactorPercent, insolvencyRiskPercent, mostAtOnceUsd } = this.terms;
    const isRisky = compareWide(quotient(weightedDebt, deposited), percent(insolvencyRiskPercent)) > 0;
    const closable = product(borrowed, isRisky ? ONE : percent(closeFactorPercent));
    const most = leastWide(leastWide(closable, owed[debt]), fraction(mostAtOnceUsd));
    return product(amount, quotient(most, owed[debt]));
  }

  /** `calculate_liquidation_bonus`, a fraction. */
  private bonus({ deposited, borrowed, weightedDebt, unhealthy }: Valued, collateral: number, debt: number): Wide {
    const { reserves, badDebtBonusBps } = this.terms;
    const unweighted = quotient(borrowed, deposited);
    const left = compareWide(unweighted, ONE) < 0 ? subtractWide(ONE, unweighted) : [];
    if (compareWide(unweighted, badDebtRegion) >= 0) return mostWide(bps(badDebtBonusBps), left);
    const [one, other] = [reserves[collateral], reserves[debt]];
    const largest = bps(Math.max(one.maxBonusBps, other.maxBonusBps));
    const smallest = bps(Math.max(one.minBonusBps, other.minBonusBps));
    const beyond = subtractWide(quotient(weightedDebt, deposited), quotient(unhealthy, deposited));
    return leastWide(leastWide(mostWide(smallest, beyond), largest), left);
  }
}

/** Of the assets that have value the one of the lowest rank, then of the largest value, then the first; -1 where there is none. */
function first(values: readonly Wide[], rankOf: (asset: number) => number): number {
  let best = -1;
  for (let asset = 0; asset < values.length; asset++) {
    if (values[asset].length === 0) continue;
    const ahead = best < 0 ? -1 : rankOf(asset) - rankOf(best);
    if (ahead < 0 || (ahead === 0 && compareWide(values[asset], values[best]) > 0)) best = asset;
  }
  return best;
}

/** The protocol's part of the bonus in the collateral taken, rounded up and at least one unit (`calculate_protocol_liquidation_fee`). */
function protocolFee(ofPercent: number, withdrawn: number, bonus: Wide): number {
  const taken = fraction(withdrawn);
  const bonusPart = subtractWide(taken, quotient(taken, addWide(bonus, ONE)));
  const fee = narrow(divideWideUp(product(bonusPart, percent(ofPercent)), ONE));
  return Math.min(withdrawn, Math.max(1, fee));
}
