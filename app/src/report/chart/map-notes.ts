import type { Jump, MapLevel } from "@firebreak/engine";
import { grouped, percent } from "../../cli/text/numbers.js";
import { type Markup, markup } from "../markup.js";
import { palette } from "../palette.js";
import { shortAmount } from "../text-units.js";
import { box, label, stroke } from "./frame.js";
import type { Layout, MapDrawing } from "./map-layout.js";
import { spread, tenth } from "./scale.js";

/** Lines across: now over the whole width, others from the middle to the buyers' side. */
export function marks(map: MapDrawing, { y, left, centre, right, gainFrom, gainTo, top, bottom }: Layout): Markup[] {
  return map.marks
    .filter(({ priceUsd }) => y(priceUsd) >= top - 1 && y(priceUsd) <= bottom + 1)
    .map(({ priceUsd }) => {
      const place = y(priceUsd);
      const line = { width: 1.25, dash: "2 2" };
      const from = priceUsd === map.spotUsd ? left : centre;
      return markup`${stroke(from, place, right, place, palette.ink, line)}${stroke(gainFrom, place, gainTo, place, palette.ink, line)}`;
    });
}

/** A line of words right of the middle line, beside the price it is about. */
interface Note {
  readonly place: number;
  readonly words: string;
  readonly bold: boolean;
}

/** The marks' names and the largest accounts, one column of words that never lie over each other, with a thin line where they had to move. */
export function notes(map: MapDrawing, { y, centre, top, bottom, size }: Layout): Markup[] {
  const marked = map.marks.map(({ priceUsd, words, short }): Note => {
    return { place: y(priceUsd) - (priceUsd === map.spotUsd ? 6 : 0), words: size.narrow ? short : words, bold: true };
  });
  const named = largestAccounts(map, size.narrow ? 6 : 9).map(({ level, jump }): Note => {
    const coins = `${grouped(jump.units / map.coinUnits, 0)} ${map.symbol}`;
    const account = jump.account.length > 12 ? `${jump.account.slice(0, 6)}…${jump.account.slice(-4)}` : jump.account;
    const share = percent(Math.min(1, jump.share), 0);
    const words = size.narrow ? `${account}: ${coins}` : `${account}: ${coins}, ${share} of its band`;
    return { place: y(Math.sqrt(level.fromUsd * level.priceUsd)) + 4, words, bold: false };
  });
  const all = [...marked, ...named].filter(({ place }) => place >= top - 8 && place <= bottom + 6);
  const apart = size.narrow ? 13 : 14.5;
  const places = spread(
    all.map(({ place }) => place),
    apart,
    top,
    bottom - 6,
  );
  return all.map(({ place, words, bold }, index) => {
    const moved = Math.abs(places[index] - place) > 3;
    const x = centre + (size.narrow ? 6 : 16);
    const leader =
      moved && !size.narrow
        ? stroke(centre + 1, tenth(place - 4), x - 2, tenth(places[index] - 4), palette.muted, { width: 0.75 })
        : null;
    const wide = words.length * (size.narrow ? 5.2 : bold ? 6.6 : 6.1);
    const ground = box(x - 2, tenth(places[index] - 11), tenth(wide), 14, palette.paper, 0.92);
    return markup`${leader}${ground}${label(x, places[index], words, { bold, size: size.narrow ? 10 : 12 })}`;
  });
}

/** Every account once, in the band where it makes most, largest first. */
function largestAccounts(map: MapDrawing, count: number) {
  const best = new Map<string, { level: MapLevel; jump: Jump }>();
  for (const level of map.down) {
    const { jump } = level;
    if (jump === null) continue;
    const key = `${jump.mechanism}/${jump.account}`;
    if (jump.units > (best.get(key)?.jump.units ?? 0)) best.set(key, { level, jump });
  }
  return [...best.values()].sort((a, b) => b.jump.units - a.jump.units).slice(0, count);
}

/** How much stands there, above the line of now; beside the word "now" where the two would meet. */
export function depthLabel(x: number, usd: number, map: MapDrawing, { y, centre, right, size }: Layout): Markup {
  const words = size.narrow ? shortAmount(usd) : `depth ${shortAmount(usd)} USD`;
  const half = words.length * (size.narrow ? 3 : 3.6);
  const clear = centre + (size.narrow ? 34 : 80);
  const from = tenth(Math.min(right - 2 * half, Math.max(clear, x - half)));
  return label(from, y(map.spotUsd) - 6, words, { fill: palette.liquidity, bold: true, size: size.narrow ? 10.5 : 12 });
}
