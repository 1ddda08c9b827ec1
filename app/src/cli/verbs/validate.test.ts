import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { check, type ValidationCase } from "@firebreak/engine";
import { describe, expect, it } from "vitest";
import { plainPaint } from "../paint.js";
import { call, inFolder } from "../test-command.js";
import { validationAnswer } from "./validate.js";

const one = (actual: number): ValidationCase =>
  check({ id: "a/b", source: "s", tag: "D", unit: "share", expected: 1, tolerance: 0.1, row: "Model 1: x" }, actual);

describe("firebreak validate", () => {
  it("default: a list of cases with their figures, all of them met", async () => {
    const { code, out } = await call(["validate", "--closed", "--json"]);
    const cases = JSON.parse(out) as Record<string, unknown>[];
    expect(code).toBe(0);
    expect(cases.length).toBeGreaterThanOrEqual(30);
    for (const entry of cases) {
      expect(entry.pass, String(entry.id)).toBe(true);
      for (const key of ["expected", "actual", "tolerance"]) expect(typeof entry[key]).toBe("number");
      for (const key of ["id", "source", "tag", "unit"]) expect(typeof entry[key]).toBe("string");
    }
  });

  it("behavior: a figure that is missed comes first and gives exit code 1", () => {
    const answer = validationAnswer([one(1), one(2)], null);
    expect(answer.exit).toBe(1);
    expect(answer.text(plainPaint)).toContain("1 of 2 figures of the literature are missed");
    expect(validationAnswer([one(1)], null).exit).toBe(0);
  });

  it("behavior: --write renews VALIDATION.md of the project one is in", async () => {
    await inFolder(async (cwd) => {
      writeFileSync(join(cwd, "package.json"), '{ "workspaces": [] }');
      const [file] = validationAnswer([one(1)], { out: undefined, cwd: join(cwd, "deep", "folder") }).files ?? [];
      expect(file.path).toBe(join(cwd, "VALIDATION.md"));
      expect(String(file.content)).toContain("# Validation");
    });
  });

  it("error: options-clash", async () => {
    const { code, err } = await call(["validate", "--closed", "--write"]);
    expect(code).toBe(2);
    expect(err).toContain("options-clash");
  });

  it("behavior: Ctrl-C ends it with 130", async () => {
    const { code } = await call(["validate"], { signal: AbortSignal.abort() });
    expect(code).toBe(130);
  });
});
