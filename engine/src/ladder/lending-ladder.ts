import { assert } from "../book/problem.js";
import type { LendingRule } from "../rules/lending.js";
import type { AccountDescription, ForcedAccount, ForcedFlow, Ladder } from "../run/mechanism.js";
import { BreachIndex } from "./breach-index.js";
import { CloseFactorIndex } from "./close-factor-index.js";
import type { IndexPart } from "./index-part.js";
import { closesAtOnce, pairRule } from "./pair-rule.js";
import { type StepClasses, stepClasses } from "./step-classes.js";
import { type AccountEntries, SurvivalIndex } from "./survival-index.js";
import { UncoveredDebts } from "./uncovered-debts.js";
import { type LiquidationRoutes, QuietAccount } from "./until-quiet.js";

/** One asset's amounts by row, whole units, not negative. */
export interface AmountColumn {
  readonly asset: number;
  readonly values: Float64Array;
}

/** The accounts of one lending protocol, column by column, and what a ladder over them needs to know. Assets and feeds by index. */
export interface LendingAccounts {
  readonly mechanism: string;
  readonly rule: LendingRule;
  readonly reactionMs: number;
  readonly rowCount: number;
  /** At most one column per asset and side. */
  readonly collateral: readonly AmountColumn[];
  readonly debt: readonly AmountColumn[];
  /** By asset. */
  readonly unitDecimals: ArrayLike<number>;
  /** By asset: published price at the opening, in steps. Keys are made there; any other price is answered too. */
  readonly openingSteps: Float64Array;
  /** By asset: feed, or -1 for one whose price stays at the opening. */
  readonly feeds: Int32Array;
  readonly routes: LiquidationRoutes;
  /** What the run does and this index does not ask about, in words: `explain` shows it. */
  readonly notAsked?: readonly string[];
  account(row: number): string;
}

/**
 * A lending protocol's forced flow at held prices. Accounts of one collateral and one debt are sorted by exact breach price where the rule
 * closes them at once, or put into classes by number of liquidations where it repays a part; accounts of three assets or more, and rules that
 * depend on the account (dust, target health), are checked one by one from the most fragile on. Rows without debt are left out.
 */
export class LendingLadder implements Ladder {
  readonly mechanism: string;
  readonly pathFree: boolean;
  readonly reactionMs: number;
  readonly method: string;
  private readonly parts: readonly IndexPart[];
  private readonly quiet: QuietAccount;
  private readonly steps: Float64Array;

  constructor(private readonly book: LendingAccounts) {
    const { unitDecimals, feeds, openingSteps, routes, rule } = book;
    this.mechanism = book.mechanism;
    this.reactionMs = book.reactionMs;
    this.steps = new Float64Array(unitDecimals.length);
    this.quiet = new QuietAccount(rule, unitDecimals, routes);
    const sorted = sortRows(book);
    const parts: IndexPart[] = [];
    let pathFree = rule.size.kind === "all-collateral" && sorted.rest.length === 0;
    const rest = sorted.rest;
    let why = sorted.rest.length > 0 ? "several collaterals or debts" : "";
    for (const [pair, rows] of sorted.pairs) {
      const collateral = Math.floor(pair / unitDecimals.length);
      const debt = pair % unitDecimals.length;
      const part = this.pairPart(collateral, debt, rows);
      if (typeof part === "string") {
        for (const row of rows) rest.push(row);
        if (!why.includes(part)) why = why === "" ? part : `${why}; ${part}`;
        pathFree = false;
      } else {
        parts.push(part);
        if (routes.buy[pair] >= 0) pathFree = false;
      }
    }
    if (sorted.uncovered.length > 0) parts.push(new UncoveredDebts(book, sorted.uncovered));
    if (rest.length > 0) {
      const entries = entriesOf(book, Uint32Array.from(rest).sort());
      parts.push(new SurvivalIndex(rule, unitDecimals, openingSteps, feeds, routes, entries, why));
    }
    this.parts = parts;
    const { notAsked = [] } = book;
    this.pathFree = pathFree && notAsked.length === 0;
    this.method = [parts.length === 0 ? "no account owes anything" : summary(parts), ...notAsked].join("; ");
  }

  forced(published: Float64Array, into: ForcedFlow): void {
    for (let i = 0; i < this.parts.length; i++) this.parts[i].forced(published, into);
  }

  /** The units of `forced` alone, sold and bought by instrument: for rounds on the way to a landing. */
  forcedUnits(published: Float64Array, into: ForcedFlow): void {
    for (let i = 0; i < this.parts.length; i++) {
      const part = this.parts[i];
      if (part.forcedUnits) part.forcedUnits(published, into);
      else part.forced(published, into);
    }
  }

  accounts(published: Float64Array, visit: (account: ForcedAccount) => void): void {
    const flow = emptyFlow(1 + Math.max(-1, ...this.book.routes.sell, ...this.book.routes.buy));
    for (const part of this.parts) {
      part.breaching(published, (row) => {
        clearFlow(flow);
        this.forcedOf(row, published, flow);
        let badDebtUsd = flow.badDebtUsd;
        let visited = false;
        for (let instrument = 0; instrument < flow.sold.length; instrument++) {
          for (const units of [flow.sold[instrument], -flow.bought[instrument]]) {
            if (units === 0) continue;
            visit({ row, instrument, units, badDebtUsd });
            badDebtUsd = 0;
            visited = true;
          }
        }
        if (!visited) visit({ row, instrument: -1, units: 0, badDebtUsd });
      });
    }
  }

  reaching(from: Float64Array | null, to: Float64Array, least: Float64Array, visit: (row: number) => void): void {
    for (const part of this.parts) {
      if (part.reaching) part.reaching(from, to, least, visit);
      else part.breaching(to, visit);
    }
  }

  /** Calls `visit` with the row of every account that breaches at held prices, once each, in no stated order. */
  breaching(published: Float64Array, visit: (row: number) => void): void {
    for (const part of this.parts) part.breaching(published, visit);
  }

  /** Adds what one account alone is forced to trade at held prices, liquidated until quiet by rules/lending.ts. */
  forcedOf(row: number, published: Float64Array, into: ForcedFlow): void {
    const { quiet, steps, book } = this;
    for (let asset = 0; asset < steps.length; asset++) {
      steps[asset] = book.feeds[asset] >= 0 ? published[book.feeds[asset]] : book.openingSteps[asset];
    }
    quiet.clear();
    for (const column of book.collateral) quiet.collateral[column.asset] = column.values[row];
    for (const column of book.debt) quiet.debt[column.asset] = column.values[row];
    quiet.settle(steps, into);
  }

  describe(row: number): AccountDescription {
    const held = (columns: readonly AmountColumn[]) =>
      columns
        .filter((column) => column.values[row] > 0)
        .map((column) => ({ asset: column.asset, units: column.values[row] }));
    return { account: this.book.account(row), collateral: held(this.book.collateral), debt: held(this.book.debt) };
  }

  /** The index of a pair's accounts, or why the rule or the prices do not allow one. */
  private pairPart(collateral: number, debt: number, rows: readonly number[]): IndexPart | string {
    const { book } = this;
    const { unitDecimals, routes, feeds, openingSteps } = book;
    if (book.rule.protocol !== undefined) return book.rule.protocol.perAccount;
    const rule = pairRule(book.rule, collateral, debt, unitDecimals);
    if (collateral === debt) return "collateral and debt in one asset";
    if (feeds[collateral] < 0 || feeds[debt] < 0) return "an asset without a published price";
    if (openingSteps[debt] === 0) return "a debt asset without an opening price";
    const pair = collateral * unitDecimals.length + debt;
    const route = {
      collateralFeed: feeds[collateral],
      debtFeed: feeds[debt],
      sellInstrument: routes.sell[pair],
      buyInstrument: routes.buy[pair],
    };
    const collateralValues = columnOf(book.collateral, collateral);
    const debtValues = columnOf(book.debt, debt);
    const accounts = {
      rows: Uint32Array.from(rows),
      collateral: Float64Array.from(rows, (row) => (collateralValues ? collateralValues[row] : 0)),
      debt: Float64Array.from(rows, (row) => (debtValues ? debtValues[row] : 0)),
    };
    // Who loses debt and who only the penalty differs per account: no sum of both tells them apart.
    if (rule.penaltyBps > 0 && rule.size.kind !== "all-collateral")
      return "a penalty comes after the debt, per account";
    if (closesAtOnce(rule.size)) return new BreachIndex(rule, route, accounts, openingSteps[debt]);
    if (rule.size.kind !== "close-factor") return "a liquidation to a target health differs per account";
    if (rule.dustValue > 0) return "the dust rule differs per account";
    const classes: StepClasses | undefined = stepClasses(
      rule.size.steps,
      rule.thresholdBps,
      rule.bonusBps,
      rule.penaltyBps,
    );
    if (!classes) return "close factor steps give too many classes";
    return new CloseFactorIndex(rule, route, accounts, openingSteps[debt], classes);
  }
}

/** A flow of zeros over a number of instruments. */
export function emptyFlow(instrumentCount: number): ForcedFlow {
  return {
    sold: new Float64Array(instrumentCount),
    bought: new Float64Array(instrumentCount),
    accounts: 0,
    repaidUsd: 0,
    badDebtUsd: 0,
  };
}

/** Puts a flow back to zeros. */
export function clearFlow(flow: ForcedFlow): void {
  flow.sold.fill(0);
  flow.bought.fill(0);
  flow.accounts = 0;
  flow.repaidUsd = 0;
  flow.badDebtUsd = 0;
}

function columnOf(columns: readonly AmountColumn[], asset: number): Float64Array | undefined {
  return columns.find((column) => column.asset === asset)?.values;
}

/** Rows with debt: those of one collateral and one debt by pair, those without any collateral, and the rest. */
function sortRows(book: LendingAccounts): { pairs: Map<number, number[]>; uncovered: number[]; rest: number[] } {
  const pairs = new Map<number, number[]>();
  const uncovered: number[] = [];
  const rest: number[] = [];
  for (const side of [book.collateral, book.debt]) {
    const assets = new Set(side.map((column) => column.asset));
    assert(assets.size === side.length, "an asset has one column on each side");
  }
  for (let row = 0; row < book.rowCount; row++) {
    const collateral = onlyAsset(book.collateral, row);
    const debt = onlyAsset(book.debt, row);
    if (debt === none) continue;
    if (collateral === none) {
      uncovered.push(row);
      continue;
    }
    if (debt === several || collateral === several) {
      rest.push(row);
      continue;
    }
    const pair = collateral * book.unitDecimals.length + debt;
    const rows = pairs.get(pair);
    if (rows) rows.push(row);
    else pairs.set(pair, [row]);
  }
  return { pairs, uncovered, rest };
}

const none = -1;
const several = -2;

/** The one asset held in a row, `none` or `several`. */
function onlyAsset(columns: readonly AmountColumn[], row: number): number {
  let found = none;
  for (const column of columns) {
    if (!(column.values[row] > 0)) continue;
    if (found !== none) return several;
    found = column.asset;
  }
  return found;
}

/** Rows as compressed entries: collateral positive, debt negative. */
function entriesOf(book: LendingAccounts, rows: Uint32Array): AccountEntries {
  const starts = new Int32Array(rows.length + 1);
  const assets: number[] = [];
  const units: number[] = [];
  for (let i = 0; i < rows.length; i++) {
    for (const [columns, sign] of [[book.collateral, 1] as const, [book.debt, -1] as const]) {
      for (const column of columns) {
        if (!(column.values[rows[i]] > 0)) continue;
        assets.push(column.asset);
        units.push(sign * column.values[rows[i]]);
      }
    }
    starts[i + 1] = assets.length;
  }
  return { rows, starts, assets: Int32Array.from(assets), units: Float64Array.from(units) };
}

/** The parts' methods, one sentence each, sentences of one kind with their numbers added. */
function summary(parts: readonly IndexPart[]): string {
  const counts = new Map<string, number>();
  for (const part of parts) {
    const kind = part.method.replace(/^\d+ /, "");
    counts.set(kind, (counts.get(kind) ?? 0) + part.accountCount);
  }
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join("; ");
}
