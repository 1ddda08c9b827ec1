import { describe, expect, it } from "vitest";
import { distanceMs, priceInForce } from "./liquidatable-set.js";

const hour = 3_600_000;

describe("liquidatable set", () => {
  it("default: the price in force is that of the delay before the last full hop", () => {
    const curve = { timesMs: Float64Array.of(0, 10 * hour), pricesUsd: Float64Array.of(1000, 2000) };
    const rule = { hopMs: hour, delayMs: hour };
    expect(priceInForce(curve, 6.4 * hour, rule)).toBeCloseTo(1000 * 2 ** 0.5, 9);
    expect(priceInForce(curve, 6 * hour, rule)).toBeCloseTo(1000 * 2 ** 0.5, 9);
    expect(priceInForce(curve, 12 * hour, rule)).toBe(2000);
  });

  it("behavior: the distance is from the start of the unbroken run of hours, else from the nearest hour, with its sign", () => {
    const hops = [2, 5, 6, 7, 11].map((at) => at * hour);
    expect(distanceMs(hops, 7.5 * hour, hour)).toBe(2.5 * hour);
    expect(distanceMs(hops, 11.25 * hour, hour)).toBe(0.25 * hour);
    expect(distanceMs(hops, 8.5 * hour, hour)).toBe(1.5 * hour);
    expect(distanceMs(hops, 10.5 * hour, hour)).toBe(-0.5 * hour);
    expect(distanceMs([], hour, hour)).toBeNaN();
  });
});
