import { basisPoints, powersOfTen, valueDown, valueUp } from "./account-value.js";
import { addWeighted } from "./exact-sums.js";
import type { AccountHealth, LendingAccount, LendingRule, LiquidationAmounts, ProtocolRule } from "./lending.js";
import { largest, largestBacking } from "./lending.js";
import {
  addWide,
  areClose,
  compareWide,
  divideWide,
  divideWideUp,
  isNearWhole,
  leastWide,
  multiplyWide,
  narrow,
  subtractWide,
  type Wide,
  wide,
} from "./wide.js";

/** The constants of a Spoke's liquidation. */
export interface AaveV4Rules {
  /** Health that a liquidation restores, basis points, at least 10,000. */
  readonly targetHealthBps: number;
  /** Health at and below which the bonus is the largest, basis points, below 10,000. */
  readonly maxBonusHealthBps: number;
  /** Share of the largest bonus that is paid at a health of 1, basis points. */
  readonly bonusFactorBps: number;
  /** What may not be left of a side, 1e-6 USD; 0 switches the rule off. */
  readonly dustValue: number;
}

/** The contract's wad, and the largest values' unit: dollars x 1e26. */
const one = wide(1e18);
/** One basis point in a wad. */
const wadPerBasisPoint = wide(1e14);
const perTenThousand = wide(basisPoints);

/** One side of a liquidation, as the contract reads it. */
interface Side {
  readonly units: Wide;
  readonly price: Wide;
  /** 10^decimals. */
  readonly unit: Wide;
}

/**
 * Aave v4's liquidation (`LiquidationLogic`): a bonus that grows as health falls, debt up to a target health, dust on neither side. Values are exact, without any
 * rounding; rounded sums decide who is liquidatable where they are apart by more than their roundings, wide numbers where they are close. Equal to
 * `exact/aave-v4` at the engine's decimals.
 */
export class AaveV4Rule implements ProtocolRule {
  readonly protocol = "aave-v4";
  readonly perAccount = "the bonus and the debt to the target health differ per account";
  private violated = false;
  private readonly weighted = { whole: 0, left: 0 };

  constructor(
    private readonly terms: LendingRule,
    private readonly rules: AaveV4Rules,
  ) {}

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
    let roundings = 1;
    let unpriced = false;
    for (let asset = 0; asset < unitDecimals.length; asset++) {
      const held = account.collateral[asset];
      if (held > 0 && terms.thresholdBps[asset] > 0) {
        const value = valueDown(held, steps[asset], unitDecimals[asset]);
        into.collateralValue += value;
        addWeighted(weighted, value, terms.thresholdBps[asset]);
        roundings++;
        unpriced ||= steps[asset] === 0;
      }
      const owed = account.debt[asset];
      if (owed > 0) {
        into.debtValue += valueUp(owed, steps[asset], unitDecimals[asset]);
        roundings++;
        unpriced ||= steps[asset] === 0;
      }
    }
    into.weightedCollateral = weighted.whole;
    if (unpriced || weighted.whole >= into.debtValue) this.violated = false;
    else if (weighted.whole + roundings <= into.debtValue) this.violated = true;
    else this.violated = this.isBelowOne(account, steps, unitDecimals);
    return into;
  }

  /** health factor < 1. */
  breaches(): boolean {
    return this.violated;
  }

  private isBelowOne(account: LendingAccount, steps: ArrayLike<number>, unitDecimals: ArrayLike<number>): boolean {
    const { weightedBps, debt } = this.sums(account, steps, unitDecimals);
    return compareWide(weightedBps, multiplyWide(debt, perTenThousand)) < 0;
  }

  /** Collateral times its factor in basis points, and debt: dollars x 1e26, nothing rounded (`Spoke._processUserAccountData`). */
  private sums(account: LendingAccount, steps: ArrayLike<number>, unitDecimals: ArrayLike<number>) {
    let weightedBps: Wide = [];
    let debt: Wide = [];
    for (let asset = 0; asset < unitDecimals.length; asset++) {
      const factor = this.terms.thresholdBps[asset];
      const held = account.collateral[asset];
      if (held > 0 && factor > 0)
        weightedBps = addWide(
          weightedBps,
          multiplyWide(valueOf(wide(held), steps[asset], unitDecimals[asset]), wide(factor)),
        );
      if (account.debt[asset] > 0)
        debt = addWide(debt, valueOf(wide(account.debt[asset]), steps[asset], unitDecimals[asset]));
    }
    return { weightedBps, debt };
  }

  liquidation(
    account: LendingAccount,
    _at: AccountHealth,
    steps: ArrayLike<number>,
    unitDecimals: ArrayLike<number>,
    into: LiquidationAmounts,
  ): LiquidationAmounts {
    const collateral = largestBacking(this.terms.thresholdBps, account.collateral, steps, unitDecimals);
    const debt = largest(account.debt, steps, unitDecimals);
    into.collateral = collateral;
    into.debt = debt;
    into.surplusUnits = 0;
    into.feeUnits = 0;
    into.seizeUnits = 0;
    into.repayUnits = 0;
    into.debtUnits = 0;
    if (collateral < 0 || this.amountsByFloat(account, collateral, debt, steps, unitDecimals, into)) return into;
    const sums = this.sums(account, steps, unitDecimals);
    const health = divideWide(multiplyWide(sums.weightedBps, wadPerBasisPoint), sums.debt);
    // Terms may be exchanged at other prices than those at which the account breached: there it may be healthy.
    if (compareWide(health, one) >= 0) return into;
    const bonusBps = this.bonus(collateral, health);
    const owes = sideOf(account.debt[debt], steps[debt], unitDecimals[debt]);
    const holds = sideOf(account.collateral[collateral], steps[collateral], unitDecimals[collateral]);
    const toTarget = this.debtToTarget(sums.debt, health, owes, bonusBps, this.terms.thresholdBps[collateral]);
    const wanted = leastWide(owes.units, toTarget);
    const repaid = this.isDust(subtractWide(owes.units, wanted), owes) ? owes.units : wanted;
    const seized = collateralFor(repaid, owes, holds, bonusBps);
    const isWhole = compareWide(repaid, owes.units) === 0;
    const takesAll =
      compareWide(seized, holds.units) > 0 || (!isWhole && this.isDust(subtractWide(holds.units, seized), holds));
    const gross = takesAll ? holds.units : seized;
    into.repayUnits = narrow(takesAll ? debtForAll(owes, holds, bonusBps) : repaid);
    into.debtUnits = into.repayUnits;
    into.feeUnits = narrow(
      divideWide(
        multiplyWide(gross, wide(this.terms.protocolFeeBps), wide(bonusBps - basisPoints)),
        multiplyWide(wide(bonusBps), perTenThousand),
      ),
    );
    into.seizeUnits = narrow(gross) - into.feeUnits;
    return into;
  }

  /**
   * The amounts in Float64, for nearly everybody; false, and nothing in `into`, where a branch or a rounding is too close to tell: then the wide numbers
   * decide. What it answers is the same to the unit.
   */
  private amountsByFloat(
    account: LendingAccount,
    collateral: number,
    debt: number,
    steps: ArrayLike<number>,
    unitDecimals: ArrayLike<number>,
    into: LiquidationAmounts,
  ): boolean {
    const { thresholdBps, bonusBps, protocolFeeBps } = this.terms;
    let [weighted, total] = [0, 0];
    for (let asset = 0; asset < unitDecimals.length; asset++) {
      const usdPerUnit = steps[asset] / powersOfTen[unitDecimals[asset] + 8];
      weighted += (account.collateral[asset] * usdPerUnit * thresholdBps[asset]) / basisPoints;
      total += account.debt[asset] * usdPerUnit;
    }
    const health = weighted / total;
    const parBps = basisPoints + this.bonusByFloat(bonusBps[collateral], health);
    if (!(health < 1) || areClose(health, 1) || parBps < basisPoints) return false;
    const owed = account.debt[debt];
    const held = account.collateral[collateral];
    const debtUsd = steps[debt] / powersOfTen[unitDecimals[debt] + 8];
    const heldUsd = steps[collateral] / powersOfTen[unitDecimals[collateral] + 8];
    const target = this.rules.targetHealthBps / basisPoints;
    const penalty = (parBps * thresholdBps[collateral]) / (basisPoints * basisPoints);
    const toTarget = (total * (target - health)) / (target - penalty) / debtUsd;
    if (isNearWhole(toTarget)) return false;
    const wanted = Math.min(owed, Math.ceil(toTarget));
    const dustUsd = this.rules.dustValue / 1e6;
    const debtLeft = (owed - wanted) * debtUsd;
    if (areClose(debtLeft, dustUsd)) return false;
    let repaid = debtLeft > 0 && debtLeft < dustUsd ? owed : wanted;
    let seized = (repaid * debtUsd * parBps) / basisPoints / heldUsd;
    if (isNearWhole(seized)) return false;
    seized = Math.floor(seized);
    const heldLeft = (held - seized) * heldUsd;
    if (repaid < owed && areClose(heldLeft, dustUsd)) return false;
    if (seized > held || (repaid < owed && heldLeft > 0 && heldLeft < dustUsd)) {
      const covered = (((held * heldUsd) / parBps) * basisPoints) / debtUsd;
      if (isNearWhole(covered)) return false;
      repaid = Math.ceil(covered);
      seized = held;
    }
    const fee = ((seized * protocolFeeBps) / basisPoints) * ((parBps - basisPoints) / parBps);
    if (fee > 0 && isNearWhole(fee)) return false;
    into.repayUnits = repaid;
    into.debtUnits = repaid;
    into.feeUnits = Math.floor(fee);
    into.seizeUnits = seized - into.feeUnits;
    return true;
  }

  /** Bonus in basis points, or -1 where it is too close to tell. */
  private bonusByFloat(most: number, health: number): number {
    const limit = this.rules.maxBonusHealthBps / basisPoints;
    if (areClose(health, limit)) return -1;
    if (health < limit) return most;
    const least = Math.floor((most * this.rules.bonusFactorBps) / basisPoints);
    const grown = ((most - least) * (1 - health)) / (1 - limit);
    return Math.abs(grown - Math.round(grown)) < 1e-9 && most > least ? -1 : least + Math.floor(grown);
  }

  /** Par plus bonus, basis points (`calculateLiquidationBonus`). */
  private bonus(collateral: number, health: Wide): number {
    const { maxBonusHealthBps, bonusFactorBps } = this.rules;
    const most = this.terms.bonusBps[collateral];
    const limit = multiplyWide(wide(maxBonusHealthBps), wadPerBasisPoint);
    if (compareWide(health, limit) <= 0) return basisPoints + most;
    const least = Math.floor((most * bonusFactorBps) / basisPoints);
    const grown = divideWide(multiplyWide(wide(most - least), subtractWide(one, health)), subtractWide(one, limit));
    return basisPoints + least + narrow(grown);
  }

  /** Units of debt that lift the account to the target, rounded up (`_calculateDebtToTargetHealthFactor`). */
  private debtToTarget(debtValue: Wide, health: Wide, owes: Side, bonusBps: number, factorBps: number): Wide {
    const target = multiplyWide(wide(this.rules.targetHealthBps), wadPerBasisPoint);
    const penalty = divideWideUp(multiplyWide(wide(bonusBps), wadPerBasisPoint, wide(factorBps)), perTenThousand);
    return divideWideUp(
      multiplyWide(debtValue, owes.unit, subtractWide(target, health)),
      multiplyWide(subtractWide(target, penalty), owes.price, one),
    );
  }

  /** Whether units above 0 are worth less than what may be left. */
  private isDust(units: Wide, { price, unit }: Side): boolean {
    if (units.length === 0) return false;
    const value = divideWide(multiplyWide(units, price, one), unit);
    return compareWide(value, multiplyWide(wide(this.rules.dustValue), wide(1e20))) < 0;
  }
}

function sideOf(units: number, steps: number, unitDecimals: number): Side {
  return { units: wide(units), price: wide(steps), unit: wide(powersOfTen[unitDecimals]) };
}

/** Dollars x 1e26: units x price x 1e18 / 10^decimals, which leaves nothing. */
function valueOf(units: Wide, steps: number, unitDecimals: number): Wide {
  return multiplyWide(units, wide(steps), wide(powersOfTen[18 - unitDecimals]));
}

/** Collateral for a repayment, bonus included, rounded down once. */
function collateralFor(repaid: Wide, owes: Side, holds: Side, bonusBps: number): Wide {
  return divideWide(
    multiplyWide(repaid, owes.price, holds.unit, wide(bonusBps)),
    multiplyWide(owes.unit, holds.price, perTenThousand),
  );
}

/** Debt that all the collateral pays for, rounded up. */
function debtForAll(owes: Side, holds: Side, bonusBps: number): Wide {
  return divideWideUp(
    multiplyWide(holds.units, holds.price, owes.unit, perTenThousand),
    multiplyWide(owes.price, holds.unit, wide(bonusBps)),
  );
}
