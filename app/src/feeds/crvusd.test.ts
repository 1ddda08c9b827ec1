import { describe, expect, it } from "vitest";
import { importCrvusd } from "./crvusd.js";
import { shippedShape } from "./our-format.js";
import { crvusdBook } from "./ship-crvusd.js";

const address = (digit: string) => `0x${digit.repeat(40)}`;
const borrower = (digit: string, more: object = {}) => ({
  user: { id: address(digit) },
  collateral: "5.107711027536910248",
  stablecoin: "0",
  debt: "9569.277354462566022372",
  n1: "-8",
  n2: "-5",
  health: "0.042152944154619782",
  timestamp: "1706645243",
  ...more,
});
const market = (userStates: readonly object[]) =>
  JSON.stringify({
    llamma_params: {
      address: address("A"),
      A: "100",
      BASE_PRICE: "1891.720765766591",
      active_band: "-20",
      oracle_price: "2368.790966212669583495",
      collateral_symbol: "WETH",
    },
    controller_params: { liquidation_discount: "0.06", loan_discount: "0.09" },
    totalDebt: "19138.554708925132044744",
    blockNumber: "19122585",
    userStates,
  }).replace('"debt":"BIG"', '"debt":12345678901234567.123456789');

describe("crvUSD", () => {
  it("default", () => {
    const { market: terms, rows, refused } = importCrvusd(market([borrower("1"), borrower("2")]));
    expect(refused).toEqual([]);
    expect(terms).toMatchObject({
      symbol: "WETH",
      address: address("a"),
      unitDecimals: 7,
      oraclePriceUsd: "2368.79096621",
      timeMs: 1706645243000,
    });
    expect(rows[0]).toEqual({
      account: address("1"),
      collateral: "5.107711",
      stablecoin: "0",
      debt: "9569.277354",
      firstBand: -8,
      lastBand: -5,
      health: Number("0.042152944154619782"),
    });
  });
  it("behavior: a number that no float holds keeps its digits", () => {
    expect(importCrvusd(market([borrower("1", { debt: "BIG" })])).rows[0].debt).toBe("12345678901234567.123456");
  });
  it("error: borrowers are refused with the place and the reason", () => {
    const states = [
      borrower("1"),
      borrower("1"),
      borrower("2", { debt: "-1" }),
      borrower("3", { n1: "4" }),
      borrower("4", { health: "NaN" }),
      borrower("x"),
      {},
    ];
    expect(importCrvusd(market(states)).refused.map((row) => `${row.rowNumber} ${row.reason.split(":")[0]}`)).toEqual([
      `2 borrower ${address("1")} stands twice`,
      "3 debt is negative",
      "4 first band 4 lies above the last band -5",
      "5 health",
      "6 user is no address",
      "7 lacks user",
    ]);
  });
  it("error: a file that is no market is refused whole", () => {
    expect(importCrvusd("{").refused[0].reason).toContain("not readable as JSON");
    expect(importCrvusd("{}")).toMatchObject({ market: null, refused: [{ reason: "lacks llamma_params" }] });
  });
  it("behavior: the book says what share of the market's debt it covers", () => {
    const book = crvusdBook([importCrvusd(market([borrower("1")]))], {});
    expect(book.layers["crvusd-weth"].coverageShare).toBe(0.5);
    expect(shippedShape(book)).toEqual([]);
  });
});
