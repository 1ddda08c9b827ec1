import { describe, expect, it } from "vitest";
import { mean, middleBand, quantile } from "./spread.js";
import { studentCritical } from "./student.js";

describe("spread", () => {
  it("default: quantiles are linear between neighbours", () => {
    const sorted = Float64Array.of(1, 2, 3, 4, 5);
    expect(quantile(sorted, 0)).toBe(1);
    expect(quantile(sorted, 0.5)).toBe(3);
    expect(quantile(sorted, 0.95)).toBeCloseTo(4.8, 12);
    expect(mean([1, 2, 6])).toBe(3);
    expect(middleBand([5, 1, 3, 2, 4])).toEqual([1.2, 4.8]);
  });

  it("limit: one value is its own band", () => {
    expect(middleBand([7])).toEqual([7, 7]);
  });
});

describe("student", () => {
  // Two-sided 95 % points as printed in any table of Student's t.
  it.each([
    [1, 12.7062],
    [2, 4.3027],
    [4, 2.7764],
    [9, 2.2622],
    [29, 2.0452],
    [99, 1.9842],
    [999, 1.9623],
  ])("default: %i degrees of freedom", (freedom, expected) => {
    expect(studentCritical(freedom)).toBeCloseTo(expected, 3);
  });
});
