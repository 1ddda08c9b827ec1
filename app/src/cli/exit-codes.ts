/** What the command's exit code says; `firebreak --help` and the docs print this table, and the code takes its numbers from here. */
export const exitCodes = {
  done: { code: 0, meaning: "done" },
  checkFailed: { code: 1, meaning: "a check failed" },
  badInput: { code: 2, meaning: "bad input: every problem is listed, nothing was written" },
  bug: { code: 70, meaning: "an assertion of Firebreak's own failed: a bug, please report it" },
  stopped: { code: 130, meaning: "stopped by Ctrl-C; nothing is half-written" },
} as const;

/** The codes by themselves, for comparisons. */
export const exits = {
  done: exitCodes.done.code,
  checkFailed: exitCodes.checkFailed.code,
  badInput: exitCodes.badInput.code,
  bug: exitCodes.bug.code,
  stopped: exitCodes.stopped.code,
} as const;
