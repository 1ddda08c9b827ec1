import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ownersFromOthers, recordedWindow } from "@firebreak/engine";
import { beforeAll, describe, expect, it } from "vitest";
import { loadScenario } from "../cli/load-scenario.js";
import { dayFile } from "../cli/package-root.js";
import { type Called, call, inFolder } from "../cli/test-command.js";
import { width } from "../cli/text/table.js";
import { otherWindows } from "./other-windows.js";
import type { ReplayFigures } from "./replay-figures.js";

const days = ["2021-04-22", "2021-05-19", "2021-09-20", "2022-01-21"];

describe("replay 2021-05-19", () => {
  let printed: Called;
  let json: ReplayFigures;
  let report = "";
  beforeAll(async () => {
    await inFolder(async (folder) => {
      printed = await call(["replay", "2021-05-19", "--paths", "4"], { cwd: folder });
      const file = join(folder, "out/2021-05-19/report.html");
      report = existsSync(file) ? readFileSync(file, "utf8") : "";
      json = JSON.parse(readFileSync(join(folder, "out/2021-05-19/findings.json"), "utf8"));
    });
  }, 60_000);

  it("default: observed on chain that day: 4 of the book's vaults, 949 ETH, the first at 07:03", () => {
    expect(printed.code).toBe(0);
    expect(json.accountCount).toBe(91);
    expect(json.observed).toMatchObject({
      accounts: { value: 4, unit: "accounts", basis: "measured" },
      presentAtStart: { value: 4 },
      coins: { value: 949, unit: "ETH", basis: "measured" },
    });
    expect(json.observed.first.value).toBe(7 * 3_600_000 + 239_000);
  });

  it("behavior: with nobody acting every vault that was liquidated is named, and many that were not", () => {
    expect(json.nobodyActs.recall.value).toBe(1);
    expect(json.staticRule.recall.value).toBe(1);
    expect(json.nobodyActs.accounts.value).toBeGreaterThan(10);
    // Nothing is liquidated that the static rule, on the same late price, does not flag: sales only hasten what follows.
    expect(json.nobodyActs.brier.value).toBeGreaterThan(json.ownersAct?.brier.value ?? Number.NaN);
  });

  it("behavior: prints the sentence, failures before the table, what it rests on, the report, the tape and the command", () => {
    const { out } = printed;
    const order = [
      "If ETH falls 20 % in an hour",
      "decisive assumption",
      "Observed and modelled",
      "The model liquidates",
      "liquidated on chain",
      "static rule",
      "\n  nobody acts",
      "\n  owners act ",
      "Rests on",
      "report",
      "tape",
      "again",
    ];
    const places = order.map((words) => out.indexOf(words));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(out).toContain(`sha256 ${json.tapeHash.slice(0, 16)}`);
    expect(out).toContain("npx firebreak replay 2021-05-19 --seed 1 --paths 4");
  });

  it("behavior: 80 columns suffice", () => {
    for (const line of printed.out.split("\n")) expect(width(line), line).toBeLessThanOrEqual(80);
  });

  it("behavior: the report has what was observed right after what it rests on", () => {
    const heads = [...report.matchAll(/<h2 id="([\w-]+)-head">/g)].map((match) => match[1]);
    expect(heads.slice(0, 3)).toEqual(["rests-on", "observed", "shocks"]);
    expect(report).not.toMatch(/NaN|Infinity|undefined|\[object/);
  });

  it("behavior: the same seed gives the same figures, and with --json nothing else is printed or written", async () => {
    await inFolder(async (folder) => {
      const again = await call(["replay", "2021-05-19", "--paths", "4", "--json"], { cwd: folder });
      expect(JSON.parse(again.out)).toEqual(json);
      expect(again.err).toBe("");
      expect(existsSync(join(folder, "out"))).toBe(false);
    });
  });
});

describe("replay of the other days", () => {
  it("behavior: owners are measured on the other three windows, never on the replayed one", async () => {
    for (const day of days) {
      const file = dayFile(day, "/");
      const window = recordedWindow(await loadScenario(file, "/"));
      if (window === null) throw new Error(`${day} has a record`);
      const others = await otherWindows(file);
      const owners = ownersFromOthers(window, [...others, window]);
      expect(owners?.windows).toEqual(days.filter((other) => other !== day));
      // The numbers of test/promises/p11-maker-days.test.ts, which measures them by another way in.
      const acted = { "2021-04-22": [92, 72], "2021-05-19": [59, 46], "2021-09-20": [76, 59], "2022-01-21": [61, 48] }[
        day
      ];
      expect([owners?.pooled.atRisk, owners?.pooled.acted]).toEqual(acted);
    }
  });

  it("behavior: the hourly days hold five days each and observe what their records say: 0, 4 and 9 vaults", async () => {
    const seen: (number | null)[] = [];
    for (const day of ["2021-04-22", "2021-09-20", "2022-01-21"]) {
      const { out } = await call(["replay", day, "--paths", "2", "--json"]);
      const json = JSON.parse(out) as ReplayFigures;
      expect(json.window.value).toBe(5 * 86_400_000);
      seen.push(json.observed.accounts.value);
    }
    expect(seen).toEqual([0, 4, 9]);
  });

  it("error: record-missing: a scenario without events is no day", async () => {
    const { code, err } = await call(["replay", dayFile("small", "/")]);
    expect(code).toBe(2);
    expect(err).toContain("record-missing");
  });
});
