import { exits } from "./exit-codes.js";
import { commandHelp, verbHelp } from "./help.js";
import type { Streams } from "./streams.js";
import { verbOf } from "./verb-table.js";

/**
 * The command: `argv` without node and script. Returns the exit code of `exit-codes.ts` and never throws. Help is answered from static
 * tables; everything else is imported when a verb runs.
 */
export async function main(argv: readonly string[], streams: Streams): Promise<number> {
  const [first] = argv;
  if (first === undefined || first === "--help" || first === "-h" || (first === "help" && argv[1] === undefined)) {
    streams.stdout.write(commandHelp());
    return exits.done;
  }
  const name = first === "help" ? argv[1] : first;
  const verb = verbOf(name);
  if (verb !== undefined && (first === "help" || asksForHelp(argv))) {
    streams.stdout.write(verbHelp(verb));
    return exits.done;
  }
  const { perform } = await import("./perform.js");
  return perform(argv, streams);
}

function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return argv.slice(1, end < 0 ? undefined : end).some((word) => word === "--help" || word === "-h");
}
