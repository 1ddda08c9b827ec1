import { insuredShares, type ReplicatedFloor, replicatedShare } from "../rules/synthetic-put.js";
import { check, type Expectation, type ValidationCase } from "./case.js";
import { rows } from "./rows.js";

/** Share of opening wealth that stands in the asset, in shares at price 1, when the price is `price`: w N(d1). */
export function replicatedHolding(floor: ReplicatedFloor, price: number): number {
  const { shares, strike } = insuredShares(floor);
  return shares * replicatedShare(price, strike, floor.years, floor.volatility, floor.rate);
}

/**
 * Sales that the rule asks of an insured `wealthUsd` after a fall, at once: shares times the mean of the price before and after, as the shares are sold on the
 * way down. Shares at the opening price and at the low one are the two ends.
 */
export function replicatedSalesUsd(floor: ReplicatedFloor, wealthUsd: number, fall: number): number {
  const sold = replicatedHolding(floor, 1) - replicatedHolding(floor, 1 - fall);
  return wealthUsd * sold * (1 - fall / 2);
}

/** Sales of a constant-proportion insurer after a fall in one step, at the low price: m C falls by m^2 C x fall, the exposure itself by m C x fall. */
export function proportionalSalesUsd(multiplier: number, floorShare: number, wealthUsd: number, fall: number): number {
  const exposure = multiplier * (1 - floorShare);
  const wealth = 1 - exposure * fall;
  const target = Math.max(0, multiplier * (wealth - floorShare));
  return wealthUsd * (exposure * (1 - fall) - target);
}

/** The insured dollars of October 1987, and what the market fell by in the days before. */
export const insured1987 = { wealthUsd: 60e9, fall: 0.1 } as const;

/** The floor whose sales are the published estimate. */
export const floor1987: ReplicatedFloor = { floorShare: 0.95, years: 1, volatility: 0.18, rate: 0.07 };

/** Row 6 in closed form. The band over the parameter sets is what may be said of 1987; one set that fits is a calibration. */
export function requiredSalesCases(): ValidationCase[] {
  const about = (id: string, unit: string, expected: number, tolerance: number, source: string): Expectation => ({
    id: `required-sales/${id}`,
    source,
    tag: "D",
    unit,
    expected,
    tolerance,
    row: rows.requiredSales,
  });
  const { wealthUsd, fall } = insured1987;
  const obpi = "Leland and Rubinstein 1988, put of Black and Scholes; shares at the mean price";
  const cppi = "Black and Perold 1992";
  const put = (floorShare: number, years: number) =>
    replicatedSalesUsd({ ...floor1987, floorShare, years }, wealthUsd, fall) / 1e9;
  const proportional = (multiplier: number) => proportionalSalesUsd(multiplier, 0.85, wealthUsd, fall) / 1e9;
  const example = insuredShares({ floorShare: 1, years: 1, volatility: 0.2, rate: 0.05 });
  const published: Expectation = {
    id: "required-sales/estimate-of-1987",
    source: "at least $12 bn: Hull, Options, Futures and Other Derivatives, on October 1987; ours: floor 95 %, 1 year",
    tag: "S+D",
    unit: "billion USD",
    expected: 12,
    tolerance: 0.15,
    toleranceKind: "relative",
    row: rows.requiredSales,
  };
  return [
    check(about("example-strike", "opening price", 1.11737735, 5e-9, obpi), example.strike),
    check(about("example-shares", "shares", 0.894953, 5e-7, obpi), example.shares),
    check(about("put-floor-0.95-half-a-year", "billion USD", 17.7, 0.05, obpi), put(0.95, 0.5)),
    check(about("put-floor-0.90-one-year", "billion USD", 10.3, 0.05, obpi), put(0.9, 1)),
    check(about("put-floor-0.95-one-year", "billion USD", 12.2, 0.05, obpi), put(0.95, 1)),
    check(published, put(0.95, 1)),
    check(about("cppi-multiplier-3", "billion USD", 5.4, 1e-12, cppi), proportional(3)),
    check(about("cppi-multiplier-4", "billion USD", 10.8, 1e-12, cppi), proportional(4)),
    check(about("cppi-multiplier-5", "billion USD", 18, 1e-12, cppi), proportional(5)),
  ];
}
