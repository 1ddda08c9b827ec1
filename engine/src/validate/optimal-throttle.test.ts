import { describe, expect, it } from "vitest";
import { exp, normalPdf } from "../math/index.js";
import {
  expectedShortfall,
  optimalThrottleCases,
  optimalThrottleMinutes,
  type ThrottledSale,
} from "./optimal-throttle.js";
import { throttleAverageShare } from "./resilient-book.js";

const sale: ThrottledSale = { ltv: 0.88, blockImpact: 0.3, resiliencePerMinute: 0.1, volatility: 3 };

/** The expectation summed over the normal law, midpoint by midpoint. */
function summedShortfall(
  { ltv, blockImpact, resiliencePerMinute, volatility }: ThrottledSale,
  minutes: number,
): number {
  const deviation = volatility * Math.sqrt(minutes / 525_600);
  const proceeds = 1 - blockImpact * throttleAverageShare(resiliencePerMinute * minutes);
  const step = 1e-4;
  let sum = 0;
  for (let z = -10 + step / 2; z < 10; z += step)
    sum += Math.max(0, ltv - proceeds * exp(deviation * z - (deviation * deviation) / 2)) * normalPdf(z) * step;
  return sum;
}

describe("optimal throttle", () => {
  it("default", () => {
    for (const one of optimalThrottleCases()) expect(one, one.id).toMatchObject({ pass: true });
  });

  it("behavior: the sum over the normal law gives the same shortfall", () => {
    for (const minutes of [1, 10, 43.3, 300]) {
      const summed = summedShortfall(sale, minutes);
      expect(Math.abs(expectedShortfall(sale, minutes) / summed - 1), `${minutes} minutes`).toBeLessThan(1e-6);
    }
  });

  it("behavior: a scan by tenths of a minute finds the same optimum, inside, and shorter in wilder markets", () => {
    let last = Number.POSITIVE_INFINITY;
    for (const volatility of [2, 3, 6]) {
      const one = { ...sale, volatility };
      let best = 0;
      for (let tenth = 0; tenth <= 10_000; tenth++)
        if (expectedShortfall(one, tenth / 10) < expectedShortfall(one, best)) best = tenth / 10;
      expect(Math.abs(optimalThrottleMinutes(one) - best)).toBeLessThanOrEqual(0.1);
      expect(best).toBeGreaterThan(0);
      expect(best).toBeLessThan(Math.min(last, 1_000));
      last = best;
    }
  });

  it("limit: without volatility only impact counts", () => {
    expect(expectedShortfall({ ...sale, volatility: 0 }, 1_000)).toBe(0);
    expect(expectedShortfall({ ...sale, volatility: 0 }, 0)).toBeCloseTo(0.03, 14);
  });
});
