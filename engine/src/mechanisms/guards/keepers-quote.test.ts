import { describe, expect, it } from "vitest";
import { atomicProfitUsd, type Depth, mostProfitableUnits, type Offer, peak } from "./keepers-quote.js";

const reserve = 1e10;
const bonus = 0.05;
const fee = 0.003;

/** A pool at the oracle's price 1 whose fee is taken from what is sold into it (row 9 of VALIDATED-MODELS). */
const inputFeePool: Depth = {
  quoteCash: (_, units) => (reserve * units * (1 - fee)) / (reserve + units * (1 - fee)),
  // Marginal revenue y x (1 - f) / (x + (1 - f) d)^2.
  unitsToPrice: (_, price) => Math.floor((Math.sqrt((reserve * reserve * (1 - fee)) / price) - reserve) / (1 - fee)),
  venueDepth: () => 1e12,
  instrumentQuote: () => 1,
  instrumentAsset: () => 0,
  fair: () => 1,
};
const taken = { sold: new Float64Array(1), bought: new Float64Array(1) };

/** A liquidation of `units` at price 1 with the bonus. */
function offer(units: number): Offer {
  return {
    order: 0,
    sell: 0,
    buy: -1,
    whole: units,
    units,
    mostPartial: Number.POSITIVE_INFINITY,
    repayUnits: units,
    repayUsd: units / (1 + bonus),
    seizeUsd: units,
    saleUsd: 1,
    purchaseUsd: 0,
    saleScale: 1,
    purchaseScale: 1,
  };
}

describe("a keeper's quote", () => {
  it("default: the largest liquidation that pays is row 9, dx/x = (1 + b) - 1 / (1 - f) = 0.046991", () => {
    let low = 1;
    let high = reserve;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (atomicProfitUsd(offer(middle), inputFeePool, taken, middle) >= 0) low = middle;
      else high = middle;
    }
    expect(low / reserve).toBeCloseTo(1 + bonus - 1 / (1 - fee), 8);
    expect(Math.abs(low / reserve - 0.046991)).toBeLessThan(5e-7);
  });

  it("behavior: the most profitable part is (sqrt((1 - f)(1 + b)) - 1) / (1 - f) of the pool, by price as by search", () => {
    const whole = offer(reserve / 2);
    const part = mostProfitableUnits(whole, inputFeePool, taken, 0);
    expect(part / reserve).toBeCloseTo((Math.sqrt((1 - fee) * (1 + bonus)) - 1) / (1 - fee), 8);
    const searched = peak((units) => atomicProfitUsd(whole, inputFeePool, taken, units), whole.units);
    expect(Math.abs(searched - part) / part).toBeLessThan(1e-3);
  });

  it("limit: a part is never more than what is offered, and none where nothing pays", () => {
    expect(mostProfitableUnits(offer(1000), inputFeePool, taken, 0)).toBe(1000);
    expect(mostProfitableUnits({ ...offer(1000), repayUsd: 2000 }, inputFeePool, taken, 0)).toBe(0);
  });
});
