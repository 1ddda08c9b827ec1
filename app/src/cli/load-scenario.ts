import { dirname, resolve } from "node:path";
import {
  type History,
  type Loaded,
  type Plan,
  type Problem,
  ProblemsError,
  parseScenario,
  publishesFeeds,
} from "@firebreak/engine";
import { readBookFile, readInput, withLines } from "../files/index.js";

/** A scenario as read: what its author wrote, and the plan with everything filled in. */
export interface LoadedScenario {
  readonly value: unknown;
  readonly plan: Plan;
  /** What is known of its day, where the scenario says it. */
  readonly history?: History;
}

/** The plan of a scenario's file; as `loadScenarioFile`. */
export async function loadScenario(path: string, cwd: string): Promise<Plan> {
  return (await loadScenarioFile(path, cwd)).plan;
}

/**
 * Reads a scenario's file and the book and series it names (relative to its folder). Throws `ProblemsError` with everything that is wrong, by
 * line where that is known.
 */
export async function loadScenarioFile(path: string, cwd: string): Promise<LoadedScenario> {
  const file = resolve(cwd, path);
  const read = await readInput(file);
  if ("problems" in read) throw new ProblemsError(read.problems);
  const { input } = read;
  if (input.form === "columns" || input.kind === "book" || input.kind === "series") {
    throw new ProblemsError([wrongKind(path, input.form === "columns" ? "book" : (input.kind ?? "book"))]);
  }
  const loaded = new Map<string, Loaded>();
  for (const { name, kind } of namedFiles(input.value)) {
    const named = resolve(dirname(file), name);
    loaded.set(name, kind === "book" ? await readBookFile(named) : await readSeriesValue(named));
  }
  const parsed = parseScenario(input.value, (name) => loaded.get(name) ?? { value: undefined });
  if ("problems" in parsed) throw new ProblemsError(withLines(parsed.problems, input));
  if (isIdle(parsed.plan)) throw new ProblemsError([idle(path)]);
  return { value: input.value, ...parsed };
}

async function readSeriesValue(path: string): Promise<Loaded> {
  const read = await readInput(path);
  if ("problems" in read) return read;
  if (read.input.form === "columns") return { problems: [wrongKind(path, "book")] };
  return { value: read.input.value };
}

/** Nothing moves and nobody can be forced: a file that was cut off, most likely. */
function isIdle({ mechanisms }: Plan): boolean {
  return mechanisms.every((one) => one.part === "liquidity" || publishesFeeds(one.kind));
}

function idle(path: string): Problem {
  return {
    code: "scenario-idle",
    path,
    message: "nothing can happen in it: it has neither a price that moves nor anybody who can be forced to trade",
    hint: 'add "prices" and "pressure"; was the file cut off? `firebreak new` makes an example',
  };
}

function wrongKind(path: string, kind: string): Problem {
  return {
    code: "kind-wrong",
    path,
    message: `it is a ${kind}, not what is wanted here`,
    hint: `write a scenario that names it (\`${kind}: FILE\`); \`firebreak new\` makes an example`,
  };
}

/** The files that a scenario names, as far as it is one; parsing says what is wrong with the rest. */
function namedFiles(value: unknown): { readonly name: string; readonly kind: "book" | "series" }[] {
  if (typeof value !== "object" || value === null) return [];
  const { book, series } = value as { readonly book?: unknown; readonly series?: unknown };
  const books = typeof book === "string" ? [{ name: book, kind: "book" as const }] : [];
  if (typeof series !== "object" || series === null) return books;
  const names = Object.values(series).filter((name): name is string => typeof name === "string");
  return [...books, ...names.map((name) => ({ name, kind: "series" as const }))];
}
