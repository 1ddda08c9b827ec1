import type { Paint } from "../paint.js";
import { durationText, percent } from "../text/numbers.js";
import { paragraph, tableText } from "../text/table.js";
import type { MechanismFact, ParameterFact, PlanFacts } from "./plan-facts.js";

const partWords: Readonly<Record<string, string>> = {
  prices: "Prices inform",
  liquidity: "Liquidity absorbs",
  pressure: "Pressure pushes",
  guards: "Guards slow",
};

/** What `explain SCENARIO` prints: what it rests on, then every mechanism with every parameter. */
export function planText(facts: PlanFacts, paint: Paint): string {
  const { clock, book, basis } = facts;
  const weak = facts.restsOn.filter((rest) => rest.provenance.basis !== "measured").length;
  const sentence = `${facts.mechanisms.length} mechanisms on ${book.name} (${book.at}), ${clock.tickCount} ticks of ${durationText(clock.tickMs)}; the map is ${basis.map}, a run is ${basis.run}: ${weak} of ${facts.restsOn.length} layers are not measured, ${facts.assumptions.length} mechanisms are assumed.`;
  const parts = ["prices", "liquidity", "pressure", "guards"].flatMap((part) => {
    const of = facts.mechanisms.filter((one) => one.part === part);
    return of.length === 0 ? [] : ["", paint.bold(partWords[part]), ...of.flatMap((one) => mechanismLines(one, paint))];
  });
  return [
    paint.bold(paragraph(facts.summary, 0)),
    "",
    paragraph(sentence),
    "",
    paint.bold("Rests on"),
    ...facts.restsOn.flatMap(({ part, name, provenance }) => [
      `  ${part.padEnd(10)}${name}  ${paint.bold(provenance.basis)}  ${provenance.asOf}`,
      paragraph(`${provenance.source}; ${provenance.coverage}${coverageWords(provenance.coverageShare)}`, 12),
    ]),
    ...(facts.assumptions.length === 0 ? [] : ["", paint.bold("Assumed")]),
    ...(facts.assumptions.length === 0
      ? []
      : [
          tableText(
            [
              { head: "mechanism", align: "left" },
              { head: "kind", align: "left" },
              { head: "why", align: "left" },
            ],
            facts.assumptions.map((one) => [one.mechanism, one.kind, one.why]),
          ),
        ]),
    ...parts,
    "",
    paint.bold("Clock and book"),
    `  rounds per tick at most ${clock.roundLimit}, lasting share of impact ${percent(clock.lastingShare)}`,
    `  book sha256 ${book.hash}`,
    "",
  ].join("\n");
}

function coverageWords(share: number | null): string {
  return share === null ? "; coverage unknown" : `; covers ${percent(share)}`;
}

function mechanismLines(one: MechanismFact, paint: Paint): string[] {
  const added = one.written ? "" : paint.dim(" (added by default)");
  const ladder =
    one.ladder === null
      ? []
      : [
          paragraph(
            `map: ${one.ladder.method}; ${one.ladder.pathFree ? "path-free" : "depends on the path: shown as a band"}; reacts within ${durationText(one.ladder.reactionMs)}`,
            4,
          ),
        ];
  return [
    `  ${paint.bold(one.name)}  ${one.kind}${added}`,
    paragraph(one.summary, 4),
    paragraph(`source: ${one.source}`, 4),
    ...one.parameters.flatMap((parameter) => parameterLines(parameter, paint)),
    ...ladder,
  ];
}

/** Where a parameter's value begins. */
const valueColumn = 25;

function parameterLines({ name, value, written }: ParameterFact, paint: Paint): string[] {
  const lines = paragraph(`${shown(value)}${written ? "" : " (default)"}`, valueColumn).split("\n");
  const first = `      ${name.padEnd(valueColumn - 7)} ${(lines.shift() ?? "").trimStart()}`;
  return [first, ...lines].map((line) => (written ? line : paint.dim(line)));
}

/** A value as one line, without quotes and braces where it can be read without. */
function shown(value: unknown): string {
  if (value === null || value === undefined) return "none";
  if (typeof value !== "object") return String(value);
  if (ArrayBuffer.isView(value)) return "a column of numbers";
  if (isAmount(value)) return value.text;
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(shown).join(", ");
  const entries = Object.entries(value);
  return entries.length === 0 ? "none" : `{ ${entries.map(([key, of]) => `${key}: ${shown(of)}`).join(", ")} }`;
}

/** An amount as its author wrote it. */
function isAmount(value: object): value is { readonly text: string } {
  return "asset" in value && "coins" in value && "text" in value && typeof value.text === "string";
}
