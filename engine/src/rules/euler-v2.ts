import { mulDivDown } from "../math/index.js";
import { basisPoints, valueDown, valueUp } from "./account-value.js";
import {
  type AccountHealth,
  type LendingAccount,
  type LendingRule,
  type LiquidationAmounts,
  largest,
  type ProtocolRule,
} from "./lending.js";

/** What a vault's rule needs beside the liquidation LTVs of its collaterals. */
export interface EulerV2Terms {
  /** The vault's asset: the only one that accounts owe it. */
  readonly debt: number;
  /** Highest liquidation discount, basis points below 10,000. */
  readonly maxDiscountBps: number;
}

/**
 * Euler v2 over whole units (`Liquidation.calculateMaxLiquidation`, `LiquidityUtils.calculateLiquidity` at mid quotes): a violation at equality, the discount one less
 * health up to its cap, the whole debt or what the collateral pays for. Equal to `exact/euler-v2` at the engine's decimals. Liquidation LTVs are read where they
 * stand now: they may move.
 */
export class EulerV2Rule implements ProtocolRule {
  readonly protocol = "euler-v2";
  readonly perAccount = "the discount grows with each account's own shortfall";
  private violated = false;

  constructor(
    private readonly terms: LendingRule,
    private readonly vault: EulerV2Terms,
  ) {}

  health(
    account: LendingAccount,
    steps: ArrayLike<number>,
    unitDecimals: ArrayLike<number>,
    into: AccountHealth,
  ): AccountHealth {
    const { thresholdBps } = this.terms;
    const { debt } = this.vault;
    into.collateralValue = 0;
    into.weightedCollateral = 0;
    for (let asset = 0; asset < unitDecimals.length; asset++) {
      const held = account.collateral[asset];
      if (!(held > 0)) continue;
      const value = valueDown(held, steps[asset], unitDecimals[asset]);
      into.collateralValue += value;
      into.weightedCollateral += mulDivDown(value, thresholdBps[asset], basisPoints);
    }
    const owed = account.debt[debt];
    into.debtValue = owed > 0 ? valueUp(owed, steps[debt], unitDecimals[debt]) : 0;
    // Euler rounds the value of a debt down; what others read is the safe side of it.
    const liability = owed > 0 ? valueDown(owed, steps[debt], unitDecimals[debt]) : 0;
    this.violated = liability > 0 && into.weightedCollateral <= liability;
    return into;
  }

  breaches(): boolean {
    return this.violated;
  }

  liquidation(
    account: LendingAccount,
    _at: AccountHealth,
    steps: ArrayLike<number>,
    unitDecimals: ArrayLike<number>,
    into: LiquidationAmounts,
  ): LiquidationAmounts {
    const { debt } = this.vault;
    const collateral = largest(account.collateral, steps, unitDecimals);
    into.collateral = collateral;
    into.debt = debt;
    into.seizeUnits = 0;
    into.feeUnits = 0;
    into.repayUnits = 0;
    into.debtUnits = 0;
    into.surplusUnits = 0;
    if (collateral < 0) return into;
    const held = account.collateral[collateral];
    const owed = account.debt[debt];
    const worth = valueDown(held, steps[collateral], unitDecimals[collateral]);
    const liability = valueDown(owed, steps[debt], unitDecimals[debt]);
    if (worth === 0) {
      // Collateral worth nothing goes for nothing.
      into.seizeUnits = held;
      return into;
    }
    const adjusted = this.adjusted(account, steps, unitDecimals);
    const leastFactor = basisPoints - this.vault.maxDiscountBps;
    const isCapped = mulDivDown(adjusted, basisPoints, liability) < leastFactor;
    // Worth of the collateral that the whole debt buys: compared before it is counted, it may be beyond whole numbers.
    const over = isCapped ? liability * (basisPoints / leastFactor) : liability * (liability / adjusted);
    const wholeYield =
      over > 2 * worth
        ? Number.POSITIVE_INFINITY
        : isCapped
          ? mulDivDown(liability, basisPoints, leastFactor)
          : mulDivDown(liability, liability, adjusted);
    const short = worth < wholeYield;
    const repayValue = short
      ? isCapped
        ? mulDivDown(worth, leastFactor, basisPoints)
        : mulDivDown(worth, adjusted, liability)
      : liability;
    into.repayUnits = mulDivDown(repayValue, owed, liability);
    into.debtUnits = into.repayUnits;
    into.seizeUnits = short ? held : mulDivDown(wholeYield, held, worth);
    return into;
  }

  /** Collateral weighed by its LTVs, rounded down one by one, at these prices. */
  private adjusted(account: LendingAccount, steps: ArrayLike<number>, unitDecimals: ArrayLike<number>): number {
    let sum = 0;
    for (let asset = 0; asset < unitDecimals.length; asset++) {
      if (!(account.collateral[asset] > 0)) continue;
      const value = valueDown(account.collateral[asset], steps[asset], unitDecimals[asset]);
      sum += mulDivDown(value, this.terms.thresholdBps[asset], basisPoints);
    }
    return sum;
  }
}
