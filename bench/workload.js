// The workloads of the solve rows, the same numbers on every machine: Philox draws of the engine, whole units and whole price steps.

import { LendingLadder } from "../engine/dist/ladder/index.js";
import { uniform } from "../engine/dist/math/index.js";
import { orderBookCurve } from "../engine/dist/rules/order-book-curve.js";
import { OrderBookLadder } from "../engine/dist/run/ladders.js";

export const seed = 20210519;
export const spotUsd = 2_000;
export const protocolCount = 6;
export const venueCount = 5;

/** Protocols of accounts: ETH against dollars, breach prices between 35 % and 99.9 % of spot, sizes over three orders of magnitude. */
export function drawProtocols(positionCount) {
  return Array.from({ length: protocolCount }, (_, protocol) => {
    const count = Math.floor(positionCount / protocolCount) + (protocol < positionCount % protocolCount ? 1 : 0);
    const thresholdBps = 7_500 + 250 * protocol;
    const collateral = new Float64Array(count);
    const debt = new Float64Array(count);
    for (let row = 0; row < count; row++) {
      const size = uniform(seed, 0, row, protocol, 0);
      const edge = uniform(seed, 0, row, protocol, 1);
      // 0.01 to 10 ETH, more small ones than large ones.
      collateral[row] = Math.floor(1e5 + 1e8 * size * size * size);
      const breachUsd = spotUsd * (0.35 + 0.649 * Math.sqrt(edge));
      debt[row] = Math.floor((collateral[row] / 10) * breachUsd * (thresholdBps / 1e4));
    }
    return { thresholdBps, collateral, debt };
  });
}

/** Levels of five order books: a tenth of the units of all accounts within 1 %, rising. */
export function drawVenues(protocols) {
  let units = 0;
  for (const { collateral } of protocols) for (const amount of collateral) units += amount;
  return Array.from({ length: venueCount }, (_, venue) => {
    const share = [0.4, 0.25, 0.15, 0.12, 0.08][venue];
    const levels = [];
    let total = 0;
    for (let level = 1; level <= 20; level++) {
      const fall = 0.005 * level * (1 + 0.1 * level) + 0.0007 * venue;
      total += Math.floor(units * share * 0.05 * (0.6 + 0.8 * uniform(seed, 1, level, venue, 0)));
      levels.push({ fall, units: total });
    }
    return levels;
  });
}

/** Outside moves that are solved for in turn. */
export const shocks = [-0.05, -0.08, -0.1, -0.12, -0.15, -0.18, -0.2, -0.25];

const rule = (thresholdBps, size) => ({
  thresholdBps: [thresholdBps, 0],
  bonusBps: [0, 0],
  penaltyBps: 0,
  protocolFeeBps: 0,
  size,
  dustValue: 0,
  atEquality: false,
});

/** The market of the map over these protocols and venues. */
export function openMarket(protocols, venues, size) {
  return {
    assets: [
      { symbol: "ETH", unitDecimals: 7, spotUsd },
      { symbol: "USD", unitDecimals: 6, spotUsd: 1 },
    ],
    instruments: [{ asset: 0, quote: 1 }],
    venues: venues.map((levels, venue) => ({
      ladder: new OrderBookLadder(
        `venue ${venue}`,
        orderBookCurve(
          levels.map(({ fall, units }) => ({ relativePrice: 1 - fall, units })),
          levels.map(({ fall, units }) => ({ relativePrice: 1 / (1 - fall), units })),
        ),
        0.1,
      ),
      instrument: 0,
      refillPerHour: 0,
    })),
    feeds: [
      { asset: 0, venues: venues.map((_, venue) => ({ venue, weight: 1 })) },
      { asset: 1, venues: [] },
    ],
    ladders: protocols.map(
      ({ thresholdBps, collateral, debt }, protocol) =>
        new LendingLadder({
          mechanism: `protocol ${protocol}`,
          rule: rule(thresholdBps, size),
          reactionMs: 0,
          rowCount: collateral.length,
          collateral: [{ asset: 0, values: collateral }],
          debt: [{ asset: 1, values: debt }],
          unitDecimals: [7, 6],
          openingSteps: Float64Array.of(spotUsd * 1e8, 1e8),
          feeds: Int32Array.of(0, 1),
          routes: { sell: Int32Array.of(-1, 0, -1, -1), buy: Int32Array.of(-1, -1, -1, -1) },
          account: (row) => `${protocol}/${row}`,
        }),
    ),
  };
}
