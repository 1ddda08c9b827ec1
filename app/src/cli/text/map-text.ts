import { conventionWords, type Figure, type Plan } from "@firebreak/engine";
import type { LevelFigures, MapFigures } from "../../figures/map.js";
import type { Paint } from "../paint.js";
import { durationText, figureText, grouped, percent, valueText } from "./numbers.js";
import { paragraph, tableText } from "./table.js";

/** Rows of the printed table per asset and direction. */
const rowCount = 12;
const barWidth = 8;

/** Several neighbouring bands as one row. */
interface Row {
  readonly price: number;
  readonly forced: number;
  /** Mean of the bands: what a move of one band meets. */
  readonly depth: number;
  /** Largest gain of the bands; null where one meets no depth. */
  readonly gain: number | null;
  /** Smallest and largest over the conventions of the dealers' side, of that same band; null where nothing is varied. */
  readonly gainBand: NonNullable<Figure["band"]> | null;
  readonly largest: LevelFigures["largest"];
}

/** What `map` prints: a sentence, and per asset and direction a table with bars. */
export function mapText(plan: Plan, json: MapFigures, paint: Paint): string {
  const sections = Object.keys(json.fold).flatMap((asset) =>
    (["down", "up"] as const).flatMap((direction) => {
      const bands = json.levels.filter((level) => level.asset === asset && level.direction === direction);
      const forced = bands.reduce((sum, band) => sum + (band.forcedUsd.value ?? 0), 0);
      if (forced === 0) return [];
      return [
        "",
        paint.bold(direction === "down" ? `  If ${asset} falls: forced selling` : `  If ${asset} rises: forced buying`),
        table(rowsOf(bands), json, asset, paint),
        ...(bands.some((band) => (band.forcedUsd.value ?? 0) < 0)
          ? [paragraph("Forced below 0: traded against the move, which steadies the price.")]
          : []),
        paragraph(foldWords(json, asset, direction)),
        ...mechanismParagraph(bands, json),
        ...sideLines(json, asset, direction),
      ];
    }),
  );
  return [
    paint.bold(paragraph(plan.summary, 0)),
    "",
    paragraph(sentenceOf(json)),
    ...dealerParagraphs(json),
    ...sections,
    ...slowerParagraph(json),
    "",
    ...coverageLines(json),
    "",
  ].join("\n");
}

/** Which side of open interest each dealer is taken to hold: part of every answer, as nobody knows it. */
function dealerParagraphs({ dealers }: MapFigures): string[] {
  if (dealers.length === 0) return [];
  const words = dealers.map(({ mechanism, sign }) => `${mechanism} ${sign} (dealers ${conventionWords(sign)})`);
  return [
    paragraph(
      `Sign, assumed: ${words.join(", ")}. Open interest does not say who holds which side; in brackets, the gain over all four conventions.`,
    ),
  ];
}

/** Who makes it, where several do: what each forces in all bands together, largest first. */
function mechanismParagraph(bands: readonly LevelFigures[], { reactions }: MapFigures): string[] {
  const sums = new Map<string, number>();
  for (const band of bands)
    for (const [name, { value }] of Object.entries(band.byMechanism))
      sums.set(name, (sums.get(name) ?? 0) + (value ?? 0));
  const most = [...sums].filter(([, usd]) => Math.abs(usd) >= 1).sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]));
  if (most.length < 2) return [];
  const words = most.map(([name, usd]) => `${name} ${grouped(usd, 0)} (${reactionText(reactions[name]?.value ?? 0)})`);
  return [paragraph(`USD by mechanism, and how soon it answers: ${words.join(", ")}.`)];
}

/** How long after a price somebody answers to it. */
export function reactionText(ms: number): string {
  return ms === 0 ? "at once" : `${durationText(ms)} later`;
}

/** Who answers later than the horizon, and so stands in no table. */
function slowerParagraph({ reactions, horizon }: MapFigures): string[] {
  const slower = Object.entries(reactions).filter(([, { value }]) => (value ?? 0) > (horizon.value ?? 0));
  if (slower.length === 0) return [];
  const words = slower.map(([name, { value }]) => `${name} (${reactionText(value ?? 0)})`);
  return [
    paragraph(
      `Slower than ${durationText(horizon.value ?? 0)}, and so not in these tables: ${words.join(", ")}; --horizon takes them in.`,
    ),
  ];
}

/** What the gain would be on another side. */
function sideLines({ bySide }: MapFigures, asset: string, direction: "down" | "up"): string[] {
  const sides = bySide.filter((one) => one.asset === asset && one.direction === direction);
  if (sides.length === 0) return [];
  const words = sides.map(({ convention, gainAtSpot, largestGain, largestAt }) => {
    const spot = gainText(gainAtSpot.value);
    const most = gainText(largestGain.value);
    return [convention, spot, most, largestGain.value === 0 ? "" : valueText(largestAt.value, "USD")];
  });
  const right = (head: string) => ({ head, align: "right" as const });
  return [
    tableText(
      [{ head: "if dealers were", align: "left" }, right("gain at spot"), right("largest"), right("at USD")],
      words,
    ),
  ];
}

function gainText(gain: number | null): string {
  return gain === null ? "no depth" : gain.toFixed(2).replace(/^-(0\.00)$/, "$1");
}

function sentenceOf(json: MapFigures): string {
  let best: LevelFigures | undefined;
  for (const level of json.levels) {
    if (level.gain.value === null || level.gain.value === 0) continue;
    if (best === undefined || level.gain.value > (best.gain.value ?? 0)) best = level;
  }
  const bare = json.levels.filter((level) => level.gain.value === null && (level.forcedUsd.value ?? 0) > 0);
  if (best === undefined && bare.length > 0) {
    const forced = bare.reduce((sum, level) => sum + (level.forcedUsd.value ?? 0), 0);
    return `Between -60 % and +60 % ${grouped(forced)} USD are forced, and no depth stands against them: the gain has no bound. Add venues to the book.`;
  }
  if (best === undefined)
    return `Nobody is forced to trade within ${durationText(json.horizon.value ?? 0)} anywhere between -60 % and +60 %.`;
  const down = json.levels.filter((level) => level.asset === best.asset && level.direction === best.direction);
  const last = down[down.length - 1];
  const move = (last.price.value ?? 0) / (json.spot[best.asset].value ?? 1) - 1;
  const heals = last.cumulativeUsd.band === undefined && (last.cumulativeUsd.value ?? 0) < 0;
  const what = heals
    ? `${last.accounts === 1 ? "1 account trades" : `${grouped(last.accounts)} accounts trade`} ${grouped(-(last.cumulativeUsd.value ?? 0), 0)} USD of ${best.asset} against the move`
    : `${last.accounts === 1 ? "1 account is" : `${grouped(last.accounts)} accounts are`} forced to ${best.direction === "down" ? "sell" : "buy"} ${figureText(last.cumulativeUsd)} of ${best.asset}`;
  return `Between spot and ${percent(move, 0)}, ${what}; the gain is largest at ${figureText(best.from)}: ${gainText(best.gain.value ?? 0)}${best.gain.band === undefined ? "" : ` [${gainText(best.gain.band[0])} to ${gainText(best.gain.band[1])}]`} over ${percent(json.move.value)} within ${durationText(json.horizon.value ?? 0)}.`;
}

/** Bands in equal groups, nearest to spot first. */
function rowsOf(bands: readonly LevelFigures[]): Row[] {
  const size = Math.max(1, Math.ceil(bands.length / rowCount));
  const rows: Row[] = [];
  for (let start = 0; start < bands.length; start += size) {
    const group = bands.slice(start, start + size);
    const named = group.reduce((best, band) =>
      (band.largest?.share.value ?? 0) * (band.forcedUsd.value ?? 0) >
      (best.largest?.share.value ?? 0) * (best.forcedUsd.value ?? 0)
        ? band
        : best,
    );
    const forced = group.reduce((sum, band) => sum + (band.forcedUsd.value ?? 0), 0);
    const byNamed = (named.largest?.share.value ?? 0) * (named.forcedUsd.value ?? 0);
    rows.push({
      price: group[group.length - 1].price.value ?? 0,
      forced,
      depth: group.reduce((sum, band) => sum + (band.depthUsd.value ?? 0), 0) / group.length,
      gain: group.some((band) => band.gain.value === null)
        ? null
        : Math.max(...group.map((band) => band.gain.value ?? 0)),
      gainBand:
        group.reduce((best, band) => ((band.gain.value ?? 0) > (best.gain.value ?? 0) ? band : best)).gain.band ?? null,
      largest:
        named.largest === null || byNamed < forced / 10
          ? null
          : { ...named.largest, share: { ...named.largest.share, value: byNamed / forced } },
    });
  }
  return rows;
}

function table(rows: readonly Row[], json: MapFigures, asset: string, paint: Paint): string {
  const spot = json.spot[asset].value ?? 0;
  const most = Math.max(0, ...rows.map((row) => row.forced));
  const cells = rows.map((row) => [
    valueText(row.price, "USD"),
    percent(row.price / spot - 1, 0),
    paint.red(bar(row.forced / most)),
    grouped(row.forced, 0),
    paint.blue(grouped(row.depth, 0)),
    row.gain === null ? "no depth" : row.gain.toFixed(2),
    // Where the sign is an assumption its band takes the bar's place.
    ...(row.gainBand !== null
      ? [row.gainBand[0] === row.gainBand[1] ? "" : `[${gainText(row.gainBand[0])} to ${gainText(row.gainBand[1])}]`]
      : [
          row.gain === null ? "" : bar(row.gain / 2),
          row.largest === null ? "" : shortened(`◀ ${row.largest.account}: ${percent(row.largest.share.value, 0)}`),
        ]),
  ]);
  return tableText(
    [
      { head: "price USD", align: "right" },
      { head: "move", align: "right" },
      { head: "", align: "left" },
      { head: "forced USD", align: "right" },
      { head: `depth/${percent(json.move.value)}`, align: "right" },
      { head: "gain", align: "right" },
      { head: rows.some((row) => row.gainBand !== null) ? "any sign" : "", align: "left" },
      { head: "", align: "left" },
    ],
    [[valueText(spot, "USD"), "now"], ...cells],
  );
}

function shortened(text: string): string {
  return text.length > 16 ? `${text.slice(0, 8)}…${text.slice(-7)}` : text;
}

const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A bar of at most eight characters for a share of 1; at least a sliver for anything above 0. */
function bar(share: number): string {
  // What heals (below 0), and nothing of nothing, has no bar.
  if (!(share > 0)) return "";
  const steps = Math.min(8 * barWidth, Math.max(1, Math.round(share * 8 * barWidth)));
  return "█".repeat(Math.floor(steps / 8)) + eighths[steps % 8];
}

function foldWords(json: MapFigures, asset: string, direction: "down" | "up"): string {
  const fold = json.fold[asset][direction];
  if (fold === null)
    return `No fold ${direction === "down" ? "down to -95 %" : "up to +300 %"}: no shock makes the landing jump by more than the shock itself.`;
  const sale = fold.saleUsd.value === null ? "" : `, or ${figureText(fold.saleUsd)} traded at once`;
  return `Fold at ${percent(fold.shock.value)}${sale}: there the landing jumps.`;
}

function coverageLines(json: MapFigures): string[] {
  const lines = [
    ...json.coverage.forced.map((one) => ({ part: "forced", ...one })),
    ...json.coverage.depth.map((one) => ({ part: "depth", ...one })),
  ];
  return lines.map(
    ({ part, name, asOf, share }) =>
      `  ${part.padEnd(8)}${name.padEnd(21)} ${asOf}  ${share.value === null ? "coverage unknown" : `covers ${percent(share.value)}`}  ${share.basis}`,
  );
}
