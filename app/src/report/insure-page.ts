import type { Figure } from "@firebreak/engine";
import { insuranceSentence, worstFirst } from "../cli/text/insure-text.js";
import { durationText, grouped, percent, valueText } from "../cli/text/numbers.js";
import type { InsuranceFigures, InsuranceOutcomeFigures, InsuranceStrategyFigures } from "../figures/insure.js";
import { figureOf } from "./chart/frame.js";
import { pairChart } from "./chart/pair-chart.js";
import { contentsOf, documentOf } from "./document.js";
import { type Markup, markup } from "./markup.js";
import { palette } from "./palette.js";
import { basisTag, cell, tableOf } from "./table.js";

/** A comparison of strategies as one file that needs nothing else: the sentence, alone beside in the crowd, the forced sales, and what it rests on. */
export function insurePage(
  json: InsuranceFigures,
  context: { readonly again: string; readonly version: string },
): string {
  const ranked = worstFirst(json.strategies);
  const insured = ranked.filter(({ flows }) => flows.length > 0);
  const title = `Insuring ${json.asset}: ${percent(json.floor.value)} for ${durationText(json.horizon.value ?? 0)}`;
  const sections = [
    { id: "broken", title: "Floors that break", content: brokenPart(json, ranked) },
    { id: "cost", title: "What it costs", content: costPart(ranked) },
    { id: "sales", title: "What all sell together", content: salesPart(json, insured) },
    { id: "rules", title: "The rules", content: rulesPart(ranked) },
    { id: "rests-on", title: "Rests on", content: restsOnPart(json, context) },
  ];
  const header = markup`<header>
<p class="what">${json.market} · ${json.instrument} at ${valueText(json.price.value, "USD")} USD</p>
<h1>${insuranceSentence(json, insured)}</h1>
${contentsOf(sections)}
</header>`;
  return documentOf({ title, header, sections, again: context.again, version: context.version });
}

const keys = markup`<span class="swatch" style="background:${palette.liquidity}"></span>alone. <span class="swatch" style="background:${palette.pressure[0]}"></span>with everybody else doing the same. `;

function pairsOf(strategies: readonly InsuranceStrategyFigures[], of: (outcome: InsuranceOutcomeFigures) => Figure) {
  const plain = ({ value, band }: Figure) => ({
    value: value ?? 0,
    band: band === undefined ? null : ([band[0] ?? 0, band[1] ?? 0] as const),
  });
  return strategies.map((one) => ({ name: one.title, before: plain(of(one.alone)), after: plain(of(one.crowd)) }));
}

function brokenPart(json: InsuranceFigures, ranked: readonly InsuranceStrategyFigures[]): Markup {
  const pairs = pairsOf(ranked, ({ broken }) => broken);
  const description = pairs
    .map(({ name, before, after }) => `${name}: ${percent(before.value)} alone, ${percent(after.value)} in the crowd.`)
    .join(" ");
  const chart = figureOf(
    "chart-broken",
    markup`${keys}Share of ${grouped(json.paths)} paths that end below the floor, with 95 % intervals. The crowd holds ${percent(json.crowdOfDepth.value, 0)} of what the market buys at once within -10 %. ${basisTag("assumed")}`,
    (size) =>
      pairChart(pairs, size, {
        title: "Floors that break",
        description,
        write: (value) => percent(value, value < 0.1 ? 1 : 0),
      }),
  );
  const rows = ranked.map(({ title, alone, crowd }) => ({
    cells: [
      title,
      shareCell(alone.broken),
      shareCell(crowd.broken),
      percent(alone.shortfall.value, 2),
      percent(crowd.shortfall.value, 2),
      percent(alone.tailLoss.value),
      percent(crowd.tailLoss.value),
    ],
  }));
  const table = tableOf(
    "Missing: mean over all paths, of the sum. Tail: mean loss of the worst twentieth of the paths.",
    [
      { head: "strategy", text: true },
      { head: "broken", unit: "alone" },
      { head: "broken", unit: "in the crowd" },
      { head: "missing", unit: "alone" },
      { head: "missing", unit: "in the crowd" },
      { head: "tail", unit: "alone" },
      { head: "tail", unit: "in the crowd" },
    ],
    rows,
    "Floors that break",
  );
  return markup`${chart}${table}`;
}

function costPart(ranked: readonly InsuranceStrategyFigures[]): Markup {
  const rows = ranked.map(({ title, alone, crowd, harm }) => ({
    cells: [
      title,
      shareCell(alone.cost, 2),
      shareCell(crowd.cost, 2),
      shareCell(harm.cost, 2),
      percent(crowd.bystanderLoss.value, 2),
      percent(alone.upsideKept.value, 0),
      percent(crowd.upsideKept.value, 0),
    ],
  }));
  return tableOf(
    "Of the sum, against holding. Added: the crowd's part, path by path. Holder: what somebody loses who holds beside the crowd and does nothing.",
    [
      { head: "strategy", text: true },
      { head: "cost", unit: "alone" },
      { head: "cost", unit: "in the crowd" },
      { head: "added" },
      { head: "holder" },
      { head: "upside kept", unit: "alone" },
      { head: "upside kept", unit: "in the crowd" },
    ],
    rows,
    "What it costs",
  );
}

function salesPart(json: InsuranceFigures, insured: readonly InsuranceStrategyFigures[]): Markup {
  const falls = insured[0]?.flows.map(({ fall }) => percent(fall.value, 0)) ?? [];
  const rows = insured.map((one) => ({
    cells: [
      one.title,
      ...one.flows.map(({ everybody, depthShare, accountShare }) =>
        cell(
          grouped((everybody.value ?? 0) / 1e6, 1),
          `${percent(depthShare.value, 0)} of depth, ${percent(accountShare.value, 0)} of a sum`,
        ),
      ),
      one.largestGain.value === null
        ? "none"
        : cell(one.largestGain.value.toFixed(2), `at ${percent(one.largestGainFall.value, 0)}`),
      one.room.value === null ? "" : grouped(one.room.value / 1e6, 1),
      one.foldShock === null ? "none" : percent(one.foldShock.value, 0),
    ],
  }));
  return tableOf(
    markup`When the price is held there: ${grouped((json.crowd.value ?? 0) / 1e6, 1)} million USD and the account together. Room: the money that fits before a fall of 1 % forces as much as the market buys meanwhile. ${basisTag(json.depth.basis)}`,
    [
      { head: "strategy", text: true },
      ...falls.map((fall) => ({ head: fall, unit: "million USD" })),
      { head: "largest gain" },
      { head: "room", unit: "million USD" },
      { head: "fold" },
    ],
    rows,
    "What all sell together",
  );
}

function rulesPart(ranked: readonly InsuranceStrategyFigures[]): Markup {
  const columns = [
    { head: "strategy", text: true },
    { head: "rule", text: true },
  ];
  const rows = ranked.map(({ title, rule }) => ({ cells: [title, rule] }));
  return tableOf("What each does.", columns, rows, "The rules");
}

function restsOnPart(json: InsuranceFigures, context: { readonly again: string; readonly version: string }): Markup {
  const rows = json.restsOn.map(({ what, words, basis }) => ({ cells: [what, basisTag(basis), words] }));
  const table = tableOf(
    `Volatility ${percent(json.volatility.value)} a year, ${grouped(json.jumpsPerYear.value)} jumps a year of ${percent(json.jumpMean.value)} with a deviation of ${percent(json.jumpDeviation.value)}, growth ${percent(json.drift.value)}; ticks of ${durationText(json.tick.value ?? 0)}, the same draws for all.`,
    [
      { head: "what", text: true },
      { head: "basis", text: true },
      { head: "words", text: true },
    ],
    rows,
    "Rests on",
  );
  const leftOut = json.leftOut.length === 0 ? null : markup`<p>Left out: ${json.leftOut.join(", ")}.</p>`;
  return markup`${table}${leftOut}<dl class="run"><dt>version</dt><dd>${context.version}</dd><dt>seed</dt><dd>${json.seed}</dd><dt>again</dt><dd><code>${context.again}</code></dd></dl>`;
}

function shareCell({ value, band }: Figure, digits = 1): Markup {
  const ends = band === undefined ? null : `${percent(band[0], digits)} to ${percent(band[1], digits)}`;
  return cell(percent(value, digits), ends);
}
