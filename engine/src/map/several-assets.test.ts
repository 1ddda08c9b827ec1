import { describe, expect, it } from "vitest";
import { LendingLadder } from "../ladder/index.js";
import { gainAt } from "./gain.js";
import { orderBook } from "./market.fixture.js";
import { type MapMarket, replaceLadder } from "./market.js";
import { solve } from "./solve.js";

/** ETH (7 decimals) and WBTC (8) against dollars (6): accounts of both collaterals, and one that owes WBTC. */
function borrowers(rows: readonly { eth: number; wbtc: number; usd: number; owedWbtc?: number }[]): LendingLadder {
  const column = (values: (row: (typeof rows)[number]) => number) => Float64Array.from(rows, values);
  return new LendingLadder({
    mechanism: "lending",
    rule: {
      thresholdBps: [8_000, 8_000, 0],
      bonusBps: [0, 0, 0],
      penaltyBps: 0,
      protocolFeeBps: 0,
      size: { kind: "all-collateral" },
      dustValue: 0,
      atEquality: false,
    },
    reactionMs: 0,
    rowCount: rows.length,
    collateral: [
      { asset: 0, values: column(({ eth }) => eth * 1e7) },
      { asset: 1, values: column(({ wbtc }) => wbtc * 1e8) },
    ],
    debt: [
      { asset: 1, values: column(({ owedWbtc }) => (owedWbtc ?? 0) * 1e8) },
      { asset: 2, values: column(({ usd }) => usd * 1e6) },
    ],
    unitDecimals: [7, 8, 6],
    openingSteps: Float64Array.of(2_000e8, 40_000e8, 1e8),
    feeds: Int32Array.of(0, 1, 2),
    // Sold for dollars wherever it goes; owed WBTC is bought.
    routes: {
      sell: Int32Array.of(-1, 0, 0, -1, -1, 1, -1, -1, -1),
      buy: Int32Array.of(-1, 1, -1, -1, -1, -1, -1, -1, -1),
    },
    account: (row) => `account ${row}`,
  });
}

function market(ladder: LendingLadder): MapMarket {
  const wide = [{ fall: 0.5, units: 1_000e7 }];
  return {
    assets: [
      { symbol: "ETH", unitDecimals: 7, spotUsd: 2_000 },
      { symbol: "WBTC", unitDecimals: 8, spotUsd: 40_000 },
      { symbol: "USD", unitDecimals: 6, spotUsd: 1 },
    ],
    instruments: [
      { asset: 0, quote: 2 },
      { asset: 1, quote: 2 },
    ],
    venues: [orderBook("eth", 0, wide), orderBook("wbtc", 1, [{ fall: 0.5, units: 50e8 }])],
    feeds: [
      { asset: 0, venues: [{ venue: 0, weight: 1 }] },
      { asset: 1, venues: [{ venue: 1, weight: 1 }] },
      { asset: 2, venues: [] },
    ],
    ladders: [ladder],
  };
}

describe("several assets at once", () => {
  it("behavior: a fall of ETH forces WBTC, whose fall forces who holds only WBTC", () => {
    // 10 ETH and 1 WBTC against 47,900 dollars: ETH at 1,980 is enough, and the WBTC, the larger, is sold.
    const both = { eth: 10, wbtc: 1, usd: 47_900 };
    const alone = { eth: 0, wbtc: 10, usd: 318_000 };
    const { shallowest, nonMonotone } = solve(market(borrowers([both, alone])), { moves: [-0.05, 0, 0] });
    expect(shallowest.soldUnits[1]).toBe(11e8);
    expect(shallowest.waves).toBe(2);
    expect(shallowest.pricesUsd[1]).toBeLessThan(40_000);
    expect(nonMonotone).toBe(false);
  });

  it("behavior: the matrix holds who forces whom, and the number is its spectral radius", () => {
    const gain = gainAt(
      market(
        borrowers([
          { eth: 10, wbtc: 1, usd: 47_900 },
          { eth: 1, wbtc: 0, usd: 1_590 },
        ]),
      ),
      [2_000, 40_000, 1],
      {
        move: 0.01,
        direction: -1,
        horizonMs: 0,
      },
    );
    // Row WBTC, column ETH: WBTC forced by a fall of ETH.
    expect(gain.matrix[1 * 3 + 0]).toBe(1e8 / gain.depthUnits[1]);
    expect(gain.matrix[1 * 3 + 1]).toBe(1e8 / gain.depthUnits[1]);
    expect(gain.matrix[0]).toBe(1e7 / gain.depthUnits[0]);
    // Triangular: the larger of the two rates on the diagonal.
    expect(gain.value).toBeCloseTo(Math.max(gain.matrix[0], gain.matrix[4]), 12);
    expect(gain.nonMonotone).toBe(false);
  });

  it("behavior: ETH sold and owed WBTC bought is not adverse, and said so", () => {
    const short = market(borrowers([{ eth: 100, wbtc: 0, usd: 0, owedWbtc: 3.98 }]));
    const solution = solve(short, { moves: [-0.05, 0, 0] });
    expect(solution.shallowest.soldUnits[0]).toBe(100e7);
    expect(solution.shallowest.boughtUnits[1]).toBeGreaterThan(0);
    expect(solution.nonMonotone).toBe(true);
    expect(gainAt(short, [2_000, 40_000, 1], { move: 0.01, direction: -1, horizonMs: 0 }).nonMonotone).toBe(true);
  });

  it("behavior: one ladder is replaced, the others stay as they are", () => {
    const opening = market(borrowers([{ eth: 10, wbtc: 0, usd: 15_500 }]));
    expect(solve(opening, { moves: [-0.05, 0, 0] }).shallowest.liquidated).toBe(1);
    const repaid = replaceLadder(opening, 0, borrowers([{ eth: 10, wbtc: 0, usd: 9_000 }]));
    expect(solve(repaid, { moves: [-0.05, 0, 0] }).shallowest.liquidated).toBe(0);
    expect(repaid.venues).toBe(opening.venues);
  });
});
