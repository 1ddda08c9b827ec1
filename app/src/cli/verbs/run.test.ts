import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { call } from "../test-command.js";

let cwd = "";

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "firebreak-"));
  await call(["new", "mine"], { cwd });
});

interface RunOut {
  readonly tapeHash: string;
  readonly measures: Readonly<Record<string, { value: number; unit: string; basis: string; band?: [number, number] }>>;
  readonly ends: { readonly settled: number };
}

const runJson = async (...more: string[]) => {
  const { code, out } = await call(["run", "mine.yaml", "--json", ...more], { cwd });
  expect(code).toBe(0);
  return JSON.parse(out) as RunOut;
};

describe("firebreak run", () => {
  it("default: a tape hash, and every measure as a figure", async () => {
    const { tapeHash, measures, ends } = await runJson();
    expect(tapeHash).toMatch(/^[0-9a-f]{64}$/);
    expect(ends.settled).toBe(1);
    expect(measures.liquidatedAccounts).toEqual({ value: 2, unit: "accounts", basis: "assumed" });
    for (const { unit, basis } of Object.values(measures)) {
      expect(unit).not.toBe("");
      expect(["measured", "borrowed", "assumed"]).toContain(basis);
    }
  });

  it("behavior: any number of workers and any chunk give the same JSON; several paths give bands", async () => {
    const alone = await runJson("--paths", "9", "--workers", "1");
    expect(alone.measures.soldUsd.band).toHaveLength(2);
    expect(await runJson("--paths", "9", "--workers", "2", "--chunk", "1")).toEqual(alone);
    expect(await runJson("--paths", "9", "--workers", "3", "--chunk", "16")).toEqual(alone);
  });

  it("behavior: --out writes the same that would be printed, and prints nothing", async () => {
    const { out } = await call(["run", "mine.yaml", "--json"], { cwd });
    const written = await call(["run", "mine.yaml", "--json", "--out", "deep/run.json"], { cwd });
    expect(written.out).toBe("");
    expect(readFileSync(join(cwd, "deep", "run.json"), "utf8")).toBe(out);
  });

  it("behavior: 80 columns, one sentence first", async () => {
    const { out } = await call(["run", "mine.yaml", "--paths", "3"], { cwd });
    for (const line of out.split("\n")) expect([...line].length).toBeLessThanOrEqual(80);
    expect(out).toContain("2 accounts [2 to 2] are liquidated");
  });

  it("error: file-not-writable", async () => {
    writeFileSync(join(cwd, "occupied"), "");
    const { code, err } = await call(["run", "mine.yaml", "--out", "occupied/x.json"], { cwd });
    expect(code).toBe(2);
    expect(err).toContain("file-not-writable");
  });
});
