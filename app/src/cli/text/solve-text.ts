import type { Figure, Plan } from "@firebreak/engine";
import type { GainFigures, LandingFigures, SolveFigures } from "../../figures/solve.js";
import type { Paint } from "../paint.js";
import { durationText, figureText, grouped, percent, valueText } from "./numbers.js";
import { paragraph, tableText } from "./table.js";

/** What `solve` prints: the sentence, both ends, the gain at each horizon, the largest accounts. */
export function solveText(plan: Plan, json: SolveFigures, paint: Paint): string {
  const { shallowest, deepest, gain, foldShock } = json;
  const question = [
    ...Object.entries(json.moves).map(
      ([asset, move]) => `${asset} ${move < 0 ? "falls" : "rises"} ${percent(Math.abs(move))}`,
    ),
    ...Object.entries(json.sale).map(
      ([asset, coins]) => `${grouped(Math.abs(coins))} ${asset} are ${coins > 0 ? "sold" : "bought"} at once`,
    ),
  ].join(" and ");
  const forced = Object.entries(shallowest.forced).flatMap(([asset, coins]) =>
    coins.value === 0
      ? []
      : [`${grouped(Math.abs(coins.value ?? 0), 0)} ${asset} are ${(coins.value ?? 0) > 0 ? "sold" : "bought"}`],
  );
  const gainWords = `gain ${gainText(gain.atSpot)}${bandText(gain.atSpot)} at spot, ${gainText(gain.atShallowest)} where it ends, at most ${gainText(gain.max)}${bandText(gain.max)} at ${valueText(gain.maxPrice.value, "USD")}`;
  const foldWords =
    foldShock === null ? "There is no fold within the map." : `The fold is at ${percent(foldShock.value)}.`;
  const sentence = `If ${question}, ${grouped(shallowest.liquidated)} accounts are forced: ${forced.length === 0 ? "nothing is traded" : forced.join(", ")} (${figureText(shallowest.forcedUsd)} at spot); bad debt ${figureText(shallowest.badDebtUsd)}. ${gainWords[0].toUpperCase()}${gainWords.slice(1)}. ${foldWords}`;
  return [
    paint.bold(paragraph(plan.summary, 0)),
    "",
    paragraph(sentence),
    ...warnings(json).map((line) => paragraph(paint.yellow(line))),
    "",
    tableText(
      [
        { head: "", align: "left" },
        { head: "shallowest", align: "right" },
        { head: "deepest", align: "right" },
        { head: "unit", align: "left" },
      ],
      landingRows(shallowest, deepest),
    ),
    "",
    tableText(
      [
        { head: `gain over ${percent(gain.move.value)} within`, align: "left" },
        { head: "at spot", align: "right" },
        { head: "where it ends", align: "right" },
      ],
      json.gains.map((one: GainFigures) => [
        durationText(one.horizon.value ?? 0),
        gainText(one.atSpot),
        gainText(one.atShallowest),
      ]),
    ),
    ...sideLines(json),
    ...topLines(json),
    "",
    `  rests on  ${shallowest.forcedUsd.basis}   (firebreak explain says why)`,
    "",
  ].join("\n");
}

function warnings(json: SolveFigures): string[] {
  const { shallowest, deepest } = json;
  return [
    ...(json.nonMonotone
      ? [
          "A forced trade goes against the shock, or less is forced further on: the two ends are outcomes, not bounds (nonMonotone).",
        ]
      : []),
    ...(json.depthExhausted
      ? ["Depth is exhausted: the price stands at the last level and the rest is unfilled."]
      : []),
    ...(json.gain.noDepthPrice === null
      ? []
      : [`From ${figureText(json.gain.noDepthPrice)} on, forced flow meets no depth at all.`]),
    ...(shallowest.limit === null && deepest.limit === null
      ? []
      : [`No fixed point: ${shallowest.limit ?? deepest.limit}.`]),
  ];
}

function landingRows(shallowest: LandingFigures, deepest: LandingFigures): string[][] {
  const pair = (name: string, a: Figure, b: Figure) => [
    name,
    valueText(a.value, a.unit),
    valueText(b.value, b.unit),
    a.unit,
  ];
  return [
    ...Object.keys(shallowest.prices).map((asset) =>
      pair(`price of ${asset}`, shallowest.prices[asset], deepest.prices[asset]),
    ),
    pair("forced", shallowest.forcedUsd, deepest.forcedUsd),
    pair("repaid", shallowest.repaidUsd, deepest.repaidUsd),
    pair("bad debt", shallowest.badDebtUsd, deepest.badDebtUsd),
    ["accounts", grouped(shallowest.liquidated), grouped(deepest.liquidated), "accounts"],
    ["waves", grouped(shallowest.waves), grouped(deepest.waves), "rounds"],
  ];
}

/** The same question with dealers on another side of open interest: what they hold is an assumption, and part of the answer. */
function sideLines({ dealers, bySide }: SolveFigures): string[] {
  if (dealers.length === 0) return [];
  const right = (head: string) => ({ head, align: "right" as const });
  const rows = bySide.map((one) => [
    one.convention,
    valueText(one.price.value, "USD"),
    grouped(one.forcedUsd.value, 0),
    gainText(one.gainAtSpot),
    gainText(one.largestGain),
  ]);
  return [
    "",
    paragraph(
      `Sign, assumed: ${dealers.map(({ mechanism, sign }) => `${mechanism} ${sign}`).join(", ")}. If dealers were on another side of open interest:`,
    ),
    tableText(
      [{ head: "", align: "left" }, right("ends at USD"), right("forced USD"), right("gain at spot"), right("at most")],
      rows,
    ),
  ];
}

function topLines(json: SolveFigures): string[] {
  if (json.top.length === 0) return [];
  return [
    "",
    tableText(
      [
        { head: "largest accounts", align: "left" },
        { head: "of", align: "left" },
        { head: "forced USD", align: "right" },
        { head: "share", align: "right" },
        { head: "bad debt USD", align: "right" },
        { head: "without it", align: "right" },
      ],
      json.top.map((one) => [
        one.account.length > 16 ? `${one.account.slice(0, 15)}…` : one.account,
        one.mechanism,
        grouped(one.forcedUsd.value, 0),
        percent(one.share.value),
        grouped(one.badDebtUsd.value, 0),
        grouped(one.badDebtWithoutUsd.value, 0),
      ]),
    ),
  ];
}

function bandText({ band }: Figure): string {
  if (band === undefined) return "";
  const [low, high] = band.map((value) => (value === null ? "infinite" : value.toFixed(2)));
  return ` [${low} to ${high}]`;
}

/** A gain with two digits; without depth it is infinite. */
export function gainText(gain: Figure): string {
  return gain.value === null ? "infinite" : gain.value.toFixed(2);
}
