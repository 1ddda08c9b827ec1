import type { Mechanism, Reset } from "./mechanism.js";
import type { Clear, Decide, Gate, Govern, Publish, Settle, Shock } from "./moments.js";
import type { Opened } from "./open.js";

/** The kernel as moments see it. */
export interface KernelSide extends Reset, Shock, Publish, Govern, Decide, Gate, Clear, Settle {
  readonly opened: Opened;
  mechanismIndex: number;
}

/** The moments that a mechanism may take part in, and `reset`. */
export const moments = ["reset", "shock", "publish", "govern", "decide", "gate", "clear", "settle"] as const;

/** Calls one moment of one mechanism. */
export type Call = (mechanism: Mechanism, rows: unknown, at: KernelSide) => void;

/** One function a moment, made once: the loop calls them millions of times. */
export const calls: Readonly<Record<(typeof moments)[number], Call>> = {
  reset: (mechanism, rows, at) => mechanism.reset(rows, at),
  shock: (mechanism, rows, at) => mechanism.shock?.(rows, at),
  publish: (mechanism, rows, at) => mechanism.publish?.(rows, at),
  govern: (mechanism, rows, at) => mechanism.govern?.(rows, at),
  decide: (mechanism, rows, at) => mechanism.decide?.(rows, at),
  gate: (mechanism, rows, at) => mechanism.gate?.(rows, at),
  clear: (mechanism, rows, at) => mechanism.clear?.(rows, at),
  settle: (mechanism, rows, at) => mechanism.settle?.(rows, at),
};

/** Calls a moment of every mechanism that takes part in it, in order; the kernel knows who is being called. */
export function each(indices: readonly number[], kernel: KernelSide, call: Call): void {
  const { mechanisms, rows } = kernel.opened;
  for (const index of indices) {
    kernel.mechanismIndex = index;
    call(mechanisms[index], rows[index], kernel);
  }
}
