import { existsSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { ProblemsError } from "@firebreak/engine";
import { readBookFile } from "../../files/index.js";
import type { Answer, Workplace } from "../answer.js";
import { commentedScenario, scenarioAround } from "../commented-scenario.js";

/** `firebreak new`: a commented scenario that runs as it stands; with `--book` around a book of one's own. */
export async function runNew({ call, streams }: Workplace): Promise<Answer> {
  const given = call.operands[0] ?? "scenario";
  const path = call.text("out") ?? (/\.ya?ml$/.test(given) ? given : `${given}.yaml`);
  const name = (given.split(/[\\/]/).pop() ?? given).replace(/\.ya?ml$/, "");
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) {
    throw refusal(
      "name-malformed",
      "NAME",
      `${JSON.stringify(name.slice(0, 60))} is no name of a scenario`,
      "write letters, digits, dots, dashes; at most 64",
    );
  }
  const file = resolve(streams.cwd(), path);
  if (existsSync(file)) {
    throw refusal(
      "file-exists",
      path,
      "there is already a file of that name",
      "choose another name, or remove it first",
    );
  }
  const book = call.text("book");
  const folder = dirname(file);
  const content =
    book === undefined ? commentedScenario(name, folder) : await aroundBook(name, resolve(streams.cwd(), book), folder);
  return {
    json: { path, name },
    text: () =>
      [
        `${path} is a scenario with comments. Now try`,
        "",
        `  firebreak run ${path}`,
        `  firebreak solve ${path} --shock ETH=-30%`,
        "",
      ].join("\n"),
    files: [{ path, content }],
  };
}

async function aroundBook(name: string, bookPath: string, folder: string): Promise<string> {
  const parsed = await readBookFile(bookPath);
  if ("problems" in parsed) throw new ProblemsError(parsed.problems);
  return scenarioAround(name, parsed.book, relative(folder, bookPath), folder);
}

function refusal(code: string, path: string, message: string, hint: string): ProblemsError {
  return new ProblemsError([{ code, path, message, hint }]);
}
