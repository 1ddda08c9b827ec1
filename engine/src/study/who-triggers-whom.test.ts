import { describe, expect, it } from "vitest";
import { oneAccountFalls } from "../mechanisms/demonstrations.js";
import { readScenario } from "../scenario/parse.js";
import type { Plan } from "../scenario/plan.js";
import { run } from "./paths.js";
import { whoTriggersWhom } from "./who-triggers-whom.js";

/** ETH falls 8 %. `first` breaches by that alone and sells 500 ETH; `second` only where the price falls further. `third` shares nothing with them. */
function twoLenders(first: Record<string, unknown> = {}): Plan {
  const scenario = oneAccountFalls({
    prices: { shock: { kind: "line", moves: { ETH: "-8%" }, over: "10 min" } },
    clock: { tick: "5 min", duration: "1 h" },
    instruments: { "BTC/USD": { asset: "BTC", quote: "USD" } },
    positions: {
      lender: { layer: "made", accounts: [{ account: "1", collateral: "500 ETH", debt: "800000 USD" }] },
      second: { layer: "made", accounts: [{ account: "2", collateral: "100 ETH", debt: "155000 USD" }] },
      third: { layer: "made", accounts: [{ account: "3", collateral: "10 BTC", debt: "200000 USD" }] },
    },
    pressure: {
      lender: { kind: "lending", threshold: { ETH: "85%" }, ...first },
      second: { kind: "lending", threshold: { ETH: "85%" } },
      third: { kind: "lending", threshold: { BTC: "85%" } },
    },
  }) as { book: { assets: Record<string, unknown> } };
  scenario.book.assets.BTC = { price: "40000 USD" };
  return readScenario(scenario, () => {
    throw new Error("no files");
  });
}

describe("who triggers whom", () => {
  const plan = twoLenders();
  const found = whoTriggersWhom(plan, 1);
  const at = (name: string) => found.pushers.findIndex(({ mechanism }) => mechanism === name);

  it("default: the first alone brings the second about, and nobody the first", () => {
    expect(found.links).toEqual([
      { from: "lender", to: "second", usd: found.pushers[at("second")].forcedUsd, share: 1 },
    ]);
    expect(found.pushers[at("second")]).toMatchObject({ accounts: 1, aloneAccounts: 0, aloneUsd: 0 });
    expect(found.pushers[at("lender")].aloneUsd).toBeGreaterThan(0);
  });

  it("behavior: the chain has its order: the second begins later than the first", () => {
    const [first, second] = [found.pushers[at("lender")].first, found.pushers[at("second")].first];
    if (first === null || second === null) throw new Error("both push");
    expect(second.tick * 1e6 + second.round).toBeGreaterThan(first.tick * 1e6 + first.round);
  });

  it("behavior: who holds another asset triggers nobody and is triggered by nobody", () => {
    expect(found.pushers[at("third")]).toMatchObject({ forcedUsd: 0, aloneUsd: 0, first: null });
    expect(found.addedUsd[at("third")]).toEqual([0, 0, 0]);
  });

  it("behavior: the dollars are those of the path as `run` counts them", () => {
    const total = found.pushers.reduce((sum, { forcedUsd }) => sum + forcedUsd, 0);
    expect(total).toBeCloseTo(run(plan, 1).measures.seizedUsd, 6);
  });

  it("behavior: a first lender that is never breached leaves nothing to trigger", () => {
    const quiet = whoTriggersWhom(twoLenders({ threshold: { ETH: "100%" } }), 1);
    expect(quiet.links).toEqual([]);
    expect(quiet.pushers.every(({ forcedUsd }) => forcedUsd === 0)).toBe(true);
  });
});
