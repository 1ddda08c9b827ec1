import { conventionWords, formatMoment } from "@firebreak/engine";
import {
  bucketed,
  conventionBand,
  type GammaMap,
  gammaBasis,
  layersOf,
  nearness,
  openInterestWords,
  signWords,
} from "../../figures/gamma.js";
import type { Paint } from "../paint.js";
import { grouped, percent } from "./numbers.js";
import { paragraph, tableText } from "./table.js";

/** Rows of the printed table, and blocks of a bar to either side. */
const rowCount = 17;
const barWidth = 7;
const expiriesShown = 12;
const leftOutShown = 20;

/** What `gamma` prints: a sentence, the levels, the conventions, the expiries, and what it rests on. */
export function gammaText(map: GammaMap, paint: Paint): string {
  const { symbol } = map.book.assets[map.asset];
  return [
    paint.bold(paragraph(`${map.name}: options on ${symbol}, ${signWords(map)}`, 0)),
    "",
    ...openingParagraphs(map),
    "",
    paint.bold(`  Dealers' exposure by price of ${symbol}, ${unitWords(map)}`),
    levelTable(map, paint),
    paragraph(
      "gamma: traded per 1 % of price, above 0 against the move (bar to the right), below 0 with it (bar to the left); 7 d, 30 d, 90 d: of it by contracts that expire by then; vanna: sold when volatility rises by a point; charm: sold as a day passes.",
    ),
    ...conventionLines(map, paint),
    ...expiryLines(map, paint),
    "",
    paint.bold("  Rests on"),
    ...layersOf(map).map(([name, { asOf, basis, coverageShare }]) => {
      const covers = coverageShare === null ? "coverage unknown" : `covers ${percent(coverageShare)}`;
      return `  ${name.padEnd(22)} ${asOf}  ${covers}  ${basis}`;
    }),
    ...map.tables.map(
      ({ table, convention, saidBy }) => `  ${`side of ${table.protocol}`.padEnd(22)} ${sideWords(convention, saidBy)}`,
    ),
    ...(map.tables.some(({ table }) => table.counts === "open") ? [paragraph(openInterestWords)] : []),
    ...leftOutLines(map, paint),
    "",
  ].join("\n");
}

/** How many rows are in no figure, in one sentence; empty where none is. */
function leftOutSentence({ leftOut }: GammaMap): string {
  if (leftOut.length === 0) return "";
  return `${grouped(leftOut.length, 0)} row${leftOut.length === 1 ? " is" : "s are"} in no figure.`;
}

function leftOutLines(map: GammaMap, paint: Paint): string[] {
  const { leftOut } = map;
  if (leftOut.length === 0) return [];
  const more = leftOut.length - leftOutShown;
  return [
    "",
    paint.bold("  Left out"),
    ...leftOut
      .slice(0, leftOutShown)
      .map(({ protocol, account, code, message }) => paragraph(`${protocol}, ${account}: ${message} (${code})`)),
    ...(more > 0 ? [`  and ${grouped(more, 0)} more (--json lists them)`] : []),
  ];
}

function sideWords(convention: string | null, saidBy: string): string {
  if (convention === null) return "each row's own";
  const by = { asked: "--sign", scenario: "declared in the scenario", default: "nobody said: --sign says another" };
  return `${convention}, assumed (${by[saidBy as keyof typeof by]})`;
}

/** The sentence that comes first, and where the gamma changes sign. */
export function openingSentences(map: GammaMap): readonly [string, string] {
  const { symbol, priceUsd } = map.book.assets[map.asset];
  const [gamma] = map.atSpot.gammaUsd;
  const band = conventionBand(map.atSpot, "gammaUsd", 0);
  const bandWords =
    band === null
      ? ""
      : ` Over all four conventions: ${grouped(band[0], 0)} (with the move) to ${grouped(band[1], 0)} (against it).`;
  const how = gamma === 0 ? "" : gamma > 0 ? " against the move" : " with the move";
  const left = leftOutSentence(map) === "" ? "" : ` ${leftOutSentence(map)}`;
  const only = map.onlyExpiries.length === 0 ? "" : ` Only what expires on ${map.onlyExpiries.join(", ")}.`;
  const levels = map.exposure.levelsUsd;
  const flips =
    map.exposure.flipsUsd.length === 0
      ? `Gamma changes sign nowhere between ${grouped(levels[levels.length - 1], 0)} and ${grouped(levels[0], 0)} USD.`
      : `Gamma changes sign at ${map.exposure.flipsUsd.map((flip) => `${grouped(flip, 0)} USD (${percent(flip / priceUsd - 1)})`).join(", ")}.`;
  return [
    `At ${grouped(priceUsd, 0)} USD a move of 1 % makes dealers trade ${grouped(Math.abs(gamma), 0)} USD of ${symbol}${how}. Sign: ${signWords(map)}.${bandWords}${only}${left}`,
    `${flips} Volatility is ${regimeWords(map)}. ${gammaBasis(map) === "assumed" ? "Figures are assumed, as the side is." : `Figures are ${gammaBasis(map)}.`}`,
  ];
}

function openingParagraphs(map: GammaMap): string[] {
  return openingSentences(map).map((sentence) => paragraph(sentence));
}

/** What happens to volatility as the price moves, in words. */
export function regimeWords({ exposure }: GammaMap): string {
  const words = {
    "sticky-strike": "each contract's own at every level (sticky strike)",
    "sticky-delta": "that of the same moneyness: the smile moves with the price (sticky delta)",
    local: "read against the price, as local volatility has it (local)",
  };
  return words[exposure.regime];
}

/** Amounts are printed in billions or millions where they reach them, else in thousands. */
function scaleOf(map: GammaMap): { readonly divisor: number; readonly words: string } {
  const { gammaUsd, vannaUsd, charmUsd } = map.exposure;
  const most = Math.max(...[gammaUsd, vannaUsd, charmUsd].flatMap((column) => Array.from(column, Math.abs)));
  if (most >= 2e9) return { divisor: 1e9, words: "billions of USD" };
  if (most >= 2e6) return { divisor: 1e6, words: "millions of USD" };
  return most >= 2e3 ? { divisor: 1e3, words: "thousands of USD" } : { divisor: 1, words: "USD" };
}

function unitWords(map: GammaMap): string {
  return scaleOf(map).words;
}

function amount(value: number, divisor: number): string {
  const text = (value / divisor).toFixed(2);
  return /^-?0\.00$/.test(text) ? "0.00" : text.replace(/\B(?=(\d{3})+(?=\.))/g, ",");
}

function levelTable(map: GammaMap, paint: Paint): string {
  const { exposure, book, asset } = map;
  const { priceUsd } = book.assets[asset];
  const { divisor } = scaleOf(map);
  const buckets = bucketed(exposure, "gammaUsd");
  const last = exposure.levelsUsd.length - 1;
  const rows = Math.min(rowCount, last + 1);
  const places = [...new Set(Array.from({ length: rows }, (_, row) => Math.round((row * last) / (rows - 1))))];
  const most = Math.max(...exposure.gammaUsd.map(Math.abs));
  const cells = places.map((level) => {
    const levelUsd = exposure.levelsUsd[level];
    const gamma = exposure.gammaUsd[level];
    const within = [0, 1, 2].map((bucket) =>
      buckets.slice(0, bucket + 1).reduce((sum, column) => sum + column[level], 0),
    );
    const now = Math.abs(levelUsd / priceUsd - 1) < 1e-9;
    return [
      grouped(levelUsd, levelUsd < 10 ? 3 : 0),
      now ? "now" : percent(levelUsd / priceUsd - 1, 0),
      signedBar(gamma / most, paint),
      amount(gamma, divisor),
      ...within.map((sum) => amount(sum, divisor)),
      amount(exposure.vannaUsd[level], divisor),
      amount(exposure.charmUsd[level], divisor),
    ];
  });
  const head = (name: string) => ({ head: name, align: "right" as const });
  return tableText(
    [
      head("price"),
      head("move"),
      { head: "", align: "left" },
      head("gamma"),
      ...nearness.slice(0, 3).map(({ short }) => head(short)),
      head("vanna"),
      head("charm"),
    ],
    cells,
  );
}

/** A bar to the left (below 0) or to the right of a middle line. */
function signedBar(share: number, paint: Paint): string {
  const length = Number.isFinite(share) ? Math.min(barWidth, Math.round(Math.abs(share) * barWidth)) : 0;
  const blocks = length === 0 && share !== 0 && Number.isFinite(share) ? "▏" : "█".repeat(length);
  const left = share < 0 ? " ".repeat(barWidth - blocks.length) + paint.red(blocks) : " ".repeat(barWidth);
  const right = share > 0 ? paint.blue(blocks) + " ".repeat(barWidth - blocks.length) : " ".repeat(barWidth);
  return `${left}│${right}`;
}

function conventionLines(map: GammaMap, paint: Paint): string[] {
  const { exposure, atSpot } = map;
  if (exposure.conventions === null || atSpot.conventions === null) return [];
  const { divisor } = scaleOf(map);
  const rows = exposure.conventions.map(({ convention, flipsUsd }, place) => {
    const spot = atSpot.conventions?.[place] ?? exposure;
    return [
      conventionWords(convention),
      amount(spot.gammaUsd[0], divisor),
      amount(spot.vannaUsd[0], divisor),
      amount(spot.charmUsd[0], divisor),
      flipsUsd.length === 0
        ? "none"
        : flipsUsd
            .slice(0, 3)
            .map((flip) => grouped(flip, 0))
            .join(", "),
    ];
  });
  const head = (name: string) => ({ head: name, align: "right" as const });
  return [
    "",
    paint.bold("  At spot, if dealers were"),
    tableText(
      [{ head: "", align: "left" }, head("gamma"), head("vanna"), head("charm"), head("sign changes at")],
      rows,
    ),
  ];
}

function expiryLines(map: GammaMap, paint: Paint): string[] {
  const { atSpot, book, asset } = map;
  const { divisor } = scaleOf(map);
  const rows = atSpot.expiries.slice(0, expiriesShown).map(({ leftMs, contracts, coins, gammaUsd }) => [
    `${formatMoment(book.atMs + leftMs)
      .slice(0, 16)
      .replace("T", " ")}`,
    grouped(contracts),
    grouped(coins, 0),
    amount(gammaUsd[0], divisor),
  ]);
  const more = atSpot.expiries.length - rows.length;
  return [
    "",
    paint.bold("  By expiry (UTC), at spot"),
    tableText(
      [
        { head: "expires", align: "left" },
        { head: "contracts", align: "right" },
        { head: book.assets[asset].symbol, align: "right" },
        { head: "gamma", align: "right" },
      ],
      rows,
    ),
    ...(more > 0 ? [`  and ${more} later ones (--json lists them)`] : []),
  ];
}
