import { describe, expect, it } from "vitest";
import * as synthetix from "../../../engine/src/exact/synthetix-v3/index.js";
import {
  exactSynthetix,
  type SynthetixV3Params,
} from "../../../engine/src/mechanisms/pressure/protocols/synthetix-v3.js";
import {
  type SynthetixRows,
  synthetixKeeper,
  synthetixMarketName,
} from "../../../engine/src/mechanisms/pressure/synthetix/rows.js";
import { tapeKinds } from "../../../engine/src/run/tape.js";
import { positionPlan } from "../../support/position-scenarios.js";
import { runWatched, viewWith } from "../../support/watched-mechanism.js";
import { p04Scenarios, p04Seed } from "./scenarios.js";

/** The exact market as it stands in the engine's rows. */
function exactState(rows: SynthetixRows, parameters: synthetix.SynthetixParameters): synthetix.SynthetixState {
  let state = synthetix.emptyState(parameters, 0n);
  let [skew, size] = [0n, 0n];
  for (let row = 0; row < rows.count; row++) {
    if (rows.size[row] === 0) continue;
    const units = BigInt(rows.size[row]);
    skew += units;
    size += synthetix.magnitude(units);
    const position = { size: units, latestPrice: BigInt(rows.entrySteps[row]), latestFunding: 0n };
    state = synthetix.withAccount(state, String(row), {
      collateralUsd: BigInt(rows.collateral[row]),
      debtUsd: 0n,
      positions: new Map([[synthetixMarketName, position]]),
      flagged: rows.flagged[row] === 1,
    });
  }
  expect(skew).toBe(BigInt(rows.skew));
  const { market } = synthetix.marketOf(parameters, state, synthetixMarketName);
  const liquidations = rows.records.map(({ seconds, amount }) => ({ time: BigInt(seconds), amount: BigInt(amount) }));
  return synthetix.withMarket(state, synthetixMarketName, { ...market, skew, size, liquidations });
}

/** Runs one scenario beside the exact market: who is called, and what every call closed, seized and paid. */
function watch(index: number, seen: Record<string, number>): void {
  const plan = positionPlan(p04Seed, index, {
    exchange: {
      protocol: "synthetix-v3",
      instrument: index % 4 < 2 ? "ETH-PERP" : "ETH/USD",
      skewScale: [0, 3000, 30_000, 300_000][index % 4],
      initialMargin: "100%",
      minimumMargin: index % 2 === 0 ? "10 USD" : "0 USD",
      windowMultiplier: [0.5, 1, 4][index % 3],
      window: index % 2 === 0 ? "30 s" : "120 s",
      lowSkew: index % 3 === 0 ? "60%" : 0,
      endorsed: index % 6 === 5,
      collateralReward: index % 2 === 0 ? "1%" : 0,
      flagCost: "2 USD",
      liquidateCost: "1 USD",
      pool: index % 3 === 0 ? "0 USD" : "100000 USD",
      hedged: [0, "40%", "100%"][index % 3],
    },
    columns: ["size ETH", "entry USD", "margin USD"],
    tick: index % 5 === 0 ? "10 s" : "1 min",
    fairMark: index % 4 >= 2,
  });
  const params = plan.mechanisms.find(({ name }) => name === "exchange")?.params as SynthetixV3Params;
  const parameters = exactSynthetix(params, 7, 6);
  const prices = (rows: SynthetixRows) => new Map([[synthetixMarketName, BigInt(rows.mark)]]);
  runWatched<SynthetixRows>(plan, "exchange", p04Seed, index, {
    decide(rows, at, inner) {
      inner(at);
      if (rows.mark === 0) return;
      const state = exactState(rows, parameters);
      const time = BigInt(Math.floor(at.timeMs / 1000));
      const { rules, market } = synthetix.marketOf(parameters, state, synthetixMarketName);
      for (const [name, account] of state.accounts) {
        const size = synthetix.magnitude(account.positions.get(synthetixMarketName)?.size ?? 0n);
        const acts = account.flagged
          ? synthetix.maxLiquidatableAmount(rules, market, size, synthetixKeeper, time).amount > 0n
          : synthetix.isEligibleForLiquidation(parameters, state, account, prices(rows), time);
        if (acts) seen.orders++;
        if (account.flagged && !acts) seen.throttled++;
        if (acts !== rows.standingOf[Number(name)] >= 0)
          expect.fail(`scenario ${index}, tick ${at.tick}, row ${name}: exact ${acts}`);
      }
    },
    settle(rows, at, inner) {
      if (!at.afterTrades) return inner(at);
      const time = BigInt(Math.floor(at.timeMs / 1000));
      let state = exactState(rows, parameters);
      let paid = 0n;
      const keepers = () => BigInt(at.balance(rows.layout.outsideKeeper, rows.quote));
      const start = keepers();
      for (let fill = 0; fill < at.fills.count; fill++) {
        if (at.fills.mechanism[fill] !== at.mechanismIndex || at.fills.order[fill] < 0) continue;
        const name = String(at.fills.row[fill]);
        const end = synthetix.liquidate(parameters, state, name, synthetixKeeper, prices(rows), time);
        state = end.state;
        paid += end.rewardUsd;
        seen.calls++;
        if (end.flagged) seen.flagged++;
        if (end.rewardUsd > 0n) seen.rewards++;
        const [{ amount, grant, left }] = end.positions;
        if (!end.flagged && amount > 0n) seen.windows++;
        if (left > 0n || left < 0n) seen.partial++;
        if (grant === "low-skew") seen.lowSkew++;
        if (grant === "unlimited") seen.unlimited++;
        if (grant === "endorsed") seen.endorsed++;
      }
      const { calls } = seen;
      inner(
        viewWith(at, {
          record: (kind, a, b, x, y, z) => {
            if (kind === tapeKinds.trade) seen.hedges++;
            if (kind === tapeKinds.badDebt) seen.badDebt++;
            at.record(kind, a, b, x, y, z);
          },
        }),
      );
      expect(seen.calls).toBe(calls);
      for (let row = 0; row < rows.count; row++) {
        const account = synthetix.accountOf(state, String(row));
        const where = `scenario ${index}, tick ${at.tick}, row ${row}`;
        const size = account.positions.get(synthetixMarketName)?.size ?? 0n;
        if (size !== BigInt(rows.size[row])) expect(BigInt(rows.size[row]), where).toBe(size);
        if (account.flagged !== (rows.flagged[row] === 1)) expect(rows.flagged[row] === 1, where).toBe(account.flagged);
        if (size !== 0n && account.collateralUsd !== BigInt(rows.collateral[row])) expect.fail(where);
      }
      const gap = keepers() - start - paid;
      expect(gap < 0n ? -gap : gap).toBeLessThanOrEqual(BigInt(at.fills.count));
    },
  });
}

describe("P04: Synthetix v3", () => {
  it(`behavior: P04 identical decisions at every decision, amounts within one unit (seed ${p04Seed})`, () => {
    const seen: Record<string, number> = {
      orders: 0,
      throttled: 0,
      calls: 0,
      flagged: 0,
      rewards: 0,
      windows: 0,
      partial: 0,
      lowSkew: 0,
      unlimited: 0,
      endorsed: 0,
      hedges: 0,
      badDebt: 0,
    };
    for (let index = 0; index < p04Scenarios; index++) watch(index, seen);
    for (const [name, times] of Object.entries(seen))
      expect(times, JSON.stringify(seen)).toBeGreaterThan(name === "calls" ? p04Scenarios : 0);
  });
});
