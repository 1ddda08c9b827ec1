import { describe, expect, it } from "vitest";
import { uniform } from "../math/index.js";
import { BlockMaxima } from "./block-maxima.js";

describe("BlockMaxima", () => {
  it("default: the next row that reaches a bound", () => {
    const rows = new BlockMaxima(Float64Array.of(1, 5, 2, 5, 9));
    expect(rows.next(0, 5, 5)).toBe(1);
    expect(rows.next(2, 5, 5)).toBe(3);
    expect(rows.next(4, 5, 10)).toBe(5);
  });

  it("behavior: equals a scan on 5,000 rows, from and to anywhere", () => {
    const values = Float64Array.from({ length: 5_000 }, (_, row) => uniform(1, 0, row, 0, 0) ** 4);
    const rows = new BlockMaxima(values);
    for (let draw = 0; draw < 2_000; draw++) {
      const from = Math.floor(5_000 * uniform(1, 1, draw, 0, 0));
      const to = from + Math.floor((5_001 - from) * uniform(1, 1, draw, 0, 1));
      const bound = uniform(1, 1, draw, 0, 2);
      let expected = from;
      while (expected < to && values[expected] < bound) expected++;
      expect(rows.next(from, to, bound)).toBe(expected);
    }
  });

  it("limit: no rows, one row, infinite values", () => {
    expect(new BlockMaxima(new Float64Array(0)).next(0, 0, 1)).toBe(0);
    expect(new BlockMaxima(Float64Array.of(Number.POSITIVE_INFINITY)).next(0, 1, Number.POSITIVE_INFINITY)).toBe(0);
  });

  it("error: a NaN is our bug", () => {
    expect(() => new BlockMaxima(Float64Array.of(Number.NaN))).toThrow("numbers");
  });
});
