import type { Book } from "../../../book/book.js";
import { mulDivDown } from "../../../math/index.js";
import { basisPoints, valueUp } from "../../../rules/account-value.js";
import { emptySplit, type LiquityV2Rule, type TroveSplit } from "../../../rules/liquity-v2.js";
import type { Decide, Layout, Reset, Settle } from "../../../run/index.js";
import { protocolActs, tapeKinds } from "../../../run/tape.js";
import type { Disposal } from "../lending/protocol.js";
import { activate, type LendingState, markIndices, owedUnits, wake } from "../lending/state.js";

/** What the stability pool starts from, and what its depositors do. */
export interface LiquityPoolTerms {
  /** BOLD deposited at the opening, units. */
  readonly depositUnits: number;
  /** Share of the collateral they gain that depositors sell, basis points, and over how long. */
  readonly sellBps: number;
  readonly withinMs: number;
}

/** A liquidated trove whose transfers wait for `settle`. */
export interface LiquidatedTrove {
  readonly row: number;
  readonly held: number;
  readonly split: TroveSplit;
}

/**
 * Liquity v2's branch as state over ticks: all troves below the minimum ratio are liquidated in the round in which they breach, wave by wave, each wave as one
 * batch: the stability pool pays as long as it has BOLD, the rest goes to the other troves by stake and may make them breach in turn. The pool is one sum of
 * deposits; the part of their gains that depositors sell is their own trade, spread evenly. Sources: TroveManager `batchLiquidateTroves`,
 * `_redistributeDebtAndColl`; StabilityPool `offset`.
 */
export class LiquityPool implements Disposal {
  /** By row: weight in redistributions; 0 where no trove is open. */
  readonly stakes: Float64Array;
  totalStakes = 0;
  /** Open troves. */
  troves = 0;
  /** BOLD in the stability pool, units. */
  deposits = 0;
  /** Collateral that depositors gained so far, and what of it they have still to sell, units. */
  gained = 0;
  toSell = 0;
  shutDown = false;
  private perTick = 0;
  private soldTick = -1;
  private ratioSteps = -1;
  private touched = true;
  private breaching: number[] = [];
  private liquidated: LiquidatedTrove[] = [];
  private dust = 0;
  private group: Int32Array;
  private pool = -1;
  private depositors = -1;
  private surplusAccount = -1;
  private defaultPool = -1;
  private openingStakes: Float64Array;

  constructor(
    private readonly rule: LiquityV2Rule,
    private readonly terms: LiquityPoolTerms,
    rowCount: number,
  ) {
    this.stakes = new Float64Array(rowCount);
    this.openingStakes = new Float64Array(rowCount);
    this.group = new Int32Array(rowCount).fill(-1);
  }

  open(rows: LendingState, name: string, _book: Book, layout: Layout): void {
    const { collateral, debt } = this.rule.terms;
    this.pool = layout.account(`${name}/stability-pool`, "stability-pool");
    this.depositors = layout.account(`${name}/depositors`, "vault");
    this.surplusAccount = layout.account(`${name}/surplus`, "vault");
    this.defaultPool = layout.account(`${name}/default-pool`, "vault");
    const held = rows.columns.collateral[collateral];
    const owed = rows.columns.debt[debt];
    for (let row = 0; row < rows.columns.rowCount; row++)
      this.openingStakes[row] = (owed?.[row] ?? 0) > 0 ? (held?.[row] ?? 0) : 0;
    rows.groups.forEach(({ rows: members }, group) => {
      for (const row of members) this.group[row] = group;
    });
  }

  reset(rows: LendingState, at: Reset): void {
    this.stakes.set(this.openingStakes);
    this.totalStakes = 0;
    this.troves = 0;
    for (const stake of this.stakes) {
      this.totalStakes += stake;
      if (stake > 0) this.troves++;
    }
    this.deposits = this.terms.depositUnits;
    this.gained = 0;
    this.toSell = 0;
    this.perTick = 0;
    this.soldTick = -1;
    this.ratioSteps = -1;
    this.touched = true;
    this.shutDown = false;
    this.breaching = [];
    this.liquidated = [];
    this.dust = 0;
    at.transfer(rows.layout.issuer, this.pool, this.rule.terms.debt, this.deposits);
  }

  /** Troves liquidated in this round, oldest first. */
  waiting(): readonly LiquidatedTrove[] {
    return this.liquidated;
  }

  /** Debt without any collateral is no trove: nobody's deposit pays for it, and it takes nothing over. */
  breach(rows: LendingState, row: number): boolean {
    if (rows.heldNow[this.rule.terms.collateral] === 0) rows.uncovered.push(row);
    else this.breaching.push(row);
    return true;
  }

  decide(rows: LendingState, at: Decide): void {
    let wave = this.breaching;
    this.breaching = [];
    while (wave.length > 0) {
      const spread = this.liquidate(rows, at, wave);
      wave = spread ? this.unsafeRows(rows) : [];
    }
    this.watchRatio(rows, at);
    this.sell(rows, at);
  }

  /** One batch in the order given; the last trove of a branch stays. Returns whether others took anything over. */
  liquidate(rows: LendingState, at: Decide, wave: readonly number[]): boolean {
    const { collateral, debt } = this.rule.terms;
    const steps = rows.steps[collateral];
    this.closeRepaid(rows);
    this.touched = true;
    let available = this.rule.available(this.deposits);
    let spreadCollateral = 0;
    let spreadDebt = 0;
    for (const row of wave) {
      if (this.troves <= 1) break;
      const held = rows.collateral[collateral][row];
      const split = this.rule.split(held, owedUnits(rows, row, debt), available, steps, emptySplit());
      available -= split.debtToOffset;
      this.deposits -= split.debtToOffset;
      this.gain(split.collateralToPool, at.tickMs);
      spreadCollateral += split.collateralToRedistribute;
      spreadDebt += split.debtToRedistribute;
      this.liquidated.push({ row, held, split });
      rows.collateral[collateral][row] = 0;
      rows.debt[debt][row] = 0;
      rows.closing[row] = 0;
      this.totalStakes -= this.stakes[row];
      this.stakes[row] = 0;
      this.troves--;
    }
    if (spreadDebt === 0 || this.totalStakes === 0) return false;
    this.redistribute(rows, spreadCollateral, spreadDebt);
    return true;
  }

  /** Troves whose owners have repaid everything are closed. */
  private closeRepaid(rows: LendingState): void {
    const { debt } = this.rule.terms;
    for (let row = 0; row < this.stakes.length; row++) {
      if (this.stakes[row] === 0 || owedUnits(rows, row, debt) > 0) continue;
      this.totalStakes -= this.stakes[row];
      this.stakes[row] = 0;
      this.troves--;
    }
  }

  /** Gives collateral and debt to all open troves by stake, rounded down; what roundings leave is nobody's. */
  private redistribute(rows: LendingState, collateralUnits: number, debtUnits: number): void {
    const { collateral, debt } = this.rule.terms;
    let given = 0;
    for (let row = 0; row < this.stakes.length; row++) {
      const stake = this.stakes[row];
      if (stake === 0) continue;
      const more = mulDivDown(stake, collateralUnits, this.totalStakes);
      const owed = owedUnits(rows, row, debt) + mulDivDown(stake, debtUnits, this.totalStakes);
      activate(rows, row, this.group[row]);
      wake(rows, row);
      rows.collateral[collateral][row] += more;
      rows.debt[debt][row] = owed;
      markIndices(rows, row);
      given += more;
    }
    this.dust += collateralUnits - given;
    rows.changed = true;
  }

  private unsafeRows(rows: LendingState): number[] {
    const { collateral, debt } = this.rule.terms;
    const found: number[] = [];
    if (this.troves <= 1) return found;
    for (let row = 0; row < this.stakes.length; row++) {
      if (this.stakes[row] === 0) continue;
      const owed = owedUnits(rows, row, debt);
      if (owed > 0 && this.rule.isUnsafe(rows.collateral[collateral][row], owed, rows.steps[collateral]))
        found.push(row);
    }
    return found;
  }

  private gain(units: number, tickMs: number): void {
    this.gained += units;
    const selling = mulDivDown(units, this.terms.sellBps, basisPoints);
    this.toSell += selling;
    this.perTick += this.terms.withinMs <= tickMs ? selling : (selling * tickMs) / this.terms.withinMs;
  }

  /** Anybody may shut the branch down below its ratio; assumed at once. Liquidations go on. */
  private watchRatio(rows: LendingState, at: Decide): void {
    const { collateral, debt, shutdownRatioBps } = this.rule.terms;
    if (this.shutDown || at.round > 0) return;
    // Nothing to see where neither the price nor the books have changed.
    if (rows.steps[collateral] === this.ratioSteps && !this.touched && !rows.accrues) return;
    this.ratioSteps = rows.steps[collateral];
    this.touched = false;
    let held = 0;
    let owed = 0;
    for (let row = 0; row < this.stakes.length; row++) {
      const due = this.stakes[row] === 0 ? 0 : owedUnits(rows, row, debt);
      if (due === 0) continue;
      held += rows.collateral[collateral][row];
      owed += due;
    }
    if (owed === 0 || !this.rule.isBelow(held, owed, rows.steps[collateral], shutdownRatioBps)) return;
    this.shutDown = true;
    at.record(tapeKinds.protocol, at.mechanismIndex, 0, rows.steps[collateral], owed, protocolActs.stop);
  }

  /** Once a tick depositors sell their part of what they gained, at the market. */
  private sell(rows: LendingState, at: Decide): void {
    if (this.toSell === 0 || at.tick === this.soldTick) return;
    this.soldTick = at.tick;
    const { collateral, debt } = this.rule.terms;
    const instrument = rows.sellRoute[collateral * rows.feeds.length + debt];
    // What was gained in this round is theirs only after it.
    const free = Math.min(this.toSell, at.balance(this.depositors, collateral));
    const units = Math.min(free, Math.ceil(this.perTick));
    if (instrument >= 0 && units > 0) at.trade(rows.columns.rowCount, this.depositors, instrument, units, 0);
  }

  settle(rows: LendingState, at: Settle): void {
    if (at.afterTrades) {
      this.bookSales(rows, at);
      return;
    }
    const { collateral } = this.rule.terms;
    for (const one of this.liquidated) this.post(rows, at, one);
    if (this.liquidated.length > 0) this.liquidated = [];
    if (this.dust > 0) at.transfer(rows.positions, this.defaultPool, collateral, this.dust);
    this.dust = 0;
  }

  private post(rows: LendingState, at: Settle, { row, held, split }: LiquidatedTrove): void {
    const { collateral, debt, collateralDecimals } = this.rule.terms;
    const steps = rows.steps[collateral];
    const selling = mulDivDown(split.collateralToPool, this.terms.sellBps, basisPoints);
    at.transfer(this.pool, rows.layout.issuer, debt, split.debtToOffset);
    at.transfer(rows.positions, this.depositors, collateral, selling);
    at.transfer(rows.positions, this.pool, collateral, split.collateralToPool - selling);
    at.transfer(rows.positions, rows.layout.outsideKeeper, collateral, split.gasCompensation);
    at.transfer(rows.positions, this.surplusAccount, collateral, split.surplus);
    const record = (act: number, units: number, paid: number) =>
      at.record(tapeKinds.protocol, at.mechanismIndex, row, units, paid, act);
    const seized = held - split.surplus;
    at.record(
      tapeKinds.seize,
      at.mechanismIndex,
      row,
      seized,
      collateral,
      valueUp(seized, steps, collateralDecimals) / 1e6,
    );
    const paid = split.debtToOffset + split.debtToRedistribute;
    at.record(tapeKinds.liquidate, at.mechanismIndex, row, seized, paid, this.pool);
    if (split.debtToOffset > 0) record(protocolActs.offset, split.collateralToPool, split.debtToOffset);
    if (split.debtToRedistribute > 0)
      record(protocolActs.redistribute, split.collateralToRedistribute, split.debtToRedistribute);
    const lost = paid - this.rule.worthOf(split.collateralToPool + split.collateralToRedistribute, steps);
    if (lost > 0) record(protocolActs.socialise, 0, lost);
  }

  private bookSales(rows: LendingState, at: Settle): void {
    const { fills } = at;
    for (let fill = 0; fill < fills.count; fill++) {
      if (fills.order[fill] >= 0 || fills.mechanism[fill] !== at.mechanismIndex) continue;
      if (fills.row[fill] < rows.columns.rowCount) continue;
      const sold = fills.soldUnits[fill];
      this.toSell -= sold;
      if (this.toSell === 0) this.perTick = 0;
      at.record(
        tapeKinds.trade,
        at.mechanismIndex,
        fills.row[fill],
        sold,
        fills.soldCash[fill],
        fills.sellInstrument[fill],
      );
    }
  }
}
