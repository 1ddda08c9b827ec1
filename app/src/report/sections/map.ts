import type { Findings, Plan } from "@firebreak/engine";
import { durationText, grouped, percent } from "../../cli/text/numbers.js";
import { figureOf } from "../chart/frame.js";
import { mapChart } from "../chart/map-chart.js";
import type { Section } from "../document.js";
import { basesOf } from "../figures.js";
import { type Markup, markup } from "../markup.js";
import { pressureColour } from "../palette.js";
import { usdText } from "../sentence.js";
import { basisTag } from "../table.js";

/** The map as a section. */
export function mapSection(plan: Plan, found: Findings): Section {
  return { id: "map", title: "The map", content: mapFigure(plan, found) };
}

/** What the map is drawn from. */
export function mapDrawing(plan: Plan, found: Findings) {
  const { map, asset, spotUsd, symbol, coinUnits, horizonMs } = found;
  const { foldDown, shallowest } = map;
  const landingUsd = shallowest.pricesUsd[asset];
  const forced = map.up.some((level) => level.cumulativeUnits > 0);
  const shock = percent(-found.sentenceMove, 0);
  return {
    symbol,
    spotUsd,
    coinUnits,
    horizonMs,
    mechanisms: map.mechanisms,
    down: map.down,
    up: forced ? map.up : map.up.filter((level) => level.priceUsd <= spotUsd * 1.08),
    bySide: map.bySide,
    dealers: map.dealers,
    marks: [
      { priceUsd: spotUsd, words: `now ${grouped(spotUsd, 0)}`, short: "now" },
      {
        priceUsd: landingUsd,
        words: `a fall of ${shock} comes to rest at ${grouped(landingUsd, 0)}`,
        short: `-${shock} rests at ${grouped(landingUsd, 0)}`,
      },
      ...(foldDown === null
        ? []
        : [{ priceUsd: spotUsd * (1 + foldDown.shock), words: `fold at ${percent(foldDown.shock)}`, short: "fold" }]),
    ],
    measuredUsd: measuredPrices(plan, asset, spotUsd),
    bases: basesOf(plan),
  };
}

/** The prices between which somebody quoted: the deepest levels of the order books, from spot. */
function measuredPrices(plan: Plan, asset: number, spotUsd: number): readonly [number, number] {
  let low = 1;
  let high = 1;
  for (const venue of plan.book.venues) {
    if (venue.kind !== "order-book" || plan.book.instruments[venue.instrument].asset !== asset) continue;
    low = Math.min(low, ...venue.bids.map((level) => level.relativePrice));
    high = Math.max(high, ...venue.asks.map((level) => level.relativePrice));
  }
  return low === 1 && high === 1 ? [0, Number.POSITIVE_INFINITY] : [spotUsd * low, spotUsd * high];
}

function mapFigure(plan: Plan, found: Findings): Markup {
  const drawing = mapDrawing(plan, found);
  const { map, horizonMs, spotUsd } = found;
  const bases = drawing.bases;
  const [lowest] = drawing.measuredUsd;
  const { foldDown } = map;
  const fold =
    foldDown === null
      ? "There is no fold down to -95 %: no fall of fair value makes the landing jump by more than the fall itself."
      : `Fold at ${percent(foldDown.shock)}: an arbitrarily small further fall makes the landing jump from ${percent(foldDown.landingBefore)} to ${percent(foldDown.landingAfter)}. ${foldDown.saleUsd === null ? "No sale at once does the same: depth ends before." : `Selling ${usdText(foldDown.saleUsd)} at once does the same.`}`;
  const keys = map.mechanisms.map(
    (name, index) =>
      markup`<span class="swatch" style="background:${pressureColour(index)}"></span>${name} (${answersWithin(map.reactionsMs[index], horizonMs)}). `,
  );
  const sides =
    map.dealers.length === 0
      ? ""
      : ` Sign of the dealers, an assumption: ${map.dealers.map(({ mechanism, sign }) => `${mechanism} ${sign}`).join(", ")}; the pale bars behind the gain reach from the smallest to the largest over the four conventions.`;
  const beyond =
    lowest > 0 ? ` Below ${percent(lowest / spotUsd - 1, 0)} nobody quoted: the line goes on in dots.` : "";
  const caption = markup`${keys}Forced flow is ${basisTag(bases.positions)} and gain ${basisTag(bases.map)}; depth is ${basisTag(bases.depth)} (whole line: measured; long dashes: borrowed; short dashes: assumed).${beyond} Depth is what venues at balance absorb over one band, times 1 + refill × ${durationText(horizonMs)}, at most all they hold. Each band is 1 % of price: forced over depth is its gain.${sides} Named accounts make more than a tenth of their band: there a jump, not a rate. ${fold} ${map.shallowest.depthExhausted ? "Depth is exhausted at the landing. " : ""}${map.nonMonotone ? "Some forced trades go against the fall: the two landings are outcomes, not bounds." : `From all sellers at once it comes to rest at ${grouped(map.deepest.pricesUsd[found.asset], 0)} USD.`}`;
  return markup`${figureOf("map-chart", caption, (size) => mapChart(drawing, size))}${openingWords(found)}`;
}

/** How soon a mechanism answers to a price; what answers after the horizon is in no bar. */
function answersWithin(reactionMs: number, horizonMs: number): string {
  const words = reactionMs === 0 ? "at once" : `${durationText(reactionMs)} later`;
  return reactionMs > horizonMs ? `${words}: not in the bars` : words;
}

function openingWords({ opening, symbol }: Findings): Markup | null {
  if (opening.accounts === 0) return null;
  return markup`<p>${grouped(opening.accounts)} account${opening.accounts === 1 ? " is" : "s are"} forced at the book's own price already (${grouped(opening.coins, 0)} ${symbol}); no band shows that.</p>`;
}
