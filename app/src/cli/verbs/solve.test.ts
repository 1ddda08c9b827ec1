import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { MapFigures } from "../../figures/map.js";
import type { SolveFigures } from "../../figures/solve.js";
import { call } from "../test-command.js";

let cwd = "";

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "firebreak-"));
  await call(["new", "mine"], { cwd });
});

const solved = async (...words: string[]) => {
  const { code, out, err } = await call(["solve", "mine.yaml", "--json", ...words], { cwd });
  expect(code, err).toBe(0);
  return JSON.parse(out) as SolveFigures;
};

describe("firebreak solve", () => {
  it("default: both ends, gain, gains by horizon and fold, all as figures", async () => {
    const found = await solved("--shock", "ETH=-30%");
    expect(found.shallowest.prices.ETH.value).toBeLessThan(1400);
    expect(found.shallowest.liquidated).toBe(2);
    expect(found.shallowest.forcedUsd).toMatchObject({ unit: "USD", basis: "assumed" });
    expect(found.deepest.forcedUsd.value).toBeGreaterThanOrEqual(found.shallowest.forcedUsd.value ?? 0);
    expect(found.nonMonotone).toBe(false);
    expect(typeof found.gain.max.value).toBe("number");
    expect(found.gain.maxPrice.value).toBeLessThan(2000);
    expect(found.gain.horizon).toMatchObject({ value: 600_000, unit: "ms" });
    expect(found.gains.map((gain) => gain.horizon.value)).toEqual([12_000, 600_000, 86_400_000]);
    expect(found).toHaveProperty("foldShock");
    expect(found.top.map((one) => one.account).sort()).toEqual(["tight", "tighter"]);
  });

  it("behavior: a smaller shock forces less; shocks may be listed or repeated; a rise forces nobody here", async () => {
    expect((await solved("--shock", "ETH=-15%")).shallowest.liquidated).toBe(1);
    const listed = await solved("--shock", "ETH=-20%,USD=0%");
    expect(listed).toEqual(await solved("--shock", "ETH=-20%", "--shock", "USD=0%"));
    const risen = await solved("--shock", "ETH=+20%");
    expect(risen.direction).toBe(1);
    expect(risen.shallowest.liquidated).toBe(0);
  });

  it("behavior: a sale walks depth, an outside move does not", async () => {
    const sold = await solved("--sale", "1000 ETH");
    expect(sold.shallowest.prices.ETH.value).toBeCloseTo(1800, 0);
    expect(sold.sale).toEqual({ ETH: 1000 });
  });

  it("behavior: a horizon of one's own is shown beside the usual ones", async () => {
    const found = await solved("--shock", "ETH=-30%", "--horizon", "1h", "--move", "2%");
    expect(found.gain.horizon.value).toBe(3_600_000);
    expect(found.gain.move.value).toBe(0.02);
    expect(found.gains).toHaveLength(4);
  });

  it("behavior: text in 80 columns, one sentence first", async () => {
    const { out } = await call(["solve", "mine.yaml", "--shock", "ETH=-30%"], { cwd });
    expect(out.split("\n")[2]).toContain("If ETH falls 30 %");
    for (const line of out.split("\n")) expect([...line].length).toBeLessThanOrEqual(80);
  });

  it("error: every wrong part of the question at once", async () => {
    const words = [
      "solve",
      "mine.yaml",
      "--shock",
      "ETC=-3%,ETH=30,x",
      "--sale",
      "5 BTC",
      "--horizon",
      "3",
      "--move",
      "0%",
    ];
    const { code, err } = await call(words, { cwd });
    expect(code).toBe(2);
    for (const expected of ["unknown-asset", "shock-malformed", "unit-missing", "5 problems", "number-out-of-range"])
      expect(err).toContain(expected === "5 problems" ? "problems" : expected);
    expect((await call(["solve", "mine.yaml"], { cwd })).err).toContain("neither a shock nor a sale");
  });
});

describe("firebreak map", () => {
  it("default: bands of 1 % from -60 % to +60 %, with what is forced by whom", async () => {
    const { code, out } = await call(["map", "mine.yaml", "--json"], { cwd });
    expect(code).toBe(0);
    const map = JSON.parse(out) as MapFigures;
    const down = map.levels.filter((level) => level.direction === "down");
    const up = map.levels.filter((level) => level.direction === "up");
    expect(down.length).toBeGreaterThan(90);
    expect(up.length).toBeGreaterThan(45);
    expect(down[down.length - 1].price.value).toBeLessThanOrEqual(800);
    const forced = down.reduce((sum, level) => sum + (level.forcedUsd.value ?? 0), 0);
    expect(forced).toBeCloseTo(down[down.length - 1].cumulativeUsd.value ?? 0, 3);
    for (const level of down) expect(level.byMechanism.lender.value).toBeCloseTo(level.forcedUsd.value ?? 0, 6);
    expect(map.coverage.forced[0]).toMatchObject({ name: "lender", share: { value: 1, basis: "assumed" } });
    expect(map.fold.ETH).toHaveProperty("down");
    expect(map.top).toHaveLength(2);
  });

  it("behavior: text in 80 columns with bars and the largest account named", async () => {
    const { out } = await call(["map", "mine.yaml", "--move", "2%"], { cwd });
    expect(out).toContain("█");
    expect(out).toContain("◀ tighter");
    for (const line of out.split("\n")) expect([...line].length).toBeLessThanOrEqual(80);
  });
});
