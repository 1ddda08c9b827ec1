#!/usr/bin/env node
import { existsSync } from "node:fs";

// npm links a workspace's command at install time, before anything is built: this file is committed, the build is not.
const entry = new URL("../dist/cli/main.js", import.meta.url);

if (existsSync(entry)) {
  const { main } = await import(entry.href);
  const stop = new AbortController();
  // The first Ctrl-C lets the current step end, so that nothing is half-written; the second ends at once.
  process.on("SIGINT", () => {
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
  });
  // A reader that has seen enough (`| head`) closes the pipe: that is no failure of ours.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error) => {
      if (error.code !== "EPIPE") throw error;
      process.exit(process.exitCode ?? 0);
    });
  }
  const { stdout, stderr, env } = process;
  process.exitCode = await main(process.argv.slice(2), {
    stdout,
    stderr,
    env,
    cwd: () => process.cwd(),
    signal: stop.signal,
  });
} else {
  process.stderr.write("firebreak is not built yet: run `npm run build` in the root of the checkout first.\n");
  process.exitCode = 2;
}
