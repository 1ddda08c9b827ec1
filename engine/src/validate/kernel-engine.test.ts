import { describe, expect, it } from "vitest";
import { acceptanceSizes, kernelEngine, simulatedCases } from "./index.js";

/** Fewer repetitions than `firebreak validate` makes: the statistical cases are asked with their own standard error instead of its tolerance. */
const repetitions = 3_000;

describe("the kernel reproduces the simulated rows", () => {
  const cases = simulatedCases(kernelEngine, () => {}, { ...acceptanceSizes, repetitions });
  const poisson = cases.filter((one) => one.id.startsWith("generalised-poisson/"));
  const others = cases.filter((one) => !one.id.startsWith("generalised-poisson/"));

  it("behavior: fold, frontiers, gaps, pool sales and repay-to-target meet their acceptance figures", () => {
    expect(others.length).toBeGreaterThan(15);
    expect(
      others.filter((one) => !one.pass).map((one) => `${one.id}: ${one.actual}, expected ${one.expected}`),
    ).toEqual([]);
  });

  it("behavior: the cascade's counts follow the generalised Poisson law within four standard errors", () => {
    const of = (id: string) => {
      const found = poisson.find((one) => one.id === `generalised-poisson/simulated-${id}`);
      if (found === undefined) throw new Error(`no case ${id}`);
      return found;
    };
    for (const [id, variance] of [
      ["mean-gain-0.5", 8],
      ["mean-gain-0.8", 125],
    ] as const) {
      const { actual, expected } = of(id);
      expect(Math.abs(actual - expected), id).toBeLessThan(4 * Math.sqrt(variance / repetitions));
    }
    for (const id of ["p0-gain-0.5", "p3-gain-0.5", "wipe-out-gain-1.2"]) {
      const { actual, expected } = of(id);
      expect(Math.abs(actual - expected), id).toBeLessThan(4 * Math.sqrt((expected * (1 - expected)) / repetitions));
    }
  });

  it("behavior: an engine without the loop fails them", () => {
    const deaf = {
      ...kernelEngine,
      cascade: (book: Parameters<typeof kernelEngine.cascade>[0]) => ({
        ...kernelEngine.cascade({ ...book, bids: [] }),
        liquidatedCount: 0,
      }),
    };
    const failing = simulatedCases(deaf, () => {}, { ...acceptanceSizes, repetitions: 50, bellPositions: 100 }).filter(
      (one) => !one.pass,
    );
    expect(failing.some((one) => one.id.includes("mean-gain-0.5"))).toBe(true);
  });
});
