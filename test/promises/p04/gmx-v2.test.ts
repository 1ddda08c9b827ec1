import { describe, expect, it } from "vitest";
import * as gmx from "../../../engine/src/exact/gmx-v2/index.js";
import type { GmxRows } from "../../../engine/src/mechanisms/pressure/gmx/rows.js";
import { exactGmx, type GmxV2Params } from "../../../engine/src/mechanisms/pressure/protocols/gmx-v2.js";
import { tapeKinds } from "../../../engine/src/run/tape.js";
import { positionPlan } from "../../support/position-scenarios.js";
import { runWatched, viewWith } from "../../support/watched-mechanism.js";
import { p04Scenarios, p04Seed } from "./scenarios.js";

const microUsd = 10n ** 24n;
const names = ["long", "short"] as const;

/** The exact market as it stands in the engine's rows: all positions, pool, open interest; deleveraging switched on. */
function exactMarket(rows: GmxRows): gmx.GmxMarket {
  const both = (values: ArrayLike<number>, scale = 1n) => ({
    long: BigInt(values[0]) * scale,
    short: BigInt(values[1]) * scale,
  });
  let market = gmx.emptyMarket(both(rows.state.pool));
  for (let row = 0; row < rows.count; row++) {
    if (rows.size[row] === 0) continue;
    market = gmx.addPosition(market, String(row), {
      isLong: rows.size[row] > 0,
      collateralToken: names[rows.token[row]],
      sizeUsd: BigInt(rows.cost[row]) * microUsd,
      sizeTokens: BigInt(Math.abs(rows.size[row])),
      collateralAmount: BigInt(rows.collateral[row]),
      pendingImpactAmount: 0n,
      borrowingFeeUsd: 0n,
      fundingFeeAmount: 0n,
    });
  }
  // What the engine keeps as sums is what its positions add up to.
  expect(market.openInterestUsd).toEqual(both(rows.state.cost, microUsd));
  expect(market.openInterestTokens).toEqual(both(rows.state.tokens));
  return { ...market, impactPoolAmount: BigInt(rows.state.impactPool), adlEnabled: { long: true, short: true } };
}

function exactPrices(rows: GmxRows): gmx.GmxPrices {
  const flat = (steps: number, decimals: number) => {
    const price = gmx.tokenPrice(BigInt(steps), decimals);
    return { min: price, max: price };
  };
  const coin = flat(rows.steps[0], 7);
  return { index: coin, long: coin, short: flat(rows.steps[1], 6) };
}

/** Runs one scenario beside the exact market: who is ordered, and what every liquidation and every deleveraging moved. */
function watch(index: number, seen: Record<string, number>): void {
  const plan = positionPlan(p04Seed, index, {
    exchange: {
      protocol: "gmx-v2",
      market: index % 2 === 0 ? "base-market" : "synthetic-market",
      instrument: index % 4 < 2 ? "ETH-PERP" : "ETH/USD",
      poolLong: [40, 400, 4000][index % 3],
      poolShort: [80_000, 800_000, 8_000_000][index % 3],
      hedged: [0, "40%", "100%"][index % 3],
      ...(index % 5 < 2 ? { impactFactor: 2e-8, impactExponent: index % 5 === 0 ? 2 : 1.7, maxImpact: "3%" } : {}),
      ...(index % 3 === 0 ? { maxProfitForTraders: "30%", deleverageAbove: "20%", deleverageTo: "12%" } : {}),
      maxNegativeImpact: index % 4 === 0 ? "0.1%" : "0.5%",
    },
    columns: ["size ETH", "entry USD", "margin USD", "margin ETH"],
    fairMark: index % 4 >= 2,
  });
  const params = plan.mechanisms.find(({ name }) => name === "exchange")?.params as GmxV2Params;
  const parameters = exactGmx(params);
  runWatched<GmxRows>(plan, "exchange", p04Seed, index, {
    decide(rows, at, inner) {
      inner(at);
      if (rows.steps[0] === 0) return;
      const market = exactMarket(rows);
      const prices = exactPrices(rows);
      for (const [name, position] of market.positions) {
        const bad = gmx.isLiquidatable(parameters, market, prices, position);
        const ordered = rows.standingOf[Number(name)] >= 0 || rows.stuckTick[Number(name)] === at.tick;
        if (bad) seen.orders++;
        if (bad !== ordered && rows.stuckTick[Number(name)] !== at.tick)
          expect.fail(`scenario ${index}, tick ${at.tick}, row ${name}: exact ${bad}`);
      }
    },
    settle(rows, at, inner) {
      if (!at.afterTrades) return inner(at);
      let before = exactMarket(rows);
      const prices = exactPrices(rows);
      const compare = (name: string, exact: gmx.CloseOutcome) => {
        const after = exactMarket(rows);
        const gap = (a: bigint, b: bigint) => (a > b ? a - b : b - a);
        const where = `scenario ${index}, tick ${at.tick}, row ${name}`;
        for (const token of names) {
          expect(gap(after.poolAmount[token], exact.state.poolAmount[token]), where).toBeLessThanOrEqual(1n);
        }
        expect(after.openInterestUsd, where).toEqual(exact.state.openInterestUsd);
        expect(after.openInterestTokens, where).toEqual(exact.state.openInterestTokens);
        const [mine, theirs] = [after.positions.get(name), exact.state.positions.get(name)];
        expect(mine?.sizeUsd, where).toBe(theirs?.sizeUsd);
        expect(gap(mine?.collateralAmount ?? 0n, theirs?.collateralAmount ?? 0n), where).toBeLessThanOrEqual(1n);
        before = after;
      };
      inner(
        viewWith(at, {
          record: (kind, a, b, x, y, z) => {
            at.record(kind, a, b, x, y, z);
            const name = String(b);
            if (kind === tapeKinds.liquidate) {
              const exact = gmx.liquidate(parameters, before, prices, name);
              compare(name, exact);
              seen.closes++;
              if (exact.unpaidUsd > 0n) seen.insolvent++;
              if (exact.impactUsd < 0n) seen.impact++;
              if (exact.impactDifferenceUsd > 0n) seen.held++;
            }
            if (kind === tapeKinds.deleverage) {
              const left = BigInt(rows.cost[b]) * microUsd;
              const position = before.positions.get(name);
              const closed = (position?.sizeUsd ?? 0n) - left;
              compare(name, gmx.deleverage(parameters, before, prices, name, closed));
              seen[left === 0n ? "deleveragedWhole" : "deleveragedPart"]++;
            }
            if (kind === tapeKinds.trade) seen.hedges++;
          },
        }),
      );
    },
  });
}

describe("P04: GMX v2", () => {
  it(`behavior: P04 identical decisions at every decision, amounts within one unit (seed ${p04Seed})`, () => {
    const seen: Record<string, number> = {
      orders: 0,
      closes: 0,
      insolvent: 0,
      impact: 0,
      held: 0,
      deleveragedWhole: 0,
      deleveragedPart: 0,
      hedges: 0,
    };
    for (let index = 0; index < p04Scenarios; index++) watch(index, seen);
    for (const [name, times] of Object.entries(seen))
      expect(times, JSON.stringify(seen)).toBeGreaterThan(name === "closes" ? p04Scenarios : 0);
  });
});
