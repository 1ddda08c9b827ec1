import { conventionWords, formatMoment } from "@firebreak/engine";
import { openingSentences, regimeWords } from "../cli/text/gamma-text.js";
import { grouped, percent } from "../cli/text/numbers.js";
import {
  conventionBand,
  type GammaMap,
  gammaBasis,
  layersOf,
  nearness,
  openInterestWords,
  signWords,
} from "../figures/gamma.js";
import { bucketColours, type ExposureColumn, exposureChart } from "./chart/exposure-chart.js";
import { figureOf } from "./chart/frame.js";
import { contentsOf, documentOf } from "./document.js";
import { type Markup, markup } from "./markup.js";
import { basisTag, tableOf } from "./table.js";

/** What the page is told beside the map. */
export interface GammaPageContext {
  /** The command that makes it again. */
  readonly again: string;
  readonly version: string;
}

/** A gamma map as one file that needs nothing else: its charts, the conventions side by side, the expiries, and what it rests on. */
export function gammaPage(map: GammaMap, context: GammaPageContext): string {
  const { symbol } = map.book.assets[map.asset];
  const [sentence, flips] = openingSentences(map);
  const title = `Gamma map of ${symbol}: ${signWords(map)}`;
  const sections = [
    { id: "levels", title: "Exposure by price", content: charts(map) },
    { id: "conventions", title: "What another sign would give", content: conventionsPart(map) },
    { id: "expiries", title: "By expiry", content: expiriesPart(map) },
    { id: "rests-on", title: "Rests on", content: restsOnPart(map, context) },
  ];
  const header = markup`<header>
<p class="what">${map.name} · book of ${formatMoment(map.book.atMs).slice(0, 16).replace("T", " ")} UTC</p>
<h1>${sentence}</h1>
<p><strong>${flips}</strong></p>
${hasOpenInterest(map) ? markup`<p>${openInterestWords}</p>` : null}
${contentsOf(sections)}
</header>`;
  return documentOf({ title, header, sections, again: context.again, version: context.version });
}

function hasOpenInterest({ tables }: GammaMap): boolean {
  return tables.some(({ table }) => table.counts === "open");
}

function charts(map: GammaMap): Markup {
  const keys = nearness.map(
    ({ words }, place) => markup`<span class="swatch" style="background:${bucketColours[place]}"></span>${words}. `,
  );
  const band =
    map.exposure.conventions === null ? "" : " The pale band holds what the four conventions of the sign give.";
  const of: Readonly<Record<ExposureColumn, string>> = {
    gammaUsd: `Right of the middle dealers trade against the move and damp it, left of it with the move and feed it. The line is the sum; each bar is one level.${band} Volatility is ${regimeWords(map)}.`,
    vannaUsd: `What dealers sell when every implied volatility rises by one point; left of the middle they buy.${band}`,
    charmUsd: `What dealers sell as one day passes with everything else as it is; left of the middle they buy.${band}`,
  };
  return markup`${(["gammaUsd", "vannaUsd", "charmUsd"] as const).map((column) =>
    figureOf(
      `chart-${column.replace("Usd", "")}`,
      markup`${keys}${of[column]} Exposure is ${basisTag(gammaBasis(map))}.`,
      (size) => exposureChart(map, column, size),
    ),
  )}`;
}

function conventionsPart(map: GammaMap): Markup {
  const { exposure, atSpot } = map;
  if (exposure.conventions === null || atSpot.conventions === null)
    return markup`<p>Each row states the dealers' side itself; there is no convention to vary.</p>`;
  const used = new Set(map.tables.map(({ convention }) => convention));
  const rows = exposure.conventions.map(({ convention, flipsUsd }, place) => {
    const spot = atSpot.conventions?.[place] ?? exposure;
    return {
      cells: [
        `${conventionWords(convention)}${used.has(convention) ? " (taken here)" : ""}`,
        grouped(spot.gammaUsd[0], 0),
        grouped(spot.vannaUsd[0], 0),
        grouped(spot.charmUsd[0], 0),
        flipsUsd.length === 0 ? "nowhere" : flipsUsd.map((flip) => `${grouped(flip, 0)} USD`).join(", "),
      ],
      marked: used.has(convention),
    };
  });
  const ends = conventionBand(atSpot, "gammaUsd", 0);
  const caption = markup`At spot. Nobody publishes who is long: the gamma lies between ${grouped(ends?.[0] ?? null, 0)} and ${grouped(ends?.[1] ?? null, 0)} USD per 1 % over these four. ${basisTag("assumed")}`;
  return tableOf(
    caption,
    [
      { head: "if dealers were", text: true },
      { head: "gamma", unit: "USD per 1 %" },
      { head: "vanna", unit: "USD per volatility point" },
      { head: "charm", unit: "USD per day" },
      { head: "gamma changes sign at", text: true },
    ],
    rows,
    "Conventions",
  );
}

function expiriesPart(map: GammaMap): Markup {
  const { atSpot, book, asset } = map;
  const rows = atSpot.expiries.map(({ leftMs, contracts, coins, gammaUsd, vannaUsd, charmUsd }) => ({
    cells: [
      `${formatMoment(book.atMs + leftMs)
        .slice(0, 16)
        .replace("T", " ")}`,
      grouped(contracts),
      grouped(coins, 0),
      grouped(gammaUsd[0], 0),
      grouped(vannaUsd[0], 0),
      grouped(charmUsd[0], 0),
    ],
  }));
  return tableOf(
    markup`At spot, ${signWords(map)}.`,
    [
      { head: "expires", unit: "UTC", text: true },
      { head: "contracts" },
      { head: "open", unit: book.assets[asset].symbol },
      { head: "gamma", unit: "USD per 1 %" },
      { head: "vanna", unit: "USD per volatility point" },
      { head: "charm", unit: "USD per day" },
    ],
    rows,
    "Expiries",
  );
}

function restsOnPart(map: GammaMap, context: GammaPageContext): Markup {
  const rows = layersOf(map).map(([name, { asOf, basis, coverage, coverageShare, source }]) => ({
    cells: [
      name,
      basisTag(basis),
      markup`<span class="nowrap">${asOf.slice(0, 10)} ${asOf.slice(11, 16)}</span>`,
      coverageShare === null ? "unknown" : percent(coverageShare),
      markup`<span class="long">${coverage}. Source: ${source}.</span>`,
    ],
  }));
  return markup`${tableOf(
    markup`The sign is ${basisTag(map.exposure.conventions === null ? "measured" : "assumed")}: ${signWords(map)}.`,
    [
      { head: "layer", text: true },
      { head: "basis", text: true },
      { head: "as of", unit: "UTC", text: true },
      { head: "coverage", text: true },
      { head: "what it covers, and who published it", text: true },
    ],
    rows,
    "Rests on",
  )}<dl class="run"><dt>version</dt><dd>${context.version}</dd><dt>again</dt><dd><code>${context.again}</code></dd></dl>`;
}
