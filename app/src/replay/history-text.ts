import {
  formatMoment,
  type History,
  type HistoryFact,
  type HistoryReading,
  type HistoryStudy,
  type Plan,
} from "@firebreak/engine";
import type { Paint } from "../cli/paint.js";
import { grouped, percent } from "../cli/text/numbers.js";
import { paragraph, tableText } from "../cli/text/table.js";
import { assumptions, restsOn } from "../figures/basis.js";
import type { HistoryFigures } from "./history-figures.js";

/** A fact's figure in few characters: per cent, or billions of dollars. */
export function factText(value: number, unit: HistoryFact["unit"]): string {
  if (unit === "share") return percent(value, 1);
  return `${shortText(value, unit)} bn`;
}

/** One figure, or two ends. */
export function rangeText(range: readonly [number, number] | null, unit: HistoryFact["unit"]): string {
  if (range === null) return "not published";
  const [low, high] = range.map((value) => factText(value, unit));
  return low === high ? low : `${low} to ${high}`;
}

/** Whether what was published overlaps what the model says over its sets; and how far the scenario itself is off. */
export function verdictOf(fact: HistoryFact, modelled: number, band: readonly [number, number]): string {
  if (fact.observed === null) return "";
  const [low, high] = fact.observed;
  if (band[1] < low || band[0] > high) return "outside the band";
  if (modelled >= low && modelled <= high) return "met";
  const nearest = modelled < low ? low : high;
  const off = modelled - nearest;
  return `${off > 0 ? "+" : "−"}${factText(Math.abs(off), fact.unit)}`;
}

/** The sentence that a forum can quote. */
export function historySentence(history: History, study: HistoryStudy): string {
  const fall = history.facts.findIndex(({ reading }) => reading.reading === "fall");
  const worst = history.facts.filter(
    (fact, index) => verdictOf(fact, study.base.facts[index], study.bands[index]) === "outside the band",
  );
  const counted = history.facts.filter((fact) => fact.observed !== null).length;
  const sets = study.sets.length + 1;
  const over = sets === 1 ? "in its one set" : `over ${sets} sets`;
  const first =
    counted === 0
      ? "No published figure is set beside the model."
      : `Of ${counted} published ${counted === 1 ? "figure" : "figures"} ${counted - worst.length} ${counted - worst.length === 1 ? "lies" : "lie"} within what the model says ${over} of what nobody measured.`;
  if (fall < 0) return first;
  const fact = history.facts[fall];
  const band = rangeText(study.bands[fall], fact.unit);
  const said = `${fact.name}: observed ${rangeText(fact.observed, fact.unit)}, modelled ${factText(study.base.facts[fall], fact.unit)} [${band}].`;
  return `${said} ${first}`;
}

/** What `replay` prints of a scenario that carries its day's history: 80 columns. */
export function historyText(
  plan: Plan,
  history: History,
  study: HistoryStudy,
  json: HistoryFigures,
  told: { readonly report: string | null; readonly again: string },
  paint: Paint,
): string {
  return [
    paint.bold(
      paragraph(
        `Firebreak ${json.version} · ${plan.summary} · ${formatMoment(plan.book.atMs).slice(0, 16).replace("T", " ")} UTC`,
        0,
      ),
    ),
    "",
    paragraph(historySentence(history, study)),
    ...(history.note === "" ? [] : [paragraph(history.note)]),
    "",
    ...(history.facts.length > 0
      ? [paint.bold("Observed and modelled (bn: billion USD)"), factsTable(history, study, paint), ""]
      : []),
    ...(history.tracks.length > 0
      ? [paint.bold("Prices, observed / modelled, USD"), tracksTable(plan, history, study), ""]
      : []),
    ...(history.facts.length > 0 && study.counterfactuals.length > 0
      ? [
          paint.bold("What would have been different"),
          variantsTable(history, [{ name: "as it was modelled", reading: study.base }, ...study.counterfactuals]),
          "",
        ]
      : []),
    ...(history.facts.length > 0 && study.sets.length > 0
      ? [paint.bold("The same day with other values of what nobody measured"), variantsTable(history, study.sets), ""]
      : []),
    paint.bold("Rests on"),
    restsTable(plan),
    paragraph(
      `Chosen, not measured: ${assumptions(plan)
        .map((one) => `${one.mechanism} (${one.kind})`)
        .join(", ")}.`,
    ),
    "",
    ...(told.report === null ? [] : [`  report   ${told.report}`]),
    `  tape     sha256 ${json.tapeHash.slice(0, 16)}…  seed ${json.seed}  version ${json.version}`,
    `  again    ${told.again}`,
    "",
  ].join("\n");
}

/** Short heads of the facts' columns, explained below the tables. */
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

function factsTable(history: History, study: HistoryStudy, paint: Paint): string {
  const rows = history.facts.map((fact, index) => {
    const { unit, observed } = fact;
    const modelled = study.base.facts[index];
    const verdict = verdictOf(fact, modelled, study.bands[index]);
    const [low, high] = study.bands[index].map((value) => shortText(value, unit));
    return [
      letters[index] ?? "",
      fact.name,
      unit === "share" ? "%" : "bn",
      observed === null ? "-" : [...new Set(observed.map((value) => shortText(value, unit)))].join(" to "),
      shortText(modelled, unit),
      `${low} to ${high}`,
      verdict === "outside the band" ? paint.red(`${errorText(fact, modelled)} out`) : errorText(fact, modelled),
    ];
  });
  const columns = ["", "", "", "observed", "model", "over sets", "error"];
  return tableText(
    columns.map((head, place) => ({ head, align: place < 3 ? ("left" as const) : ("right" as const) })),
    rows,
  );
}

/** How far the model is from the nearest published figure, in the table's units. */
function errorText({ observed, unit }: HistoryFact, modelled: number): string {
  if (observed === null) return "";
  const [low, high] = observed;
  if (modelled >= low && modelled <= high) return "met";
  const off = modelled < low ? modelled - low : modelled - high;
  return `${off > 0 ? "+" : ""}${shortText(off, unit)}`;
}

function tracksTable(plan: Plan, history: History, study: HistoryStudy): string {
  const times = [...new Set(history.tracks.flatMap((track) => [...track.timesMs]))].sort((a, b) => a - b);
  const rows = times.map((time) => [
    formatMoment(plan.book.atMs + time).slice(11, 16),
    ...history.tracks.flatMap((track, place) => {
      const index = track.timesMs.indexOf(time);
      if (index < 0) return ["", "", ""];
      const observed = track.pricesUsd[index];
      const modelled = study.base.tracks[place][index];
      if (Number.isNaN(modelled)) return [grouped(observed, 2), "", ""];
      return [grouped(observed, 2), grouped(modelled, 2), percent(modelled / observed - 1, 1)];
    }),
  ]);
  const errors = history.tracks.map(
    (track, place) =>
      `${track.name} ${Number.isNaN(study.trackErrors[place]) ? "at no time of the path" : percent(study.trackErrors[place], 1)}`,
  );
  const table = tableText(
    [
      { head: "UTC", align: "left" },
      ...history.tracks.flatMap((track) => [
        { head: track.name, align: "right" as const },
        { head: "model", align: "right" as const },
        { head: "off", align: "right" as const },
      ]),
    ],
    rows,
  );
  return `${table}\n${paragraph(`Root of the mean squared error: ${errors.join(", ")}.`)}`;
}

function variantsTable(
  history: History,
  variants: readonly { readonly name: string; readonly reading: HistoryReading }[],
): string {
  const halted = variants.some((one) => one.reading.haltedMs > 0);
  return tableText(
    [
      { head: "", align: "left" },
      ...history.facts.map((_, index) => ({ head: letters[index] ?? "", align: "right" as const })),
      ...(halted ? [{ head: "halted", align: "right" as const }] : []),
    ],
    variants.map(({ name, reading }) => [
      name,
      ...history.facts.map(({ unit }, index) => shortText(reading.facts[index], unit)),
      ...(halted ? [`${grouped(reading.haltedMs / 60_000, 0)} min`] : []),
    ]),
  );
}

/** As `factText` without its unit, which the first table says: tables of eight figures must fit 80 columns. */
function shortText(value: number, unit: HistoryFact["unit"]): string {
  const scaled = unit === "share" ? 100 * value : value / 1e9;
  return grouped(scaled, Math.abs(scaled) < 0.095 ? 2 : 1);
}

function restsTable(plan: Plan): string {
  return tableText(
    ["layer", "name", "as of (UTC)", "basis"].map((head) => ({ head, align: "left" as const })),
    restsOn(plan).map(({ part, name, provenance }) => [
      part,
      name,
      provenance.asOf.slice(0, 16).replace("T", " "),
      provenance.basis,
    ]),
  );
}
