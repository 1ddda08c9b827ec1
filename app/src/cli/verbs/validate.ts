import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ProblemsError, renderValidation, type ValidationCase } from "@firebreak/engine";
import { runAside } from "../../workers/aside.js";
import type { ValidationTask } from "../../workers/validation-worker.js";
import type { Answer, Workplace } from "../answer.js";
import { exits } from "../exit-codes.js";
import type { Paint } from "../paint.js";
import { tableText } from "../text/table.js";

/** `firebreak validate`: the numbers of the literature beside ours. */
export async function runValidate({ call, streams, progress }: Workplace): Promise<Answer> {
  const closedOnly = call.flag("closed");
  if (closedOnly && call.flag("write")) {
    throw new ProblemsError([
      {
        code: "options-clash",
        path: "--write",
        message: "VALIDATION.md holds every figure, and --closed leaves some out",
        hint: "write --write alone",
      },
    ]);
  }
  const bar = progress("validation, per cent", 100);
  const task: ValidationTask = { closedOnly };
  const cases = await runAside<readonly ValidationCase[]>("validation-worker", task, streams.signal, (share) =>
    bar.reach(Math.round(100 * share)),
  ).finally(bar.end);
  return validationAnswer(cases, call.flag("write") ? { out: call.text("out"), cwd: streams.cwd() } : null);
}

/** The cases as an answer; with `renew`, VALIDATION.md of the project around that folder as well. */
export function validationAnswer(
  cases: readonly ValidationCase[],
  renew: { readonly out: string | undefined; readonly cwd: string } | null,
): Answer {
  const failed = cases.filter((one) => !one.pass);
  const files =
    renew === null
      ? undefined
      : [
          ...outFile(renew.out, cases),
          { path: join(projectRoot(renew.cwd), "VALIDATION.md"), content: renderValidation(cases) },
        ];
  return {
    json: cases.map(({ row: _, ...shown }) => shown),
    text: (paint) => validationText(cases, failed, paint),
    exit: failed.length === 0 ? exits.done : exits.checkFailed,
    files,
  };
}

function outFile(out: string | undefined, cases: readonly ValidationCase[]) {
  return out === undefined ? [] : [{ path: out, content: `${JSON.stringify(cases, null, 2)}\n` }];
}

/** The folder of the project that one is in: the nearest one above with a package of workspaces; else the folder itself. */
function projectRoot(cwd: string): string {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const file = join(folder, "package.json");
    if (existsSync(file) && readFileSync(file, "utf8").includes('"workspaces"')) return folder;
    if (dirname(folder) === folder) return cwd;
  }
}

function validationText(cases: readonly ValidationCase[], failed: readonly ValidationCase[], paint: Paint): string {
  const verdict =
    failed.length === 0
      ? paint.green(`All ${cases.length} figures of the literature are met.`)
      : paint.red(`${failed.length} of ${cases.length} figures of the literature are missed.`);
  const rows = [...failed, ...cases.filter((one) => one.pass)].map((one) => [
    one.pass ? "" : paint.red("missed"),
    one.id.length > 40 ? `${one.id.slice(0, 39)}…` : one.id,
    short(one.expected),
    short(one.actual),
    one.tag,
  ]);
  const columns = [
    { head: "", align: "left" as const },
    { head: "figure", align: "left" as const },
    { head: "expected", align: "right" as const },
    { head: "ours", align: "right" as const },
    { head: "tag", align: "left" as const },
  ];
  return `${verdict}\n\n${tableText(columns, rows)}\n`;
}

function short(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(7))) : "not finite";
}
