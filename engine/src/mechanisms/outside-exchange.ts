import { powersOfTen } from "../rules/account-value.js";

/** What an exchange with `outside` reads and writes: a moment that may transfer. */
interface Exchange {
  fair(asset: number): number;
  transfer(from: number, to: number, asset: number, units: number): void;
}

/** Dollars of one whole unit of an asset at fair value. */
export function unitUsd(at: { fair(asset: number): number }, asset: number, decimals: ArrayLike<number>): number {
  return at.fair(asset) / powersOfTen[decimals[asset]];
}

/**
 * Exchanges `units` of an asset that an account has too much of (positive) or lacks (negative) for `cash`, with `outside` at fair value, rounded against the
 * account. It walks no depth: it stands for the small conversions (DAI for USD) that a scenario models no market of.
 */
export function exchangeOutside(
  at: Exchange,
  account: number,
  outside: number,
  asset: number,
  units: number,
  cash: number,
  decimals: ArrayLike<number>,
): void {
  if (asset === cash || units === 0) return;
  const worth = (Math.abs(units) * unitUsd(at, asset, decimals)) / unitUsd(at, cash, decimals);
  if (units > 0) {
    at.transfer(account, outside, asset, units);
    at.transfer(outside, account, cash, Math.floor(worth));
  } else {
    at.transfer(outside, account, asset, -units);
    at.transfer(account, outside, cash, Math.ceil(worth));
  }
}
