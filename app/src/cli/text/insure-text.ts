import type { Figure } from "@firebreak/engine";
import type { InsuranceFigures, InsuranceStrategyFigures } from "../../figures/insure.js";
import type { Paint } from "../paint.js";
import { durationText, grouped, percent, valueText } from "./numbers.js";
import { paragraph, tableText } from "./table.js";

/** What `insure` prints: the sentence, what breaks, what it costs, what it sells, and what all that rests on. */
export function insureText(json: InsuranceFigures, again: string, paint: Paint): string {
  const ranked = worstFirst(json.strategies);
  const insured = ranked.filter(({ flows }) => flows.length > 0);
  const title = `Keeping ${percent(json.floor.value, 2)} of ${millions(json.sum)} of ${json.asset} for ${lastingText(json.horizon)}, bought at ${valueText(json.price.value, "USD")} USD`;
  return [
    paint.bold(title),
    "",
    paragraph(insuranceSentence(json, insured)),
    "",
    "  % of paths that end below the floor [95 % interval]; mean missing, % of sum",
    brokenTable(ranked, paint),
    "",
    "  In % of the sum: cost against holding, what the crowd adds, worst 5 % of paths",
    costTable(ranked, paint),
    "",
    `  Sold by all when the price is held, in ${scaleOf(json).word} [% of the depth below it]`,
    flowTable(insured, scaleOf(json).usd),
    "",
    paragraph(
      `All: ${millions(json.crowd)} besides the account, ${percent(json.crowdOfDepth.value, 0)} of the ${millions(json.depth)} that the market buys at once within -10 %. Holder: what somebody beside them who holds ${json.asset} loses by their trading. Gain: sold on a further fall of 1 % over bought meanwhile, at its largest; at 1 sales feed themselves. Room: all who fit before that. Fold: the fall at which the price jumps.`,
    ),
    "",
    ...insured.map((one) => hanging(one.title, one.rule)),
    "",
    ...restLines(json),
    hanging(
      "seed",
      `${json.seed}; ${grouped(json.paths)} paths in ticks of ${lastingText(json.tick)}, the same for all`,
    ),
    hanging("again", again),
    "",
  ].join("\n");
}

/** The largest share of broken floors in the crowd first; the same as the table has them. */
export function worstFirst(strategies: readonly InsuranceStrategyFigures[]): InsuranceStrategyFigures[] {
  return [...strategies].sort((a, b) => (b.crowd.broken.value ?? 0) - (a.crowd.broken.value ?? 0));
}

/** The strategy that its own crowd harms most, in one sentence; then the one that keeps the floor best in it. */
export function insuranceSentence(json: InsuranceFigures, insured: readonly InsuranceStrategyFigures[]): string {
  if (insured.length === 0) return "No strategy was asked for.";
  const harm = (one: InsuranceStrategyFigures) => one.harm.broken.value ?? 0;
  const worst = insured.reduce((most, one) => (harm(one) > harm(most) ? one : most));
  if (harm(worst) <= 0) return costSentence(json, insured);
  const goal = `keep ${percent(json.floor.value, 2)} for ${lastingText(json.horizon)}`;
  const first = `Meant to ${goal}, ${named(worst)} fails on ${percent(worst.alone.broken.value)} of the paths alone; when ${millions(json.crowd)} do the same, on ${percent(worst.crowd.broken.value)} ${bandText(worst.crowd.broken)}.`;
  const best = insured.reduce((least, one) => (keepsBetter(one, least) ? one : least));
  if (best === worst) return first;
  const { broken } = best.crowd;
  return `${first} In a crowd of its own kind ${named(best)} keeps it best on these paths: it fails on ${percent(broken.value)} ${bandText(broken)} and keeps ${percent(best.crowd.upsideKept.value, 0)} of a holder's gains.`;
}

/** A title within a sentence: quoted where it has a comma of its own. */
function named({ title }: InsuranceStrategyFigures): string {
  return title.includes(",") ? `"${title}"` : title;
}

/** Breaks fewer floors in the crowd; where as many, keeps more of the gains. */
function keepsBetter({ crowd }: InsuranceStrategyFigures, than: InsuranceStrategyFigures): boolean {
  const fewer = (than.crowd.broken.value ?? 1) - (crowd.broken.value ?? 1);
  return fewer > 0 || (fewer === 0 && (crowd.upsideKept.value ?? 0) > (than.crowd.upsideKept.value ?? 0));
}

/** Where no floor breaks more often: the strategy whose own crowd costs it most. */
function costSentence(json: InsuranceFigures, insured: readonly InsuranceStrategyFigures[]): string {
  const added = ({ harm }: InsuranceStrategyFigures) => harm.cost.value ?? 0;
  const worst = insured.reduce((most, one) => (added(one) > added(most) ? one : most));
  const ends = worst.harm.cost.band?.map((end) => hundredths(end)).join(" to ");
  return `On these paths no floor breaks more often when ${millions(json.crowd)} do the same; what ${named(worst)} costs rises most, by ${hundredths(added(worst))} % of the sum${ends === undefined ? "" : ` [${ends}]`}.`;
}

function brokenTable(strategies: readonly InsuranceStrategyFigures[], paint: Paint): string {
  const isSure = ({ harm }: InsuranceStrategyFigures) => (harm.broken.band?.[0] ?? 0) > 0;
  return tableText(
    [
      { head: "", align: "left" },
      { head: "alone", align: "right" },
      { head: "", align: "left" },
      { head: "all", align: "right" },
      { head: "", align: "left" },
      { head: "missing", align: "right" },
      { head: "all", align: "right" },
    ],
    strategies.map((one) => [
      one.title,
      tenths(one.alone.broken.value),
      bandText(one.alone.broken),
      isSure(one) ? paint.red(tenths(one.crowd.broken.value)) : tenths(one.crowd.broken.value),
      bandText(one.crowd.broken),
      hundredths(one.alone.shortfall.value),
      hundredths(one.crowd.shortfall.value),
    ]),
  );
}

function costTable(strategies: readonly InsuranceStrategyFigures[], paint: Paint): string {
  const isSure = ({ harm }: InsuranceStrategyFigures) => (harm.cost.band?.[0] ?? 0) > 0;
  return tableText(
    [
      { head: "", align: "left" },
      { head: "cost", align: "right" },
      { head: "all add", align: "right" },
      { head: "holder", align: "right" },
      { head: "tail", align: "right" },
      { head: "all", align: "right" },
      { head: "upside", align: "right" },
      { head: "all", align: "right" },
    ],
    strategies.map((one) => [
      one.title,
      withError(one.alone.cost),
      isSure(one) ? paint.red(withError(one.harm.cost)) : withError(one.harm.cost),
      hundredths(one.crowd.bystanderLoss.value),
      tenths(one.alone.tailLoss.value),
      tenths(one.crowd.tailLoss.value),
      tenths(one.alone.upsideKept.value, 0),
      tenths(one.crowd.upsideKept.value, 0),
    ]),
  );
}

function flowTable(strategies: readonly InsuranceStrategyFigures[], scale: number): string {
  const falls = strategies[0]?.flows.map(({ fall }) => percent(fall.value, 0)) ?? [];
  return tableText(
    [
      { head: "", align: "left" },
      ...falls.flatMap((fall) => [{ head: fall, align: "right" as const }]),
      { head: "gain", align: "right" },
      { head: "at", align: "right" },
      { head: "room", align: "right" },
      { head: "fold", align: "right" },
    ],
    strategies.map((one) => [
      one.title,
      ...one.flows.flatMap(({ everybody, depthShare }) => [
        `${scaled(everybody.value, scale)} [${tenths(depthShare.value, 0)}]`,
      ]),
      one.largestGain.value === null ? "none" : one.largestGain.value.toFixed(2),
      one.largestGain.value === 0 ? "" : percent(one.largestGainFall.value, 0),
      one.room.value === null ? "" : scaled(one.room.value, scale),
      one.foldShock === null ? "none" : percent(one.foldShock.value, 0),
    ]),
  );
}

function restLines(json: InsuranceFigures): string[] {
  const jumps =
    json.jumpsPerYear.value === 0
      ? "no jumps"
      : `${grouped(json.jumpsPerYear.value)} jumps a year of ${percent(json.jumpMean.value)} +- ${percent(json.jumpDeviation.value)}`;
  const lines = [
    // A layer's whole description is in the JSON and in the book.
    ...json.restsOn
      .filter(({ what }) => what === "depth" || what === "perpetual")
      .map(({ what, words, basis }) => ({ what, words: words.replace(/T[\d:.]+Z/, "").split(/[,;]/)[0], basis })),
    {
      what: "paths",
      words: `volatility ${percent(json.volatility.value)}, ${jumps}, growth ${percent(json.drift.value)} a year`,
      basis: "assumed",
    },
    ...json.restsOn.filter(({ what }) => what === "options"),
    {
      what: "impact",
      words: `${percent(json.lasting.value, 0)} of what a sale moves stays in the price`,
      basis: "assumed",
    },
    {
      what: "market",
      words: `${json.market}, ${json.instrument} without whoever else is forced to trade there`,
      basis: "",
    },
    ...(json.leftOut.length === 0 ? [] : [{ what: "left out", words: json.leftOut.join(", "), basis: "" }]),
  ];
  return lines.map(({ what, words, basis }) => hanging(what, basis === "" ? words : `${basis}: ${words}`));
}

/** A name and its words, the words hanging below each other. */
function hanging(name: string, words: string, column = 20): string {
  return paragraph(words, 2 + column).replace(/^ +/, `  ${name.padEnd(column)}`);
}

/** An interval of shares in per cent: `[7 to 19.8]`. */
function bandText({ band }: Figure): string {
  return band === undefined ? "" : `[${tenths(band[0])} to ${tenths(band[1])}]`;
}

/** A share in per cent with half the width of its interval: `0.82 ±0.31`. */
function withError({ value, band }: Figure): string {
  const half = band === undefined ? "" : ` ±${hundredths(((band[1] ?? 0) - (band[0] ?? 0)) / 2)}`;
  return `${hundredths(value)}${half}`;
}

function hundredths(share: number | null): string {
  const text = share === null ? "none" : (100 * share).toFixed(2);
  return text === "-0.00" ? "0.00" : text;
}

/** A share in per cent: a tenth below ten, whole from there on. */
function tenths(share: number | null, digits?: number): string {
  return share === null ? "none" : (100 * share).toFixed(digits ?? (Math.abs(share) < 0.0995 ? 1 : 0));
}

/** How dollars are counted: thousands, millions or billions. */
interface Scale {
  readonly usd: number;
  readonly word: string;
}

const scales: readonly Scale[] = [
  { usd: 1e9, word: "bn USD" },
  { usd: 1e6, word: "M USD" },
  { usd: 1e3, word: "K USD" },
];

function scaleFor(usd: number): Scale {
  return scales.find((scale) => usd >= scale.usd) ?? scales[2];
}

/** How all who are insured are counted. */
function scaleOf({ sum, crowd }: InsuranceFigures): Scale {
  return scaleFor((sum.value ?? 0) + (crowd.value ?? 0));
}

/** Dollars as people say them: `115 M USD`. */
function millions({ value }: Figure): string {
  const scale = scaleFor(value ?? 0);
  return `${scaled(value, scale.usd)} ${scale.word}`;
}

function scaled(usd: number | null, scale: number): string {
  return usd === null ? "none" : grouped(usd / scale, Math.abs(usd / scale) >= 99.5 ? 0 : 1);
}

/** Milliseconds as people say them: `90 days`. */
function lastingText({ value }: Figure): string {
  const text = durationText(value ?? 0);
  return text.endsWith(" day") && text !== "1 day" ? `${text}s` : text;
}
