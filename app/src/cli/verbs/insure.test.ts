import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { InsuranceFigures } from "../../figures/insure.js";
import { call } from "../test-command.js";

let cwd = "";
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "firebreak-"));
  await call(["new", "mine"], { cwd });
});

const quick = ["--horizon", "10day", "--paths", "40", "--workers", "1"];

async function figures(words: readonly string[]): Promise<InsuranceFigures> {
  const { code, out, err } = await call(["insure", ...words, "--json"], { cwd });
  expect(code, err).toBe(0);
  return JSON.parse(out) as InsuranceFigures;
}

describe("firebreak insure", () => {
  it("default: what breaks alone and in the crowd, in 80 columns, with what it rests on", async () => {
    const { code, out } = await call(["insure", ...quick, "--seed", "1"], { cwd });
    expect(code).toBe(0);
    expect(out).toContain("Keeping 90 % of 1 M USD of ETH for 10 days");
    expect(out.replace(/\s+/g, " ")).toMatch(/fails on \d[\d.]* % of the paths alone; when 115 M USD do the same/);
    expect(out).toContain("assumed: volatility 70 %");
    expect(out).toContain("borrowed: 2023-11-20");
    for (const line of out.split("\n")) expect([...line].length, line).toBeLessThanOrEqual(80);
  });

  it("default: figures with unit, basis and band; the crowd as much as the market buys within -10 %", async () => {
    const json = await figures([...quick, "--only", "stop-loss,cppi"]);
    expect(json.strategies.map(({ name }) => name)).toEqual(["hold", "stop-loss", "cppi"]);
    expect(json.crowdOfDepth).toMatchObject({ value: 1, unit: "share", basis: "assumed" });
    expect(json.depth.basis).toBe("borrowed");
    const [hold, stop, cppi] = json.strategies;
    expect(hold.crowd).toEqual(hold.alone);
    expect(hold.flows).toEqual([]);
    expect(stop.alone.broken.band).toHaveLength(2);
    expect(stop.harm.broken.value).toBeGreaterThan(0.2);
    expect(stop.foldShock?.value).toBeCloseTo(-0.08, 3);
    expect(cppi.flows.map(({ fall }) => fall.value)).toEqual([-0.1, -0.2, -0.3]);
    expect(stop.crowd.bystanderLoss.band?.[0]).toBeGreaterThan(0);
  });

  it("behavior: the same numbers on any number of threads, and others with another seed", async () => {
    const words = ["--horizon", "5day", "--paths", "7", "--only", "cppi", "--json"];
    const of = async (...more: string[]) => (await call(["insure", ...words, ...more], { cwd })).out;
    const one = await of("--workers", "1");
    expect(await of("--workers", "3")).toBe(one);
    expect(await of("--workers", "1", "--seed", "2")).not.toBe(one);
  });

  it("behavior: a scenario gives the market: its venues with its shares, and what takes no part by name", async () => {
    const json = await figures(["mine.yaml", ...quick, "--only", "cppi", "--crowd", "50% of depth"]);
    expect(json.market).toBe("mine");
    expect(json.leftOut.length).toBeGreaterThan(0);
    expect(json.crowd.value).toBeCloseTo((json.depth.value ?? 0) / 2, 6);
    const inCoins = await figures(["mine.yaml", ...quick, "--only", "cppi", "--crowd", "10 ETH", "--sum", "5 ETH"]);
    expect(inCoins.crowd.value).toBeCloseTo(10 * (inCoins.price.value ?? 0), 6);
    expect(inCoins.sum.value).toBeCloseTo(5 * (inCoins.price.value ?? 0), 6);
  });

  it("behavior: the longer it trades at intervals, the more often CPPI breaks", async () => {
    const words = ["--horizon", "180day", "--tick", "10day", "--volatility", "100%", "--jumps", "0", "--only", "cppi"];
    const broken = async (...more: string[]) =>
      (await figures([...words, "--paths", "100", "--workers", "1", ...more])).strategies[1].alone.broken.value ?? 0;
    expect(await broken("--every", "30day")).toBeGreaterThan((await broken("--every", "10day")) + 0.05);
  });

  it("behavior: --out writes what would have been printed, and --help names the verb", async () => {
    const { out, err } = await call(["insure", ...quick, "--only", "cppi", "--out", "insure.txt"], { cwd });
    expect(out).toBe("");
    expect(err).toContain("written: insure.txt");
    expect(readFileSync(join(cwd, "insure.txt"), "utf8")).toContain("CPPI");
    expect((await call(["insure", "--help"], { cwd })).out).toContain("firebreak insure");
  });

  it("behavior: --out with a page's name draws it: both charts' widths, words for who does not see them, nothing from elsewhere", async () => {
    const words = [...quick, "--only", "stop-loss,cppi", "--out", "insure.html"];
    const { code, err } = await call(["insure", ...words], { cwd });
    expect(code, err).toBe(0);
    const page = readFileSync(join(cwd, "insure.html"), "utf8");
    expect(page.match(/<svg /g)).toHaveLength(2);
    expect(page).toContain("<desc");
    expect(page).toContain("in the crowd");
    expect(page).not.toMatch(/<script|src=|https?:\/\/(?!www\.w3\.org)/);
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });

  it("error: everything that is wrong at once", async () => {
    const words = "insure --floor 120% --horizon 1.5ms --asset DOGE --jumps 6,8% --only cppi,cpi --lasting 2";
    const { code, out, err } = await call(words.split(" "), { cwd });
    expect(code).toBe(2);
    expect(out).toBe("");
    for (const path of ["--floor", "--asset", "--jumps", "--only", "--lasting"]) expect(err).toContain(path);
    expect(err).not.toMatch(/at \w+ \(/);
  });

  it.each([
    [["--sum=-5 USD"], "amount-negative"],
    [["--sum", "5 DOGE"], "unit-wrong"],
    [["--sum", "1 USD"], "number-out-of-range"],
    [["--sum", "50% of depth"], "number-malformed"],
    [["--crowd", "0 USD"], "number-out-of-range"],
    [["--crowd", "900000000000 USD"], "amount-too-large"],
    [["--crowd", "0% of depth"], "number-out-of-range"],
    [["--horizon", "90day", "--tick", "7day"], "duration-no-multiple"],
    [["--horizon", "90day", "--every", "1min"], "duration-no-multiple"],
    [["--horizon", "90day", "--tick", "1ms"], "number-out-of-range"],
    [["--multiplier", "1"], "number-out-of-range"],
    [["--volatility", "0%"], "number-out-of-range"],
    [["--floor", "0%"], "number-out-of-range"],
    [["--jumps", "6,-6%,-8%"], "number-out-of-range"],
    [["missing.yaml"], "file-missing"],
  ])("error: %j is %s", async (words, expected) => {
    const { code, out } = await call(["insure", ...words, "--paths", "1", "--json"], { cwd });
    expect(code).toBe(2);
    const { problems } = JSON.parse(out) as { problems: { code: string; hint: string }[] };
    expect(problems.map((one) => one.code)).toContain(expected);
    for (const { hint } of problems) expect(hint.length).toBeGreaterThan(5);
  });

  it("error: a book without a spot market", async () => {
    const book = {
      version: 1,
      kind: "book",
      name: "bare",
      at: "2024-01-01T00:00:00Z",
      assets: { ETH: { price: "2000 USD" }, USD: { price: "1 USD" } },
      instruments: { "ETH/USD": { asset: "ETH", quote: "USD" } },
    };
    writeFileSync(join(cwd, "bare.json"), JSON.stringify(book));
    const { code, err } = await call(["insure", "bare.json"], { cwd });
    expect(code).toBe(2);
    expect(err).toContain("no spot venue of the book buys ETH");
    expect(existsSync(join(cwd, "out"))).toBe(false);
  });

  it("limit: Ctrl-C is heard, and nothing is written", async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 300);
    const { code, out } = await call(["insure", "--paths", "5000", "--out", "x.txt"], { cwd, signal: stop.signal });
    expect(code).toBe(130);
    expect(out).toBe("");
    expect(existsSync(join(cwd, "x.txt"))).toBe(false);
  });
});
