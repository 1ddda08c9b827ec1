import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import {
  acceptanceSizes,
  closedFormCases,
  kernelEngine,
  renderValidation,
  simulatedCases,
} from "../engine/src/index.js";

const committed = readFileSync(new URL("../VALIDATION.md", import.meta.url), "utf8");
const lines = new Set(committed.split("\n"));

it("behavior: VALIDATION.md says of every closed form what the program says now", () => {
  const rows = renderValidation(closedFormCases())
    .split("\n")
    .filter((line) => line.startsWith("| `"));
  expect(rows.length).toBeGreaterThan(60);
  expect(rows.filter((row) => !lines.has(row))).toEqual([]);
});

it("behavior: VALIDATION.md has every simulated case, and those that need no repetition as the kernel gives them now", () => {
  const cases = simulatedCases(kernelEngine, () => {}, { ...acceptanceSizes, repetitions: 20 });
  for (const { id } of cases) expect(committed, id).toContain(`\`${id}\``);
  const exact = cases.filter((one) => !one.id.startsWith("generalised-poisson/"));
  const rows = renderValidation(exact)
    .split("\n")
    .filter((line) => line.startsWith("| `"));
  expect(rows.filter((row) => !lines.has(row))).toEqual([]);
});
