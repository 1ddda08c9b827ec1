import { formatMoment, type MapLevel, type ReplayEnd } from "@firebreak/engine";
import type { Paint } from "../cli/paint.js";
import { durationText, grouped, percent } from "../cli/text/numbers.js";
import { paragraph, tableText, width } from "../cli/text/table.js";
import { restsOn } from "../figures/basis.js";
import { basesOf } from "../report/figures.js";
import { gapText } from "../report/gap-text.js";
import { decisiveText, gainText, horizonText, sentenceOf, verdictText } from "../report/sentence.js";
import { momentText } from "../report/time-text.js";
import type { ReplayFigures } from "./replay-figures.js";
import { failuresOf, ownersSentence } from "./replay-words.js";
import type { ReplayedDay } from "./replayed-day.js";

/** Rows of the printed map. */
const rowCount = 10;
const barWidth = 8;

/** What `replay` prints: OUTPUT.md's layout, 80 columns. */
export function replayText(
  day: ReplayedDay,
  json: ReplayFigures,
  told: { readonly report: string; readonly again: string },
  paint: Paint,
): string {
  const { plan, findings, replay } = day;
  const bases = basesOf(plan);
  return [
    paint.bold(
      `Firebreak ${json.version} · ${plan.summary} · ${formatMoment(plan.book.atMs).slice(0, 16).replace("T", " ")} UTC`,
    ),
    "",
    paragraph(sentenceOf(plan, findings)),
    paragraph(decisiveText(findings)),
    "",
    paragraph(verdictText(findings.verdict)),
    ...findings.gains
      .filter((gain) => gain.reacting === 0)
      .slice(-1)
      .map((gain) => paragraph(horizonText(gain))),
    ...findings.gaps.map((gap) => paragraph(paint.red(gapText(gap)))),
    "",
    mapTable(day, paint),
    `  forced ${bases.positions}, depth ${bases.depth}, gain ${bases.map}`,
    paragraph(foldText(day)),
    "",
    paint.bold(
      `Observed and modelled, ${durationText(replay.windowMs)} from the start; ${replay.accountCount} accounts with debt`,
    ),
    ...failuresOf(day).map((line) => paragraph(paint.red(line))),
    observedTable(day),
    ...ownersSentence(day).map((line) => paragraph(line)),
    "",
    paint.bold("Rests on"),
    restsOnTable(day),
    "",
    `  report   ${told.report}`,
    `  tape     sha256 ${json.tapeHash.slice(0, 16)}…  seed ${json.seed}  version ${json.version}`,
    `  again    ${told.again}`,
    "",
  ].join("\n");
}

/** Neighbouring bands of the fall in equal groups, with the account that makes more than a tenth of one. */
function mapTable({ findings }: ReplayedDay, paint: Paint): string {
  const { map, coinUnits, symbol, spotUsd, horizonMs } = findings;
  const shown = map.down.filter((level) => level.priceUsd > spotUsd * 0.49);
  const size = Math.ceil(shown.length / rowCount);
  const groups: MapLevel[][] = [];
  for (let start = 0; start < shown.length; start += size) groups.push(shown.slice(start, start + size));
  const forced = groups.map((group) => group.reduce((sum, level) => sum + level.forcedUnits / coinUnits, 0));
  const most = Math.max(...forced, 1);
  const largest = Math.max(...shown.map((level) => (Number.isFinite(level.gain) ? level.gain : 0)));
  const rows = groups.map((group, index) => {
    const depth = group.reduce(
      (least, level) => Math.min(least, level.depthUnits / coinUnits),
      Number.POSITIVE_INFINITY,
    );
    const gain = group.reduce((best, level) => Math.max(best, level.gain), 0);
    const end = group[group.length - 1].priceUsd;
    return [
      grouped(end, 0),
      percent(end / spotUsd - 1, 0),
      paint.red(bar(forced[index] / most)),
      grouped(forced[index], 0),
      paint.blue(grouped(depth, 0)),
      gainText(gain),
      bar(largest === 0 || !Number.isFinite(gain) ? 0 : gain / largest / 2),
      namedText(group, forced[index] * coinUnits),
    ];
  });
  return tableText(
    [
      { head: "price", align: "right" },
      { head: "move", align: "right" },
      { head: "", align: "left" },
      { head: `forced ${symbol}`, align: "right" },
      { head: `per 1 %`, align: "right" },
      { head: "gain", align: "right" },
      { head: `1 %,${durationText(horizonMs).replace(" ", "")}`, align: "left" },
      { head: "", align: "left" },
    ],
    [[grouped(spotUsd, 0), "now", "", "", "depth"], ...rows],
  );
}

function namedText(group: readonly MapLevel[], forcedUnits: number): string {
  let best: MapLevel["jump"] = null;
  for (const { jump } of group) if (jump !== null && jump.units > (best?.units ?? forcedUnits / 10)) best = jump;
  if (best === null) return "";
  const account = best.account.length > 10 ? `${best.account.slice(0, 4)}…${best.account.slice(-4)}` : best.account;
  return `◀ ${account} ${percent(Math.min(1, best.units / forcedUnits), 0)}`;
}

const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

function bar(share: number): string {
  const steps = Math.min(8 * barWidth, Math.max(share > 0 ? 1 : 0, Math.round(share * 8 * barWidth)));
  return "█".repeat(Math.floor(steps / 8)) + eighths[steps % 8];
}

function foldText({ findings }: ReplayedDay): string {
  const { foldDown } = findings.map;
  if (foldDown === null) return "No fold down to -95 %: no fall makes the landing jump by more than the fall itself.";
  const sale = foldDown.saleUsd === null ? "" : ` or ${grouped(foldDown.saleUsd, 0)} USD sold at once`;
  return `Fold at ${percent(foldDown.shock)}${sale}: there the landing jumps.`;
}

function observedTable({ plan, replay }: ReplayedDay): string {
  const { atMs } = plan.book;
  const when = (ms: number | null) => (ms === null ? "never" : momentText(atMs + ms));
  const row = (name: string, end: ReplayEnd) => [
    name,
    grouped(end.accounts, 1),
    grouped(end.coins, 0),
    when(end.firstMs),
    percent(end.precision, 0),
    percent(end.recall, 0),
    end.brier.toFixed(3),
    end.timeErrorMs === null ? "none" : grouped(end.timeErrorMs / 3_600_000, 1),
  ];
  const coins = replay.observed.reduce((sum, one) => sum + one.coins, 0);
  const seen = [
    "liquidated on chain",
    grouped(replay.observed.length),
    grouped(coins, 0),
    when(replay.observed[0]?.firstMs ?? null),
  ];
  return tableText(
    [
      { head: "", align: "left" },
      { head: "accts", align: "right" },
      { head: replay.collateral, align: "right" },
      { head: "first", align: "right" },
      { head: "prec.", align: "right" },
      { head: "recall", align: "right" },
      { head: "Brier", align: "right" },
      { head: "h off", align: "right" },
    ],
    [
      seen,
      row("static rule", replay.staticRule),
      row("nobody acts", replay.nobodyActs),
      ...(replay.ownersAct === null ? [] : [row("owners act", replay.ownersAct)]),
    ],
  );
}

function restsOnTable({ plan }: ReplayedDay): string {
  const rows = restsOn(plan).map(({ part, name, provenance }) => [
    part,
    name,
    provenance.asOf.slice(0, 16).replace("T", " "),
    provenance.coverageShare === null ? "coverage unknown" : `covers ${percent(provenance.coverageShare)}`,
    provenance.basis,
  ]);
  const table = tableText(
    ["layer", "name", "as of (UTC)", "", "basis"].map((head) => ({ head, align: "left" as const })),
    rows,
  );
  return table
    .split("\n")
    .map((line) => (width(line) > 80 ? line.slice(0, 79) : line))
    .join("\n");
}
