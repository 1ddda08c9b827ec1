import { describe, expect, it } from "vitest";
import { uniform } from "../math/index.js";
import { countAtLeast, FallingOrder, runningSums } from "./falling-order.js";

describe("countAtLeast", () => {
  it("behavior: equals a scan, whatever the hint", () => {
    const keys = Float64Array.of(9, 7, 7, 7, 4, 4, 1);
    for (const bound of [0, 1, 2, 4, 5, 7, 8, 9, 10]) {
      const expected = keys.filter((key) => key >= bound).length;
      for (let hint = 0; hint <= keys.length; hint++) expect(countAtLeast(keys, bound, hint)).toBe(expected);
    }
  });
});

describe("FallingOrder", () => {
  it("behavior: counts equal a scan on 10,000 rows with ties, asked in any order", () => {
    const count = 10_000;
    const keys = Float64Array.from({ length: count }, (_, row) => Math.floor(3_000 * uniform(2, 0, row, 0, 0)));
    const ones = new Float64Array(count).fill(1);
    const order = new FallingOrder(keys, new Float64Array(count), ones, ones, ones);
    for (let draw = 0; draw < 500; draw++) {
      const bound = 3_100 * uniform(2, 1, draw, 0, 0) - 50;
      expect(order.count(bound)).toBe(keys.filter((key) => key >= bound).length);
      expect(order.soldSums[order.count(bound)]).toBe(order.count(bound));
    }
  });

  it("limit: no rows; rows at any price", () => {
    const none = new Float64Array(0);
    expect(new FallingOrder(none, none, none, none, none).count(1)).toBe(0);
    const always = new Float64Array(200).fill(Number.POSITIVE_INFINITY);
    const ones = new Float64Array(200).fill(1);
    expect(new FallingOrder(always, ones, ones, ones, ones).count(1e15)).toBe(200);
  });

  it("error: sums of 2^53 or more", () => {
    expect(() => runningSums(Float64Array.of(2 ** 52, 2 ** 52), [0, 1])).toThrow("2^53");
  });
});
