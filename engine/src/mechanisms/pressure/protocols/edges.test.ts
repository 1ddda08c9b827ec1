import { describe, expect, it } from "vitest";
import { runLenderCase, type WrittenCase } from "../../../../../test/support/lender-case.js";
import { protocolActs, tapeKinds } from "../../../run/tape.js";

/** Accounts as written, and ETH at 2,000 USD that stays, or falls at once. */
const owing =
  (accounts: readonly (readonly [string, string])[], moves = "0%") =>
  (scenario: WrittenCase) => {
    scenario.book.positions.lender.accounts = accounts.map(([collateral, debt], row) => ({
      account: `${row + 1}`,
      collateral,
      debt,
    }));
    scenario.prices.shock = { ...scenario.prices.shock, moves: { ETH: moves }, over: "0 s" };
  };
const liquidated = (terms: Readonly<Record<string, unknown>>, debt: string) =>
  runLenderCase(terms, owing([["100 ETH", debt]])).measures.liquidatedAccounts;

// Random scenarios never meet these edges: what is exactly at a limit is asked for here.
describe("exactly at a limit", () => {
  it("equality: Aave v3 leaves an account at a health of 1 alone, and takes one that owes a unit more", () => {
    const market = { protocol: "aave-v3", threshold: { ETH: "83%" }, bonus: { ETH: "5%" } };
    expect(liquidated(market, "166000 USD")).toBe(0);
    expect(liquidated(market, "166000.000001 USD")).toBe(1);
  });

  it("equality: Morpho Blue leaves an account at its LLTV alone, and takes one that owes a unit more", () => {
    const market = { protocol: "morpho-blue", lltv: "86%" };
    expect(liquidated(market, "172000 USD")).toBe(0);
    expect(liquidated(market, "172000.000001 USD")).toBe(1);
  });

  it("equality: Morpho's pre-liquidation ends at the LLTV: at it a part is taken, a unit above it all", () => {
    const market = {
      protocol: "morpho-blue",
      lltv: "86%",
      preLiquidation: { lltv: "80%", closeFactor: ["10%", "50%"], bonus: ["1%", "4%"] },
    };
    const firstRepaid = (debt: string) =>
      runLenderCase(market, owing([["100 ETH", debt]])).rows.find(({ kind }) => kind === tapeKinds.liquidate)?.y;
    expect(firstRepaid("172000 USD")).toBe(86_000_000_000);
    expect(firstRepaid("172000.000001 USD")).toBe(172_000_000_001);
  });

  it("equality: Aave v3 may leave exactly the least of a debt, and not a unit less", () => {
    // Half of the debt is repaid at health above 0.95; the other half is what is left.
    const firstRepaid = (minimumLeftover: string) =>
      runLenderCase(
        { protocol: "aave-v3", threshold: { ETH: "83%" }, bonus: { ETH: "5%" }, minimumLeftover },
        owing([["100 ETH", "170000 USD"]]),
      ).rows.find(({ kind }) => kind === tapeKinds.liquidate)?.y;
    expect(firstRepaid("85000 USD")).toBe(85_000_000_000);
    expect(firstRepaid("85000.000001 USD")).not.toBe(85_000_000_000);
  });

  it("equality: Maker's bark may leave exactly the least debt in a vault; a cent less and it takes the whole vault", () => {
    // Room for 113,000 with penalty is 100,000 of debt; 60,000 stay.
    const kicked = (dust: string) =>
      runLenderCase(
        { protocol: "maker", liquidationRatio: "150%", penalty: "13%", auctionLimit: "113000 USD", dust },
        owing([["100 ETH", "160000 USD"]]),
      ).rows.find(({ kind, z }) => kind === tapeKinds.protocol && z === protocolActs.kick)?.y;
    expect(kicked("60000 USD")).toBe(113_000_000_000);
    expect(kicked("60000.01 USD")).toBe(180_800_000_000);
  });

  it("equality: Compound's storefront is open a unit below its target of reserves, and shut at it", () => {
    // Absorbing 150,000 USD of debt for a credit of 100 x 1,700 x 93 % = 158,100 costs the reserves 158,100.
    const sold = (targetReserves: string) =>
      runLenderCase(
        {
          protocol: "compound-v3",
          threshold: { ETH: "85%" },
          liquidationFactor: { ETH: "93%" },
          reserves: "1158100 USD",
          targetReserves,
        },
        owing([["100 ETH", "150000 USD"]], "-15%"),
      ).measures.soldUsd;
    expect(sold("1000000 USD")).toBe(0);
    expect(sold("1000000.000001 USD")).toBeGreaterThan(0);
  });
});

describe("room for debt at auction", () => {
  it("behavior: an auction that ends short gives back all of its room, the part that nobody paid as well", () => {
    // Both fall to half. The tab of the first, 169,500, fills the limit, so the second waits for the end of its auction.
    const { kernel, rows } = runLenderCase(
      { protocol: "maker", liquidationRatio: "150%", penalty: "13%", auctionLimit: "169500 USD" },
      (scenario) => {
        owing(
          [
            ["100 ETH", "150000 USD"],
            ["100 ETH", "149000 USD"],
          ],
          "-50%",
        )(scenario);
        scenario.clock = { tick: "5 min", duration: "3 h" };
      },
    );
    const acts = (act: number) =>
      rows.filter(({ kind, z }) => kind === tapeKinds.protocol && z === act).map(({ b }) => b);
    expect(rows.filter(({ kind }) => kind === tapeKinds.badDebt).map(({ b }) => b)).toEqual([0, 1]);
    expect(acts(protocolActs.kick)).toEqual([0, 1]);
    const lender = kernel.opened.rows[kernel.opened.mechanisms.findIndex(({ name }) => name === "lender")] as {
      readonly disposal: { readonly atAuction: number };
    };
    expect(lender.disposal.atAuction).toBe(0);
  });
});
