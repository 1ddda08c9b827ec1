import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { orderBookCurve } from "../rules/order-book-curve.js";
import { Candidates } from "./candidates.js";
import { type ClearingMarket, clearBatches } from "./clearing.js";
import { MergedDepth } from "./depth.js";
import { OrderBookLadder } from "./ladders.js";

const seed = 20261122;

function market(units = 1_000_000, halted = false): ClearingMarket {
  const levels = (relativePrice: number) => (units === 0 ? [] : [{ relativePrice, units }]);
  const ladder = new OrderBookLadder("book", orderBookCurve(levels(0.5), levels(2)), 1);
  ladder.follow(100);
  return { depth: new MergedDepth([ladder]), toQuote: 1, fairPrice: 100, halted };
}

const nobody: ClearingMarket = { depth: new MergedDepth([]), toQuote: 1, fairPrice: 100, halted: false };

/** Adds an own trade of `row`: positive units sell. */
function add(candidates: Candidates, row: number, units: number, limit = 0): void {
  if (units > 0) candidates.add(-1, 0, row, row, 0, units, -1, 0, limit, -1);
  else candidates.add(-1, 0, row, row, -1, 0, 0, -units, limit, -1);
}

describe("clearing", () => {
  it("default: crossing orders meet at the middle and only the net walks depth", () => {
    const candidates = new Candidates();
    add(candidates, 0, 500);
    add(candidates, 1, -300);
    const [batch] = clearBatches(candidates, [market()], candidates.stableOrder());
    expect([batch.net, batch.matched]).toEqual([200, 300]);
    // The smaller side trades at the price before the round: 300 units at 100.
    expect(candidates.boughtCash[1]).toBe(30_000);
    expect(candidates.soldCash[0]).toBeLessThan(50_000);
    expect(candidates.soldCash[0]).toBeGreaterThan(49_990);
  });

  it("behavior: an order whose limit the average breaks drops out, the worst first, and the rest is cleared again", () => {
    const candidates = new Candidates();
    add(candidates, 0, 200_000, 99);
    add(candidates, 1, 20_000, 97);
    add(candidates, 2, 1_000, 0);
    clearBatches(candidates, [market()], candidates.stableOrder());
    expect(candidates.soldUnits).toEqual([0, 20_000, 1_000]);
  });

  it("behavior: what depth cannot take is rationed in proportion, leftovers by stable position id", () => {
    const candidates = new Candidates();
    add(candidates, 2, 5);
    add(candidates, 0, 5);
    add(candidates, 1, 5);
    const [batch] = clearBatches(candidates, [market(7)], candidates.stableOrder());
    expect(candidates.soldUnits).toEqual([2, 3, 2]);
    expect(batch.unfilled).toBe(8);
  });

  it("behavior: an order that may be taken whole or in a smaller part asks for that part where depth cannot take it whole", () => {
    const ask = (depth: number, most: number) => {
      const candidates = new Candidates();
      candidates.add(3, 0, 0, 0, 0, 10, -1, 0, 0, -1, most);
      add(candidates, 1, 2);
      clearBatches(candidates, [market(depth)], candidates.stableOrder());
      return candidates.soldUnits;
    };
    expect(ask(12, 4)).toEqual([10, 2]);
    // A ration of 8 would leave too little: 4, and the other has its room.
    expect(ask(10, 4)).toEqual([4, 2]);
    expect(ask(10, 0)).toEqual([0, 2]);
    expect(ask(10, 9)).toEqual([9, 1]);
    const pair = new Candidates();
    pair.add(5, 0, 0, 0, 0, 1_000, 1, 2_000, 0, -1, 300);
    clearBatches(pair, [market(500), market(10_000)], pair.stableOrder());
    expect([pair.soldUnits[0], pair.boughtUnits[0]]).toEqual([300, 600]);
  });

  it("behavior: a two-legged order is as large as its scarcer leg", () => {
    const candidates = new Candidates();
    candidates.add(5, 0, 0, 0, 0, 1_000, 1, 2_000, 0, -1);
    clearBatches(candidates, [market(500), market(10_000)], candidates.stableOrder());
    expect([candidates.soldUnits[0], candidates.boughtUnits[0]]).toEqual([500, 1_000]);
  });

  it("behavior: nothing trades on a halted instrument, and a two-legged order waits with it", () => {
    const candidates = new Candidates();
    add(candidates, 0, 5);
    candidates.add(5, 0, 1, 1, 1, 10, 0, 10, 0, -1);
    clearBatches(candidates, [market(100, true), market()], candidates.stableOrder());
    expect(candidates.soldUnits).toEqual([0, 0]);
    expect(candidates.boughtUnits).toEqual([0, 0]);
  });

  it("behavior: pairs that trade against each other over no depth end, and take no side alone", () => {
    for (const [one, other] of [
      [market(0), market(0)],
      [market(3), market(2)],
      [nobody, nobody],
    ]) {
      const candidates = new Candidates();
      candidates.add(1, 0, 0, 0, 0, 1_000_000, 1, 1_000_000, 0, -1);
      candidates.add(2, 0, 1, 1, 1, 999_000, 0, 1_000_000, 0, -1);
      const batches = clearBatches(candidates, [one, other], candidates.stableOrder());
      for (const { instrument, net } of batches) {
        expect(Math.abs(net)).toBeLessThanOrEqual([one, other][instrument].depth.capacity(net > 0 ? 1 : -1));
      }
      for (const index of [0, 1]) expect(candidates.soldUnits[index] > 0).toBe(candidates.boughtUnits[index] > 0);
    }
  });

  it("behavior: the room that a two-legged order leaves goes to the others, whichever instrument is named first", () => {
    const filled = (swapped: boolean) => {
      const candidates = new Candidates();
      const at = (instrument: number) => (swapped ? 1 - instrument : instrument);
      candidates.add(-1, 0, 0, 0, at(0), 100, -1, 0, 0, -1);
      candidates.add(1, 0, 1, 1, at(0), 100, at(1), 100, 0, -1);
      const markets = [market(100), market(10)];
      clearBatches(candidates, swapped ? markets.reverse() : markets, candidates.stableOrder());
      return [...candidates.soldUnits, ...candidates.boughtUnits];
    };
    expect(filled(false)).toEqual(filled(true));
    expect(filled(false)).toEqual([90, 10, 0, 10]);
  });

  it("limit: a leg that rounds to nothing takes the other with it: nothing is sold that pays nothing back", () => {
    const candidates = new Candidates();
    candidates.add(1, 0, 0, 0, 0, 3, 1, 1, 0, -1);
    clearBatches(candidates, [market(2), market(10)], candidates.stableOrder());
    expect([candidates.soldUnits[0], candidates.boughtUnits[0]]).toEqual([0, 0]);
  });

  it("behavior: buyers pay at least what sellers and the book get, whatever the orders", () => {
    const orders = fc.array(
      fc.tuple(fc.integer({ min: -50_000, max: 50_000 }), fc.constantFrom(0, 90, 99.5, 100.5, 120)),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(orders, fc.integer({ min: 1, max: 200_000 }), (rows, units) => {
        const candidates = new Candidates();
        rows.forEach(([size, limit], row) => size !== 0 && add(candidates, row, size, limit));
        const one = market(units);
        const batches = clearBatches(candidates, [one], candidates.stableOrder());
        let cash = 0;
        let net = 0;
        for (let index = 0; index < candidates.count; index++) {
          cash += candidates.boughtCash[index] - candidates.soldCash[index];
          net += candidates.soldUnits[index] - candidates.boughtUnits[index];
          expect(candidates.soldUnits[index]).toBeLessThanOrEqual(candidates.sellUnits[index]);
          expect(candidates.boughtUnits[index]).toBeLessThanOrEqual(candidates.buyUnits[index]);
        }
        expect(net).toBe(batches.reduce((sum, batch) => sum + batch.net, 0));
        const walk = net === 0 ? 0 : one.depth.cash(net);
        expect(net >= 0 ? cash + walk : cash - walk).toBeGreaterThanOrEqual(0);
      }),
      { seed, numRuns: 500 },
    );
  });
});
