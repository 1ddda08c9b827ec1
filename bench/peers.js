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

const quantLibSources = [
  "pricingengines/blackcalculator",
  "math/distributions/normaldistribution",
  "math/errorfunction",
  "instruments/payoffs",
  "errors",
];

/**
 * g++ with QuantLib: FIREBREAK_QUANTLIB is a folder with its sources (`ql/`, `ql/config.hpp` made by its build or including `ql/userconfig.hpp`), and
 * FIREBREAK_BOOST one with Boost's headers if they are not installed. Undefined where they, or the compiler, are not there.
 */
export function quantLibPeer(source, folder, inputs) {
  const home = process.env.FIREBREAK_QUANTLIB;
  if (!home) return undefined;
  const program = join(folder, source.replace(".cpp", ""));
  const includes = [home, process.env.FIREBREAK_BOOST].filter(Boolean).map((path) => `-I${path}`);
  const sources = quantLibSources.map((name) => join(home, "ql", `${name}.cpp`));
  // What these sources name but never call (dates, observers) need not be linked.
  const linking = [
    "-ffunction-sections",
    "-fdata-sections",
    "-no-pie",
    "-Wl,--gc-sections",
    "-Wl,--unresolved-symbols=ignore-all",
  ];
  const flags = ["-O3", "-march=native", "-std=c++17", ...linking, ...includes];
  if (output("g++", [...flags, "-o", program, here(source), ...sources]) === undefined) return undefined;
  return (repeats) => JSON.parse(output(program, [folder, String(repeats), ...inputs.map(String)]) ?? "null");
}
