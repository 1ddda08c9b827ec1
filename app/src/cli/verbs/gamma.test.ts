import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { GammaFigures } from "../../figures/gamma.js";
import { call, inFolder } from "../test-command.js";

const head =
  ",mid_price,estimated_delivery_price,creation_timestamp,base_currency,underlying_price,mark_price,open_interest,ask_price,bid_price,instrument_name";
const at = Date.UTC(2024, 0, 8, 11, 0, 0);
const row = (name: string, mark: number, open: string) => `0,,2222.19,${at},ETH,2241.65,${mark},${open},,,${name}`;
const rows = [
  row("ETH-26JAN24-2400-C", 0.03, "1000"),
  row("ETH-26JAN24-2000-P", 0.025, "800"),
  row("ETH-29MAR24-2600-C", 0.06, "500"),
  row("ETH-26JAN24-1000-C", 0.4, "70"),
];
const chain = (list: readonly string[] = rows) => `${[head, ...list].join("\n")}\n`;

async function withBook(work: (cwd: string) => Promise<void>, text = chain()): Promise<void> {
  await inFolder(async (cwd) => {
    writeFileSync(join(cwd, "chain.csv"), text);
    const { code, err } = await call(["import", "deribit-chain", "chain.csv", "--out", "chain.json"], { cwd });
    expect(code, err).toBe(0);
    await work(cwd);
  });
}

describe("firebreak gamma", () => {
  it("default: levels, conventions and expiries within 80 columns; a side that nobody said is named and assumed", async () => {
    await withBook(async (cwd) => {
      const { code, out, err } = await call(["gamma", "chain.json"], { cwd });
      expect(code, err).toBe(0);
      expect(out).toContain("short-all, assumed (nobody said: --sign says another)");
      expect(out).toContain("dealers short all of it (assumed)");
      expect(out).toContain("Who is long is not known");
      expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    });
  });

  it("behavior: figures with bands over the four conventions; signs mirror; expiries add up", async () => {
    await withBook(async (cwd) => {
      const asked = async (...words: string[]) => {
        const { code, out, err } = await call(["gamma", "chain.json", "--json", ...words], { cwd });
        expect(code, err).toBe(0);
        return JSON.parse(out) as GammaFigures;
      };
      const short = await asked("--sign", "short-all");
      const long = await asked("--sign", "long-all", "--levels", "4");
      expect(short.atSpot.gamma.basis).toBe("assumed");
      expect(short.atSpot.gamma.value).toBeCloseTo(-(long.atSpot.gamma.value ?? 0), 6);
      expect(short.atSpot.gamma.band).toEqual([short.atSpot.gamma.value, long.atSpot.gamma.value]);
      expect([short.levels.length, long.levels.length]).toEqual([81, 5]);
      expect(short.conventions).toHaveLength(4);
      const [first] = short.levels;
      const sum = Object.values(first.byExpiry).reduce((total, one) => total + (one.value ?? 0), 0);
      expect(sum).toBeCloseTo(first.gamma.value ?? 0, 6);
      expect(short.expiries.map(({ expiry }) => expiry)).toEqual(["2024-01-26T08:00:00Z", "2024-03-29T08:00:00Z"]);
      const january = await asked("--expiry", "2024-01-26", "--smile", "sticky-delta", "--range", "10%");
      expect(january.expiries).toHaveLength(1);
      expect(january.levels[0].move).toBeCloseTo(0.1, 12);
      const mixed = await asked("--sign", "long-calls-short-puts");
      expect(mixed.flips).toHaveLength(1);
    });
  });

  it("behavior: one page with the sign in every chart's title, the band, words for those who do not see it", async () => {
    await withBook(async (cwd) => {
      const { code } = await call(["gamma", "chain.json", "--sign", "short-calls-long-puts", "--out", "g.html"], {
        cwd,
      });
      expect(code).toBe(0);
      const page = readFileSync(join(cwd, "g.html"), "utf8");
      const titles = [...page.matchAll(/<title id="[^"]*">([^<]*)</g)].map((match) => match[1]);
      expect(titles).toHaveLength(6);
      for (const title of titles) expect(title).toContain("dealers short its calls and long its puts (assumed)");
      expect(page).toContain("over the four conventions");
      expect(page).not.toMatch(/NaN|undefined|Infinity|https?:\/\/(?!www\.w3\.org)/);
    });
  });

  it("error: bad rows are printed with line and code, counted in --json; --strict refuses the file", async () => {
    await withBook(async (cwd) => {
      const words = ["import", "deribit-chain", "chain.csv", "--out", "strict.json"];
      const told = JSON.parse((await call([...words, "--json"], { cwd })).out) as {
        refusedCount: number;
        refused: { rowNumber: number; reason: string }[];
      };
      expect(told.refusedCount).toBe(1);
      expect(told.refused[0]).toMatchObject({ rowNumber: 5, reason: expect.stringContaining("price-below-intrinsic") });
      const strict = await call([...words.slice(0, 3), "--strict", "--out", "refused.json"], { cwd });
      expect(strict.code).toBe(2);
      expect(strict.err).toContain("chain.csv line 5  [price-below-intrinsic]");
      expect(existsSync(join(cwd, "refused.json"))).toBe(false);
    });
  });

  it("error: rows that are no options are in no figure, and told one by one", async () => {
    await withBook(async (cwd) => {
      const asked = async (...words: string[]) => {
        const { code, out, err } = await call(["gamma", ...words, "--json"], { cwd });
        expect(code, err).toBe(0);
        return JSON.parse(out) as GammaFigures;
      };
      const sound = await asked("chain.json");
      expect(sound.leftOut).toEqual([]);
      const book = JSON.parse(readFileSync(join(cwd, "chain.json"), "utf8")) as {
        positions: { options: { columns: string[]; rows: unknown[][] } };
      };
      const { options } = book.positions;
      // Account, open, strike, expiry, call, volatility.
      options.rows.push(
        ["flat", 10, 2000, 18, 1, 0],
        ["expired", 10, 2000, 0, 1, 60],
        ["strikeless", 10, 0, 18, 1, 60],
        ["neither", 10, 2000, 18, 0.5, 60],
      );
      writeFileSync(join(cwd, "bad.json"), JSON.stringify(book));
      const told = await asked("bad.json");
      expect(told.leftOut.map(({ account, code }) => [account, code])).toEqual([
        ["expired", "option-expired"],
        ["flat", "volatility-zero"],
        ["neither", "call-wrong"],
        ["strikeless", "strike-not-positive"],
      ]);
      expect(told.atSpot).toEqual(sound.atSpot);
      const { out } = await call(["gamma", "bad.json"], { cwd });
      expect(out.replace(/\s+/g, " ")).toContain("4 rows are in no figure.");
      expect(out).toContain("options, flat: its implied volatility is 0 (volatility-zero)");
      options.columns.push("sign x");
      options.rows = options.rows.slice(0, 3).map((one, place) => [...one, [1, -0.5, 5][place]]);
      writeFileSync(join(cwd, "signed.json"), JSON.stringify(book));
      expect((await asked("signed.json")).leftOut.map(({ code }) => code)).toEqual(["sign-out-of-range"]);
    });
  });

  it("error: every fault of the question at once; no options; no open interest; a scenario without dealers", async () => {
    await withBook(async (cwd) => {
      const wrong = await call(["gamma", "chain.json", "--sign", "short", "--range", "200%", "--smile", "flat"], {
        cwd,
      });
      expect(wrong.code).toBe(2);
      for (const part of ["--sign", "--range", "--smile"]) expect(wrong.err).toContain(part);
      const codes = async (...words: string[]) => {
        const { out } = await call([...words, "--json"], { cwd });
        return (JSON.parse(out) as { problems: { code: string }[] }).problems.map((problem) => problem.code);
      };
      expect(await codes("gamma", "chain.json", "--expiry", "2024-01-27")).toEqual(["expiry-unknown"]);
      expect(await codes("gamma", "chain.json", "--asset", "BTC")).toEqual(["unknown-asset"]);
      await call(["new", "mine"], { cwd });
      expect(await codes("gamma", "mine.yaml")).toEqual(["options-missing"]);
      expect(await codes("gamma", "nothing.json")).toEqual(["file-missing"]);
      // A quote table's first line reads as words.
      writeFileSync(
        join(cwd, "quotes.csv"),
        "SPX (S&P 500 INDEX),4763.54,+66.30\nJan 08 2024 @ 16:15 ET,Bid,1\nExpiration Date,Calls\n",
      );
      expect(await codes("gamma", "quotes.csv")).toEqual(["file-is-csv"]);
      expect(await codes("gamma", "chain.csv")).toEqual(["file-is-csv"]);
      const book = JSON.parse(readFileSync(join(cwd, "chain.json"), "utf8")) as {
        positions: { options: { columns: string[]; rows: unknown[][] } };
      };
      const { options } = book.positions;
      options.columns.splice(1, 1);
      for (const one of options.rows) one.splice(1, 1);
      writeFileSync(join(cwd, "closed.json"), JSON.stringify(book));
      expect(await codes("gamma", "closed.json")).toEqual(["open-interest-missing"]);
    });
  });

  it("behavior: a book whose options have expired has nothing to show and says so without a bar", async () => {
    await withBook(async (cwd) => {
      const book = JSON.parse(readFileSync(join(cwd, "chain.json"), "utf8")) as {
        positions: { options: { rows: unknown[][] } };
      };
      book.positions.options.rows = book.positions.options.rows.map((one) => [...one.slice(0, 3), 0, ...one.slice(4)]);
      writeFileSync(join(cwd, "old.json"), JSON.stringify(book));
      const { code, out } = await call(["gamma", "old.json", "--out", "old.html"], { cwd });
      expect(code).toBe(0);
      expect(out).not.toMatch(/NaN|Infinity|undefined/);
      expect(readFileSync(join(cwd, "old.html"), "utf8")).not.toMatch(/NaN|Infinity|undefined/);
    });
  });
});
