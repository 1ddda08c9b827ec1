import { describe, expect, it } from "vitest";
import { keeperAuctionCases, monopolyProbability, noBidProbability } from "./keeper-auction.js";

describe("keeper auction", () => {
  it("default", () => {
    for (const one of keeperAuctionCases()) expect(one, one.id).toMatchObject({ pass: true });
  });

  it("behavior: every set of bidders counted one by one gives the same", () => {
    let none = 0;
    let one = 0;
    for (let bidders = 0; bidders < 1 << 10; bidders++) {
      let probability = 1;
      let count = 0;
      for (let keeper = 0; keeper < 10; keeper++) {
        const bids = ((bidders >> keeper) & 1) === 1;
        probability *= bids ? 0.3 : 0.7;
        if (bids) count++;
      }
      if (count === 0) none += probability;
      if (count === 1) one += probability;
    }
    expect(noBidProbability(10, 0.3)).toBeCloseTo(none, 14);
    expect(monopolyProbability(10, 0.3)).toBeCloseTo(one, 14);
  });

  it("limit: nobody there, nobody awake, everybody awake", () => {
    expect(noBidProbability(0, 0.3)).toBe(1);
    expect(noBidProbability(5, 0)).toBe(1);
    expect(noBidProbability(5, 1)).toBe(0);
    expect(monopolyProbability(1, 1)).toBe(1);
  });
});
