import { resolve } from "node:path";
import { type Problem, ProblemsError, suggestion } from "@firebreak/engine";
import { printProblems } from "../files/index.js";
import { breathe } from "../workers/stopped.js";
import type { Answer, VerbRun } from "./answer.js";
import { type Call, readCall } from "./call.js";
import { exits } from "./exit-codes.js";
import { paintFor, plainPaint } from "./paint.js";
import { openProgress } from "./progress.js";
import type { Streams } from "./streams.js";
import { verbOf, verbTable } from "./verb-table.js";
import { writeWhole } from "./write-whole.js";

/** Each verb's work, imported when it is asked for. */
const runs: Readonly<Record<string, () => Promise<VerbRun>>> = {
  map: async () => (await import("./verbs/map.js")).runMap,
  solve: async () => (await import("./verbs/solve.js")).runSolve,
  gamma: async () => (await import("./verbs/gamma.js")).runGamma,
  run: async () => (await import("./verbs/run.js")).runRun,
  compare: async () => (await import("./verbs/compare.js")).runCompare,
  replay: async () => (await import("./verbs/replay.js")).runReplay,
  insure: async () => (await import("./verbs/insure.js")).runInsure,
  explain: async () => (await import("./verbs/explain.js")).runExplain,
  import: async () => (await import("./verbs/import.js")).runImport,
  new: async () => (await import("./verbs/new.js")).runNew,
  protocols: async () => (await import("./verbs/protocols.js")).runProtocols,
  report: async () => (await import("./verbs/report.js")).runReport,
  volatility: async () => (await import("./verbs/volatility.js")).runVolatility,
  validate: async () => (await import("./verbs/validate.js")).runValidate,
};

/** Runs one call and says what came of it; returns the exit code. */
export async function perform(argv: readonly string[], streams: Streams): Promise<number> {
  const json = argv.includes("--json");
  try {
    if (argv[0] === "--version") {
      streams.stdout.write(`${(await import("./version.js")).version()}\n`);
      return exits.done;
    }
    const verb = verbOf(argv[0]);
    if (verb === undefined) throw new ProblemsError([unknownVerb(argv[0])]);
    const call = readCall(verb, argv.slice(1), streams.cwd());
    const run = await runs[verb.name]();
    const answer = await run({
      call,
      streams,
      progress: (title, total) => openProgress(title, total, streams, json),
    });
    // A Ctrl-C during the last step is heard before anything is written.
    await breathe(streams.signal);
    give(answer, call, streams);
    return answer.exit ?? exits.done;
  } catch (error) {
    return explainFailure(error, json, streams);
  }
}

function unknownVerb(word: string): Problem {
  return {
    code: "verb-unknown",
    path: word,
    message: `there is no verb ${JSON.stringify(word.slice(0, 60))}`,
    hint: `${suggestion(
      word,
      verbTable.map((verb) => verb.name),
    )}; \`firebreak --help\` lists them`,
  };
}

function give(answer: Answer, call: Call, streams: Streams): void {
  const out = call.text("out");
  const { files } = answer;
  const json = call.flag("json");
  const redirected = out !== undefined && files === undefined;
  const paint = redirected ? plainPaint : paintFor(streams.stdout, streams.env);
  const printed = json ? `${JSON.stringify(answer.json, null, 2)}\n` : answer.text(paint);
  const written = redirected ? [{ path: out, content: printed }] : (files ?? []);
  for (const { path, content } of written) writeWhole(resolve(streams.cwd(), path), content);
  if (!redirected) streams.stdout.write(printed);
  for (const { path } of written) streams.stderr.write(`written: ${path}\n`);
}

/** Says what went wrong in words and chooses the exit code; a stack is shown only with FIREBREAK_DEBUG. */
function explainFailure(error: unknown, json: boolean, streams: Streams): number {
  const { stdout, stderr, env } = streams;
  const name = error instanceof Error ? error.name : "";
  if (streams.signal.aborted || name === "Stopped") {
    stderr.write("stopped; nothing was half-written\n");
    return exits.stopped;
  }
  if (error instanceof ProblemsError) {
    if (json) stdout.write(`${JSON.stringify({ problems: error.problems }, null, 2)}\n`);
    stderr.write(`${printProblems(error.problems)}Nothing was written.\n`);
    return exits.badInput;
  }
  if ((error as NodeJS.ErrnoException).code === "EPIPE") return exits.done;
  const sentence = error instanceof Error ? error.message : String(error);
  stderr.write(
    `This is a bug in Firebreak, not in your input: ${sentence}\nPlease report it with the command you ran.\n`,
  );
  if (env.FIREBREAK_DEBUG && error instanceof Error) stderr.write(`${error.stack ?? ""}\n`);
  else stderr.write("FIREBREAK_DEBUG=1 shows where it happened.\n");
  return exits.bug;
}
