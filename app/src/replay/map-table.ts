import type { Findings, MapLevel } from "@firebreak/engine";
import type { Paint } from "../cli/paint.js";
import { durationText, grouped, percent } from "../cli/text/numbers.js";
import { paragraph, tableText } from "../cli/text/table.js";
import type { Bases } from "../report/figures.js";
import { gainText } from "../report/sentence.js";

/** Rows of the printed map, and how far down it goes. */
const rowCount = 10;
const lowest = 0.49;
const barWidth = 6;

/** Several neighbouring bands of the fall as one row. */
interface MapRow {
  readonly priceUsd: number;
  /** Coins forced over the row. */
  readonly forced: number;
  /** The band of the row with the largest gain: the one in which most is forced against what stands there. */
  readonly tightest: MapLevel;
  /** The account with the most coins of the row, where it makes more than a tenth of it. */
  readonly named: { readonly account: string; readonly share: number } | null;
}

/** The map of a fall as a table with bars, with what its figures rest on below. */
export function mapTable(found: Findings, bases: Bases, paint: Paint): string {
  const { coinUnits, symbol, spotUsd, horizonMs } = found;
  const rows = rowsOf(found);
  const most = Math.max(0, ...rows.map((row) => row.forced));
  const cells = rows.map(({ priceUsd, forced, tightest, named }) => [
    grouped(priceUsd, 0),
    percent(priceUsd / spotUsd - 1, 0),
    paint.red(bar(forced / most)),
    grouped(forced, 0),
    grouped(tightest.forcedUnits / coinUnits, 0),
    paint.blue(grouped(tightest.depthUnits / coinUnits, 0)),
    gainText(tightest.gain),
    bar(tightest.gain),
    named === null ? "" : `◀ ${named.account} ${percent(named.share, 0)}`,
  ]);
  const heads = ["USD", "move", "", `forced ${symbol}`, "in 1 %", "depth", "gain", "to 1", ""];
  const table = tableText(
    heads.map((head, place) => ({ head, align: place === 2 || place > 6 ? ("left" as const) : ("right" as const) })),
    [[grouped(spotUsd, 0), "now"], ...cells],
  );
  const note = `in 1 %: the row's tightest band of 1 %, depth and gain of that band within ${durationText(horizonMs)}. Forced ${bases.positions}, depth ${bases.depth}, gain ${bases.map}.`;
  return `${table}\n${paragraph(note)}`;
}

function rowsOf({ map, spotUsd, coinUnits }: Findings): MapRow[] {
  const shown = map.down.filter((level) => level.priceUsd > spotUsd * lowest);
  const size = Math.ceil(shown.length / rowCount);
  const rows: MapRow[] = [];
  for (let start = 0; start < shown.length; start += size) {
    const group = shown.slice(start, start + size);
    const units = group.reduce((sum, level) => sum + level.forcedUnits, 0);
    rows.push({
      priceUsd: group[group.length - 1].priceUsd,
      forced: units / coinUnits,
      tightest: group.reduce((best, level) => (level.gain > best.gain ? level : best)),
      named: namedOf(group, units),
    });
  }
  return rows;
}

function namedOf(group: readonly MapLevel[], forcedUnits: number): MapRow["named"] {
  let best: MapLevel["jump"] = null;
  for (const { jump } of group) if (jump !== null && jump.units > (best?.units ?? forcedUnits / 10)) best = jump;
  if (best === null) return null;
  const account = best.account.length > 10 ? `${best.account.slice(0, 4)}…${best.account.slice(-4)}` : best.account;
  return { account, share: Math.min(1, best.units / forcedUnits) };
}

const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A bar for a share of 1: at least a sliver for anything above 0, full at 1 and beyond. */
function bar(share: number): string {
  // What heals (below 0), and nothing of nothing, has no bar.
  if (!(share > 0)) return "";
  const steps = Math.min(8 * barWidth, Math.max(1, Math.round(share * 8 * barWidth)));
  return "█".repeat(Math.floor(steps / 8)) + eighths[steps % 8];
}
