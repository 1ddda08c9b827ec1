import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyFlow } from "../../../ladder/index.js";
import { blackPrice } from "../../../options/index.js";
import { optionDelta } from "../../../rules/option-delta.js";
import { type TapeRow, tapeKinds } from "../../../run/index.js";
import { readScenario } from "../../../scenario/parse.js";
import { openRun } from "../../../study/paths.js";
import { faultsOf, playStrategy, type StrategyCase, strategyScenario } from "./strategy.fixture.js";

const day = 86_400_000;
const year = 365 * day;
const insured = { kind: "protective-put", tenor: "30 day", first: "1 h", volatility: "80%" };
const spiking = { kind: "implied-volatility", asset: "ETH", atm: "80%", skew: 0.3, regime: "local", spike: "2%" };

function play(entry: Readonly<Record<string, unknown>> = {}, rest: Partial<StrategyCase> = {}) {
  const played = playStrategy({ entry: { ...insured, ...entry }, ...rest });
  const premiums = played.tape.filter((row: TapeRow) => row.kind === tapeKinds.premium);
  return { ...played, premiums };
}
const bySurface = (iv: Readonly<Record<string, unknown>> = {}, entry: Readonly<Record<string, unknown>> = {}) =>
  play({ volatility: undefined, surface: "iv", ...entry }, { prices: { iv: { ...spiking, ...iv } } });

describe("protective-put", () => {
  it("default: at expiry the old put pays what it is in the money by, and the new one costs Black-Scholes' price", () => {
    const { premiums, rows, trades } = play({}, { move: "-30%" });
    // At the start of the 13th tick of five minutes ETH stands at 1,400 USD: 1,800 less 1,400, and a put at 1,260 for 30 days.
    const [premium] = premiums;
    const spot = 2000 * 0.7;
    const price = blackPrice(false, spot, 0.9 * spot, 0.8 * Math.sqrt((30 * day) / year), 1);
    expect(premium.tick).toBe(12);
    expect(premium.x).toBeCloseTo(100 * price, 0);
    expect(premium.y).toBeCloseTo(1260, 0);
    expect(premium.z).toBe(0.8);
    expect(trades).toHaveLength(0);
    expect(rows.cash[0] / 1e6).toBeCloseTo(200_000 + 100 * (1800 - spot) - 100 * price, 0);
  });

  it("behavior: with cash that does not pay the premium the account sells just so much of the asset", () => {
    const { trades, rows, premiums, measures } = play({}, { rows: [["fund", 100, 0]], move: "0%" });
    expect(premiums).toHaveLength(1);
    expect(trades).toHaveLength(1);
    const price = blackPrice(false, 2000, 1800, 0.8 * Math.sqrt((30 * day) / year), 1);
    // (100 - u) puts cost what u coins bring: u = 100 c / (S + c).
    expect(trades[0].x / 1e7).toBeCloseTo((100 * price) / (2000 + price), 2);
    expect(rows.cash[0]).toBeGreaterThanOrEqual(0);
    expect(rows.cash[0] / 1e6).toBeLessThan(1);
    expect(measures.executedSalesUsd).toBeGreaterThan(0);
  });

  it("behavior: a volatility that rises in the fall raises the premium of who rolls (premiumUsd), and what must be sold for it", () => {
    const flat = bySurface({ spike: "0%", skew: 0 });
    const spike = bySurface();
    expect(spike.measures.premiumUsd).toBeGreaterThan(1.3 * flat.measures.premiumUsd);
    const poor = (iv: object) =>
      play(
        { volatility: undefined, surface: "iv", strike: 0.95, first: "30 min" },
        { rows: [["fund", 100, 0]], prices: { iv: { ...spiking, ...iv } }, move: "-10%" },
      ).measures.executedSalesUsd;
    expect(poor({ spike: "10%" })).toBeGreaterThan(1.3 * poor({ spike: "0%", skew: 0 }));
  });

  it("behavior: dealers who buy volatility back in the fall raise the premium of who rolls after it, through the surface alone", () => {
    // Another table of the book: a dealer who has sold puts, and closes a share of them beyond a band of vega.
    const premium = (demand: number) => {
      const scenario = strategyScenario({
        entry: { ...insured, volatility: undefined, surface: "iv" },
        prices: { iv: { ...spiking, demand } },
        others: {
          dealer: {
            kind: "dealer",
            instrument: "ETH/USD",
            sign: "short-all",
            volatility: "iv",
            vega: { band: "500 USD" },
            every: "1 h",
          },
        },
      }) as { book: { positions: Record<string, unknown> } };
      scenario.book.positions.dealer = {
        layer: "made",
        columns: ["account", "open ETH", "strike USD", "expiry day", "call x", "volatility %"],
        rows: [["put-1200", 1000, 1200, 60, -1, 90]],
      };
      const tape: TapeRow[] = [];
      const plan = readScenario(scenario, () => {
        throw new Error("no files");
      });
      openRun(plan, (row) => tape.push(row)).run(1, 0);
      const insurer = plan.mechanisms.findIndex((one) => one.name === "insurer");
      return tape.find((row) => row.kind === tapeKinds.premium && row.a === insurer)?.z ?? 0;
    };
    expect(premium(0)).toBeGreaterThan(0.8);
    expect(premium(20)).toBeGreaterThan(premium(0) + 0.01);
  });

  it("behavior: rolled before expiry the old put is sold back at the market's volatility less the spread", () => {
    const { premiums } = play({ first: "10 day", rollAt: "239 h", spread: "5%" }, { move: "-20%" });
    expect(premiums.map((row) => Math.sign(row.x))).toEqual([-1, 1]);
    const [sold, bought] = premiums;
    expect(sold.z).toBeCloseTo(0.75, 12);
    expect(bought.z).toBeCloseTo(0.85, 12);
    const left = blackPrice(false, 1600, 1800, 0.75 * Math.sqrt((239 * 3_600_000) / year), 1);
    expect(-sold.x).toBeCloseTo(100 * left, 0);
  });

  it("behavior: sellers who hedge sell what falls; what is rolled to a lower strike they buy back", () => {
    const hedged = play({ first: "7 day", sellers: { instrument: "ETH/USD" } }, { move: "-30%" });
    expect(hedged.trades.length).toBeGreaterThan(0);
    expect(hedged.trades.every((row) => row.b === 1 && row.x > 0)).toBe(true);
    const left = 7 * day - 12 * 300_000;
    const deltas = [optionDelta(false, 2000, 1800, 0.8, 7 * day), optionDelta(false, 1400, 1800, 0.8, left)];
    expect(hedged.soldEth / 100).toBeCloseTo(deltas[0] - deltas[1], 2);
    const rolled = play({ sellers: { instrument: "ETH/USD" } }, { move: "-30%" });
    expect(rolled.trades.filter((row) => row.tick === 12 && row.x < 0).length).toBeGreaterThan(0);
  });

  it("behavior: while a halted market lets nobody pay, an old put is kept to its expiry, and sellers hedge the puts that there are", () => {
    const halted = (change: Readonly<Record<string, unknown>>) => {
      const scenario = strategyScenario({
        entry: { ...insured, sellers: { instrument: "ETH-PERP" }, ...change },
        rows: [["fund", 100, 0]],
        move: "-8%",
      }) as Record<string, Record<string, Record<string, unknown>>>;
      const { instruments, venues } = scenario.book;
      instruments["ETH-PERP"] = { asset: "ETH", quote: "USD", market: "perpetual" };
      venues.perp = { ...(venues.market as object), instrument: "ETH-PERP" };
      Object.assign(scenario, {
        guards: [{ kind: "circuit-breaker", instrument: "ETH/USD", move: "-1%", halt: "venue", duration: "1 day" }],
      });
      const plan = readScenario(scenario, () => {
        throw new Error("no files");
      });
      const opened = openRun(plan);
      opened.run(1, 0);
      const { kernel } = opened;
      kernel.ledger.check();
      const index = plan.mechanisms.findIndex((one) => one.name === "insurer");
      const rows = kernel.opened.rows[index] as { insured: Float64Array; sellers: { held: number } };
      const spot = kernel.published(kernel.opened.feeds.findIndex((feed) => feed.asset === 0)) / 1e8;
      return { insured: rows.insured[0] / 1e7, hedge: rows.sellers.held / 1e7, spot };
    };
    // Due after 30 minutes and 90 before the end of its time: nothing pays for the next, so it stays.
    const kept = halted({ first: "3 h", rollAt: "150 min" });
    expect(kept.insured).toBe(100);
    expect(kept.hedge / 100).toBeCloseTo(optionDelta(false, kept.spot, 1800, 0.8, 3_900_000), 3);
    const expired = halted({ first: "30 min" });
    expect(expired).toMatchObject({ insured: 0, hedge: 0 });
  });

  it("limit: map and run agree to the unit in one tick for sellers without a band; inside the band the gain is exactly zero", () => {
    for (const move of ["-25%", "-5%", "15%"]) {
      const { trades, flowAt, kernel, ladder } = play(
        { first: "7 day", sellers: { instrument: "ETH/USD" } },
        { move, tick: "1 h", duration: "1 h" },
      );
      const price = kernel.published(kernel.opened.feeds.findIndex((feed) => feed.asset === 0)) / 1e8;
      const flow = flowAt(price);
      expect(ladder.pathFree).toBe(true);
      expect(flow.sold[0] - flow.bought[0]).toBe(trades.reduce((sum, row) => sum + row.x, 0));
    }
    const { flowAt } = play({ first: "7 day", sellers: { instrument: "ETH/USD", band: "30 ETH" } });
    for (const price of [1960, 2000, 2050]) expect(flowAt(price)).toEqual(emptyFlow(1));
    expect(flowAt(1700).sold[0]).toBeGreaterThan(30e7);
  });

  it("behavior: in the map who has no cash must sell at the next roll, and not where the old put pays for the new one", () => {
    const { flowAt, ladder } = play({ first: "1 h", rollAt: "30 min" }, { rows: [["fund", 100, 0]] });
    expect(ladder.reactionMs).toBe(1_800_000);
    // Below its strike the old put pays for the new one.
    expect(flowAt(1500).sold[0]).toBe(0);
    expect(flowAt(2000).sold[0]).toBeGreaterThan(0);
    expect(flowAt(2200).sold[0]).toBeGreaterThan(0);
    expect(play({ first: "30 day" }, {}).flowAt(1000).sold[0]).toBe(0);
  });

  it("behavior: begun without puts they are bought at once; a floor is what the end is held against and moves nothing", () => {
    const bare = play({ first: "0 ms" }, { move: "0%" });
    expect(bare.premiums[0].tick).toBe(0);
    const floors = play({ floor: "99%" }).tape.filter((row) => row.kind === tapeKinds.floor);
    expect(floors[0].y).toBe(396_000);
    expect(floors[0].z).toBe(1);
    expect(play({ floor: "50%" }).measures.floorBrokenAccounts).toBe(0);
  });

  it("property: cash never below zero, nothing lost but the premium, whatever the path", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 800, max: 4000 }), { minLength: 3, maxLength: 6 }),
        fc.integer({ min: 0, max: 20_000 }),
        fc.integer({ min: 60, max: 120 }),
        fc.constantFrom("10 min", "30 min", "1 h"),
        (prices, cash, strike, tenor) => {
          const path = [2000, ...prices].map((usd, place) => [place * 20, usd] as const);
          const { rows, end } = play(
            { tenor, first: tenor, strike: strike / 100, sellers: { instrument: "ETH/USD", band: "1 ETH" } },
            { path, rows: [["fund", 100, cash]], duration: "2 h" },
          );
          expect(rows.cash[0]).toBeGreaterThanOrEqual(0);
          expect(rows.risky[0]).toBeGreaterThanOrEqual(0);
          expect(Number.isSafeInteger(rows.cash[0])).toBe(true);
          expect(end).toBe("settled");
        },
      ),
      { seed: 4, numRuns: 25 },
    );
  });

  it("error: no volatility or two, a roll at once, debt, sellers on another asset, a band in another, a clock off the tick", () => {
    const entry = (change: Readonly<Record<string, unknown>>) => faultsOf({ entry: { ...insured, ...change } });
    expect(entry({ volatility: undefined })).toEqual(["surface value-missing"]);
    expect(faultsOf({ entry: { ...insured, surface: "iv" }, prices: { iv: spiking } })).toEqual([
      "volatility choice-wrong",
    ]);
    expect(entry({ volatility: undefined, surface: "iv" })).toEqual(["surface unknown-surface"]);
    expect(entry({ rollAt: "30 day" })).toEqual(["rollAt number-out-of-range"]);
    expect(faultsOf({ entry: insured, rows: [["fund", 100, -5]] })).toEqual(["positions number-out-of-range"]);
    expect(entry({ sellers: { instrument: "BTC/USD" } })).toEqual(["sellers.instrument unknown-instrument"]);
    expect(entry({ sellers: { instrument: "ETH/USD", band: "1 USD", every: "7 min" } })).toEqual([
      "sellers.band band-wrong",
      "sellers.every duration-no-multiple",
    ]);
  });
});
