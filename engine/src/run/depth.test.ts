import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { orderBookCurve } from "../rules/order-book-curve.js";
import { MergedDepth } from "./depth.js";
import { OrderBookLadder, PoolLadder } from "./ladders.js";

const seed = 20261122;

/** Random venues of one instrument at balance around a fair price. */
const venues = fc.record({
  fair: fc.double({ min: 10, max: 50_000, noNaN: true }),
  books: fc.array(
    fc.record({
      units: fc.array(fc.integer({ min: 1, max: 1e9 }), { minLength: 1, maxLength: 5 }),
      slope: fc.double({ min: 0.001, max: 0.1, noNaN: true }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  pools: fc.array(fc.integer({ min: 1e6, max: 1e12 }), { minLength: 0, maxLength: 2 }),
});

function build(spec: { fair: number; books: { units: number[]; slope: number }[]; pools: number[] }): MergedDepth {
  const books = spec.books.map(({ units, slope }, index) => {
    let sum = 0;
    const side = (sign: number) => {
      sum = 0;
      return units.map((more, level) => {
        sum += more;
        return {
          relativePrice: 1 + sign * slope * (level + 1) * (sign < 0 ? 0.9 / (slope * (units.length + 1)) : 1),
          units: sum,
        };
      });
    };
    const ladder = new OrderBookLadder(`book-${index}`, orderBookCurve(side(-1), side(1)), 0.1);
    ladder.follow(spec.fair);
    return ladder;
  });
  const pools = spec.pools.map(
    (base, index) =>
      new PoolLadder(
        `pool-${index}`,
        { baseUnits: base, quoteUnits: Math.max(1, Math.round(base * spec.fair * 0.1)) },
        0.003,
        0.1,
      ),
  );
  return new MergedDepth([...books, ...pools]);
}

function sell(depth: MergedDepth, units: number): void {
  const targets = Float64Array.from(depth.allot(units));
  depth.ladders.forEach((ladder, row) => ladder.take(targets[row]));
}

describe("merged depth", () => {
  it("behavior: where the venues stand depends on the total alone, not on how the units came", () => {
    fc.assert(
      fc.property(
        venues,
        fc.double({ min: 0.01, max: 0.9, noNaN: true }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (spec, share, cut) => {
          const once = build(spec);
          const twice = build(spec);
          // Pools that are not at the books' price are levelled first: a total is a function from balance on.
          const total = Math.floor(once.capacity(1) * share);
          const first = Math.floor(total * cut);
          sell(once, total);
          sell(twice, first);
          sell(twice, total - first);
          expect(twice.ladders.map((ladder) => ladder.position())).toEqual(
            once.ladders.map((ladder) => ladder.position()),
          );
        },
      ),
      { seed, numRuns: 300 },
    );
  });

  it("behavior: venues that absorb share one marginal price, to one unit", () => {
    fc.assert(
      fc.property(venues, fc.double({ min: 0.05, max: 0.8, noNaN: true }), (spec, share) => {
        const depth = build(spec);
        const before = depth.ladders.map((ladder) => ladder.position());
        sell(depth, Math.floor(depth.capacity(1) * share));
        const moved = depth.ladders.filter(
          (ladder, row) => ladder.position() > before[row] && ladder.position() < ladder.highest(),
        );
        for (const a of moved)
          for (const b of moved)
            expect(a.marginal(a.position() + 1, 1)).toBeLessThanOrEqual(b.marginal(b.position(), 1) * (1 + 1e-9));
      }),
      { seed, numRuns: 300 },
    );
  });

  it("behavior: a round trip never pays", () => {
    fc.assert(
      fc.property(venues, fc.double({ min: 0.001, max: 0.9, noNaN: true }), fc.boolean(), (spec, share, buyFirst) => {
        const depth = build(spec);
        const units = Math.floor(depth.capacity(buyFirst ? -1 : 1) * share) * (buyFirst ? -1 : 1);
        const first = depth.cash(units);
        sell(depth, units);
        const second = depth.cash(-units);
        if (buyFirst) expect(second).toBeLessThanOrEqual(first);
        else expect(second).toBeGreaterThanOrEqual(first);
      }),
      { seed, numRuns: 1000 },
    );
  });

  it("limit: nothing beyond the last level is allotted", () => {
    const depth = build({ fair: 2000, books: [{ units: [1000], slope: 0.01 }], pools: [] });
    expect(depth.capacity(1)).toBe(1000);
    expect(() => depth.allot(1001)).toThrow("no more is allotted");
  });
});
