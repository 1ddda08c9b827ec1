import { describe, expect, it } from "vitest";
import { deep, faultsOf, moves, play, thin } from "../perpetuals/exchange.fixture.js";

const venue = (more: Record<string, unknown> = {}) => ({
  protocol: "hyperliquid",
  tiers: [{ maxLeverage: 25 }],
  ...more,
});
/** 200,000 USD at 2,000 with 8,400 of margin: maintenance is 2 %; liquidatable from -2.3 %, the vault's from about -2.9 %. */
const large = [
  ["large", 100, 2000, 8400],
  ["short", -300, 2000, 400000],
] as const;
const falls = (
  share: string,
  more: Record<string, unknown> = {},
  levels: typeof deep = deep,
  rows: readonly (readonly (string | number)[])[] = large,
) =>
  play({
    levels,
    exchange: venue(more),
    rows,
    small: { prices: moves(share), clock: { tick: "10 s", duration: "10 min" } },
  });

describe("Hyperliquid, its rules switched one by one", () => {
  it("behavior: a fifth of a large position goes first; switched off, or for a small one, all of it at once", () => {
    const on = falls("-2.4%");
    const off = falls("-2.4%", { partialShare: "100%" });
    const first = (run: ReturnType<typeof falls>) =>
      Math.max(...Array.from({ length: 60 }, (_, tick) => run.closedOnMarket(tick)));
    expect(first(on)).toBe(20);
    expect(first(off)).toBe(100);
    expect(first(falls("-2.4%", { partialAbove: "1000000 USD" }))).toBe(100);
    expect(on.closedOnMarket()).toBeLessThan(off.closedOnMarket());
  });

  it("behavior: during the cooldown the whole is ordered, or nothing, and it ends", () => {
    const way = (more: Record<string, unknown>) => falls("-2.9%", more).closedOnMarket();
    const nothing = way({ duringCooldown: "nothing", cooldown: "1 h" });
    expect(nothing).toBe(20);
    expect(way({ duringCooldown: "nothing", cooldown: "30 s" })).toBeGreaterThan(nothing);
    expect(way({ duringCooldown: "entire-position" })).toBeGreaterThan(nothing);
  });

  it("behavior: below two thirds of the maintenance margin the vault takes everything; without it the book does", () => {
    const on = falls("-3%", {}, thin(1));
    const off = falls("-3%", { backstopShare: 0 }, thin(1));
    expect(on.takeovers).toBe(1);
    expect(on.rows.margin[0]).toBe(0);
    expect(on.sizes[0]).toBe(0);
    expect(off.takeovers).toBe(0);
    expect(off.sizes[0]).toBeGreaterThan(90);
  });

  it("behavior: the vault sells what it took, evenly; one without cash does not sell into a loss", () => {
    const sold = (more: Record<string, unknown>) =>
      play({
        levels: { bids: [["-5%", "60 ETH"]], asks: [["5%", "60 ETH"]], refill: "0 /h" },
        exchange: venue(more),
        rows: [["large", 100, 2000, 8400]],
        small: { prices: moves("-3.2%", "10 s"), clock: { tick: "10 s", duration: "10 min" } },
      }).unwound;
    expect(sold({ unwind: "1 min" })).toBeGreaterThan(sold({ unwind: "1 h" }));
    expect(sold({ unwind: "1 h" })).toBeGreaterThan(0);
    expect(sold({ unwind: "1 min", vault: "0 USD" })).toBeLessThan(sold({ unwind: "1 min" }));
  });

  it("behavior: below nothing the other side is closed at the mark before the jump, so that nobody is left with a debt", () => {
    const jump = (deleveraging: string) =>
      play({
        levels: thin(1),
        exchange: venue({ deleveraging }),
        rows: large,
        small: { prices: moves("-8%"), clock: { tick: "5 min", duration: "1 h" } },
      });
    const on = jump("hyperliquid");
    expect(on.measures.deleveragedAccounts).toBe(1);
    expect(on.sizes[0]).toBe(0);
    expect(on.measures.badDebtUsd).toBe(0);
    const off = jump("none");
    expect(off.measures.deleveragedAccounts).toBe(0);
    expect(off.underwaterUsd).toBeGreaterThan(0);
  });

  it("equality: exactly at the maintenance margin is safe", () => {
    const left = (atEquality: boolean, margin: number) =>
      play({
        levels: deep,
        exchange: venue({ atEquality }),
        rows: [["one", 10, 2000, margin]],
        small: { prices: moves("0%") },
      }).sizes[0];
    expect([left(false, 400), left(false, 399.999999)]).toEqual([10, 0]);
    expect([left(true, 400), left(true, 400.000001)]).toEqual([0, 10]);
  });

  it("behavior: a market brings its tiers: 25x and, from 100 million, 15x", () => {
    const market = (size: number, margin: number) =>
      play({
        levels: deep,
        exchange: { protocol: "hyperliquid", market: "eth" },
        rows: [["one", size, 2000, margin]],
        small: { prices: moves("0%") },
      }).sizes[0];
    // 2 % of 90 million is 1.8 million; of 200 million in two tiers 5.33 million.
    expect(market(45_000, 1_800_001)).toBe(45_000);
    expect(market(100_000, 4_000_001)).toBeLessThan(100_000);
  });

  it("error: term-missing, leverage-not-whole, tiers-overlap, rate-falls, shares out of range", () => {
    const at = "pressure.exchange";
    const of = (more: Record<string, unknown>) => faultsOf({ protocol: "hyperliquid", ...more });
    expect(of({})).toEqual([["term-missing", `${at}.tiers`]]);
    expect(of({ tiers: [{ maxLeverage: 12.5 }] })).toEqual([["leverage-not-whole", `${at}.tiers[0].maxLeverage`]]);
    expect(of({ tiers: [{ maxLeverage: 10 }, { from: "1000 USD", maxLeverage: 20 }], instrument: "ETH/USD" })).toEqual([
      ["instrument-wrong", `${at}.instrument`],
      ["tiers-order", `${at}.tiers[1]`],
    ]);
    expect(of({ market: "eth", partialShare: "0%" })).toHaveLength(1);
    expect(of({ market: "eth", backstopShare: 1.2 })).toHaveLength(1);
    expect(of({ market: "eth", insuranceFund: "1 USD" })).toHaveLength(1);
    // An empty table is not the market's own, and six primes near 1,000 have no common multiple that Float64 holds.
    expect(of({ market: "eth", tiers: [] }).map(([, path]) => path)).toEqual([`${at}.tiers`]);
    const primes = [997, 991, 983, 977, 971, 967].map((maxLeverage, tier) => ({ from: `${tier} USD`, maxLeverage }));
    expect(of({ tiers: primes })).toEqual([["leverages-too-different", `${at}.tiers`]]);
  });
});
