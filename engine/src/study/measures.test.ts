import { describe, expect, it } from "vitest";
import { watch } from "../../../test/support/watched-cascade.js";

describe("measures", () => {
  it("behavior: an order that stands on without depth is counted once, however long it stands", () => {
    const { measures } = watch({
      venues: {
        market: {
          kind: "order-book",
          instrument: "ETH/USD",
          layer: "made",
          bids: [["-1%", "10 ETH"]],
          asks: [["1%", "10 ETH"]],
          refill: "0 /h",
        },
      },
    });
    // Two accounts of 100 ETH are to be sold at most, at an opening price of 2,000 dollars.
    expect(measures.unfilledUsd).toBeGreaterThan(0);
    expect(measures.unfilledUsd).toBeLessThanOrEqual(400_000);
  });
});
