import { describe, expect, it } from "vitest";
import { refusals, runLenderCase, type WrittenCase } from "../../../../../test/support/lender-case.js";
import { tapeKinds } from "../../../run/tape.js";

const pool = { protocol: "ajna", deposits: [{ price: "1900 USD", amount: "5000000 USD" }] };
const vault = { protocol: "fluid", threshold: "85%", limit: "92%", penalty: "2%" };
const branch = { protocol: "liquity-v2", market: "weth" };

/** Protocols of one collateral and one debt, and how each calls what is owed. */
const ofOnePair = [
  ["morpho-blue", { protocol: "morpho-blue", lltv: "86%" }, "loan"],
  ["maker", { protocol: "maker", liquidationRatio: "120%" }, "debt"],
  ["liquity-v2", branch, "debt"],
  ["fluid", vault, "debt"],
  ["ajna", pool, "quote"],
] as const;

const accounts =
  (...written: readonly (readonly [string, string])[]) =>
  (scenario: WrittenCase) => {
    scenario.book.positions.lender.accounts = written.map(([collateral, debt], row) => ({
      account: `${row + 1}`,
      collateral,
      debt,
    }));
  };

describe("tables in which nobody owes, or holds", () => {
  it.each(ofOnePair)("error: %s does not guess its pair", (_, terms, debt) => {
    expect(refusals(terms, accounts(["10 ETH", "0 USD"]))).toEqual([`term-missing pressure.lender.${debt}`]);
    expect(refusals(terms, accounts(["0 ETH", "10 USD"]))).toEqual(["term-missing pressure.lender.collateral"]);
  });

  it.each(ofOnePair)("behavior: %s runs where the pair is written, and does nothing", (_, terms, debt) => {
    const { measures } = runLenderCase({ ...terms, collateral: "ETH", [debt]: "USD" }, accounts(["10 ETH", "0 USD"]));
    expect(measures.liquidatedAccounts).toBe(0);
    expect(measures.badDebtUsd).toBe(0);
  });
});

describe("debt without any collateral", () => {
  it("behavior: Liquity v2 writes it off: it pays for nobody, takes nobody's debt over, and no trove's collateral is left without an owner", () => {
    const { kernel, measures, rows } = runLenderCase(branch, (scenario) => {
      accounts(["100 ETH", "150000 USD"], ["0 ETH", "1000 USD"])(scenario);
      scenario.prices.shock = { ...scenario.prices.shock, moves: { ETH: "-60%" }, over: "0 s" };
    });
    expect(rows.filter(({ kind }) => kind === tapeKinds.badDebt).map(({ b, z }) => [b, z])).toEqual([[1, 1000]]);
    // The last trove of a branch stays, under water by 150,000 - 80,000 USD.
    expect(measures.liquidatedAccounts).toBe(0);
    expect(measures.underwaterUsd).toBe(70_000);
    const held = (of: string) =>
      kernel.ledger.balance(
        kernel.ledger.accounts.findIndex(({ name }) => name === of),
        0,
      );
    expect(held("lender/positions")).toBe(1_000_000_000);
  });
});

describe("what a protocol took and nobody bought", () => {
  it("behavior: Fluid's absorbed collateral that falls on is under water by what its absorption did not count", () => {
    const run = (over: string) =>
      runLenderCase(vault, (scenario) => {
        accounts(["100 ETH", "150000 USD"], ["100 ETH", "40000 USD"])(scenario);
        scenario.prices.shock = { ...scenario.prices.shock, moves: { ETH: "-50%" }, over };
        scenario.guards = [{ name: "keepers", kind: "keepers", capital: "0 USD", leastProfit: "10000000 USD" }];
      }).measures;
    for (const { badDebtUsd, underwaterUsd } of [run("0 s"), run("30 min"), run("1 h")])
      expect(badDebtUsd + underwaterUsd).toBeCloseTo(50_000, 3);
    expect(run("0 s").underwaterUsd).toBe(0);
    expect(run("1 h").underwaterUsd).toBeGreaterThan(0);
  });
});

describe("orders of a storefront or of all positions of a vault", () => {
  it.each([
    ["compound-v3", { protocol: "compound-v3", threshold: { ETH: "85%" }, liquidationFactor: { ETH: "93%" } }],
    ["fluid", vault],
  ] as const)("behavior: of %s they are no account's: nobody is counted as ordered", (_, terms) => {
    const { measures } = runLenderCase(terms);
    expect(measures.liquidatedAccounts).toBeGreaterThan(0);
    expect(measures.orderedAccounts).toBe(0);
  });
});

describe("owners who close while the protocol takes their accounts", () => {
  it.each([
    ["ajna", { ...pool, lenders: { delay: "5 min" } }],
    ["fluid", vault],
    ["liquity-v2", branch],
    [
      "compound-v3",
      {
        protocol: "compound-v3",
        threshold: { ETH: "85%" },
        liquidationFactor: { ETH: "93%" },
        absorb: { delay: "5 min" },
      },
    ],
    ["maker", { protocol: "maker", liquidationRatio: "120%" }],
  ] as const)("behavior: with %s nothing is sold twice, at any depth and speed of a fall", (_, terms) => {
    let acted = 0;
    for (const depth of [0.001, 0.02, 0.2])
      for (const over of ["5 min", "20 min", "1 h"])
        for (const keepers of [
          [],
          [{ name: "keepers", kind: "keepers", capital: "0 USD", leastProfit: "10000000 USD" }],
        ]) {
          const { measures } = runLenderCase(terms, (scenario) => {
            scenario.prices.shock = { ...scenario.prices.shock, moves: { ETH: "-55%" }, over };
            const market = scenario.book.venues.market as Record<string, [string, string][]>;
            for (const side of ["bids", "asks"])
              market[side] = market[side].map(([at, units]) => [at, `${Number.parseFloat(units) * depth} ETH`]);
            scenario.pressure.owners = {
              kind: "owners",
              protocol: "lender",
              share: "100%",
              reaction: "5 min",
              repays: "0%",
            };
            scenario.guards = keepers;
          });
          acted += measures.rescuedAccounts + measures.liquidatedAccounts;
        }
    expect(acted).toBeGreaterThan(0);
  });
});
