import type { InsuredPaths, InsuredRuns } from "@firebreak/engine";
import { runAside } from "./aside.js";
import type { InsuranceTask } from "./insurance-worker.js";

/**
 * Runs a comparison's paths on threads of their own and puts them together in path order: the same numbers whatever the number of threads. Throws `Stopped`.
 */
export async function insuranceOnWorkers(
  task: Omit<InsuranceTask, "from" | "to">,
  paths: number,
  workers: number,
  signal: AbortSignal,
  progress: (share: number) => void,
): Promise<InsuredRuns[]> {
  const count = Math.min(workers, paths);
  const shares = new Float64Array(count);
  const parts = await Promise.all(
    Array.from({ length: count }, (_, worker) => {
      const from = Math.floor((worker * paths) / count);
      const to = Math.floor(((worker + 1) * paths) / count);
      const part: InsuranceTask = { ...task, from, to };
      return runAside<InsuredRuns[]>("insurance-worker", part, signal, (share) => {
        shares[worker] = share;
        progress(shares.reduce((sum, one) => sum + one, 0) / count);
      });
    }),
  );
  return parts[0].map((_, strategy) => ({
    alone: joined(parts.map((part) => part[strategy].alone)),
    crowd: joined(parts.map((part) => part[strategy].crowd)),
  }));
}

function joined(parts: readonly InsuredPaths[]): InsuredPaths {
  const column = (of: (part: InsuredPaths) => Float64Array) =>
    Float64Array.from(parts.flatMap((part) => [...of(part)]));
  return {
    wealthUsd: column((part) => part.wealthUsd),
    priceUsd: column((part) => part.priceUsd),
    luckUsd: column((part) => part.luckUsd),
    unfilledUsd: column((part) => part.unfilledUsd),
  };
}
