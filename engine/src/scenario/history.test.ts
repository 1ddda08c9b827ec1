import { describe, expect, it } from "vitest";
import { oneAccountFalls } from "../mechanisms/demonstrations.js";
import { studyHistory } from "../study/history.js";
import { parseScenario } from "./parse.js";

const nothingElse = (path: string): never => {
  throw new Error(`no files, but ${path}`);
};

const book = (instrument: string, units: number) => ({
  kind: "order-book",
  instrument,
  layer: "made",
  bids: [["-50%", `${units} ETH`]],
  asks: [["100%", `${units} ETH`]],
});

/** An insurer who sells futures that nobody links to the spot market, half of what the rule asks for. */
function scenarioOf(history: unknown): Record<string, unknown> {
  const layer = { layer: "made", columns: ["time", "price USD"] };
  return {
    ...(oneAccountFalls({
      instruments: { "ETH/USD-FUT": { asset: "ETH", quote: "USD", market: "perpetual" } },
      venues: { market: book("ETH/USD", 20_000), futures: book("ETH/USD-FUT", 20_000) },
      positions: {
        insurer: { layer: "made", columns: ["account", "risky ETH", "cash USD"], rows: [["fund", 1000, 2000000]] },
      },
      series: {
        day: {
          version: 1,
          kind: "series",
          name: "day",
          layers: {
            made: {
              source: "made",
              asOf: "2024-01-01T00:00:00Z",
              coverage: "all",
              coverageShare: 1,
              basis: "assumed",
            },
          },
          tables: {
            seen: {
              ...layer,
              table: "prices",
              asset: "ETH",
              rows: [
                ["2024-01-01T00:30:00Z", 1700],
                ["2024-01-01T02:00:00Z", 1400],
                ["2024-01-02T00:00:00Z", 1000],
              ],
            },
          },
        },
      },
      prices: { shock: { kind: "line", moves: { ETH: "-10%" }, over: "1 h" } },
      pressure: {
        insurer: {
          kind: "cppi",
          instrument: "ETH/USD",
          hedge: "ETH/USD-FUT",
          multiplier: 4,
          floor: "87.5%",
          band: "0%",
          execution: { discretion: "50%" },
        },
      },
    }) as object),
    history,
  };
}

const sources = { source: "made for the test" };
const facts = [
  { name: "fall", reading: "fall", of: "spot", observed: ["10%"], ...sources },
  { name: "lowest future", reading: "fall", of: "ETH/USD-FUT", at: "lowest", observed: ["10%", "12%"], ...sources },
  { name: "discount", reading: "discount", of: "ETH/USD-FUT", below: "ETH/USD", observed: ["1%"], ...sources },
  { name: "sold", reading: "sold", by: ["insurer"], observed: ["1000 USD"], ...sources },
  { name: "share", reading: "sold-share", by: ["insurer"], ofUsd: "2000000 USD", observed: ["10%"], ...sources },
  { name: "asked", reading: "asked", by: ["insurer"], ...sources },
  { name: "asked at once", reading: "asked", by: ["insurer"], at: "open", ...sources },
];

function read(history: unknown) {
  const parsed = parseScenario(scenarioOf(history), nothingElse);
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  if (parsed.history === undefined) throw new Error("no history");
  return { plan: parsed.plan, history: parsed.history };
}

const problemsOf = (history: unknown) => {
  const parsed = parseScenario(scenarioOf(history), nothingElse);
  return "problems" in parsed ? parsed.problems.map(({ code, path }) => `${code} ${path}`) : [];
};

describe("history", () => {
  it("default: facts are read off the run, the band is over the sets, and variants leave the scenario as it was", () => {
    const { plan, history } = read({
      facts,
      sets: { "no discretion": { "pressure.insurer.execution.discretion": "100%" } },
      counterfactuals: { "nobody insures": { "pressure.insurer": null } },
      tracks: [{ name: "spot", of: "ETH/USD", series: "day", table: "seen" }],
    });
    const study = studyHistory(plan, history, { seed: 1, paths: 1 });
    const [fall, lowest, discount, sold, share, asked, atOnce] = study.base.facts;
    expect(fall).toBeCloseTo(0.1, 9);
    // Fair value falls by 10 %; the future falls with it and by what the insurer sold.
    expect(lowest).toBeGreaterThan(0.1);
    expect(discount).toBeCloseTo(1 - (1 - lowest) / (1 - fall), 3);
    expect(share).toBeCloseTo(sold / 2e6, 12);
    // Half of what the rule asks for is sold; what is held back is counted at the opening price.
    expect(asked).toBeGreaterThan(1.9 * sold);
    expect(atOnce).toBeGreaterThan(0);
    expect(atOnce).toBeLessThan(asked);
    const [whole] = study.sets;
    expect(whole.reading.facts[3]).toBeGreaterThan(1.5 * sold);
    expect(study.bands[3]).toEqual([sold, whole.reading.facts[3]]);
    const [nobody] = study.counterfactuals;
    expect(nobody.reading.facts.slice(2)).toEqual([0, 0, 0, 0, 0]);
    expect(plan.mechanisms.some((one) => one.name === "insurer")).toBe(true);
  });

  it("behavior: a track is read at the end of the tick that holds its time, and beyond the path not at all", () => {
    const { plan, history } = read({ tracks: [{ name: "spot", of: "spot", series: "day", table: "seen" }] });
    const { base, trackErrors } = studyHistory(plan, history, { seed: 1, paths: 2 });
    // Half of the hour of a straight line in log price: sqrt(0.9).
    expect(base.tracks[0][0]).toBeCloseTo(2000 * Math.sqrt(0.9), 6);
    expect(base.tracks[0][1]).toBeCloseTo(1800, 6);
    expect(base.tracks[0][2]).toBeNaN();
    const error = Math.sqrt(((2000 * Math.sqrt(0.9)) / 1700 - 1) ** 2 / 2 + (1800 / 1400 - 1) ** 2 / 2);
    expect(trackErrors[0]).toBeCloseTo(error, 9);
  });

  it("error: every name and path that is wrong is said at once, and a variant's problems under its name", () => {
    const history = {
      facts: [
        { name: "a", reading: "fall", of: "nowhere", observed: ["10%"], ...sources },
        { name: "b", reading: "sold", by: ["insurer", "nobody"], observed: ["5 USD"], ...sources },
      ],
      tracks: [
        { name: "a", of: "spot", series: "night", table: "seen" },
        { name: "b", of: "spot", series: "day", table: "unseen" },
      ],
      sets: {
        wrong: { "pressure.insurer.multiplier": -1 },
        "no path": { "book.name.first": 1 },
      },
    };
    expect(problemsOf(history)).toEqual([
      "unknown-price history.facts[0].of",
      "unknown-mechanism history.facts[1].by[1]",
      "unknown-series history.tracks[0].series",
      "unknown-table history.tracks[1].table",
      "number-out-of-range history.sets.wrong: pressure.insurer.multiplier",
      expect.stringContaining("change-wrong history.sets"),
    ]);
    expect(problemsOf({ facts: [{ name: "a", reading: "rise", ...sources }] })[0]).toMatch(/^\S+ history\.facts\[0\]/);
  });

  it("behavior: what rules ask is at opening prices, and at the opening what they ask before anything was sold: people's ways do not change it", () => {
    const whole = { "pressure.insurer.execution": {} };
    const { plan, history } = read({ facts, sets: { whole } });
    const study = studyHistory(plan, history, { seed: 1, paths: 1 });
    const [half, full] = [study.base.facts, study.sets[0].reading.facts];
    // The rounds that the first sales set off are not the opening.
    expect(full[6]).toBeCloseTo(half[6], 2);
    // All is sold below the opening price: asked (opening prices) exceeds what was received.
    expect(full[5]).toBeGreaterThan(full[3]);
  });

  it("behavior: a fall counts from the opening price of what fell", () => {
    const scenario = scenarioOf({
      facts: [{ name: "fall", reading: "fall", of: "COIN/USD", observed: ["0%"], ...sources }],
    }) as { book: { assets: Record<string, unknown>; instruments: Record<string, unknown> } };
    scenario.book.assets.COIN = { price: "10 USD" };
    scenario.book.instruments["COIN/USD"] = { asset: "COIN", quote: "USD" };
    const parsed = parseScenario(scenario, nothingElse);
    if ("problems" in parsed || parsed.history === undefined) throw new Error(JSON.stringify(parsed));
    expect(studyHistory(parsed.plan, parsed.history, { seed: 1, paths: 1 }).base.facts[0]).toBeCloseTo(0, 9);
  });

  it("error: names that are said twice, that do not print, and changes that lead nowhere", () => {
    const change = { "pressure.insurer.multiplier": 3 };
    expect(
      problemsOf({
        facts: [facts[0], facts[0]],
        sets: {
          "\u001b[31mred": change,
          [`long ${"x".repeat(60)}`]: change,
          proto: { "pressure.__proto__": {}, "__proto__.kind": "cppi" },
          absent: { "pressure.insure": null },
          own: { "history.note": "x" },
        },
      }),
    ).toEqual([
      "name-twice history.facts[1].name",
      expect.stringContaining("name-malformed history.sets"),
      expect.stringContaining("text-too-long history.sets"),
      expect.stringContaining("change-wrong history.sets.proto"),
      expect.stringContaining("change-wrong history.sets.proto"),
      expect.stringContaining("change-wrong history.sets.absent"),
      expect.stringContaining("change-wrong history.sets.own"),
    ]);
    // What is no table is said to be none, numbers too.
    const shapes = parseScenario(scenarioOf({ sets: 3 }), nothingElse);
    expect("problems" in shapes ? shapes.problems[0].message : "").toMatch(/^must be a table of/);
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, place) => [`set ${place}`, change]));
    expect(problemsOf({ sets: many })).toEqual(["too-many-entries history.sets"]);
    // A path of prices is no oracle: nobody publishes it.
    expect(problemsOf({ facts: [{ ...facts[0], of: "shock" }] })).toEqual(["unknown-price history.facts[0].of"]);
    const renamed = {
      "pressure.lender": null,
      "prices.spot": null,
      "prices.other": { kind: "spot-oracle" },
      "pressure.insurer.oracle": "other",
    };
    expect(problemsOf({ facts, sets: { blind: renamed } })).toEqual(["unknown-price history.sets.blind"]);
  });

  it("error: what is malformed does not hide names and variants that are wrong elsewhere", () => {
    const history = {
      facts: [
        { ...facts[0], observed: [] },
        { ...facts[3], by: ["nobody"] },
      ],
      sets: { wrong: { "pressure.insurer.multiplier": -1 }, none: 5 },
    };
    expect(problemsOf(history).sort()).toEqual([
      "list-length history.facts[0].observed",
      "number-out-of-range history.sets.wrong: pressure.insurer.multiplier",
      "type-wrong history.sets.none",
      "unknown-mechanism history.facts[1].by[0]",
    ]);
    expect(problemsOf("none")).toEqual(["type-wrong history"]);
  });
});
