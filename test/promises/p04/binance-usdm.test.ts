import { describe, expect, it } from "vitest";
import * as binance from "../../../engine/src/exact/binance-usdm/index.js";
import {
  type BinanceUsdmParams,
  exactContract,
} from "../../../engine/src/mechanisms/pressure/protocols/binance-usdm.js";
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

const contract = "ETH";

/** Binance in bigint at the engine's decimals. */
function twinOf(plan: Plan): PerpetualTwin {
  const params = plan.mechanisms.find(({ name }) => name === "exchange")?.params as BinanceUsdmParams;
  const contracts = { [contract]: exactContract(params, plan.book) };
  const accountOf = ({ size, entry, margin }: TwinPosition): binance.Account => ({
    walletBalance: margin,
    positions: size === 0n ? {} : { [contract]: { size, entryNotional: entry } },
  });
  const exchangeOf = (state: TwinState): binance.Exchange => ({
    contracts,
    accounts: Object.fromEntries(state.positions.map((position, row) => [row, accountOf(position)])),
    insuranceFund: {
      balance: state.fund,
      inventory: { [contract]: { units: state.vault.units, cost: state.vault.cost } },
    },
  });
  return {
    liquidatable: (position, mark) =>
      binance.isLiquidatable(
        { contracts, accounts: {}, insuranceFund: { balance: 0n, inventory: {} } },
        { [contract]: mark },
        accountOf(position),
      ),
    attempt(state, row, { units }) {
      const exact = binance.liquidationOrder(exchangeOf(state), { [contract]: state.mark }, String(row), contract);
      return exact.units === BigInt(units) ? [] : [`orders ${units}, exact ${exact.units}`];
    },
    world(state) {
      let exchange = exchangeOf(state);
      const marks = { [contract]: state.mark };
      return {
        closeOnMarket(row, units, cash) {
          exchange = binance.fillLiquidation(exchange, marks, String(row), contract, { units, cash }).exchange;
        },
        takeOver(row) {
          exchange = binance.takeOverByFund(exchange, marks, String(row)).exchange;
        },
        deleverage(bankrupt, winner, units) {
          exchange = binance.deleverageAgainst(
            exchange,
            marks,
            String(bankrupt),
            String(winner),
            contract,
            units,
          ).exchange;
        },
        unwind(units, cash) {
          exchange = binance.unwindInventory(exchange, contract, { units, cash }).exchange;
        },
        account(row) {
          const { walletBalance, positions } = exchange.accounts[row];
          const { size, entryNotional } = positions[contract] ?? { size: 0n, entryNotional: 0n };
          return { size, quote: walletBalance - (size < 0n ? -entryNotional : entryNotional) };
        },
        fund: () => exchange.insuranceFund.balance,
        vault: () => ({ cash: 0n, ...exchange.insuranceFund.inventory[contract] }),
      };
    },
  };
}

describe("P04: Binance USD-M", () => {
  it(`behavior: P04 identical decisions at every decision, amounts within one unit (seed ${p04Seed})`, () => {
    const count = newPerpetualCount();
    for (let index = 0; index < p04Scenarios; index++) {
      const plan = perpetualPlan(p04Seed, index, {
        exchange: { protocol: "binance-usdm", market: "eth-usdt", unwind: "20 min" },
      });
      watchPerpetuals(plan, () => twinOf(plan), p04Seed, index, count);
    }
    expect(count.differences).toEqual([]);
    expect(count.farthest).toBeLessThanOrEqual(1n);
    expect(count.closes).toBeGreaterThan(p04Scenarios);
    for (const name of ["partCloses", "takeovers", "deleveraged", "unwinds", "fundPaid"] as const)
      expect(count[name], name).toBeGreaterThan(0);
  });
});
