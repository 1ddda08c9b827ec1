import { mulDivDown } from "../math/index.js";
import { basisPoints, powersOfTen, valueDown } from "./account-value.js";
import { exchanged } from "./exact-sums.js";
import type { AccountHealth, LendingAccount, LendingRule, LiquidationAmounts, ProtocolRule } from "./lending.js";

/** Discounts are whole 1e-8: a product of two whole basis points. */
export const DISCOUNT_ONE = basisPoints * basisPoints;

/** One Compound III market over whole units: one base asset that is owed, collaterals by book asset. */
export interface CompoundV3Terms {
  /** Book asset that is lent. */
  readonly base: number;
  /** By asset: share of its value that keeps an account from being absorbed; 0 where it is no collateral. */
  readonly thresholdBps: readonly number[];
  /** By asset: share of its value that an absorbed account is credited. */
  readonly liquidationFactorBps: readonly number[];
  /** By asset: what the storefront takes off the price, 1e-8. */
  readonly discount: readonly number[];
}

/** What an absorption comes to: whole base units. */
export interface AbsorbedAmounts {
  /** Credited for all collateral. */
  creditUnits: number;
  /** Of the credit beyond the debt: base that the account's owner keeps as supply. */
  surplusUnits: number;
  /** Of the debt beyond the credit: what reserves lose. */
  shortfallUnits: number;
}

/**
 * Compound III's absorption and storefront (`Comet.isLiquidatable`, `absorb`, `quoteCollateral`): debt values are cut towards zero, each collateral is rounded down
 * twice, and who is below loses everything at once. Equal to `exact/compound-v3` at the engine's decimals with values in 1e-6 USD.
 */
export class CompoundV3Rule implements ProtocolRule {
  readonly protocol = "compound-v3";
  readonly perAccount = "an absorption credits each collateral by itself, and whether it is sold depends on reserves";
  private refused = false;

  constructor(readonly terms: CompoundV3Terms) {}

  health(
    account: LendingAccount,
    steps: ArrayLike<number>,
    unitDecimals: ArrayLike<number>,
    into: AccountHealth,
  ): AccountHealth {
    const { base, thresholdBps } = this.terms;
    const owed = account.debt[base];
    into.debtValue = owed > 0 ? valueDown(owed, steps[base], unitDecimals[base]) : 0;
    into.collateralValue = 0;
    into.weightedCollateral = 0;
    this.refused = owed > 0 && steps[base] === 0;
    for (let asset = 0; asset < unitDecimals.length; asset++) {
      const held = account.collateral[asset];
      if (!(held > 0) || thresholdBps[asset] === 0) continue;
      // The contract stops adding once the debt is covered; a price of zero that it reads before refuses the call.
      if (steps[asset] === 0 && into.weightedCollateral < into.debtValue) this.refused = true;
      const value = valueDown(held, steps[asset], unitDecimals[asset]);
      into.collateralValue += value;
      into.weightedCollateral += mulDivDown(value, thresholdBps[asset], basisPoints);
    }
    return into;
  }

  /** liquidity < 0, and every price that the contract reads is there. */
  breaches(at: AccountHealth): boolean {
    return at.weightedCollateral < at.debtValue && !this.refused;
  }

  /** The protocol takes one collateral after the other for nothing, and with the last one the whole debt. */
  liquidation(
    account: LendingAccount,
    _at: AccountHealth,
    _steps: ArrayLike<number>,
    unitDecimals: ArrayLike<number>,
    into: LiquidationAmounts,
  ): LiquidationAmounts {
    into.collateral = -1;
    into.debt = this.terms.base;
    into.seizeUnits = 0;
    into.feeUnits = 0;
    into.repayUnits = 0;
    into.surplusUnits = 0;
    let held = 0;
    for (let asset = unitDecimals.length - 1; asset >= 0; asset--) {
      if (!(account.collateral[asset] > 0)) continue;
      into.collateral = asset;
      into.seizeUnits = account.collateral[asset];
      held++;
    }
    into.debtUnits = held > 1 ? 0 : account.debt[this.terms.base];
    return into;
  }

  /** What absorbing the account comes to (`Comet.absorbInternal`): values times liquidation factors, summed, then once divided by the base's price. */
  absorbed(
    account: LendingAccount,
    steps: ArrayLike<number>,
    unitDecimals: ArrayLike<number>,
    into: AbsorbedAmounts,
  ): AbsorbedAmounts {
    const { base, liquidationFactorBps } = this.terms;
    let value = 0;
    for (let asset = 0; asset < unitDecimals.length; asset++) {
      const held = account.collateral[asset];
      if (!(held > 0)) continue;
      value += mulDivDown(valueDown(held, steps[asset], unitDecimals[asset]), liquidationFactorBps[asset], basisPoints);
    }
    const owed = account.debt[base];
    into.creditUnits = mulDivDown(value, powersOfTen[unitDecimals[base] + 2], steps[base]);
    into.surplusUnits = Math.max(0, into.creditUnits - owed);
    into.shortfallUnits = Math.max(0, owed - into.creditUnits);
    return into;
  }

  /** The storefront's price of a collateral, steps rounded down (`Comet.quoteCollateral`). */
  storefrontSteps(asset: number, steps: ArrayLike<number>): number {
    return mulDivDown(steps[asset], DISCOUNT_ONE - this.terms.discount[asset], DISCOUNT_ONE);
  }

  /** Base units that `units` of a collateral cost at the storefront, rounded up; 0 where a price is nothing. */
  storefrontCost(asset: number, units: number, steps: ArrayLike<number>, unitDecimals: ArrayLike<number>): number {
    const { base } = this.terms;
    const price = this.storefrontSteps(asset, steps);
    if (price === 0 || steps[base] === 0) return 0;
    return exchanged(units, price, unitDecimals[asset], steps[base], unitDecimals[base], true);
  }
}

/** What the storefront takes off a collateral's price, 1e-8: its share of the penalty, both whole basis points. */
export function storefrontDiscount(priceFactorBps: number, liquidationFactorBps: number): number {
  return priceFactorBps * (basisPoints - liquidationFactorBps);
}

/** Terms of a rule from lending's own, with a liquidation factor by asset. */
export function compoundTerms(
  rule: LendingRule,
  base: number,
  liquidationFactorBps: readonly number[],
  priceFactorBps: number,
): CompoundV3Terms {
  return {
    base,
    thresholdBps: rule.thresholdBps,
    liquidationFactorBps,
    discount: liquidationFactorBps.map((factor) => storefrontDiscount(priceFactorBps, factor)),
  };
}
