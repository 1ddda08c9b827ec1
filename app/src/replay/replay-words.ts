import { durationText, grouped, percent } from "../cli/text/numbers.js";
import type { ReplayedDay } from "./replayed-day.js";

const hourMs = 3_600_000;

/** What the model gets wrong about a day, the worst first. */
export function failuresOf({ replay }: ReplayedDay): string[] {
  const end = replay.ownersAct ?? replay.nobodyActs;
  const seen = replay.observed.length;
  const lines: string[] = [];
  const excess = end.accounts - seen;
  if (Math.abs(excess) >= 0.5) {
    const share = end.precision === null ? "" : `: ${percent(end.precision, 0)} of those it names were liquidated`;
    const words = excess > 0 ? "too many" : "too few";
    lines.push(`The model liquidates ${grouped(Math.abs(excess), 1)} accounts ${words}${share}.`);
  }
  if (end.recall !== null && end.recall < 0.995)
    lines.push(`It misses ${percent(1 - end.recall, 0)} of the accounts that were liquidated.`);
  if (end.timeErrorMs !== null && end.timeErrorMs > hourMs)
    lines.push(`It is ${grouped(end.timeErrorMs / hourMs, 1)} hours off in time (median of those in both).`);
  return lines;
}

/** Accounts that the model has below their threshold before anything happened. */
export function openingText({ findings, plan }: ReplayedDay): string[] {
  const { accounts, coins } = findings.opening;
  const remembers = plan.mechanisms.some((one) => (one.params as { readonly before?: unknown }).before != null);
  const oracle = remembers
    ? "the late oracle opens with the older price it held then, so they are found when it publishes this one."
    : "the model has no older price for a late oracle to read.";
  if (accounts === 0) return [];
  return [
    `${grouped(accounts)} account${accounts === 1 ? "" : "s"} (${grouped(coins, 0)} ${findings.symbol}) ${accounts === 1 ? "is" : "are"} below the threshold at the book's own price already: ${oracle}`,
  ];
}

/** How the owners' response was measured. */
export function ownersSentence({ owners, replay }: ReplayedDay): string[] {
  if (owners === null || replay.ownersAct === null) return [];
  const { acted, atRisk, medianReactionMs } = owners.pooled;
  const median = durationText(Math.round(medianReactionMs / 60_000) * 60_000);
  return [
    `Owners act as measured on the other windows alone (${owners.windows.join(", ")}): ${acted} of ${atRisk} owners at risk acted, after ${median} in the median.`,
  ];
}

/** All recorded windows of these accounts together. */
export function summaryText({ summary }: ReplayedDay): string[] {
  if (summary === null) return [];
  const { windows, liquidatedInBooks, naiveHas, withFeesHas, naivePrecision, medianHoursOff } = summary;
  return [
    `All ${windows.length} windows (five days each, hourly prices): of ${liquidatedInBooks} liquidated vaults that were in a book at its start the static rule has ${naiveHas} (precision ${percent(naivePrecision, 0)}), owners' recorded events and accrued fees included ${withFeesHas}; the latter ${grouped(medianHoursOff, 1)} h off in time (median).`,
  ];
}
