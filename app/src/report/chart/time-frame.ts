import { formatMoment } from "@firebreak/engine";
import { Markup, markup } from "../markup.js";
import { palette } from "../palette.js";
import { momentText } from "../time-text.js";
import { type ChartSize, label, stroke, svg } from "./frame.js";
import { linear, type Scale, ticks } from "./scale.js";

/** A chart over time: where time goes across, and where its values go up. */
export interface TimeFrame {
  readonly size: ChartSize;
  readonly height: number;
  readonly x: Scale;
  readonly y: Scale;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** What a chart over time is given. */
export interface TimeAxes {
  readonly atMs: number;
  readonly windowMs: number;
  readonly low: number;
  readonly high: number;
  readonly height: number;
  /** Written above the axis: quantity and unit. */
  readonly unit: string;
  readonly value: (value: number) => string;
}

/** Lays out a chart over time. */
export function timeFrame(axes: TimeAxes, size: ChartSize): TimeFrame {
  const { height } = axes;
  const [left, right] = size.narrow ? [50, size.width - 6] : [74, size.width - 16];
  const [top, bottom] = [26, height - 24];
  return {
    size,
    height,
    left,
    right,
    top,
    bottom,
    x: linear(0, axes.windowMs, left, right),
    y: linear(axes.low, axes.high, bottom, top),
  };
}

/** The axes, with round values and times in UTC, around some content. */
export function timeChart(
  axes: TimeAxes,
  frame: TimeFrame,
  title: string,
  description: string,
  content: Markup[],
): Markup {
  const { size, height, x, y, left, right, top, bottom } = frame;
  const lines = ticks(axes.low, axes.high, Math.max(2, Math.round((bottom - top) / 45))).map(
    (value) =>
      markup`${stroke(left, y(value), right, y(value), palette.rule)}${label(left - 6, y(value) + 4, axes.value(value), { anchor: "end", fill: palette.muted, size: size.narrow ? 10.5 : 12 })}`,
  );
  const times = timeTicks(axes, size).map(
    ({ ms, words }) =>
      markup`${stroke(x(ms), bottom, x(ms), bottom + 4, palette.muted)}${label(x(ms), bottom + 17, words, { anchor: ms === 0 ? "start" : x(ms) > right - 24 ? "end" : "middle", fill: palette.muted, size: size.narrow ? 10.5 : 12 })}`,
  );
  return svg(size, height, title, description, [
    lines,
    stroke(left, bottom, right, bottom, palette.ink),
    times,
    content,
    label(size.narrow ? 2 : left - 60, 13, axes.unit, { fill: palette.muted, size: size.narrow ? 11 : 12 }),
  ]);
}

/** Times across: every so many hours within a day, else every day. */
function timeTicks(axes: TimeAxes, size: ChartSize): { readonly ms: number; readonly words: string }[] {
  const hour = 3_600_000;
  const most = size.narrow ? 5 : 9;
  const steps = [1, 2, 3, 4, 6, 12, 24, 48, 120].map((hours) => hours * hour);
  const step = steps.find((one) => axes.windowMs / one <= most) ?? axes.windowMs;
  const found: { ms: number; words: string }[] = [];
  for (let ms = 0; ms <= axes.windowMs; ms += step) {
    const moment = axes.atMs + ms;
    const clock = formatMoment(moment).slice(11, 16);
    const day = momentText(moment).split(" ").slice(0, 2).join(" ");
    found.push({ ms, words: step >= 24 * hour ? day : ms === 0 ? (size.narrow ? day : `${day} ${clock}`) : clock });
  }
  return found;
}
