import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { orderBookCurve } from "../rules/order-book-curve.js";
import { MergedDepth } from "../run/depth.js";
import { OrderBookLadder } from "../run/ladders.js";
import { BookDepth } from "./book-depth.js";

const seed = 20210519;

/** Levels of one side: relative steps and units of every size, the same for several venues now and then, so that prices tie. */
const side = fc.array(
  fc.tuple(fc.constantFrom(0.001, 0.01, 0.03, 0.1), fc.constantFrom(1, 2, 3, 10, 1_000, 123_456, 10_000_019, 5e11)),
  {
    minLength: 1,
    maxLength: 6,
  },
);
const venue = fc.oneof(
  fc.tuple(side, side),
  fc.constant([[[0.01, 10]], [[0.01, 10]]] as [[number, number][], [number, number][]]),
);

function open(
  id: string,
  [bids, asks]: readonly [readonly (readonly [number, number])[], readonly (readonly [number, number])[]],
): OrderBookLadder {
  const levels = (rows: readonly (readonly [number, number])[], sign: 1 | -1) => {
    let price = 1;
    let units = 0;
    return rows.map(([fall, more]) => {
      price *= sign === 1 ? 1 - fall : 1 + fall;
      units += more;
      return { relativePrice: price, units };
    });
  };
  const ladder = new OrderBookLadder(id, orderBookCurve(levels(bids, 1), levels(asks, -1)), 1);
  ladder.follow(1_987.65);
  return ladder;
}

describe("BookDepth", () => {
  it("default: two equal books share a sale, the odd unit to the first by id", () => {
    const merged = new MergedDepth([open("a", [[[0.1, 100]], [[0.1, 100]]]), open("b", [[[0.1, 100]], [[0.1, 100]]])]);
    expect([...(BookDepth.of(merged)?.allot(7) ?? [])]).toEqual([4, 3]);
    expect([...(BookDepth.of(merged)?.allot(0) ?? [])]).toEqual([0, 0]);
  });

  it(`behavior: equals MergedDepth to the unit, both sides, wherever it answers (seed ${seed})`, () => {
    let answered = 0;
    let asked = 0;
    fc.assert(
      fc.property(
        fc.array(venue, { minLength: 2, maxLength: 5 }),
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 }),
        (list, shares) => {
          const merged = new MergedDepth(list.map((one, index) => open(`venue ${index}`, one)));
          const quick = BookDepth.of(merged);
          for (const share of [...shares, 1, -1]) {
            const units = Math.trunc(share * merged.capacity(share >= 0 ? 1 : -1));
            const found = quick?.allot(units);
            asked++;
            if (!found) continue;
            answered++;
            expect([...found]).toEqual([...merged.allot(units)]);
          }
        },
      ),
      { seed, numRuns: 2_000 },
    );
    expect(answered / asked).toBeGreaterThan(0.5);
  });

  it("limit: one venue, or one that is no order book, has no quick form", () => {
    expect(BookDepth.of(new MergedDepth([open("a", [[[0.1, 100]], []])]))).toBeUndefined();
  });
});
