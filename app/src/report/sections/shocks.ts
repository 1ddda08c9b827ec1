import type { Banded, Findings, Plan, ShockRow } from "@firebreak/engine";
import { durationText, grouped, percent } from "../../cli/text/numbers.js";
import type { Section } from "../document.js";
import { basesOf } from "../figures.js";
import { markup } from "../markup.js";
import { gainText, horizonText } from "../sentence.js";
import { cell, tableOf } from "../table.js";

/** The shock table, and the gain at every horizon. */
export function shocksSection(plan: Plan, found: Findings): Section {
  const bases = basesOf(plan);
  const { symbol, table, horizonMs } = found;
  const number = (digits: number) => (value: number) => gainText(value, digits);
  const rows = table.map((row: ShockRow) => ({
    marked: row.move === found.sentenceMove,
    cells: [
      percent(row.move, 0),
      grouped(row.priceUsd, 0),
      grouped(row.liquidatable.accounts),
      grouped(row.liquidatable.coins, 0),
      ranged(row.soldSoon, number(0)),
      ranged(row.soldDay, number(0)),
      ranged(row.depthCoins, number(0)),
      row.slippageBps === null ? "nothing sold" : ranged(row.slippageBps, number(0)),
      ranged(row.badDebtUsd, millions),
      ranged(row.keeperProfitUsd, millions),
      ranged(row.gain, number(2)),
    ],
  }));
  const caption = markup`The price falls in a straight line (in log) for an hour and stays. Below each value its band: the smallest and the largest over half and twice the depth, a quarter and four times the refill, nobody acting, and the corners in which all work together. Liquidatable is static: who is forced at that price, until quiet. Sold counts what walked into depth in a run of this shock through the scenario's own oracles and keepers, from its start to ten minutes, or a day, after its hour; what was bought back in between is not taken off, so hedges that overshoot (a gain beyond 1 or -1) sell the same coins again. Depth is what the venues at balance buy before their own price is that far down, without refill. The gain is the largest on the way down, over 1 % within ${durationText(horizonMs)}.`;
  const decides = table.find((row) => row.move === found.sentenceMove);
  const content = markup`${tableOf(
    caption,
    [
      { head: `${symbol} falls` },
      { head: "price", unit: "USD" },
      { head: "liquidatable", unit: "accounts", basis: bases.positions },
      { head: "liquidatable", unit: symbol, basis: bases.positions },
      { head: "sold in ten minutes", unit: symbol, basis: bases.run },
      { head: "sold in a day", unit: symbol, basis: bases.run },
      { head: "depth to there", unit: symbol, basis: bases.depth },
      { head: "slippage", unit: "basis points", basis: bases.run },
      { head: "bad debt", unit: "M USD", basis: bases.run },
      { head: "keepers' profit", unit: "M USD", basis: bases.run },
      { head: "gain", basis: bases.map },
    ],
    rows,
    "Shock table",
  )}${decides === undefined ? null : markup`<p>At ${percent(decides.move, 0)}: most is sold with ${decides.soldDay.highEnd}, least with ${decides.soldDay.lowEnd}; the gain is largest with ${decides.gain.highEnd}.</p>`}<h3>The gain by horizon</h3><ul>${found.gains.map((gain) => markup`<li>${horizonText(gain)}</li>`)}</ul>`;
  return { id: "shocks", title: `What if ${symbol} falls`, content };
}

function millions(usd: number): string {
  return gainText(usd / 1e6, 2);
}

function ranged({ value, low, high }: Banded, text: (value: number) => string) {
  const [middle, least, most] = [value, low, high].map(text);
  return cell(middle, least === most ? null : `${least} to ${most}`);
}
