import { combineHashes, Kernel, type PathEnd, Tape, type TapeRow } from "../run/index.js";
import { type Plan, runSetting } from "../scenario/plan.js";
import { MeasureReader, type Measures } from "./measures.js";

/** One path's end and measures. */
export interface PathResult extends PathEnd {
  readonly path: number;
  readonly measures: Measures;
}

/** A plan opened for running: open once, run many paths (the expensive part is `open`). */
export interface OpenRun {
  run(seed: number, path: number): PathResult;
  readonly kernel: Kernel;
}

/** Mechanisms of liquidity trade to close gaps. */
function arbitrageursOf(plan: Plan): ReadonlySet<number> {
  return new Set(plan.mechanisms.flatMap((one, index) => (one.part === "liquidity" ? [index] : [])));
}

/** Opens a plan. `reader` also sees every tape row. */
export function openRun(plan: Plan, reader?: (row: TapeRow) => void): OpenRun {
  const measures = new MeasureReader(plan.book, arbitrageursOf(plan));
  const read =
    reader === undefined
      ? measures.read
      : (row: TapeRow) => {
          measures.read(row);
          reader(row);
        };
  const kernel = new Kernel(runSetting(plan), new Tape(false, read));
  return {
    kernel,
    run(seed, path) {
      measures.reset();
      const end = kernel.run(seed, path);
      return { ...end, path, measures: measures.finish() };
    },
  };
}

/** `run(plan, seed, path)`: one path in this thread. */
export function run(plan: Plan, seed: number, path = 0): PathResult {
  return openRun(plan).run(seed, path);
}

/** Paths [from, to) in this thread, in order; `progress` is called after each. */
export function runPaths(
  plan: Plan,
  seed: number,
  from: number,
  to: number,
  progress?: (done: number) => void,
): PathResult[] {
  const open = openRun(plan);
  const results: PathResult[] = [];
  for (let path = from; path < to; path++) {
    results.push(open.run(seed, path));
    progress?.(path - from + 1);
  }
  return results;
}

/** The run's hash: path hashes combined in path order. */
export function runHash(results: readonly PathResult[]): string {
  return combineHashes([...results].sort((a, b) => a.path - b.path).map((result) => result.tapeHash));
}
