import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accountIds, accountIdsOf, compareAccounts } from "./account-ids.js";

describe("account ids", () => {
  it("default", () => {
    const ids = accountIds(["9", "17608", "007", "a1", "é"]);
    expect(["b", "9", "a1", "17608", "007"].sort(compareAccounts)).toEqual(["9", "17608", "007", "a1", "b"]);
    expect(ids.at(1)).toBe("17608");
    expect(ids.indexOf("a1")).toBe(3);
    expect(ids.indexOf("a2")).toBe(-1);
  });

  it("behavior: bytes and text are the same ids", () => {
    const name = fc.oneof(fc.string({ unit: "binary", minLength: 1, maxLength: 8 }), fc.nat().map(String));
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 30 }), (names) => {
        const listed = accountIds(names.sort(compareAccounts));
        const lazy = accountIdsOf(listed.encoded());
        expect(lazy.length).toBe(names.length);
        for (const [row, id] of names.entries()) {
          expect(lazy.at(row)).toBe(id);
          expect(lazy.indexOf(id)).toBe(row);
        }
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
