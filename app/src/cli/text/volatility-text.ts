import type { Figure } from "@firebreak/engine";
import type { BranchingFigures, GarchFigures, VolatilityFigures } from "../../figures/volatility.js";
import type { Paint } from "../paint.js";
import { durationText, grouped, percent } from "./numbers.js";
import { paragraph, tableText } from "./table.js";

const leftOutShown = 10;

/** What `volatility` prints: a sentence, a line per estimator, the GARCH fit, the bound of the branching ratio, and what is missing. */
export function volatilityText(found: VolatilityFigures, paint: Paint): string {
  const [first] = found.estimators;
  const headline =
    first === undefined
      ? "No volatility can be told."
      : `Volatility ${percent(first.annual.value)} a year, close to close.`;
  return [
    paint.bold(headline),
    "",
    paragraph(windowWords(found)),
    "",
    ...estimatorLines(found),
    ...garchLines(found.garch, paint),
    ...branchingLines(found.branching, paint),
    ...missingLines(found, paint),
    ...leftOutLines(found, paint),
    "",
  ].join("\n");
}

function windowWords({ file, rows, from, to, interval, intervalsPerYear, annualised }: VolatilityFigures): string {
  const span = from === null ? "" : `, ${dayOf(from)} to ${dayOf(to)}`;
  const every = interval.value === null ? "" : `, one every ${durationText(interval.value)}`;
  return `${file}: ${grouped(rows)} rows${span}${every}. Annualised with ${grouped(intervalsPerYear.value)} intervals a year (${annualised}).`;
}

/** `1987-10-19` of a midnight, else the whole moment. */
function dayOf(moment: string | null): string {
  return (moment ?? "").replace("T00:00:00Z", "");
}

function estimatorLines({ estimators }: VolatilityFigures): string[] {
  const columns = [
    { head: "estimator", align: "left" as const },
    { head: "a year", align: "right" as const },
    { head: "an interval", align: "right" as const },
    { head: "of", align: "right" as const },
  ];
  const rows = estimators.map(({ name, annual, perInterval, observations }) => [
    name,
    percent(annual.value, 2),
    percent(perInterval.value, 3),
    grouped(observations),
  ]);
  const covered = [...new Map(estimators.map(({ name, covers }) => [covers, name]))];
  const namesOf = (covers: string) =>
    estimators
      .filter((one) => one.covers === covers)
      .map(({ name }) => name)
      .join(", ");
  return [tableText(columns, rows), "", ...covered.map(([covers]) => paragraph(`${namesOf(covers)}: ${covers}.`))];
}

function garchLines(garch: GarchFigures | null, paint: Paint): string[] {
  if (garch === null) return [];
  const keys = ["mu", "omega", "alpha", "beta"] as const;
  const columns = [
    { head: "GARCH(1,1)", align: "left" as const },
    { head: "value", align: "right" as const },
    { head: "standard error", align: "right" as const },
  ];
  const rows = keys.map((key) => [
    key,
    digits(garch[key]),
    garch.standardErrors ? digits(garch.standardErrors[key]) : "none",
  ]);
  const wall = garch.end === "boundary" ? ` ${edgeWords(garch)}` : "";
  const longRun =
    garch.longRunAnnual.value === null
      ? "no long-run volatility"
      : `long-run volatility ${percent(garch.longRunAnnual.value)} a year`;
  return [
    "",
    paint.bold("  How volatility clusters"),
    tableText(columns, rows),
    paragraph(
      `Persistence ${digits(garch.persistence)}; ${longRun}, that of the next interval ${percent(garch.nextAnnual.value)}. Log-likelihood ${grouped(garch.logLikelihood.value, 4)} of ${grouped(garch.observations)} returns, mu and omega per interval in shares.${wall}`,
    ),
  ];
}

/** What a fit at an edge of what is admitted means. */
function edgeWords({ longRunAnnual }: GarchFigures): string {
  const edge =
    longRunAnnual.value === null
      ? "a persistence of 1: volatility comes back to no level"
      : "an alpha or beta of 0: it clusters little or not at all";
  return `The likelihood still rises towards ${edge}.`;
}

function branchingLines(branching: BranchingFigures | null, paint: Paint): string[] {
  if (branching === null) return [];
  const { events, eventSize, window, windows, fano, caution } = branching;
  return [
    "",
    paint.bold("  Self-excitation, at most"),
    paragraph(
      `Branching ratio: at most ${digits(branching.branching, 3)} (${events} moves above ${percent(eventSize.value, 2)} in ${windows} windows of ${window} intervals, variance over mean ${digits(fano, 3)}, trend taken out). It is ${caution}.`,
    ),
  ];
}

function missingLines({ missing }: VolatilityFigures, paint: Paint): string[] {
  if (missing.length === 0) return [];
  return ["", paint.bold("  Not told"), ...missing.map(({ what, why }) => paragraph(`${what}: ${why}.`))];
}

function leftOutLines({ leftOut }: VolatilityFigures, paint: Paint): string[] {
  if (leftOut.length === 0) return [];
  const shown = leftOut.slice(0, leftOutShown);
  const more = leftOut.length > shown.length ? [`  and ${leftOut.length - shown.length} more`] : [];
  return [
    "",
    paint.bold(`  ${leftOut.length} rows left out; a return across one spans it`),
    ...shown.map(({ row, reason }) => paragraph(`line ${row}: ${reason}`)),
    ...more,
  ];
}

/** So many digits that say something. */
function digits({ value }: Figure, count = 6): string {
  return value === null ? "none" : String(Number(value.toPrecision(count)));
}
