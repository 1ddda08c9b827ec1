import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type Called, call, inFolder } from "../cli/test-command.js";
import { width } from "../cli/text/table.js";
import type { HistoryFigures } from "./history-figures.js";

describe("replay 1987-10-19", () => {
  let printed: Called;
  let json: HistoryFigures;
  let page = "";
  beforeAll(async () => {
    await inFolder(async (folder) => {
      printed = await call(["replay", "1987-10-19"], { cwd: folder });
      page = readFileSync(join(folder, "out/1987-10-19/report.html"), "utf8");
      json = JSON.parse(readFileSync(join(folder, "out/1987-10-19/findings.json"), "utf8"));
    });
  }, 60_000);

  const modelled = (name: string) => {
    const fact = json.facts.find((one) => one.name === name);
    if (fact === undefined) throw new Error(`no fact ${name}`);
    return fact.modelled;
  };
  const without = (counterfactual: string, name: string) =>
    json.counterfactuals[counterfactual].figures[name].value ?? 0;

  it("default: the day comes out as the reports have it", () => {
    expect(printed.code).toBe(0);
    // Published: 20.47 %, up to 8.1 % at the half-hours, 12 to 24 % (Tosini), at least 8 billion from the week before. Bounds around them, set before the run.
    expect(modelled("S&P 500 falls by 4 pm").value).toBeGreaterThan(0.15);
    expect(modelled("S&P 500 falls by 4 pm").value).toBeLessThan(0.27);
    expect(modelled("future below the index at most").value).toBeGreaterThan(0.04);
    expect(modelled("future below the index at most").value).toBeLessThan(0.1);
    expect(modelled("insurers' share of futures sold").value).toBeGreaterThan(0.12);
    expect(modelled("insurers' share of futures sold").value).toBeLessThan(0.25);
    expect(modelled("rules ask at the opening").value).toBeGreaterThan(8e9);
    // The rules asked for far more than was carried out.
    expect(modelled("rules ask in the day").value).toBeGreaterThan(
      3 * (modelled("insurers sell in the day").value ?? 0),
    );
  });

  it("behavior: every published figure lies within the band over what nobody measured, and the half-hours within a few per cent", () => {
    for (const { name, observed, modelled: ours } of json.facts) {
      if (observed.value === null) continue;
      const [low, high] = ours.band ?? [Number.NaN, Number.NaN];
      expect(low, name).toBeLessThanOrEqual(observed.band?.[1] ?? observed.value);
      expect(high, name).toBeGreaterThanOrEqual(observed.band?.[0] ?? observed.value);
    }
    expect(json.tracks.map((track) => track.moments.length)).toEqual([12, 12]);
    for (const { error } of json.tracks) expect(error.value).toBeLessThan(0.05);
  });

  it("behavior: announced hedging, half the sum, deeper books and halts each make the fall smaller; rules in full make it larger", () => {
    const name = "S&P 500 falls by 4 pm";
    const fall = modelled(name).value ?? 0;
    // What is left is the news: 1.5 %, below the 2 % that were asked for.
    expect(without("insurers announce sales", name)).toBeLessThan(0.02);
    for (const counterfactual of [
      "half the insured sum",
      "no insurers",
      "books four times deeper",
      "halts at 7, 13 and 20 %",
    ])
      expect(without(counterfactual, name), counterfactual).toBeLessThan(fall);
    expect(without("rules followed in full", name)).toBeGreaterThan(fall);
    expect(json.counterfactuals["halts at 7, 13 and 20 %"].halted.value).toBeGreaterThanOrEqual(15 * 60_000);
    const discount = "future below the index at most";
    expect(without("no index arbitrage", discount)).toBeGreaterThan(modelled(discount).value ?? 1);
  });

  it("limit: 80 columns, one page without a script, and what was chosen stands before the figures", () => {
    const lines = printed.out.split("\n").slice(1);
    expect(Math.max(...lines.map(width))).toBeLessThanOrEqual(80);
    expect(printed.out.replace(/\s+/g, " ")).toContain("chosen with the outcome known");
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
    expect(page).toContain("What would have been different");
    for (const { name } of json.facts) expect(page).toContain(name.replaceAll("&", "&amp;").replaceAll("'", "&#39;"));
  });

  it("behavior: the same seed gives the same tape, and --json prints the figures alone", async () => {
    const again = await call(["replay", "1987-10-19", "--json"], { cwd: process.cwd() });
    expect(JSON.parse(again.out)).toEqual(json);
  });

  it("limit: a history without facts, and with one that is missed", async () => {
    await inFolder(async (folder) => {
      await call(["new", "mine"], { cwd: folder });
      const mine = readFileSync(join(folder, "mine.yaml"), "utf8");
      const told = async (history: string) => {
        writeFileSync(join(folder, "day.yaml"), `${mine}\n${history}\n`);
        return (await call(["replay", "day.yaml"], { cwd: folder })).out.replace(/\s+/g, " ");
      };
      const none = await told("history: { counterfactuals: { deeper: { clock.rounds: 50 } } }");
      expect(none).toContain("No published figure is set beside the model.");
      expect(none).not.toContain("Observed and modelled");
      const fall = "{ name: fall, reading: fall, of: spot, observed: [10%], source: made }";
      const missed = await told(`history: { facts: [${fall}] }`);
      expect(missed).toContain("Of 1 published figure 0 lie within what the model says in its one set of");
      // How far it is off is said, also where it is out of the band.
      expect(missed).toMatch(/\+2\d(\.\d)? out/);
    });
  });
});
