import { describe, expect, it } from "vitest";
import { Kernel, Tape } from "../../run/index.js";
import { parseScenario } from "../../scenario/parse.js";
import { runSetting } from "../../scenario/plan.js";
import { oneAccountFalls } from "../demonstrations.js";

const made = {
  source: "made for the test",
  asOf: "2024-01-01T00:00:00Z",
  coverage: "everything there is",
  coverageShare: 1,
  basis: "assumed",
};

/** Fair value at the end of ticks of ten minutes; nobody near liquidation, so the market stays there. */
const path = [2000, 2008, 2011, 2011, 2011, 2011, 2011, 2011, 2011, 1900, 1950, 1950];

function parsed(oracle: object) {
  const rows = path.map((price, tick) => [Date.UTC(2024, 0, 1) + (tick + 1) * 600_000, price]);
  const prices = { layer: "made", asset: "ETH", columns: ["time", "price USD"], rows };
  const scenario = oneAccountFalls({
    positions: { lender: { layer: "made", accounts: [{ account: "1", collateral: "100 ETH", debt: "1000 USD" }] } },
    clock: { tick: "10 min", duration: "2 h" },
    series: { day: { version: 1, kind: "series", name: "day", layers: { made }, tables: { prices } } },
    prices: {
      shock: { kind: "recorded", series: "day" },
      feed: { kind: "deviation-oracle", ...oracle },
      spot: { kind: "spot-oracle" },
    },
    pressure: { lender: { kind: "lending", oracle: "feed", threshold: { ETH: "85%" } } },
  });
  return parseScenario(scenario, () => ({ problems: [] }));
}

/** What the feed says after each tick, in dollars. */
function published(oracle: object): number[] {
  const result = parsed(oracle);
  if ("problems" in result) throw new Error(JSON.stringify(result.problems));
  const kernel = new Kernel(runSetting(result.plan), new Tape());
  kernel.run(1, 1);
  kernel.begin(1, 0);
  const feed = kernel.opened.feeds.findIndex((one) => one.oracle === "feed" && one.asset === 0);
  return path.map((_, tick) => {
    kernel.step(tick);
    return kernel.published(feed) / 1e8;
  });
}

describe("deviation-oracle", () => {
  it("default: a new answer where the price is further than the deviation from the last, or that is a heartbeat old", () => {
    // 0.5 % of 2,000 is 10: 2,008 is within, 2,011 beyond. An hour after minute 30 the answer is renewed; at minute 100 it falls by more.
    expect(published({ deviation: "0.5%", heartbeat: "1 h" })).toEqual([
      2000, 2000, 2011, 2011, 2011, 2011, 2011, 2011, 2011, 1900, 1950, 1950,
    ]);
  });

  it("behavior: within the deviation only the heartbeat renews the answer", () => {
    expect(published({ deviation: "50%", heartbeat: "50 min" })).toEqual([
      2000, 2000, 2000, 2000, 2011, 2011, 2011, 2011, 2011, 1900, 1900, 1900,
    ]);
  });

  it("behavior: with latency every answer arrives that much later, several on their way at once", () => {
    expect(published({ deviation: "0.5%", heartbeat: "1 h", latency: "20 min" })).toEqual([
      2000, 2000, 2000, 2000, 2011, 2011, 2011, 2011, 2011, 2011, 2011, 1900,
    ]);
  });

  it("limit: a move of exactly the deviation is no reason; without deviation every change is", () => {
    expect(published({ deviation: 11 / 2000, heartbeat: "1 day" })[2]).toBe(2000);
    expect(published({ deviation: 0, heartbeat: "1 day" })).toEqual(path);
  });

  it("error: duration-no-multiple", () => {
    const codes = (oracle: object) => {
      const result = parsed(oracle);
      return "problems" in result ? result.problems.map(({ code, path: at }) => `${at} ${code}`) : [];
    };
    expect(codes({ heartbeat: "15 min", latency: "1 min" })).toEqual([
      "prices.feed.heartbeat duration-no-multiple",
      "prices.feed.latency duration-no-multiple",
    ]);
  });
});
