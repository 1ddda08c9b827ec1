import { describe, expect, it } from "vitest";
import { LendingLadder, PerpetualIndex } from "../ladder/index.js";
import { uniform } from "../math/index.js";
import type { LiquidationSize } from "../rules/lending.js";
import type { Ladder } from "../run/mechanism.js";
import { gainAt } from "./gain.js";
import { levelsOf } from "./levels.js";
import { eth, ethMarket, orderBook, usd } from "./market.fixture.js";
import type { MapMarket } from "./market.js";
import { solve } from "./solve.js";
import { top } from "./top.js";

const sizes: readonly LiquidationSize[] = [
  { kind: "all-collateral" },
  { kind: "close-factor", steps: [] },
  {
    kind: "close-factor",
    steps: [
      { healthBelowBps: 9_500, closeFactorBps: 10_000 },
      { healthBelowBps: 10_000, closeFactorBps: 5_000 },
    ],
  },
  { kind: "close-factor", steps: [{ healthBelowBps: 10_000, closeFactorBps: 500 }] },
];

/** A book of borrowers of dollars against ETH and of ETH against dollars, some of them of the same size, some of a few units. */
function borrowers(seed: number, size: LiquidationSize): LendingLadder {
  const count = 60;
  const draw = (row: number, what: number) => uniform(seed, 0, row, 0, what);
  const coins = (row: number) => {
    const kind = draw(row, 0);
    if (kind < 0.1) return 1 + Math.floor(50 * draw(row, 1));
    return kind < 0.3 ? 20e7 : Math.floor(1e5 + 200e7 * draw(row, 1) ** 4);
  };
  const isShort = (row: number) => draw(row, 2) < 0.4;
  const edge = (row: number) => (draw(row, 3) < 0.2 ? 1_900 : 2_000 * (0.5 + draw(row, 4)));
  const dollars = (row: number) => Math.floor((coins(row) / 10) * edge(row));
  const column = (value: (row: number) => number) => Float64Array.from({ length: count }, (_, row) => value(row));
  return new LendingLadder({
    mechanism: `lender ${seed}`,
    rule: {
      thresholdBps: [8_000, 9_000],
      bonusBps: [500, 300],
      penaltyBps: size.kind === "all-collateral" ? 1_300 : 0,
      protocolFeeBps: 1_000,
      size,
      dustValue: 0,
      atEquality: false,
    },
    reactionMs: 0,
    rowCount: count,
    collateral: [
      { asset: eth, values: column((row) => (isShort(row) ? 0 : coins(row))) },
      { asset: usd, values: column((row) => (isShort(row) ? dollars(row) : 0)) },
    ],
    debt: [
      { asset: eth, values: column((row) => (isShort(row) ? Math.floor(0.9 * coins(row)) : 0)) },
      { asset: usd, values: column((row) => (isShort(row) ? 0 : Math.floor(0.8 * dollars(row)))) },
    ],
    unitDecimals: [7, 6],
    openingSteps: Float64Array.of(2_000e8, 1e8),
    feeds: Int32Array.of(0, 1),
    routes: { sell: Int32Array.of(-1, 0, -1, -1), buy: Int32Array.of(-1, -1, 0, -1) },
    account: (row) => `account ${row}`,
  });
}

function perpetuals(seed: number): PerpetualIndex {
  const draw = (row: number, what: number) => uniform(seed, 1, row, 0, what);
  const rows = Array.from({ length: 40 }, (_, row) => row);
  const size = Float64Array.from(rows, (row) => Math.round(30e7 * (draw(row, 0) - 0.5)));
  return new PerpetualIndex({
    mechanism: `perpetuals ${seed}`,
    instrument: 0,
    feed: 0,
    unitDecimals: 7,
    reactionMs: 0,
    size,
    breachSteps: Float64Array.from(rows, (row) => Math.round(2_000e8 * (0.6 + 0.8 * draw(row, 1)))),
    cash: Float64Array.from(rows, (row) => Math.abs(size[row]) * 150),
    describe: (row) => ({ account: `trader ${row}`, collateral: [], debt: [] }),
  });
}

/** The same ladder without its quick way to the large accounts. */
function listing(ladder: Ladder): Ladder {
  return {
    mechanism: ladder.mechanism,
    pathFree: ladder.pathFree,
    reactionMs: ladder.reactionMs,
    method: ladder.method,
    forced: (published, into) => ladder.forced(published, into),
    accounts: (published, visit) => ladder.accounts(published, visit),
    forcedOf: (row, published, into) => ladder.forcedOf?.(row, published, into),
    describe: (row) => ladder.describe(row),
  };
}

function markets(seed: number): { quick: MapMarket; slow: MapMarket } {
  const ladders = [
    borrowers(seed, sizes[seed % sizes.length]),
    perpetuals(seed),
    borrowers(seed + 1_000, sizes[(seed + 1) % sizes.length]),
  ];
  const market = ethMarket(2_000, [orderBook("a", 0, [{ fall: 0.6, units: 9_000e7 }])], ladders);
  return { quick: market, slow: { ...market, ladders: ladders.map(listing) } };
}

const seeds = Array.from({ length: 24 }, (_, seed) => seed);

describe("the largest accounts", () => {
  it("default: found without a listing, they are those of a listing: bands in both directions", () => {
    const options = { move: 0.04 };
    for (const seed of seeds) {
      const { quick, slow } = markets(seed);
      for (const direction of [-1, 1] as const) {
        expect(levelsOf(quick, eth, direction, options)).toEqual(levelsOf(slow, eth, direction, options));
      }
    }
  });

  it("behavior: the same jump with dollars away from their opening price, and at prices of next to nothing", () => {
    for (const seed of seeds) {
      const { quick, slow } = markets(seed);
      for (const [price, dollar] of [
        [1_800, 0.97],
        [2_200, 1.2],
        [1_500, 0.2],
        [1e-8, 1],
        [900, 1],
      ]) {
        for (const direction of [-1, 1] as const) {
          const question = { move: 0.02, direction, horizonMs: 0 };
          expect(gainAt(quick, [price, dollar], question)).toEqual(gainAt(slow, [price, dollar], question));
        }
      }
    }
  });

  it("behavior: the same top ten, in the same order, with the same bad debt without each", () => {
    for (const seed of seeds) {
      const { quick, slow } = markets(seed);
      for (const moves of [
        [-0.4, 0],
        [0.4, 0],
        [-0.05, 0],
      ]) {
        const landing = solve(quick, { moves }).shallowest;
        expect(top(quick, { moves }, landing)).toEqual(top(slow, { moves }, landing));
      }
    }
  });
});
