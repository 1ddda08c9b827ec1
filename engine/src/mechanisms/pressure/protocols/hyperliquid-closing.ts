import {
  type HyperliquidRules,
  hyperliquidAsks,
  hyperliquidPart,
  hyperliquidStage,
} from "../../../rules/hyperliquid.js";
import { equityAt, maintenanceAt, notionalValue, partOf } from "../../../rules/perpetual.js";
import type { Decide, Settle } from "../../../run/index.js";
import type { Attempt, Closing } from "../perpetuals/protocol.js";
import { type PerpetualsRows, worthAfterClose } from "../perpetuals/rows.js";

/**
 * Hyperliquid: a part of a large position, then a cooldown; the liquidator vault below two thirds of the maintenance margin; deleveraging at the previous mark below
 * zero. One part an account and tick. Nobody else pays for a close on the market: what would leave an account worth less than nothing is not filled. Source:
 * exact/hyperliquid.
 */
export class HyperliquidClosing implements Closing {
  /** By row: when a part was last closed, in milliseconds; -1: never. */
  partialAt = new Float64Array(0);
  /** By row: whether the present order asks for a part. */
  private asksPart = new Uint8Array(0);
  /** The mark as it stood at the end of the tick before; 0: there is none. */
  private previousMark = 0;

  constructor(private readonly rules: HyperliquidRules) {}

  open(rows: PerpetualsRows): void {
    this.partialAt = new Float64Array(rows.count).fill(-1);
    this.asksPart = new Uint8Array(rows.count);
  }

  reset(): void {
    this.partialAt.fill(-1);
    this.previousMark = 0;
  }

  shock(rows: PerpetualsRows): void {
    this.previousMark = rows.mark;
  }

  attempt({ rule, size, entry, margin, mark }: PerpetualsRows, row: number, at: Decide, into: Attempt): void {
    const value = equityAt(rule, size[row], entry[row], margin[row], mark);
    const stage = hyperliquidStage(this.rules, value, maintenanceAt(rule, size[row], mark));
    if (stage > 0) {
      into.otherwise = stage === 1 ? "take-over" : "deleverage";
      return;
    }
    const notional = notionalValue(rule, size[row], mark);
    const asks = hyperliquidAsks(this.rules, notional, this.partialAt[row], at.timeMs);
    this.asksPart[row] = asks === "part" ? 1 : 0;
    if (asks === "nothing" || this.partialAt[row] === at.timeMs) return;
    const whole = Math.abs(size[row]);
    into.units = asks === "part" ? hyperliquidPart(this.rules, whole) : whole;
  }

  toFund(): number {
    return 0;
  }

  loss(rows: PerpetualsRows, row: number, units: number, cash: number): number {
    return Math.max(0, -worthAfterClose(rows, row, units, cash));
  }

  closed(_rows: PerpetualsRows, row: number, _units: number, at: Settle): void {
    if (this.asksPart[row] === 1) this.partialAt[row] = at.timeMs;
  }

  mayBeDeleveraged({ rule, size, entry, margin, mark }: PerpetualsRows, row: number): boolean {
    return equityAt(rule, size[row], entry[row], margin[row], mark) < 0;
  }

  deleveragingCash({ rule, size, entry, margin, mark }: PerpetualsRows, row: number, units: number): number {
    const at = this.previousMark > 0 ? this.previousMark : mark;
    const shortfall = Math.max(0, -equityAt(rule, size[row], entry[row], margin[row], at));
    const cash = notionalValue(rule, size[row], at) + Math.sign(size[row]) * shortfall;
    return partOf(cash, units, Math.abs(size[row]));
  }

  accepts(rows: PerpetualsRows, row: number, units: number, cash: number): boolean {
    return worthAfterClose(rows, row, units, cash) >= 0;
  }
}
