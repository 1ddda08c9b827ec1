import { describe, expect, it } from "vitest";
import { exp, log } from "../../math/index.js";
import { acceptanceBell } from "../fold.js";
import { bellBooks } from "./bell-book.js";
import { type CascadeBook, fromUnits } from "./engine.js";
import { gapBook, plainToxicityBook, pooledToxicityBook, poolSaleBook, targetHealthBook } from "./loan-books.js";
import { poissonBooks } from "./poisson-book.js";
import { referenceEngine } from "./reference-cascade.js";

const poisson = { seed: 1, thresholdsPerUsd: 1, impactUsd: 0.5, moveUsd: 1, largestCount: 50 };

/** Loans taken one at a time, the highest breach price first, on plain numbers of dollars: no units, no rounds. */
function countOneByOne(book: CascadeBook, impactUsd: number): number {
  const breaches = book.positions.map((one) => one.breachPriceUsd).sort((a, b) => b - a);
  let count = 0;
  while (count < breaches.length && book.fairPriceUsd - count * impactUsd < breaches[count]) count++;
  return count;
}

describe("poissonBooks", () => {
  it("default", () => {
    const book = poissonBooks(poisson)(0);
    expect(book.bids).toHaveLength(book.positions.length + 1);
    for (const { collateralUnits, debtUnits, breachPriceUsd } of book.positions) {
      expect(Number.isInteger(collateralUnits) && Number.isInteger(debtUnits)).toBe(true);
      expect(breachPriceUsd).toBeLessThan(book.spotPriceUsd);
      const owed = fromUnits(debtUnits, 6) / (0.8 * fromUnits(collateralUnits, 7));
      expect(breachPriceUsd).toBeCloseTo(owed, 9);
    }
  });

  it("behavior: rounds and one-by-one stop at the same count", () => {
    for (const impactUsd of [0.5, 0.8, 1.2]) {
      const openBook = poissonBooks({ ...poisson, impactUsd });
      for (let path = 0; path < 2_000; path++) {
        const book = openBook(path);
        expect(referenceEngine.cascade(book).liquidatedCount).toBe(countOneByOne(book, impactUsd));
      }
    }
  });

  it("behavior: a path is its own, whatever was opened before", () => {
    const openBook = poissonBooks(poisson);
    const first = openBook(5).positions;
    openBook(6);
    expect(openBook(5).positions).toEqual(first);
    expect(openBook(6).positions).not.toEqual(first);
  });

  it("behavior: loans below the gap are there, and none of them is sold", () => {
    const openBook = poissonBooks(poisson);
    for (let path = 0; path < 200; path++) {
      const book = openBook(path);
      expect(book.positions.length - referenceEngine.cascade(book).liquidatedCount).toBe(5);
    }
  });

  it("limit: no book is larger than stated, and a wipe-out sells it all", () => {
    const openBook = poissonBooks({ ...poisson, impactUsd: 5, largestCount: 30 });
    const counts = Array.from({ length: 100 }, (_, path) => referenceEngine.cascade(openBook(path)).liquidatedCount);
    expect(Math.max(...counts)).toBe(30);
    expect(openBook(counts.indexOf(30)).positions).toHaveLength(30);
  });

  it("limit: gaps between thresholds are exponential with the stated mean", () => {
    // A move past everything puts no gap in the way.
    const openBook = poissonBooks({ ...poisson, thresholdsPerUsd: 4, moveUsd: 900 });
    let depth = 0;
    for (let path = 0; path < 4_000; path++) depth += 1_000 - openBook(path).positions[49].breachPriceUsd;
    expect(depth / 4_000 / 50).toBeCloseTo(0.25, 2);
  });
});

describe("bellBooks", () => {
  it("default", () => {
    const book = bellBooks(acceptanceBell, 1_001)(0.05);
    expect(log(book.spotPriceUsd / book.fairPriceUsd)).toBeCloseTo(0.05, 14);
    expect(log(book.spotPriceUsd / book.positions[500].breachPriceUsd)).toBeCloseTo(0.15, 10);
  });

  it("behavior: depth is linear in log price, where there is no level too", () => {
    const book = bellBooks(acceptanceBell, 100)(0.4);
    const { priceUsd, soldUnits, liquidatedCount } = referenceEngine.cascade(book);
    expect(liquidatedCount).toBe(100);
    expect(soldUnits / book.bids[0].units).toBe(0.5);
    expect(priceUsd).toBeCloseTo(2_000 * exp(-0.7), 7);
  });

  it("limit: amounts stay below 2^53 / 4 at the acceptance size", () => {
    const book = bellBooks(acceptanceBell, 100_000)(0);
    expect(book.bids[0].units).toBeLessThan(Number.MAX_SAFE_INTEGER / 4);
    for (const { debtUnits } of book.positions) expect(debtUnits).toBeLessThan(Number.MAX_SAFE_INTEGER / 4 / 100_000);
  });
});

describe("loan books", () => {
  it("default", () => {
    const books = [
      plainToxicityBook(0.05, 9e11),
      pooledToxicityBook(0.08, 1e6, 5e6, 6.6e11, 0.01),
      gapBook({ ltv: 11 / 12, liquidationThreshold: 0.95, bonus: 0.01 }, 0.2),
      poolSaleBook(0.05, 0.003, 5e10),
      targetHealthBook(),
    ];
    for (const book of books) {
      const { repaidUnits, seizedUnits, collateralUnits, debtUnits } = referenceEngine.liquidate(book);
      expect(repaidUnits).toBeGreaterThan(0);
      expect(seizedUnits + collateralUnits).toBe(book.account.collateralUnits);
      expect(repaidUnits + debtUnits).toBe(book.account.debtUnits);
      for (const units of [repaidUnits, seizedUnits, book.account.collateralUnits, book.account.debtUnits])
        expect(Number.isSafeInteger(units)).toBe(true);
    }
  });

  it("limit: a healthy account is left alone", () => {
    const after = referenceEngine.liquidate(plainToxicityBook(0.05, 8e11));
    expect(after).toMatchObject({ repaidUnits: 0, seizedUnits: 0, debtUnits: 8e11 });
  });
});
