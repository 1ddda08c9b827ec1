import type { Findings, Plan } from "@firebreak/engine";
import { figureOf } from "../chart/frame.js";
import { wavesChart } from "../chart/waves-chart.js";
import type { Section } from "../document.js";
import { basesOf } from "../figures.js";
import { markup } from "../markup.js";
import { signNote } from "../sign-note.js";
import { basisTag } from "../table.js";

/** Liquidations in time. */
export function wavesSection(plan: Plan, found: Findings): Section {
  const { loop, symbol } = found;
  const waves = Math.max(0, ...loop.waves);
  const bases = basesOf(plan);
  const content =
    loop.seized.length === 0
      ? markup`<p>Nobody is liquidated on this path.</p>`
      : markup`<p>At most ${waves} rounds of sales walk depth within one tick: ${waves <= 1 ? "no sale triggers another one within its tick" : "a second round is a sale that the first one triggered"}. ${found.acting === null ? "" : "With nobody acting. "}${basisTag(bases.run)}</p>${figureOf("waves-chart", "Collateral seized, by mechanism.", (size) => wavesChart(loop, symbol, plan.book.atMs, size), signNote(plan))}`;
  return { id: "waves", title: "Waves", content };
}
