import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { VolatilityFigures } from "../../figures/volatility.js";
import { packageRoot } from "../package-root.js";
import { call, inFolder } from "../test-command.js";

const october = join(packageRoot, "books", "us-equity-1987-10-19.series.json");

/** Days of October 1987 (S&P 500, rounded to cents), enough for estimators and too few for a fit. */
const days = `date,open,high,low,close
1987-10-12,311.07,311.07,306.76,309.39
1987-10-13,309.39,314.53,309.39,314.52
1987-10-14,314.52,314.52,304.78,305.23
1987-10-15,305.21,305.23,298.07,298.08
1987-10-16,298.08,298.92,281.52,282.70
1987-10-19,282.70,282.70,224.83,224.84
1987-10-20,225.06,245.62,216.46,236.83
`;

async function found(words: readonly string[], cwd?: string): Promise<VolatilityFigures> {
  const { code, out, err } = await call(["volatility", ...words, "--json"], cwd === undefined ? {} : { cwd });
  expect(code, err).toBe(0);
  return JSON.parse(out);
}

describe("firebreak volatility", () => {
  it("default: every estimator of a series of ours, annualised with trading days, within 80 columns", async () => {
    const { code, out, err } = await call(["volatility", october]);
    expect(code, err).toBe(0);
    for (const line of out.split("\n")) expect([...line].length, line).toBeLessThanOrEqual(80);
    const { estimators, intervalsPerYear, interval } = await found([october]);
    expect(estimators.map(({ name }) => name)).toEqual([
      "close-to-close",
      "ewma",
      "parkinson",
      "garman-klass",
      "rogers-satchell",
      "yang-zhang",
    ]);
    expect(intervalsPerYear.value).toBe(252);
    expect(interval.value).toBe(86_400_000);
    // The month of the crash. The days of its fall opened at the close before and closed at their lows: no way up and down for Rogers and Satchell.
    for (const { annual, name } of estimators) expect(annual.value, name).toBeGreaterThan(0.35);
    expect(estimators[0].annual.value).toBeGreaterThan(0.9);
  });

  it("behavior: what cannot be told is said, and why", async () => {
    await inFolder(async (cwd) => {
      writeFileSync(join(cwd, "days.csv"), days);
      const { garch, branching, missing } = await found(["days.csv"], cwd);
      expect([garch, branching]).toEqual([null, null]);
      expect(missing).toEqual([
        { what: "garch", why: "6 returns, at least 50 are needed" },
        { what: "branching", why: "0 windows, at least 10 are needed" },
      ]);
    });
  });

  it("behavior: a file of returns has its GARCH fit and its bound, labelled as what it is", async () => {
    await inFolder(async (cwd) => {
      // Calm and wild stretches of 40 returns by turns.
      const rows = Array.from(
        { length: 800 },
        (_, row) => ((Math.floor(row / 40) % 2 === 0 ? 0.3 : 2) * (((row * 7) % 11) - 5)) / 5,
      );
      writeFileSync(join(cwd, "returns.csv"), `return_percent\n${rows.join("\n")}\n`);
      const { garch, branching, estimators } = await found(["returns.csv", "--event", "1.2", "--window", "10"], cwd);
      expect(estimators.length).toBe(2);
      expect(garch?.persistence.value).toBeGreaterThan(0.5);
      expect(garch?.longRunAnnual.unit).toBe("share a year");
      expect(branching?.label).toBe("upper bound");
      expect(branching?.branching.value).toBeGreaterThan(0);
      const { out } = await call(["volatility", "returns.csv", "--event", "1.2", "--window", "10"], { cwd });
      expect(out.replace(/\s+/g, " ")).toContain("upper bound: counts that cluster for any reason");
    });
  });

  it("behavior: --last, --year", async () => {
    await inFolder(async (cwd) => {
      writeFileSync(join(cwd, "days.csv"), days);
      const all = await found(["days.csv"], cwd);
      const some = await found(["days.csv", "--last", "3", "--year", "4"], cwd);
      expect([some.rows, some.from]).toEqual([3, "1987-10-16T00:00:00Z"]);
      expect(some.estimators[0].annual.value).toBeCloseTo(2 * (some.estimators[0].perInterval.value ?? 0), 12);
      expect(all.estimators[0].observations).toBe(6);
    });
  });

  it("behavior: the whole file tells its days, whatever is asked of it; missing rows are said", async () => {
    await inFolder(async (cwd) => {
      const day = (row: number) => new Date(Date.UTC(2023, 0, 1) + row * 86_400_000).toISOString().slice(0, 10);
      const write = (name: string, kept: (row: number) => boolean) => {
        const rows = Array.from({ length: 118 }, (_, row) => row).filter(kept);
        writeFileSync(
          join(cwd, name),
          `date,close\n${rows.map((row) => `${day(row)},${100 + ((row * 7) % 11)}`).join("\n")}\n`,
        );
      };
      write("all.csv", () => true);
      const all = await found(["all.csv"], cwd);
      expect(all.annualised).toBe("by the calendar: 365 days of 24 hours");
      // The last three are Wednesday to Friday, 2023-04-26 to 2023-04-28.
      expect((await found(["all.csv", "--last", "3"], cwd)).intervalsPerYear.value).toBe(365);
      write("short.csv", (row) => row >= 1 && row <= 3);
      expect((await found(["short.csv"], cwd)).intervalsPerYear.value).toBe(365);
      write("gap.csv", (row) => row < 20 || row >= 60);
      expect((await found(["gap.csv"], cwd)).annualised).toContain(
        "rows are missing in one place, 41 days long: it counts as one interval",
      );
      // Weekends are no gaps, and neither is a long one.
      write("trading.csv", (row) => row % 7 !== 0 && row % 7 !== 6 && row !== 15);
      expect((await found(["trading.csv"], cwd)).annualised).toBe("days without weekends: 252 trading days a year");
      write("one.csv", (row) => row === 0);
      expect((await found(["one.csv"], cwd)).annualised).toContain("one row has no distance to another");
    });
  });

  it("error: returns whose squares are no numbers have no volatility, and no figure is NaN", async () => {
    await inFolder(async (cwd) => {
      writeFileSync(
        join(cwd, "huge.csv"),
        `return\n${Array.from({ length: 60 }, (_, row) => (row % 3) - 1).join("e200\n")}e200\n`,
      );
      const { estimators, garch, missing } = await found(["huge.csv"], cwd);
      expect([estimators, garch]).toEqual([[], null]);
      expect(missing[0].why).toContain("return -1e+200 is no finite number whose square is one");
    });
  });

  it("error: row-refused, every bad row with its line; --skip leaves them out and says so", async () => {
    await inFolder(async (cwd) => {
      const bad = days.replace("309.39,314.53,309.39,314.52", "309.39,300,309.39,314.52").replace("304.78", ".");
      writeFileSync(join(cwd, "days.csv"), bad);
      const { code, err } = await call(["volatility", "days.csv"], { cwd });
      expect(code).toBe(2);
      for (const expected of ["days.csv, line 3", "high 300 is below low 309.39", "line 4", 'low "." is no number'])
        expect(err).toContain(expected);
      const { leftOut, rows } = await found(["days.csv", "--skip"], cwd);
      expect([rows, leftOut.map(({ row }) => row)]).toEqual([5, [3, 4]]);
      expect((await call(["volatility", "days.csv", "--skip"], { cwd })).out).toContain("2 rows left out");
    });
  });

  it("error: no prices, no such table, a scenario, options that are no numbers", async () => {
    await inFolder(async (cwd) => {
      writeFileSync(join(cwd, "vxo.csv"), "DATE,VXOCLS\n1986-01-02,18.07\n");
      writeFileSync(join(cwd, "days.csv"), days);
      writeFileSync(join(cwd, "one.yaml"), "version: 1\nname: one\n");
      const said = async (...words: string[]) => {
        const { code, err } = await call(["volatility", ...words], { cwd });
        expect(code, err).toBe(2);
        return err;
      };
      expect(await said("vxo.csv", "--skip")).toContain("header lacks a column of prices or returns");
      expect(await said(october, "--table", "nothing")).toContain("table-unknown");
      expect(await said("one.yaml")).toContain("kind-wrong");
      expect(await said("days.csv", "--year", "ten")).toContain("option-wrong");
      expect(await said("missing.csv")).toContain("file-missing");
      writeFileSync(join(cwd, "binary.csv"), Buffer.from([0x61, 0, 0xff]));
      writeFileSync(join(cwd, "empty.csv"), "\n");
      expect(await said("binary.csv", "--skip")).toContain("file-binary");
      expect(await said("empty.csv", "--skip")).toContain("input-empty");
    });
  });
});
