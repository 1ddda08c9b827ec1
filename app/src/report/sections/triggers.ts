import type { Plan, Triggering } from "@firebreak/engine";
import { figureOf } from "../chart/frame.js";
import { triggersChart } from "../chart/triggers-chart.js";
import type { Section } from "../document.js";
import { basesOf } from "../figures.js";
import { markup } from "../markup.js";
import { usdText } from "../sentence.js";
import { signNote } from "../sign-note.js";
import { basisTag, tableOf } from "../table.js";

/** Who triggers whom: each protocol switched off, and each left alone, on the scenario's own path. */
export function triggersSection(plan: Plan, triggering: Triggering): Section {
  const { pushers, addedUsd, links, leftOut } = triggering;
  const bases = basesOf(plan);
  const [strongest] = links;
  const lead =
    strongest === undefined
      ? markup`On this path nobody's selling brings about anybody else's.`
      : markup`The strongest link on this path: without ${strongest.from}, ${strongest.to} would force ${usdText(strongest.usd)} less, ${Math.round(100 * strongest.share)} % of what it forces.`;
  const rows = pushers.map((one, a) => ({
    cells: [
      one.mechanism,
      one.first === null ? "never" : clock(plan, one.first.tick),
      millions(one.forcedUsd),
      millions(one.aloneUsd),
      ...pushers.map((_, b) => (a === b ? "" : millions(addedUsd[a][b]))),
    ],
  }));
  const caption = markup`Read along a row: what the named one adds to the forced selling of each other, found by running the same path without it. A negative number: it was in the other's way, or took what the other would have taken. The parts of several who act together overlap, so columns need not add up. Dollars at opening prices. ${leftOut.length === 0 ? "" : `Left out as the smallest: ${leftOut.join(", ")}.`}`;
  const content = markup`<p>${lead} ${basisTag(bases.run)}</p>${figureOf("triggers-chart", "What each forces alone (full colour), and what the others bring about on top (the colour of the one that brings about most of it).", (size) => triggersChart(triggering, size), signNote(plan))}${tableOf(
    caption,
    [
      { head: "without", text: true },
      { head: "first order", text: true },
      { head: "forces", unit: "M USD" },
      { head: "alone", unit: "M USD" },
      ...pushers.map(({ mechanism }) => ({ head: `less in ${mechanism}`, unit: "M USD" })),
    ],
    rows,
    "Who triggers whom",
  )}`;
  return { id: "triggers", title: "Who triggers whom", content };
}

/** Time of day at the end of a tick, UTC. */
function clock(plan: Plan, tick: number): string {
  return `${new Date(plan.book.atMs + (tick + 1) * plan.tickMs).toISOString().slice(11, 16)} UTC`;
}

/** Millions of dollars with two decimals; what rounds to nothing is 0. */
function millions(usd: number): string {
  const written = Math.abs(usd / 1e6).toFixed(2);
  if (Number(written) === 0) return "0";
  return usd < 0 ? `−${written}` : written;
}
