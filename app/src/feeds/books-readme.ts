import type { RefillRate } from "./l2-refill.js";
import { checkLiquidations } from "./maker-replay.js";
import type { MeasuredFeed } from "./perpetual-feed.js";
import { refillWords } from "./ship-depth.js";
import { feeWords, type MakerDay, termsWords, totalWords } from "./ship-maker.js";
import { scoreStaticRule } from "./static-rule.js";
import { utcText } from "./utc-time.js";

/** The page beside the shipped books: what each is, the terms of each day, what was measured while importing. */
export function booksReadme(
  days: readonly MakerDay[],
  feed: MeasuredFeed,
  refill: RefillRate,
  optionWords: string,
): string {
  return [
    "# Shipped books and series",
    "",
    "Written by `app/src/feeds/ship.ts` from public raw sets (source, commit and licence stand in each file's layers). Do not edit by hand:",
    "`npx tsx app/src/feeds/ship.ts RAW_FOLDER books` writes all of them again, this page too.",
    "",
    "## Maker ETH-B, four crash days",
    "",
    "| day | vaults | ETH | DAI without fees | liquidated in five days | flagged by the static rule at the hourly low | of them liquidated |",
    "|---|---|---|---|---|---|---|",
    ...days.map(dayRow),
    "",
    ...days.flatMap(dayWords),
    "## Depth and refill",
    "",
    `Binance ETHUSDT perpetual, 2024-08-08: ${feed.matchWords}. Refill: ${refillWords(refill)}. Share of the missing volume still missing after 0.25, 0.5, 1, 2, 3, 5, 8, 12 and 20 s: ${refill.missingShare.map((share) => share.toFixed(2)).join(", ")}.`,
    "The wider market in the other books is a curve of aggregator quotes of 2023-11-20; how it is made stands in `app/src/feeds/quoteDepth.ts`.",
    "",
    "## crvUSD, 2024-01-30",
    "",
    "All borrowers of five markets with their bands (`firstBand`, `lastBand`: n1 and n2 of the controller) and health. tBTC has no depth here.",
    "",
    "## Ether at many protocols, 2024-01-30",
    "",
    "The crvUSD borrowers of ether of that day are real. Everybody else is invented but for one thing: the distances to liquidation are those of recorded Maker vaults (each layer says of which day). A book to study contagion on, not a record.",
    "",
    "## Ether in the winter of 2024",
    "",
    `The crvUSD borrowers of 30 January 2024, the open interest of Deribit's ETH options of 8 January, depth of 20 November 2023; vaults that insure themselves and vaults that sell options are invented. Options: ${optionWords}. Open interest says nothing of who holds which side.`,
    "",
  ].join("\n");
}

function dayRow(day: MakerDay): string {
  const score = scoreDay(day);
  const sum = (key: "collateralEth" | "debtDai") => day.vaults.reduce((total, vault) => total + Number(vault[key]), 0);
  const checks = checkLiquidations(day.vaults, day.events);
  const caught = score.liquidated.length - score.missed.length;
  return `| ${day.day} | ${day.vaults.length} | ${sum("collateralEth").toFixed(2)} | ${sum("debtDai").toFixed(2)} | ${checks.length}, ${score.liquidated.length} in the book | ${score.flagged.length} vaults, ${score.flaggedEth.toFixed(0)} ETH at ${score.lowUsd.toFixed(2)} USD (${utcText(score.lowAtMs)}) | ${caught} |`;
}

/** The static rule over the five days after the book. */
export function scoreDay(day: MakerDay) {
  const within = day.hourly.filter((point) => point.timeMs >= day.atMs);
  return scoreStaticRule(day.vaults, day.events, within, day.terms.collateralRatio);
}

function dayWords(day: MakerDay): string[] {
  const checks = checkLiquidations(day.vaults, day.events);
  const apart = checks.filter(
    (check) => Math.abs(check.seizedEth - check.replayedEth) > Math.max(0.5, 0.03 * check.replayedEth),
  );
  const match =
    checks.length === 0
      ? "Nobody was liquidated."
      : `After the owners' events are replayed, collateral matches the amount seized within 0.5 ETH or 3 % for ${checks.length - apart.length} of ${checks.length} vaults${apart.length === 0 ? "" : ` (not ${apart.map((check) => check.account).join(", ")})`}.`;
  return [
    `**${day.day}.** Terms: ${termsWords(day.terms)}. Of the debts, ${feeWords(day.fees)}; ${totalWords(day.total)}. ${match}`,
    "",
  ];
}
