import { assert } from "../book/problem.js";
import { mulDivDown, mulDivUp } from "../math/index.js";
import { powersOfTen, valueDown, valueScale, valuesPerUsd, valueUp } from "../rules/account-value.js";
import type { AccountDescription, ForcedAccount, ForcedFlow, Ladder } from "../run/mechanism.js";
import { BlockMaxima } from "./block-maxima.js";
import { countAtLeast, differences, runningSums } from "./falling-order.js";
import { rowsByFallingKey } from "./rows-by-falling-key.js";

/** Perpetual positions of one instrument that are closed as a whole when their price is reached. */
export interface PerpetualPositions {
  readonly mechanism: string;
  readonly instrument: number;
  /** The mark price's feed. */
  readonly feed: number;
  /** Decimals of the asset's units. */
  readonly unitDecimals: number;
  readonly reactionMs: number;
  /** By row: signed whole units, long above 0; 0 is no position. */
  readonly size: Float64Array;
  /** By row: the highest (long) or lowest (short) whole price at which it is liquidated; -1: never; Infinity: a long at any price. */
  readonly breachSteps: Float64Array;
  /**
   * By row, 1e-6 USD: what a long owes before its units count (cost minus margin), or what a short has before its units are bought back
   * (proceeds plus margin). Bad debt at a mark price is owed - value, or value - cash, where above 0.
   */
  readonly cash: Float64Array;
  describe(row: number): AccountDescription;
}

/**
 * Longs by falling breach price, shorts mirrored, with running sums: what is closed at a held mark price is a binary search, to the unit, whatever
 * the way there (`pathFree`). A second order by bankruptcy price gives bad debt at the mark (before insurance fund and deleveraging).
 */
export class PerpetualIndex implements Ladder {
  readonly mechanism: string;
  readonly pathFree = true;
  readonly reactionMs: number;
  readonly method: string;
  private readonly longs: SideIndex;
  private readonly shorts: SideIndex;

  constructor(private readonly positions: PerpetualPositions) {
    this.mechanism = positions.mechanism;
    this.reactionMs = positions.reactionMs;
    this.longs = new SideIndex(positions, 1);
    this.shorts = new SideIndex(positions, -1);
    this.method =
      `${this.longs.rows.length} longs and ${this.shorts.rows.length} shorts by exact integer breach price, sorted, ` +
      "with running sums (binary search)";
  }

  forced(published: Float64Array, into: ForcedFlow): void {
    const { positions } = this;
    const steps = published[positions.feed];
    const longs = this.longs.count(steps);
    const shorts = this.shorts.count(steps);
    into.accounts += longs + shorts;
    into.sold[positions.instrument] += this.longs.sizeSums[longs];
    into.bought[positions.instrument] += this.shorts.sizeSums[shorts];
    into.badDebtUsd += this.longs.badDebtUsd(steps) + this.shorts.badDebtUsd(steps);
  }

  accounts(published: Float64Array, visit: (account: ForcedAccount) => void): void {
    const steps = published[this.positions.feed];
    for (const side of [this.longs, this.shorts]) {
      const count = side.count(steps);
      for (let at = 0; at < count; at++) visit(this.account(side.rows[at], steps));
    }
  }

  reaching(from: Float64Array | null, to: Float64Array, least: Float64Array, visit: (row: number) => void): void {
    const { feed, instrument } = this.positions;
    for (const side of [this.longs, this.shorts]) {
      // A position is closed as a whole: whoever was closed before trades nothing more.
      const before = from === null ? 0 : side.count(from[feed]);
      const last = side.count(to[feed]);
      for (let at = side.nextSize(before, last, least[instrument]); at < last; ) {
        visit(side.rows[at]);
        at = side.nextSize(at + 1, last, least[instrument]);
      }
    }
  }

  /** Adds what one account is forced to trade at held prices. */
  forcedOf(row: number, published: Float64Array, into: ForcedFlow): void {
    const { positions } = this;
    const steps = published[positions.feed];
    const size = positions.size[row];
    const breach = positions.breachSteps[row];
    if (size === 0 || breach < 0 || (size > 0 ? steps > breach : steps < breach)) return;
    const { units, badDebtUsd } = this.account(row, steps);
    into.accounts++;
    if (units > 0) into.sold[positions.instrument] += units;
    else into.bought[positions.instrument] -= units;
    into.badDebtUsd += badDebtUsd;
  }

  describe(row: number): AccountDescription {
    return this.positions.describe(row);
  }

  private account(row: number, steps: number): ForcedAccount {
    const { size, cash, unitDecimals, instrument } = this.positions;
    const units = size[row];
    const missing =
      units > 0 ? cash[row] - valueDown(units, steps, unitDecimals) : valueUp(-units, steps, unitDecimals) - cash[row];
    return { row, instrument, units, badDebtUsd: Math.max(0, missing) / valuesPerUsd };
  }
}

/** One side of the open interest. Keys fall with the place: a long's price, a short's negated price. */
class SideIndex {
  readonly rows: Uint32Array;
  readonly sizeSums: Float64Array;
  private readonly keys: Float64Array;
  private readonly bankruptKeys: Float64Array;
  private readonly bankruptSizeSums: Float64Array;
  private readonly bankruptCashSums: Float64Array;
  /** By place: made when somebody is looked for by size. */
  private sizes: BlockMaxima | undefined;
  private hint = 0;
  private bankruptHint = 0;

  constructor(
    private readonly positions: PerpetualPositions,
    private readonly sign: 1 | -1,
  ) {
    const { size, breachSteps, cash, unitDecimals } = positions;
    const rows: number[] = [];
    for (let row = 0; row < size.length; row++) {
      assert(!Number.isNaN(breachSteps[row]), "a breach price is a number");
      if (size[row] * sign > 0 && breachSteps[row] >= 0) rows.push(row);
    }
    const keys = Float64Array.from(rows, (row) => sign * breachSteps[row]);
    const sizes = Float64Array.from(rows, (row) => Math.abs(size[row]));
    const order = rowsByFallingKey(keys);
    this.rows = order.map((at) => rows[at]);
    this.keys = Float64Array.from(order, (at) => keys[at]);
    this.sizeSums = runningSums(sizes, order);
    // Nobody is bankrupt who is not liquidated: the later of the two prices.
    const bankrupt = Float64Array.from(rows, (row, at) =>
      Math.min(
        keys[at],
        sign === 1
          ? bankruptLong(size[row], cash[row], unitDecimals)
          : -bankruptShort(-size[row], cash[row], unitDecimals),
      ),
    );
    const byBankruptcy = rowsByFallingKey(bankrupt);
    this.bankruptKeys = Float64Array.from(byBankruptcy, (at) => bankrupt[at]);
    this.bankruptSizeSums = runningSums(sizes, byBankruptcy);
    this.bankruptCashSums = new Float64Array(rows.length + 1);
    for (let at = 0; at < rows.length; at++) {
      this.bankruptCashSums[at + 1] = this.bankruptCashSums[at] + cash[rows[byBankruptcy[at]]];
    }
  }

  /** Positions liquidated at a mark price. */
  count(steps: number): number {
    this.hint = countAtLeast(this.keys, this.sign * steps, this.hint);
    return this.hint;
  }

  /** First place in [from, to) of at least this size; `to` where there is none. */
  nextSize(from: number, to: number, units: number): number {
    this.sizes ??= new BlockMaxima(differences(this.sizeSums));
    return this.sizes.next(from, to, units);
  }

  /** What bankrupt positions lack at a mark price, from sums, in US dollars. */
  badDebtUsd(steps: number): number {
    this.bankruptHint = countAtLeast(this.bankruptKeys, this.sign * steps, this.bankruptHint);
    if (this.bankruptHint === 0) return 0;
    const value = (this.bankruptSizeSums[this.bankruptHint] * steps) / powersOfTen[this.positions.unitDecimals + 8];
    const cash = this.bankruptCashSums[this.bankruptHint] / valuesPerUsd;
    return Math.max(0, this.sign === 1 ? cash - value : value - cash);
  }
}

/** The highest whole price at which a long's units are worth less than it owes; -1 where at none. */
function bankruptLong(units: number, owed: number, unitDecimals: number): number {
  if (owed <= 0) return -1;
  const limit = (owed * valueScale(unitDecimals)) / units;
  return limit > 4_503_599_627_370_496 ? Number.POSITIVE_INFINITY : mulDivUp(owed, valueScale(unitDecimals), units) - 1;
}

/** The lowest whole price at which buying back a short's units costs more than its cash. */
function bankruptShort(units: number, cash: number, unitDecimals: number): number {
  if (cash < 0) return 0;
  const limit = (cash * valueScale(unitDecimals)) / units;
  return limit > 4_503_599_627_370_496
    ? Number.POSITIVE_INFINITY
    : mulDivDown(cash, valueScale(unitDecimals), units) + 1;
}
