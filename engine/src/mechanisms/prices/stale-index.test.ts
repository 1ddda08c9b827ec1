import { describe, expect, it } from "vitest";
import { type Watched, watch } from "../../../../test/support/watched-cascade.js";
import { exp } from "../../math/index.js";
import { stepsPerUsd } from "../../rules/account-value.js";
import { tapeKinds } from "../../run/index.js";
import { parseScenario } from "../../scenario/parse.js";
import { oneAccountFalls, type SmallVariant } from "../demonstrations.js";

const fall = { kind: "line", moves: { ETH: "-20%" }, over: "5 min" };
const quiet: SmallVariant = { positions: { lender: { layer: "made", accounts: [] } }, pressure: {} };

function published(entry: object, more: SmallVariant = {}): { readonly watched: Watched; readonly prices: number[] } {
  const watched = watch({
    ...quiet,
    ...more,
    prices: { shock: fall, index: { kind: "stale-index", asset: "ETH", ...entry } },
  });
  const feed = watched.kernel.opened.feeds.findIndex((one) => one.oracle === "index" && one.asset === 0);
  const prices: number[] = [];
  for (const row of watched.rows) {
    if (row.kind !== tapeKinds.publish || row.a !== feed) continue;
    prices[row.tick] = row.x / stepsPerUsd;
  }
  return { watched, prices };
}

describe("stale index", () => {
  it("default: after a step the index closes a share 1 - exp(-tick / staleness) of the gap in each tick", () => {
    const { prices } = published({ staleness: "20 min" });
    // From 2,000 to 1,600 USD in the first tick of 5 minutes; the book follows fair value.
    for (let tick = 0; tick < 24; tick++)
      expect(prices[tick], `tick ${tick}`).toBeCloseTo(1600 + 400 * exp(-(tick + 1) / 4), 6);
  });

  it("behavior: what has not opened stands at the opening price and opens evenly", () => {
    const { prices } = published({ staleness: "0 ms", unopened: "40%", opens: "1 h" });
    // Twelve ticks of 5 minutes: a twelfth of the 40 % opens in each, at 1,600 instead of 2,000 USD.
    for (let tick = 0; tick < 12; tick++)
      expect(prices[tick], `tick ${tick}`).toBeCloseTo(1600 + 400 * 0.4 * (1 - (tick + 1) / 12), 6);
    expect(prices[12]).toBeUndefined();
  });

  it("behavior: constituents that open trade at the price of that moment, and then grow old like the others", () => {
    const { prices } = published({ staleness: "20 min", unopened: "40%", opens: "1 h" });
    const onlyOld = published({ staleness: "20 min" }).prices;
    for (let tick = 0; tick < 24; tick++) {
      expect(prices[tick]).toBeGreaterThan(1600);
      expect(prices[tick]).toBeLessThan(2000);
    }
    expect(prices[0]).toBeGreaterThan(onlyOld[0]);
    expect(prices[23]).toBeLessThan(1601.5);
  });

  it("limit: without age and with everything open it is the spot oracle, to the bit", () => {
    const index = { kind: "stale-index", staleness: "0 ms" };
    const spot = { kind: "spot-oracle" };
    const path = { kind: "line", moves: { ETH: "-30%" }, over: "1 h" };
    const lender = { kind: "lending", oracle: "index", threshold: { ETH: "85%" }, bonus: { ETH: "5%" } };
    const run = (one: object) => watch({ prices: { shock: path, spot, index: one }, pressure: { lender } }).hash;
    expect(run(index)).toBe(run(spot));
  });

  it("behavior: a second path begins at the opening price again", () => {
    const { watched } = published({ staleness: "20 min", unopened: "40%", opens: "1 h" });
    expect(watched.kernel.run(1, 0).tapeHash).toBe(watched.hash);
  });

  it("behavior: other assets are published as they stand", () => {
    const { watched } = published({ staleness: "20 min" });
    const usd = watched.kernel.opened.feeds.findIndex((one) => one.oracle === "index" && one.asset === 1);
    expect(watched.kernel.published(usd)).toBe(stepsPerUsd);
    expect(watched.kernel.opened.feeds[usd].delayMs).toBe(0);
    expect(watched.kernel.opened.feeds[usd - 1].delayMs).toBe(1_200_000);
  });

  it("error: `unopened` and `opens` belong together, and the asset must exist", () => {
    const problems = (entry: object) =>
      parseScenario(
        oneAccountFalls({ prices: { index: { kind: "stale-index", staleness: "1 min", ...entry } } }),
        () => ({ problems: [] }),
      );
    expect(problems({ unopened: "20%" })).toMatchObject({
      problems: [{ code: "value-missing", path: "prices.index.opens" }],
    });
    expect(problems({ opens: "1 h" })).toMatchObject({
      problems: [{ code: "value-missing", path: "prices.index.unopened" }],
    });
    expect(problems({ asset: "ETX" })).toMatchObject({
      problems: [{ code: "unknown-asset", path: "prices.index.asset" }],
    });
    expect(problems({ staleness: "-1 min" })).toMatchObject({ problems: [{ code: "number-out-of-range" }] });
  });
});
