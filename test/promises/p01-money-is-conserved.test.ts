import { describe, expect, it } from "vitest";
import { definitions, Kernel, runSetting, Tape, tapeKinds } from "../../engine/src/index.js";
import { Auditor } from "../support/auditor.js";
import { generatedScenario, planOf } from "../support/generated-scenarios.js";
import { amountOf, randomCascade } from "../support/random-cascade.js";

/** 1,000 by default; the release figure is `FIREBREAK_SCENARIOS=100000 npx vitest run test/promises/p01-money-is-conserved.test.ts`. */
const scenarioCount = Number(process.env.FIREBREAK_SCENARIOS ?? 1000);
const seed = Number(process.env.FIREBREAK_SEED ?? 1);

/** Every fourth scenario is a cascade into a thin book, so that depth runs out; the others are drawn from all mechanisms' demonstrations. */
function scenarioOf(index: number): unknown {
  if (index % 4 !== 3) return generatedScenario(seed, index);
  const scenario = randomCascade(seed, index);
  const { market } = scenario.book.venues;
  market.bids = market.bids.map(([move, units]) => [move, `${(amountOf(units) / 20).toFixed(2)} ETH`]);
  return scenario;
}

describe("P01: money is conserved", () => {
  it("behavior: per asset the ledger sums to exactly 0 units after every round, by an auditor's own books in bigint", () => {
    let transfers = 0;
    let comparisons = 0;
    const seen = new Set<number>();
    const kinds = new Set<string>();
    for (let index = 0; index < scenarioCount; index++) {
      const plan = planOf(scenarioOf(index));
      for (const one of plan.mechanisms) kinds.add(one.kind);
      const kernel = new Kernel(runSetting(plan), new Tape(false, (row) => seen.add(row.kind)));
      const auditor = new Auditor(kernel);
      kernel.run(seed, index);
      expect(auditor.findings.slice(0, 3), `scenario ${index} of seed ${seed}`).toEqual([]);
      transfers += auditor.transfers;
      comparisons += auditor.comparisons;
    }
    expect(transfers).toBeGreaterThan(10 * scenarioCount);
    expect(comparisons).toBeGreaterThan(scenarioCount);
    // A blind generator would prove nothing: every kind of mechanism takes part, and these states occur.
    expect([...kinds].sort()).toEqual(definitions.map((definition) => definition.kind).sort());
    for (const state of [
      "liquidate",
      "badDebt",
      "batch",
      "depthExhausted",
      "trade",
      "rescue",
      "keeper",
      "guard",
      "deleverage",
      "insurance",
      "refill",
    ] as const) {
      expect(seen.has(tapeKinds[state]), state).toBe(true);
    }
  });

  it("behavior: the auditor sees one unit that is missing", () => {
    const kernel = new Kernel(runSetting(planOf(generatedScenario(seed, 0))), new Tape());
    const auditor = new Auditor(kernel);
    kernel.run(seed, 0);
    kernel.ledger.balances[
      kernel.ledger.accounts.findIndex((account) => account.role === "positions") * kernel.ledger.assetCount
    ] += 1;
    expect(() => kernel.ledger.audit()).toThrow("not to 0");
    expect(auditor.findings).toEqual([]);
  });
});
