import type { Findings, Plan } from "@firebreak/engine";
import { figureOf } from "../chart/frame.js";
import { gapChart, priceChart, usedChart } from "../chart/price-chart.js";
import type { Section } from "../document.js";
import { basesOf } from "../figures.js";
import { markup } from "../markup.js";
import { signNote } from "../sign-note.js";
import { basisTag } from "../table.js";

/** Price with and without the loop on the scenario's own path, and the depth that is used. */
export function loopSection(plan: Plan, found: Findings): Section {
  const { loop, acting, symbol } = found;
  const { atMs } = plan.book;
  const bases = basesOf(plan);
  const note = signNote(plan);
  const used = usedChart(loop, symbol, atMs, { width: 1, narrow: false, id: "probe" });
  const recorded = plan.mechanisms.some(({ kind }) => kind === "recorded")
    ? " The recorded path holds its day's own forced sales already: the gap is what the model adds on top, and no price error is called validation."
    : "";
  const content = markup`<p>On the scenario's own path, seed ${found.seed}.${recorded} ${basisTag(bases.run)}</p>${figureOf(
    "price-chart",
    "Blue: fair value as the path gives it. Black: the market price that forced sales and refill make of it.",
    (size) => priceChart(loop, acting, atMs, size),
    note,
  )}${figureOf("gap-chart", "What the loop alone does to the price.", (size) => gapChart(loop, acting, atMs, size), note)}${
    used === null
      ? markup`<p>Depth used is not shown: the plan has no order book of ${symbol}.</p>`
      : figureOf(
          "used-chart",
          "Units that order books have taken since they were last at balance.",
          (size) => usedChart(loop, symbol, atMs, size) ?? markup``,
          note,
        )
  }`;
  return { id: "loop", title: "Price with and without the loop", content };
}
