import type { Triggering } from "@firebreak/engine";
import { type Markup, markup } from "../markup.js";
import { palette, pressureColour } from "../palette.js";
import { usdText } from "../sentence.js";
import { box, type ChartSize, label, svg } from "./frame.js";
import { linear, tenth } from "./scale.js";

/**
 * One bar per protocol: what it forces with nobody else there, and on top of that what the others brought about, each in the colour of the one whose absence
 * takes most of it away. The parts of several who act together overlap: the bar says how much is due to the others, the text below it to whom.
 */
export function triggersChart(triggering: Triggering, size: ChartSize): Markup {
  const { pushers, addedUsd } = triggering;
  const shown = pushers
    .map((one, index) => ({ ...one, index }))
    .filter(({ forcedUsd, aloneUsd }) => forcedUsd > 0 || aloneUsd > 0)
    .sort((a, b) => b.forcedUsd - a.forcedUsd || a.index - b.index);
  const rowHeight = size.narrow ? 62 : 52;
  const height = 12 + rowHeight * shown.length;
  const [left, right] = size.narrow ? [4, size.width - 4] : [170, size.width - 130];
  const most = Math.max(1, ...shown.map(({ forcedUsd, aloneUsd }) => Math.max(forcedUsd, aloneUsd)));
  const x = linear(0, most, left, right);
  const words = (of: (typeof shown)[number]) => {
    const others = triggering.links.filter(({ to }) => to === of.mechanism).slice(0, size.narrow ? 2 : 4);
    if (of.forcedUsd < of.aloneUsd) return `the others take ${usdText(of.aloneUsd - of.forcedUsd)} of it away`;
    if (others.length === 0)
      return of.forcedUsd - of.aloneUsd < of.forcedUsd / 100
        ? "nobody else brings it about"
        : `${usdText(of.forcedUsd - of.aloneUsd)} by the others together, by none of them alone`;
    return `without ${others.map(({ from, usd }) => `${from}: ${usdText(usd)} less`).join("; without ")}`;
  };
  const rows = shown.map((one, place) => {
    const y = 10 + rowHeight * place;
    const bar = y + (size.narrow ? 18 : 2);
    const alone = Math.min(one.aloneUsd, one.forcedUsd);
    const strongest = addedUsd
      .map((row, index) => ({ index, usd: index === one.index ? 0 : row[one.index] }))
      .reduce((a, b) => (b.usd > a.usd ? b : a));
    const name = size.narrow
      ? label(left, y + 12, `${one.mechanism}, ${usdText(one.forcedUsd)}`, {
          bold: true,
        })
      : label(left - 10, bar + 16, one.mechanism, { anchor: "end", bold: true });
    const due = one.forcedUsd - alone;
    const total = size.narrow ? null : label(tenth(x(one.forcedUsd) + 6), bar + 16, usdText(one.forcedUsd));
    return markup`${name}${box(left, bar, Math.max(1, tenth(x(alone) - left)), 22, pressureColour(one.index), 0.95)}${due <= 0 ? null : box(tenth(x(alone)), bar, Math.max(1, tenth(x(one.forcedUsd) - x(alone))), 22, pressureColour(strongest.index), 0.45)}${total}${label(left, bar + 36, words(one), { fill: palette.muted, size: size.narrow ? 10 : 12 })}`;
  });
  return svg(
    size,
    height,
    "Who triggers whom",
    shown
      .map((one) => `${one.mechanism}: ${usdText(one.forcedUsd)}, alone ${usdText(one.aloneUsd)}; ${words(one)}`)
      .join(". "),
    rows,
  );
}
