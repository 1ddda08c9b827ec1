import fc from "fast-check";
import { expect, it } from "vitest";
import { LendingLadder } from "../../engine/src/ladder/index.js";
import { type MapMarket, solve } from "../../engine/src/map/index.js";
import type { LendingRule, LiquidationSize } from "../../engine/src/rules/lending.js";
import { orderBookCurve } from "../../engine/src/rules/order-book-curve.js";
import { OrderBookLadder, PoolLadder } from "../../engine/src/run/ladders.js";
import type { VenueLadder } from "../../engine/src/run/venue-ladder.js";
import type { ReferenceProtocol } from "./lending-reference.js";
import { type ReferenceCascade, rest } from "./solve-reference.js";

const seed = Number(process.env.SEED ?? 20210519);
const numRuns = Number(process.env.RUNS ?? 300);
const spotUsd = 2_000;

const sizes = fc.constantFrom<LiquidationSize>(
  { kind: "all-collateral" },
  { kind: "close-factor", steps: [] },
  {
    kind: "close-factor",
    steps: [
      { healthBelowBps: 9_500, closeFactorBps: 10_000 },
      { healthBelowBps: 10_000, closeFactorBps: 5_000 },
    ],
  },
);
const rule = fc.record<LendingRule>({
  thresholdBps: fc.integer({ min: 5_000, max: 9_000 }).map((bps) => [bps, 0]),
  bonusBps: fc.constantFrom([0, 0], [500, 0], [800, 0]),
  penaltyBps: fc.constantFrom(0, 1_300),
  protocolFeeBps: fc.constantFrom(0, 1_000),
  size: sizes,
  dustValue: fc.constant(0),
  atEquality: fc.boolean(),
});
const protocol = fc.record({
  rule,
  accounts: fc.array(
    fc.record({ units: fc.integer({ min: 1, max: 3e9 }), breach: fc.double({ min: 0.5, max: 1.05, noNaN: true }) }),
    {
      minLength: 1,
      maxLength: 40,
    },
  ),
});
const venue = fc.record({
  pool: fc.boolean(),
  units: fc.integer({ min: 1e6, max: 5e10 }),
  levels: fc.integer({ min: 1, max: 4 }),
});

function openVenues(list: readonly { pool: boolean; units: number; levels: number }[]): VenueLadder[] {
  return list.map(({ pool, units, levels }, index) => {
    const id = `venue ${index}`;
    if (pool)
      return new PoolLadder(id, { baseUnits: units, quoteUnits: Math.floor((units / 10) * spotUsd) }, 0.003, 0.1);
    const rows = Array.from({ length: levels }, (_, level) => ({
      fall: 0.07 * (level + 1),
      units: units * (level + 1) ** 2,
    }));
    const bids = rows.map(({ fall, units: at }) => ({ relativePrice: 1 - fall, units: at }));
    const asks = rows.map(({ fall, units: at }) => ({ relativePrice: 1 + fall, units: at }));
    return new OrderBookLadder(id, orderBookCurve(bids, asks), 0.1);
  });
}

function openLadder({ rule: terms, accounts, unitDecimals }: ReferenceProtocol): LendingLadder {
  return new LendingLadder({
    mechanism: "lending",
    rule: terms,
    reactionMs: 0,
    rowCount: accounts.length,
    collateral: [{ asset: 0, values: Float64Array.from(accounts, (account) => account.collateral[0]) }],
    debt: [{ asset: 1, values: Float64Array.from(accounts, (account) => account.debt[1]) }],
    unitDecimals,
    openingSteps: Float64Array.of(spotUsd * 1e8, 1e8),
    feeds: Int32Array.of(0, 1),
    routes: { sell: Int32Array.of(-1, 0, -1, -1), buy: Int32Array.of(-1, -1, -1, -1) },
    account: (row) => `${row}`,
  });
}

it(`behavior: shallowest and deepest equal the reference's rounds to the unit and the step (seed ${seed}; SEED=${seed} npx vitest run test/reference/solve.test.ts)`, () => {
  fc.assert(
    fc.property(
      fc.array(protocol, { minLength: 1, maxLength: 3 }),
      fc.array(venue, { minLength: 1, maxLength: 4 }),
      fc.double({ min: -0.45, max: 0, noNaN: true }),
      fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1e10 })),
      (books, list, move, sale) => {
        const protocols = books.map(
          ({ rule: terms, accounts }): ReferenceProtocol => ({
            rule: terms,
            unitDecimals: [7, 6],
            accounts: accounts.map(({ units, breach }) => ({
              collateral: [units, 0],
              debt: [0, Math.floor((units / 10) * spotUsd * breach * (terms.thresholdBps[0] / 10_000))],
            })),
            sell: [-1, 0, -1, -1],
            buy: [-1, -1, -1, -1],
            byAccount: () => terms.penaltyBps > 0 && terms.size.kind !== "all-collateral",
          }),
        );
        const venues = openVenues(list);
        const market: MapMarket = {
          assets: [
            { symbol: "ETH", unitDecimals: 7, spotUsd },
            { symbol: "USD", unitDecimals: 6, spotUsd: 1 },
          ],
          instruments: [{ asset: 0, quote: 1 }],
          venues: venues.map((ladder) => ({ ladder, instrument: 0, refillPerHour: 0 })),
          feeds: [
            { asset: 0, venues: venues.map((_, index) => ({ venue: index, weight: 1 })) },
            { asset: 1, venues: [] },
          ],
          ladders: protocols.map(openLadder),
        };
        const solution = solve(market, { moves: [move, 0], saleUnits: [sale] });
        // The solution left the venues at their start around the shocked fair value.
        const cascade: ReferenceCascade = { protocols, venues, fairUsd: spotUsd * (1 + move), saleUnits: sale };
        const shallow = rest(cascade, 0);
        expect(solution.shallowest.limit).toBe(null);
        const { shallowest } = solution;
        expect([shallowest.soldUnits[0], shallowest.publishedSteps[0]]).toEqual([shallow.units, shallow.steps]);
        // Rounds on merged curves may leave one account to an extra round of exact prices.
        expect(Math.abs(shallowest.waves - shallow.waves)).toBeLessThanOrEqual(1);
        const deep = rest(cascade, 2 ** 51);
        expect([solution.deepest.soldUnits[0], solution.deepest.publishedSteps[0]]).toEqual([deep.units, deep.steps]);
        expect(solution.deepest.soldUnits[0]).toBeGreaterThanOrEqual(solution.shallowest.soldUnits[0]);
        expect(solution.nonMonotone).toBe(false);
      },
    ),
    { seed, numRuns },
  );
});
