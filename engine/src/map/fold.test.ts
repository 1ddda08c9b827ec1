import { describe, expect, it } from "vitest";
import { PerpetualIndex } from "../ladder/index.js";
import { exp, log, normalCdf, normalInverse } from "../math/index.js";
import { fold } from "./fold.js";
import { ethBorrowers, ethMarket, orderBook } from "./market.fixture.js";

/** VALIDATED-MODELS row 2: D = s + A Phi((D - c) / w). */
const impact = 0.3;
const centre = 0.15;
const width = 0.04;

/** Closed form: z* = sqrt(-2 ln(w sqrt(2 pi) / A)), s_c = c - z* w - A Phi(-z*). */
function closedFold(): number {
  const z = Math.sqrt(-2 * log((width * Math.sqrt(2 * 3.141592653589793)) / impact));
  return centre - z * width - impact * normalCdf(-z);
}

/** N equal longs with liquidation prices at mid-quantiles, in logarithms; a log-linear book that A of log price takes all N through. */
function gennotteLeland(count: number) {
  const spotUsd = 50_000;
  const size = 1e5;
  const breach = Float64Array.from(
    { length: count },
    (_, row) => spotUsd * exp(-(centre + width * normalInverse((row + 0.5) / count))) * 1e8,
  );
  const longs = new PerpetualIndex({
    mechanism: "longs",
    instrument: 0,
    feed: 0,
    unitDecimals: 7,
    reactionMs: 0,
    size: new Float64Array(count).fill(size),
    breachSteps: breach.map((steps) => Math.floor(steps)),
    cash: new Float64Array(count),
    describe: (row) => ({ account: `${row}`, collateral: [], debt: [] }),
  });
  const venue = orderBook("book", 0, [{ fall: 1 - exp(-impact * 10), units: size * count * 10 }]);
  return ethMarket(spotUsd, [venue], [longs]);
}

describe("fold", () => {
  it("default: the closed form of VALIDATED-MODELS row 2", () => {
    expect(Math.abs(closedFold() - 0.069969021)).toBeLessThan(1e-9);
  });

  it("behavior: N equal positions at mid-quantiles fold at s_c + A / (2 N), to 1e-9", () => {
    const count = 100_000;
    const found = fold(gennotteLeland(count), 0, -1, { resolution: 1e-11 });
    expect(found).not.toBeNull();
    const shock = -log(1 + (found?.shock ?? 0));
    expect(Math.abs(shock - (closedFold() + impact / (2 * count)))).toBeLessThan(1e-9);
    expect(-log(1 + (found?.landingBefore ?? 0))).toBeCloseTo(0.0908, 3);
    expect(-log(1 + (found?.landingAfter ?? 0))).toBeCloseTo(0.36997, 3);
  });

  it("behavior: in dollars of selling, the same jump", () => {
    const count = 1_000;
    const market = gennotteLeland(count);
    const found = fold(market, 0, -1);
    // Linear depth: selling U units moves the log price by A U / (N size).
    const units = ((closedFold() + impact / (2 * count)) / impact) * count * 1e5;
    expect((found?.saleUsd ?? 0) / ((units / 1e7) * 50_000)).toBeCloseTo(1, 3);
  });

  it("behavior: a book of small accounts against deep markets has no fold", () => {
    const accounts = Array.from({ length: 200 }, (_, row) => ({ units: 1e7, breachUsd: 1_900 - 5 * row }));
    const market = ethMarket(
      2_000,
      [orderBook("a", 0, [{ fall: 0.5, units: 1_000e7 }])],
      [ethBorrowers(accounts, 2_000)],
    );
    expect(fold(market, 0, -1)).toBeNull();
    expect(fold(market, 0, 1)).toBeNull();
  });

  it("limit: one account as large as the market is a jump at its own price", () => {
    const market = ethMarket(
      2_000,
      [orderBook("a", 0, [{ fall: 0.5, units: 100e7 }])],
      [ethBorrowers([{ units: 90e7, breachUsd: 1_700 }], 2_000)],
    );
    const found = fold(market, 0, -1);
    expect(found?.shock).toBeCloseTo(-0.15, 8);
  });
});
