import type { LendingLadder } from "../../../ladder/index.js";
import { mulDivDown } from "../../../math/index.js";
import { basisPoints, powersOfTen, stepsPerUsd } from "../../../rules/account-value.js";
import { emptySplit, type LiquityV2Rule } from "../../../rules/liquity-v2.js";
import type { AccountDescription, ForcedAccount, ForcedFlow, Ladder } from "../../../run/index.js";
import type { LendingState } from "../lending/state.js";
import type { LiquityPoolTerms } from "./liquity-pool.js";

/**
 * Liquity v2 at held prices: whoever breaches is liquidated wave by wave, what reaches the market is the share of their gains that depositors sell. What goes to other
 * troves is no sale.
 */
export class LiquityLadder implements Ladder {
  readonly mechanism: string;
  readonly pathFree = false;
  readonly reactionMs: number;
  readonly method: string;
  private readonly held: Float64Array;
  private readonly owed: Float64Array;
  private readonly split = emptySplit();

  constructor(
    private readonly breaching: LendingLadder,
    private readonly lending: LendingState,
    private readonly rule: LiquityV2Rule,
    private readonly terms: LiquityPoolTerms,
  ) {
    this.mechanism = breaching.mechanism;
    this.reactionMs = breaching.reactionMs + terms.withinMs;
    this.method = `${breaching.method}; sold is what depositors sell of what the pool gains, nothing of what other troves take over`;
    this.held = new Float64Array(lending.columns.rowCount);
    this.owed = new Float64Array(lending.columns.rowCount);
  }

  forced(published: Float64Array, into: ForcedFlow): void {
    this.breaching.breaching(published, (row) => {
      into.badDebtUsd += this.uncoveredUsd(row);
    });
    this.each(published, (_, units, instrument, repaidUsd) => {
      if (instrument >= 0) into.sold[instrument] += units;
      into.accounts++;
      into.repaidUsd += repaidUsd;
    });
  }

  accounts(published: Float64Array, visit: (account: ForcedAccount) => void): void {
    this.breaching.breaching(published, (row) => {
      const badDebtUsd = this.uncoveredUsd(row);
      if (badDebtUsd > 0) visit({ row, instrument: -1, units: 0, badDebtUsd });
    });
    this.each(published, (row, units, instrument) => visit({ row, instrument, units, badDebtUsd: 0 }));
  }

  describe(row: number): AccountDescription {
    return this.breaching.describe(row);
  }

  /** Debt that nothing stands behind: it is no trove, and is written off. */
  private uncoveredUsd(row: number): number {
    const { collateral, debt, debtDecimals } = this.rule.terms;
    const { columns, decreed } = this.lending;
    if ((columns.collateral[collateral]?.[row] ?? 0) > 0) return 0;
    return ((columns.debt[debt]?.[row] ?? 0) / powersOfTen[debtDecimals]) * (decreed[debt] / stepsPerUsd);
  }

  /** Liquidates at held prices until nobody breaches. */
  private each(
    published: Float64Array,
    visit: (row: number, units: number, instrument: number, repaidUsd: number) => void,
  ): void {
    const { lending, rule, terms, held, owed, split } = this;
    const { collateral, debt, debtDecimals } = rule.terms;
    const steps = published[lending.feeds[collateral]];
    let wave: number[] = [];
    const { columns } = lending;
    this.breaching.breaching(published, (row) => {
      if ((columns.collateral[collateral]?.[row] ?? 0) > 0) wave.push(row);
    });
    if (wave.length === 0) return;
    let troves = 0;
    let stakes = 0;
    for (let row = 0; row < held.length; row++) {
      held[row] = columns.collateral[collateral]?.[row] ?? 0;
      owed[row] = columns.debt[debt]?.[row] ?? 0;
      if (owed[row] === 0 || held[row] === 0) continue;
      troves++;
      stakes += held[row];
    }
    const instrument = lending.sellRoute[collateral * lending.feeds.length + debt];
    let deposits = terms.depositUnits;
    // The most fragile first: on a falling price it is the first that the pool pays for.
    wave.sort((a, b) => held[a] / owed[a] - held[b] / owed[b] || a - b);
    const stake = Float64Array.from(held, (units, row) => (owed[row] === 0 ? 0 : units));
    while (wave.length > 0) {
      let spreadCollateral = 0;
      let spreadDebt = 0;
      let available = rule.available(deposits);
      for (const row of wave) {
        if (troves <= 1) break;
        rule.split(held[row], owed[row], available, steps, split);
        available -= split.debtToOffset;
        deposits -= split.debtToOffset;
        spreadCollateral += split.collateralToRedistribute;
        spreadDebt += split.debtToRedistribute;
        const repaidUsd = (owed[row] / powersOfTen[debtDecimals]) * (lending.decreed[debt] / stepsPerUsd);
        visit(row, mulDivDown(split.collateralToPool, terms.sellBps, basisPoints), instrument, repaidUsd);
        held[row] = 0;
        owed[row] = 0;
        stakes -= stake[row];
        stake[row] = 0;
        troves--;
      }
      wave = [];
      if (spreadDebt === 0 || stakes === 0) continue;
      for (let row = 0; row < held.length; row++) {
        if (stake[row] === 0) continue;
        held[row] += mulDivDown(stake[row], spreadCollateral, stakes);
        owed[row] += mulDivDown(stake[row], spreadDebt, stakes);
        if (troves > 1 && rule.isUnsafe(held[row], owed[row], steps)) wave.push(row);
      }
    }
  }
}
