import { publishedVerbs } from "../figures/output-schema.js";
import { exitCodes } from "./exit-codes.js";
import { commonOptions, type Verb, type VerbOption, verbTable } from "./verb-table.js";

/** `docs/command-line.md`, from the same tables that `--help` prints. */
export function commandDocs(): string {
  return [
    "# The command line",
    "",
    "<!-- Generated. Do not edit: `npx vitest run app/src/cli/command-docs.test.ts -u` renews this file. -->",
    "",
    "`npx firebreak VERB ...` from the root of a checkout. With `--json` standard output holds JSON and nothing else;",
    "progress and messages go to standard error, in colour only on a terminal and never with `NO_COLOR`. A file is",
    "written whole or not at all.",
    "",
    "| verb | what it does |",
    "|---|---|",
    ...verbTable.map((verb) => `| [${verb.name}](#${verb.name}) | ${verb.summary} |`),
    "",
    "## Exit codes",
    "",
    "| code | meaning |",
    "|---:|---|",
    ...Object.values(exitCodes).map(({ code, meaning }) => `| ${code} | ${meaning} |`),
    "",
    "With code 2 every problem is listed at once: its code, its place, what it was, what to do. With `--json` they are also",
    "on standard output, as `{ problems: [{ code, path, message, hint }] }`. `FIREBREAK_DEBUG=1` adds a stack to code 70.",
    "",
    "## Figures",
    "",
    'In JSON every figure is `{ "value", "unit", "basis", "band"? }`; `basis` is `measured`, `borrowed` (of another date or',
    "market) or `assumed`, the weakest of all it rests on. Shares are fractions. Ids, counts, hashes and flags are plain. A",
    "`value` of null is a figure that does not exist, like a gain where forced flow meets no depth.",
    "",
    `The outputs of ${publishedVerbs.slice(0, -1).map(code).join(", ")} and ${code(publishedVerbs[publishedVerbs.length - 1])} are described key by key in`,
    "[schemas/output.schema.json](../schemas/output.schema.json), one definition per verb (`#/$defs/solve`). Its version is",
    "raised when a key goes or comes to mean something else; new keys may come without. For editors there are schemas of",
    "[scenarios](../schemas/scenario.schema.json), [books](../schemas/book.schema.json) and [series](../schemas/series.schema.json):",
    "`firebreak new` names the first in the scenario that it writes, and editors complete by it.",
    "",
    ...verbTable.flatMap(verbSection),
  ].join("\n");
}

const code = (word: string) => `\`${word}\``;

function verbSection(verb: Verb): string[] {
  const operands = verb.operands.map(({ name, required, repeated }) => {
    const text = repeated ? `${name}...` : name;
    return required ? text : `[${text}]`;
  });
  const rows = [
    ...verb.operands.map(({ name, summary }) => `| \`${name}\` | ${summary} |`),
    ...[...verb.options, ...commonOptions].map((option) => `| \`${written(option)}\` | ${option.summary} |`),
  ];
  return [
    `## ${verb.name}`,
    "",
    `${verb.summary[0].toUpperCase()}${verb.summary.slice(1)}.`,
    "",
    "```",
    `${["firebreak", verb.name, ...operands, "[options]"].join(" ")}`,
    verb.example,
    "```",
    "",
    "| | |",
    "|---|---|",
    ...rows,
    "",
  ];
}

function written(option: VerbOption): string {
  return option.kind === "flag" ? `--${option.name}` : `--${option.name} ${option.value}`;
}
