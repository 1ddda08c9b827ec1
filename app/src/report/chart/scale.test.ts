import { describe, expect, it } from "vitest";
import { linear, logarithmic, spacedTicks, spread, squareRoot, ticks } from "./scale.js";

describe("scales", () => {
  it("default: straight, logarithmic and square-root scales meet their ends", () => {
    expect([0, 5, 10].map(linear(0, 10, 100, 200))).toEqual([100, 150, 200]);
    expect([100, 200, 400].map(logarithmic(100, 400, 0, 10))).toEqual([0, 5, 10]);
    expect([0, 25, 100].map(squareRoot(100, 0, 10))).toEqual([0, 5, 10]);
  });

  it("behavior: round values within the range", () => {
    expect(ticks(0, 100, 5)).toEqual([0, 20, 40, 60, 80, 100]);
    expect(ticks(1862, 3450, 4)).toEqual([2000, 2500, 3000]);
    expect(ticks(3, 3, 4)).toEqual([3]);
  });

  it("behavior: values of a scale that are drawn far enough apart", () => {
    const scale = squareRoot(1.5e8, 0, 360);
    const places = spacedTicks(scale, 1.5e8, 58).map(scale);
    expect(places.length).toBeGreaterThan(2);
    places.slice(1).forEach((place, index) => expect(place - places[index]).toBeGreaterThanOrEqual(58));
  });

  it("behavior: labels are moved apart, keep their order, and stay within", () => {
    const moved = spread([10, 11, 12, 98], 14, 0, 100);
    expect(moved).toEqual([10, 24, 38, 98]);
    expect(spread([90, 95, 99], 14, 0, 100)).toEqual([72, 86, 100]);
  });
});
