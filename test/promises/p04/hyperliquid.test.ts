import { describe, expect, it } from "vitest";
import * as hyperliquid from "../../../engine/src/exact/hyperliquid/index.js";
import type { PerpetualsRows } from "../../../engine/src/mechanisms/pressure/perpetuals/rows.js";
import {
  exactAsset,
  exactRules,
  type HyperliquidParams,
} from "../../../engine/src/mechanisms/pressure/protocols/hyperliquid.js";
import type { HyperliquidClosing } from "../../../engine/src/mechanisms/pressure/protocols/hyperliquid-closing.js";
import type { Plan } from "../../../engine/src/scenario/plan.js";
import { perpetualPlan } from "../../support/perpetual-scenarios.js";
import {
  newPerpetualCount,
  type PerpetualTwin,
  type TwinState,
  watchPerpetuals,
} from "../../support/perpetual-twin.js";
import { p04Scenarios, p04Seed } from "./scenarios.js";

const asset = "ETH";

/** Hyperliquid in bigint at the engine's decimals; `seen` counts what was ordered. */
function twinOf(plan: Plan, engine: PerpetualsRows, seen: Record<string, number>): PerpetualTwin {
  const params = plan.mechanisms.find(({ name }) => name === "exchange")?.params as HyperliquidParams;
  const rules = exactRules(params, plan.book);
  const assets = { [asset]: exactAsset(params, plan.book) };
  const partialAt = (row: number) => {
    const at = (engine.closing as HyperliquidClosing).partialAt[row];
    return at < 0 ? null : BigInt(at);
  };
  const exchangeOf = ({ positions, vault }: TwinState, only?: number): hyperliquid.Exchange => ({
    rules,
    assets,
    accounts: Object.fromEntries(
      positions.flatMap(({ size, entry, margin }, row): [string, hyperliquid.Account][] => {
        if (only !== undefined && only !== row) return [];
        const open: Record<string, hyperliquid.Position> =
          size === 0n ? {} : { [asset]: { size, entryNotional: entry } };
        return [[String(row), { walletBalance: margin, positions: open, partialAt: partialAt(row) }]];
      }),
    ),
    vault: { balance: vault.cash, inventory: { [asset]: { units: vault.units, cost: vault.cost } } },
  });
  const see = (what: string) => {
    seen[what] = (seen[what] ?? 0) + 1;
  };
  return {
    liquidatable: ({ size, entry, margin }, mark) =>
      hyperliquid.isLiquidatable(
        { rules, assets, accounts: {}, vault: { balance: 0n, inventory: {} } },
        { [asset]: mark },
        { walletBalance: margin, positions: { [asset]: { size, entryNotional: entry } }, partialAt: null },
      ),
    attempt(state, row, { units, otherwise }) {
      const exchange = exchangeOf(state, row);
      const marks = { [asset]: state.mark };
      const account = exchange.accounts[row];
      const expected = { units: 0n, otherwise: "wait" };
      if (hyperliquid.isUnderwater(exchange, marks, account)) expected.otherwise = "deleverage";
      else if (hyperliquid.isBackstopped(exchange, marks, account)) expected.otherwise = "take-over";
      else if (account.partialAt === BigInt(state.timeMs)) see("one part a tick");
      else {
        try {
          const order = hyperliquid.liquidationOrder(exchange, marks, String(row), asset, BigInt(state.timeMs));
          expected.units = order.units;
          see(order.partial ? "part" : account.partialAt === null ? "whole" : "whole after a part");
        } catch (error) {
          if (!(error instanceof hyperliquid.CoolingDown)) throw error;
          see("cooling down");
        }
      }
      return expected.units === BigInt(units) && expected.otherwise === otherwise
        ? []
        : [`${units} ${otherwise}, exact ${expected.units} ${expected.otherwise}`];
    },
    world(state) {
      let exchange = exchangeOf(state);
      const marks = { [asset]: state.mark };
      const previous = { [asset]: state.previousMark > 0n ? state.previousMark : state.mark };
      return {
        closeOnMarket(row, units, cash) {
          const now = BigInt(state.timeMs);
          exchange = hyperliquid.fillLiquidation(exchange, marks, String(row), asset, { units, cash }, now).exchange;
        },
        takeOver(row) {
          exchange = hyperliquid.backstop(exchange, marks, String(row)).exchange;
        },
        deleverage(bankrupt, winner, units) {
          exchange = hyperliquid.deleverageAgainst(
            exchange,
            marks,
            previous,
            String(bankrupt),
            String(winner),
            asset,
            units,
          ).exchange;
        },
        unwind(units, cash) {
          exchange = hyperliquid.unwindVault(exchange, asset, { units, cash }).exchange;
        },
        account(row) {
          const { walletBalance, positions } = exchange.accounts[row];
          const { size, entryNotional } = positions[asset] ?? { size: 0n, entryNotional: 0n };
          return { size, quote: walletBalance - (size < 0n ? -entryNotional : entryNotional) };
        },
        fund: () => state.fund,
        vault: () => ({ cash: exchange.vault.balance, ...exchange.vault.inventory[asset] }),
      };
    },
  };
}

describe("P04: Hyperliquid", () => {
  it(`behavior: P04 identical decisions at every decision, amounts within one unit (seed ${p04Seed})`, () => {
    const count = newPerpetualCount();
    const seen: Record<string, number> = {};
    for (let index = 0; index < p04Scenarios; index++) {
      const plan = perpetualPlan(p04Seed, index, {
        exchange: {
          protocol: "hyperliquid",
          market: "eth",
          unwind: "20 min",
          vault: index % 4 === 0 ? "1000 USD" : "1000000 USD",
          duringCooldown: index % 2 === 0 ? "entire-position" : "nothing",
          cooldown: index % 3 === 0 ? "3 min" : "30 s",
        },
        fundUsd: null,
        // Half of them around the size above which parts are closed, on ticks of ten seconds: less happens in one of them.
        ...(index % 2 === 1 ? { size: [4.5, 6], depth: [2, 3.5], tick: "10 s" } : {}),
      });
      watchPerpetuals(plan, (rows) => twinOf(plan, rows, seen), p04Seed, index, count);
    }
    expect(count.differences).toEqual([]);
    expect(count.farthest).toBeLessThanOrEqual(1n);
    expect(count.closes).toBeGreaterThan(p04Scenarios);
    for (const name of ["partCloses", "takeovers", "deleveraged", "unwinds"] as const)
      expect(count[name], name).toBeGreaterThan(0);
    for (const name of ["part", "whole", "whole after a part", "cooling down", "one part a tick"])
      expect(seen[name], name).toBeGreaterThan(0);
  });
});
