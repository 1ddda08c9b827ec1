import { assert } from "../book/problem.js";
import type { SeriesTable } from "../book/series.js";
import { numbersOf, wordsOf } from "../book/series.js";
import { powersOfTen } from "../rules/account-value.js";
import { type TapeRow, tapeKinds } from "../run/index.js";
import { type Plan, without } from "../scenario/plan.js";
import { openRun } from "./paths.js";

/** One account's liquidation, observed or modelled. */
export interface LiquidationRecord {
  readonly account: string;
  /** Coins of collateral over all its liquidations in the window. */
  readonly coins: number;
  /** Milliseconds from the book's moment to its first. */
  readonly firstMs: number;
}

/** A model's answer for one window, against what was observed. */
export interface ReplayEnd {
  /** Mean over paths. */
  readonly accounts: number;
  readonly coins: number;
  /** 5 % and 95 % over paths; equal to the mean where there is one path. */
  readonly accountsBand: readonly [number, number];
  readonly coinsBand: readonly [number, number];
  /** Milliseconds to the first liquidation: median over paths; null where there is none. */
  readonly firstMs: number | null;
  /** Of the accounts it liquidates, the share that was; of those that were, the share it liquidates. Expected over paths; null without any. */
  readonly precision: number | null;
  readonly recall: number | null;
  /** Mean of (probability - outcome)^2 over every account of the book with debt (Brier 1950). */
  readonly brier: number;
  /** Median over accounts that were liquidated in both of |modelled - observed| first moment, in milliseconds; null without any. */
  readonly timeErrorMs: number | null;
  /** Probability of liquidation by account, largest first; only those above 0. */
  readonly probabilities: readonly {
    readonly account: string;
    readonly probability: number;
    readonly observed: boolean;
  }[];
}

/** Observed and modelled side by side. */
export interface Replay {
  readonly protocol: string;
  readonly collateral: string;
  readonly windowMs: number;
  /** Accounts with debt at the start. */
  readonly accountCount: number;
  readonly observed: readonly LiquidationRecord[];
  /** Of those, present at the start. */
  readonly observedPresent: number;
  /** Everybody whose collateral falls below the threshold at the path's lowest price, read late as the protocol reads it: no loop, no keeper, no owner. */
  readonly staticRule: ReplayEnd;
  readonly nobodyActs: ReplayEnd;
  /** Null where the scenario has no owners. */
  readonly ownersAct: ReplayEnd | null;
}

/** The liquidations that an events table records in [0, windowMs) from the book's moment, by account; amounts of `asset`. */
export function observedLiquidations(
  table: SeriesTable,
  asset: string,
  unitDecimals: number,
  atMs: number,
  windowMs: number,
): LiquidationRecord[] {
  const times = numbersOf(table, "timeMs");
  const amounts = numbersOf(table, "amount");
  const kinds = wordsOf(table, "kind");
  const accounts = wordsOf(table, "account");
  const assets = wordsOf(table, "asset");
  assert(
    times !== null && amounts !== null && kinds !== null && accounts !== null && assets !== null,
    "an events table has its columns",
  );
  const found = new Map<string, { coins: number; firstMs: number }>();
  for (let row = 0; row < table.rowCount; row++) {
    const since = times[row] - atMs;
    if (kinds[row] !== "liquidate" || assets[row] !== asset || since < 0 || since >= windowMs) continue;
    const known = found.get(accounts[row]) ?? { coins: 0, firstMs: since };
    found.set(accounts[row], {
      coins: known.coins + amounts[row] / powersOfTen[unitDecimals],
      firstMs: Math.min(known.firstMs, since),
    });
  }
  return [...found]
    .map(([account, { coins, firstMs }]) => ({ account, coins, firstMs }))
    .sort((a, b) => a.firstMs - b.firstMs);
}

/** How a replay is asked for. */
export interface ReplayQuestion {
  readonly seed: number;
  /** Paths with owners who act (each draws who acts); the other ends need one. */
  readonly paths: number;
  /** Name of the lending mechanism and of the owners' mechanism in the plan. */
  readonly protocol: string;
  readonly owners: string | null;
  readonly events: SeriesTable;
}

/** Runs a window at both ends (nobody acts, owners act) and sets it beside what was observed and the naive static rule (docs/model.md and 8). */
export function replayWindow(plan: Plan, question: ReplayQuestion): Replay {
  const { book } = plan;
  const table = book.positions.find((one) => one.protocol === question.protocol);
  assert(table !== undefined, `positions ${question.protocol} are in the book`);
  const collateralColumn = table.columns.find((column) => column.role === "collateral");
  assert(collateralColumn !== undefined, "the protocol has collateral");
  const collateral = book.assets[collateralColumn.asset];
  const windowMs = plan.tickMs * plan.tickCount;
  const observed = observedLiquidations(
    question.events,
    collateral.symbol,
    collateral.unitDecimals,
    book.atMs,
    windowMs,
  );
  const debts = table.columns.filter((column) => column.role === "debt");
  const accounts: string[] = [];
  for (let row = 0; row < table.ids.length; row++)
    if (debts.some((column) => column.values[row] > 0)) accounts.push(table.ids.at(row));
  const judge = (runs: readonly (readonly LiquidationRecord[])[]) => judgeRuns(runs, observed, accounts);
  const bare = question.owners === null ? plan : without(plan, question.owners);
  return {
    protocol: question.protocol,
    collateral: collateral.symbol,
    windowMs,
    accountCount: accounts.length,
    observed,
    observedPresent: observed.filter((record) => accounts.includes(record.account)).length,
    staticRule: judge([staticRule(bare, question.protocol)]),
    nobodyActs: judge([modelled(bare, question, 1)[0]]),
    ownersAct: question.owners === null ? null : judge(modelled(plan, question, question.paths)),
  };
}

/** Liquidations of the protocol on each path of a plan. */
function modelled(plan: Plan, question: ReplayQuestion, paths: number): LiquidationRecord[][] {
  const mechanism = plan.mechanisms.findIndex((one) => one.name === question.protocol);
  const table = plan.book.positions.find((one) => one.protocol === question.protocol);
  assert(table !== undefined && mechanism >= 0, "the protocol is in the plan");
  let found = new Map<number, { units: number; firstMs: number; asset: number }>();
  const reader = (row: TapeRow): void => {
    if (row.kind !== tapeKinds.seize || row.a !== mechanism) return;
    const known = found.get(row.b);
    // A tick's liquidations happen within it: its end is when they are on the tape.
    if (known === undefined) found.set(row.b, { units: row.x, firstMs: (row.tick + 1) * plan.tickMs, asset: row.y });
    else known.units += row.x;
  };
  const open = openRun(plan, reader);
  const runs: LiquidationRecord[][] = [];
  for (let path = 0; path < paths; path++) {
    found = new Map();
    open.run(question.seed, path);
    runs.push(
      [...found].map(([row, { units, firstMs, asset }]) => ({
        account: table.ids.at(row),
        coins: units / powersOfTen[plan.book.assets[asset].unitDecimals],
        firstMs,
      })),
    );
  }
  return runs;
}

/**
 * The naive baseline: an account counts as liquidated, with all its collateral, at the first tick end at which the published price (the protocol's oracle on the
 * recorded path alone) is at or below its static liquidation price. Nothing is sold and nobody acts.
 */
function staticRule(plan: Plan, protocol: string): LiquidationRecord[] {
  // Orders without execution: a plan in which a breaker holds every liquidation would do the same; reading orders off the tape needs none.
  const mechanism = plan.mechanisms.findIndex((one) => one.name === protocol);
  const table = plan.book.positions.find((one) => one.protocol === protocol);
  assert(table !== undefined && mechanism >= 0, "the protocol is in the plan");
  const held = table.columns.find((column) => column.role === "collateral");
  assert(held !== undefined, "the protocol has collateral");
  const found = new Map<number, number>();
  const open = openRun({ ...plan, mechanisms: plan.mechanisms.filter((one) => one.part !== "guards") }, (row) => {
    if (row.kind === tapeKinds.order && row.a === mechanism && !found.has(row.b))
      found.set(row.b, (row.tick + 1) * plan.tickMs);
  });
  open.kernel.holdEverything = true;
  open.run(1, 0);
  return [...found].map(([row, firstMs]) => ({
    account: table.ids.at(row),
    coins: held.values[row] / powersOfTen[plan.book.assets[held.asset].unitDecimals],
    firstMs,
  }));
}

function judgeRuns(
  runs: readonly (readonly LiquidationRecord[])[],
  observed: readonly LiquidationRecord[],
  accounts: readonly string[],
): ReplayEnd {
  const really = new Map(observed.map((record) => [record.account, record]));
  const hits = new Map<string, number>();
  const errors: number[] = [];
  const counts: number[] = [];
  const coins: number[] = [];
  const firsts: number[] = [];
  let truePositives = 0;
  let positives = 0;
  for (const run of runs) {
    counts.push(run.length);
    coins.push(run.reduce((sum, record) => sum + record.coins, 0));
    if (run.length > 0)
      firsts.push(run.reduce((least, record) => Math.min(least, record.firstMs), Number.POSITIVE_INFINITY));
    for (const record of run) {
      hits.set(record.account, (hits.get(record.account) ?? 0) + 1);
      positives++;
      const match = really.get(record.account);
      if (match === undefined) continue;
      truePositives++;
      errors.push(Math.abs(record.firstMs - match.firstMs));
    }
  }
  const present = accounts.filter((account) => really.has(account)).length;
  const brier = accounts.reduce((sum, account) => {
    const gap = (hits.get(account) ?? 0) / runs.length - (really.has(account) ? 1 : 0);
    return sum + gap * gap;
  }, 0);
  return {
    accounts: mean(counts),
    coins: mean(coins),
    accountsBand: [quantile(counts, 0.05), quantile(counts, 0.95)],
    coinsBand: [quantile(coins, 0.05), quantile(coins, 0.95)],
    firstMs: firsts.length === 0 ? null : quantile(firsts, 0.5),
    precision: positives === 0 ? null : truePositives / positives,
    recall: present === 0 ? null : truePositives / runs.length / present,
    brier: accounts.length === 0 ? 0 : brier / accounts.length,
    timeErrorMs: errors.length === 0 ? null : quantile(errors, 0.5),
    probabilities: [...hits]
      .map(([account, count]) => ({ account, probability: count / runs.length, observed: really.has(account) }))
      .sort((a, b) => b.probability - a.probability || (a.account < b.account ? -1 : 1)),
  };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The smallest value with at least `share` of the values at or below it. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))];
}
