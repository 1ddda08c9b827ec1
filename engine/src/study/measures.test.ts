import { describe, expect, it } from "vitest";
import { watch } from "../../../test/support/watched-cascade.js";
import { oneAccountFalls } from "../mechanisms/demonstrations.js";
import { tapeKinds } from "../run/index.js";
import { readScenario } from "../scenario/parse.js";
import { MeasureReader } from "./measures.js";

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

  it("behavior: sales that rules execute and hold back, floors, calls, premiums and makers, row by row", () => {
    const { book } = readScenario(oneAccountFalls(), (path) => ({ problems: [{ path }] }) as never);
    const arbitrageur = 7;
    const reader = new MeasureReader(book, new Set([arbitrageur]));
    const row = (kind: number, a: number, b: number, x: number, y: number, z: number) =>
      reader.read({ tick: 0, round: 0, kind, a, b, x, y, z });
    const eth = 10 ** book.assets[0].unitDecimals;
    const { trade, required, floor, marginCall, premium, exhausted } = tapeKinds;
    row(trade, 1, 0, 3 * eth, 0, 0);
    row(trade, 1, 1, -2 * eth, 0, 0);
    row(trade, arbitrageur, 0, 9 * eth, 0, 0);
    // Two accounts hold back 5 and 4, then the first 1: the most at one time is 9. What is to be bought does not count.
    row(required, 1, 0, 5 * eth, 0, 0);
    row(required, 1, 1, 4 * eth, 0, 0);
    row(required, 1, 0, eth, 0, 0);
    row(required, 1, 2, -50 * eth, 0, 0);
    row(floor, 1, 0, 90, 100, 1);
    row(floor, 1, 1, 110, 100, 0);
    for (const what of [1, 2, 3]) row(marginCall, 1, 0, 5, 0, what);
    row(premium, 1, 0, 70, 0, 0);
    row(premium, 1, 0, -30, 0, 0);
    row(exhausted, 2, 0, 0, 0, 0);
    expect(reader.finish()).toMatchObject({
      executedSalesUsd: 6000,
      tradedUsd: 10_000,
      heldBackSalesUsd: 18_000,
      floorBrokenAccounts: 1,
      floorShortfallUsd: 10,
      marginCalls: 1,
      premiumUsd: 40,
      exhaustedMakers: 1,
    });
    reader.reset();
    row(required, 1, 0, eth, 0, 0);
    expect(reader.finish()).toMatchObject({ heldBackSalesUsd: 2000, executedSalesUsd: 0, exhaustedMakers: 0 });
  });
});
