import { describe, expect, it } from "vitest";
import { Ledger } from "./ledger.js";

const ledger = () =>
  new Ledger(
    [
      { name: "issuer", role: "issuer" },
      { name: "borrowers", role: "positions" },
      { name: "makers", role: "maker" },
    ],
    2,
  );

describe("ledger", () => {
  it("default: a transfer moves whole units and the sum stays 0", () => {
    const one = ledger();
    one.transfer(0, 1, 0, 100);
    one.transfer(1, 2, 0, 40);
    expect([one.balance(0, 0), one.balance(1, 0), one.balance(2, 0)]).toEqual([-100, 60, 40]);
    one.check();
  });
  it("behavior: only open accounts may be negative", () => {
    const one = ledger();
    one.transfer(1, 2, 0, 1);
    expect(() => one.check()).toThrow("borrowers holds -1 units of asset 0");
  });
  it("error: fractions, negatives and NaN are no units", () => {
    for (const units of [0.5, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => ledger().transfer(0, 1, 0, units)).toThrow("whole units");
  });
  it("limit: a balance of 2^53 is refused", () => {
    expect(() => ledger().transfer(0, 1, 0, 2 ** 53)).toThrow("below 2^53");
    const one = ledger();
    one.transfer(0, 1, 0, 2 ** 53 - 1);
    expect(() => one.transfer(0, 1, 0, 1)).toThrow("below 2^53");
  });
  it("behavior: sums near 2^53 are exact, so one missing unit is seen", () => {
    const one = ledger();
    one.transfer(0, 1, 0, 2 ** 53 - 3);
    one.transfer(0, 2, 1, 5);
    one.balances[2 * 2 + 0] += 1;
    expect(() => one.audit()).toThrow("asset 0 sums to 1 units");
  });
});
