import type { Findings, Plan } from "@firebreak/engine";
import type { ReplayedDay } from "../replay/replayed-day.js";
import { documentOf } from "./document.js";
import { markup } from "./markup.js";
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

/** What a report is told beside its findings. */
export interface PageContext {
  /** The command that makes it again. */
  readonly again: string;
  readonly version: string;
  /** Present where the day was replayed against a record. */
  readonly day: ReplayedDay | null;
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
  return documentOf({
    title: `${plan.summary}: Firebreak`,
    header: headSection(plan, found, sections),
    sections,
    footer: markup`Amounts in dollars are at the prices of the book's moment unless they say otherwise.`,
    again: context.again,
    version: context.version,
  });
}
