import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Files that take longest, as measured in a fresh clone: begun first, so that no core waits for the other at the end. */
const longest = [
  "test/documents.test.ts",
  "test/guides.test.ts",
  "test/promises/p02-same-bits.test.ts",
  "test/bytecode/morpho-blue.test.ts",
  "test/promises/p03-run-lands-on-the-map.test.ts",
  "test/promises/p07-no-nonsense.test.ts",
  "app/src/cli/verbs/insure.test.ts",
  "engine/src/study/insure.test.ts",
  "app/src/replay/replay.test.ts",
  "test/bytecode/maker-auction.test.ts",
  "test/promises/p22-malformed-input.test.ts",
];

/** The usual order, but for the longest files. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const place = longest.findIndex((name) => moduleId.endsWith(name));
      return place < 0 ? longest.length : place;
    };
    return [...(await super.sort(files))].sort((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  resolve: { alias: { "@firebreak/engine": here("./engine/src/index.ts") } },
  test: {
    testTimeout: 120_000,
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    projects: [
      { extends: true, test: { name: "rest", include: ["app/src/**/*.test.ts", "test/**/*.test.ts"] } },
      // The engine is pure: its files share one module graph per worker, which saves loading it a few hundred times.
      { extends: true, test: { name: "engine", include: ["engine/src/**/*.test.ts"], isolate: false } },
    ],
  },
});
