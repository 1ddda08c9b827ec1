import { describe, expect, it } from "vitest";
import { Kernel, Tape } from "../../run/index.js";
import { parseScenario } from "../../scenario/parse.js";
import { runSetting } from "../../scenario/plan.js";
import { oneAccountFalls } from "../demonstrations.js";

/** Nobody near liquidation, so the market stays at fair value, which falls by 30 % in an hour. */
const safe = { lender: { layer: "made", accounts: [{ account: "1", collateral: "100 ETH", debt: "1000 USD" }] } };

function parsed(oracle: object, clock: object = { tick: "10 min", duration: "3 h" }, at?: string) {
  const scenario = oneAccountFalls({
    positions: safe,
    clock: { ...clock },
    prices: { slow: { kind: "delayed-oracle", ...oracle }, spot: { kind: "spot-oracle" } },
    pressure: { lender: { kind: "lending", oracle: "slow", threshold: { ETH: "85%" } } },
  }) as { book: { at: string } };
  if (at !== undefined) scenario.book.at = at;
  return parseScenario(scenario, () => ({ problems: [] }));
}

function codes(...args: Parameters<typeof parsed>): string[] {
  const result = parsed(...args);
  return "problems" in result ? result.problems.map(({ code, path }) => `${path} ${code}`) : [];
}

/** The published price that each tick decides by, in dollars, and fair value at each tick's end. */
function path(...args: Parameters<typeof parsed>): { published: number[]; fair: number[] } {
  const result = parsed(...args);
  if ("problems" in result) throw new Error(JSON.stringify(result.problems));
  const kernel = new Kernel(runSetting(result.plan), new Tape());
  kernel.begin(1, 0);
  const feed = kernel.opened.feeds.findIndex((one) => one.oracle === "slow" && one.asset === 0);
  const published: number[] = [];
  const fair: number[] = [];
  for (let tick = 0; tick < result.plan.tickCount; tick++) {
    kernel.step(tick);
    published.push(kernel.published(feed) / 1e8);
    fair.push(kernel.fair(0));
  }
  return { published, fair };
}

describe("delayed-oracle", () => {
  it("default: with a lag every tick decides by the price of exactly that long ago; before, by the opening price", () => {
    const { published, fair } = path({ delay: "30 min" });
    published.forEach((price, tick) => expect(price).toBeCloseTo(tick < 3 ? 2000 : fair[tick - 3], 6));
  });

  it("limit: a lag of one tick is the price of the tick before", () => {
    const { published, fair } = path({ delay: "10 min" });
    published.forEach((price, tick) => expect(price).toBeCloseTo(tick < 1 ? 2000 : fair[tick - 1], 6));
  });

  it("behavior: with a hop the next price becomes current at each poke: one hop old when it comes, two when it goes", () => {
    const { published, fair } = path({ hop: "1 h" });
    // Ticks end at minute 10, 20, ...; pokes are in the ticks that end at 60, 120, 180 (index 5, 11, 17).
    published.forEach((price, tick) => {
      const expected = tick < 11 ? 2000 : tick < 17 ? fair[5] : fair[11];
      expect(price).toBeCloseTo(expected, 6);
    });
  });

  it("behavior: pokes come at full hops of UTC, moved by the phase, wherever the path begins", () => {
    const { published, fair } = path({ hop: "1 h", phase: "10 min" });
    published.forEach((price, tick) => {
      const expected = tick < 6 ? 2000 : tick < 12 ? fair[0] : fair[6];
      expect(price).toBeCloseTo(expected, 6);
    });
    // From half past: a poke after 30 minutes (index 2), then every hour.
    const late = path({ hop: "1 h" }, undefined, "2024-01-01T00:30:00Z");
    late.published.forEach((price, tick) => {
      const expected = tick < 8 ? 2000 : tick < 14 ? late.fair[2] : late.fair[8];
      expect(price).toBeCloseTo(expected, 6);
    });
  });

  it("behavior: the second path starts from the opening price again", () => {
    const result = parsed({ delay: "30 min" });
    if ("problems" in result) throw new Error("no plan");
    const kernel = new Kernel(runSetting(result.plan), new Tape());
    expect(kernel.run(1, 0).tapeHash).toBe(kernel.run(1, 0).tapeHash);
  });

  it("behavior: with prices recorded before the path it opens with what it held then", () => {
    const before = { series: "old", asset: "ETH" };
    const clock = { tick: "10 min", duration: "3 h" };
    const scenario = oneAccountFalls({
      positions: safe,
      clock,
      prices: { slow: { kind: "delayed-oracle", hop: "1 h", before }, spot: { kind: "spot-oracle" } },
      pressure: { lender: { kind: "lending", oracle: "slow", threshold: { ETH: "85%" } } },
      series: {
        old: {
          version: 1,
          kind: "series",
          name: "old",
          layers: { made: { source: "made", asOf: "2024-01-01T00:00:00Z", coverage: "all", basis: "assumed" } },
          tables: {
            prices: {
              layer: "made",
              asset: "ETH",
              columns: ["time", "price USD"],
              rows: [
                ["2023-12-31T22:30:00Z", 2300],
                ["2023-12-31T23:30:00Z", 2100],
              ],
            },
          },
        },
      },
    });
    const result = parseScenario(scenario, () => ({ problems: [] }));
    if ("problems" in result) throw new Error(JSON.stringify(result.problems));
    const kernel = new Kernel(runSetting(result.plan), new Tape());
    kernel.begin(1, 0);
    const feed = kernel.opened.feeds.findIndex(
      (one) => one.oracle === "slow" && kernel.setting.book.assets[one.asset].symbol === "ETH",
    );
    const seen: number[] = [];
    for (let tick = 0; tick < 8; tick++) {
      kernel.step(tick);
      seen.push(kernel.published(feed) / 1e8);
    }
    // The poke before the start made 23:00's price current (2300, recorded at 22:30); the one an hour later makes midnight's so (2100, recorded at 23:30).
    expect(seen).toEqual([2300, 2300, 2300, 2300, 2300, 2100, 2100, 2100]);
  });

  it("behavior: the feed states its delay, every asset is published", () => {
    const result = parsed({ hop: "1 h" });
    if ("problems" in result) throw new Error("no plan");
    const { feeds } = new Kernel(runSetting(result.plan), new Tape()).opened;
    expect(feeds.filter((feed) => feed.oracle === "slow").map((feed) => feed.delayMs)).toEqual([3_600_000, 3_600_000]);
  });

  it("error: duration-no-multiple, number-out-of-range, value-wrong", () => {
    expect(codes({ delay: "15 min" })).toEqual(["prices.slow.delay duration-no-multiple"]);
    expect(codes({ hop: "65 min" })).toEqual(["prices.slow.hop duration-no-multiple"]);
    expect(codes({ hop: "1 h", phase: "5 min" })).toEqual(["prices.slow.phase duration-no-multiple"]);
    expect(codes({ hop: "1 h", phase: "1 h" })).toEqual(["prices.slow.phase number-out-of-range"]);
    expect(codes({})).toEqual(["prices.slow.delay value-wrong"]);
    expect(codes({ delay: "1 h", hop: "1 h" })).toEqual(["prices.slow.delay value-wrong"]);
  });
});
