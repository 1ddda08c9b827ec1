import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  contractName,
  expiryKind,
  expiryOn,
  inversePayoff,
  nextExpiry,
  parseContract,
  settlementPrice,
  yearsUntil,
} from "./expiry.js";

const utc = (year: number, month: number, day: number) => Date.UTC(year, month - 1, day, 8);

describe("expiry", () => {
  it("default: ETH-26JAN24-2300-C is a call of 2,300 that expires on 26 January 2024 at 08:00 UTC", () => {
    const contract = { underlying: "ETH", expiryMs: utc(2024, 1, 26), strike: 2300, isCall: true };
    expect(parseContract("ETH-26JAN24-2300-C")).toEqual(contract);
    expect(contractName(contract)).toBe("ETH-26JAN24-2300-C");
    expect(parseContract("BTC-5APR24-65000-P")).toMatchObject({
      strike: 65000,
      isCall: false,
      expiryMs: utc(2024, 4, 5),
    });
    expect(parseContract("XRP_USDC-28JUN24-0d625-C")).toMatchObject({ underlying: "XRP_USDC", strike: 0.625 });
  });

  it("behavior: every contract's name reads back (property)", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10_957, max: 47_000 }),
        fc.integer({ min: 1, max: 1e7 }),
        fc.boolean(),
        (days, cents, isCall) => {
          const contract = { underlying: "ETH", expiryMs: days * 86_400_000 + 28_800_000, strike: cents / 100, isCall };
          expect(parseContract(contractName(contract))).toEqual(contract);
        },
      ),
      { seed: 4, numRuns: 500 },
    );
  });

  it("behavior: kinds follow the calendar, beside JavaScript's own over 40 years", () => {
    const wrong: string[] = [];
    for (let ms = utc(2000, 1, 1); ms < utc(2040, 1, 1); ms += 86_400_000) {
      const date = new Date(ms);
      const isLast = new Date(ms + 7 * 86_400_000).getUTCMonth() !== date.getUTCMonth();
      const quarter = [2, 5, 8, 11].includes(date.getUTCMonth());
      const kind = date.getUTCDay() !== 5 ? "daily" : !isLast ? "weekly" : quarter ? "quarterly" : "monthly";
      const on = expiryOn(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate());
      if (expiryKind(ms) !== kind || on !== ms) wrong.push(date.toISOString());
    }
    expect(wrong).toEqual([]);
  });

  it("error: a moment that is none has no next expiry, and nobody looks for it without end", () => {
    for (const at of [Number.NaN, Number.POSITIVE_INFINITY, 1e300])
      expect(() => nextExpiry(at, "monthly")).toThrow("is a moment in milliseconds since 1970");
  });

  it("default: after 8 January 2024, 11:19 UTC: the next day, Friday 12, Friday 26, 29 March", () => {
    const at = Date.UTC(2024, 0, 8, 11, 19);
    expect(nextExpiry(at)).toBe(utc(2024, 1, 9));
    expect(nextExpiry(at, "weekly")).toBe(utc(2024, 1, 12));
    expect(nextExpiry(at, "monthly")).toBe(utc(2024, 1, 26));
    expect(nextExpiry(at, "quarterly")).toBe(utc(2024, 3, 29));
    expect(nextExpiry(utc(2024, 1, 9))).toBe(utc(2024, 1, 10));
    expect(yearsUntil(utc(2025, 1, 8), utc(2024, 1, 9))).toBe(1);
  });

  it("error: names that are none say why", () => {
    expect(parseContract("ETH-26JAN24-2300")).toEqual({ fault: "name-malformed" });
    expect(parseContract("eth-26jan24-2300-c")).toEqual({ fault: "name-malformed" });
    expect(parseContract("ETH-26JAM24-2300-C")).toEqual({ fault: "month-unknown" });
    expect(parseContract("ETH-30FEB24-2300-C")).toEqual({ fault: "day-not-in-calendar" });
    expect(parseContract("ETH-0JAN24-2300-C")).toEqual({ fault: "day-not-in-calendar" });
    expect(parseContract("ETH-26JAN24-0-C")).toEqual({ fault: "strike-not-positive" });
    expect(() => contractName({ underlying: "ETH", expiryMs: 1, strike: 1, isCall: true })).toThrow("no expiry");
  });
});

describe("settlement", () => {
  const expiry = utc(2024, 1, 26);
  const minute = 60_000;

  it("default: the mean of equal steps over the last 30 minutes; what lies before and after does not count", () => {
    const times = Float64Array.from({ length: 61 }, (_, row) => expiry + (row - 45) * minute);
    const index = times.map((time) =>
      time < expiry - 30 * minute || time >= expiry ? 9999 : 2300 + (time - expiry) / minute,
    );
    // 2300 minus the mean of 1 to 30.
    expect(settlementPrice(times, index, expiry)).toBeCloseTo(2300 - 15.5, 9);
  });

  it("behavior: a sample holds until the next", () => {
    const times = Float64Array.of(expiry - 40 * minute, expiry - 10 * minute, expiry + minute);
    expect(settlementPrice(times, Float64Array.of(2000, 2600, 1), expiry)).toBeCloseTo(2200, 9);
  });

  it("limit: in the coin, a call pays less than one coin and a put without bound", () => {
    expect(inversePayoff(true, 2300, 2500)).toBeCloseTo(0.08, 15);
    expect(inversePayoff(false, 2300, 2500)).toBe(0);
    expect(inversePayoff(false, 2300, 230)).toBeCloseTo(9, 14);
    expect(inversePayoff(true, 1, 1e12)).toBeLessThan(1);
    expect(inversePayoff(true, 2300, 2300)).toBe(0);
  });

  it("error: times that fall, prices that are none, samples that do not reach the window", () => {
    const times = Float64Array.of(expiry - 40 * minute, expiry - 10 * minute);
    expect(settlementPrice(times.slice().reverse(), Float64Array.of(1, 2), expiry)).toEqual({
      fault: "times-not-rising",
    });
    expect(settlementPrice(times, Float64Array.of(1, 0), expiry)).toEqual({ fault: "index-not-positive" });
    expect(settlementPrice(times, Float64Array.of(1, Number.NaN), expiry)).toEqual({ fault: "index-not-positive" });
    expect(settlementPrice(times.slice(1), Float64Array.of(1), expiry)).toEqual({ fault: "window-not-covered" });
    expect(settlementPrice(times.slice(0, 1), Float64Array.of(1), expiry)).toEqual({ fault: "window-not-covered" });
    expect(settlementPrice(new Float64Array(0), new Float64Array(0), expiry)).toEqual({ fault: "window-not-covered" });
    expect(() => settlementPrice(times, Float64Array.of(1), expiry)).toThrow("2 times and 1 index prices");
    expect(() => inversePayoff(true, 0, 1)).toThrow("positive");
  });
});
