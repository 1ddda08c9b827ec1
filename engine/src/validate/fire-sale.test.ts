import { describe, expect, it } from "vitest";
import { exp } from "../math/index.js";
import { fireSale, fireSaleCases, forcedSale } from "./fire-sale.js";

const bank = { illiquidUnits: 10, liquid: 0.5, liabilities: 9.85, capitalRatio: 0.07 };

describe("fire sale", () => {
  it("default", () => {
    for (const one of fireSaleCases()) expect(one, one.id).toMatchObject({ pass: true });
  });

  it("behavior: scanning prices from the top finds the same first clearing price", () => {
    for (const alpha of [0.001, 0.005, 0.007, 0.01]) {
      let price = 1;
      while (exp(-alpha * forcedSale(bank, price)) < price) price -= 1e-6;
      expect(Math.abs(fireSale(bank, alpha).price - price), `alpha ${alpha}`).toBeLessThan(2e-6);
    }
  });

  it("behavior: after its sale the bank meets its capital rule, unless it has nothing left", () => {
    const { price, soldUnits } = fireSale(bank, 0.005);
    const capital = price * 10 + 0.5 - 9.85;
    expect(capital / (price * (10 - soldUnits))).toBeCloseTo(0.07, 10);
    expect(fireSale(bank, 0.01).soldUnits).toBe(10);
  });

  it("limit: a book that does not move leaves the price alone; a bank with capital to spare sells nothing", () => {
    expect(fireSale(bank, 0)).toEqual({ price: 1, soldUnits: forcedSale(bank, 1) });
    expect(fireSale({ ...bank, liquid: 5 }, 0.01)).toEqual({ price: 1, soldUnits: 0 });
  });
});
