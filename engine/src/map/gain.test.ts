import { describe, expect, it } from "vitest";
import type { Ladder } from "../run/mechanism.js";
import { gainAt, gainsOf } from "./gain.js";
import { largestGain, levels, levelsOf } from "./levels.js";
import { eth, ethBorrowers, ethMarket, orderBook, soldAt } from "./market.fixture.js";
import { solve } from "./solve.js";
import { spectralRadius } from "./spectral-radius.js";
import { top } from "./top.js";

const book = [{ fall: 0.5, units: 7_000e7 }];
const accounts = Array.from({ length: 100 }, (_, row) => ({ units: (10 + row) * 1e6, breachUsd: 1_990 - 8 * row }));

describe("gain", () => {
  it("default: forced units over the units depth absorbs, for the same move", () => {
    const market = ethMarket(2_000, [orderBook("a", 0, book)], [ethBorrowers(accounts, 2_000)]);
    const gain = gainAt(market, [2_000, 1], { move: 0.01, direction: -1, horizonMs: 0 });
    expect(gain.forcedUnits[eth]).toBe(soldAt(market.ladders[0], 1_980) - soldAt(market.ladders[0], 2_000));
    expect(gain.depthUnits[eth]).toBe(Math.floor((7_000e7 * Math.log(0.99)) / Math.log(0.5)));
    expect(gain.value).toBe(gain.forcedUnits[eth] / gain.depthUnits[eth]);
  });

  it("behavior: depth refills within the horizon, up to what there is", () => {
    const market = ethMarket(2_000, [orderBook("a", 0, book, 2)], []);
    const depth = (horizonMs: number) =>
      gainAt(market, [2_000, 1], { move: 0.01, direction: -1, horizonMs }).depthUnits[eth];
    expect(depth(1_800_000)).toBe(2 * depth(0));
    expect(depth(1e12)).toBe(7_000e7);
  });

  it("behavior: who reacts later than the horizon does not count", () => {
    const late = ethBorrowers(accounts, 2_000, { reactionMs: 60_000 });
    const market = ethMarket(2_000, [orderBook("a", 0, book)], [late]);
    const [block, minutes] = gainsOf(market, solve(market, { moves: [-0.05, 0] }), -1);
    expect(block.atSpot.value).toBe(0);
    expect(minutes.atSpot.value).toBeGreaterThan(0);
  });

  it("behavior: an account of more than a tenth of what is forced is named", () => {
    const whale = ethBorrowers([...accounts, { units: 500e7, breachUsd: 1_985 }], 2_000);
    const market = ethMarket(2_000, [orderBook("a", 0, book)], [whale]);
    const { jump } = gainAt(market, [2_000, 1], { move: 0.01, direction: -1, horizonMs: 0 });
    expect(jump?.account).toBe("vault 100");
    expect(jump?.share).toBeGreaterThan(0.9);
  });

  it("behavior: an account that a rising price heals buys nothing, in the gain, the bands and the names", () => {
    const sick = [
      { units: 50e7, breachUsd: 2_010 },
      { units: 70e7, breachUsd: 2_150 },
    ];
    const market = ethMarket(2_000, [orderBook("a", 0, book)], [ethBorrowers(sick, 2_000)]);
    const up = gainAt(market, [2_000, 1], { move: 0.01, direction: 1, horizonMs: 0 });
    expect(up).toMatchObject({ value: 0, nonMonotone: false, jump: null });
    const bands = levelsOf(market, eth, 1);
    expect(bands.every((band) => band.forcedUnits === 0 && band.cumulativeUnits === 0 && band.jump === null)).toBe(
      true,
    );
    expect(levelsOf(market, eth, -1).at(-1)?.cumulativeUnits).toBe(120e7);
  });

  it("behavior: what newly answers against the move counts against it and is named non-monotone", () => {
    const buyer: Ladder = {
      mechanism: "long gamma",
      pathFree: true,
      reactionMs: 0,
      method: "buys a unit a step below 2,000 dollars",
      accounts: () => {},
      describe: () => ({ account: "dealer", collateral: [], debt: [] }),
      forced: (published, into) => {
        into.bought[0] += Math.max(0, 2_000e8 - published[0]);
      },
    };
    const market = ethMarket(2_000, [orderBook("a", 0, book)], [buyer]);
    const down = gainAt(market, [2_000, 1], { move: 0.01, direction: -1, horizonMs: 0 });
    expect(down.nonMonotone).toBe(true);
    expect(down.forcedUnits[eth]).toBe(-20e8);
    const last = levelsOf(market, eth, -1).at(-1);
    expect(last?.cumulativeUnits).toBe(-(2_000e8 - Math.floor((last?.priceUsd ?? 0) * 1e8)));
  });

  it("behavior: at the landing the depth used there no longer counts", () => {
    const market = ethMarket(
      2_000,
      [
        orderBook("a", 0, [
          { fall: 0.2, units: 400e7 },
          { fall: 0.5, units: 500e7 },
        ]),
      ],
      [ethBorrowers(accounts, 2_000)],
    );
    const solution = solve(market, { moves: [-0.2, 0] });
    const [{ atShallowest }] = gainsOf(market, solution, -1, 0.01, [600_000]);
    expect(atShallowest.depthUnits[eth]).toBeLessThan(
      gainAt(market, solution.shallowest.pricesUsd, { move: 0.01, direction: -1, horizonMs: 600_000 }).depthUnits[eth],
    );
  });
});

describe("spectralRadius", () => {
  it("default: VALIDATED-MODELS row 15", () => {
    expect(spectralRadius([0.3, 0.4, 0.5, 0.2], 2)).toBeCloseTo(0.7, 12);
  });
  it("limit: pure exchange between two, negative entries, none", () => {
    expect(spectralRadius([0, 2, 0.5, 0], 2)).toBeCloseTo(1, 12);
    expect(spectralRadius([-1, 2, 0, 0], 2)).toBe(0);
    expect(spectralRadius([], 0)).toBe(0);
    expect(spectralRadius([0, Number.POSITIVE_INFINITY, 0, 0.5], 2)).toBeCloseTo(0.5, 9);
    expect(spectralRadius([0, Number.POSITIVE_INFINITY, 0.1, 0.5], 2)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("levels", () => {
  const market = ethMarket(2_000, [orderBook("a", 0, book)], [ethBorrowers(accounts, 2_000)]);

  it("default: bands down to -60 % and up to +60 %, per asset and direction", () => {
    const all = levels(market);
    expect(all.filter((level) => level.asset === eth && level.direction === -1).length).toBe(92);
    expect(all.filter((level) => level.asset === eth && level.direction === 1).length).toBe(48);
  });

  it("behavior: bands telescope to Q and stack by mechanism", () => {
    const bands = levelsOf(market, eth, -1);
    const last = bands[bands.length - 1];
    const sum = bands.reduce((units, band) => units + band.forcedUnits, 0);
    expect(sum + soldAt(market.ladders[0], 2_000)).toBe(last.cumulativeUnits);
    expect(last.cumulativeUnits).toBe(soldAt(market.ladders[0], last.priceUsd));
    for (const band of bands) expect(band.byMechanism.reduce((a, b) => a + b, 0)).toBe(band.forcedUnits);
    expect(largestGain(bands)?.gain).toBe(Math.max(...bands.map((band) => band.gain)));
  });
});

describe("top", () => {
  it("default: the largest forced accounts, their share, and the landing without them", () => {
    const whale = ethBorrowers([...accounts, { units: 2_000e7, breachUsd: 1_985 }], 2_000);
    const market = ethMarket(2_000, [orderBook("a", 0, book)], [whale]);
    const { shallowest } = solve(market, { moves: [-0.1, 0] });
    const list = top(market, { moves: [-0.1, 0] }, shallowest);
    expect(list.length).toBe(10);
    expect(list[0].description.account).toBe("vault 100");
    expect(list[0].forcedUsd).toBe(4_000_000);
    expect(list[0].share).toBeCloseTo(4_000_000 / shallowest.forcedUsd, 12);
    expect(list[0].badDebtWithoutUsd).toBeLessThanOrEqual(list[0].badDebtUsd);
    expect(list[1].forcedUsd).toBeLessThanOrEqual(list[0].forcedUsd);
  });
});
