import { describe, expect, it } from "vitest";
import { gainAt } from "../../../map/index.js";
import { readScenario } from "../../../scenario/parse.js";
import { openMarket } from "../../../study/plan-market.js";
import { faultsOf, playStrategy, type StrategyCase, strategyScenario } from "./strategy.fixture.js";

const rebalancer = (entry: Readonly<Record<string, unknown>> = {}, more: Omit<StrategyCase, "entry"> = {}) =>
  playStrategy({ entry: { kind: "rebalancer", band: "0%", ...entry }, ...more });

describe("rebalancer", () => {
  it("default: it buys what falls, sells what rises, and ends at its share", () => {
    const down = rebalancer({}, { move: "-20%" });
    // Kept at a half, wealth follows the square root of the price: 100 x 0.8^-0.5 = 111.8 ETH in the limit of small steps.
    expect(Math.abs(down.soldEth + 11.8)).toBeLessThan(0.1);
    expect(((down.rows.risky[0] / 1e7) * down.kernel.fair(0)) / down.wealth()).toBeCloseTo(0.5, 3);
    const up = rebalancer({}, { move: "20%" });
    expect(up.soldEth).toBeCloseTo(100 * (1 - 1.2 ** -0.5), 1);
  });

  it("behavior: for a small move it buys share (1 - share) wealth |r|, as the closed form says", () => {
    // Perold and Sharpe (1988): 400,000 x 0.5 x 0.5 x 1 % = 1,000 dollars, at a price of 1,980.
    const { flowAt } = rebalancer();
    expect((flowAt(1980).bought[0] / 1e7) * 1980).toBeCloseTo(1000, 1);
    expect((flowAt(2020).sold[0] / 1e7) * 2020).toBeCloseTo(1000, 1);
    expect(flowAt(1980).sold[0]).toBe(0);
  });

  it("behavior: nothing is traded inside the band, and a smaller share sells at once", () => {
    expect(rebalancer({ band: "10%" }, { move: "-20%" }).trades).toHaveLength(0);
    const quarter = rebalancer({ share: "25%" }, { move: "0%" });
    expect(quarter.soldEth).toBeCloseTo(50, 1);
    // Its own impact moves the price, and with a band of nothing it answers that too: less and less, until it is quiet.
    expect(quarter.trades.length).toBeLessThan(5);
    expect(quarter.end).toBe("settled");
  });

  it("behavior: in the map its gain is negative and the map says so; beside an insurer it makes the gain smaller", () => {
    // A wide book: impact is small, so the gain is about the slope of the rule over the slope of depth.
    const entry = { kind: "rebalancer", band: "0%" };
    const market = openMarket(readScenario(strategyScenario({ entry }), () => expect.unreachable()));
    const question = { move: 0.01, direction: -1, horizonMs: 0 } as const;
    const gain = gainAt(market, [2000, 1], question);
    expect(gain.forcedUnits[0] / 1e7).toBeCloseTo(-1000 / 1980, 3);
    expect(gain.matrix[0]).toBeLessThan(0);
    expect(gain.value).toBe(0);
    expect(gain.nonMonotone).toBe(true);
    const cppi = {
      kind: "cppi",
      instrument: "ETH/USD",
      positions: "others",
      multiplier: 4,
      floor: "87.5%",
      band: "0%",
    };
    const both = strategyScenario({ entry, others: { crowd: cppi } }) as Record<
      string,
      Record<string, Record<string, unknown>>
    >;
    const { positions } = both.book;
    positions.others = structuredClone(positions.insurer);
    const together = gainAt(openMarket(readScenario(both, () => expect.unreachable())), [2000, 1], question);
    // The insurer sells 3 x 200,000 x 1 %, the rebalancer takes 1,000 of it.
    expect((together.forcedUnits[0] / 1e7) * 1980).toBeCloseTo(6000 - 1000, 0);
    expect(together.nonMonotone).toBe(false);
  });

  it("limit: an account without wealth sells what it has; one without an account does nothing", () => {
    const broke = rebalancer({ leverage: 3 }, { rows: [["fund", 100, -190000]], move: "-20%", over: "0 s" });
    expect(broke.rows.risky[0]).toBe(0);
    expect(broke.rows.cash[0]).toBe(0);
    expect(broke.measures.badDebtUsd).toBeGreaterThan(29_000);
    expect(rebalancer({}, { rows: [] }).trades).toHaveLength(0);
    expect(rebalancer({}, { rows: [["nothing", 0, 0]] }).trades).toHaveLength(0);
  });

  it("error: a share above leverage, and what every strategy refuses", () => {
    const faults = (entry: Readonly<Record<string, unknown>>) => faultsOf({ entry: { kind: "rebalancer", ...entry } });
    expect(faults({ share: "80%", leverage: 0.5 })).toEqual(["share number-out-of-range"]);
    expect(faults({ share: "120%" })).toEqual(["share number-out-of-range"]);
    expect(faults({ every: "7 min" })).toEqual(["every duration-no-multiple"]);
  });
});
