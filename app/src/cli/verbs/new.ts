import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { ProblemsError } from "@firebreak/engine";
import type { Answer, Workplace } from "../answer.js";
import { commentedScenario } from "../commented-scenario.js";

/** `firebreak new`: a commented scenario that runs as it stands. */
export async function runNew({ call, streams }: Workplace): Promise<Answer> {
  const given = call.operands[0] ?? "scenario";
  const path = call.text("out") ?? (/\.ya?ml$/.test(given) ? given : `${given}.yaml`);
  const name = (given.split(/[\\/]/).pop() ?? given).replace(/\.ya?ml$/, "");
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) {
    throw new ProblemsError([
      {
        code: "name-malformed",
        path: "NAME",
        message: `${JSON.stringify(name.slice(0, 60))} is no name of a scenario`,
        hint: "write letters, digits, dots, dashes; at most 64",
      },
    ]);
  }
  if (existsSync(resolve(streams.cwd(), path))) {
    throw new ProblemsError([
      {
        code: "file-exists",
        path,
        message: "there is already a file of that name",
        hint: "choose another name, or remove it first",
      },
    ]);
  }
  return {
    json: { path, name },
    text: () =>
      [
        `${path} is a small scenario with comments. Now try`,
        "",
        `  firebreak run ${path}`,
        `  firebreak solve ${path} --shock ETH=-30%`,
        "",
      ].join("\n"),
    files: [{ path, content: commentedScenario(name) }],
  };
}
