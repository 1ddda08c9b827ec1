import { describe, expect, it } from "vitest";
import * as inverse from "../../../engine/src/exact/inverse-perpetual/index.js";
import type { CoinMarginedRows } from "../../../engine/src/mechanisms/pressure/coin-margined/rows.js";
import {
  exactInverse,
  type InversePerpetualParams,
} from "../../../engine/src/mechanisms/pressure/protocols/inverse-perpetual.js";
import { tapeKinds } from "../../../engine/src/run/tape.js";
import { positionPlan } from "../../support/position-scenarios.js";
import { runWatched, viewWith } from "../../support/watched-mechanism.js";
import { p04Scenarios, p04Seed } from "./scenarios.js";

const exactPosition = ({ table }: CoinMarginedRows, row: number): inverse.InversePosition => ({
  contracts: BigInt(table.size[row]),
  entryCoin: BigInt(table.entry[row]),
  margin: BigInt(table.margin[row]),
});

/** Runs one scenario beside the exact exchange: who is ordered, and every account, fund and clearing house after every settlement. */
function watch(index: number, seen: Record<string, number>): void {
  const plan = positionPlan(p04Seed, index, {
    exchange: {
      protocol: "inverse-perpetual",
      instrument: "ETH-PERP",
      contract: ["1 USD", "10 USD", "0.25 USD"][index % 3],
      tiers: [{ maintenance: "0.8%" }, { fromCoins: 40, maintenance: "2%" }],
      fee: index % 4 === 0 ? 0 : "0.4%",
      insuranceFund: `${[0, 500, 20_000][index % 3]} USD`,
      deleveraging: (["queue", "pro-rata", "none"] as const)[index % 3],
      atEquality: index % 2 === 0,
      // Large enough to take margins below 0 before the market moves.
      funding:
        index % 4 === 1 ? { rule: "fixed", rate: index % 8 === 1 ? "1%" : "-1%", every: "20 min" } : { rule: "off" },
    },
    columns: ["size USD", "entry USD", "margin ETH"],
    sizeStep: 10,
    depth: index % 5 === 0 ? [3, 30] : [30, 3000],
  });
  const params = plan.mechanisms.find(({ name }) => name === "exchange")?.params as InversePerpetualParams;
  const parameters = exactInverse(params, plan.book);
  runWatched<CoinMarginedRows>(plan, "exchange", p04Seed, index, {
    decide(rows, at, inner) {
      const ordered = new Set<number>();
      let withdrawn = 0;
      inner(
        viewWith(at, {
          liquidate: (order) => {
            ordered.add(order.row);
            return at.liquidate(order);
          },
          withdraw: (order) => {
            withdrawn++;
            at.withdraw(order);
          },
        }),
      );
      seen.withdrawn += withdrawn;
      if (rows.mark === 0) return;
      for (let row = 0; row < rows.table.count; row++) {
        const bad = inverse.isLiquidatable(parameters, exactPosition(rows, row), BigInt(rows.mark));
        // Every liquidatable account is ordered or waits in its queue; nobody else is.
        if (bad) seen.liquidatable++;
        if (ordered.has(row)) {
          seen.orders++;
          if (!bad) expect(bad, `scenario ${index}, tick ${at.tick}, row ${row}`).toBe(true);
        } else if (bad && rows.standingOf[row] < 0) seen.waiting++;
        if (bad && rows.table.isTouched[row] === 0) expect.fail(`scenario ${index}, tick ${at.tick}, row ${row}`);
      }
    },
    settle(rows, at, inner) {
      if (!at.afterTrades) return inner(at);
      const positions = new Map<string, inverse.InversePosition>();
      for (let row = 0; row < rows.table.count; row++) positions.set(String(row), exactPosition(rows, row));
      let state: inverse.InverseExchange = {
        positions,
        fund: BigInt(at.balance(rows.fund, rows.coin)),
        clearing: 0n,
        uncovered: 0n,
      };
      let badDebt = 0n;
      const { fills } = at;
      const taken: number[] = [];
      for (let fill = 0; fill < fills.count; fill++) {
        if (fills.order[fill] < 0 || fills.mechanism[fill] !== at.mechanismIndex) continue;
        const row = fills.row[fill];
        const side = rows.table.size[row] > 0 ? 1 : -1;
        const coins = BigInt(side === 1 ? fills.soldUnits[fill] : fills.boughtUnits[fill]);
        const cash = BigInt(side === 1 ? fills.soldCash[fill] : fills.boughtCash[fill]);
        if (coins === 0n) {
          taken.push(row);
          continue;
        }
        const most = (BigInt(rows.carriedCash[row]) + cash) / BigInt(rows.contractCash);
        const count = most < BigInt(rows.ordered[row]) ? most : BigInt(rows.ordered[row]);
        if (count === 0n) continue;
        const scaled = cash * BigInt(rows.cashToSteps);
        const price = side === 1 ? scaled / coins : (scaled + coins - 1n) / coins;
        const exact = inverse.liquidate(parameters, state, String(row), count, BigInt(rows.mark), price);
        state = exact.state;
        seen.closes++;
        if (inverse.positionOf(state, String(row)).contracts !== 0n) seen.partial++;
        if (exact.covered > 0n) seen.covered++;
        if (exact.uncovered > 0n) seen.uncovered++;
      }
      inner(
        viewWith(at, {
          record: (kind, a, b, x, y, z) => {
            if (kind === tapeKinds.badDebt) badDebt += BigInt(x);
            if (kind === tapeKinds.deleverage) {
              const end = inverse.deleverage(parameters, state, String(z), String(b), BigInt(x), BigInt(rows.mark));
              state = end.state;
              seen.deleveraged++;
              expect(taken).toContain(z);
            }
            at.record(kind, a, b, x, y, z);
          },
        }),
      );
      for (let row = 0; row < rows.table.count; row++) {
        const [mine, exact] = [exactPosition(rows, row), inverse.positionOf(state, String(row))];
        const same =
          mine.contracts === exact.contracts && mine.entryCoin === exact.entryCoin && mine.margin === exact.margin;
        if (!same) expect(mine, `scenario ${index}, tick ${at.tick}, row ${row}`).toEqual(exact);
      }
      expect(BigInt(at.balance(rows.fund, rows.coin))).toBe(state.fund);
      expect(badDebt).toBe(state.uncovered);
    },
  });
}

describe("P04: inverse perpetual", () => {
  it(`behavior: P04 identical decisions at every decision, amounts to the unit (seed ${p04Seed})`, () => {
    const seen: Record<string, number> = {
      liquidatable: 0,
      orders: 0,
      waiting: 0,
      withdrawn: 0,
      closes: 0,
      partial: 0,
      covered: 0,
      uncovered: 0,
      deleveraged: 0,
    };
    for (let index = 0; index < p04Scenarios; index++) watch(index, seen);
    for (const [name, times] of Object.entries(seen))
      expect(times, JSON.stringify(seen)).toBeGreaterThan(name === "closes" ? p04Scenarios : 0);
  });
});
