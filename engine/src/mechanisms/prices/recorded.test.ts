import { describe, expect, it } from "vitest";
import { Kernel, Tape, tapeKinds } from "../../run/index.js";
import { parseScenario } from "../../scenario/parse.js";
import { type Plan, runSetting } from "../../scenario/plan.js";
import { oneAccountFalls } from "../demonstrations.js";

const noFile = (path: string): never => {
  throw new Error(`no file ${path} here`);
};

const made = {
  source: "made for the test",
  asOf: "2024-01-01T00:00:00Z",
  coverage: "everything there is",
  coverageShare: 1,
  basis: "assumed",
};

/** Two bars of twenty minutes: the first closes lower, the second higher. */
const candles = {
  layer: "made",
  asset: "ETH",
  interval: "20 min",
  columns: ["start", "open USD", "high USD", "low USD", "close USD"],
  rows: [
    ["2024-01-01T00:00:00Z", 2000, 2100, 1700, 1800],
    ["2024-01-01T00:20:00Z", 1810, 1950, 1600, 1900],
  ],
};

const gas = {
  layer: "made",
  interval: "10 min",
  columns: ["start", "p30 gwei", "p60 gwei"],
  rows: [
    ["2024-01-01T00:00:00Z", 10, 20],
    ["2024-01-01T00:10:00Z", 30, 40],
  ],
};

const prices = {
  layer: "made",
  asset: "ETH",
  columns: ["time", "price USD"],
  rows: [
    ["2023-12-31T23:50:00Z", 1000],
    ["2024-01-01T00:10:00Z", 4000],
    ["2024-01-01T00:40:00Z", 1000],
  ],
};

const events = {
  layer: "made",
  protocol: "lender",
  columns: ["time", "account", "kind", "amount", "asset"],
  rows: [
    ["2024-01-01T00:07:00Z", "1", "liquidate", 50, "ETH"],
    ["2024-01-01T00:07:00Z", "1", "liquidate", 9000, "DAI"],
    ["2024-01-01T00:08:00Z", "1", "deposit", 50, "ETH"],
    ["2024-01-01T00:20:00Z", "2", "liquidate", 100, "ETH"],
  ],
};

function parsed(params: object, clock: object = { tick: "5 min", duration: "1 h" }, tables: object = { candles, gas }) {
  const day = { version: 1, kind: "series", name: "day", layers: { made }, tables };
  const path = { kind: "recorded", series: "day", ...params };
  return parseScenario(oneAccountFalls({ clock: { ...clock }, prices: { shock: path }, series: { day } }), noFile);
}

function plan(...args: Parameters<typeof parsed>): Plan {
  const result = parsed(...args);
  if ("problems" in result) throw new Error(JSON.stringify(result.problems));
  return result.plan;
}

function codes(...args: Parameters<typeof parsed>): string[] {
  const result = parsed(...args);
  return "problems" in result ? result.problems.map(({ code, path }) => `${path} ${code}`) : [];
}

/** Fair value and gas at the end of every tick. */
function path(of: Plan): { fair: number[]; gwei: number[] } {
  const tape = new Tape(true);
  new Kernel(runSetting(of), tape).run(1, 0);
  const rows = tape.kept.filter((row) => row.kind === tapeKinds.price && row.a === 0);
  return { fair: rows.map((row) => row.x), gwei: rows.map((row) => row.z) };
}

describe("recorded", () => {
  it("default: a bar is open, high, low, close where it closed lower, else open, low, high, close; then the last price stays", () => {
    const { fair } = path(plan({}));
    expect(fair).toEqual([2000, 2100, 1700, 1800, 1810, 1600, 1950, 1900, 1900, 1900, 1900, 1900]);
  });

  it("behavior: a finer tick goes straight in log price between the points, from the book's price at first", () => {
    const { fair } = path(plan({}, { tick: "150 s", duration: "20 min" }));
    const expected = [
      2000,
      2000,
      Math.sqrt(2000 * 2100),
      2100,
      Math.sqrt(2100 * 1700),
      1700,
      Math.sqrt(1700 * 1800),
      1800,
    ];
    fair.forEach((price, tick) => expect(price).toBeCloseTo(expected[tick], 9));
  });

  it("behavior: step keeps each point for its whole sub-tick", () => {
    const { fair } = path(plan({ between: "step" }, { tick: "150 s", duration: "20 min" }));
    expect(fair).toEqual([2000, 2000, 2100, 2100, 1700, 1700, 1800, 1800]);
  });

  it("behavior: a table of prices is aligned with the book's moment and interpolated in log price, or stepped", () => {
    const clock = { tick: "10 min", duration: "50 min" };
    const { fair } = path(plan({}, clock, { prices }));
    // 1000 at -10 min, 4000 at 10, 1000 at 40: a quarter of ln 4 each ten minutes down.
    [4000, 4000 / 4 ** (1 / 3), 4000 / 4 ** (2 / 3), 1000, 1000].forEach((price, tick) =>
      expect(fair[tick]).toBeCloseTo(price, 8),
    );
    expect(path(plan({ between: "step" }, clock, { prices })).fair).toEqual([4000, 4000, 4000, 1000, 1000]);
  });

  it("behavior: the named table is read, not the candles", () => {
    const clock = { tick: "5 min", duration: "10 min" };
    const { fair } = path(plan({ assets: { ETH: "prices" } }, clock, { candles, prices }));
    // The table has a point before the book's moment, so the path comes from there.
    expect(fair[0]).toBeCloseTo(1000 * 4 ** 0.75, 8);
    expect(fair[1]).toBe(4000);
  });

  it("behavior: gas is the chosen percentile of the row in force when the tick begins; the last stays", () => {
    expect(path(plan({ gasColumn: "p60" })).gwei.slice(0, 4)).toEqual([20, 20, 40, 40]);
    expect(path(plan({ gas: "55 gwei" })).gwei.slice(0, 2)).toEqual([55, 55]);
    expect(path(plan({})).gwei[0]).toBe(0);
  });

  it("behavior: net takes out the declared impact of the known sales of the asset, recovering as declared", () => {
    const impact = (recovery: object) => ({
      treatment: "net",
      net: { impact: { ETH: { per: "100 ETH", move: "-1%", ...recovery } } },
    });
    const tables = { candles, events };
    const plain = path(plan({}, undefined, tables)).fair;
    const lasting = path(plan(impact({}), undefined, tables)).fair;
    // 50 ETH known sold at minute 7, 100 more at minute 20: half a move from the second tick, one and a half from the fourth.
    const moves = [0, 0.5, 0.5, 1.5, 1.5, 1.5];
    moves.forEach((count, tick) => expect(lasting[tick]).toBeCloseTo(plain[tick] / 0.99 ** count, 8));
    const fading = path(plan(impact({ recovery: "6 /h" }), undefined, tables)).fair;
    const left = (minutes: number) => Math.exp((-6 * minutes) / 60);
    const fadingMoves = [0, 0.5 * left(3), 0.5 * left(8), 0.5 * left(13) + 1];
    fadingMoves.forEach((count, tick) => expect(fading[tick]).toBeCloseTo(plain[tick] / 0.99 ** count, 8));
  });

  it("limit: the last tick of a day-long path is the close, and a second path is the first again", () => {
    const of = plan({ gasColumn: "p30" });
    const kernel = new Kernel(runSetting(of), new Tape());
    expect(kernel.run(1, 0).tapeHash).toBe(kernel.run(1, 0).tapeHash);
    expect(kernel.fair(0)).toBe(1900);
  });

  it("error: duration-no-multiple where a tick would skip a point of a bar, or bars do not begin with one", () => {
    expect(codes({}, { tick: "10 min", duration: "1 h" })).toEqual(["prices.shock.series duration-no-multiple"]);
    expect(codes({}, { tick: "4 min", duration: "1 h" })).toEqual(["prices.shock.series duration-no-multiple"]);
    const shifted = { ...candles, rows: [["2024-01-01T00:01:00Z", 2000, 2100, 1700, 1800]] };
    expect(codes({}, undefined, { candles: shifted })).toEqual(["prices.shock.series duration-no-multiple"]);
  });

  it("error: tick-too-long where a tick skips recorded prices", () => {
    expect(codes({}, { tick: "30 min", duration: "1 h" }, { prices })).toEqual(["prices.shock.series tick-too-long"]);
  });

  it("error: series-elsewhen, series-empty, unknown-series, unknown-table, table-wrong, column-missing", () => {
    const before = { ...candles, rows: [["2023-12-01T00:00:00Z", 2000, 2100, 1700, 1800]] };
    expect(codes({}, undefined, { candles: before })).toEqual(["prices.shock.series series-elsewhen"]);
    expect(codes({}, undefined, { gas })).toEqual(["prices.shock.series series-empty"]);
    expect(codes({ series: "night" })).toEqual(["prices.shock.series unknown-series"]);
    expect(codes({ assets: { ETH: "candle" } })).toEqual(["prices.shock.assets.ETH unknown-table"]);
    expect(codes({ assets: { USD: "candles" } })).toContain("prices.shock.assets.USD table-wrong");
    expect(codes({ gasColumn: "p90" })).toEqual(["prices.shock.gasColumn column-missing"]);
    expect(codes({ gasColumn: "p60", gas: "5 gwei" })).toEqual(["prices.shock.gas value-wrong"]);
  });

  it("error: value-missing where net does not say what to take out, and unit-wrong where it says it of another asset", () => {
    expect(codes({ treatment: "net" })).toEqual(["prices.shock.net value-missing"]);
    const net = (impact: object) => ({ treatment: "net", net: { impact } });
    const tables = { candles, events };
    expect(codes(net({ ETH: { per: "1 DAI", move: "-1%" } }), undefined, tables)).toEqual([
      "prices.shock.net.impact.ETH.per unit-wrong",
    ]);
    expect(codes(net({ ETH: { per: "1 ETH", move: "1%" } }), undefined, tables)).toEqual([
      "prices.shock.net.impact.ETH.move number-out-of-range",
    ]);
    expect(codes(net({ ETH: { per: "1 ETH", move: "-1%" } }))).toEqual(["prices.shock.net.events unknown-table"]);
    expect(codes({ net: { impact: {} } })).toEqual(["prices.shock.net value-wrong"]);
  });

  it("error: a series written in place is judged where it stands", () => {
    const day = {
      version: 1,
      kind: "series",
      name: "day",
      layers: { made },
      tables: { candles: { ...candles, interval: "x" } },
    };
    const result = parseScenario(
      oneAccountFalls({ prices: { shock: { kind: "recorded", series: "day" } }, series: { day } }),
      noFile,
    );
    const paths = "problems" in result ? result.problems.map((problem) => problem.path) : [];
    expect(paths[0]).toBe("series.day.tables.candles.interval");
  });
});
