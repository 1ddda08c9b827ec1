import { availableParallelism } from "node:os";
import { openRun, type PathResult, type Plan, type Problem, ProblemsError } from "@firebreak/engine";
import type { Piscina } from "piscina";
import { threadFile } from "./aside.js";
import type { ChunkTask } from "./chunk.js";
import { sharePlan } from "./shared-plan.js";
import { breathe, Stopped } from "./stopped.js";

/** How paths are run; none of it changes a result. */
export interface PathOptions {
  readonly seed: number;
  readonly paths: number;
  /** Paths handed to a worker at a time; by default an eighth of a worker's share. */
  readonly chunk?: number;
  readonly signal: AbortSignal;
  /** Called now and then with the number of paths done. */
  readonly progress?: (done: number) => void;
}

/** Threads that run paths, plan after plan. */
export interface PathPool {
  /** Paths 0 to `paths` - 1 in path order, whatever worker ran them. Throws `Stopped` when the signal is aborted. */
  run(plan: Plan, options: PathOptions): Promise<PathResult[]>;
  close(): Promise<void>;
}

/** As many workers as there are cores, but no more than paths. */
export function workersFor(paths: number): number {
  return Math.max(1, Math.min(paths, availableParallelism()));
}

/** Milliseconds between two looks at Ctrl-C and at the progress. */
const lookMs = 100;

/** Opens a pool; with one worker everything stays in this thread. */
export async function openPathPool(workers: number): Promise<PathPool> {
  if (workers === 1) return { run: runHere, close: async () => {} };
  const { Piscina } = await import("piscina");
  const pool = new Piscina({
    filename: threadFile("path-worker"),
    minThreads: workers,
    maxThreads: workers,
    recordTiming: false,
  });
  let key = 0;
  return {
    run: (plan, options) => runThere(pool, workers, key++, plan, options),
    close: () => pool.destroy(),
  };
}

/** Runs paths and closes the pool again, also when it fails. */
export async function runOnWorkers(plan: Plan, workers: number, options: PathOptions): Promise<PathResult[]> {
  const pool = await openPathPool(workers);
  try {
    return await pool.run(plan, options);
  } finally {
    await pool.close();
  }
}

async function runHere(plan: Plan, { seed, paths, signal, progress }: PathOptions): Promise<PathResult[]> {
  const open = openRun(plan);
  const results: PathResult[] = [];
  let looked = performance.now();
  for (let path = 0; path < paths; path++) {
    results.push(open.run(seed, path));
    if (performance.now() - looked < lookMs) continue;
    progress?.(path + 1);
    await breathe(signal);
    looked = performance.now();
  }
  return results;
}

/** A chunk's results, or the input's problems thrown again in this thread. */
function resultsOf(answer: PathResult[] | { readonly problems: readonly Problem[] }): PathResult[] {
  if ("problems" in answer) throw new ProblemsError(answer.problems);
  return answer;
}

async function runThere(
  pool: Piscina,
  workers: number,
  key: number,
  plan: Plan,
  { seed, paths, chunk, signal, progress }: PathOptions,
): Promise<PathResult[]> {
  const shared = sharePlan(plan);
  const control = new Int32Array(new SharedArrayBuffer(8));
  const size = chunk ?? Math.max(1, Math.ceil(paths / (8 * workers)));
  const chunks: Promise<PathResult[]>[] = [];
  const stop = () => void Atomics.store(control, 1, 1);
  signal.addEventListener("abort", stop);
  const look = setInterval(() => progress?.(Atomics.load(control, 0)), lookMs);
  try {
    for (let from = 0; from < paths; from += size) {
      const task: ChunkTask = { key, plan: shared, seed, from, to: Math.min(paths, from + size), control };
      chunks.push(pool.run(task).then(resultsOf));
    }
    const results = (await Promise.all(chunks)).flat();
    if (signal.aborted) throw new Stopped();
    return results;
  } finally {
    clearInterval(look);
    signal.removeEventListener("abort", stop);
  }
}
