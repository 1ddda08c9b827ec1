import type { Tornado } from "@firebreak/engine";
import { grouped } from "../../cli/text/numbers.js";
import { type Markup, markup } from "../markup.js";
import { palette, pressureColour } from "../palette.js";
import { gainText } from "../sentence.js";
import { box, type ChartSize, label, stroke, svg } from "./frame.js";
import { linear, tenth } from "./scale.js";

/** Which of the two results a tornado is about. */
export type TornadoSubject = "soldDay" | "gain";

/** One bar per assumption, longest first: what the result becomes when it alone is changed, both ways. */
export function tornadoChart(tornado: Tornado, subject: TornadoSubject, symbol: string, size: ChartSize): Markup {
  const spanOf = subject === "soldDay" ? "soldSpan" : "gainSpan";
  const drivers = [...tornado.drivers].sort((a, b) => b[spanOf] - a[spanOf]);
  const text = (value: number) => (subject === "soldDay" ? grouped(value, 0) : gainText(value));
  const planned = tornado.planned[subject];
  const values = [planned, ...drivers.flatMap((one) => [one.low[subject], one.high[subject]])].filter(Number.isFinite);
  const rowHeight = size.narrow ? 52 : 36;
  const top = 46;
  const height = top + rowHeight * drivers.length + 12;
  const [left, right] = size.narrow ? [112, size.width - 112] : [330, size.width - 170];
  const x = linear(Math.min(...values), Math.max(...values), left, right);
  const at = (value: number) => (Number.isFinite(value) ? x(value) : right);
  const rows = drivers.map((driver, index) => {
    const y = top + rowHeight * index + (size.narrow ? 18 : 2);
    const sides = [driver.low, driver.high].map((side) => ({
      place: at(side[subject]),
      words: `${side.words}: ${text(side[subject])}`,
    }));
    const [least, most] = sides[0].place <= sides[1].place ? sides : [sides[1], sides[0]];
    const same = driver[spanOf] === 0;
    const name = size.narrow
      ? label(2, y - 5, driver.name, { bold: true })
      : label(8, y + 16, driver.name, { bold: true });
    const unchanged = label(at(planned) + 8, y + 16, "changes nothing", { fill: palette.muted });
    if (same) return markup`${name}${unchanged}`;
    const font = size.narrow ? { size: 10.5 } : {};
    const from = Math.min(least.place, at(planned));
    const to = Math.max(most.place, at(planned));
    // Both sides on one side of the plan: their words share that end.
    const bars = markup`${name}${box(tenth(from), y, tenth(Math.max(1.5, at(planned) - from)), 22, palette.liquidity, 0.85)}${box(at(planned), y, tenth(Math.max(1.5, to - at(planned))), 22, pressureColour(0), 0.9)}`;
    const onLeft = (words: string) => label(tenth(from - 6), y + 15, words, { anchor: "end", ...font });
    const onRight = (words: string) => label(tenth(to + 6), y + 15, words, font);
    const isLess = least.place < at(planned) - 0.5;
    const isMore = most.place > at(planned) + 0.5;
    if (isLess || isMore) return markup`${bars}${onLeft(least.words)}${onRight(most.words)}`;
    const both = size.narrow ? "next to nothing" : `${least.words}, ${most.words}`;
    return markup`${bars}${at(planned) < (left + right) / 2 ? onRight(both) : onLeft(both)}`;
  });
  const unit = subject === "soldDay" ? ` ${symbol}` : "";
  return svg(
    size,
    height,
    subject === "soldDay" ? "What the sales hang on" : "What the gain hangs on",
    drivers
      .map(
        (one) =>
          `${one.name}: ${one.low.words} ${text(one.low[subject])}, ${one.high.words} ${text(one.high[subject])}`,
      )
      .join("; "),
    [
      label(at(planned), 16, `as planned: ${text(planned)}${unit}`, {
        anchor: at(planned) < size.width / 3 ? "start" : at(planned) > (2 * size.width) / 3 ? "end" : "middle",
        bold: true,
      }),
      stroke(at(planned), 22, at(planned), height - 8, palette.ink),
      ...rows,
    ],
  );
}
