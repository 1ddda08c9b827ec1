import { describe, expect, it } from "vitest";
import { uniform } from "../../math/index.js";
import { PriceWindow } from "./price-window.js";

describe("price window", () => {
  it("default: it holds what a list of all prices would give, for falls and for rises", () => {
    for (const side of [1, -1] as const) {
      for (const length of [0, 1, 3, 10]) {
        const window = new PriceWindow(length, side);
        const all: { tick: number; price: number }[] = [];
        for (let step = 0; step < 400; step++) {
          const tick = Math.floor(step / 3);
          const price = 1 + Math.floor(uniform(7, step, 0, side === 1 ? 0 : 1, length) * 20);
          all.push({ tick, price });
          window.see(tick, price);
          const seen = all.filter((one) => one.tick >= tick - length).map((one) => one.price);
          expect(window.extreme()).toBe(side === 1 ? Math.max(...seen) : Math.min(...seen));
        }
      }
    }
  });

  it("limit: nothing seen is no price", () => {
    const window = new PriceWindow(2, 1);
    expect(window.extreme()).toBeNaN();
    window.see(0, 5);
    window.clear();
    expect(window.extreme()).toBeNaN();
  });
});
