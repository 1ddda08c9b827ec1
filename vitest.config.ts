import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: { alias: { "@firebreak/engine": here("./engine/src/index.ts") } },
  test: {
    include: ["engine/src/**/*.test.ts", "app/src/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 120_000,
    maxWorkers: 2,
  },
});
