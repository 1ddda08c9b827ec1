import { log, normalCdf } from "../math/index.js";
import { check, type Expectation, type ValidationCase } from "./case.js";
import { bisectRoot } from "./root.js";
import { rows } from "./rows.js";

/**
 * The bell of thresholds in D = s + A Phi((D - c) / w): drop D after an outside shock s, both shares (or log price).
 * reach A: the drop that all forced sales together would make; centre c and width w: where the thresholds lie.
 */
export interface ThresholdBell {
  readonly reach: number;
  readonly centre: number;
  readonly width: number;
}

/** The two jumps of a bistable bell; `collapse` on the way down, `recovery` on the way back (hysteresis). */
export interface Folds {
  /** s_c: the smallest shock at which the shallow drop ceases to exist. */
  readonly collapseShock: number;
  /** The shallow drop at `collapseShock`, from which it jumps. */
  readonly collapseDrop: number;
  /** s_r: the largest shock at which the deep drop ceases to exist. */
  readonly recoveryShock: number;
  readonly recoveryDrop: number;
}

const squareRootOfTwoPi = 2.5066282746310002;

/** w sqrt(2 pi): the bell is bistable where its reach is above this. */
export function bistabilityLimit(width: number): number {
  return width * squareRootOfTwoPi;
}

/**
 * Where D - s - A Phi((D - c) / w) touches zero: A phi(z) = w, z* = sqrt(-2 ln(w sqrt(2 pi) / A)),
 * s_c = c - z* w - A Phi(-z*), s_r = c + z* w - A Phi(z*). Null where the bell is not bistable.
 * Source: Gennotte and Leland, AER 80(5) 1990, in its reduced form.
 */
export function folds({ reach, centre, width }: ThresholdBell): Folds | null {
  if (!(reach > bistabilityLimit(width))) return null;
  const z = Math.sqrt(-2 * log(bistabilityLimit(width) / reach));
  return {
    collapseShock: centre - z * width - reach * normalCdf(-z),
    collapseDrop: centre - z * width,
    recoveryShock: centre + z * width - reach * normalCdf(z),
    recoveryDrop: centre + z * width,
  };
}

/** The smallest drop that solves D = s + A Phi((D - c) / w): where the cascade stops, coming from the shock alone. */
export function shallowestDrop(bell: ThresholdBell, shock: number): number {
  const excess = (drop: number) => drop - shock - bell.reach * normalCdf((drop - bell.centre) / bell.width);
  const fold = folds(bell);
  // Ends where `excess` is below and above zero by a whole reach, so that no rounding can hide the change of sign.
  const [low, high] = [shock - bell.reach, shock + 2 * bell.reach];
  if (fold === null) return bisectRoot(excess, low, high);
  // `excess` rises up to the first fold, falls to the second, and rises again.
  if (shock < fold.collapseShock) return bisectRoot(excess, low, fold.collapseDrop);
  return bisectRoot(excess, fold.recoveryDrop, high);
}

/** The largest drop that solves the same equation: where recovery stops, coming from everybody sold. */
export function deepestDrop(bell: ThresholdBell, shock: number): number {
  const excess = (drop: number) => drop - shock - bell.reach * normalCdf((drop - bell.centre) / bell.width);
  const fold = folds(bell);
  // Ends where `excess` is below and above zero by a whole reach, so that no rounding can hide the change of sign.
  const [low, high] = [shock - bell.reach, shock + 2 * bell.reach];
  if (fold === null) return bisectRoot(excess, low, high);
  if (shock > fold.recoveryShock) return bisectRoot(excess, fold.recoveryDrop, high);
  return bisectRoot(excess, low, fold.collapseDrop);
}

/** The bell of the acceptance numbers. */
export const acceptanceBell: ThresholdBell = { reach: 0.3, centre: 0.15, width: 0.04 };

/** Row 2 in closed form. */
export function foldCases(): ValidationCase[] {
  const fold = folds(acceptanceBell);
  const collapse = fold === null ? Number.NaN : fold.collapseShock;
  const about = (id: string, expected: number, tolerance: number): Expectation => ({
    id: `fold/${id}`,
    source: "Gennotte and Leland 1990, reduced form D = s + A Phi((D - c) / w)",
    tag: "D",
    unit: "share",
    expected,
    tolerance,
    row: rows.fold,
  });
  return [
    check(about("collapse-shock", 0.069969021, 1e-9), collapse),
    check(about("drop-at-fold", 0.090779, 5e-7), fold === null ? Number.NaN : fold.collapseDrop),
    check(about("drop-just-below", 0.09055, 5e-6), shallowestDrop(acceptanceBell, collapse - 1e-6)),
    check(about("drop-just-above", 0.36997, 5e-6), shallowestDrop(acceptanceBell, collapse + 1e-6)),
    check(about("bistability-limit", 0.100265, 5e-7), bistabilityLimit(acceptanceBell.width)),
    check(about("recovery-shock", -0.06997, 5e-6), fold === null ? Number.NaN : fold.recoveryShock),
  ];
}
