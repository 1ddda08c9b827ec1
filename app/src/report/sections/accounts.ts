import { type Findings, type Plan, powersOfTen } from "@firebreak/engine";
import { grouped, percent } from "../../cli/text/numbers.js";
import type { Section } from "../document.js";
import { basesOf } from "../figures.js";
import { markup } from "../markup.js";
import { gainText, usdText } from "../sentence.js";
import { tableOf } from "../table.js";

/** The accounts with the largest forced flow at the landing of the sentence's shock. */
export function accountsSection(plan: Plan, found: Findings): Section {
  const bases = basesOf(plan);
  const amounts = (list: readonly { readonly asset: number; readonly units: number }[]) =>
    list
      .map(({ asset, units }) => {
        const { symbol, unitDecimals } = plan.book.assets[asset];
        return `${grouped(units / powersOfTen[unitDecimals], 0)} ${symbol}`;
      })
      .join(", ");
  const rows = found.top.map((one) => ({
    cells: [
      one.description.account,
      markup`<span class="nowrap">${one.mechanism}</span>`,
      amounts(one.description.collateral),
      amounts(one.description.debt),
      one.triggerUsd === null ? "none" : grouped(one.triggerUsd, 0),
      gainText(one.forcedUsd / 1e6, 2),
      percent(one.share),
      gainText(one.badDebtWithoutUsd / 1e6, 2),
    ],
  }));
  const all = found.top[0]?.badDebtUsd ?? 0;
  const shock = percent(-found.sentenceMove, 0);
  const content =
    rows.length === 0
      ? markup`<p>A fall of ${shock} forces nobody.</p>`
      : tableOf(
          markup`Where a fall of ${shock} comes to rest, without time. Bad debt there is ${usdText(all)} in all; the last column is what it would be without the account. The trigger is the highest price at which the account is forced; above spot, it is forced already.`,
          [
            { head: "account", text: true },
            { head: "in", text: true },
            { head: "collateral", basis: bases.positions },
            { head: "debt", basis: bases.positions },
            { head: "trigger", unit: "USD", basis: bases.positions },
            { head: "forced to sell", unit: "M USD at spot", basis: bases.map },
            { head: "share of all forced", basis: bases.map },
            { head: "bad debt without it", unit: "M USD", basis: bases.map },
          ],
          rows,
          "Top accounts",
        );
  return { id: "accounts", title: "Top accounts", content };
}
