import { powersOfTen, valueDown, valueUp } from "./account-value.js";
import { compareSums } from "./exact-sum-order.js";
import type { AccountHealth, LendingAccount, LiquidationAmounts, ProtocolRule } from "./lending.js";

/** A price in quote coins per coin, kept so that no digit of its eighteen decimals is lost: high x 1e-9 + low x 1e-18. */
export interface FinePrice {
  /** Whole billionths. */
  high: number;
  /** Whole 1e-18 on top, 0 to 999,999,999. */
  low: number;
}

/** Ajna's lending in Float64: whole units, ledger prices in coins. Decisions are those of `exact/ajna`. */
export class AjnaRule implements ProtocolRule {
  readonly protocol = "ajna";
  readonly perAccount = "the lowest utilised price moves with deposits and debts, not with an oracle";
  /** Price of the bucket down to which deposits cover all debts. */
  readonly lup: FinePrice = { high: 0, low: 0 };
  /** Deposits do not cover the debts: the lowest bucket's price is no price, every loan can be kicked. */
  isLowest = false;

  constructor(
    readonly collateral: number,
    readonly quote: number,
  ) {}

  /**
   * `weightedCollateral` is what the collateral is worth at the lowest utilised price over 1.04, moved by the least that makes it fall below the debt exactly where
   * the contract's own products do.
   */
  health(
    account: LendingAccount,
    steps: ArrayLike<number>,
    unitDecimals: ArrayLike<number>,
    into: AccountHealth,
  ): AccountHealth {
    const held = account.collateral[this.collateral];
    const owed = account.debt[this.quote];
    into.collateralValue = valueDown(held, steps[this.collateral], unitDecimals[this.collateral]);
    into.debtValue = valueUp(owed, steps[this.quote], unitDecimals[this.quote]);
    const shift = powersOfTen[6] / powersOfTen[unitDecimals[this.collateral]];
    const quoteUsd = steps[this.quote] / 1e8;
    const weighted = Math.floor((held * shift * quoteUsd * coinPrice(this.lup)) / 1.04);
    const safe = this.isCollateralized(held, owed, unitDecimals);
    into.weightedCollateral = safe ? Math.max(weighted, into.debtValue) : Math.min(weighted, into.debtValue - 1);
    return into;
  }

  breaches(at: AccountHealth): boolean {
    return at.debtValue > 0 && at.weightedCollateral < at.debtValue;
  }

  /**
   * Whether collateral x LUP >= 1.04 x debt as wads, the left side rounded to the nearest: 2 x collateral x price + 10^decimals >= 2 x 1.04 x debt, without a division
   * (`PoolHelper._isCollateralized`).
   */
  isCollateralized(held: number, owed: number, unitDecimals: ArrayLike<number>): boolean {
    if (owed === 0) return true;
    if (this.isLowest) return false;
    const left = unitDecimals[this.collateral];
    const { high, low } = this.lup;
    const scale = powersOfTen[left];
    const wads = powersOfTen[16 - unitDecimals[this.quote]];
    const price = high + low / 1e9;
    const worth = held * 2e9 * price;
    const needed = 208 * owed * wads * scale;
    const distance = worth - needed;
    if (Math.abs(distance) > 1e-12 * needed + 2 * scale) return distance > 0;
    return compareSums([[2, held, high, 1e9], [2, held, low], [scale]], [[208, owed, wads, scale]]) >= 0;
  }

  /** Nobody seizes: loans are kicked (`AjnaAuctions`). */
  liquidation(
    _account: LendingAccount,
    _at: AccountHealth,
    _steps: ArrayLike<number>,
    _unitDecimals: ArrayLike<number>,
    into: LiquidationAmounts,
  ): LiquidationAmounts {
    into.collateral = this.collateral;
    into.debt = this.quote;
    into.seizeUnits = 0;
    into.feeUnits = 0;
    into.repayUnits = 0;
    into.debtUnits = 0;
    into.surplusUnits = 0;
    return into;
  }
}

/** A price in coins as the nearest Float64. */
export function coinPrice({ high, low }: FinePrice): number {
  return high / 1e9 + low / 1e18;
}
