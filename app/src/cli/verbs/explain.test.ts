import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import type { AccountStory } from "../explain/account-story.js";
import type { PlanFacts } from "../explain/plan-facts.js";
import { call } from "../test-command.js";

let cwd = "";

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "firebreak-"));
  await call(["new", "mine"], { cwd });
});

const story = async (account: string) =>
  JSON.parse((await call(["explain", "mine.yaml", "--account", account, "--json"], { cwd })).out) as AccountStory;

describe("firebreak explain", () => {
  it("default: every mechanism with kind, source and parameters, defaults marked", async () => {
    const { out } = await call(["explain", "mine.yaml", "--json"], { cwd });
    const facts = JSON.parse(out) as PlanFacts;
    const lender = facts.mechanisms.find((one) => one.name === "lender");
    expect(lender?.kind).toBe("lending");
    expect(lender?.source).not.toBe("");
    const written = Object.fromEntries(lender?.parameters.map((one) => [one.name, one.written]) ?? []);
    expect(written).toMatchObject({ threshold: true, bonus: true, penalty: false, oracle: false });
    const shock = facts.mechanisms.find((one) => one.name === "shock");
    expect(shock?.parameters.find((one) => one.name === "overMs")?.written).toBe(true);
    expect(facts.mechanisms.find((one) => one.name === "spot")?.written).toBe(false);
    expect(facts.restsOn.map((rest) => [rest.part, rest.name, rest.provenance.basis])).toEqual([
      ["positions", "lender", "assumed"],
      ["depth", "market", "assumed"],
    ]);
    expect(facts.basis).toEqual({ map: "assumed", run: "assumed" });
    const { out: text } = await call(["explain", "mine.yaml"], { cwd });
    expect(text).toContain("(default)");
  });

  it("behavior: a liquidated account: when, at which published price, by whom, and who pushed before", async () => {
    const found = await story("tight");
    expect(found.outcome).toBe("liquidated");
    const [ordered, liquidated] = found.events;
    expect(ordered.what).toBe("ordered");
    // 120,000 / (100 x 0.85): below this the account is liquidatable.
    expect(ordered.priceUsd?.value).toBeLessThan(120_000 / 85);
    expect(ordered.priceUsd?.value).toBeGreaterThan(1350);
    expect(liquidated).toMatchObject({ what: "liquidated", keeper: "outside keeper" });
    expect(liquidated.repaid).toMatchObject({ value: 120_000, unit: "USD" });
    expect(found.push?.by.map((one) => one.mechanism)).toEqual(["lender"]);
    expect(found.push?.by[0].sold.value).toBeGreaterThan(80);
  });

  it("behavior: the first account liquidated was pushed by nobody in the scenario", async () => {
    expect((await story("tighter")).push?.by).toEqual([]);
  });

  it("behavior: an account that was never liquidatable: the margin it had left", async () => {
    const found = await story("safe");
    expect(found.outcome).toBe("never liquidatable");
    expect(found.events).toEqual([]);
    // 100 ETH x price x 0.85 / 40,000 USD at the lowest price.
    expect(found.lowestMargin?.value).toBeGreaterThan(2.9);
    expect(found.lowestMargin?.value).toBeLessThan(3);
    const { out } = await call(["explain", "mine.yaml", "--account", "safe"], { cwd });
    expect(out).toContain("more than the edge");
  });

  it("behavior: an account that trades by a rule: what it sold, for how much and when; tables that nobody holds are not asked for", async () => {
    const day = fileURLToPath(new URL("../../../../scenarios/1987-10-19.yaml", import.meta.url));
    const whose = await call(["explain", day, "--account", "fund-001"], { cwd });
    expect(whose.err.replace(/\s+/g, " ")).toContain("fund-001 is an account of futures-m4 and stock-m4 -> say");
    const asked = ["explain", day, "--account", "fund-001", "--protocol", "futures-m4"];
    const { trades } = JSON.parse((await call([...asked, "--json"], { cwd })).out) as AccountStory;
    // Of 846,473 units people follow 22 % of the way to what the rule wants, which at the worst is nothing.
    expect(trades?.sold.value).toBeGreaterThan(0.1 * 846_473);
    expect(trades?.sold.value).toBeLessThan(0.22 * 846_474);
    expect((trades?.received.value ?? 0) / (trades?.sold.value ?? 1)).toBeLessThan(282.7);
    expect(trades?.bought.value).toBe(0);
    const { out } = await call(asked, { cwd });
    expect(out).toContain("By its rule it sold");
    expect(out).not.toContain("liquidatable");
  });

  it("error: account-unknown, protocol-unknown", async () => {
    const wrong = await call(["explain", "mine.yaml", "--account", "nobody"], { cwd });
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain("account-unknown");
    const stranger = await call(["explain", "mine.yaml", "--account", "safe", "--protocol", "lendr"], { cwd });
    expect(stranger.err).toContain("protocol-unknown");
    expect(stranger.err).toContain("lender");
  });
});
