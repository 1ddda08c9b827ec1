import { describe, expect, it } from "vitest";
import { oneAccountFalls } from "../../engine/src/mechanisms/demonstrations.js";
import type { LendingParams } from "../../engine/src/mechanisms/pressure/lending/schema.js";
import { lendingRule } from "../../engine/src/mechanisms/pressure/lending/state.js";
import { type AccountHealth, breaches, health } from "../../engine/src/rules/lending.js";
import { tapeKinds } from "../../engine/src/run/tape.js";
import { readScenario } from "../../engine/src/scenario/parse.js";
import { randomCascade, watch } from "../support/watched-cascade.js";

/**
 * Nobody is liquidated while healthy: a reader of the tape keeps books of its own (collateral and debt by account, prices as published) and asks the exact rule
 * at every liquidation. At the end it holds what the lender's rows hold.
 */
const seed = 20261124;
const cascadeCount = 400;

const nothingElse = (): never => {
  throw new Error("no files");
};

/** Guards and oracles that change when a standing order trades, and at which prices. */
const variants = [
  {},
  { guards: [{ name: "throttle", kind: "throttle", share: "5%" }] },
  { guards: [{ name: "keepers", kind: "keepers", capital: "100000 USD", route: "hold", latency: "10 min" }] },
  { prices: { late: { kind: "delayed-oracle", delay: "15 min" } }, oracle: "late" },
] as const;

describe("never while healthy", () => {
  it(`behavior: every liquidation of ${cascadeCount} random cascades finds its account in breach at the prices of its round`, () => {
    let liquidations = 0;
    let withdrawn = 0;
    for (let index = 0; index < cascadeCount; index++) {
      const { place, variant } = randomCascade(seed, index, { shorts: true });
      const change = variants[index % variants.length];
      const lender = {
        ...(variant.pressure?.lender as object),
        ...("oracle" in change ? { oracle: change.oracle } : {}),
      };
      const whole = {
        ...variant,
        ...("guards" in change ? { guards: change.guards } : {}),
        prices: { ...variant.prices, ...("prices" in change ? change.prices : {}) },
        pressure: { lender },
      };
      const { kernel, rows } = watch(whole);
      const { book, mechanisms } = readScenario(oneAccountFalls(whole), nothingElse);
      const at = kernel.opened.mechanisms.findIndex(({ name }) => name === "lender");
      const params = mechanisms.find(({ name }) => name === "lender")?.params as LendingParams;
      const rule = lendingRule(params, book);
      const decimals = book.assets.map(({ unitDecimals }) => unitDecimals);
      const table = book.positions.find(({ protocol }) => protocol === "lender");
      const held = (role: string, row: number) =>
        book.assets.map(
          (_, asset) =>
            table?.columns.find((column) => column.role === role && column.asset === asset)?.values[row] ?? 0,
        );
      const accounts = Array.from({ length: table?.ids.length ?? 0 }, (_, row) => ({
        collateral: held("collateral", row),
        debt: held("debt", row),
      }));
      const steps = new Float64Array(book.assets.length);
      const found: AccountHealth = { weightedCollateral: 0, collateralValue: 0, debtValue: 0 };
      for (const row of rows) {
        if (row.kind === tapeKinds.publish) {
          const feed = kernel.opened.feeds[row.a];
          if (feed.oracle === params.oracle) steps[feed.asset] = row.x;
        }
        if (row.kind === tapeKinds.withdraw) withdrawn++;
        if (row.a !== at) continue;
        if (row.kind === tapeKinds.seize) {
          const account = accounts[row.b];
          health(rule, account, steps, decimals, found);
          const inBreach = breaches(found.weightedCollateral, found.debtValue, rule.atEquality);
          expect(inBreach, `${place}, account ${row.b}, tick ${row.tick}, round ${row.round}`).toBe(true);
          account.collateral[row.y] -= row.x;
          liquidations++;
        }
        if (row.kind === tapeKinds.liquidate) {
          const { debt } = accounts[row.b];
          const owed = debt.findIndex((units) => units > 0);
          debt[owed] -= Math.min(row.y, debt[owed]);
        }
        if (row.kind === tapeKinds.badDebt) accounts[row.b].debt[row.y] -= row.x;
      }
      const state = kernel.opened.rows[at] as { collateral: Float64Array[]; debt: Float64Array[] };
      accounts.forEach(({ collateral, debt }, row) => {
        expect(collateral, place).toEqual(state.collateral.map((column) => column[row] ?? 0));
        expect(debt, place).toEqual(state.debt.map((column) => column[row] ?? 0));
      });
    }
    expect(liquidations).toBeGreaterThan(cascadeCount);
    expect(withdrawn).toBeGreaterThan(0);
  });
});
