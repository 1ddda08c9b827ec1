import { describe, expect, it } from "vitest";
import * as deribit from "../../../engine/src/exact/deribit/index.js";
import type { CoinMarginedRows } from "../../../engine/src/mechanisms/pressure/coin-margined/rows.js";
import { type DeribitParams, exactDeribit } from "../../../engine/src/mechanisms/pressure/protocols/deribit.js";
import { tapeKinds } from "../../../engine/src/run/tape.js";
import { positionPlan } from "../../support/position-scenarios.js";
import { runWatched, viewWith } from "../../support/watched-mechanism.js";
import { p04Scenarios, p04Seed } from "./scenarios.js";

const exactAccount = ({ table }: CoinMarginedRows, row: number): deribit.DeribitAccount => ({
  contracts: BigInt(table.size[row]),
  entryValue: BigInt(table.entry[row]),
  balance: BigInt(table.margin[row]),
});

/** Runs one scenario beside the exact exchange: who is ordered, and every account and the fund after every step and every shared loss. */
function watch(index: number, seen: Record<string, number>): void {
  const plan = positionPlan(p04Seed, index, {
    exchange: {
      protocol: "deribit",
      instrument: "ETH-PERP",
      ...(index % 2 === 0
        ? { market: "eth-inverse" }
        : {
            contract: "10 USD",
            maintenance: "1.2%",
            perCoin: "0.01%",
            highest: "20%",
            fee: "0.5%",
            contractsPerStep: 37,
          }),
      stepsPerSecond: [0.05, 1, 20][index % 3],
      insuranceFund: `${[0, 500, 20_000][index % 3]} USD`,
    },
    columns: ["size USD", "entry USD", "margin ETH"],
    sizeStep: 10,
    accounts: 11,
    depth: index % 5 === 0 ? [3, 30] : [30, 3000],
  });
  const params = plan.mechanisms.find(({ name }) => name === "exchange")?.params as DeribitParams;
  const parameters = exactDeribit(params, plan.book);
  runWatched<CoinMarginedRows>(plan, "exchange", p04Seed, index, {
    decide(rows, at, inner) {
      const ordered = new Set<number>();
      inner(
        viewWith(at, {
          liquidate: (order) => {
            ordered.add(order.row);
            return at.liquidate(order);
          },
          withdraw: (order) => {
            seen.recovered++;
            at.withdraw(order);
          },
        }),
      );
      if (rows.mark === 0) return;
      for (let row = 0; row < rows.table.count; row++) {
        const bad = deribit.isLiquidatable(parameters, exactAccount(rows, row), BigInt(rows.mark));
        if (ordered.has(row)) {
          seen.orders++;
          if (!bad) expect(bad, `scenario ${index}, tick ${at.tick}, row ${row}`).toBe(true);
        } else if (bad) seen.waiting++;
        if (bad && rows.table.isTouched[row] === 0) expect.fail(`scenario ${index}, tick ${at.tick}, row ${row}`);
      }
    },
    settle(rows, at, inner) {
      if (!at.afterTrades) return inner(at);
      let state: deribit.DeribitExchange = {
        ...deribit.emptyExchange(BigInt(at.balance(rows.fund, rows.coin))),
        accounts: new Map(Array.from(rows.table.size, (_, row) => [String(row), exactAccount(rows, row)])),
      };
      const mark = BigInt(rows.mark);
      const { fills } = at;
      for (let fill = 0; fill < fills.count; fill++) {
        if (fills.order[fill] < 0 || fills.mechanism[fill] !== at.mechanismIndex) continue;
        const row = fills.row[fill];
        const name = String(row);
        const side = rows.table.size[row] > 0 ? 1 : -1;
        const coins = BigInt(side === 1 ? fills.soldUnits[fill] : fills.boughtUnits[fill]);
        const scaled = BigInt(side === 1 ? fills.soldCash[fill] : fills.boughtCash[fill]);
        let count = (BigInt(rows.carriedCash[row]) + scaled) / BigInt(rows.contractCash);
        if (count > BigInt(rows.ordered[row])) count = BigInt(rows.ordered[row]);
        const price = scaled * BigInt(rows.cashToSteps);
        const fillPrice = side === 1 ? price / coins : (price + coins - 1n) / coins;
        while (count > 0n && deribit.isLiquidatable(parameters, deribit.accountOf(state, name), mark)) {
          const perStep = count < parameters.contractsPerStep ? count : parameters.contractsPerStep;
          const step = deribit.liquidationStep(
            { ...parameters, contractsPerStep: perStep },
            state,
            name,
            mark,
            fillPrice,
          );
          state = step.state;
          count -= step.contracts;
          seen.steps++;
          if (step.covered > 0n) seen.covered++;
        }
        const after = deribit.accountOf(state, name);
        if (after.contracts === 0n) seen.whole++;
        else if (!deribit.isLiquidatable(parameters, after, mark)) seen.met++;
      }
      let badDebt = 0n;
      if (state.uncovered > 0n) {
        const lost = state.uncovered;
        const profits = new Map<string, bigint>();
        for (const [name, account] of state.accounts) {
          if (account.contracts === 0n) continue;
          profits.set(name, deribit.equity(parameters, { ...account, balance: 0n }, mark));
        }
        if ([...profits.values()].some((won) => won > 0n)) {
          const end = deribit.socialiseLoss(state, profits);
          state = end.state;
          seen.shared += end.paid.size;
        }
        badDebt = state.uncovered;
        if (badDebt > 0n) seen.badDebt++;
        expect(lost).toBeGreaterThan(0n);
      }
      let recorded = 0n;
      inner(
        viewWith(at, {
          record: (kind, a, b, x, y, z) => {
            if (kind === tapeKinds.badDebt) recorded += BigInt(x);
            at.record(kind, a, b, x, y, z);
          },
        }),
      );
      for (let row = 0; row < rows.table.count; row++) {
        const [mine, exact] = [exactAccount(rows, row), deribit.accountOf(state, String(row))];
        const same =
          mine.contracts === exact.contracts && mine.entryValue === exact.entryValue && mine.balance === exact.balance;
        if (!same) expect(mine, `scenario ${index}, tick ${at.tick}, row ${row}`).toEqual(exact);
      }
      expect(BigInt(at.balance(rows.fund, rows.coin))).toBe(state.fund);
      expect(recorded).toBe(badDebt);
    },
  });
}

describe("P04: Deribit", () => {
  it(`behavior: P04 identical decisions at every decision, amounts to the unit (seed ${p04Seed})`, () => {
    const seen: Record<string, number> = {
      orders: 0,
      waiting: 0,
      steps: 0,
      covered: 0,
      whole: 0,
      met: 0,
      shared: 0,
      badDebt: 0,
    };
    seen.recovered = 0;
    for (let index = 0; index < p04Scenarios; index++) watch(index, seen);
    for (const [name, times] of Object.entries(seen))
      expect(times, JSON.stringify(seen)).toBeGreaterThan(name === "steps" ? 1000 : 0);
  });
});
