import type { Findings, Plan } from "@firebreak/engine";
import { percent } from "../../cli/text/numbers.js";
import { restsOn } from "../../figures/basis.js";
import type { Section } from "../document.js";
import { basesOf } from "../figures.js";
import { gapText } from "../gap-text.js";
import { markup } from "../markup.js";
import type { PageContext } from "../page.js";
import { basisTag, tableOf } from "../table.js";

const parts = { positions: "forced flow", depth: "depth", series: "record" } as const;

/** What all of it rests on, and how to make it again. */
export function restsOnSection(plan: Plan, found: Findings, context: PageContext): Section {
  const bases = basesOf(plan);
  const rows = restsOn(plan).map(({ part, name, provenance }) => ({
    cells: [
      name,
      parts[part],
      basisTag(provenance.basis),
      markup`<span class="nowrap">${provenance.asOf.slice(0, 10)} ${provenance.asOf.slice(11, 16)}</span>`,
      provenance.coverageShare === null ? "unknown" : percent(provenance.coverageShare),
      markup`<span class="long">${provenance.coverage}. Source: ${provenance.source}.</span>`,
    ],
  }));
  const caption = markup`Figures take the weakest basis of what they are made from: positions are ${basisTag(bases.positions)}, depth is ${basisTag(bases.depth)}, gain and landing are ${basisTag(bases.map)}, whatever happens in time is ${basisTag(bases.run)} here. Measured: of this date. Borrowed: real, of another date or market. Assumed: chosen.`;
  const content = markup`${found.gaps.map((gap) => markup`<p class="gap">${gapText(gap)}</p>`)}${tableOf(
    caption,
    [
      { head: "layer", text: true },
      { head: "feeds", text: true },
      { head: "basis", text: true },
      { head: "as of", unit: "UTC", text: true },
      { head: "coverage", text: true },
      { head: "what it covers, and who published it", text: true },
    ],
    rows,
    "Rests on",
  )}<dl class="run"><dt>version</dt><dd>${context.version}</dd><dt>seed</dt><dd>${found.seed}; ${found.paths} paths a run where owners act</dd><dt>tape</dt><dd><code>sha256 ${found.loop.tapeHash}</code> (the scenario's own path with nobody acting)</dd><dt>again</dt><dd><code>${context.again}</code></dd></dl>`;
  return { id: "rests-on", title: "Rests on", content };
}
