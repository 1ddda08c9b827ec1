import type { Book } from "../book/book.js";
import { assert } from "../book/problem.js";
import type { Series } from "../book/series.js";
import { definitionOf, type Part } from "../mechanisms/index.js";
import type { Mechanism, RunSetting } from "../run/index.js";

/** One mechanism of a plan: its kind, name and parameters with every default filled in (plain values, fit to be sent to a worker). */
export interface MechanismPlan {
  readonly part: Part;
  readonly kind: string;
  readonly name: string;
  readonly params: unknown;
}

/** A scenario with everything filled in: what `explain` shows and what a run needs. Plain values and columns throughout. */
export interface Plan {
  readonly name: string;
  readonly summary: string;
  readonly book: Book;
  readonly series: Readonly<Record<string, Series>>;
  readonly tickMs: number;
  readonly tickCount: number;
  readonly roundLimit: number;
  readonly lastingShare: number;
  /** In the order of the moments: prices, liquidity and pressure by name, guards as stated. */
  readonly mechanisms: readonly MechanismPlan[];
}

const openRank: Record<Part, number> = { liquidity: 0, prices: 1, pressure: 2, guards: 3 };

/** Makes a plan's mechanisms. */
export function createMechanisms(plan: Plan): Mechanism[] {
  return plan.mechanisms.map((one) => {
    const definition = definitionOf(one.kind);
    assert(definition !== undefined, `mechanism kind ${one.kind} is registered`);
    return definition.create(one.name, one.params, { series: plan.series });
  });
}

/** What the kernel needs to run a plan. */
export function runSetting(plan: Plan, mechanisms: readonly Mechanism[] = createMechanisms(plan)): RunSetting {
  const openOrder = plan.mechanisms
    .map((_, index) => index)
    .sort((a, b) => openRank[plan.mechanisms[a].part] - openRank[plan.mechanisms[b].part] || a - b);
  const rowCount = plan.book.positions.reduce((sum, table) => sum + table.ids.length, 0);
  return {
    book: plan.book,
    tickMs: plan.tickMs,
    tickCount: plan.tickCount,
    roundLimit: plan.roundLimit,
    lastingShare: plan.lastingShare,
    mechanisms,
    openOrder,
    // A protocol may hold several auctions of one account beside the account's own order.
    orderCapacity: 2 * rowCount + 1024,
  };
}

/** Names of the position tables that a mechanism of the plan holds: what else the book has rests on nothing and nothing rests on it. */
export function heldTables(plan: Plan): ReadonlySet<string> {
  return new Set(
    plan.mechanisms.flatMap((one) =>
      (definitionOf(one.kind)?.references?.(one.params) ?? []).flatMap(({ kind, name }) =>
        kind === "positions" ? [name] : [],
      ),
    ),
  );
}

/** The same plan with a mechanism switched off. */
export function without(plan: Plan, name: string): Plan {
  return { ...plan, mechanisms: plan.mechanisms.filter((one) => one.name !== name) };
}
