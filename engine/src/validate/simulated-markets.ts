import { exp, normalCdf } from "../math/index.js";
import { supplyImpact } from "../rules/supply-impact.js";
import { check, type Expectation, type ValidationCase } from "./case.js";
import { folds } from "./fold.js";
import { acceptanceMarket } from "./gennotte-leland.js";
import { acceptanceMix, acceptanceMixImpact, mixedVariance } from "./kim-markowitz.js";
import { priceSensitivity } from "./liquidity-spiral.js";
import { floor1987, insured1987, replicatedSalesUsd } from "./required-sales.js";
import { rows } from "./rows.js";
import { playCalled } from "./simulated/called-speculator.js";
import { playFunded } from "./simulated/funded-speculator.js";
import { findCrash, gainOf, type HiddenHedging, hedgedFall } from "./simulated/hidden-hedging.js";
import { playMixed } from "./simulated/mixed-market.js";
import { soldInFall } from "./simulated/one-fall.js";

/** Numbers that agents must produce in one market after one shock, without chance but in row Kim-Markowitz: through the kernel. */
export function marketCases(seed: number): ValidationCase[] {
  return [
    ...hiddenHedgingCases(),
    ...mixedMarketCases(seed),
    ...requiredSalesCases(),
    ...fundedSpeculatorCases(),
    ...calledSpeculatorCases(),
    ...leveragedFundCases(),
  ];
}

/**
 * Insurers of `synthetic-put` on a book whose log price falls by the unobserved impact for the whole market sold. The market has risen by 20 % of ln price since their
 * puts were at the money: at the money itself, above the critical share, no price is stable, and the size of the fall does not depend on where it begins.
 */
function hiddenHedgingCases(): ValidationCase[] {
  const about = (id: string, unit: string, expected: number, tolerance: number): Expectation => ({
    id: `gennotte-leland/simulated-${id}`,
    source: "Gennotte and Leland 1990, our parameters; insurers of `synthetic-put` on a log-linear book",
    tag: "D",
    unit,
    expected,
    tolerance,
    row: rows.gennotteLeland,
    how: "simulated",
  });
  const { unobserved } = supplyImpact(acceptanceMarket);
  const market = { impact: unobserved, volatility: 0.2, years: 0.25 };
  const width = market.volatility * Math.sqrt(market.years);
  // Half of the hedge is sold where ln price is this much below the strike: there the put's gamma, and the gain, is largest.
  const belowStrike = (width * width) / 2;
  const critical = (hedgedShare: number, announced: boolean) =>
    hedgedShare / gainOf(hedgedFall({ ...market, hedgedShare, risen: -belowStrike, announced }), 0);
  const risen = 0.2;
  const crash = (hedgedShare: number) => {
    const hedging: HiddenHedging = { ...market, hedgedShare, risen, announced: false };
    const found = findCrash(hedgedFall(hedging), risen + belowStrike, 0.4);
    const announced = hedgedFall({ ...hedging, announced: true });
    // Around the same shock, a thousandth each way: where hidden hedging falls over, announced hedging falls by the shock's own two thousandths.
    return { ...found, announced: announced(found.shock + 1e-3) - announced(found.shock - 1e-3) - 2e-3 };
  };
  const [three, four] = [0.03, 0.04].map(crash);
  const shock = (hedgedShare: number) => {
    const centre = risen + belowStrike;
    const reach = unobserved * hedgedShare;
    // The model counts sales from nothing hedged; the market opens with what is hedged at its price.
    return (folds({ reach, centre, width })?.collapseShock ?? Number.NaN) + reach * normalCdf(-centre / width);
  };
  const size = ({ before, after }: { before: number; after: number }) => 1 - exp(before - after);
  return [
    check(about("critical-share-unobserved", "share", 0.02609, 5e-6), critical(0.02, false)),
    check(about("critical-share-observed", "share", 11.62, 5e-3), critical(0.04, true)),
    // The shock is found to 4e-9, where the price before the fall is still 4e-5 above the fold: that much of the digits is not there.
    check(about("crash-at-3-percent", "share", 0.1508, 5e-5), size(three)),
    check(about("crash-at-4-percent", "share", 0.2669, 5e-5), size(four)),
    check(about("shock-of-crash-at-3-percent", "log price", shock(0.03), 1e-8), three.shock),
    check(about("shock-of-crash-at-4-percent", "log price", shock(0.04), 1e-8), four.shock),
    check(about("announced-crash-at-3-percent", "log price", 0, 1e-5), three.announced),
    check(about("announced-crash-at-4-percent", "log price", 0, 1e-5), four.announced),
  ];
}

function mixedMarketCases(seed: number): ValidationCase[] {
  return [0, 1 / 3, 1 / 2, 1].map((insured) =>
    check(
      {
        id: `kim-markowitz/simulated-variance-insured-${Number(insured.toFixed(2))}`,
        source: "in the manner of Kim and Markowitz 1989, our parameters; accounts of `rebalancer` and `cppi`",
        tag: "D",
        unit: "ratio",
        expected: mixedVariance(acceptanceMix, insured, acceptanceMixImpact),
        tolerance: 0.02,
        toleranceKind: "relative",
        row: rows.kimMarkowitz,
        how: "simulated",
      },
      playMixed(insured, acceptanceMixImpact, seed),
    ),
  );
}

/** A rule is linear in wealth: 60 thousand dollars stand for 60 billion, in a market in which neither moves the price. */
function requiredSalesCases(): ValidationCase[] {
  const about = (id: string, expected: number, tolerance: number, relative: boolean, source: string): Expectation => ({
    id: `required-sales/simulated-${id}`,
    source,
    tag: "D",
    unit: "billion USD",
    expected,
    tolerance,
    toleranceKind: relative ? "relative" : "absolute",
    row: rows.requiredSales,
    how: "simulated",
  });
  const { wealthUsd, fall } = insured1987;
  const scale = 1e-6;
  const wealth = { riskyUsd: wealthUsd * scale, cashUsd: 0 };
  const sales = (agent: Readonly<Record<string, unknown>>, ticks: number) =>
    soldInFall({ ...agent, start: "rule" }, wealth, fall, ticks) / scale / 1e9;
  const cppi = (multiplier: number) => sales({ kind: "cppi", multiplier, floor: "85%" }, 1);
  // In a thousand steps, so that shares go at the prices of the way: the published figure takes them all at the mean of the first and the last.
  const put = (floor: number, years: number) =>
    sales(
      {
        kind: "synthetic-put",
        floor,
        horizon: `${365 * years} day`,
        volatility: floor1987.volatility,
        rate: floor1987.rate,
      },
      1_000,
    );
  const closed = (floorShare: number, years: number) =>
    replicatedSalesUsd({ ...floor1987, floorShare, years }, wealthUsd, fall) / 1e9;
  const black = "Black and Perold 1992; an account of `cppi`, its market's own impact 1e-7";
  const leland = "Leland and Rubinstein 1988; an account of `synthetic-put` in a thousand steps";
  const year = put(0.95, 1);
  return [
    check(about("cppi-multiplier-3", 5.4, 1e-6, false, black), cppi(3)),
    check(about("cppi-multiplier-4", 10.8, 1e-6, false, black), cppi(4)),
    check(about("cppi-multiplier-5", 18, 2e-6, false, black), cppi(5)),
    check(about("estimate-of-1987", 12.2, 0.15, true, leland), year),
    check(about("put-floor-0.95-one-year", closed(0.95, 1), 0.005, true, leland), year),
    check(about("put-floor-0.90-one-year", closed(0.9, 1), 0.005, true, leland), put(0.9, 1)),
    check(about("put-floor-0.95-half-a-year", closed(0.95, 0.5), 0.005, true, leland), put(0.95, 0.5)),
  ];
}

/**
 * A leveraged fund is a speculator at its margin constraint: p x / L = wealth, so that margins fall with the price (m' x = x0 / L above 0) and its coins from before make
 * the loss spiral. A broker whose margins rise in a fall gives the published example itself (m' x = -1.8), up to the size of the loss and margin rates in whole
 * millionths. Without coins from before (x0 = 0) nobody can be called: those two figures are the formula's alone.
 */
function fundedSpeculatorCases(): ValidationCase[] {
  return [
    { leverage: 2, held: 2, slope: 10 },
    { leverage: 4, held: 2, slope: 10 },
    { leverage: 2, held: 3, slope: 8 },
  ].map(({ leverage, held, slope }) =>
    check(
      {
        id: `liquidity-spiral/simulated-leverage-${leverage}-held-${held}`,
        source: "Brunnermeier and Pedersen 2009, our parameters; a fund of `constant-leverage` whose margin is p / L",
        tag: "D",
        unit: "price per unit of capital",
        expected: priceSensitivity({
          marginTimesSlope: slope,
          marginSlopeTimesPosition: held / leverage,
          heldUnits: held,
        }),
        tolerance: 1e-5,
        toleranceKind: "relative",
        row: rows.liquiditySpiral,
        how: "simulated",
      },
      playFunded(leverage, held, slope),
    ),
  );
}

/** The published example with a speculator who is called by a broker, at a loss of two dollars. */
function calledSpeculatorCases(): ValidationCase[] {
  return [
    { id: "loss-spiral", rises: "10%", expected: 0.125 },
    { id: "both-spirals", rises: "100%", expected: 0.16129032 },
  ].map(({ id, rises, expected }) =>
    check(
      {
        id: `liquidity-spiral/simulated-${id}`,
        source: "Brunnermeier and Pedersen 2009; an account of `margin-calls` with a margin that rises in the fall",
        tag: "D",
        unit: "price per unit of capital",
        expected,
        tolerance: 0.005,
        toleranceKind: "relative",
        row: rows.liquiditySpiral,
        how: "simulated",
      },
      playCalled(rises, 2),
    ),
  );
}

function leveragedFundCases(): ValidationCase[] {
  const sold = soldInFall({ kind: "constant-leverage", leverage: 3 }, { riskyUsd: 30_000, cashUsd: -20_000 }, 0.05, 1);
  return [
    check(
      {
        id: "leveraged-fund/simulated-rebalance",
        source: "A L (L - 1) r; a fund of `constant-leverage`, its market's own impact 1e-7",
        tag: "D",
        unit: "share of assets",
        expected: -0.3,
        tolerance: 1e-6,
        row: rows.runnersUp,
        how: "simulated",
      },
      -sold / 10_000,
    ),
  ];
}
