import { describe, expect, it } from "vitest";
import { watchScenario } from "../../../../../test/support/watched-cascade.js";
import { tapeKinds } from "../../../run/index.js";
import { parseScenario } from "../../../scenario/parse.js";
import { oneAccountFalls } from "../../demonstrations.js";

const nothingElse = (path: string): never => {
  throw new Error(`no files, but ${path}`);
};

const book = (instrument: string) => ({
  kind: "order-book",
  instrument,
  layer: "made",
  bids: [["-50%", "20000 ETH"]],
  asks: [["100%", "20000 ETH"]],
});

function scenarioOf(insurer: Readonly<Record<string, unknown>>, move = "-10%"): unknown {
  return oneAccountFalls({
    instruments: { "ETH/USD-FUT": { asset: "ETH", quote: "USD", market: "perpetual" } },
    venues: { market: book("ETH/USD"), futures: book("ETH/USD-FUT") },
    positions: { insurer: { layer: "made", columns: ["account", "risky ETH", "cash USD"], rows: [["fund", 1000, 0]] } },
    prices: {
      shock: { kind: "line", moves: { ETH: move }, over: "1 h" },
      spot: { kind: "spot-oracle", venues: { market: 1 } },
    },
    pressure: { insurer: { kind: "cppi", instrument: "ETH/USD", multiplier: 3, floor: "70%", ...insurer } },
  });
}

describe("insurers who sell futures", () => {
  it("behavior: the future is sold, the asset stays, and the contracts sum to 0", () => {
    const { rows, kernel } = watchScenario(scenarioOf({ hedge: "ETH/USD-FUT" }));
    const trades = rows.filter((row) => row.kind === tapeKinds.trade);
    const sold = trades.reduce((sum, row) => sum + row.x, 0);
    expect(sold).toBeGreaterThan(0);
    expect(trades.every((row) => row.z === 1)).toBe(true);
    const index = kernel.setting.mechanisms.findIndex((one) => one.name === "insurer");
    const accounts = kernel.opened.rows[index] as { readonly positions: number; readonly risky: Float64Array };
    expect(kernel.ledger.balance(accounts.positions, 0)).toBe(1000e7);
    expect(accounts.risky[0]).toBe(1000e7 - sold);
    kernel.ledger.check();
  });

  it("behavior: a fall beyond the cushion and a rise after it: sold out through contracts, bought back through contracts", () => {
    for (const move of ["-45%", "30%"]) {
      const { kernel } = watchScenario(scenarioOf({ hedge: "ETH/USD-FUT", floor: "85%", leverage: 2 }, move));
      kernel.ledger.check();
      const index = kernel.setting.mechanisms.findIndex((one) => one.name === "insurer");
      const accounts = kernel.opened.rows[index] as { readonly positions: number; readonly risky: Float64Array };
      const more = Math.max(0, accounts.risky[0] - 1000e7);
      expect(kernel.ledger.balance(accounts.positions, 2)).toBe(more);
    }
  });

  it("limit: on a future that stands where the asset stands it sells what it would sell of the asset", () => {
    const soldBy = (insurer: Readonly<Record<string, unknown>>) =>
      watchScenario(scenarioOf(insurer)).measures.executedSalesUsd;
    // The asset's own market does not feel the futures' sales, so the rule asks for a little less.
    const ratio = soldBy({ hedge: "ETH/USD-FUT" }) / soldBy({});
    expect(ratio).toBeGreaterThan(0.9);
    expect(ratio).toBeLessThan(1);
  });

  it("error: what is sold in the asset's place is a perpetual of the same asset", () => {
    const codes = (insurer: Readonly<Record<string, unknown>>) => {
      const parsed = parseScenario(scenarioOf(insurer), nothingElse);
      return "problems" in parsed ? parsed.problems.map(({ code, path }) => `${code} ${path}`) : [];
    };
    expect(codes({ hedge: "ETH/USD" })).toEqual(["instrument-wrong pressure.insurer.hedge"]);
    expect(codes({ hedge: "nowhere" })).toEqual(["unknown-instrument pressure.insurer.hedge"]);
  });
});
