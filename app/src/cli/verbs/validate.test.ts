import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { call, inFolder } from "../test-command.js";

describe("firebreak validate", () => {
  it("default: a list of cases with their figures, all of them met", async () => {
    const { code, out } = await call(["validate", "--json"]);
    const cases = JSON.parse(out) as Record<string, unknown>[];
    expect(code).toBe(0);
    expect(cases.length).toBeGreaterThanOrEqual(30);
    for (const one of cases) {
      expect(one.pass, String(one.id)).toBe(true);
      for (const key of ["expected", "actual", "tolerance"]) expect(typeof one[key]).toBe("number");
      for (const key of ["id", "source", "tag", "unit"]) expect(typeof one[key]).toBe("string");
    }
  });

  it("behavior: --write renews VALIDATION.md of the project one is in", async () => {
    await inFolder(async (cwd) => {
      writeFileSync(join(cwd, "package.json"), '{ "workspaces": [] }');
      expect((await call(["validate", "--write"], { cwd })).code).toBe(0);
      expect(readFileSync(join(cwd, "VALIDATION.md"), "utf8")).toContain("# Validation");
    });
  });

  it("behavior: Ctrl-C ends it with 130", async () => {
    const { code } = await call(["validate"], { signal: AbortSignal.abort() });
    expect(code).toBe(130);
  });
});
