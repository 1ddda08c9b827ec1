import {
  type Basis,
  bookHash,
  definitionOf,
  formatMoment,
  Kernel,
  type MechanismPlan,
  type Plan,
  runSetting,
  Tape,
} from "@firebreak/engine";
import { type Assumption, assumptions, mapBasis, type Rest, restsOn, runBasis } from "../../figures/basis.js";

/** One parameter of a mechanism, filled in. */
export interface ParameterFact {
  readonly name: string;
  readonly value: unknown;
  /** The author wrote it; otherwise it is the default. */
  readonly written: boolean;
}

/** One mechanism of the scenario. */
export interface MechanismFact {
  readonly part: string;
  readonly kind: string;
  readonly name: string;
  readonly summary: string;
  readonly source: string;
  /** The author named it; otherwise the scenario's reading added it. */
  readonly written: boolean;
  readonly parameters: readonly ParameterFact[];
  /** How the map finds what it forces, and whether that depends on the way there; null where it forces nothing. */
  readonly ladder: { readonly method: string; readonly pathFree: boolean; readonly reactionMs: number } | null;
}

/** All that `explain` tells of a scenario. */
export interface PlanFacts {
  readonly name: string;
  readonly summary: string;
  readonly book: { readonly name: string; readonly at: string; readonly hash: string };
  readonly clock: {
    readonly tickMs: number;
    readonly tickCount: number;
    readonly roundLimit: number;
    readonly lastingShare: number;
  };
  readonly mechanisms: readonly MechanismFact[];
  readonly restsOn: readonly Rest[];
  readonly assumptions: readonly Assumption[];
  /** The weakest basis of what the map and a run rest on. */
  readonly basis: { readonly map: Basis; readonly run: Basis };
}

/** Gathers it; `value` is the scenario as its author wrote it. */
export function explainPlan(plan: Plan, value: unknown): PlanFacts {
  const { opened } = new Kernel(runSetting(plan), new Tape());
  return {
    name: plan.name,
    summary: plan.summary,
    book: { name: plan.book.name, at: formatMoment(plan.book.atMs), hash: bookHash(plan.book) },
    clock: {
      tickMs: plan.tickMs,
      tickCount: plan.tickCount,
      roundLimit: plan.roundLimit,
      lastingShare: plan.lastingShare,
    },
    mechanisms: plan.mechanisms.map((one, index) => {
      const ladder = opened.mechanisms[index].ladder?.(opened.rows[index]);
      return mechanismFact(
        one,
        entryOf(value, one),
        ladder === undefined
          ? null
          : { method: ladder.method, pathFree: ladder.pathFree, reactionMs: ladder.reactionMs },
      );
    }),
    restsOn: restsOn(plan),
    assumptions: assumptions(plan),
    basis: { map: mapBasis(plan), run: runBasis(plan) },
  };
}

type Table = Readonly<Record<string, unknown>>;

function mechanismFact(one: MechanismPlan, entry: Table | null, ladder: MechanismFact["ladder"]): MechanismFact {
  const definition = definitionOf(one.kind);
  const keys = entry === null ? [] : Object.keys(entry);
  return {
    part: one.part,
    kind: one.kind,
    name: one.name,
    summary: definition?.summary ?? "",
    source: definition?.source ?? "",
    written: entry !== null,
    parameters: Object.entries(one.params as Table).map(([name, value]) => ({
      name,
      value,
      written: keys.some((key) => isMadeFrom(name, key)),
    })),
    ladder,
  };
}

/** A parameter is named as its key in the file, with its unit behind: `over` becomes `overMs`. */
function isMadeFrom(parameter: string, key: string): boolean {
  return parameter === key || (parameter.startsWith(key) && /^[A-Z]/.test(parameter.slice(key.length)));
}

/** What the author wrote for a mechanism, or null where it was added. */
function entryOf(value: unknown, one: MechanismPlan): Table | null {
  const part = (value as Table)[one.part];
  if (Array.isArray(part)) {
    const entries = part as readonly Table[];
    return entries.find((entry) => (entry.name ?? entry.kind) === one.name) ?? null;
  }
  const entry = (part as Table | undefined)?.[one.name];
  return entry === undefined ? null : (entry as Table);
}
