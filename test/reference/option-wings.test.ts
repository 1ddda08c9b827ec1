import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { blackPrice, blackScholes, impliedVolatility } from "../../engine/src/options/index.js";

// option-wings.json says how its 50 digits were made.
type Row = [boolean, number, number, number, number, number, number, ...string[]];
const table = JSON.parse(readFileSync(new URL("option-wings.json", import.meta.url), "utf8")) as { rows: Row[] };
const names = ["price", "delta", "gamma", "vega", "theta", "rho", "vanna", "volga", "charm"] as const;

describe("option wings against a 50-digit table", () => {
  it("behavior: the price keeps its digits down to 1e-300, the Greeks within max(1e-10 relative, 1e-14 of the forward)", () => {
    expect(table.rows.length).toBeGreaterThanOrEqual(200);
    const worst: Record<string, number> = {};
    let least = 1;
    for (const [isCall, spot, strike, years, volatility, rate, dividend, ...digits] of table.rows) {
      const ours = blackScholes(isCall, spot, strike, years, volatility, rate, dividend);
      const at = [isCall, strike, years, volatility];
      const deviations = Math.abs(Math.log(spot / strike) / (volatility * Math.sqrt(years)));
      names.forEach((name, index) => {
        const exact = Number(digits[index]);
        const off = Math.abs(ours[name] - exact);
        const relative = exact === 0 ? off : off / Math.abs(exact);
        if (name === "price") {
          least = Math.min(least, exact / spot);
          // Rounding of d1 costs its size squared in last places; in the money the intrinsic value's last places are lost to it; below the normal numbers all.
          const isIn = (isCall ? 1 : -1) * (Math.log(spot / strike) + (rate - dividend) * years) > 0;
          const digits16 = (30 + 4 * deviations ** 2) * 1.2e-16;
          if (exact > 1e-290)
            expect(off, `${at}`).toBeLessThan(digits16 * exact + (isIn ? 5e-16 * (spot + strike) : 0));
          if (exact > 1e-290 && !isIn) worst[name] = Math.max(worst[name] ?? 0, relative);
        }
        expect(off, `${name} of ${at}`).toBeLessThanOrEqual(Math.max(1e-10 * Math.abs(exact), 1e-14 * spot));
        if (name !== "price" && Math.abs(exact) > 1e-280) worst[name] = Math.max(worst[name] ?? 0, relative);
      });
    }
    expect(least).toBeLessThan(1e-280);
    if (process.env.SHOW) console.log(worst, least);
  });

  it("behavior: prices out of the money give the volatility back to 1e-12", () => {
    let count = 0;
    for (const [isCall, spot, strike, years, volatility, rate, dividend, price] of table.rows) {
      const forward = spot * Math.exp((rate - dividend) * years);
      const discount = Math.exp(-rate * years);
      const isOut = isCall ? strike >= forward : strike <= forward;
      const smaller = Math.min(forward, strike) * discount;
      if (!isOut || Number(price) < 1e-290 || Number(price) > 0.99 * smaller) continue;
      const implied = impliedVolatility(isCall, Number(price), forward, strike, years, discount);
      expect(Math.abs((implied as number) / volatility - 1), `${[isCall, strike, years, volatility]}`).toBeLessThan(
        1e-12,
      );
      expect(
        blackPrice(isCall, forward, strike, (implied as number) * Math.sqrt(years), discount) / Number(price),
      ).toBeCloseTo(1, 11);
      count++;
    }
    expect(count).toBeGreaterThan(60);
  });
});
