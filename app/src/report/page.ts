import type { Findings, Plan } from "@firebreak/engine";
import type { ReplayedDay } from "../replay/replayed-day.js";
import { sentenceOf } from "./sentence.js";

/** What a report is told beside its findings. */
export interface PageContext {
  /** The command that makes it again. */
  readonly again: string;
  /** The book's moment. */
  readonly asOf: string;
  /** Present where the day was replayed against a record. */
  readonly day: ReplayedDay | null;
}

/** The whole report as one file. */
export function reportPage(plan: Plan, found: Findings, _context: PageContext): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${plan.name}</title><p>${sentenceOf(plan, found)}</p></html>`;
}
