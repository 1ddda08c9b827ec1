import { formatMoment, type ReplayEnd } from "@firebreak/engine";
import type { Paint } from "../cli/paint.js";
import { grouped, percent } from "../cli/text/numbers.js";
import { paragraph, tableText, width } from "../cli/text/table.js";
import { restsOn } from "../figures/basis.js";
import { basesOf } from "../report/figures.js";
import { gapText } from "../report/gap-text.js";
import { decisiveText, horizonText, sentenceOf, verdictText } from "../report/sentence.js";
import { momentText, spanText } from "../report/time-text.js";
import { mapTable } from "./map-table.js";
import type { ReplayFigures } from "./replay-figures.js";
import { failuresOf, openingText, ownersSentence, summaryText } from "./replay-words.js";
import type { ReplayedDay } from "./replayed-day.js";

/** What `replay` prints: OUTPUT.md's layout, 80 columns. */
export function replayText(
  day: ReplayedDay,
  json: ReplayFigures,
  told: { readonly report: string; readonly again: string },
  paint: Paint,
): string {
  const { plan, findings, replay } = day;
  return [
    paint.bold(
      paragraph(
        `Firebreak ${json.version} · ${plan.summary} · ${formatMoment(plan.book.atMs).slice(0, 16).replace("T", " ")} UTC`,
        0,
      ),
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
    mapTable(findings, basesOf(plan), paint),
    paragraph(foldText(day)),
    "",
    paint.bold(
      `Observed and modelled, ${spanText(replay.windowMs)} from the start; ${replay.accountCount} accounts with debt`,
    ),
    ...failuresOf(day).map((line) => paragraph(paint.red(line))),
    observedTable(day),
    ...[...openingText(day), ...ownersSentence(day), ...summaryText(day)].map((line) => paragraph(line)),
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
