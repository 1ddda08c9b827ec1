import { describe, expect, it } from "vitest";
import { runHash, runPaths } from "../study/paths.js";
import { openMarket } from "../study/plan-market.js";
import { findings } from "./findings.js";
import { horizonGains } from "./gains.js";
import { recordedWindow, withPressure } from "./measured-owners.js";
import { threeBorrowers } from "./plans.fixture.js";
import { recordGaps } from "./record-gaps.js";

describe("findings", () => {
  const plan = threeBorrowers();
  const found = findings(plan, { seed: 1, paths: 1 });

  it("default: about the asset that is forced, with everything a report shows", () => {
    expect(found.symbol).toBe("ETH");
    expect(found.sentence.move).toBe(-0.2);
    expect(found.table).toHaveLength(8);
    expect(found.opening).toEqual({ accounts: 0, coins: 0, usd: 0 });
    expect(found.top.map((one) => one.description.account)).toEqual(["bold", "reckless"]);
    expect(found.top.reduce((sum, one) => sum + one.share, 0)).toBeCloseTo(1, 12);
  });

  it("behavior: the loop is the scenario's own path, and its hash is that of a run", () => {
    expect(found.loop.tapeHash).toBe(runHash(runPaths(plan, 1, 0, 1)));
    expect(found.loop.aloneUsd[found.loop.aloneUsd.length - 1]).toBeCloseTo(1600, 6);
    const sold = found.loop.seized[0].coins.reduce((sum, coins) => sum + coins, 0);
    expect(sold).toBe(1300);
    // Forced sales only push down.
    found.loop.marketUsd.forEach((price, tick) => {
      expect(price).toBeLessThanOrEqual(found.loop.aloneUsd[tick] * (1 + 1e-6));
    });
  });

  it("behavior: drivers come by how much hangs on them; what changes nothing spans nothing", () => {
    const spans = found.tornado.drivers.map((driver) => driver.soldSpan);
    expect(spans).toEqual([...spans].sort((a, b) => b - a));
    expect(found.tornado.drivers.find((driver) => driver.name === "refill")).toMatchObject({
      soldSpan: 0,
      gainSpan: 0,
    });
    expect(found.tornado.drivers.find((driver) => driver.name === "depth")?.gainSpan).toBeGreaterThan(0);
  });

  it("behavior: below half coverage nothing is supported, whatever the gain", () => {
    const thin = findings(threeBorrowers({ coverageShare: 0.4 }), { seed: 1, paths: 1 });
    expect(thin.verdict.answer).toBe("not supported");
    expect(thin.verdict.reasons[0]).toContain("40 %");
    const unknown = findings(threeBorrowers({ coverageShare: null }), { seed: 1, paths: 1 });
    expect(unknown.verdict.reasons[0]).toContain("unknown");
  });

  it("behavior: with all covered, ends that disagree about gain < 1 leave it undetermined and are named", () => {
    const disagree = found.table.some((row) => row.gain.low < 1 && row.gain.high >= 1);
    const feeds = found.table.some((row) => row.gain.low >= 1);
    expect(found.verdict.answer).toBe(feeds ? "not supported" : disagree ? "undetermined" : "supported");
    const calm = threeBorrowers({ accounts: [{ account: "careful", collateral: "40 ETH", debt: "50000 USDC" }] });
    expect(findings(calm, { seed: 1, paths: 1 }).verdict.answer).toBe("supported");
  });
});

describe("gains by horizon", () => {
  it("behavior: a price that comes an hour late makes the ten-minute gain exactly 0, and it says why", () => {
    const late = threeBorrowers({
      prices: {
        shock: { kind: "line", moves: { ETH: "-20%" }, over: "1 h", gas: "0 gwei" },
        spot: { kind: "delayed-oracle", hop: "1 h" },
      },
    });
    const gains = horizonGains(
      openMarket(late),
      late.book.assets.findIndex((asset) => asset.symbol === "ETH"),
    );
    expect(gains.map((gain) => gain.horizonMs)).toEqual([12_000, 600_000, 3_600_000, 86_400_000]);
    const [, tenMinutes, hour] = gains;
    expect(tenMinutes).toMatchObject({ atSpot: 0, largest: 0, reacting: 0 });
    expect(tenMinutes.tooSlow).toEqual([{ mechanism: "lender", reactionMs: 3_600_000 }]);
    expect(hour.largest).toBeGreaterThan(0);
  });
});

describe("records", () => {
  it("behavior: a plan without events has no window to replay", () => {
    expect(recordedWindow(threeBorrowers())).toBeNull();
  });

  it("behavior: added pressure stands among the pressures by name", () => {
    const added = withPressure(threeBorrowers(), { part: "pressure", kind: "owners", name: "a first", params: {} });
    expect(added.mechanisms.map((one) => one.name)).toEqual(["shock", "spot", "market", "a first", "lender"]);
  });

  it("behavior: a pool's record on another clock than the prices is found, with the shift that mends it", () => {
    const hourMs = 3_600_000;
    const price = (hour: number) => 2000 + 300 * Math.sin(hour);
    const plan = threeBorrowers();
    const hours = Array.from({ length: 24 }, (_, hour) => hour);
    const times = Float64Array.from(hours, (hour) => plan.book.atMs + hour * hourMs);
    const numbers = (name: string, values: Float64Array) =>
      ({ kind: "number", name, asset: "", unitDecimals: -1, values }) as const;
    const about = {
      layer: "made",
      asset: null,
      venue: null,
      protocol: null,
      intervalMs: hourMs,
      rowCount: 24,
    } as const;
    const shifted = (by: number) => ({
      ...plan,
      mechanisms: [
        { part: "liquidity", kind: "recorded-reserves", name: "market", params: { venue: "market" } } as const,
      ],
      series: {
        day: {
          name: "day",
          unitDecimals: {},
          layers: {},
          tables: [
            {
              ...about,
              id: "candles",
              kind: "candles",
              asset: "ETH",
              columns: [numbers("startMs", times), numbers("openUsd", Float64Array.from(hours, price))],
            } as const,
            {
              ...about,
              id: "reserves",
              kind: "reserves",
              venue: "market",
              columns: [
                numbers("startMs", times),
                numbers(
                  "base",
                  Float64Array.from(hours, () => 1000 * 1e7),
                ),
                numbers(
                  "quote",
                  Float64Array.from(hours, (hour) => Math.floor(1000 * price(hour + by) * 1e6)),
                ),
              ],
            } as const,
          ],
        },
      },
    });
    expect(recordGaps(shifted(0))).toEqual([]);
    const [gap] = recordGaps(shifted(3));
    expect(gap).toMatchObject({ pool: "market", bestShiftMs: 3 * hourMs });
    expect(gap.bestGap).toBeLessThan(0.001);
    expect(gap.gap).toBeGreaterThan(0.1);
  });
});
