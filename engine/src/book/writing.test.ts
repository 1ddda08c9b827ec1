import { describe, expect, it } from "vitest";
import type { Book } from "./book.js";
import { bookHash } from "./hash.js";
import { readBook } from "./parse.js";
import { sampleBookFile } from "./test-support.js";
import { bookFile, formatUnits } from "./writing.js";

describe("bookFile", () => {
  it("default: what is written comes back, to the bit", () => {
    const book = readBook(sampleBookFile());
    expect(bookHash(readBook(JSON.parse(JSON.stringify(bookFile(book)))))).toBe(bookHash(book));
  });

  it("behavior: prices of measured levels come back whatever their digits", () => {
    const sample = readBook(sampleBookFile());
    let state = 1;
    const prices = Array.from({ length: 200 }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return (state + 1) / 4294967297;
    }).sort((left, right) => right - left);
    const bids = prices.map((relativePrice, place) => ({ relativePrice, units: place + 1 }));
    const asks = prices.map((price, place) => ({ relativePrice: 1 / price, units: place + 1 }));
    const wide = asks.filter(({ relativePrice }) => relativePrice < 1000);
    const venues = sample.venues.map((venue) => (venue.kind === "order-book" ? { ...venue, bids, asks: wide } : venue));
    const book: Book = { ...sample, venues };
    expect(readBook(bookFile(book)).venues).toEqual(venues);
  });
});

describe("formatUnits", () => {
  it("default", () => {
    expect(formatUnits(54265824700, 7)).toBe("5426.58247");
    expect(formatUnits(1, 7)).toBe("0.0000001");
    expect(formatUnits(-40000000, 7)).toBe("-4");
    expect(formatUnits(0, 7)).toBe("0");
    expect(formatUnits(9007199254740991, 0)).toBe("9007199254740991");
  });
});
