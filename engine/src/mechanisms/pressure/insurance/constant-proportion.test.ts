import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tapeKinds } from "../../../run/index.js";
import { faultsOf, type Played, playStrategy, type StrategyCase } from "./strategy.fixture.js";

/** 400,000 of wealth, half in ETH at 2,000 USD; floor 350,000, so that four times the cushion is what is held. */
const cppi = (entry: Readonly<Record<string, unknown>> = {}, more: Omit<StrategyCase, "entry"> = {}) =>
  playStrategy({ entry: { kind: "cppi", multiplier: 4, floor: "87.5%", band: "0%", ...entry }, ...more });
const tipp = (entry: Readonly<Record<string, unknown>> = {}, more: Omit<StrategyCase, "entry"> = {}) =>
  playStrategy({
    entry: { kind: "tipp", multiplier: 4, floor: "87.5%", ratchet: "87.5%", band: "0%", ...entry },
    ...more,
  });
const floors = ({ tape }: Played) => tape.filter((row) => row.kind === tapeKinds.floor);

describe("tipp", () => {
  const upAndDown = [
    [0, 2000],
    [60, 2600],
    [120, 2000],
  ] as const;

  it("default: after a rise and back its floor is higher than it was, and it holds less than constant proportion", () => {
    const ratcheted = tipp({}, { path: upAndDown });
    const plain = cppi({}, { path: upAndDown });
    const [said] = floors(ratcheted);
    expect(floors(plain)[0].y).toBe(350_000);
    expect(said.y).toBeGreaterThan(380_000);
    expect(ratcheted.rows.risky[0]).toBeLessThan(plain.rows.risky[0]);
    expect(ratcheted.wealth()).toBeGreaterThan(plain.wealth());
    expect(ratcheted.measures.floorBrokenAccounts).toBe(0);
  });

  it("behavior: the floor is the share of the highest wealth seen, and never falls", () => {
    // At a multiplier of almost nothing the account sells out before anything rises: wealth stays, so does the floor.
    const calmFirst = [
      [0, 2000],
      [20, 2000],
      [60, 2600],
      [120, 2000],
    ] as const;
    const still = tipp({ multiplier: 0.0001 }, { path: calmFirst });
    expect(floors(still)[0].y).toBeCloseTo(0.875 * 400_000, -2);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1200, max: 3500 }), { minLength: 3, maxLength: 3 }), (prices) => {
        const path = [[0, 2000], ...prices.map((usd, place) => [40 * (place + 1), usd] as const)] as const;
        const { tape, wealth } = tipp({}, { path });
        const [said] = floors({ tape } as Played);
        expect(said.y).toBeGreaterThanOrEqual(350_000);
        // Wealth now is no more than the highest wealth, of which the floor is the share (the last purchase of a tick may move the price after it was seen).
        expect(said.y).toBeGreaterThanOrEqual(0.875 * wealth() * 0.999);
      }),
      { seed: 46, numRuns: 60 },
    );
  });

  it("limit: without a rise it is constant proportion, to the unit", () => {
    expect(tipp({}, { move: "-20%" }).trades).toEqual(cppi({}, { move: "-20%" }).trades);
  });

  it("error: a ratchet of nothing, or of more than all", () => {
    for (const ratchet of ["0%", "120%"])
      expect(faultsOf({ entry: { kind: "tipp", multiplier: 4, ratchet } })).toEqual(["ratchet number-out-of-range"]);
  });
});

describe("a multiplier that answers to volatility", () => {
  const adjust = { reference: "80%", halfLife: "1 h", most: 10 };
  /** Exposure that the map wants at -5 %, where one tick of 5 minutes brought the whole move. */
  const exposureAt1900 = (given: Readonly<Record<string, unknown>>) => {
    const { flowAt } = cppi({ adjust: { ...adjust, ...given } });
    const { sold, bought } = flowAt(1900);
    return 100 - (sold[0] - bought[0]) / 1e7;
  };
  // By hand: w = 2^(-1/12), variance = w 0.64 + (1 - w) (ln 0.95)^2 x 105,120 ticks a year.
  const variance = 0.9438743126816935 * 0.64 + 0.05612568731830647 * Math.log(0.95) ** 2 * 105_120;
  const cushion = 400_000 - 100 * 100 - 350_000;

  it("behavior: it is the stated one times (volatility / reference)^(-2 / tail) (Cont and Tankov 2009)", () => {
    for (const tail of [2, 1.5, 1]) {
      const factor = (Math.sqrt(variance) / 0.8) ** (-2 / tail);
      const exposure = (Math.round(4e4 * factor) / 1e4) * cushion;
      expect(exposureAt1900({ tail }), `tail ${tail}`).toBeCloseTo(exposure / 1900, 4);
    }
  });

  it("behavior: off, less is sold into a fast fall; calm raises it to `most`", () => {
    const fast = { move: "-10%", over: "20 min" };
    const answering = cppi({ adjust }, fast).measures.executedSalesUsd;
    expect(cppi({}, fast).measures.executedSalesUsd).toBeLessThan(answering);
    const calm = cppi({ adjust: { ...adjust, most: 6 } }, { move: "0%", duration: "20 h" });
    expect(((calm.rows.risky[0] / 1e7) * calm.kernel.fair(0)) / (calm.wealth() - 350_000)).toBeCloseTo(6, 2);
  });

  it("limit: at the reference volatility the multiplier is the stated one", () => {
    // A move of exactly reference x sqrt(dt): the variance stays where it is.
    const price = Math.floor(2000 * Math.exp(-0.8 / Math.sqrt(105_120)) * 1e8) / 1e8;
    const { flowAt } = cppi({ adjust });
    const { flowAt: plain } = cppi();
    expect(flowAt(price).sold[0]).toBe(plain(price).sold[0]);
  });

  it("error: a largest multiplier below the multiplier", () => {
    expect(faultsOf({ entry: { kind: "cppi", multiplier: 4, adjust: { ...adjust, most: 3 } } })).toEqual([
      "adjust.most number-out-of-range",
    ]);
  });
});

describe("the lock and the floor", () => {
  const thereAndBack = [
    [0, 2000],
    [40, 1500],
    [120, 2600],
  ] as const;

  it("behavior: locked, it never buys again; without the lock it does, once a growing floor leaves a cushion", () => {
    // -25 % in one tick breaks through: 350,000 of cash is what is left, or less.
    const gap = {
      path: [
        [0, 2000],
        [35, 2000],
        [40, 1400],
        [60, 1400],
        [120, 2600],
      ] as const,
    };
    const locked = cppi({}, gap);
    expect(locked.rows.risky[0]).toBe(0);
    expect(locked.trades.every((row) => row.x > 0)).toBe(true);
    const open = cppi({ lockIn: false }, gap);
    // Sold out below its floor with nothing that could rise: it stays out as well.
    expect(open.rows.risky[0]).toBe(0);
    // People who follow half the rule keep half their coins: those rise, a cushion is there again, and the lock is what keeps them from buying.
    const half = { execution: { discretion: "50%" } };
    const halfLocked = cppi(half, gap);
    const halfOpen = cppi({ ...half, lockIn: false }, gap);
    expect(halfLocked.trades.every((row) => row.x > 0)).toBe(true);
    expect(halfOpen.trades.some((row) => row.x < 0)).toBe(true);
    expect(cppi({}, { path: thereAndBack }).trades.some((row) => row.x < 0)).toBe(true);
  });

  it("behavior: the last tick says of every account whether its floor held, and by how much it did not", () => {
    const rows = [
      ["bold", 200, 0],
      ["careful", 10, 380000],
    ];
    const { tape, measures } = cppi({ multiplier: 8 }, { rows, move: "-40%", over: "0 s" });
    const said = floors({ tape } as Played);
    expect(said.map((row) => [row.b, row.y, row.z])).toEqual([
      [0, 350_000, 1],
      [1, 350_000, 0],
    ]);
    expect(measures.floorBrokenAccounts).toBe(1);
    expect(measures.floorShortfallUsd).toBeCloseTo(350_000 - said[0].x, 6);
    expect(said[0].x).toBeCloseTo(240_000, -2);
    expect(new Set(said.map((row) => row.tick)).size).toBe(1);
    expect(cppi({}, { move: "-5%" }).measures.floorBrokenAccounts).toBe(0);
  });

  it("behavior: a floor that grows asks for sales even in calm, and is what the tape names at the end", () => {
    const { soldEth, tape } = cppi({ floorGrowth: "1000%" }, { move: "0%", duration: "10 h" });
    expect(soldEth).toBeGreaterThan(5);
    expect(floors({ tape } as Played)[0].y).toBeCloseTo(350_000 * Math.exp((10 * 10) / 8760), 2);
  });
});
