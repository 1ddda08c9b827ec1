import { exitCodes } from "./exit-codes.js";
import { commonOptions, type Verb, type VerbOption, verbTable } from "./verb-table.js";

const width = 80;

/** `firebreak --help`: the verbs, the common options and the exit codes, 80 columns wide. */
export function commandHelp(): string {
  return [
    ...wrapped("Firebreak measures liquidation cascades, simulates them, and finds what stops them.", width),
    "",
    "  firebreak VERB ... [--json] [--out FILE]",
    "",
    "Verbs",
    ...listed(verbTable.map((verb): [string, string] => [verb.name, verb.summary])),
    "",
    "Every verb",
    ...listed(commonOptions.map((option): [string, string] => [written(option), option.summary])),
    "",
    "Exit codes",
    ...listed(Object.values(exitCodes).map(({ code, meaning }): [string, string] => [String(code), meaning])),
    "",
    "Example",
    "  firebreak solve scenarios/2021-05-19.yaml --shock ETH=-30%",
    "",
  ].join("\n");
}

/** `firebreak VERB --help`: how it is written, what its options mean, an example. */
export function verbHelp(verb: Verb): string {
  const operands = verb.operands.map(({ name, required, repeated }) => {
    const text = repeated ? `${name}...` : name;
    return required ? text : `[${text}]`;
  });
  return [
    ...wrapped(`firebreak ${verb.name}: ${verb.summary}`, width),
    "",
    `  ${["firebreak", verb.name, ...operands, "[options]"].join(" ")}`,
    "",
    ...(verb.operands.length === 0
      ? []
      : [...listed(verb.operands.map((one): [string, string] => [one.name, one.summary])), ""]),
    "Options",
    ...listed([...verb.options, ...commonOptions].map((option): [string, string] => [written(option), option.summary])),
    "",
    "Example",
    ...wrapped(verb.example, width - 8).map((line, row, all) => {
      // A command over several lines can be pasted as it stands.
      return `${row === 0 ? "  " : "      "}${line}${row < all.length - 1 ? " \\" : ""}`;
    }),
    "",
  ].join("\n");
}

function written(option: VerbOption): string {
  return option.kind === "flag" ? `--${option.name}` : `--${option.name} ${option.value}`;
}

/** Two columns, the second wrapped; a long first entry stands on its own line. */
function listed(entries: readonly (readonly [string, string])[]): string[] {
  const column = Math.min(22, Math.max(...entries.map(([name]) => name.length)) + 2);
  return entries.flatMap(([name, text]) => {
    const lines = wrapped(text, width - column - 2);
    const head = name.length + 2 > column ? [`  ${name}`] : [];
    const rest = head.length === 0 ? [`  ${name.padEnd(column)}${lines.shift() ?? ""}`] : head;
    return [...rest, ...lines.map((line) => " ".repeat(column + 2) + line)];
  });
}

function wrapped(text: string, most: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > most) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines;
}
