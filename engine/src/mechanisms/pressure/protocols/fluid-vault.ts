import type { Book } from "../../../book/book.js";
import { assert } from "../../../book/problem.js";
import { mulDivUp } from "../../../math/index.js";
import { valueDown, valueUp } from "../../../rules/account-value.js";
import { exchanged } from "../../../rules/exact-sums.js";
import type { FluidTerms } from "../../../rules/fluid.js";
import {
  byRatio,
  type FluidLevel,
  type FluidLimits,
  fluidLimits,
  LEAST_LIQUIDATION,
  levelsAfter,
  placeOf,
  ratioOfLevel,
  walkLevels,
} from "../../../rules/fluid-levels.js";
import type { Decide, Layout, Settle } from "../../../run/index.js";
import { protocolActs, tapeKinds } from "../../../run/tape.js";
import type { Disposal } from "../lending/protocol.js";
import { activate, type LendingState, wake } from "../lending/state.js";

/** What a position holds and owes at the opening. */
export interface OpeningPosition {
  readonly row: number;
  readonly held: number;
  readonly owed: number;
}

/** Levels of positions at their opening: each on the tick above its ratio. Calls `placed` with the dust of each. */
export function openingLevels(
  positions: readonly OpeningPosition[],
  placed: (row: number, dust: number) => void = () => {},
): FluidLevel[] {
  const byTick = new Map<number, { collateral: number; debt: number; rows: number[]; parts: number[] }>();
  for (const { row, held, owed } of positions) {
    const { tick, debt, dust } = placeOf(owed, held);
    placed(row, dust);
    let level = byTick.get(tick);
    if (level === undefined) {
      level = { collateral: 0, debt: 0, rows: [], parts: [] };
      byTick.set(tick, level);
    }
    level.collateral += held;
    level.debt += debt;
    level.rows.push(row);
    level.parts.push(debt);
  }
  return byRatio(
    [...byTick].map(([tick, level]) => ({
      ...level,
      tick,
      partials: 0,
      ratio: ratioOfLevel(tick, 0),
      shares: level.debt,
    })),
  );
}

/** Positions of a table that hold and owe. */
export function openingPositions(rows: LendingState, { collateral, debt }: FluidTerms): OpeningPosition[] {
  const found: OpeningPosition[] = [];
  for (let row = 0; row < rows.columns.rowCount; row++) {
    const held = rows.columns.collateral[collateral]?.[row] ?? 0;
    const owed = rows.columns.debt[debt]?.[row] ?? 0;
    if (held > 0 && owed > 0) found.push({ row, held, owed });
  }
  return found;
}

/** An absorbed position whose transfers wait for `settle`. */
interface Absorbed {
  readonly row: number;
  readonly held: number;
  readonly owed: number;
}

/**
 * A Fluid vault: positions stand on ticks of their ratio of debt to collateral, and whoever liquidates repays from the highest down, all positions of a level in
 * proportion (`FluidVaultT1.liquidate`, `absorb`). Two standing orders: row `rowCount` offers what stands above the threshold at the fixed penalty, row
 * `rowCount + 1` what was absorbed at its own ratio, while that is worth its debt. Rows of lending follow the levels: what a position holds and owes.
 */
export class FluidVault implements Disposal {
  /** Highest ratio first. */
  levels: readonly FluidLevel[] = [];
  /** What was absorbed and is not sold, units; and what of its debt nobody owes (dust) or was counted as bad. */
  readonly absorbed = { collateral: 0, debt: 0, lost: 0 };
  /** Limits at the prices of the last decision. */
  limits: FluidLimits | undefined;
  private opening: readonly FluidLevel[] = [];
  private openingDust = new Float64Array(0);
  /** By row: debt of its tick that is not owed. */
  dust = new Float64Array(0);
  private orders: [number, number] = [-1, -1];
  private waiting: Absorbed[] = [];
  /** Rows whose owners acted: they are placed anew. */
  private acted: number[] = [];
  private account = -1;

  constructor(readonly terms: FluidTerms) {}

  open(rows: LendingState, name: string, _book: Book, layout: Layout): void {
    this.account = layout.account(`${name}/vault`, "vault");
    const dust = new Float64Array(rows.columns.rowCount);
    this.opening = openingLevels(openingPositions(rows, this.terms), (row, units) => {
      dust[row] = units;
    });
    this.openingDust = dust;
    this.dust = dust.slice();
  }

  reset(): void {
    this.levels = this.opening;
    this.dust.set(this.openingDust);
    this.absorbed.collateral = 0;
    this.absorbed.debt = 0;
    this.absorbed.lost = 0;
    this.orders = [-1, -1];
    this.waiting = [];
    this.acted = [];
  }

  /** A position is liquidated with its level, in `decide`; debt without any collateral is nobody's level. */
  breach(rows: LendingState, row: number): boolean {
    if (rows.heldNow[this.terms.collateral] === 0) rows.uncovered.push(row);
    return false;
  }

  decide(rows: LendingState, at: Decide): void {
    this.placeAgain(rows);
    const { collateral, debt } = this.terms;
    if (rows.steps[collateral] === 0 || rows.steps[debt] === 0) {
      this.offer(rows, at, 0, 0, 0);
      this.offer(rows, at, 1, 0, 0);
      return;
    }
    this.limits = fluidLimits(this.terms, rows.steps, rows.unitDecimals);
    this.absorbAbove(rows, this.limits.maxTick);
    const walk = walkLevels(this.levels, this.limits, Number.MAX_SAFE_INTEGER);
    const isEnough = walk !== undefined && walk.debt >= this.least();
    this.offer(rows, at, 0, isEnough ? walk.collateral : 0, isEnough ? walk.debt : 0);
    const pays = this.isAbsorbedWorthIt(rows);
    this.offer(rows, at, 1, pays ? this.absorbed.collateral : 0, pays ? this.absorbed.debt : 0);
  }

  /** The least that a call may repay. */
  private least(): number {
    const total = this.levels.reduce((sum, { debt }) => sum + debt, this.absorbed.debt);
    return Math.max(LEAST_LIQUIDATION, Math.floor(total / 1e9));
  }

  private isAbsorbedWorthIt({ steps, unitDecimals }: LendingState): boolean {
    const { collateral, debt } = this.terms;
    if (this.absorbed.debt === 0) return false;
    const worth = valueDown(this.absorbed.collateral, steps[collateral], unitDecimals[collateral]);
    return worth >= valueUp(this.absorbed.debt, steps[debt], unitDecimals[debt]);
  }

  private offer(rows: LendingState, at: Decide, which: 0 | 1, seizeUnits: number, repayUnits: number): void {
    if (seizeUnits === 0 || repayUnits === 0) {
      if (this.orders[which] >= 0) at.withdraw(this.orders[which]);
      this.orders[which] = -1;
      return;
    }
    const { collateral, debt } = this.terms;
    const pair = collateral * rows.feeds.length + debt;
    this.orders[which] = at.liquidate({
      row: rows.columns.rowCount + which,
      account: -1,
      sellInstrument: rows.sellRoute[pair],
      buyInstrument: rows.buyRoute[pair],
      collateral,
      seizeUnits,
      feeUnits: 0,
      debt,
      repayUnits,
      feed: rows.feeds[collateral],
      priceSteps: rows.steps[collateral],
      ownAccount: -1,
    });
  }

  /** Takes every level above the maximum tick whole. */
  private absorbAbove(rows: LendingState, maxTick: number): void {
    const above = this.levels.filter(({ tick }) => tick > maxTick);
    if (above.length === 0) return;
    this.levels = this.levels.filter(({ tick }) => tick <= maxTick);
    const { collateral, debt } = this.terms;
    for (const level of above) {
      this.absorbed.collateral += level.collateral;
      this.absorbed.debt += level.debt;
      const owed = level.rows.reduce((sum, row) => sum + rows.debt[debt][row], 0);
      this.absorbed.lost += Math.max(0, level.debt - owed);
      for (const row of level.rows) {
        this.waiting.push({ row, held: rows.collateral[collateral][row], owed: rows.debt[debt][row] });
        activate(rows, row, -1);
        rows.collateral[collateral][row] = 0;
        rows.debt[debt][row] = 0;
        rows.closing[row] = 0;
      }
    }
  }

  /** Positions whose owners repaid or sold leave their level and stand on the tick of what they have now. */
  private placeAgain(rows: LendingState): void {
    const { collateral, debt } = this.terms;
    for (const row of new Set(this.acted)) {
      const held = rows.collateral[collateral][row];
      const owed = rows.debt[debt][row];
      this.levels = this.levels.flatMap((level) => {
        const at = level.rows.indexOf(row);
        return at < 0 ? [level] : withoutPosition(level, at, this.heldBefore.get(row) ?? held);
      });
      if (held > 0 && owed > 0) {
        const [single] = openingLevels([{ row, held, owed }], (_, dust) => {
          this.dust[row] = dust;
        });
        this.levels = byRatio([...this.levels, single]);
      }
    }
    this.acted = [];
    this.heldBefore.clear();
  }

  /** What rows of owners who act held before they did. */
  private readonly heldBefore = new Map<number, number>();

  private notice(rows: LendingState, row: number): void {
    this.acted.push(row);
    if (!this.heldBefore.has(row)) this.heldBefore.set(row, rows.collateral[this.terms.collateral][row]);
  }

  /** What was absorbed and nobody buys falls on: what it lacks now beyond the bad debt of its absorption. */
  underwater({ steps, unitDecimals }: LendingState, add: (usd: number) => void): void {
    const { collateral, debt } = this.terms;
    const worth = valueDown(this.absorbed.collateral, steps[collateral], unitDecimals[collateral]);
    const missing = valueUp(this.absorbed.debt - this.absorbed.lost, steps[debt], unitDecimals[debt]) - worth;
    if (missing > 0) add(missing / 1e6);
  }

  settle(rows: LendingState, at: Settle): void {
    const { fills, standing } = at;
    if (at.afterTrades) {
      for (let fill = 0; fill < fills.count; fill++)
        if (fills.order[fill] < 0 && fills.mechanism[fill] === at.mechanismIndex) this.notice(rows, fills.row[fill]);
      return;
    }
    for (const one of this.waiting) this.postAbsorbed(rows, at, one);
    this.waiting = [];
    for (let fill = 0; fill < fills.count; fill++) {
      const order = fills.order[fill];
      if (order < 0 || standing.mechanism[order] !== at.mechanismIndex) continue;
      if (fills.row[fill] === rows.columns.rowCount) this.liquidate(rows, at, fill);
      else if (fills.row[fill] === rows.columns.rowCount + 1) this.sellAbsorbed(rows, at, fill);
      else continue;
      if (fills.seizeUnits[fill] < standing.seizeUnits[order]) continue;
      at.finish(order);
      this.orders[fills.row[fill] === rows.columns.rowCount ? 0 : 1] = -1;
    }
    at.rescues((row) => this.notice(rows, row));
  }

  /** A fill of the pool's order: shared over the levels from the top, and over each level's positions in proportion. */
  private liquidate(rows: LendingState, at: Settle, fill: number): void {
    const { fills } = at;
    const { collateral, debt } = this.terms;
    const keeper = fills.account[fill];
    const repaid = fills.repayUnits[fill];
    const seized = fills.seizeUnits[fill];
    assert(this.limits !== undefined, "what is filled was offered at a price");
    const walk = walkLevels(this.levels, this.limits, repaid);
    assert(walk !== undefined, "what is filled stands above the threshold");
    at.transfer(keeper, rows.lenders, debt, repaid);
    at.transfer(rows.positions, keeper, collateral, seized);
    at.record(tapeKinds.protocol, at.mechanismIndex, fills.row[fill], seized, repaid, protocolActs.take);
    const before = this.levels;
    // What was sold is what was offered for it: roundings level by level are the last level's.
    const left = { ...walk.left, collateral: walk.left.collateral + walk.collateral - seized };
    this.levels = levelsAfter(before, { ...walk, left });
    const merged = this.levels.find((level) => !before.includes(level));
    assert(merged !== undefined, "a walk leaves a level");
    this.writeRows(rows, at, merged, keeper);
    rows.changed = true;
  }

  /** Writes what a level's positions hold and owe now, and records what each has lost. */
  private writeRows(rows: LendingState, at: Settle, level: FluidLevel, keeper: number): void {
    const { collateral, debt } = this.terms;
    let shares = 0;
    let given = 0;
    for (let place = 0; place < level.rows.length; place++) {
      const row = level.rows[place];
      shares += level.parts[place];
      // By running sums, so that all of the level is somebody's.
      const isLast = place === level.rows.length - 1;
      const until = isLast
        ? level.collateral
        : Math.min(level.collateral, Math.floor(level.collateral * (shares / level.shares)));
      const held = until - given;
      given = until;
      const withDust = Math.ceil(level.debt * (level.parts[place] / level.shares));
      const owed = Math.max(0, withDust - this.dust[row]);
      const lost = rows.collateral[collateral][row] - held;
      const repaid = rows.debt[debt][row] - owed;
      rows.collateral[collateral][row] = held;
      rows.debt[debt][row] = owed;
      activate(rows, row, -1);
      wake(rows, row);
      if (lost <= 0) continue;
      const usd = valueUp(lost, rows.steps[collateral], rows.unitDecimals[collateral]) / 1e6;
      at.record(tapeKinds.seize, at.mechanismIndex, row, lost, collateral, usd);
      at.record(tapeKinds.liquidate, at.mechanismIndex, row, lost, Math.max(0, repaid), keeper);
    }
  }

  /** Bad debt is what the collateral of an absorbed position is short of its debt at the oracle's prices. */
  private postAbsorbed(rows: LendingState, at: Settle, { row, held, owed }: Absorbed): void {
    const { collateral, debt } = this.terms;
    const { steps, unitDecimals } = rows;
    at.transfer(rows.positions, this.account, collateral, held);
    const usd = valueUp(held, steps[collateral], unitDecimals[collateral]) / 1e6;
    at.record(tapeKinds.seize, at.mechanismIndex, row, held, collateral, usd);
    at.record(tapeKinds.liquidate, at.mechanismIndex, row, held, owed, this.account);
    at.record(tapeKinds.protocol, at.mechanismIndex, row, held, owed, protocolActs.absorb);
    const short =
      owed - exchanged(held, steps[collateral], unitDecimals[collateral], steps[debt], unitDecimals[debt], false);
    if (short <= 0) return;
    this.absorbed.lost += short;
    at.record(
      tapeKinds.badDebt,
      at.mechanismIndex,
      row,
      short,
      debt,
      valueUp(short, steps[debt], unitDecimals[debt]) / 1e6,
    );
  }

  private sellAbsorbed(rows: LendingState, at: Settle, fill: number): void {
    const { fills } = at;
    const { collateral, debt } = this.terms;
    at.transfer(fills.account[fill], rows.lenders, debt, fills.repayUnits[fill]);
    at.transfer(this.account, fills.account[fill], collateral, fills.seizeUnits[fill]);
    this.absorbed.lost -= mulDivUp(this.absorbed.lost, fills.repayUnits[fill], this.absorbed.debt);
    this.absorbed.collateral -= fills.seizeUnits[fill];
    this.absorbed.debt -= fills.repayUnits[fill];
    at.record(
      tapeKinds.protocol,
      at.mechanismIndex,
      fills.row[fill],
      fills.seizeUnits[fill],
      fills.repayUnits[fill],
      protocolActs.buy,
    );
  }
}

/** A level without one of its positions, which holds `held`; nothing where it was the only one. */
function withoutPosition(level: FluidLevel, at: number, held: number): FluidLevel[] {
  if (level.rows.length === 1) return [];
  const part = level.parts[at];
  return [
    {
      ...level,
      collateral: level.collateral - held,
      debt: level.debt - mulDivUp(level.debt, Math.round(part), Math.max(1, Math.round(level.shares))),
      rows: level.rows.filter((_, place) => place !== at),
      parts: level.parts.filter((_, place) => place !== at),
      shares: level.shares - part,
    },
  ];
}
