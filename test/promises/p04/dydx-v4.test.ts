import { describe, expect, it } from "vitest";
import * as dydx from "../../../engine/src/exact/dydx-v4/index.js";
import {
  type DydxV4Params,
  exactConfig,
  exactPerpetual,
} from "../../../engine/src/mechanisms/pressure/protocols/dydx-v4.js";
import type { Plan } from "../../../engine/src/scenario/plan.js";
import { perpetualPlan } from "../../support/perpetual-scenarios.js";
import {
  newPerpetualCount,
  type PerpetualTwin,
  type TwinPosition,
  type TwinState,
  watchPerpetuals,
} from "../../support/perpetual-twin.js";
import { p04Scenarios, p04Seed } from "./scenarios.js";

const perpetual = "ETH";

/** dYdX v4 in bigint at the engine's decimals; `seen` counts what was ordered. Every attempt has a block of its own. */
function twinOf(plan: Plan, seen: Record<string, number>): PerpetualTwin {
  const params = plan.mechanisms.find(({ name }) => name === "exchange")?.params as DydxV4Params;
  const config = exactConfig(params, plan.book);
  const perpetuals = { [perpetual]: exactPerpetual(params, plan.book) };
  const quoteOf = ({ size, entry, margin }: TwinPosition) => margin - (size < 0n ? -entry : entry);
  const chainOf = (state: Pick<TwinState, "positions" | "fund">, only?: number): dydx.Chain => ({
    config,
    perpetuals,
    openInterest: {},
    subaccounts: Object.fromEntries(
      state.positions.flatMap((position, row): [string, dydx.Subaccount][] => {
        if (only !== undefined && only !== row) return [];
        const positions: Record<string, bigint> = position.size === 0n ? {} : { [perpetual]: position.size };
        return [[String(row), { quoteBalance: quoteOf(position), positions }]];
      }),
    ),
    insuranceFund: state.fund,
    height: 1n,
    liquidatedInBlock: {},
    negativeCollateralSeenAt: null,
  });
  const see = (what: string) => {
    seen[what] = (seen[what] ?? 0) + 1;
  };
  const riskOf = (chain: dydx.Chain, mark: bigint, row: number) =>
    dydx.subaccountRisk(chain, { [perpetual]: mark }, chain.subaccounts[row]);
  return {
    liquidatable(position, mark) {
      return dydx.isLiquidatable(riskOf(chainOf({ positions: [position], fund: 0n }), mark, 0));
    },
    attempt(state, row, { units, limitSteps, otherwise }) {
      const chain = chainOf(state, row);
      const under = riskOf(chain, state.mark, row).netCollateral < 0n;
      if (units === 0 && otherwise === "wait") {
        see("no block left");
        return [];
      }
      const order = dydx.liquidationOrder(chain, { [perpetual]: state.mark }, String(row), perpetual);
      see(
        order.quantums < (state.positions[row].size < 0n ? -state.positions[row].size : state.positions[row].size)
          ? "part"
          : "whole",
      );
      if (under) see("underwater");
      const away = order.limit - BigInt(limitSteps);
      const found: string[] = [];
      if (order.quantums !== BigInt(units)) found.push(`orders ${units}, exact ${order.quantums}`);
      if (away > 1n || away < -1n) found.push(`limit ${limitSteps}, exact ${order.limit}`);
      if ((otherwise === "deleverage") !== under) found.push(`${otherwise}, exact underwater ${under}`);
      return found;
    },
    world(state) {
      let chain = chainOf(state);
      const prices = { [perpetual]: state.mark };
      return {
        closeOnMarket(row, units, cash) {
          const fills = [{ quantums: units, quote: cash }];
          const outcome = dydx.liquidate(chain, prices, String(row), perpetual, fills);
          if (outcome.stopped !== null) throw new Error(outcome.stopped);
          chain = outcome.chain;
        },
        takeOver() {
          throw new Error("dYdX has no backstop");
        },
        deleverage(bankrupt, winner, units) {
          const outcome = dydx.deleverage(chain, prices, String(bankrupt), perpetual, [String(winner)], 0);
          if (outcome.fills[0]?.quantums !== units) throw new Error(`exact closes ${outcome.fills[0]?.quantums}`);
          chain = outcome.chain;
        },
        unwind() {
          throw new Error("dYdX has no backstop");
        },
        account(row) {
          const { quoteBalance, positions } = chain.subaccounts[row];
          return { size: positions[perpetual] ?? 0n, quote: quoteBalance };
        },
        fund: () => chain.insuranceFund,
        vault: () => state.vault,
      };
    },
  };
}

describe("P04: dYdX v4", () => {
  it(`behavior: P04 identical decisions at every decision, amounts within one unit (seed ${p04Seed})`, () => {
    const count = newPerpetualCount();
    const seen: Record<string, number> = {};
    for (let index = 0; index < p04Scenarios; index++) {
      const plan = perpetualPlan(p04Seed, index, {
        exchange: {
          protocol: "dydx-v4",
          market: "eth-usd",
          // A block is 10 or 30 s, so that a minute's tick holds six or two.
          blockTime: index % 2 === 0 ? "10 s" : "30 s",
        },
        leverage: [4, 30],
        sizeDecimals: 3,
      });
      watchPerpetuals(plan, () => twinOf(plan, seen), p04Seed, index, count);
    }
    expect(count.differences).toEqual([]);
    expect(count.farthest).toBeLessThanOrEqual(1n);
    expect(count.closes).toBeGreaterThan(p04Scenarios);
    for (const name of ["partCloses", "deleveraged", "fundPaid"] as const) expect(count[name], name).toBeGreaterThan(0);
    for (const name of ["part", "whole", "underwater", "no block left"]) expect(seen[name], name).toBeGreaterThan(0);
  });
});
