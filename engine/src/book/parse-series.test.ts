import { describe, expect, it } from "vitest";
import { parseSeries, readSeries } from "./parse-series.js";
import { ProblemsError } from "./problem.js";
import { numbersOf, wordsOf } from "./series.js";
import { sampleSeriesFile } from "./test-support.js";
import { seriesFile } from "./writing.js";

type Editable = Record<string, any>;

function codes(damage: (file: Editable) => void): readonly string[] {
  const file: Editable = sampleSeriesFile();
  damage(file);
  const parsed = parseSeries(file);
  return "problems" in parsed ? parsed.problems.map(({ code }) => code) : [];
}

describe("parseSeries", () => {
  it("default", () => {
    const series = readSeries(sampleSeriesFile());
    expect(series.tables.map(({ id, kind, rowCount }) => [id, kind, rowCount])).toEqual([
      ["candles", "candles", 2],
      ["events", "events", 2],
      ["gas", "gas", 1],
      ["prices", "prices", 2],
      ["reserves", "reserves", 1],
    ]);
    const [candles, events, gas, prices, reserves] = series.tables;
    expect(candles).toMatchObject({ asset: "ETH", intervalMs: 600000 });
    expect([...(numbersOf(candles, "startMs") ?? [])]).toEqual([1621382400000, 1621383000000]);
    expect([...(numbersOf(candles, "openUsd") ?? [])]).toEqual([3375, 3370]);
    expect([...(numbersOf(candles, "volume") ?? [])]).toEqual([200000000, 125000000]);
    expect([...(numbersOf(gas, "p100Gwei") ?? [])]).toEqual([1500.25]);
    expect([...(numbersOf(prices, "priceUsd") ?? [])]).toEqual([2167.240265865905, 2115]);
    expect([...(numbersOf(reserves, "base") ?? []), ...(numbersOf(reserves, "quote") ?? [])]).toEqual([
      232213463503, 6792388366,
    ]);
    expect(wordsOf(events, "kind")).toEqual(["repay", "liquidation"]);
    expect(wordsOf(events, "account")).toEqual(["23919", "23919"]);
    // Amounts of events are in units of the asset that their row names, here DAI at 2 decimals and ETH at 7.
    expect([...(numbersOf(events, "amount") ?? [])]).toEqual([1501564, -70000000]);
  });

  it("behavior: what is written comes back", () => {
    const series = readSeries(sampleSeriesFile());
    expect(readSeries(JSON.parse(JSON.stringify(seriesFile(series))))).toEqual(series);
  });

  it("behavior: a table's name need not say what it is about", () => {
    const series = (table?: string) =>
      codes((file) => {
        file.tables["candles-eth"] = { ...file.tables.candles, ...(table === undefined ? {} : { table }) };
      });
    expect(series("candles")).toEqual([]);
    expect(series()).toEqual(["value-missing"]);
  });

  it("error: column-missing, value-missing, duplicate-time, candle-inconsistent, kind-wrong, number-out-of-range", () => {
    expect(codes((file) => (file.tables.candles.columns[1] = "first USD"))).toEqual(["column-missing"]);
    expect(codes((file) => delete file.tables.candles.interval)).toEqual(["value-missing"]);
    expect(codes((file) => (file.tables.candles.rows[1][0] = file.tables.candles.rows[0][0]))).toEqual([
      "duplicate-time",
    ]);
    expect(codes((file) => (file.tables.candles.rows[0][2] = 3000))).toEqual(["candle-inconsistent"]);
    expect(codes((file) => (file.kind = "book"))).toEqual(["kind-wrong"]);
    expect(codes((file) => (file.tables.prices.rows[0][1] = 0))).toEqual(["number-out-of-range"]);
    expect(codes((file) => delete file.tables)).toEqual(["value-missing"]);
  });

  it("error: readSeries throws the problems", () => {
    expect(() => readSeries(null)).toThrow(ProblemsError);
  });
});
