import { type Findings, formatMoment, type Plan } from "@firebreak/engine";
import type { Section } from "../document.js";
import { type Markup, markup } from "../markup.js";
import { decisiveText, horizonText, sentenceOf } from "../sentence.js";

/** The sentence, what decides it, and the verdict; then the way to everything else. */
export function headSection(plan: Plan, found: Findings, sections: readonly Section[]): Markup {
  const { answer, reasons } = found.verdict;
  const late = found.gains.filter((gain) => gain.reacting === 0).slice(-1);
  return markup`<header>
<p class="what">${plan.summary} · book of ${formatMoment(plan.book.atMs).slice(0, 16).replace("T", " ")} UTC</p>
<h1>${sentenceOf(plan, found)}</h1>
<p><strong>${decisiveText(found)}</strong></p>
<div class="verdict ${answer.replace(" ", "-")}"><p><strong>Verdict: the claim “forced selling dies out, the gain stays below 1” is ${answer}.</strong></p><ul>${reasons.map((reason) => markup`<li>${capital(reason)}.</li>`)}</ul></div>
${late.map((gain) => markup`<p>${horizonText(gain)}</p>`)}
<nav aria-label="Contents"><ul>${sections.map(({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
</header>`;
}

function capital(text: string): string {
  return `${text[0].toUpperCase()}${text.slice(1)}`;
}
