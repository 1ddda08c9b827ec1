/** Where the expected figure comes from: published, quoted second-hand, or derived and confirmed numerically. */
export type ValidationTag = "S" | "S2" | "D" | "S+D" | "S2+D";

/** How our figure is made: by a formula, or by the mechanisms themselves. */
export type ValidationHow = "closed form" | "simulated";

/** One number of the literature, beside ours. A model with seven numbers gives seven cases. */
export interface ValidationCase {
  /** Stable kebab-case name, `model/number`, unique in the list. */
  readonly id: string;
  /** Paper and equation, or the code the number was read in. */
  readonly source: string;
  readonly tag: ValidationTag;
  /** Unit of `expected` and `actual`: `share`, `USD`, `minutes`, ... */
  readonly unit: string;
  readonly expected: number;
  readonly actual: number;
  /** Largest admitted |actual - expected|; times |expected| where `toleranceKind` is relative. */
  readonly tolerance: number;
  readonly toleranceKind: "absolute" | "relative";
  readonly pass: boolean;
  /** The model's row, as VALIDATION.md heads it: `Model 2: ...`. */
  readonly row: string;
  readonly how: ValidationHow;
}

/** All of a case that is stated before anything is computed. */
export interface Expectation {
  readonly id: string;
  readonly source: string;
  readonly tag: ValidationTag;
  readonly unit: string;
  readonly expected: number;
  /** Half a unit of the last published digit, unless the model states its own. */
  readonly tolerance: number;
  /** `absolute` when left out. */
  readonly toleranceKind?: "absolute" | "relative";
  readonly row: string;
  /** `closed form` when left out. */
  readonly how?: ValidationHow;
}

/**
 * Puts our figure beside the expected one. `pass` is computed here, from the figures, and nowhere else;
 * a figure that is not finite never passes.
 */
export function check(expectation: Expectation, actual: number): ValidationCase {
  const { id, source, tag, unit, expected, tolerance, row } = expectation;
  const toleranceKind = expectation.toleranceKind ?? "absolute";
  const allowed = toleranceKind === "relative" ? tolerance * Math.abs(expected) : tolerance;
  const pass = Number.isFinite(actual) && Math.abs(actual - expected) <= allowed;
  const how = expectation.how ?? "closed form";
  return { id, source, tag, unit, expected, actual, tolerance, toleranceKind, pass, row, how };
}
