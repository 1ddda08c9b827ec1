import { definitionOf, whoTriggersWhom } from "@firebreak/engine";
import { describe, expect, it } from "vitest";
import { loadScenario } from "../cli/load-scenario.js";
import { packageRoot } from "../cli/package-root.js";

describe("scenarios/many-protocols.yaml", () => {
  it("behavior: at least six protocols on ether over shared venues are forced, and some bring others about", async () => {
    const plan = await loadScenario("scenarios/many-protocols.yaml", packageRoot);
    const named = plan.mechanisms.filter(({ kind }) => definitionOf(kind)?.protocol !== undefined);
    expect(named.length).toBeGreaterThanOrEqual(6);
    expect(plan.book.venues).toHaveLength(2);
    const found = whoTriggersWhom(plan, 1);
    expect(found.pushers.filter(({ forcedUsd }) => forcedUsd > 1e6).length).toBeGreaterThanOrEqual(6);
    // Links by switching one off: the largest is more than a tenth of what its end forces.
    expect(found.links[0].share).toBeGreaterThan(0.1);
    expect(new Set(found.links.map(({ from }) => from)).size).toBeGreaterThanOrEqual(3);
    // Maker's price is an hour old: nobody there is liquidated before the others.
    const firstMs = (name: string) =>
      (found.pushers.find(({ mechanism }) => mechanism === name)?.first?.tick ?? -1) * plan.tickMs;
    expect(firstMs("maker")).toBeGreaterThan(firstMs("aave") + 3_600_000);
  });
});
