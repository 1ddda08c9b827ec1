// `npm run bench [-- solve partial load line options]`: every row against its named peer, interleaved in one run, with the load of the machine. Exit 1 where a
// target is missed. A row whose peer is not installed says "peer absent".
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { line, loadLine } from "./timing.js";

const tables = {
  solve: ["./solve.js", "solveRows"],
  partial: ["./partial.js", "partialRows"],
  load: ["./load.js", "loadRows"],
  line: ["./line.js", "lineRows"],
  options: ["./options.js", "optionRows"],
};
const asked = process.argv.slice(2).filter((name) => name in tables);
let met = true;
console.log(`Firebreak bench · node ${process.version} · ${loadLine()}`);
for (const name of asked.length > 0 ? asked : Object.keys(tables)) {
  const [file, rows] = tables[name];
  if (!existsSync(fileURLToPath(new URL(file, import.meta.url)))) {
    console.log(`${name}: not measured yet`);
    continue;
  }
  for (const row of await (await import(file))[rows]()) {
    const result = line(row);
    met &&= result.met;
    console.log(result.text);
  }
}
console.log(loadLine());
process.exitCode = met ? 0 : 1;
