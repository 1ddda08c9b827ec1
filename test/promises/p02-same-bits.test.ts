import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PathOptions, PathPool } from "../../app/src/workers/path-pool.js";
import { definitions, type PathResult, runHash, runPaths } from "../../engine/src/index.js";
import { generatedScenario, planOf } from "../support/generated-scenarios.js";

/** 200 by default; the release figure is `FIREBREAK_SCENARIOS=2000 npx vitest run test/promises/p02-same-bits.test.ts`. */
const scenarioCount = Number(process.env.FIREBREAK_SCENARIOS ?? 200);
const seed = Number(process.env.FIREBREAK_SEED ?? 2);
/** Paths of each scenario: more than one chunk of the smallest size, several for each of the workers. */
const paths = 9;
/** Scenarios that also go through the interpreter, and through Chromium. */
const elsewhereCount = 3 * definitions.length;

const engineBuild = fileURLToPath(new URL("../../engine/dist/index.js", import.meta.url));
const poolBuild = new URL("../../app/dist/workers/path-pool.js", import.meta.url).href;

const scenarios = Array.from({ length: scenarioCount }, (_, index) => generatedScenario(seed, index));
const again = (index: number) =>
  `scenario ${index} of seed ${seed}: FIREBREAK_SEED=${seed} FIREBREAK_SCENARIOS=${index + 1} npx vitest run test/promises/p02-same-bits.test.ts`;

/** What this thread, optimised, makes of each scenario: the tape's hash and every measure of every path. */
const here = scenarios.map((scenario) => {
  const results = runPaths(planOf(scenario), seed, 0, paths);
  return { hash: runHash(results), measures: results.map((result) => result.measures) };
});

describe("P02: the same plan, seed and version give the same tape, bit for bit", () => {
  it("default: the scenarios do something, and not all the same", () => {
    expect(new Set(here.map((one) => one.hash)).size).toBeGreaterThan(0.9 * scenarioCount);
    const moving = here.filter((one) => one.measures.some((path) => path.liquidatedAccounts > 0 || path.tradedUsd > 0));
    expect(moving.length).toBeGreaterThan(scenarioCount / 3);
  });

  describe("workers", () => {
    const pools = new Map<number, PathPool>();
    beforeAll(async () => {
      const { openPathPool } = (await import(poolBuild)) as { openPathPool: (workers: number) => Promise<PathPool> };
      for (const workers of [1, 2, 3, 7]) pools.set(workers, await openPathPool(workers));
    });
    afterAll(async () => {
      for (const pool of pools.values()) await pool.close();
    });

    it.each([1, 2, 3, 7])("behavior: %i workers, chunks of 1, 16 and 1000 paths", async (workers) => {
      const pool = pools.get(workers);
      const { signal } = new AbortController();
      for (const [index, scenario] of scenarios.entries()) {
        const plan = planOf(scenario);
        for (const chunk of workers === 1 ? [1] : [1, 16, 1000]) {
          const options: PathOptions = { seed, paths, chunk, signal };
          const results: PathResult[] = (await pool?.run(plan, options)) ?? [];
          expect(runHash(results), again(index)).toBe(here[index].hash);
          expect(
            results.map((result) => result.measures),
            again(index),
          ).toEqual(here[index].measures);
        }
      }
    });
  });

  it("behavior: the interpreter, without any compiler, gives the same tapes as the optimised engine", () => {
    const folder = mkdtempSync(join(tmpdir(), "firebreak-p02-"));
    try {
      writeFileSync(join(folder, "scenarios.json"), JSON.stringify(scenarios.slice(0, elsewhereCount)));
      const script = `
        import { readFileSync } from "node:fs";
        import { readScenario, runHash, runPaths } from ${JSON.stringify(engineBuild)};
        const scenarios = JSON.parse(readFileSync(process.argv[1], "utf8"));
        const hashes = scenarios.map((one) => runHash(runPaths(readScenario(one, () => ({ value: null })), ${seed}, 0, ${paths})));
        console.log(JSON.stringify(hashes));`;
      const words = ["--jitless", "--input-type=module", "-e", script, join(folder, "scenarios.json")];
      const hashes = JSON.parse(execFileSync(process.execPath, words, { encoding: "utf8" })) as string[];
      for (const [index, hash] of hashes.entries()) expect(hash, again(index)).toBe(here[index].hash);
      expect(hashes).toHaveLength(Math.min(scenarioCount, elsewhereCount));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it.skipIf(process.platform !== "linux")(
    "behavior: Chromium gives the same tapes as Node (Linux only: the browser of the registry is)",
    async () => {
      const hashes = await inChromium(scenarios.slice(0, elsewhereCount));
      for (const [index, hash] of hashes.entries()) expect(hash, again(index)).toBe(here[index].hash);
      expect(hashes).toHaveLength(Math.min(scenarioCount, elsewhereCount));
    },
  );
});

/** The engine's part that a page calls. */
interface PageEngine {
  readScenario: (value: unknown, load: () => unknown) => unknown;
  runPaths: (plan: unknown, seed: number, from: number, to: number) => unknown;
  runHash: (results: unknown) => string;
}

/** Runs scenarios in a headless Chromium on the bundled engine; the tapes' hashes. */
async function inChromium(list: readonly unknown[]): Promise<string[]> {
  const bundle = await build({
    entryPoints: [engineBuild],
    bundle: true,
    format: "iife",
    globalName: "firebreak",
    platform: "browser",
    write: false,
    logLevel: "error",
  });
  // Before it is imported: then the registry's Chromium brings its own libraries.
  process.env.AWS_LAMBDA_JS_RUNTIME = "nodejs22.x";
  const { default: chromium } = await import("@sparticuz/chromium");
  const { chromium: launcher } = await import("playwright-core");
  const browser = await launcher.launch({
    executablePath: await chromium.executablePath(),
    headless: true,
    args: ["--no-sandbox"],
    env: { ...process.env } as Record<string, string>,
  });
  try {
    const page = await browser.newPage();
    await page.setContent("<!doctype html><title>firebreak</title>");
    await page.addScriptTag({ content: bundle.outputFiles[0].text });
    return await page.evaluate(
      ([scenarioList, runSeed, pathCount]) => {
        const { firebreak } = globalThis as unknown as { firebreak: PageEngine };
        return scenarioList.map((one) => {
          const plan = firebreak.readScenario(one, () => ({ value: null }));
          return firebreak.runHash(firebreak.runPaths(plan, runSeed, 0, pathCount));
        });
      },
      [list, seed, paths] as const,
    );
  } finally {
    await browser.close();
  }
}
