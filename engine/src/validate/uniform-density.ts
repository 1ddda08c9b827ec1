import { check, type Expectation, type ValidationCase } from "./case.js";
import { rows } from "./rows.js";

/**
 * The drop after a shock s where thresholds lie evenly: D = s / (1 - n), while the drop stays within the even stretch;
 * from n = 1 on nothing stops it. Source: derived, D = s + impact Q(D) with Q linear.
 */
export function uniformDensityDrop(shock: number, gain: number): number {
  return gain < 1 ? shock / (1 - gain) : Number.POSITIVE_INFINITY;
}

/** Amplification 1 / (1 - n) at the two ends of the band that the dashboard calls "amplified 2 to 5 times". */
export function uniformDensityCases(): ValidationCase[] {
  const about = (id: string, expected: number): Expectation => ({
    id: `uniform-density/${id}`,
    source: "D = s / (1 - n)",
    tag: "D",
    unit: "times the shock",
    expected,
    tolerance: 1e-12,
    row: rows.uniformDensity,
  });
  return [
    check(about("amplification-gain-0.5", 2), uniformDensityDrop(1, 0.5)),
    check(about("amplification-gain-0.8", 5), uniformDensityDrop(1, 0.8)),
  ];
}
