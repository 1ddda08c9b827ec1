import type { LiquidationRecord, LoopInTime, LoopRibbon } from "@firebreak/engine";
import { grouped } from "../../cli/text/numbers.js";
import { type Markup, markup } from "../markup.js";
import { palette, pressureColour } from "../palette.js";
import { area, box, type ChartSize, label, polyline } from "./frame.js";
import { tenth } from "./scale.js";
import { type TimeAxes, timeChart, timeFrame } from "./time-frame.js";

/** Boxes across the window. */
const boxCount = { wide: 96, narrow: 48 } as const;

/** Liquidations in time, by mechanism. */
export function wavesChart(loop: LoopInTime, symbol: string, atMs: number, size: ChartSize): Markup {
  const { seized, tickMs } = loop;
  const tickCount = loop.marketUsd.length;
  const count = Math.min(tickCount, size.narrow ? boxCount.narrow : boxCount.wide);
  const binOf = (tick: number) => Math.floor((tick * count) / tickCount);
  const bins = seized.map(({ coins }) => {
    const sums = new Float64Array(count);
    coins.forEach((one, tick) => {
      sums[binOf(tick)] += one;
    });
    return sums;
  });
  const totals = Float64Array.from({ length: count }, (_, bin) => bins.reduce((sum, one) => sum + one[bin], 0));
  const each = (tickMs * tickCount) / count / 60_000;
  const axes: TimeAxes = {
    atMs,
    windowMs: tickMs * tickCount,
    low: 0,
    high: Math.max(1, ...totals) * 1.12,
    height: size.narrow ? 220 : 260,
    unit: `${symbol} seized in ${grouped(each, 0)} minutes`,
    value: (value) => grouped(value, 0),
  };
  const frame = timeFrame(axes, size);
  const wide = (frame.right - frame.left) / count;
  const boxes = Array.from(totals, (_, bin) => {
    let before = 0;
    return bins.map((sums, index) => {
      const [from, to] = [frame.y(before), frame.y(before + sums[bin])];
      before += sums[bin];
      return sums[bin] === 0
        ? markup``
        : box(
            tenth(frame.left + bin * wide),
            to,
            tenth(Math.max(1, wide - 0.8)),
            Math.max(1, tenth(from - to)),
            pressureColour(index),
          );
    });
  });
  const waves = Math.max(0, ...loop.waves);
  const legend = seized.map(({ mechanism, accounts }, index) =>
    label(
      frame.right - 4,
      frame.top + 10 + 16 * index,
      `${mechanism}: ${grouped(accounts.reduce((sum, one) => sum + one, 0))} liquidations`,
      { anchor: "end", fill: pressureColour(index), bold: true },
    ),
  );
  return timeChart(
    axes,
    frame,
    "Waves: liquidations in time",
    `Liquidations of ${seized.map((one) => one.mechanism).join(", ") || "nobody"}; at most ${waves} rounds walk depth within one tick.`,
    [markup`${boxes}`, ...legend],
  );
}

/** Coins seized since the start: observed, the model's two ends. */
export function seizedChart(
  loop: LoopInTime,
  acting: LoopRibbon | null,
  observed: readonly LiquidationRecord[],
  symbol: string,
  atMs: number,
  size: ChartSize,
): Markup {
  const { tickMs } = loop;
  const tickCount = loop.marketUsd.length;
  const modelled = new Float64Array(tickCount);
  let sum = 0;
  for (let tick = 0; tick < tickCount; tick++) {
    for (const { coins } of loop.seized) sum += coins[tick];
    modelled[tick] = sum;
  }
  const total = observed.reduce((all, one) => all + one.coins, 0);
  const axes: TimeAxes = {
    atMs,
    windowMs: tickMs * tickCount,
    low: 0,
    high: Math.max(1, total, modelled[tickCount - 1], acting?.seizedCoins[1][tickCount - 1] ?? 0) * 1.25,
    height: size.narrow ? 250 : 300,
    unit: `${symbol} liquidated since the start`,
    value: (value) => grouped(value, 0),
  };
  const frame = timeFrame(axes, size);
  const points = (values: ArrayLike<number>) =>
    Array.from(values, (value, tick): [number, number] => [frame.x((tick + 1) * tickMs), frame.y(value)]);
  const steps: [number, number][] = [[frame.x(0), frame.y(0)]];
  let seen = 0;
  for (const one of observed) {
    steps.push([frame.x(one.firstMs), frame.y(seen)]);
    seen += one.coins;
    steps.push([frame.x(one.firstMs), frame.y(seen)]);
  }
  steps.push([frame.right, frame.y(seen)]);
  const nobodyEnd = frame.y(modelled[tickCount - 1]);
  const seenEnd = frame.y(seen);
  return timeChart(
    axes,
    frame,
    "Liquidated since the start: observed and modelled",
    `Observed ${grouped(total, 0)} ${symbol}; with nobody acting the model liquidates ${grouped(modelled[tickCount - 1], 0)} ${symbol}.`,
    [
      acting === null
        ? markup``
        : area(points(acting.seizedCoins[1]), points(acting.seizedCoins[0]), palette.guard, 0.35),
      polyline(points(modelled), pressureColour(0), { width: 2 }),
      polyline(steps, palette.ink, { width: 2.5 }),
      label(frame.left + 8, frame.top + 10, `nobody acts: ${grouped(modelled[tickCount - 1], 0)} ${symbol}`, {
        fill: pressureColour(0),
        bold: true,
      }),
      acting === null
        ? markup``
        : label(
            frame.left + 8,
            frame.top + 26,
            size.narrow
              ? "owners act: 5 to 95 %"
              : `owners act, 5 % to 95 % of paths: ${grouped(acting.seizedCoins[0][tickCount - 1], 0)} to ${grouped(acting.seizedCoins[1][tickCount - 1], 0)} ${symbol}`,
            { fill: palette.guard, bold: true },
          ),
      label(
        frame.right - 4,
        Math.min(seenEnd, frame.bottom) - 6 < nobodyEnd + 12 && seenEnd > nobodyEnd - 12 ? seenEnd + 16 : seenEnd - 6,
        `observed: ${grouped(total, 0)} ${symbol}`,
        { anchor: "end", bold: true },
      ),
    ],
  );
}
