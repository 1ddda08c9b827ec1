import { emptyFlow, type LendingAccounts, LendingLadder } from "../ladder/index.js";
import { orderBookCurve } from "../rules/order-book-curve.js";
import { OrderBookLadder } from "../run/ladders.js";
import type { Ladder } from "../run/mechanism.js";
import type { MapMarket, MapVenue } from "./market.js";

/** Assets of the tests: ETH (7 decimals) and dollars (6). */
export const eth = 0;
export const usd = 1;

/** An order book around fair value, the same depth on both sides: units until each relative fall. */
export function orderBook(
  id: string,
  instrument: number,
  levels: readonly { fall: number; units: number }[],
  refillPerHour = 0,
): MapVenue {
  const bids = levels.map(({ fall, units }) => ({ relativePrice: 1 - fall, units }));
  const asks = levels.map(({ fall, units }) => ({ relativePrice: 1 / (1 - fall), units }));
  return { ladder: new OrderBookLadder(id, orderBookCurve(bids, asks), 0.1), instrument, refillPerHour };
}

/** Accounts that hold ETH and owe dollars, all collateral sold at `breachUsd`: threshold 80 %, no bonus. */
export function ethBorrowers(
  accounts: readonly { units: number; breachUsd: number }[],
  spotUsd: number,
  change: Partial<LendingAccounts> = {},
): LendingLadder {
  return new LendingLadder({
    mechanism: "lending",
    rule: {
      thresholdBps: [8_000, 0],
      bonusBps: [0, 0],
      penaltyBps: 0,
      protocolFeeBps: 0,
      size: { kind: "all-collateral" },
      dustValue: 0,
      atEquality: true,
    },
    reactionMs: 0,
    rowCount: accounts.length,
    collateral: [{ asset: eth, values: Float64Array.from(accounts, ({ units }) => units) }],
    debt: [
      {
        asset: usd,
        values: Float64Array.from(accounts, ({ units, breachUsd }) =>
          Math.floor((units / 1e7) * breachUsd * 0.8 * 1e6),
        ),
      },
    ],
    unitDecimals: [7, 6],
    openingSteps: Float64Array.of(Math.floor(spotUsd * 1e8), 1e8),
    feeds: Int32Array.of(0, 1),
    routes: { sell: Int32Array.of(-1, 0, -1, -1), buy: Int32Array.of(-1, -1, -1, -1) },
    account: (row) => `vault ${row}`,
    ...change,
  });
}

/** A market of ETH against dollars: the feed reads all venues equally, dollars stand at 1. */
export function ethMarket(spotUsd: number, venues: readonly MapVenue[], ladders: readonly Ladder[]): MapMarket {
  return {
    assets: [
      { symbol: "ETH", unitDecimals: 7, spotUsd },
      { symbol: "USD", unitDecimals: 6, spotUsd: 1 },
    ],
    instruments: [{ asset: eth, quote: usd }],
    venues,
    feeds: [
      { asset: eth, venues: venues.map((_, venue) => ({ venue, weight: 1 })) },
      { asset: usd, venues: [] },
    ],
    ladders,
  };
}

/** Net units sold at a held price. */
export function soldAt(ladder: Ladder, priceUsd: number): number {
  const flow = emptyFlow(1);
  ladder.forced(Float64Array.of(Math.floor(priceUsd * 1e8), 1e8), flow);
  return flow.sold[0] - flow.bought[0];
}
