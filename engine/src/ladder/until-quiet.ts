import { assert } from "../book/problem.js";
import {
  type AccountHealth,
  health,
  type LendingRule,
  type LiquidationAmounts,
  liquidatable,
  liquidation,
} from "../rules/lending.js";
import type { ForcedFlow } from "../run/mechanism.js";
import { unitsUsd } from "./pair-rule.js";

/** Liquidations of one account with prices held: each takes the collateral or at least a unit of debt, and halving a debt ends within 60. */
export const liquidationLimit = 100_000;

/** Where seized collateral is sold and repaid debt is bought: instrument by `collateral x number of assets + debt`, -1 for none. */
export interface LiquidationRoutes {
  readonly sell: Int32Array;
  readonly buy: Int32Array;
}

/** One account being liquidated again and again, exactly, by rules/lending.ts. Reused for every account: nothing is allocated. */
export class QuietAccount {
  /** By asset, whole units; filled by the caller, changed by `liquidateOnce` and `settle`. */
  readonly collateral: Float64Array;
  readonly debt: Float64Array;
  /** What `breaching` last found, and what `liquidateOnce` last did. */
  readonly at: AccountHealth = { weightedCollateral: 0, collateralValue: 0, debtValue: 0 };
  readonly amounts: LiquidationAmounts = {
    collateral: -1,
    debt: -1,
    seizeUnits: 0,
    feeUnits: 0,
    repayUnits: 0,
    debtUnits: 0,
    surplusUnits: 0,
  };

  constructor(
    private readonly rule: LendingRule,
    private readonly unitDecimals: ArrayLike<number>,
    private readonly routes: LiquidationRoutes,
  ) {
    this.collateral = new Float64Array(unitDecimals.length);
    this.debt = new Float64Array(unitDecimals.length);
  }

  /** Empties the account for the next one. */
  clear(): void {
    this.collateral.fill(0);
    this.debt.fill(0);
  }

  /** Whether the account as it stands breaches at prices in steps by asset. */
  breaching(steps: Float64Array): boolean {
    health(this.rule, this, steps, this.unitDecimals, this.at);
    return liquidatable(this.rule, this.at);
  }

  /** One liquidation of an account just found `breaching`; false where it has no collateral, or where nobody can take any now (dust). */
  liquidateOnce(steps: Float64Array): boolean {
    const { amounts } = this;
    liquidation(this.rule, this, this.at, steps, this.unitDecimals, amounts);
    if (amounts.collateral < 0 || (amounts.seizeUnits + amounts.feeUnits === 0 && amounts.debtUnits === 0))
      return false;
    this.collateral[amounts.collateral] -= amounts.seizeUnits + amounts.feeUnits;
    this.debt[amounts.debt] -= amounts.debtUnits;
    return true;
  }

  /**
   * Liquidates until the account is healthy, owes nothing or holds nothing, and adds all of it to `into` (an account
   * without collateral counts with its bad debt alone). False where it does not breach.
   */
  settle(steps: Float64Array, into: ForcedFlow): boolean {
    if (!this.breaching(steps)) return false;
    let count = 0;
    while (this.liquidateOnce(steps)) {
      const { collateral, debt, seizeUnits, repayUnits, debtUnits } = this.amounts;
      const pair = collateral * this.unitDecimals.length + debt;
      if (this.routes.sell[pair] >= 0) into.sold[this.routes.sell[pair]] += seizeUnits;
      if (this.routes.buy[pair] >= 0) into.bought[this.routes.buy[pair]] += repayUnits;
      into.repaidUsd += unitsUsd(debtUnits, steps[debt], this.unitDecimals[debt]);
      assert(++count < liquidationLimit, `an account is quiet within ${liquidationLimit} liquidations`);
      if (!this.breaching(steps)) break;
    }
    if (count > 0) into.accounts++;
    into.badDebtUsd += this.debtWithoutCollateralUsd(steps);
    return true;
  }

  /** US dollars of debt that is left where no collateral is; 0 otherwise. */
  debtWithoutCollateralUsd(steps: Float64Array): number {
    let sum = 0;
    for (let asset = 0; asset < this.collateral.length; asset++) {
      if (this.collateral[asset] > 0) return 0;
      if (this.debt[asset] > 0) sum += unitsUsd(this.debt[asset], steps[asset], this.unitDecimals[asset]);
    }
    return sum;
  }
}
