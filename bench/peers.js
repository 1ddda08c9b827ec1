// Finds, builds and runs the peers: programs of other languages that answer the same question. Absent ones are named, never an error.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = (name) => fileURLToPath(new URL(`peers/${name}`, import.meta.url));

function output(command, args) {
  try {
    return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], maxBuffer: 1 << 26 });
  } catch {
    return undefined;
  }
}

/** A folder that is gone when the program ends. */
export function scratchFolder() {
  const folder = mkdtempSync(join(tmpdir(), "firebreak-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes columns and numbers for the peers to read. */
export function writeColumns(folder, columns) {
  for (const [name, values] of Object.entries(columns)) writeFileSync(join(folder, `${name}.bin`), values);
}

/** python3 with numpy: runs a peer script and reads its JSON line, or undefined where it is not there. */
export function numpyPeer(script, folder, repeats) {
  if (output("python3", ["-c", "import numpy"]) === undefined) return undefined;
  const text = output("python3", [here(script), folder, String(repeats)]);
  return text && JSON.parse(text);
}

/** g++: compiles a peer into the scratch folder, or undefined where there is no compiler. */
export function compilePeer(source, folder) {
  const program = join(folder, source.replace(".cpp", ""));
  const built = output("g++", ["-O3", "-march=native", "-std=c++17", "-o", program, here(source)]);
  return built === undefined
    ? undefined
    : (repeats) => JSON.parse(output(program, [folder, String(repeats)]) ?? "null");
}
