import { describe, expect, it } from "vitest";
import type { SimulatedEngine } from "./simulated/engine.js";
import { referenceEngine } from "./simulated/reference-cascade.js";
import { acceptanceSizes, simulatedCases } from "./simulated.js";

const quick = { ...acceptanceSizes, repetitions: 2_000, bellPositions: 20_000 };

describe("simulatedCases", () => {
  it("default", () => {
    const cases = simulatedCases(referenceEngine);
    expect(cases.filter((one) => !one.pass)).toEqual([]);
    expect(new Set(cases.map((one) => one.id)).size).toBe(cases.length);
    for (const one of cases) expect(one.how).toBe("simulated");
  });

  it("behavior: progress is told, and the same seed gives the same figures", () => {
    const told: string[] = [];
    const first = simulatedCases(referenceEngine, (done, total, what) => told.push(`${done}/${total} ${what}`), quick);
    expect(told).toContain("0/2000 row 1, gain 0.5");
    expect(simulatedCases(referenceEngine, undefined, quick)).toEqual(first);
  });

  const failuresOf = (engine: SimulatedEngine) =>
    simulatedCases(engine, undefined, quick)
      .filter((one) => !one.pass)
      .map((one) => one.id);

  it("behavior: an engine that forgets the feedback of sales on the price fails rows 1 and 2", () => {
    const deaf: SimulatedEngine = {
      ...referenceEngine,
      cascade: (book) => referenceEngine.cascade({ ...book, bids: [{ relativePrice: 1 - 1e-12, units: 1e15 }] }),
    };
    const failed = failuresOf(deaf);
    expect(failed).toContain("generalised-poisson/simulated-mean-gain-0.5");
    expect(failed).toContain("fold/simulated-collapse-shock");
  });

  it("behavior: an engine that sells one loan too many fails the fold to 1e-9", () => {
    const greedy: SimulatedEngine = {
      ...referenceEngine,
      cascade: (book) => {
        const [first, ...rest] = book.positions;
        return referenceEngine.cascade({ ...book, positions: [{ ...first, breachPriceUsd: 1e9 }, ...rest] });
      },
    };
    // The first loan is the deepest or the shallowest of its book; either way one unit more is sold before the rest.
    const deepFirst: SimulatedEngine = {
      ...greedy,
      cascade: (book) => greedy.cascade({ ...book, positions: [...book.positions].reverse() }),
    };
    expect(failuresOf(deepFirst)).toContain("fold/simulated-collapse-shock");
  });

  it("behavior: an engine whose bonus is one unit in ten thousand too high fails rows 7 and 9 and repay-to-target", () => {
    const generous: SimulatedEngine = {
      ...referenceEngine,
      liquidate: (book) => referenceEngine.liquidate({ ...book, bonus: book.bonus + 1e-4 }),
    };
    const failed = failuresOf(generous);
    for (const id of [
      "toxicity-frontier/simulated-bonus-0.05",
      "toxicity-frontier/simulated-pool-collateral-100000",
      "profitable-liquidation/simulated-break-even-pool-share",
      "repay-to-target/simulated-repay",
      "loss-free-window/simulated-bad-debt-gap-8",
    ])
      expect(failed).toContain(id);
  });
});
