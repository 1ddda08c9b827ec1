import { type MakerDaysSummary, makerDay, makerTerms, summariseMakerDays } from "../study/maker-days.js";
import type { RecordedWindow } from "./measured-owners.js";

/** Several recorded windows of Maker vaults, five days each by hourly prices, against the rules that name who is liquidatable. */
export interface WindowsSummary extends MakerDaysSummary {
  readonly windows: readonly string[];
}

/** Sums up the windows that are of Maker ETH-B vaults; null where fewer than two are. */
export function windowsSummary(windows: readonly RecordedWindow[]): WindowsSummary | null {
  const maker = windows
    .filter((window) => window.protocol === makerTerms.protocol)
    .sort((a, b) => a.plan.book.atMs - b.plan.book.atMs);
  if (maker.length < 2) return null;
  const days = maker.map(({ plan, series }) => makerDay({ book: plan.book, series }));
  return { ...summariseMakerDays(days), windows: maker.map(({ plan }) => plan.name) };
}
