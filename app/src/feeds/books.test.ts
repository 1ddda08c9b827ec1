import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type BookFile, formatFile, type SeriesFile, shippedShape } from "./our-format.js";

const folder = fileURLToPath(new URL("../../../books/", import.meta.url));
const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
const text = (name: string) => readFileSync(folder + name, "utf8");
const book = (day: string) => JSON.parse(text(`maker-eth-b-${day}.json`)) as BookFile;
const series = (day: string) => JSON.parse(text(`maker-eth-b-${day}.series.json`)) as SeriesFile;
const sum = (file: BookFile, column: number) =>
  file.positions["maker-eth-b"].rows.reduce((total, row) => total + Number(row[column]), 0);

describe("shipped books", () => {
  it.each(names)("behavior: %s has the shape and the layout of ours, and no path of a machine", (name) => {
    const file = JSON.parse(text(name)) as BookFile | SeriesFile;
    expect(shippedShape(file)).toEqual([]);
    expect(text(name)).toBe(formatFile(file));
    expect(text(name)).not.toMatch(/\/(work|home|tmp|Users)\//);
    for (const layer of Object.values(file.layers)) expect(layer.coverage.length).toBeLessThanOrEqual(2000);
  });
  it.each([
    ["2021-04-22", 93, 43759.752724, 49335038.5],
    ["2021-05-19", 91, 24401.166701, 43930888.78],
    ["2021-09-20", 91, 46970.468494, 96094933.1],
    ["2022-01-21", 85, 42275.289682, 74465406.32],
  ] as const)("behavior: %s has %i vaults, its ETH and its DAI", (day, count, eth, dai) => {
    const file = book(day);
    expect(file.positions["maker-eth-b"].rows).toHaveLength(count);
    expect(sum(file, 1)).toBeCloseTo(eth, 5);
    expect(sum(file, 2)).toBeCloseTo(dai, 1);
  });
  it("behavior: 21 vaults are liquidated in the four windows, 20 of them in the books", () => {
    let all = 0;
    let present = 0;
    for (const day of ["2021-04-22", "2021-05-19", "2021-09-20", "2022-01-21"]) {
      const accounts = new Set(
        series(day)
          .tables.events.rows.filter((row) => row[3] === "liquidate")
          .map((row) => row[2]),
      );
      all += accounts.size;
      present += book(day).positions["maker-eth-b"].rows.filter((row) => accounts.has(row[0])).length;
    }
    expect([all, present]).toEqual([21, 20]);
  });
  it("behavior: 2021-05-19 has its candles, gas and reserves, with the low of 1,862.04 at 13:10", () => {
    const { tables } = series("2021-05-19");
    for (const name of ["candles", "gas", "reserves"]) expect(tables[name].rows).toHaveLength(144);
    const low = tables.candles.rows.reduce((least, row) => (Number(row[3]) < Number(least[3]) ? row : least));
    expect([low[0], low[3]]).toEqual(["2021-05-19T13:10:00Z", 1862.04]);
  });
});
