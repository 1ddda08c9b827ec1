import { grouped } from "../../cli/text/numbers.js";
import { bucketed, conventionBand, type GammaMap, nearness, signWords } from "../../figures/gamma.js";
import { type Markup, markup } from "../markup.js";
import { palette } from "../palette.js";
import { shortAmount } from "../text-units.js";
import { area, box, type ChartSize, label, polyline, stroke, svg } from "./frame.js";
import { linear, type Scale, spread, tenth, ticks } from "./scale.js";

/** Which exposure a chart shows. */
export type ExposureColumn = "gammaUsd" | "vannaUsd" | "charmUsd";

/** Colours of the buckets of expiries, nearest darkest: one family, told apart by lightness. */
export const bucketColours: readonly string[] = ["#7a2b05", "#c2470a", "#e8903f", "#f3bd86"];

const words: Readonly<
  Record<ExposureColumn, { readonly name: string; readonly per: string; readonly right: string; readonly left: string }>
> = {
  gammaUsd: { name: "Gamma", per: "per 1 % of price", right: "against the move", left: "with the move" },
  vannaUsd: { name: "Vanna", per: "per volatility point", right: "sold as volatility rises", left: "bought" },
  charmUsd: { name: "Charm", per: "per day", right: "sold as a day passes", left: "bought" },
};

interface Layout {
  readonly size: ChartSize;
  readonly height: number;
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
  readonly x: Scale;
  readonly y: Scale;
  readonly most: number;
}

/**
 * An exposure of dealers: price down the side, dollars to the left (below 0) and right of the middle line, stacked by how near expiries are; behind it the band
 * over the conventions of the sign. The title names the sign.
 */
export function exposureChart(map: GammaMap, column: ExposureColumn, size: ChartSize): Markup {
  const layout = layOut(map, column, size);
  return svg(size, layout.height, titleOf(map, column), describe(map, column), [
    titleLines(map, column, layout),
    axes(map, layout),
    band(map, column, layout),
    stacked(map, column, layout),
    polyline(points(map, column, layout), palette.ink, { width: 1.5 }),
    stroke(layout.x(0), layout.top - 4, layout.x(0), layout.bottom, palette.ink),
    marks(map, column, layout),
  ]);
}

function titleOf(map: GammaMap, column: ExposureColumn): string {
  const { name, per } = words[column];
  return `${name}, USD of ${map.book.assets[map.asset].symbol} ${per}: ${signWords(map)}`;
}

function layOut(map: GammaMap, column: ExposureColumn, size: ChartSize): Layout {
  const { narrow, width } = size;
  const { levelsUsd } = map.exposure;
  const lines = titleRows(map, column, size).length;
  const height = (column === "gammaUsd" ? (narrow ? 560 : 640) : narrow ? 420 : 440) + 16 * lines;
  const [top, bottom] = [44 + 16 * lines, height - 44];
  const [left, right] = [narrow ? 50 : 104, width - (narrow ? 10 : 24)];
  const values = Array.from(levelsUsd, (_, level) => {
    const around = conventionBand(map.exposure, column, level) ?? [0, 0];
    return Math.max(...around.map(Math.abs), Math.abs(map.exposure[column][level]), ...stackEnds(map, column, level));
  });
  const most = Math.max(...values, 1) * 1.06;
  return {
    size,
    height,
    top,
    bottom,
    left,
    right,
    x: linear(-most, most, left, right),
    y: linear(levelsUsd[0], levelsUsd[levelsUsd.length - 1], top, bottom),
    most,
  };
}

/** How far a level's stack reaches to either side. */
function stackEnds(map: GammaMap, column: ExposureColumn, level: number): [number, number] {
  const values = bucketed(map.exposure, column).map((one) => one[level]);
  return [
    values.reduce((sum, value) => sum + Math.max(0, value), 0),
    values.reduce((sum, value) => sum + Math.max(0, -value), 0),
  ];
}

/** The title in lines that fit. */
function titleRows(map: GammaMap, column: ExposureColumn, { narrow, width }: ChartSize): string[] {
  const most = Math.floor((width - 8) / (narrow ? 6.4 : 7.2));
  const lines: string[] = [];
  for (const word of titleOf(map, column).split(" ")) {
    const last = lines[lines.length - 1];
    if (last !== undefined && last.length + word.length + 1 <= most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function titleLines(map: GammaMap, column: ExposureColumn, { size, x, left, right }: Layout): Markup[] {
  const rows = titleRows(map, column, size);
  const below = 16 * rows.length + 16;
  const side = { size: size.narrow ? 11 : 12, fill: palette.muted };
  return [
    ...rows.map((row, at) =>
      label(size.narrow ? 2 : left, 14 + 16 * at, row, { bold: true, size: size.narrow ? 11.5 : 13 }),
    ),
    label(Math.max(left, x(0) - 8), below, words[column].left, { ...side, anchor: "end" }),
    label(Math.min(right, x(0) + 8), below, words[column].right, side),
  ];
}

function axes(map: GammaMap, { size, x, y, left, right, top, bottom, most }: Layout): Markup[] {
  const { levelsUsd } = map.exposure;
  const { priceUsd } = map.book.assets[map.asset];
  const [highest, lowest] = [levelsUsd[0], levelsUsd[levelsUsd.length - 1]];
  const moves = ticks(lowest / priceUsd - 1, highest / priceUsd - 1, size.narrow ? 7 : 9);
  const rows = moves.flatMap((move) => {
    const price = priceUsd * (1 + move);
    const place = y(price);
    if (place < top - 1 || place > bottom + 1) return [];
    const percent = Math.round(move * 1000) / 10;
    const moved = `${percent > 0 ? "+" : ""}${percent} %`;
    return [
      stroke(left, place, right, place, palette.rule),
      ...(size.narrow
        ? [
            label(left - 6, place - 1, grouped(price, price < 10 ? 2 : 0), { anchor: "end", size: 11 }),
            label(left - 6, place + 11, moved, { anchor: "end", fill: palette.muted, size: 10 }),
          ]
        : [
            label(left - 56, place + 4, grouped(price, price < 10 ? 2 : 0), { anchor: "end" }),
            label(left - 8, place + 4, moved, { anchor: "end", fill: palette.muted }),
          ]),
    ];
  });
  const dollars = ticks(-most, most, size.narrow ? 4 : 8).map((value) => {
    const place = x(value);
    return markup`${stroke(place, bottom, place, bottom + 4, palette.muted)}${label(place, bottom + 16, shortAmount(value), { anchor: "middle", fill: palette.muted, size: 11 })}`;
  });
  return [...rows, ...dollars, label(x(0), bottom + 34, "USD", { anchor: "middle", fill: palette.muted, size: 11 })];
}

function points(map: GammaMap, column: ExposureColumn, { x, y }: Layout): (readonly [number, number])[] {
  const { levelsUsd } = map.exposure;
  return Array.from(levelsUsd, (price, level) => [x(map.exposure[column][level]), y(price)] as const);
}

/** From the smallest to the largest of the four conventions. */
function band(map: GammaMap, column: ExposureColumn, { x, y }: Layout): Markup | null {
  const { levelsUsd, conventions } = map.exposure;
  if (conventions === null) return null;
  const side = (which: 0 | 1) =>
    Array.from(levelsUsd, (price, level) => {
      const ends = conventionBand(map.exposure, column, level) ?? [0, 0];
      return [x(ends[which]), y(price)] as const;
    });
  return area(side(1), side(0), palette.liquidityFaint, 0.75);
}

function stacked(map: GammaMap, column: ExposureColumn, { x, y, top, bottom }: Layout): Markup[] {
  const { levelsUsd } = map.exposure;
  const half = (bottom - top) / (levelsUsd.length - 1) / 2;
  const buckets = bucketed(map.exposure, column);
  return Array.from(levelsUsd).flatMap((price, level) => {
    const place = y(price);
    const [from, to] = [Math.max(top, place - half), Math.min(bottom, place + half)];
    let right = 0;
    let left = 0;
    return buckets.flatMap((one, bucket) => {
      const value = one[level];
      if (value === 0) return [];
      const start = value > 0 ? right : left;
      const end = start + value;
      if (value > 0) right = end;
      else left = end;
      const wide = Math.abs(x(end) - x(start));
      if (wide < 0.1) return [];
      const height = Math.max(0.6, tenth(to - from - 0.4));
      return [box(Math.min(x(start), x(end)), tenth(from), tenth(wide), height, bucketColours[bucket], 0.88)];
    });
  });
}

function marks(map: GammaMap, column: ExposureColumn, { y, left, right, top, bottom, size }: Layout): Markup[] {
  const { priceUsd } = map.book.assets[map.asset];
  const flips = column === "gammaUsd" ? map.exposure.flipsUsd : [];
  const lines = [
    { priceUsd, words: `now ${grouped(priceUsd, 0)}`, colour: palette.ink },
    ...flips.map((flip) => ({ priceUsd: flip, words: `flip ${grouped(flip, 0)}`, colour: palette.alarm })),
  ];
  const places = spread(
    lines.map((line) => y(line.priceUsd) - 4),
    13,
    top + 8,
    bottom,
  );
  return lines.map(({ priceUsd: at, words: text, colour }, index) => {
    const font = { fill: colour, bold: true, size: size.narrow ? 10.5 : 12, anchor: "end" } as const;
    return markup`${stroke(left, y(at), right, y(at), colour, { width: 1.25, dash: "3 3" })}${label(right - 2, places[index], text, font)}`;
  });
}

function describe(map: GammaMap, column: ExposureColumn): string {
  const { exposure, book, asset, atSpot } = map;
  const { priceUsd } = book.assets[asset];
  const { levelsUsd } = exposure;
  const ends = conventionBand(atSpot, column, 0);
  const lowest = exposure[column][levelsUsd.length - 1];
  const around = ends === null ? "" : `, ${shortAmount(ends[0])} to ${shortAmount(ends[1])} over the four conventions`;
  const flips =
    column !== "gammaUsd"
      ? ""
      : exposure.flipsUsd.length === 0
        ? " It changes sign nowhere in between."
        : ` It changes sign at ${exposure.flipsUsd.map((flip) => grouped(flip, 0)).join(" and ")} USD.`;
  return `At ${grouped(priceUsd, 0)} USD ${shortAmount(atSpot[column][0])} USD${around}; at ${grouped(levelsUsd[levelsUsd.length - 1], 0)} USD ${shortAmount(lowest)}, at ${grouped(levelsUsd[0], 0)} USD ${shortAmount(exposure[column][0])}.${flips} Stacked by expiry: ${nearness.map((one) => one.words).join(", ")}.`;
}
