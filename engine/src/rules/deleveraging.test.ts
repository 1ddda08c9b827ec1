import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allotProRata, deleveragingRank } from "./deleveraging.js";

describe("deleveraging", () => {
  it("default: pro rata closes by size, leftovers one by one in order", () => {
    const into = new Float64Array(3);
    expect(allotProRata([10, 20, 30], 16, into)).toBe(16);
    // 2.67, 5.33 and 8: one unit left for the first.
    expect([...into]).toEqual([3, 5, 8]);
  });

  it("behavior: rank is profit on entry times leverage; without a profit there is none", () => {
    expect(deleveragingRank(100, 150, 50, 75)).toBeCloseTo(0.5 * 2, 12);
    expect(deleveragingRank(100, 150, -1, 75)).toBe(0);
    expect(deleveragingRank(100, 150, 50, 0)).toBe(0);
  });

  it("behavior: it finds exactly what is needed, or all there is, and never more than a position", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1e9 }), { maxLength: 30 }),
        fc.integer({ min: 0, max: 1e10 }),
        (sizes, need) => {
          const into = new Float64Array(sizes.length);
          const found = allotProRata(sizes, need, into);
          const total = sizes.reduce((sum, size) => sum + size, 0);
          expect(found).toBe(Math.min(need, total));
          expect(into.reduce((sum, units) => sum + units, 0)).toBe(found);
          sizes.forEach((size, place) => {
            expect(into[place]).toBeLessThanOrEqual(size);
            expect(into[place]).toBeGreaterThanOrEqual(0);
          });
        },
      ),
      { seed: 11, numRuns: 500 },
    );
  });

  it("limit: nobody there", () => {
    expect(allotProRata([], 5, new Float64Array(0))).toBe(0);
  });
});
