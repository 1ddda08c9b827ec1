import { describe, expect, it } from "vitest";
import { perpetualBreaches } from "../../../rules/perpetual.js";
import { deep, faultsOf, moves, play, thin } from "../perpetuals/exchange.fixture.js";

const chain = (more: Record<string, unknown> = {}) => ({
  protocol: "dydx-v4",
  initialMargin: "5%",
  maintenanceFraction: "60%",
  insuranceFund: "10000 USD",
  blockTime: "10 s",
  ...more,
});
/** 200,000 USD at 2,000 with 8,000 of margin: maintenance is 3 %; liquidatable from about -1.03 %, worth nothing at -4 %. */
const large = [
  ["large", 100, 2000, 8000],
  ["short", -300, 2000, 400000],
] as const;
const falls = (share: string, more: Record<string, unknown> = {}, levels: typeof deep = deep) =>
  play({
    levels,
    exchange: chain(more),
    rows: large,
    small: { prices: moves(share, "10 s"), clock: { tick: "10 s", duration: "10 min" } },
  });

describe("dYdX v4, its rules switched one by one", () => {
  it("behavior: a block closes a tenth of a position; switched off, all of it at once", () => {
    const on = falls("-1.5%");
    const off = falls("-1.5%", { maxPositionPortion: "100%", maxNotional: "1000000 USD" });
    expect(on.closedOnMarket(0)).toBeCloseTo(10, 5);
    expect(off.closedOnMarket(0)).toBe(100);
    expect(on.closedOnMarket()).toBeLessThan(off.closedOnMarket());
  });

  it("behavior: the limit per account in dollars, and the least of a position that may always be closed", () => {
    expect(falls("-1.5%", { maxNotional: "5000 USD" }).closedOnMarket(0)).toBeLessThan(
      falls("-1.5%").closedOnMarket(0),
    );
    expect(falls("-1.5%", { minPositionNotional: "60000 USD" }).closedOnMarket(0)).toBeGreaterThan(
      falls("-1.5%").closedOnMarket(0),
    );
  });

  it("behavior: a tick holds as many attempts as blocks", () => {
    const first = (blockTime: string) => falls("-3.5%", { blockTime }).closedOnMarket(0);
    expect(first("10 s")).toBeLessThan(first("2 s"));
    expect(first("20 s")).toBe(0);
  });

  it("behavior: closes come in steps", () => {
    const part = falls("-1.5%", { step: 3 }).closedOnMarket(0);
    expect(part % 3).toBeCloseTo(0, 6);
    expect(part).toBeGreaterThan(0);
  });

  it("behavior: the order goes no further than the fillable price: a narrower spread sells less into a thin book", () => {
    const book = { bids: [["-4%", "40 ETH"]], asks: [["4%", "40 ETH"]], refill: "0 /h" };
    const wide = falls("-1.5%", { maxPositionPortion: "100%", maxNotional: "1000000 USD" }, book);
    const narrow = falls("-1.5%", { maxPositionPortion: "100%", maxNotional: "1000000 USD", spreadRatio: 0.1 }, book);
    expect(narrow.closedOnMarket(0)).toBeLessThan(wide.closedOnMarket(0));
    const adjusted = falls(
      "-1.5%",
      { maxPositionPortion: "100%", maxNotional: "1000000 USD", spreadRatio: 0.1, bankruptcyAdjustment: 3 },
      book,
    );
    expect(adjusted.closedOnMarket(0)).toBeGreaterThan(narrow.closedOnMarket(0));
  });

  it("behavior: a close better than the bankruptcy price pays the fund at most the fee", () => {
    const [on, off] = [falls("-1.5%"), falls("-1.5%", { maxFee: "0.01%" })];
    expect(on.fund).toBeGreaterThan(off.fund);
    expect(off.fund).toBeGreaterThan(10_000);
  });

  it("behavior: the fund pays all of a gap within its balance and its limit per block, or nothing, and then the account is deleveraged", () => {
    const rich = falls("-5%");
    expect(rich.measures.insurancePaidUsd).toBeGreaterThan(0);
    expect(rich.deleveraged).toEqual([]);
    const limited = falls("-5%", { maxInsurance: "0.01 USD" });
    expect(limited.measures.insurancePaidUsd).toBeLessThan(rich.measures.insurancePaidUsd);
    expect(limited.deleveraged.length).toBe(1);
    // Closed whole at the bankruptcy price: entry 2,000 less 80 a coin.
    expect(limited.deleveraged[0]).toEqual({ account: "short", coins: 100, price: 1920 });
    const none = falls("-5%", { insuranceFund: "0 USD", deleveraging: "none" });
    expect(none.measures.deleveragedAccounts).toBe(0);
    expect(none.underwaterUsd).toBeGreaterThan(0);
  });

  it("behavior: depth that is gone does not deleverage who is worth something", () => {
    const waits = falls("-2%", {}, thin(1));
    expect(waits.deleveraged).toEqual([]);
    expect(waits.sizes[0]).toBeGreaterThan(90);
  });

  it("equality: exactly at the maintenance margin is safe, one millionth of a dollar below is not", () => {
    const { rule } = falls("0%").rows;
    // 10 coins at 2,000: 3 % of 20,000 is 600.
    const breaches = (margin: number) => perpetualBreaches(rule, 10e7, 20_000e6, margin, 2000e8);
    expect(breaches(600e6)).toBe(false);
    expect(breaches(600e6 - 1)).toBe(true);
  });

  it("behavior: a market brings margins and step", () => {
    const left = (margin: number) =>
      play({
        levels: deep,
        exchange: { protocol: "dydx-v4", market: "eth-usd" },
        rows: [["one", 10, 2000, margin]],
        small: { prices: moves("0%") },
      }).sizes[0];
    expect(left(600)).toBe(10);
    expect(left(599)).toBeLessThan(10);
    expect(Math.round(left(599) * 1e7) % 1e4).toBe(0);
  });

  it("error: term-missing, spread-zero, limits of nothing, instruments that are none", () => {
    const at = "pressure.exchange";
    const of = (more: Record<string, unknown>) => faultsOf({ protocol: "dydx-v4", ...more });
    expect(of({ instrument: "ETH/USD", maxNotional: "0 USD" })).toEqual([
      ["instrument-wrong", `${at}.instrument`],
      ["term-missing", `${at}.initialMargin`],
      ["term-missing", `${at}.maintenanceFraction`],
      ["max-notional-zero", `${at}.maxNotional`],
    ]);
    expect(of({ market: "eth-usd", spreadRatio: 0, maxNotional: "0 USD", maxInsurance: "0 USD" })).toEqual([
      ["spread-zero", `${at}.spreadRatio`],
      ["max-notional-zero", `${at}.maxNotional`],
      ["max-insurance-zero", `${at}.maxInsurance`],
    ]);
    expect(of({ market: "eth-usd", bankruptcyAdjustment: 0.5 })).toHaveLength(1);
    expect(of({ market: "eth-usd", initialMargin: "0%" })).toHaveLength(1);
  });
});
