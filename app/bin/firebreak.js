#!/usr/bin/env node
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

// npm links a workspace's command at install time, before anything is built: this file is committed, the build is not.
const entry = new URL("../dist/cli/main.js", import.meta.url);
if (existsSync(fileURLToPath(entry))) {
  await import(entry.href);
} else {
  process.stderr.write("firebreak is not built yet: run `npm run build` in the root of the checkout first.\n");
  process.exitCode = 2;
}
