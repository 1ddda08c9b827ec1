import { powInt } from "../math/index.js";
import { check, type Expectation, type ValidationCase } from "./case.js";
import { rows } from "./rows.js";

/** The probability that none of `keepers` bids, each bidding with probability `bidding`: (1 - p)^N. */
export function noBidProbability(keepers: number, bidding: number): number {
  return powInt(1 - bidding, keepers);
}

/** The probability that exactly one bids and names its own price: N p (1 - p)^(N - 1). */
export function monopolyProbability(keepers: number, bidding: number): number {
  return keepers * bidding * powInt(1 - bidding, keepers - 1);
}

/** Section 2.6, the dial of Maker's Black Thursday: ten keepers, three in ten of them awake. */
export function keeperAuctionCases(): ValidationCase[] {
  const about = (id: string, expected: number): Expectation => ({
    id: `keeper-auction/${id}`,
    source: "independent keepers, binomial",
    tag: "D",
    unit: "probability",
    expected,
    tolerance: 5e-7,
    row: rows.keeperAuction,
  });
  return [
    check(about("no-bid", 0.028248), noBidProbability(10, 0.3)),
    check(about("monopoly", 0.121061), monopolyProbability(10, 0.3)),
  ];
}
