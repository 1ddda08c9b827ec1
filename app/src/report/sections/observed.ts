import type { ReplayEnd } from "@firebreak/engine";
import { grouped, percent } from "../../cli/text/numbers.js";
import { failuresOf, openingText, ownersSentence, summaryText } from "../../replay/replay-words.js";
import type { ReplayedDay } from "../../replay/replayed-day.js";
import { figureOf } from "../chart/frame.js";
import { seizedChart } from "../chart/waves-chart.js";
import type { Section } from "../document.js";
import { basesOf } from "../figures.js";
import { type Markup, markup } from "../markup.js";
import { basisTag, tableOf } from "../table.js";
import { momentText, spanText } from "../time-text.js";

/** Accounts that the table lists at most. */
const listed = 30;

/** What really happened beside what the model says, failures first. */
export function observedSection(day: ReplayedDay): Section {
  const { plan, replay, findings, window } = day;
  const bases = basesOf(plan);
  const { atMs } = plan.book;
  const record = window.series.layers[window.events.layer];
  const failures = failuresOf(day);
  const content = markup`<p>${spanText(replay.windowMs)} from ${momentText(atMs)} UTC; ${replay.accountCount} accounts with debt at the start. Observed ${basisTag(record.basis)}, modelled ${basisTag(bases.run)}</p>${
    failures.length === 0 ? null : markup`<ul class="failures">${failures.map((line) => markup`<li>${line}</li>`)}</ul>`
  }${endsTable(day)}${[...openingText(day), ...ownersSentence(day), ...summaryText(day)].map((line) => markup`<p>${line}</p>`)}${figureOf(
    "seized-chart",
    `Observed: the amounts of each account at its first liquidation. Modelled: as seized, ${replay.ownersAct === null ? "nobody acting" : "at both ends"}.`,
    (size) => seizedChart(findings.loop, findings.acting, replay.observed, replay.collateral, atMs, size),
  )}<h3>Account by account</h3>${accountsTable(day)}`;
  return { id: "observed", title: "Observed and modelled", content };
}

function endsTable({ plan, replay }: ReplayedDay): Markup {
  const { atMs } = plan.book;
  const when = (ms: number | null) => (ms === null ? "never" : momentText(atMs + ms));
  const hours = (ms: number | null) => (ms === null ? "none in both" : grouped(ms / 3_600_000, 1));
  const banded = (value: number, [low, high]: readonly [number, number], digits: number) =>
    low === high
      ? grouped(value, digits)
      : markup`${grouped(value, digits)}<span class="band">${grouped(low, digits)} to ${grouped(high, digits)}</span>`;
  const row = (name: string, end: ReplayEnd) => ({
    cells: [
      name,
      banded(end.accounts, end.accountsBand, 1),
      banded(end.coins, end.coinsBand, 0),
      when(end.firstMs),
      percent(end.precision, 0),
      percent(end.recall, 0),
      end.brier.toFixed(3),
      hours(end.timeErrorMs),
    ],
  });
  const coins = replay.observed.reduce((sum, one) => sum + one.coins, 0);
  const first = when(replay.observed[0]?.firstMs ?? null);
  return tableOf(
    "The static rule is the naive baseline: everybody below the threshold at the published price, nothing sold, nobody acting. Precision: of those it names, the share that was liquidated. Recall: of those that were, the share it names. Brier: mean squared error of its probabilities, 0 is perfect. Bands: 5 % to 95 % of paths.",
    [
      { head: "", text: true },
      { head: "accounts" },
      { head: "seized", unit: replay.collateral },
      { head: "first", unit: "UTC" },
      { head: "precision" },
      { head: "recall" },
      { head: "Brier" },
      { head: "off in time", unit: "hours, median" },
    ],
    [
      {
        cells: ["liquidated on chain", grouped(replay.observed.length), grouped(coins, 0), first, "", "", "", ""],
        marked: true,
      },
      row("static rule (baseline)", replay.staticRule),
      row("nobody acts", replay.nobodyActs),
      ...(replay.ownersAct === null ? [] : [row("owners act as measured", replay.ownersAct)]),
    ],
    "Observed and modelled",
  );
}

function accountsTable({ plan, replay }: ReplayedDay): Markup {
  const end = replay.ownersAct ?? replay.nobodyActs;
  const { atMs } = plan.book;
  const chance = new Map(end.probabilities.map((one) => [one.account, one.probability]));
  const seen = new Map(replay.observed.map((one) => [one.account, one]));
  const named = [
    ...seen.keys(),
    ...end.probabilities.map((one) => one.account).filter((account) => !seen.has(account)),
  ];
  const rows = named.slice(0, listed).map((account) => {
    const really = seen.get(account);
    const probability = chance.get(account) ?? 0;
    return {
      marked: really !== undefined,
      cells: [
        account,
        really === undefined
          ? "no"
          : `${momentText(atMs + really.firstMs)}, ${grouped(really.coins, 0)} ${replay.collateral}`,
        percent(probability, 0),
        really === undefined ? (probability >= 0.5 ? "false alarm" : "") : probability >= 0.5 ? "hit" : "missed",
      ],
    };
  });
  const rest = named.length > listed ? ` ${named.length - listed} more are in the JSON beside this file.` : "";
  return tableOf(
    `Liquidated accounts first, then those the model would liquidate, by its probability.${rest}`,
    [
      { head: "account", text: true },
      { head: "liquidated on chain", text: true },
      { head: "modelled probability" },
      { head: "", text: true },
    ],
    rows,
    "Account by account",
  );
}
