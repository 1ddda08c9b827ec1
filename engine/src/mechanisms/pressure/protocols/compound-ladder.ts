import { emptyFlow, type LendingLadder } from "../../../ladder/index.js";
import { powersOfTen } from "../../../rules/account-value.js";
import type { AbsorbedAmounts, CompoundV3Rule } from "../../../rules/compound-v3.js";
import type { AccountDescription, ForcedAccount, ForcedFlow, Ladder } from "../../../run/index.js";
import type { LendingState } from "../lending/state.js";
import type { StorefrontTerms } from "./compound-storefront.js";

/**
 * Compound III at held prices: whoever breaches is absorbed, and the storefront sells what it took, collateral by collateral, until reserves reach their target. Held
 * prices are the oracle's, so its discount pays whoever buys.
 */
export class CompoundLadder implements Ladder {
  readonly mechanism: string;
  readonly pathFree: boolean;
  readonly reactionMs: number;
  readonly method: string;
  private readonly amounts: AbsorbedAmounts = { creditUnits: 0, surplusUnits: 0, shortfallUnits: 0 };
  private readonly held: Float64Array;
  private readonly owed: Float64Array;
  private readonly steps: Float64Array;
  private readonly taken: Float64Array;
  private readonly isSold: Uint8Array;
  private readonly rows: number[] = [];

  constructor(
    private readonly breaching: LendingLadder,
    private readonly lending: LendingState,
    private readonly rule: CompoundV3Rule,
    private readonly terms: StorefrontTerms,
  ) {
    const count = lending.unitDecimals.length;
    this.mechanism = breaching.mechanism;
    this.reactionMs = breaching.reactionMs + terms.absorbDelayMs;
    const { base } = rule.terms;
    const several = lending.groups.some(({ collaterals }) => collaterals.length > 1);
    const buys = lending.groups.some(({ collaterals }) =>
      collaterals.some((asset) => lending.buyRoute[asset * count + base] >= 0),
    );
    this.pathFree = terms.targetUnits === Number.POSITIVE_INFINITY && !several && !buys;
    const sale =
      terms.targetUnits === Number.POSITIVE_INFINITY
        ? "all that is absorbed is sold"
        : "the storefront sells collateral by collateral while reserves are below their target, and keeps the rest";
    this.method = `${breaching.method}; ${sale}`;
    this.held = new Float64Array(count);
    this.owed = new Float64Array(count);
    this.steps = new Float64Array(count);
    this.taken = new Float64Array(count);
    this.isSold = new Uint8Array(count);
  }

  forced(published: Float64Array, into: ForcedFlow): void {
    this.absorbAll(published);
    const { base } = this.rule.terms;
    let own = this.terms.reservesUnits;
    for (const row of this.rows) {
      this.read(row);
      const { surplusUnits, shortfallUnits } = this.absorbed();
      own -= this.owed[base] + surplusUnits;
      into.badDebtUsd += this.usd(shortfallUnits, base);
      if (this.held.some((units) => units > 0)) into.accounts++;
    }
    this.sellAll(own, into);
  }

  accounts(published: Float64Array, visit: (account: ForcedAccount) => void): void {
    // What is sold of each collateral depends on everybody's: all of it or nothing.
    this.forced(published, emptyFlow(1 + Math.max(-1, ...this.lending.sellRoute, ...this.lending.buyRoute)));
    const { base } = this.rule.terms;
    const count = this.held.length;
    for (const row of [...this.rows]) {
      this.read(row);
      let badDebtUsd = this.usd(this.absorbed().shortfallUnits, base);
      let visited = false;
      for (let asset = 0; asset < count; asset++) {
        const instrument = this.lending.sellRoute[asset * count + base];
        if (this.held[asset] === 0 || this.isSold[asset] === 0 || instrument < 0) continue;
        visit({ row, instrument, units: this.held[asset], badDebtUsd });
        badDebtUsd = 0;
        visited = true;
      }
      if (!visited) visit({ row, instrument: -1, units: 0, badDebtUsd });
    }
  }

  describe(row: number): AccountDescription {
    return this.breaching.describe(row);
  }

  /** Everybody who breaches, by row, and what they hold together. */
  private absorbAll(published: Float64Array): void {
    const { feeds } = this.lending;
    for (let asset = 0; asset < this.steps.length; asset++) this.steps[asset] = published[feeds[asset]];
    this.rows.length = 0;
    this.taken.fill(0);
    this.breaching.breaching(published, (row) => this.rows.push(row));
    for (const row of this.rows) {
      this.read(row);
      for (let asset = 0; asset < this.held.length; asset++) this.taken[asset] += this.held[asset];
    }
  }

  private sellAll(opening: number, into: ForcedFlow): void {
    const { base } = this.rule.terms;
    const count = this.held.length;
    let own = opening;
    for (let asset = 0; asset < count; asset++) {
      this.isSold[asset] = 0;
      const units = this.taken[asset];
      if (units === 0 || own >= this.terms.targetUnits) continue;
      const cost = this.rule.storefrontCost(asset, units, this.steps, this.lending.unitDecimals);
      if (cost === 0) continue;
      own += cost;
      this.isSold[asset] = 1;
      into.repaidUsd += this.usd(cost, base);
      const sell = this.lending.sellRoute[asset * count + base];
      const buy = this.lending.buyRoute[asset * count + base];
      if (sell >= 0) into.sold[sell] += units;
      if (buy >= 0) into.bought[buy] += cost;
    }
  }

  private read(row: number): void {
    const { collateral, debt } = this.lending.columns;
    for (let asset = 0; asset < this.held.length; asset++) {
      this.held[asset] = collateral[asset]?.[row] ?? 0;
      this.owed[asset] = debt[asset]?.[row] ?? 0;
    }
  }

  private absorbed(): AbsorbedAmounts {
    return this.rule.absorbed(
      { collateral: this.held, debt: this.owed },
      this.steps,
      this.lending.unitDecimals,
      this.amounts,
    );
  }

  private usd(units: number, asset: number): number {
    return (units * this.steps[asset]) / powersOfTen[this.lending.unitDecimals[asset] + 8];
  }
}
