import { describe, expect, it } from "vitest";
import { check, type Expectation } from "./case.js";

const expectation: Expectation = {
  id: "model/number",
  source: "a paper",
  tag: "D",
  unit: "share",
  expected: 200,
  tolerance: 0.5,
  row: "Model 0",
};

describe("check", () => {
  it("default", () => {
    expect(check(expectation, 200.25)).toEqual({
      ...expectation,
      actual: 200.25,
      toleranceKind: "absolute",
      pass: true,
      how: "closed form",
    });
  });

  it("behavior: a relative tolerance grows with the expected figure", () => {
    const relative = { ...expectation, tolerance: 0.01, toleranceKind: "relative" as const };
    expect(check(relative, 202).pass).toBe(true);
    expect(check(relative, 202.01).pass).toBe(false);
    expect(check({ ...relative, expected: -200 }, -198).pass).toBe(true);
  });

  it("limit: the tolerance itself passes, the next figure does not", () => {
    expect(check(expectation, 200.5).pass).toBe(true);
    expect(check(expectation, 200.50000000000003).pass).toBe(false);
    expect(check(expectation, 199.5).pass).toBe(true);
  });

  it("limit: what is not finite never passes", () => {
    for (const actual of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      expect(check(expectation, actual).pass).toBe(false);
    expect(check({ ...expectation, tolerance: Number.POSITIVE_INFINITY }, Number.NaN).pass).toBe(false);
  });
});
