import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { flattestSlope, orderBookCurve, positionOfLogPrice, relativePriceAt, walkValue } from "./order-book-curve.js";

const curve = orderBookCurve(
  [
    { relativePrice: 0.99, units: 100 },
    { relativePrice: 0.9, units: 500 },
  ],
  [{ relativePrice: 1.1, units: 200 }],
);

describe("order-book curve", () => {
  it("default: log-linear between levels, 1 at balance, constant beyond the last", () => {
    expect(relativePriceAt(curve, 0)).toBe(1);
    expect(relativePriceAt(curve, 100)).toBeCloseTo(0.99, 14);
    expect(relativePriceAt(curve, 50)).toBeCloseTo(Math.sqrt(0.99), 14);
    expect(relativePriceAt(curve, 900)).toBeCloseTo(0.9, 14);
    expect(relativePriceAt(curve, -200)).toBeCloseTo(1.1, 14);
  });
  it("behavior: the walk's value is the integral of the price (trapezoid over whole units as oracle)", () => {
    let sum = 0;
    for (let at = -150; at < 420; at++) sum += (relativePriceAt(curve, at) + relativePriceAt(curve, at + 1)) / 2;
    expect(walkValue(curve, -150, 420) / sum).toBeCloseTo(1, 7);
  });
  it("behavior: walks add up", () => {
    const at = fc.integer({ min: -200, max: 500 });
    fc.assert(
      fc.property(at, at, at, (a, b, c) => {
        const [low, middle, high] = [a, b, c].sort((x, y) => x - y);
        expect(walkValue(curve, low, middle) + walkValue(curve, middle, high)).toBeCloseTo(
          walkValue(curve, low, high),
          9,
        );
      }),
      { seed: 20261122, numRuns: 300 },
    );
  });
  it("behavior: the position of a price is the inverse of the price of a position", () => {
    for (const at of [-180, -1, 0, 30, 100, 333.25, 499]) {
      expect(positionOfLogPrice(curve, Math.log(relativePriceAt(curve, at)))).toBeCloseTo(at, 8);
    }
  });
  it("behavior: the flattest slope is that of the flattest segment of both sides", () => {
    const slopes = [-Math.log(0.99) / 100, (Math.log(0.99) - Math.log(0.9)) / 400, Math.log(1.1) / 200];
    expect(flattestSlope(curve)).toBeCloseTo(Math.min(...slopes), 15);
  });
  it("limit: an empty curve has its price and no depth", () => {
    const none = orderBookCurve([], []);
    expect(relativePriceAt(none, 10)).toBe(1);
    expect(walkValue(none, 0, 10)).toBe(0);
    expect(flattestSlope(none)).toBe(Number.POSITIVE_INFINITY);
  });
});
