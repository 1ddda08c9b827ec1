/** One thing that is wrong with an input, said so that its author can mend it. */
export interface Problem {
  /** Stable kebab-case code: `unit-wrong`, `amount-negative`, ... */
  readonly code: string;
  /** Place in the input: `mechanisms.maker.closeFactor`, `positions.maker.rows[3].ETH`; `line 12` where only the line is known. */
  readonly path: string;
  /** What it was, with the numbers. */
  readonly message: string;
  /** What to do. */
  readonly hint: string;
}

/** Thrown at the door with all of an input's problems at once; commands print them and exit 2. */
export class ProblemsError extends Error {
  override readonly name = "ProblemsError";
  constructor(readonly problems: readonly Problem[]) {
    super(`${problems.length} problem${problems.length === 1 ? "" : "s"} in the input: ${problems[0]?.message ?? ""}`);
  }
}

/** Our own mistakes: an assertion that fails is a bug, and commands exit 70. */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

/** Always on. `sentence` says what must hold; a failure is our bug, never the user's input. */
export function assert(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new AssertionError(sentence);
}

/** Amounts, prices or their products grew beyond whole numbers below 2^53: an input this arithmetic cannot serve. Throws `ProblemsError`. */
export function refuseTooLarge(message: string): never {
  const hint = "make amounts or prices smaller, or count the asset with fewer unitDecimals";
  throw new ProblemsError([{ code: "amount-too-large", path: "(whole input)", message, hint }]);
}
