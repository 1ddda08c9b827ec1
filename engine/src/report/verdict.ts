import type { Provenance } from "../book/provenance.js";
import { heldTables, type Plan } from "../scenario/plan.js";
import type { ShockRow } from "./shock-table.js";

/** What may be said of the claim that forced selling dies out (gain below 1 all the way down the shock table). */
export interface Verdict {
  readonly answer: "supported" | "undetermined" | "not supported";
  /** In the order of weight; at least one. */
  readonly reasons: readonly string[];
}

/** Coverage below this share, or unknown, supports no claim (docs/model.md). */
export const leastCoverage = 0.5;

/** Judges the shock table: coverage first, then whether the ends agree about gain < 1. */
export function verdictOf(plan: Plan, rows: readonly ShockRow[]): Verdict {
  const uncovered = uncoveredLayers(plan);
  const disagreeing = rows.filter((row) => row.gain.low < 1 && row.gain.high >= 1);
  const feeding = rows.filter((row) => row.gain.low >= 1);
  const reasons: string[] = [];
  if (uncovered.length > 0) {
    const names = uncovered.map((one) => `${one.name} (${coverageWords(one.provenance)})`).join(", ");
    reasons.push(`coverage is unknown or below half for ${names}: every result is a band and raises no alarm`);
  }
  if (disagreeing.length > 0) {
    const [first] = disagreeing;
    reasons.push(
      `from ${percentOf(first.move)} on the ends disagree about gain < 1: it is ${first.gain.low.toFixed(2)} with ${first.gain.lowEnd} and ${first.gain.high.toFixed(2)} with ${first.gain.highEnd}`,
    );
  }
  if (feeding.length > 0) {
    reasons.push(`from ${percentOf(feeding[0].move)} on the gain is at least 1 at every end: the fall feeds itself`);
  }
  if (disagreeing.length === 0 && feeding.length === 0) {
    const most = rows.reduce((best, row) => (row.gain.high > best.gain.high ? row : best), rows[0]);
    reasons.push(
      `within what is covered every end agrees that the gain stays below 1 down to ${percentOf(rows[rows.length - 1].move)}: at most ${most.gain.high.toFixed(2)}, with ${most.gain.highEnd}`,
    );
  }
  const answer =
    uncovered.length > 0 || feeding.length > 0
      ? "not supported"
      : disagreeing.length > 0
        ? "undetermined"
        : "supported";
  return { answer, reasons };
}

/** Positions that somebody holds, and depth, whose coverage is unknown or below half. */
export function uncoveredLayers(plan: Plan): { readonly name: string; readonly provenance: Provenance }[] {
  const { positions, venues, layers } = plan.book;
  const held = heldTables(plan);
  return [
    ...positions
      .filter(({ protocol }) => held.has(protocol))
      .map(({ protocol, layer }) => ({ name: protocol, provenance: layers[layer] })),
    ...venues.map(({ id, layer }) => ({ name: id, provenance: layers[layer] })),
  ].filter(({ provenance }) => (provenance.coverageShare ?? 0) < leastCoverage);
}

function coverageWords({ coverageShare }: Provenance): string {
  return coverageShare === null ? "unknown" : percentOf(coverageShare);
}

function percentOf(share: number): string {
  return `${Math.round(100 * share)} %`;
}
