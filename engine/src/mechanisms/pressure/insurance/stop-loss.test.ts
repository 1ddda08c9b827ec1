import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { solve } from "../../../map/index.js";
import { readScenario } from "../../../scenario/parse.js";
import { openRun } from "../../../study/paths.js";
import { openMarket } from "../../../study/plan-market.js";
import { faultsOf, playStrategy, type StrategyCase, strategyScenario } from "./strategy.fixture.js";

const stop = (entry: Readonly<Record<string, unknown>> = {}, more: Omit<StrategyCase, "entry"> = {}) =>
  playStrategy({ entry: { kind: "stop-loss", stop: "-10%", ...entry }, ...more });

describe("stop-loss", () => {
  it("default: it sells everything once, when the price has fallen by the stop", () => {
    const { trades, rows, tape } = stop({}, { tick: "1 min" });
    expect(trades).toHaveLength(1);
    expect(trades[0].x).toBe(100e7);
    expect(rows.risky[0]).toBe(0);
    // ln 0.9 / ln 0.7 of an hour: the eighteenth minute is the first at or below -10 %.
    expect(trades[0].tick).toBe(17);
    expect(tape.length).toBeGreaterThan(0);
    expect(stop({}, { move: "-9.9%" }).trades).toHaveLength(0);
  });

  it("behavior: its own price for each account, and a share of what is held", () => {
    const columns = ["account", "risky ETH", "cash USD", "stop USD"];
    const rows = [
      ["early", 10, 0, 1950],
      ["late", 20, 0, 1500],
      ["never", 40, 0, 1000],
    ];
    const own = playStrategy({ entry: { kind: "stop-loss" }, rows, columns });
    expect(Array.from(own.rows.risky)).toEqual([0, 0, 40e7]);
    expect(own.flowAt(1950).sold[0]).toBe(10e7);
    expect(own.flowAt(1500).sold[0]).toBe(30e7);
    expect(stop({ share: "40%" }).rows.risky[0]).toBe(60e7);
  });

  it("behavior: a trailing stop counts from the highest price, a plain one from the opening", () => {
    const path = [
      [0, 2000],
      [30, 2600],
      [60, 2200],
      [120, 2200],
    ] as const;
    expect(stop({}, { path }).trades).toHaveLength(0);
    const trailing = stop({ trailing: true }, { path });
    expect(trailing.trades).toHaveLength(1);
    // Highest 2,600: it sells at or below 2,340.
    expect(trailing.ladder.pathFree).toBe(false);
    expect(trailing.trades[0].y / 1e6 / 100).toBeGreaterThan(2200);
    expect(trailing.trades[0].y / 1e6 / 100).toBeLessThan(2340);
  });

  it("behavior: it buys back at the level of re-entry, as much as its cash pays for, and may stop again", () => {
    const path = [
      [0, 2000],
      [20, 1700],
      [60, 2100],
      [80, 1700],
      [120, 1700],
    ] as const;
    const once = stop({}, { path });
    expect(once.trades).toHaveLength(1);
    const back = stop({ reentry: "-2%" }, { path, rows: [["fund", 100, 0]] });
    expect(back.trades.map((row) => Math.sign(row.x))).toEqual([1, -1, 1]);
    // Sold below 1,800, bought back above 1,960: fewer coins.
    expect(-back.trades[1].x).toBeLessThan(93e7);
    const rich = stop({ reentry: "-2%" }, { path });
    expect(rich.trades[1].x).toBe(-100e7);
  });

  it("behavior: wealth falls more slowly than the price where there is cash", () => {
    const byWealth = stop({ of: "wealth" }, { move: "-19%" });
    expect(byWealth.trades).toHaveLength(0);
    // Half in cash: -10 % of wealth is -20 % of the price.
    expect(stop({ of: "wealth" }, { move: "-21%" }).trades).toHaveLength(1);
    expect(
      stop(
        { of: "wealth", trailing: true },
        {
          path: [
            [0, 2000],
            [20, 3000],
            [60, 2300],
            [120, 2300],
          ],
        },
      ).trades,
    ).toHaveLength(1);
  });

  it("behavior: people who wait sell later, those with discretion sell less", () => {
    const now = stop().trades[0];
    const later = stop({ execution: { delay: "15 min" } }).trades[0];
    expect(later.tick).toBe(now.tick + 3);
    expect(later.x).toBe(now.x);
    expect(stop({ execution: { discretion: "30%" } }).soldEth).toBe(30);
  });

  it("limit: in one tick the run lands on the map to the unit, with stops at every price (random books)", () => {
    const account = fc.record({ coins: fc.integer({ min: 1, max: 900 }), stop: fc.integer({ min: 900, max: 1990 }) });
    let cascades = 0;
    fc.assert(
      fc.property(
        fc.array(account, { minLength: 2, maxLength: 8 }),
        fc.integer({ min: -45, max: -5 }),
        fc.integer({ min: 2000, max: 20_000 }),
        fc.constantFrom(undefined, "35%"),
        (accounts, move, depth, share) => {
          const scenario = strategyScenario({
            entry: { kind: "stop-loss", ...(share === undefined ? {} : { share }) },
            columns: ["account", "risky ETH", "cash USD", "stop USD"],
            rows: accounts.map(({ coins, stop: price }, row) => [`a${row}`, coins, 0, price]),
            move: `${move}%`,
            over: "0 s",
            tick: "1 min",
            duration: "1 min",
            depth,
            rounds: 1000,
          });
          const plan = readScenario(scenario, () => expect.unreachable());
          const open = openRun(plan);
          expect(open.run(1, 0).end).toBe("settled");
          const { params } = plan.mechanisms.find((one) => one.name === "shock") ?? {};
          const [{ share: shock }] = (params as { moves: { share: number }[] }).moves;
          const eth = plan.book.assets.findIndex((one) => one.symbol === "ETH");
          const moves = plan.book.assets.map((_, asset) => (asset === eth ? shock : 0));
          const { shallowest } = solve(openMarket(plan), { moves }, { arbitragePools: false });
          if (shallowest.depthExhausted) return;
          expect(open.kernel.opened.depths[0].position()).toBe(shallowest.soldUnits[0]);
          expect(open.kernel.middle(0)).toBe(shallowest.pricesUsd[eth]);
          if (shallowest.waves > 1) cascades++;
        },
      ),
      { seed: 44, numRuns: 300 },
    );
    expect(cascades).toBeGreaterThan(50);
  });

  it("error: no stop, a stop that is a rise, two kinds of stops, a re-entry below the stop", () => {
    const faults = (entry: Readonly<Record<string, unknown>>) => faultsOf({ entry: { kind: "stop-loss", ...entry } });
    expect(faults({})).toEqual(["stop value-missing"]);
    expect(faults({ stop: "10%" })).toEqual(["stop number-out-of-range"]);
    expect(faults({ stop: "-10%", reentry: "-20%" })).toEqual(["reentry number-out-of-range"]);
    expect(faults({ stop: "-10%", of: "wealth", reentry: "-5%" })).toEqual(["reentry choice-wrong"]);
    expect(faults({ stop: "-10%", band: "1%" })).toHaveLength(1);
    const own = (entry: Readonly<Record<string, unknown>>) =>
      faultsOf({
        entry: { kind: "stop-loss", ...entry },
        columns: ["account", "risky ETH", "cash USD", "stop USD"],
        rows: [["a", 1, 0, 1900]],
      });
    expect(own({})).toEqual([]);
    expect(own({ stop: "-10%" })).toEqual(["stop choice-wrong"]);
    expect(own({ reentry: "-6%" })).toEqual(["reentry number-out-of-range"]);
    expect(own({ reentry: "-4%" })).toEqual([]);
  });
});
