import type { Paint } from "../paint.js";
import { figureText, grouped, percent } from "../text/numbers.js";
import { paragraph, tableText } from "../text/table.js";
import type { AccountStory, OwnTrades, StoryEvent } from "./account-story.js";

/** What `explain SCENARIO --account ID` prints. */
export function accountText(story: AccountStory, paint: Paint): string {
  const holdings = story.holdings.map(({ role, amount }) => `${role} ${figureText(amount)}`).join(", ");
  return [
    paint.bold(`Account ${story.account} of ${story.protocol}`),
    "",
    paragraph(sentenceOf(story)),
    "",
    `  opens with  ${holdings}`,
    ...(story.events.length === 0 ? [] : ["", paint.bold("What happened (UTC)")]),
    ...story.events.map(eventLine),
    ...(story.heldBy.length === 0
      ? []
      : ["", ...story.heldBy.map(({ guard, times }) => `  held by ${guard}, ${grouped(times)} times`)]),
    ...pushLines(story, paint),
    "",
    `  seed ${story.seed}, path ${story.path}`,
    "",
  ].join("\n");
}

function sentenceOf(story: AccountStory): string {
  const ordered = story.events.find((event) => event.what === "ordered");
  const price =
    ordered?.priceUsd === undefined ? "" : ` when the published price reached ${figureText(ordered.priceUsd)}`;
  switch (story.outcome) {
    case "liquidated": {
      const first = story.events.find((event) => event.what === "liquidated");
      if (first === undefined) return "It was closed against another trader's bankruptcy (auto-deleveraging).";
      const waited =
        ordered !== undefined && ordered.tick !== first.tick ? `, after waiting since ${ordered.time}` : "";
      return `It became liquidatable${price} and was liquidated at ${first.time} by ${first.keeper ?? "its protocol"}${waited}.`;
    }
    case "rescued by its owner":
      return `Its owner acted in time: ${ordered === undefined ? "it was never liquidatable" : `it was liquidatable${price}, and nobody liquidated it`}.`;
    case "ordered, not liquidated":
      return story.heldBy.length > 0
        ? `It became liquidatable${price}, but ${story.heldBy.map((one) => one.guard).join(" and ")} held the order.`
        : `It became liquidatable${price}, but no one carried the order out: it recovered, found no depth, or the path ended first.`;
    default:
      if (story.trades !== null) return tradesSentence(story.trades);
      return story.lowestMargin === null
        ? "It was never liquidatable on this path."
        : `It was never liquidatable: at its worst, ${story.lowestMarginTime}, its collateral was worth ${percent((story.lowestMargin.value ?? 1) - 1, 2)} more than the edge.`;
  }
}

function tradesSentence({ sold, received, bought, paid, first, last }: OwnTrades): string {
  const parts = [
    sold.value === 0 ? "" : `sold ${figureText(sold)} for ${figureText(received)}`,
    bought.value === 0 ? "" : `bought ${figureText(bought)} for ${figureText(paid)}`,
  ].filter((part) => part !== "");
  return `By its rule it ${parts.join(" and ")}, ${first === last ? `at ${first}` : `between ${first} and ${last}`}.`;
}

function eventLine(event: StoryEvent): string {
  const parts = [
    event.priceUsd === undefined ? "" : `at a published ${figureText(event.priceUsd)}`,
    event.seized === undefined
      ? ""
      : `${event.what === "ordered" ? "may seize" : "seized"} ${figureText(event.seized)}`,
    event.repaid === undefined ? "" : `${event.what === "ordered" ? "for" : "repaid"} ${figureText(event.repaid)}`,
    event.badDebtUsd === undefined ? "" : `${figureText(event.badDebtUsd)} written off`,
    event.keeper === undefined ? "" : `by ${event.keeper}`,
  ].filter((part) => part !== "");
  return paragraph(`${event.time}  ${event.what}: ${parts.join(", ")} (round ${event.round + 1})`);
}

function pushLines(story: AccountStory, paint: Paint): string[] {
  const { push } = story;
  if (push === null) return [];
  const head = `${push.asset} moved ${percent(push.priceShare.value, 2)} from ${push.from} to ${push.to}; its fair value, the world outside, moved ${percent(push.fairShare.value, 2)}. ${push.by.length === 0 ? "Nobody in the scenario traded it before." : "Before, these traded it:"}`;
  const rose = (push.priceShare.value ?? 0) > 0;
  const rows = push.by.map((one) => [
    one.mechanism,
    one.kind,
    grouped(one.sold.value === null || !rose ? one.sold.value : 0 - one.sold.value, 2),
    percent(one.share.value, 1),
  ]);
  return [
    "",
    paint.bold("Who pushed the price"),
    paragraph(head),
    ...(rows.length === 0
      ? []
      : [
          tableText(
            [
              { head: "mechanism", align: "left" },
              { head: "kind", align: "left" },
              { head: `${rose ? "bought" : "sold"} ${push.asset}`, align: "right" },
              { head: rose ? "of all bought" : "of all sold", align: "right" },
            ],
            rows,
          ),
        ]),
  ];
}
