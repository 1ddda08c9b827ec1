import { type Markup, markup } from "../markup.js";
import { palette } from "../palette.js";
import { type ChartSize, label, stroke, svg } from "./frame.js";
import { ticks } from "./scale.js";

/** A value with the ends of its interval. */
export interface PairValue {
  readonly value: number;
  readonly band: readonly [number, number] | null;
}

/** Two values of one thing, and what they are called. */
export interface Pair {
  readonly name: string;
  readonly before: PairValue;
  readonly after: PairValue;
}

const rowHeight = 34;

/** Pairs below each other on one scale from 0: the first as a ring, the second as a disc, whiskers for intervals, in words the second value. */
export function pairChart(
  pairs: readonly Pair[],
  size: ChartSize,
  words: { readonly title: string; readonly description: string; write(value: number): string },
): Markup {
  const { width, narrow } = size;
  const left = narrow ? 116 : 170;
  const right = width - (narrow ? 58 : 90);
  const highest = Math.max(
    1e-9,
    ...pairs.flatMap(({ before, after }) =>
      [before, after].map(({ value, band }) => Math.max(value, band?.[1] ?? value)),
    ),
  );
  const x = (value: number) => Math.round(10 * (left + ((right - left) * Math.max(0, value)) / highest)) / 10;
  const bottom = 12 + pairs.length * rowHeight;
  const grid = ticks(0, highest, narrow ? 3 : 5).map(
    (value) =>
      markup`${stroke(x(value), 8, x(value), bottom, palette.rule)}${label(x(value), bottom + 14, words.write(value), { anchor: "middle", fill: palette.muted })}`,
  );
  const rows = pairs.map(({ name, before, after }, row) => {
    const y = 12 + (row + 0.5) * rowHeight;
    const whisker = ({ value, band }: PairValue, at: number, colour: string) =>
      stroke(x(band?.[0] ?? value), at, x(band?.[1] ?? value), at, colour, { width: 2 });
    return markup`${label(left - 8, y + 4, name, { anchor: "end" })}${whisker(before, y - 5, palette.liquidity)}${whisker(after, y + 5, palette.pressure[0])}<circle cx="${x(before.value)}" cy="${y - 5}" r="5" fill="${palette.paper}" stroke="${palette.liquidity}" stroke-width="2"/><circle cx="${x(after.value)}" cy="${y + 5}" r="5" fill="${palette.pressure[0]}"/>${label(right + 10, y + 4, words.write(after.value))}`;
  });
  return svg(size, bottom + 22, words.title, words.description, [grid, rows]);
}
