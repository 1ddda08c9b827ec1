import type { Findings, Plan } from "@firebreak/engine";
import { durationText, percent } from "../../cli/text/numbers.js";
import { figureOf } from "../chart/frame.js";
import { tornadoChart } from "../chart/tornado-chart.js";
import type { Section } from "../document.js";
import { basesOf } from "../figures.js";
import { markup } from "../markup.js";
import { decisiveText } from "../sentence.js";
import { signNote } from "../sign-note.js";
import { basisTag } from "../table.js";

/** What the result hangs on. */
export function tornadoSection(plan: Plan, found: Findings): Section {
  const { tornado, symbol } = found;
  const bases = basesOf(plan);
  const shock = percent(-tornado.move, 0);
  const content = markup`<p>${decisiveText(found)} Each is changed alone; the ranges are chosen, not measured.</p><h3>${symbol} sold within a day of a fall of ${shock} ${basisTag(bases.run)}</h3>${figureOf(
    "tornado-sold",
    "Blue: less than planned. Orange: more.",
    (size) => tornadoChart(tornado, "soldDay", symbol, size),
    signNote(plan),
  )}<h3>Largest gain on the way there, over 1 % within ${durationText(found.horizonMs)} ${basisTag(bases.map)}</h3>${figureOf(
    "tornado-gain",
    "Owners and lasting impact do not show in the gain: the map asks who is forced at a held price.",
    (size) => tornadoChart(tornado, "gain", symbol, size),
    signNote(plan),
  )}`;
  return { id: "tornado", title: "What it hangs on", content };
}
