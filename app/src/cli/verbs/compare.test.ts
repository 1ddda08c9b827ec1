import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { PairedFigures } from "../../figures/paired.js";
import { call } from "../test-command.js";

let cwd = "";

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "firebreak-"));
  await call(["new", "mine"], { cwd });
  const text = readFileSync(join(cwd, "mine.yaml"), "utf8");
  writeFileSync(join(cwd, "milder.yaml"), text.replace("moves: { ETH: -30% }", "moves: { ETH: -15% }"));
});

describe("firebreak compare", () => {
  it("default: paired differences with intervals and shares", async () => {
    const { code, out } = await call(["compare", "mine.yaml", "milder.yaml", "--paths", "3", "--json"], { cwd });
    expect(code).toBe(0);
    const { measures } = JSON.parse(out) as { measures: PairedFigures };
    expect(measures.liquidatedAccounts.difference).toMatchObject({ value: -1, unit: "accounts", band: [-1, -1] });
    expect(measures.soldUsd.smallerShare.value).toBe(1);
    expect(measures.soldUsd.largerShare.value).toBe(0);
  });

  it("behavior: a scenario equals itself, bit for bit", async () => {
    const { out } = await call(["compare", "mine.yaml", "mine.yaml", "--paths", "2"], { cwd });
    expect(out).toContain("bit for bit");
    for (const line of out.split("\n")) expect([...line].length).toBeLessThanOrEqual(80);
  });
});
