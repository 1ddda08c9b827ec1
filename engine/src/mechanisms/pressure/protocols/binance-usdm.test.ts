import { describe, expect, it } from "vitest";
import { deep, faultsOf, moves, play, thin } from "../perpetuals/exchange.fixture.js";

const binance = (more: Record<string, unknown> = {}) => ({
  protocol: "binance-usdm",
  tiers: [{ maintenance: "1%" }],
  insuranceFund: "100000 USD",
  ...more,
});
const longs = [
  ["a", 90, 2000, 9000],
  ["short", -200, 2000, 300000],
] as const;

describe("Binance USD-M, its rules switched one by one", () => {
  it("behavior: without the liquidation fee the fund ends smaller and the account richer", () => {
    const run = (fee: string) =>
      play({ levels: deep, exchange: binance({ fee }), rows: longs, small: { prices: moves("-4.2%") } });
    const [on, off] = [run("1.25%"), run("0%")];
    expect(on.closedOnMarket()).toBe(90);
    expect(on.fund).toBeGreaterThan(off.fund);
    expect(off.fund).toBe(100_000);
    expect(on.fund + on.rows.margin[0] / 1e6).toBeCloseTo(off.fund + off.rows.margin[0] / 1e6, 3);
  });

  it("behavior: without the fund's takeover, what the book does not take is deleveraged", () => {
    const run = (takeover: boolean) =>
      play({ levels: thin(20), exchange: binance({ takeover }), rows: longs, small: { prices: moves("-4.2%") } });
    const [on, off] = [run(true), run(false)];
    expect(on.takeovers).toBe(1);
    expect(on.deleveraged).toEqual([]);
    expect(off.takeovers).toBe(0);
    expect(off.deleveraged.reduce((sum, { coins }) => sum + coins, 0)).toBeCloseTo(70, 6);
    expect(on.sizes[0]).toBe(0);
    expect(off.sizes[1]).toBeGreaterThan(on.sizes[1]);
  });

  it("behavior: a fund that cannot carry the position at the mark leaves it to deleveraging", () => {
    const run = (insuranceFund: string) =>
      play({ levels: thin(20), exchange: binance({ insuranceFund }), rows: longs, small: { prices: moves("-10%") } });
    expect(run("100000 USD").deleveraged).toEqual([]);
    const poor = run("100 USD");
    expect(poor.takeovers).toBe(0);
    expect(poor.deleveraged.length).toBe(1);
    expect(poor.deleveraged[0].price).toBeCloseTo(1900, 6);
  });

  it("behavior: the faster the fund sells what it took over, the more reaches the market within the hour", () => {
    const run = (unwind: string) =>
      play({
        levels: { bids: [["-1%", "60 ETH"]], asks: [["1%", "60 ETH"]], refill: "30 /h" },
        exchange: binance({ unwind }),
        rows: longs,
        small: { prices: moves("-4.2%") },
      });
    expect(run("10 min").unwound).toBeGreaterThan(run("4 h").unwound);
    expect(run("4 h").unwound).toBeGreaterThan(0);
  });

  it("equality: exactly at the maintenance margin is liquidated, and not where the rule says below", () => {
    const left = (atEquality: boolean, margin: number) =>
      play({
        levels: deep,
        exchange: binance({ atEquality }),
        rows: [["one", 10, 2000, margin]],
        small: { prices: moves("0%") },
      }).sizes[0];
    expect([left(true, 200), left(true, 200.000001)]).toEqual([0, 10]);
    expect([left(false, 200), left(false, 199.999999)]).toEqual([10, 0]);
  });

  it("behavior: a market brings its tiers; a tier that counts from lower closes more", () => {
    const run = (more: Record<string, unknown>) =>
      play({
        levels: deep,
        exchange: { protocol: "binance-usdm", insuranceFund: "1000 USD", ...more },
        rows: [["a", 500, 2000, 20000]],
        small: { prices: moves("-0.5%") },
      });
    expect(run({ market: "eth-usdt" }).sizes).toEqual([500]);
    expect(run({ tiers: [{ maintenance: "0.4%" }, { from: "500000 USD", maintenance: "2%" }] }).sizes).toEqual([500]);
    expect(run({ tiers: [{ maintenance: "0.4%" }, { from: "50000 USD", maintenance: "2%" }] }).sizes).toEqual([0]);
  });

  it("behavior: who is deleveraged can be anybody's policy; none leaves the account open and under water", () => {
    const run = (deleveraging: string) =>
      play({
        levels: thin(1),
        exchange: binance({ insuranceFund: "0 USD", deleveraging }),
        rows: longs,
        small: { prices: moves("-10%") },
      });
    expect(run("binance").measures.deleveragedAccounts).toBeGreaterThan(0);
    const none = run("none");
    expect(none.measures.deleveragedAccounts).toBe(0);
    expect(none.underwaterUsd).toBeGreaterThan(0);
  });

  it("error: term-missing, tiers-order, fees and rates out of range, all at once", () => {
    const at = "pressure.exchange";
    expect(faultsOf({ protocol: "binance-usdm" })).toEqual([["term-missing", `${at}.tiers`]]);
    expect(
      faultsOf({
        protocol: "binance-usdm",
        tiers: [{ maintenance: "0%" }, { from: "0 USD", maintenance: "1%" }],
        instrument: "ETH/USD",
      }),
    ).toEqual([
      ["instrument-wrong", `${at}.instrument`],
      ["tiers-order", `${at}.tiers[1]`],
      ["rate-out-of-range", `${at}.tiers[0].maintenance`],
    ]);
    expect(faultsOf({ protocol: "binance-usdm", market: "eth-usdc" })).toHaveLength(1);
    expect(faultsOf({ protocol: "binance-usdm", market: "eth-usdt", fee: "150%" })).toHaveLength(1);
  });
});
