import type { LoopInTime, LoopRibbon } from "@firebreak/engine";
import { grouped, percent } from "../../cli/text/numbers.js";
import type { Markup } from "../markup.js";
import { palette, pressureColour } from "../palette.js";
import { area, type ChartSize, label, polyline } from "./frame.js";
import { type TimeAxes, type TimeFrame, timeChart, timeFrame } from "./time-frame.js";

/** Price with the loop and without it. */
export function priceChart(loop: LoopInTime, acting: LoopRibbon | null, atMs: number, size: ChartSize): Markup {
  const { marketUsd, aloneUsd, tickMs } = loop;
  const all = [...marketUsd, ...aloneUsd];
  const axes: TimeAxes = {
    atMs,
    windowMs: tickMs * marketUsd.length,
    low: Math.min(...all) * 0.98,
    high: Math.max(...all) * 1.02,
    height: size.narrow ? 240 : 300,
    unit: "price, USD a coin",
    value: (value) => grouped(value, 0),
  };
  const frame = timeFrame(axes, size);
  const points = (values: Float64Array) =>
    Array.from(values, (value, tick): [number, number] => [frame.x((tick + 1) * tickMs), frame.y(value)]);
  const lowest = loop.marketUsd.indexOf(Math.min(...marketUsd));
  const words = size.narrow
    ? ["without the loop", "with it"]
    : ["without the loop: fair value as given", `with the loop: market price${acting === null ? "" : ", nobody acts"}`];
  const corner = frame.right - 4;
  return timeChart(
    axes,
    frame,
    "Price with and without the loop",
    `With the loop the lowest price is ${grouped(marketUsd[lowest], 0)} USD, without it ${grouped(Math.min(...aloneUsd), 0)} USD.`,
    [
      polyline(points(aloneUsd), palette.liquidity, { width: 3 }),
      polyline(points(marketUsd), palette.ink, { width: 1.25 }),
      label(corner, frame.top + 10, words[0], { anchor: "end", fill: palette.liquidity, bold: true }),
      label(corner, frame.top + 26, words[1], { anchor: "end", bold: true }),
    ],
  );
}

/** The loop's own part of the price: market price over fair value. */
export function gapChart(loop: LoopInTime, acting: LoopRibbon | null, atMs: number, size: ChartSize): Markup {
  const { marketUsd, aloneUsd, tickMs } = loop;
  const gaps = Float64Array.from(marketUsd, (price, tick) => price / aloneUsd[tick] - 1);
  const ribbon =
    acting === null
      ? []
      : acting.marketUsd.flatMap((prices) => Array.from(prices, (price, tick) => price / aloneUsd[tick] - 1));
  const low = Math.min(-0.001, ...gaps, ...ribbon);
  const high = Math.max(0.001, ...gaps, ...ribbon);
  const axes: TimeAxes = {
    atMs,
    windowMs: tickMs * gaps.length,
    low: low - 0.1 * (high - low),
    high: high + 0.1 * (high - low),
    height: size.narrow ? 150 : 170,
    unit: "market price over fair value, %",
    value: (value) => percent(value, 2),
  };
  const frame = timeFrame(axes, size);
  const points = Array.from(gaps, (gap, tick): [number, number] => [frame.x((tick + 1) * tickMs), frame.y(gap)]);
  const zero = points.map(([x]): [number, number] => [x, frame.y(0)]);
  const most = gaps.reduce((best, gap, tick) => (Math.abs(gap) > Math.abs(gaps[best]) ? tick : best), 0);
  return timeChart(axes, frame, "How far the loop moves the price", `The largest gap is ${percent(gaps[most], 2)}.`, [
    area(points, zero, pressureColour(0), 0.85),
    ...ribbonOf(loop, acting, frame),
    label(
      frame.right - 4,
      frame.top + 8,
      `${acting === null ? "" : "nobody acts, "}largest: ${percent(gaps[most], 2)}`,
      {
        anchor: "end",
        bold: true,
      },
    ),
  ]);
}

/** Where the gap lies on most paths when owners act. */
function ribbonOf(loop: LoopInTime, acting: LoopRibbon | null, frame: TimeFrame): Markup[] {
  if (acting === null) return [];
  const [low, high] = acting.marketUsd.map((prices) =>
    Array.from(prices, (price, tick): [number, number] => [
      frame.x((tick + 1) * loop.tickMs),
      frame.y(price / loop.aloneUsd[tick] - 1),
    ]),
  );
  const words = frame.size.narrow ? "owners act: 5 to 95 %" : `owners act: 5 % to 95 % of ${acting.paths} paths`;
  return [
    area(high, low, palette.guard, 0.75),
    label(frame.right - 4, frame.bottom - 6, words, { anchor: "end", fill: palette.guard, bold: true }),
  ];
}

/** Depth of the order books that is used up, in coins. */
export function usedChart(loop: LoopInTime, symbol: string, atMs: number, size: ChartSize): Markup | null {
  const { usedCoins, tickMs } = loop;
  if (usedCoins === null) return null;
  const axes: TimeAxes = {
    atMs,
    windowMs: tickMs * usedCoins.length,
    low: Math.min(0, ...usedCoins),
    high: Math.max(1, ...usedCoins) * 1.1,
    height: size.narrow ? 150 : 170,
    unit: `depth used and not yet refilled, ${symbol}`,
    value: (value) => grouped(value, 0),
  };
  const frame = timeFrame(axes, size);
  const points = Array.from(usedCoins, (coins, tick): [number, number] => [
    frame.x((tick + 1) * tickMs),
    frame.y(coins),
  ]);
  const zero = points.map(([x]): [number, number] => [x, frame.y(0)]);
  const most = Math.max(...usedCoins);
  return timeChart(
    axes,
    frame,
    "Depth used",
    `At most ${grouped(most, 0)} ${symbol} of the order books' depth are used at the end of a tick.`,
    [
      area(points, zero, palette.liquidity, 0.75),
      label(frame.right - 4, frame.top + 8, `at most ${grouped(most, 0)} ${symbol}`, { anchor: "end", bold: true }),
    ],
  );
}
