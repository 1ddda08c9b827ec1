import { type DydxMargin, type DydxRisk, type DydxRules, isValidTransition } from "../../../rules/dydx-v4.js";
import { partOf } from "../../../rules/perpetual.js";
import type { Decide, Settle } from "../../../run/index.js";
import type { Attempt, Closing } from "../perpetuals/protocol.js";
import type { PerpetualsRows } from "../perpetuals/rows.js";

/**
 * dYdX v4: a block closes a part of a position at the fillable price or better; several blocks may fall into one tick and take a round each. The fund pays what a fill
 * is worse than the bankruptcy price, within its balance and a limit per block; an account that is worth less than nothing and of which nothing could be filled is
 * deleveraged as a whole. Source: exact/dydx-v4.
 */
export class DydxClosing implements Closing {
  /** By row: the tick in which attempts were last made, and how many. */
  private attemptTick = new Int32Array(0);
  private attempts = new Int32Array(0);

  constructor(
    private readonly margin: DydxMargin,
    private readonly rules: DydxRules,
    private readonly blockMs: number,
  ) {}

  open(rows: PerpetualsRows): void {
    this.attemptTick = new Int32Array(rows.count).fill(-1);
    this.attempts = new Int32Array(rows.count);
  }

  reset(): void {
    this.attemptTick.fill(-1);
  }

  attempt(rows: PerpetualsRows, row: number, at: Decide, into: Attempt): void {
    const risk = this.riskOf(rows, row);
    const blocks = Math.floor(at.timeMs / this.blockMs) - Math.floor((at.timeMs - at.tickMs) / this.blockMs);
    const made = this.attemptTick[row] === at.tick ? this.attempts[row] : 0;
    if (risk.maintenanceMargin === 0 || made >= blocks) return;
    into.units = this.margin.liquidatable(this.rules, rows.size[row], rows.mark);
    into.step = this.rules.stepUnits;
    into.limitSteps = this.margin.limitSteps(this.rules, rows.size[row], risk, rows.mark);
    into.fundUnits = this.rules.maxInsuranceLost;
    into.otherwise = risk.netCollateral < 0 ? "deleverage" : "wait";
  }

  /** The farther the fillable price lies from the oracle's, the earlier. */
  priority(rows: PerpetualsRows, row: number): number {
    const notional = Math.max(1, this.margin.notional(rows.size[row], rows.mark));
    return this.margin.spread(this.rules, this.riskOf(rows, row)) / notional;
  }

  toFund({ size, entry, margin, mark }: PerpetualsRows, row: number, units: number, cash: number): number {
    return this.margin.toFund(this.rules, size[row], entry[row], margin[row], mark, units, cash);
  }

  closed(_rows: PerpetualsRows, row: number, _units: number, at: Settle): void {
    this.attempts[row] = this.attemptTick[row] === at.tick ? this.attempts[row] + 1 : 1;
    this.attemptTick[row] = at.tick;
  }

  mayBeDeleveraged(rows: PerpetualsRows, row: number): boolean {
    return this.riskOf(rows, row).netCollateral < 0;
  }

  deleveragingCash({ size, entry, margin, mark }: PerpetualsRows, row: number, units: number): number {
    return this.margin.bankruptcyCash(size[row], entry[row], margin[row], mark, units);
  }

  /** Both sides' updates must be allowed: where bankruptcy prices do not overlap the counterparty is passed over. */
  accepts(rows: PerpetualsRows, row: number, units: number, cash: number, bankrupt: number): boolean {
    return [row, bankrupt].every((one) =>
      isValidTransition(this.riskOf(rows, one), this.riskAfter(rows, one, units, cash)),
    );
  }

  private riskOf({ size, entry, margin, mark }: PerpetualsRows, row: number): DydxRisk {
    return this.margin.risk(size[row], entry[row], margin[row], mark);
  }

  private riskAfter(rows: PerpetualsRows, row: number, units: number, cash: number): DydxRisk {
    const size = rows.size[row];
    const side = size > 0 ? 1 : -1;
    const entry = partOf(rows.entry[row], units, Math.abs(size));
    const margin = rows.margin[row] + side * (cash - entry);
    return this.margin.risk(size - side * units, rows.entry[row] - entry, margin, rows.mark);
  }
}
