import { definitionOf, type Plan } from "@firebreak/engine";
import { durationText, grouped, percent } from "../../cli/text/numbers.js";
import { assumptions } from "../../figures/basis.js";
import type { ReplayedDay } from "../../replay/replayed-day.js";
import type { Section } from "../document.js";
import { markup } from "../markup.js";
import { basisTag } from "../table.js";

/** Every mechanism with every parameter, as it was run. */
export function assumptionsSection(plan: Plan, day: ReplayedDay | null): Section {
  const assumed = new Map(assumptions(plan).map((one) => [one.mechanism, one.why]));
  const blocks = plan.mechanisms.map(({ name, kind, part, params }) => {
    const measured = day?.owners?.mechanism.name === name ? day.owners : null;
    const why = measured === null ? assumed.get(name) : undefined;
    const list = Object.entries(params as Readonly<Record<string, unknown>>);
    return markup`<div class="mechanism"><h3>${name} <small>(${part}: ${kind})</small> ${measured === null ? null : basisTag("borrowed")}${why === undefined ? null : basisTag("assumed")}</h3><p>${definitionOf(kind)?.summary ?? ""}${why === undefined ? "" : ` Assumed: ${why}.`}${measured === null ? "" : ` Measured on other windows: ${measured.windows.join(", ")}.`}</p><ul>${list.map(([key, value]) => markup`<li><code>${key}</code> ${shown(key, value)}</li>`)}</ul></div>`;
  });
  const content = markup`<p>${plan.tickCount} ticks of ${durationText(plan.tickMs)}; lasting share of impact ${percent(plan.lastingShare)}; at most ${plan.roundLimit} rounds a tick. The shock table replaces the price path by a straight line of one hour, and a pool's record by its opening reserves with an arbitrageur.</p>${blocks}`;
  return { id: "assumptions", title: "Assumptions in full", content };
}

function timeOf(ms: number): string {
  const isOdd = ms > 60_000 && ms % 60_000 !== 0;
  return isOdd ? `${grouped(ms / 60_000, 1)} min` : durationText(ms);
}

/** A parameter's value as one line. */
function shown(key: string, value: unknown): string {
  if (value === null || value === undefined) return "none";
  if (typeof value === "number") return key.endsWith("Ms") ? timeOf(value) : String(Number(value.toPrecision(5)));
  if (typeof value !== "object") return String(value);
  if (ArrayBuffer.isView(value)) return "a column of numbers";
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map((one) => shown("", one)).join("; ");
  // A quantity as its author wrote it.
  if ("text" in value && typeof value.text === "string") return value.text;
  const entries = Object.entries(value);
  return entries.length === 0 ? "none" : entries.map(([name, of]) => `${name} ${shown(name, of)}`).join(", ");
}
