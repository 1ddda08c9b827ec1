import { describe, expect, it } from "vitest";
import { deep, moves, play } from "./exchange.fixture.js";

/** A long of 90 coins bankrupt at 1,900 falls to 1,800 with an empty fund; five shorts stand against it. */
const crash = (deleveraging: string, more: Record<string, unknown> = {}, path = 0) =>
  play(
    {
      levels: deep,
      exchange: { insuranceFund: "0 USD", fee: "0%", deleveraging, ...more },
      rows: [
        ["long", 90, 2000, 9000],
        ["a-1x", -40, 2000, 80000],
        ["b-late", -40, 1880, 8000],
        ["c-5x", -40, 2000, 16000],
        ["d-early", -40, 2500, 70000],
        ["e-losing", -40, 1700, 40000],
      ],
      small: { prices: moves("-10%") },
    },
    path,
  );
const who = (run: ReturnType<typeof crash>) => run.deleveraged.map(({ account, coins }) => `${account} ${coins}`);

describe("deleveraging policies on one exchange", () => {
  it("behavior: profit x leverage (queue, bybit) closes who is most leveraged first", () => {
    // 0.1 x 3; 0.043 x 6.4; 0.28 x 0.73.
    expect(who(crash("queue"))).toEqual(["c-5x 40", "b-late 40", "d-early 10"]);
    expect(who(crash("bybit"))).toEqual(who(crash("queue")));
  });

  it("behavior: binance weighs profit on the wallet with the margin ratio, hyperliquid the entry with the account's value", () => {
    // Profit on the wallet x maintenance on the value: 0.4 x 0.064, 0.5 x 0.03, 0.4 x 0.007. Entry on the value: 6.7, 3.3, 1.02.
    expect(who(crash("binance"))).toEqual(["b-late 40", "c-5x 40", "d-early 10"]);
    expect(who(crash("hyperliquid"))).toEqual(["b-late 40", "c-5x 40", "d-early 10"]);
  });

  it("behavior: pro rata closes every winner alike, a cap leaves more to rest-of-market", () => {
    expect(who(crash("pro-rata"))).toEqual(["a-1x 22.5", "b-late 22.5", "c-5x 22.5", "d-early 22.5"]);
    const capped = crash("capped-pro-rata", { deleveragingCap: "30%" });
    expect(who(capped)).toEqual(["a-1x 12", "b-late 12", "c-5x 12", "d-early 12"]);
    expect(capped.measures.badDebtUsd).toBeGreaterThan(0);
    expect(crash("capped-pro-rata", { deleveragingCap: "100%" }).deleveraged).toEqual(crash("pro-rata").deleveraged);
  });

  it("behavior: dydx begins at a drawn place, whatever the profit, and goes on in turn", () => {
    const firsts = new Set<string>();
    for (let path = 0; path < 40; path++) {
      const accounts = crash("dydx", {}, path).deleveraged.map(({ account }) => account);
      firsts.add(accounts[0]);
      const order = ["a-1x", "b-late", "c-5x", "d-early", "e-losing"];
      const from = order.indexOf(accounts[0]);
      expect(accounts).toEqual(accounts.map((_, step) => order[(from + step) % order.length]));
    }
    expect(firsts.size).toBeGreaterThan(3);
    expect(crash("dydx", {}, 3).deleveraged).toEqual(crash("dydx", {}, 3).deleveraged);
  });

  it("behavior: none sells into the market and leaves bad debt", () => {
    const none = crash("none");
    expect(none.deleveraged).toEqual([]);
    expect(none.measures.badDebtUsd).toBeGreaterThan(9000);
  });
});

describe("one fund for both sides", () => {
  it("behavior: what a round's longs may cost the fund is not promised to its shorts as well", () => {
    // At 2,000 each of the two lacks 9,500 dollars: a fund of 10,000 pays for one of them.
    const both = play({
      levels: deep,
      exchange: { insuranceFund: "10000 USD", fee: "0%", deleveraging: "queue" },
      rows: [
        ["long", 100, 2100, 500],
        ["short", -100, 1900, 500],
        ["long-winner", 200, 1500, 100000],
      ],
      small: { prices: moves("0%") },
    });
    // What is left of it pays for a twentieth of the other; the rest is deleveraged, and nobody goes without.
    expect(both.fund).toBeLessThan(100);
    expect(both.deleveraged.map(({ account, price }) => `${account} ${price}`)).toEqual(["long-winner 1905"]);
    expect(both.deleveraged[0].coins).toBeCloseTo(95, 0);
    expect(both.measures.badDebtUsd).toBe(0);
  });
});
