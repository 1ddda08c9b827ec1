import type { ValidationCase } from "./case.js";

/**
 * VALIDATION.md: the failures first, then a table per model, in the order in which the cases come.
 * Holds no date, machine or duration: the same cases give the same text.
 */
export function renderValidation(cases: readonly ValidationCase[]): string {
  const failures = cases.filter((one) => !one.pass);
  const sections = [header(cases, failures.length)];
  if (failures.length > 0) sections.push(`## Failures\n\n${table(failures)}`);
  for (const [row, group] of groupByRow(cases)) {
    const passed = group.filter((one) => one.pass).length;
    sections.push(`## ${row}\n\n${passed} of ${group.length} pass.\n\n${table(group)}`);
  }
  return `${sections.join("\n\n")}\n`;
}

function header(cases: readonly ValidationCase[], failureCount: number): string {
  const closedCount = cases.filter((one) => one.how === "closed form").length;
  const verdict = failureCount === 0 ? "All pass." : `**${failureCount} fail**, listed first.`;
  return [
    "# Validation",
    "",
    "<!-- Generated. Do not edit: `npx firebreak validate --write` renews this file. -->",
    "",
    "Published and derived figures of the literature beside ours, one line per figure.",
    "To renew this file: `npx firebreak validate --write`. The same program gives the same file.",
    "",
    `${cases.length} figures: ${closedCount} by closed form, ${cases.length - closedCount} simulated. ${verdict}`,
    "",
    "- **tag**: where the expected figure comes from. S: read in a published source. S2: read in a text that quotes it.",
    "  D: derived from the model and confirmed numerically. S+D, S2+D: both.",
    "- **how**: *closed form* is a formula; *simulated* went through the engine.",
    "- **tolerance**: largest admitted difference; a percentage is relative to the expected figure.",
  ].join("\n");
}

function groupByRow(cases: readonly ValidationCase[]): Map<string, ValidationCase[]> {
  const groups = new Map<string, ValidationCase[]>();
  for (const one of cases) {
    const group = groups.get(one.row);
    if (group === undefined) groups.set(one.row, [one]);
    else group.push(one);
  }
  return groups;
}

function table(cases: readonly ValidationCase[]): string {
  const head = "| id | source | tag | how | unit | expected | ours | tolerance | pass |";
  const rule = "|---|---|---|---|---|---:|---:|---:|---|";
  return [head, rule, ...cases.map(line)].join("\n");
}

function line(one: ValidationCase): string {
  const cells = [
    `\`${one.id}\``,
    one.source,
    one.tag,
    one.how,
    one.unit,
    figureText(one.expected),
    figureText(one.actual),
    toleranceText(one),
    one.pass ? "yes" : "**no**",
  ];
  return `| ${cells.map(escapeCell).join(" | ")} |`;
}

/** Twelve digits say all that a reader compares; beyond them is rounding. Small figures are written as 5e-6. */
function figureText(value: number): string {
  if (!Number.isFinite(value)) return "not finite";
  const rounded = Number(value.toPrecision(12));
  return rounded !== 0 && Math.abs(rounded) < 1e-3 ? rounded.toExponential() : String(rounded);
}

function toleranceText({ tolerance, toleranceKind }: ValidationCase): string {
  return toleranceKind === "relative" ? `±${figureText(100 * tolerance)} %` : `±${figureText(tolerance)}`;
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
