import { type MapLevel, sideBand } from "@firebreak/engine";
import { type Markup, markup } from "../markup.js";
import { palette } from "../palette.js";
import { gainText } from "../sentence.js";
import { box, label, stroke } from "./frame.js";
import type { Layout, MapDrawing } from "./map-layout.js";
import { linear, tenth } from "./scale.js";

/** The gain of each band, with the line at 1; where the dealers' side is a convention, behind it what the four of them give, gains below 0 included. */
export function gainStrip(map: MapDrawing, { y, gainFrom, gainTo, top, bottom, size }: Layout): Markup[] {
  const levels = [...map.down, ...map.up];
  const around = gainBands(map);
  const most = Math.max(1.2, ...finite([...levels.map((level) => level.gain), ...around.map(({ high }) => high)]));
  const least = Math.min(0, ...finite(around.map(({ low }) => low)));
  const x = linear(least, most, gainFrom, gainTo);
  const zero = x(0);
  const edges = (level: MapLevel) => {
    const upper = y(Math.max(level.fromUsd, level.priceUsd));
    return { upper, height: tenth(y(Math.min(level.fromUsd, level.priceUsd)) - upper) };
  };
  const pale = around.map(({ level, low, high }) => {
    const { upper, height } = edges(level);
    const to = Number.isFinite(high) ? x(high) : gainTo;
    return box(x(low), upper, tenth(to - x(low)), height, palette.liquidityFaint);
  });
  const bars = levels.flatMap((level) => {
    if (level.gain <= 0 && (least === 0 || level.gain === 0)) return [];
    const { upper, height } = edges(level);
    const end = Number.isFinite(level.gain) ? x(level.gain) : gainTo;
    const colour = level.gain >= 1 ? palette.alarm : level.gain > 0 ? palette.ink : palette.liquidity;
    const width = Math.max(1, tenth(Math.abs(end - zero)));
    return [box(Math.min(zero, end), upper, width, Math.max(1, height - 0.6), colour)];
  });
  const at = x(1);
  const largestLabel = (level: MapLevel, end: number): Markup => {
    const options = { bold: true, size: size.narrow ? 10 : 12 };
    const middle = y(Math.sqrt(level.fromUsd * level.priceUsd));
    const isWide = end > gainTo - 32;
    return isWide
      ? label(gainTo, tenth(middle + 16), gainText(level.gain), { ...options, anchor: "end" })
      : label(end + 5, tenth(middle + 4), gainText(level.gain), options);
  };
  const largest = levels.reduce((best, level) => (level.gain > best.gain ? level : best), levels[0]);
  const minusOne = least <= -1 ? label(x(-1), bottom + 16, "-1", { anchor: "middle", size: 11 }) : null;
  return [
    ...pale,
    stroke(zero, top - 6, zero, bottom, palette.ink),
    ...bars,
    stroke(at, top - 6, at, bottom, palette.alarm, { width: 1.5, dash: "5 3" }),
    label(at, bottom + 16, "1", { anchor: "middle", fill: palette.alarm, bold: true, size: 11 }),
    label(zero, bottom + 16, "0", { anchor: "middle", size: 11 }),
    markup`${minusOne}`,
    largest.gain > 0 ? largestLabel(largest, x(Math.min(largest.gain, most))) : markup``,
  ];
}

function finite(values: readonly number[]): number[] {
  return values.filter(Number.isFinite);
}

/** Per band the smallest and largest gain over the conventions of the dealers' side. */
function gainBands(map: MapDrawing): { readonly level: MapLevel; readonly low: number; readonly high: number }[] {
  const { bySide } = map;
  if (bySide === null) return [];
  return ([-1, 1] as const).flatMap((direction) =>
    (direction < 0 ? map.down : map.up).map((level, place) => {
      const [low, high] = sideBand(bySide, direction, place, (one) => one.gain, level.gain);
      return { level, low, high };
    }),
  );
}
