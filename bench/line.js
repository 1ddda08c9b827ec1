// Row 5: the committed launcher's --help, cold, against node with nothing to do. Not through npx.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { timePerCall } from "./timing.js";

const launcher = fileURLToPath(new URL("../app/bin/firebreak.js", import.meta.url));

function run(args) {
  const done = spawnSync(process.execPath, args, { stdio: "ignore" });
  if (done.status !== 0) throw new Error(`node ${args.join(" ")} ends with ${done.status}`);
}

export function lineRows({ turns = 25 } = {}) {
  const times = { ours: [], theirs: [] };
  for (let turn = 0; turn < turns; turn++) {
    times.ours.push(timePerCall(() => run([launcher, "--help"]), 1));
    times.theirs.push(timePerCall(() => run(["-e", "0"]), 1));
  }
  return [{ what: "firebreak --help, cold", peer: "node -e 0", ...times, atMostSlower: 1.3 }];
}
