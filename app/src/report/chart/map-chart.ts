import type { MapLevel } from "@firebreak/engine";
import { durationText, grouped } from "../../cli/text/numbers.js";
import { type Markup, markup } from "../markup.js";
import { dashes, palette, pressureColour } from "../palette.js";
import { gainText } from "../sentence.js";
import { shortAmount } from "../text-units.js";
import { box, type ChartSize, label, polyline, stroke, svg } from "./frame.js";
import { gainStrip } from "./gain-strip.js";
import { type Layout, layOut, type MapDrawing } from "./map-layout.js";
import { depthLabel, marks, notes } from "./map-notes.js";
import { spacedTicks, tenth } from "./scale.js";

/**
 * The map: price down the side on a log scale; sellers to the left of the middle line, buyers to the right, both in dollars per band of 1 % on one scale; the
 * gain, forced over depth, in a strip of its own.
 */
export function mapChart(map: MapDrawing, size: ChartSize): Markup {
  const layout = layOut(map, size);
  const { height } = layout;
  const title = `The map of ${map.symbol}: who is forced to trade at which price, against how much depth${map.dealers.length === 0 ? "" : `; ${dealerWords(map)}`}`;
  return svg(size, height, title, describe(map), [
    priceAxis(map, layout),
    dollarAxis(map, layout),
    bands(map.down, map, layout, -1),
    bands(map.up, map, layout, 1),
    depthLine(map.down, map, layout, 1),
    depthLine(map.up, map, layout, -1),
    gainStrip(map, layout),
    heads(map, layout),
    signLine(map, layout),
    marks(map, layout),
    notes(map, layout),
  ]);
}

/** The sign of every dealer whose side is a convention: `options short-all (assumed)`. */
function dealerWords({ dealers }: MapDrawing): string {
  return dealers.map(({ mechanism, sign }) => `${mechanism} ${sign} (assumed)`).join(", ");
}

/** The dealers' sign below the heads: it is part of the chart, not of its caption. */
function signLine(map: MapDrawing, { size, left, top }: Layout): Markup | null {
  if (map.dealers.length === 0) return null;
  const words = `sign: ${dealerWords(map)}${size.narrow ? "" : "; pale beside the gain: from the smallest to the largest over every sign"}`;
  return label(left, top - 12, words, { size: size.narrow ? 10 : 12, bold: !size.narrow });
}

function heads(map: MapDrawing, { size, left, right, centre, gainFrom, gainTo, isRoot }: Layout): Markup[] {
  const { narrow } = size;
  const per = `USD per 1 %${isRoot ? ", square-root scale" : ""}`;
  const within = durationText(map.horizonMs);
  if (narrow) {
    return [
      label(left, 14, "sellers", { fill: pressureColour(0), bold: true }),
      label(right, 14, "buyers", { fill: palette.liquidity, bold: true, anchor: "end" }),
      label(left, 30, per, { fill: palette.muted, size: 11 }),
      label(left, 46, "orange: forced  blue: depth", { fill: palette.muted, size: 11 }),
      label(gainTo, 14, "gain", { bold: true, anchor: "end" }),
      label(gainTo, 30, within, { fill: palette.muted, size: 11, anchor: "end" }),
    ];
  }
  return [
    label(centre - 10, 18, "sellers: forced selling below now", {
      fill: pressureColour(0),
      bold: true,
      anchor: "end",
    }),
    label(centre + 10, 18, "buyers: depth that absorbs it below now", { fill: palette.liquidity, bold: true }),
    label(centre - 10, 34, `${per}; depth within ${within}`, { fill: palette.muted, anchor: "end" }),
    label(centre + 10, 34, "(above now: forced buying, and depth that sells)", { fill: palette.muted }),
    label(gainFrom, 18, "gain", { bold: true }),
    label(gainFrom, 34, `over 1 % in ${within}`, { fill: palette.muted }),
  ];
}

function priceAxis(map: MapDrawing, { size, y, left, right, top, bottom, gainFrom, gainTo }: Layout): Markup[] {
  const moves = [0.5, 0.4, 0.3, 0.2, 0.1, -0.1, -0.2, -0.3, -0.4, -0.5, -0.6];
  const places = moves.map((move) => ({ move, place: y(map.spotUsd * (1 + move)) }));
  const lines = places
    .filter(({ place }) => place > top + 4 && place < bottom + 1)
    .map(({ move, place }) => {
      const price = grouped(map.spotUsd * (1 + move), 0);
      const moved = `${move > 0 ? "+" : "-"}${Math.round(Math.abs(move) * 100)} %`;
      const words = size.narrow
        ? [
            label(left - 6, place - 1, price, { anchor: "end", size: 11 }),
            label(left - 6, place + 11, moved, { anchor: "end", fill: palette.muted, size: 10 }),
          ]
        : [
            label(left - 46, place + 4, price, { anchor: "end" }),
            label(left - 8, place + 4, moved, { anchor: "end", fill: palette.muted }),
          ];
      return [
        stroke(left, place, right, place, palette.rule),
        stroke(gainFrom, place, gainTo, place, palette.rule),
        words,
      ];
    });
  return [
    markup`${lines}`,
    label(size.narrow ? 2 : left - 46, size.narrow ? 64 : 52, "USD", {
      fill: palette.muted,
      anchor: size.narrow ? "start" : "end",
      size: 11,
    }),
  ];
}

function dollarAxis(_: MapDrawing, { centre, length, most, bottom, top, size }: Layout): Markup[] {
  const values = spacedTicks(length, most, size.narrow ? 34 : 58);
  return [
    stroke(centre, top - 6, centre, bottom, palette.ink),
    label(centre, bottom + 16, "0", { anchor: "middle", size: 11 }),
    ...values.flatMap((value) =>
      [-1, 1].flatMap((side) => {
        const x = tenth(centre + side * length(value));
        return [
          stroke(x, bottom, x, bottom + 4, palette.muted),
          label(x, bottom + 16, shortAmount(value), { anchor: "middle", fill: palette.muted, size: 11 }),
        ];
      }),
    ),
    label(centre, bottom + 34, "USD per 1 % of price, at spot", { anchor: "middle", fill: palette.muted, size: 11 }),
  ];
}

/** Stacked boxes of the bands: sellers to the left (-1), buyers to the right (1). */
function bands(levels: readonly MapLevel[], map: MapDrawing, layout: Layout, side: -1 | 1): Markup[] {
  const { y, centre, length } = layout;
  return levels.flatMap((level) => {
    // Above now only net buying counts: sales of those who are forced at spot already, and no longer higher up, are no purchases.
    if (level.cumulativeUnits <= 0) return [];
    const [upper, lower] = [y(Math.max(level.fromUsd, level.priceUsd)), y(Math.min(level.fromUsd, level.priceUsd))];
    let before = 0;
    return map.mechanisms.flatMap((_, index) => {
      const usd = Math.max(0, level.byMechanismUsd[index]);
      if (usd === 0) return [];
      const [from, to] = [length(before), length(before + usd)];
      before += usd;
      const x = side < 0 ? centre - to : centre + from;
      const opacity = map.bases.positions === "measured" ? 1 : 0.6;
      return [
        box(
          tenth(x),
          upper,
          Math.max(1.5, tenth(to - from)),
          Math.max(1, tenth(lower - upper - 0.6)),
          pressureColour(index),
          opacity,
        ),
      ];
    });
  });
}

/** Depth per band: for a fall it stands with the buyers (1), for a rise with the sellers (-1). */
function depthLine(levels: readonly MapLevel[], map: MapDrawing, layout: Layout, side: -1 | 1): Markup[] {
  const { y, centre, length } = layout;
  const [lowest, highest] = map.measuredUsd;
  const points = levels.flatMap((level): { place: readonly [number, number]; inside: boolean }[] => {
    if (!Number.isFinite(level.depthUsd)) return [];
    const middle = Math.sqrt(level.fromUsd * level.priceUsd);
    return [
      {
        place: [tenth(centre + side * length(level.depthUsd)), y(middle)],
        inside: middle >= lowest && middle <= highest,
      },
    ];
  });
  const within = points.filter((point) => point.inside).map((point) => point.place);
  const beyond = [...within.slice(-1), ...points.filter((point) => !point.inside).map((point) => point.place)];
  const colour = palette.liquidity;
  const parts: Markup[] = [];
  if (within.length > 1) parts.push(polyline(within, colour, { width: 2.5, dash: dashes[map.bases.depth] }));
  const first = levels[0];
  if (side > 0 && within.length > 0 && first !== undefined)
    parts.push(depthLabel(within[0][0], first.depthUsd, map, layout));
  if (beyond.length > 1) parts.push(polyline(beyond, colour, { width: 1.5, dash: "1.5 4" }));
  return parts;
}

function describe(map: MapDrawing): string {
  const last = map.down[map.down.length - 1];
  const largest = map.down.reduce((best, level) => (level.gain > best.gain ? level : best), map.down[0]);
  return `From ${grouped(map.spotUsd, 0)} USD down to ${grouped(last.priceUsd, 0)} USD, ${grouped(last.cumulativeUnits / map.coinUnits, 0)} ${map.symbol} are forced to be sold. The gain is largest at ${grouped(largest.fromUsd, 0)} USD: ${gainText(largest.gain)}.${map.dealers.length === 0 ? "" : ` Sign of the dealers: ${dealerWords(map)}; pale bars show every other sign.`} ${map.marks.map((mark) => mark.words).join("; ")}.`;
}
