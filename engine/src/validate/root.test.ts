import { describe, expect, it } from "vitest";
import { bisectRoot, goldenMinimum } from "./root.js";

describe("bisectRoot", () => {
  it("default", () => {
    expect(bisectRoot((x) => x * x - 2, 0, 2)).toBeCloseTo(Math.SQRT2, 15);
  });

  it("behavior: a falling function too, at the end where it is not negative", () => {
    const root = bisectRoot((x) => 2 - x * x, 0, 2);
    expect(2 - root * root).toBeGreaterThanOrEqual(0);
    expect(root).toBeCloseTo(Math.SQRT2, 15);
  });

  it("limit: no change of sign is our own mistake", () => {
    expect(() => bisectRoot((x) => x * x + 1, -1, 1)).toThrow("change of sign");
  });
});

describe("goldenMinimum", () => {
  it("default", () => {
    expect(goldenMinimum((x) => (x - 3) * (x - 3), 0, 10)).toBeCloseTo(3, 7);
  });

  it("limit: a minimum at an end is found", () => {
    expect(goldenMinimum((x) => x, 0, 10)).toBeCloseTo(0, 9);
    expect(goldenMinimum((x) => -x, 0, 10)).toBeCloseTo(10, 9);
  });
});
