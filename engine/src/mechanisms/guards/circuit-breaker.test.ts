import { describe, expect, it } from "vitest";
import { randomCascade, type Watched, watch } from "../../../../test/support/watched-cascade.js";
import { tapeKinds } from "../../run/index.js";
import { parseScenario } from "../../scenario/parse.js";
import { oneAccountFalls, type SmallVariant } from "../demonstrations.js";
import { breakerSays } from "./circuit-breaker.js";

const seed = 20261122;
const breaker = (entry: object) => ({
  name: "breaker",
  kind: "circuit-breaker",
  asset: "ETH",
  move: "-10%",
  window: "1 h",
  halt: "liquidations",
  duration: "30 min",
  ...entry,
});
const ofKind = ({ rows }: Watched, kind: number) => rows.filter((row) => row.kind === kind);
const says = (watched: Watched, what: number) => ofKind(watched, tapeKinds.guard).filter((row) => row.b === what);

describe("circuit breaker", () => {
  it("default: liquidations stand while it halts and are done after it reopens", () => {
    const watched = watch({ guards: [breaker({})] });
    const [tripped] = says(watched, breakerSays.tripped);
    const [reopened] = says(watched, breakerSays.reopened);
    expect(tripped.x).toBeLessThanOrEqual(-0.1);
    expect(reopened.tick - tripped.tick).toBe(6);
    for (const { tick } of ofKind(watched, tapeKinds.liquidate))
      expect(tick < tripped.tick || tick >= reopened.tick).toBe(true);
    expect(watched.measures.liquidatedAccounts).toBeGreaterThan(0);
  });

  it("behavior: a halted venue trades nothing while fair value moves on, and reopens by a gap", () => {
    const watched = watch({
      guards: [breaker({ asset: undefined, instrument: "ETH/USD", halt: "venue", move: "-8%", duration: "20 min" })],
    });
    const trips = says(watched, breakerSays.tripped);
    expect(trips.length).toBeGreaterThan(1);
    const halted = (tick: number) => trips.some((row) => tick > row.tick && tick < row.tick + 4);
    for (const { tick } of ofKind(watched, tapeKinds.batch)) expect(halted(tick), `tick ${tick}`).toBe(false);
    const fair = ofKind(watched, tapeKinds.price).filter((row) => row.a === 0);
    expect(fair[trips[0].tick + 3].x).toBeLessThan(fair[trips[0].tick].x);
  });

  it("behavior: it trips on rises, at most as often as it may, and rests before it watches again", () => {
    const up = { prices: { shock: { kind: "line", moves: { ETH: "+80%" }, over: "2 h" } } };
    const often = watch({ ...up, guards: [breaker({ move: "+10%", duration: "5 min" })] });
    const once = watch({ ...up, guards: [breaker({ move: "+10%", duration: "5 min", trips: 1 })] });
    const rested = watch({ ...up, guards: [breaker({ move: "+10%", duration: "5 min", rearm: "30 min" })] });
    expect(says(often, breakerSays.tripped).length).toBeGreaterThan(2);
    expect(says(once, breakerSays.tripped).length).toBe(1);
    const ticks = says(rested, breakerSays.tripped).map((row) => row.tick);
    expect(ticks[1] - ticks[0]).toBeGreaterThan(7);
  });

  it("behavior: it holds the orders of one protocol alone", () => {
    const other = watch({ guards: [breaker({ protocol: "spot" })] });
    expect(says(other, breakerSays.tripped).length).toBeGreaterThan(0);
    expect(says(other, breakerSays.held)).toEqual([]);
    expect(ofKind(other, tapeKinds.liquidate)).toEqual(ofKind(watch({}), tapeKinds.liquidate));
  });

  it("behavior: untripped it changes nothing, to the bit", () => {
    for (let index = 0; index < 60; index++) {
      const { variant, place } = randomCascade(seed, index, { shorts: true });
      const keepers = index % 2 === 0 ? [] : [{ kind: "keepers", capital: "1000 USD" }];
      const plain = watch({ ...variant, guards: keepers });
      for (const halt of ["venue", "liquidations"]) {
        const idle = breaker({ move: "-99.99%", halt, haltInstrument: "ETH/USD" });
        expect(watch({ ...variant, guards: [...keepers, idle] }).hash, place).toBe(plain.hash);
      }
    }
  });

  it("behavior: before or after keepers, nobody is liquidated while liquidations are halted", () => {
    for (let index = 0; index < 40; index++) {
      const { variant, place } = randomCascade(seed, index);
      const keepers = { kind: "keepers", capital: "500000 USD", route: index % 2 === 0 ? "atomic" : "hold" };
      const halts = breaker({ move: "-5%", duration: "40 min" });
      for (const guards of [
        [halts, keepers],
        [keepers, halts],
      ]) {
        const watched = watch({ ...variant, guards });
        const index = watched.kernel.opened.mechanisms.findIndex((one) => one.name === "breaker");
        const trips = says(watched, breakerSays.tripped).filter((row) => row.a === index);
        for (const { tick } of ofKind(watched, tapeKinds.liquidate))
          expect(
            trips.some((row) => tick > row.tick && tick < row.tick + 8),
            `${place}, tick ${tick}`,
          ).toBe(false);
      }
    }
  });

  it("limit: a halt of liquidations in a falling market costs coverage", () => {
    const falling = { prices: { shock: { kind: "line", moves: { ETH: "-50%" }, over: "1 h" } } };
    const lossOf = ({ measures }: Watched) => measures.badDebtUsd + measures.underwaterUsd;
    const halted = watch({ ...falling, guards: [breaker({ duration: "2 h" })] });
    expect(lossOf(halted)).toBeGreaterThan(lossOf(watch(falling)));
  });

  describe("market-wide levels against the price at the start", () => {
    const twoMarkets: SmallVariant = {
      instruments: { FUT: { asset: "ETH", quote: "USD", market: "perpetual" } },
      venues: {
        futures: {
          kind: "order-book",
          instrument: "FUT",
          layer: "made",
          bids: [["-50%", "900 ETH"]],
          asks: [["50%", "900 ETH"]],
        },
      },
      liquidity: { basis: { kind: "basis-arbitrage", instruments: ["ETH/USD", "FUT"] } },
      prices: { shock: { kind: "line", moves: { ETH: "-30%" }, over: "2 h" } },
      clock: { duration: "3 h" },
    };
    const level = (name: string, move: string, more: object = {}) => ({
      name,
      kind: "circuit-breaker",
      instrument: "ETH/USD",
      from: "open",
      move,
      halt: "venue",
      haltInstruments: ["FUT"],
      duration: "15 min",
      trips: 1,
      ...more,
    });
    // NYSE Rule 7.12: 7 and 13 % once each for 15 minutes, 20 % for the rest of the day.
    const levels = [level("one", "-7%"), level("two", "-13%"), level("three", "-20%", { rest: true })];
    const trips = (watched: Watched) => says(watched, breakerSays.tripped);

    it("default: each level trips once, in turn, and both instruments rest; after the last to the end", () => {
      const watched = watch({ ...twoMarkets, guards: levels });
      const ticks = trips(watched).map(({ tick }) => tick);
      // ln 0.7 in 24 ticks: below 0.93, 0.87, 0.80 after 5, 10 and 16 ticks and what liquidations add.
      expect(ticks.length).toBe(3);
      expect(trips(watched).every(({ x }, index) => x <= [-0.07, -0.13, -0.2][index])).toBe(true);
      const halted = (tick: number) => ticks.some((from, index) => tick >= from && (index === 2 || tick < from + 3));
      for (const { tick } of ofKind(watched, tapeKinds.batch)) expect(halted(tick), `tick ${tick}`).toBe(false);
      expect(says(watched, breakerSays.reopened).length).toBe(2);
    });

    it("behavior: a slow slide that no window sees trips it", () => {
      const windowed = levels.map((one) => ({ ...one, from: "window", window: "10 min" }));
      expect(trips(watch({ ...twoMarkets, guards: windowed }))).toEqual([]);
    });

    it("behavior: while one level halts the watched instrument the next one does not look", () => {
      const crash = { prices: { shock: { kind: "line", moves: { ETH: "-30%" }, over: "5 min" } } };
      const ticks = trips(watch({ ...twoMarkets, ...crash, guards: levels })).map(({ tick }) => tick);
      expect(ticks).toEqual([0, 3, 6]);
    });

    it("behavior: from `before` on a level does not trip", () => {
      const first = trips(watch({ ...twoMarkets, guards: levels }))[0].tick;
      const before = (ticks: number) => level("one", "-7%", { before: `${5 * ticks} min` });
      expect(trips(watch({ ...twoMarkets, guards: [before(first + 1)] })).length).toBe(1);
      expect(trips(watch({ ...twoMarkets, guards: [before(first)] }))).toEqual([]);
    });

    it("behavior: it may watch what an oracle publishes", () => {
      const published = level("one", "-7%", { instrument: undefined, asset: "ETH", haltInstrument: "ETH/USD" });
      expect(trips(watch({ ...twoMarkets, guards: [published] }))[0].y).toBeLessThan(1860e8);
    });

    it("behavior: the same path again gives the same tape", () => {
      const watched = watch({ ...twoMarkets, guards: levels });
      expect(watched.kernel.run(1, 0).tapeHash).toBe(watched.hash);
    });

    it("error: instruments that do not exist, a halt of liquidations that halts instruments", () => {
      const wrong = [level("one", "-7%", { haltInstruments: ["SPX"] })];
      expect(parseScenario(oneAccountFalls({ ...twoMarkets, guards: wrong }), () => ({ problems: [] }))).toMatchObject({
        problems: [{ code: "unknown-instrument", path: "guards[0].haltInstruments[0]" }],
      });
      const none = [level("one", "-7%", { halt: "liquidations", before: "7 min" })];
      expect(parseScenario(oneAccountFalls({ ...twoMarkets, guards: none }), () => ({ problems: [] }))).toMatchObject({
        problems: [
          { code: "choice-wrong", path: "guards[0].haltInstruments" },
          { code: "duration-no-multiple", path: "guards[0].before" },
        ],
      });
    });
  });

  it("error: what it watches and halts must be said once, in whole ticks", () => {
    const parsed = parseScenario(
      oneAccountFalls({ guards: [breaker({ instrument: "ETH/USD", move: "0%", window: "7 min" })] }),
      () => ({ problems: [] }),
    );
    expect(parsed).toMatchObject({
      problems: [{ code: "choice-wrong" }, { code: "number-out-of-range" }, { code: "duration-no-multiple" }],
    });
  });
});
