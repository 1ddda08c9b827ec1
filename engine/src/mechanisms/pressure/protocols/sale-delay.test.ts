import { describe, expect, it } from "vitest";
import { lenderCase } from "../../../../../test/support/lender-case.js";
import { auctionPrice } from "../../../rules/ajna-auction.js";
import { auctionShare } from "../../../rules/maker-auction.js";
import { readScenario } from "../../../scenario/parse.js";
import { openMarket } from "../../../study/plan-market.js";

const minute = 60_000;
const reactionMs = (terms: Readonly<Record<string, unknown>>) =>
  openMarket(readScenario(lenderCase(terms), () => ({ value: null }))).ladders.find(
    ({ mechanism }) => mechanism === "lender",
  )?.reactionMs;

describe("an auction reaches the market later than a keeper", () => {
  it("behavior: Maker's counts its way from the start price to the oracle's as reaction time", () => {
    const maker = { protocol: "maker", liquidationRatio: "120%", startPrice: "130%" };
    const linear = { kind: "linear", duration: "1 h" };
    // 130 % falls to 100 % after 3/13 of an hour; 0.99 to the 27th is the first power below 1/1.3; 1.1 needs 10 steps of 90 s.
    expect(reactionMs({ ...maker, priceCurve: linear })).toBe(Math.ceil((60 * minute * 3) / 13));
    expect(reactionMs(maker)).toBe(27 * 90_000);
    expect(reactionMs({ ...maker, startPrice: "110%" })).toBe(15 * minute);
    expect(reactionMs({ ...maker, startPrice: "100%" })).toBe(0);
    expect(auctionShare({ kind: "linear", seconds: 3600 }, (3600 * 3) / 13)).toBeCloseTo(1 / 1.3, 12);
  });

  it("behavior: Ajna's is down at its reference after six hours, and waits for lenders who follow the price", () => {
    expect(auctionPrice(1, 360 * minute)).toBe(1);
    const pool = { protocol: "ajna", deposits: [{ price: "1900 USD", amount: "5000000 USD" }] };
    expect(reactionMs({ ...pool, lenders: { delay: "30 min" } })).toBe(390 * minute);
  });

  it("behavior: who is liquidated by keepers at once reacts at once", () => {
    expect(reactionMs({ protocol: "morpho-blue", lltv: "86%" })).toBe(0);
  });
});
