import { formatMoment, type History, type HistoryReading, type HistoryStudy, type Plan } from "@firebreak/engine";
import { grouped, percent } from "../cli/text/numbers.js";
import { assumptions, restsOn } from "../figures/basis.js";
import { type ChartSize, figureOf, label, polyline } from "../report/chart/frame.js";
import { type TimeAxes, timeChart, timeFrame } from "../report/chart/time-frame.js";
import { documentOf } from "../report/document.js";
import { type Markup, markup } from "../report/markup.js";
import { palette, pressureColour } from "../report/palette.js";
import { basisTag, tableOf } from "../report/table.js";
import { factText, historySentence, rangeText, verdictOf } from "./history-text.js";

/** A day beside what was published of it, as one file that opens from disk. */
export function historyPage(
  plan: Plan,
  history: History,
  study: HistoryStudy,
  context: { readonly again: string; readonly version: string },
): string {
  const title = `${plan.summary}: Firebreak`;
  const charts =
    history.tracks.length === 0
      ? null
      : figureOf("day", trackCaption(history, study), (size) => dayChart(plan, history, study, size));
  const asModelled = { name: "as it was modelled", reading: study.base };
  const sections = [
    { id: "observed", title: "Observed and modelled", content: markup`${factsTable(history, study)}${charts}` },
    {
      id: "different",
      title: "What would have been different",
      content: variants(history, [asModelled, ...study.counterfactuals], "counterfactuals"),
    },
    {
      id: "sets",
      title: "The same day with other values of what nobody measured",
      content: variants(history, study.sets, "parameter sets"),
    },
    { id: "rests", title: "Rests on", content: rests(plan) },
  ];
  const header = markup`<header><p class="what">${plan.summary}, ${formatMoment(plan.book.atMs).slice(0, 10)}</p><h1>${historySentence(history, study)}</h1>${history.note === "" ? null : markup`<p>${history.note}</p>`}</header>`;
  return documentOf({
    title,
    header,
    sections,
    footer: markup`Tape sha256 <code>${study.base.tapeHash}</code>.`,
    again: context.again,
    version: context.version,
  });
}

function factsTable(history: History, study: HistoryStudy): Markup {
  return tableOf(
    "The band is over the scenario and its parameter sets; the error is the scenario's own, against the nearest published figure.",
    [
      { head: "", text: true },
      { head: "observed", basis: "measured" },
      { head: "modelled", basis: "assumed" },
      { head: "band" },
      { head: "error" },
      { head: "source", text: true },
    ],
    history.facts.map((fact, index) => {
      const verdict = verdictOf(fact, study.base.facts[index], study.bands[index]);
      return {
        cells: [
          fact.name,
          rangeText(fact.observed, fact.unit),
          factText(study.base.facts[index], fact.unit),
          rangeText(study.bands[index], fact.unit),
          verdict,
          fact.source,
        ],
        marked: verdict === "outside the band",
      };
    }),
    "Published figures beside the model's",
  );
}

function trackCaption(history: History, study: HistoryStudy): string {
  const words = history.tracks.map((track, index) => `${track.name} ${percent(study.trackErrors[index], 1)}`);
  return `Dots: as published. Lines: modelled. Root of the mean squared error: ${words.join(", ")}.`;
}

/** Recorded moments as dots, the model's prices as lines; the path without insurers, where there is one, in grey. */
function dayChart(plan: Plan, history: History, study: HistoryStudy, size: ChartSize): Markup {
  const { tickMs, tickCount, book } = plan;
  const all = [
    ...history.tracks.flatMap((track) => [...track.pricesUsd]),
    ...study.base.curves.flatMap((curve) => [...curve]),
  ];
  const axes: TimeAxes = {
    atMs: book.atMs,
    windowMs: tickMs * tickCount,
    low: Math.min(...all) * 0.98,
    high: Math.max(...all) * 1.02,
    height: size.narrow ? 280 : 380,
    unit: "price, USD",
    value: (value) => grouped(value, 0),
  };
  const frame = timeFrame(axes, size);
  const drawn = history.tracks.map((track, index) => {
    const colour = index === 0 ? palette.ink : pressureColour(index - 1);
    const points = Array.from(study.base.curves[index], (price, tick): [number, number] => [
      frame.x((tick + 1) * tickMs),
      frame.y(price),
    ]);
    const dots = Array.from(
      track.timesMs,
      (time, place) =>
        markup`<circle cx="${frame.x(time)}" cy="${frame.y(track.pricesUsd[place])}" r="${size.narrow ? 3 : 4}" fill="${colour}" stroke="${palette.paper}"/>`,
    );
    return [
      polyline(points, colour, { width: 2 }),
      dots,
      label(frame.right - 4, frame.top + 12 + 16 * index, track.name, { anchor: "end", fill: colour, bold: true }),
    ];
  });
  const lowest = history.tracks.map(
    (track, index) => `${track.name}: modelled at the end ${grouped(study.base.curves[index].at(-1) ?? null, 2)} USD`,
  );
  return timeChart(
    axes,
    frame,
    `${plan.name}: prices as published and as modelled`,
    `${lowest.join("; ")}.`,
    drawn.flat(2),
  );
}

function variants(
  history: History,
  all: readonly { readonly name: string; readonly reading: HistoryReading }[],
  name: string,
): Markup {
  const halted = all.some((one) => one.reading.haltedMs > 0);
  return tableOf(
    "Every line is a run of its own on the same seed.",
    [
      { head: "", text: true },
      ...history.facts.map((fact) => ({ head: fact.name })),
      ...(halted ? [{ head: "halted", unit: "min" }] : []),
    ],
    all.map((one) => ({
      cells: [
        one.name,
        ...history.facts.map((fact, index) => factText(one.reading.facts[index], fact.unit)),
        ...(halted ? [grouped(one.reading.haltedMs / 60_000, 0)] : []),
      ],
    })),
    name,
  );
}

function rests(plan: Plan): Markup {
  return markup`${tableOf(
    "Layers of the book and of the series.",
    [
      { head: "layer", text: true },
      { head: "source", text: true },
      { head: "as of (UTC)", text: true },
      { head: "basis", text: true },
    ],
    restsOn(plan).map(({ name, provenance }) => ({
      cells: [
        name,
        `${provenance.source}; ${provenance.coverage}`,
        provenance.asOf.slice(0, 16).replace("T", " "),
        basisTag(provenance.basis),
      ],
    })),
    "Layers",
  )}<p>Chosen, not measured: ${assumptions(plan)
    .map((one) => `${one.mechanism} (${one.kind})`)
    .join(", ")}.</p>`;
}
