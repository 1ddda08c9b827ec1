import { type OpenRun, openRun, type PathResult, type Problem, ProblemsError } from "@firebreak/engine";
import type { ChunkTask } from "./chunk.js";
import { openShared } from "./shared-plan.js";

let openKey = -1;
let open: OpenRun | undefined;

/**
 * What a worker does with a chunk: opens the plan when it is a new one, runs the paths in order, counts them as they end. Problems of the input are an
 * answer: an error that crosses threads would lose them.
 */
export default function answerChunk(task: ChunkTask): PathResult[] | { readonly problems: readonly Problem[] } {
  try {
    return runChunk(task);
  } catch (error) {
    if (error instanceof ProblemsError) return { problems: error.problems };
    throw error;
  }
}

function runChunk(task: ChunkTask): PathResult[] {
  if (open === undefined || openKey !== task.key) {
    open = openRun(openShared(task.plan));
    openKey = task.key;
  }
  const results: PathResult[] = [];
  for (let path = task.from; path < task.to && Atomics.load(task.control, 1) === 0; path++) {
    results.push(open.run(task.seed, path));
    Atomics.add(task.control, 0, 1);
  }
  return results;
}
