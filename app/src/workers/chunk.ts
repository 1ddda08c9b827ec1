import type { SharedPlan } from "./shared-plan.js";

/** A run of paths handed to a worker. */
export interface ChunkTask {
  /** Names the plan, so that a worker opens it once. */
  readonly key: number;
  readonly plan: SharedPlan;
  readonly seed: number;
  /** Paths [from, to). */
  readonly from: number;
  readonly to: number;
  /** Shared: [0] paths done by all workers, [1] not 0 when everybody must stop. */
  readonly control: Int32Array;
}
