import type { LendingLadder } from "../../../ladder/index.js";
import { powersOfTen, valueDown, valueUp } from "../../../rules/account-value.js";
import { exchanged } from "../../../rules/exact-sums.js";
import type { FluidTerms } from "../../../rules/fluid.js";
import {
  type FluidLevel,
  type FluidLimits,
  fluidLimits,
  levelsAfter,
  walkLevels,
} from "../../../rules/fluid-levels.js";
import type { AccountDescription, ForcedAccount, ForcedFlow, Ladder } from "../../../run/index.js";
import type { LendingState } from "../lending/state.js";
import { openingLevels, openingPositions } from "./fluid-vault.js";

/** What one price forces of a vault, as its levels stand at the opening. */
interface Forced {
  readonly limits: FluidLimits;
  readonly absorbed: readonly FluidLevel[];
  readonly kept: readonly FluidLevel[];
  readonly absorbedCollateral: number;
  readonly absorbedDebt: number;
  readonly isAbsorbedSold: boolean;
}

/** A Fluid vault at held prices: levels above the limit are absorbed, the rest is liquidated from the top down to the threshold, all positions of a level together. */
export class FluidLadder implements Ladder {
  readonly mechanism: string;
  readonly pathFree = false;
  readonly reactionMs: number;
  readonly method: string;
  private readonly levels: readonly FluidLevel[];
  private readonly steps: Float64Array;
  private readonly sell: number;
  private readonly buy: number;

  constructor(
    private readonly base: LendingLadder,
    private readonly lending: LendingState,
    private readonly terms: FluidTerms,
  ) {
    const positions = openingPositions(lending, terms);
    this.mechanism = base.mechanism;
    this.reactionMs = base.reactionMs;
    this.levels = openingLevels(positions);
    this.method = `${positions.length} positions on ${this.levels.length} ticks: from the highest ratio down, a level at a time, to the threshold; above the limit absorbed, and sold where worth their debt; as if prices jumped there, so a far jump forces less than the way there`;
    this.steps = new Float64Array(lending.unitDecimals.length);
    const pair = terms.collateral * lending.feeds.length + terms.debt;
    this.sell = lending.sellRoute[pair];
    this.buy = lending.buyRoute[pair];
  }

  forced(published: Float64Array, into: ForcedFlow): void {
    const at = this.at(published);
    if (at === undefined) return;
    const walk = walkLevels(at.kept, at.limits, Number.MAX_SAFE_INTEGER);
    this.add(into, walk?.collateral ?? 0, walk?.debt ?? 0);
    if (at.isAbsorbedSold) this.add(into, at.absorbedCollateral, at.absorbedDebt);
    for (let place = 0; place < (walk?.merged ?? 0); place++) into.accounts += at.kept[place].rows.length;
    for (const level of at.absorbed)
      for (const row of level.rows) {
        into.accounts++;
        into.badDebtUsd += this.shortUsd(row);
      }
  }

  accounts(published: Float64Array, visit: (account: ForcedAccount) => void): void {
    const at = this.at(published);
    if (at === undefined) return;
    const walk = walkLevels(at.kept, at.limits, Number.MAX_SAFE_INTEGER);
    if (walk !== undefined) {
      const merged = levelsAfter(at.kept, walk).find((level) => !at.kept.includes(level));
      merged?.rows.forEach((row, place) => {
        const left = Math.floor(merged.collateral * (merged.parts[place] / merged.shares));
        visit({ row, instrument: this.sell, units: this.held(row) - left, badDebtUsd: 0 });
      });
    }
    for (const level of at.absorbed)
      for (const row of level.rows)
        visit({
          row,
          instrument: at.isAbsorbedSold ? this.sell : -1,
          units: at.isAbsorbedSold ? this.held(row) : 0,
          badDebtUsd: this.shortUsd(row),
        });
  }

  describe(row: number): AccountDescription {
    return this.base.describe(row);
  }

  private at(published: Float64Array): Forced | undefined {
    const { feeds, unitDecimals } = this.lending;
    const { collateral, debt } = this.terms;
    for (let asset = 0; asset < this.steps.length; asset++)
      this.steps[asset] = feeds[asset] < 0 ? 0 : published[feeds[asset]];
    if (this.steps[collateral] === 0 || this.steps[debt] === 0) return undefined;
    const limits = fluidLimits(this.terms, this.steps, unitDecimals);
    let above = 0;
    let absorbedCollateral = 0;
    let absorbedDebt = 0;
    while (above < this.levels.length && this.levels[above].tick > limits.maxTick) {
      absorbedCollateral += this.levels[above].collateral;
      absorbedDebt += this.levels[above].debt;
      above++;
    }
    const worth = valueDown(absorbedCollateral, this.steps[collateral], unitDecimals[collateral]);
    return {
      limits,
      absorbed: this.levels.slice(0, above),
      kept: this.levels.slice(above),
      absorbedCollateral,
      absorbedDebt,
      isAbsorbedSold: above > 0 && worth >= valueUp(absorbedDebt, this.steps[debt], unitDecimals[debt]),
    };
  }

  private add(into: ForcedFlow, seized: number, repaid: number): void {
    const { debt } = this.terms;
    if (this.sell >= 0) into.sold[this.sell] += seized;
    if (this.buy >= 0) into.bought[this.buy] += repaid;
    into.repaidUsd += (repaid * this.steps[debt]) / powersOfTen[this.lending.unitDecimals[debt] + 8];
  }

  private held(row: number): number {
    return this.lending.columns.collateral[this.terms.collateral]?.[row] ?? 0;
  }

  private shortUsd(row: number): number {
    const { collateral, debt } = this.terms;
    const { unitDecimals } = this.lending;
    const owed = this.lending.columns.debt[debt]?.[row] ?? 0;
    const worth = exchanged(
      this.held(row),
      this.steps[collateral],
      unitDecimals[collateral],
      this.steps[debt],
      unitDecimals[debt],
      false,
    );
    return (Math.max(0, owed - worth) * this.steps[debt]) / powersOfTen[unitDecimals[debt] + 8];
  }
}
