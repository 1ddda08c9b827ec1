import { powInt } from "../math/index.js";
import { check, type ValidationCase } from "./case.js";
import { rows } from "./rows.js";

/** Price over the starting price after `seconds`: cut per whole step. Source: Maker abaci.sol, StairstepExponentialDecrease.price. */
export function stairstepAuctionShare(cut: number, stepSeconds: number, seconds: number): number {
  return powInt(cut, Math.floor(seconds / stepSeconds));
}

/** Price over the starting price after `seconds`, falling in a line to zero at `tailSeconds`. Source: abaci.sol, LinearDecrease.price. */
export function linearAuctionShare(tailSeconds: number, seconds: number): number {
  return seconds >= tailSeconds ? 0 : (tailSeconds - seconds) / tailSeconds;
}

/** Runner-up: 0.99 every 90 seconds, half an hour in. */
export function auctionPriceCases(): ValidationCase[] {
  return [
    check(
      {
        id: "auction-price/maker-half-an-hour",
        source: "Maker abaci.sol, StairstepExponentialDecrease",
        tag: "S+D",
        unit: "share of the starting price",
        expected: 0.817907,
        tolerance: 5e-7,
        row: rows.runnersUp,
      },
      stairstepAuctionShare(0.99, 90, 1_800),
    ),
  ];
}
