import type { Findings, Plan } from "@firebreak/engine";
import type { ReplayedDay } from "../replay/replayed-day.js";
import { Markup, markup } from "./markup.js";
import { accountsSection } from "./sections/accounts.js";
import { assumptionsSection } from "./sections/assumptions.js";
import { headSection } from "./sections/head.js";
import { loopSection } from "./sections/loop.js";
import { mapSection } from "./sections/map.js";
import { observedSection } from "./sections/observed.js";
import { restsOnSection } from "./sections/rests-on.js";
import { shocksSection } from "./sections/shocks.js";
import { tornadoSection } from "./sections/tornado.js";
import { triggersSection } from "./sections/triggers.js";
import { wavesSection } from "./sections/waves.js";
import { style } from "./style.js";

/** What a report is told beside its findings. */
export interface PageContext {
  /** The command that makes it again. */
  readonly again: string;
  readonly version: string;
  /** Present where the day was replayed against a record. */
  readonly day: ReplayedDay | null;
}

/** One part of the page. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly content: Markup;
}

/** The whole report as one file that needs nothing else: no script, no request, its charts and style within. */
export function reportPage(plan: Plan, found: Findings, context: PageContext): string {
  const sections = [
    restsOnSection(plan, found, context),
    ...(context.day === null ? [] : [observedSection(context.day)]),
    shocksSection(plan, found),
    mapSection(plan, found),
    loopSection(plan, found),
    wavesSection(plan, found),
    ...(found.triggering === null ? [] : [triggersSection(plan, found.triggering)]),
    accountsSection(plan, found),
    tornadoSection(plan, found),
    assumptionsSection(plan, context.day),
  ];
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Firebreak ${context.version}">
<title>${plan.summary}: Firebreak</title>
<style>${new Markup(style)}</style>
</head>
<body>
${headSection(plan, found, sections)}
<main>
${sections.map(({ id, title, content }) => markup`<section id="${id}" aria-labelledby="${id}-head"><h2 id="${id}-head">${title}</h2>${content}</section>\n`)}
</main>
<footer><p>Made by Firebreak ${context.version} with <code>${context.again}</code>. Amounts in dollars are at the prices of the book's moment unless they say otherwise.</p></footer>
</body>
</html>
`;
  return page.text;
}
