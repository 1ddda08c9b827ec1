import { describe, expect, it } from "vitest";
import {
  inverseBankruptcyPrice,
  inverseLiquidationPrice,
  linearBankruptcyPrice,
  linearLiquidationPrice,
  perpetualPriceCases,
} from "./perpetual-prices.js";
import { bisectRoot } from "./root.js";

describe("perpetual prices", () => {
  it("default", () => {
    for (const one of perpetualPriceCases()) expect(one, one.id).toMatchObject({ pass: true });
  });

  it("behavior: an inverse long's account in coin is empty at one price and at maintenance at the other", () => {
    // One dollar of contract: margin 1 / (L e) coins, profit 1 / e - 1 / p coins, maintenance mmr / p coins.
    const equity = (price: number) => 1 / (10 * 50_000) + 1 / 50_000 - 1 / price;
    expect(bisectRoot(equity, 1, 50_000)).toBeCloseTo(inverseBankruptcyPrice(50_000, 10), 8);
    const atMaintenance = (price: number) => equity(price) - 0.005 / price;
    expect(bisectRoot(atMaintenance, 1, 50_000)).toBeCloseTo(inverseLiquidationPrice(50_000, 10, 0.005), 8);
  });

  it("behavior: a linear account is empty at one price and at maintenance at the other, both sides", () => {
    for (const side of [1, -1] as const)
      for (const leverage of [1.5, 9.5, 25]) {
        const equity = (price: number) => 1 / leverage + side * (price - 1);
        expect(equity(linearBankruptcyPrice(1, leverage, side))).toBeCloseTo(0, 14);
        const liquidation = linearLiquidationPrice(1, leverage, 0.01, side);
        expect(equity(liquidation)).toBeCloseTo(0.01 * liquidation, 14);
      }
  });

  it("behavior: the five accounts of the deleveraging paper, from their bankruptcy prices and a maintenance of 10 %", () => {
    // The paper prints 1.0010 for the last one; its own rule gives 1.000918.
    const printed = [
      { leverage: 1, side: 1, bankruptcy: 0, liquidation: 0 },
      { leverage: 1.5, side: 1, bankruptcy: 0.333333, liquidation: 0.37037 },
      { leverage: 1.5, side: -1, bankruptcy: 1.666667, liquidation: 1.515152 },
      { leverage: 9.5, side: 1, bankruptcy: 0.894737, liquidation: 0.994152 },
      { leverage: 9.9, side: -1, bankruptcy: 1.10101, liquidation: 1.000918 },
    ] as const;
    for (const { leverage, side, bankruptcy, liquidation } of printed) {
      expect(linearBankruptcyPrice(1, leverage, side)).toBeCloseTo(bankruptcy, 6);
      expect(linearLiquidationPrice(1, leverage, 0.1, side)).toBeCloseTo(liquidation, 6);
    }
  });

  it("limit: without leverage a long is bankrupt at zero", () => {
    expect(linearBankruptcyPrice(1, 1, 1)).toBe(0);
    expect(linearLiquidationPrice(1, 1, 0.1, 1)).toBe(0);
  });
});
