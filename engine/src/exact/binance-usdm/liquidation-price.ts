import { divDown, divUp } from "../rounding.js";
import { NoSuchPosition } from "./errors.js";
import { accountRisk, isLiquidatable, maintenanceMargin, markOf, notionalScale, notionalValue } from "./margin.js";
import { type ContractParameters, cumulativeAmounts, MILLIONTHS } from "./parameters.js";
import { type Account, type Exchange, type Marks, magnitude, type Position, sideOf } from "./state.js";

/** Marks above this are not searched: 2^96 steps. */
const highestMark = 1n << 96n;

/**
 * The exchange's formula for the price at which a position is liquidated, in steps of 1e-8, rounded down for a long and up for a short:
 * (margin + cum - side x entry notional) / (size x (rate - side)) in the tier that this notional falls into. `margin` is what `marginFor` gives, in
 * quote units. Null where no positive price liquidates. Source: Binance, how to calculate the liquidation price of USD-M futures contracts.
 */
export function liquidationPrice(contract: ContractParameters, position: Position, margin: bigint): bigint | null {
  const side = sideOf(position.size);
  const units = magnitude(position.size);
  const cumulative = cumulativeAmounts(contract.tiers);
  const last = contract.tiers.length - 1;
  for (let n = 0; n <= last && units > 0n; n++) {
    const { floor, cap, maintenanceRate } = contract.tiers[n];
    // The notional is worth / share: both are positive where a price exists.
    const worth = -side * ((margin - side * position.entryNotional) * MILLIONTHS + cumulative[n]);
    const share = MILLIONTHS - side * maintenanceRate;
    if (share === 0n || worth < floor * share || (n < last && worth >= cap * share)) continue;
    if (worth <= 0n) return null;
    const scaled = worth * notionalScale(contract);
    return side === 1n ? divDown(scaled, units * share) : divUp(scaled, units * share);
  }
  return null;
}

/**
 * The margin that stands behind one position, in quote units: the wallet of an isolated position; of a cross account the wallet less the other
 * positions' maintenance margin plus their unrealised profit. Throws `NoSuchPosition`, `NoMarkPrice`.
 */
export function marginFor(exchange: Exchange, marks: Marks, account: Account, contract: string): bigint {
  const { [contract]: position, ...positions } = account.positions;
  if (position === undefined) throw new NoSuchPosition(`the account has no position in ${contract}`);
  const others = accountRisk(exchange, marks, { ...account, positions });
  return others.marginBalance - others.maintenanceMargin;
}

/**
 * The exact limit, by bisection on `isLiquidatable`: the highest mark of `contract` (steps of 1e-8) at which an account is liquidatable where the position is
 * long, the lowest where it is short; the other marks stand still. Null where no positive mark liquidates, or for a long every one. The formula is within
 * the rounding of notional and margin of it. Throws `NoSuchPosition`, `NoMarkPrice`.
 */
export function breachMark(exchange: Exchange, marks: Marks, account: Account, contract: string): bigint | null {
  const position = account.positions[contract];
  if (position === undefined) throw new NoSuchPosition(`the account has no position in ${contract}`);
  const long = position.size > 0n;
  const liquidatable = (mark: bigint) => isLiquidatable(exchange, { ...marks, [contract]: mark }, account);
  let low = 1n;
  let high = highestMark;
  if (long && (!liquidatable(low) || liquidatable(high))) return null;
  if (!long && liquidatable(low)) return low;
  if (!long && !liquidatable(high)) return null;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (liquidatable(middle) === long) low = middle;
    else high = middle;
  }
  return long ? low : high;
}

/** What a position is closed for so that its account ends with nothing. */
export interface Bankruptcy {
  readonly contract: string;
  /** Signed size that is taken over, in asset units. */
  readonly size: bigint;
  /** Cash for the whole position in quote units: a long receives it, a short pays it. */
  readonly cash: bigint;
  /** The same a coin, in steps of 1e-8: up for a long, down for a short, the side on which its account still ends with nothing or better. */
  readonly price: bigint;
  /** What the cash is worse than the mark for whoever takes over, in quote units; 0 where a part of the maintenance margin is left. */
  readonly deficit: bigint;
}

/**
 * Bankruptcy terms of every position of an account: closed at these, its wallet ends at exactly 0. One position: cash = entry notional - side x wallet. Several
 * positions share the margin balance in proportion to their maintenance margin (rounded down, the last by name takes the rest): the exchange does not
 * publish its division. Throws `NoMarkPrice`.
 */
export function bankruptcyTerms(exchange: Exchange, marks: Marks, account: Account): Bankruptcy[] {
  const { marginBalance, maintenanceMargin: required } = accountRisk(exchange, marks, account);
  const names = Object.keys(account.positions).sort();
  let left = marginBalance;
  return names.map((name, place) => {
    const contract = exchange.contracts[name];
    const { size } = account.positions[name];
    const notional = notionalValue(contract, size, markOf(marks, name));
    const last = place === names.length - 1;
    const share = last
      ? left
      : divDown(marginBalance * maintenanceMargin(contract, notional), required === 0n ? 1n : required);
    left -= share;
    const cash = notional - sideOf(size) * share;
    const scaled = cash * notionalScale(contract);
    const price = size > 0n ? divUp(scaled, magnitude(size)) : divDown(scaled, magnitude(size));
    return { contract: name, size, cash, price, deficit: share < 0n ? -share : 0n };
  });
}
