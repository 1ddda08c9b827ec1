import { describe, expect, it } from "vitest";
import * as deribit from "../exact/deribit/index.js";
import * as inverse from "../exact/inverse-perpetual/index.js";
import { uniform } from "../math/index.js";
import { CoinContract, coinMarginRule, noClose } from "./coin-contract.js";
import { contractsUntilMet, deribitStep, lossShare, risingMaintenance } from "./deribit.js";
import { bankruptcyUnits, closeInverse, deleveragedGain, tieredMaintenance } from "./inverse-perpetual.js";
import { perpetualBreaches, perpetualBreachSteps } from "./perpetual.js";

const seed = 20250611;

function drawer(index: number) {
  let draws = 0;
  const random = () => uniform(seed, index, 0, 4, draws++);
  return {
    random,
    whole: (low: number, high: number) => Math.floor(low * (high / low) ** random()),
    pick: <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)],
  };
}

describe("coin-margined rules beside the exact exchanges", () => {
  it(`property: inverse: 2,000 random positions judged, closed and deleveraged as the exact exchange does, to the unit (seed ${seed})`, () => {
    let liquidatable = 0;
    let uncovered = 0;
    let refused = 0;
    for (let index = 0; index < 2000; index++) {
      const { random, whole, pick } = drawer(index);
      const coinDecimals = pick([7, 8]);
      const contractSteps = pick([1e8, 10e8, 100e8, 250_000_001]);
      const tiers = [
        { fromUnits: 0, rate: whole(1000, 20_000) },
        { fromUnits: whole(1e8, 1e10), rate: whole(20_000, 60_000) },
      ];
      const atEquality = random() < 0.5;
      const parameters: inverse.InversePerpetualParameters = {
        coinDecimals,
        contractValue: BigInt(contractSteps),
        tiers: tiers.map(({ fromUnits, rate }) => ({ fromCoin: BigInt(fromUnits), rate: BigInt(rate) })),
        liquidationFeeRate: BigInt(whole(1, 10_000)),
        liquidatableAtEquality: atEquality,
      };
      const contract = new CoinContract(contractSteps, coinDecimals);
      const rule = coinMarginRule(contract, tieredMaintenance(tiers), atEquality);
      const price = whole(50e8, 60_000e8);
      const contracts = whole(1, 1_000_000) * pick([1, -1]);
      const entry = contract.entry(contracts, price);
      expect(BigInt(entry)).toBe(inverse.entryValue(parameters, BigInt(contracts), BigInt(price)));
      const margin = Math.ceil(entry / whole(2, 100));
      const position = { contracts: BigInt(contracts), entryCoin: BigInt(entry), margin: BigInt(margin) };
      const mark = Math.floor(price * (0.9 + 0.2 * random()));
      const bad = perpetualBreaches(rule, contracts, entry, margin, mark);
      expect(bad).toBe(inverse.isLiquidatable(parameters, position, BigInt(mark)));
      const exactPrice = inverse.liquidationPrice(parameters, position);
      const breach = perpetualBreachSteps(rule, contracts, entry, margin);
      if (exactPrice !== undefined && exactPrice > 1n && exactPrice < 2n ** 46n)
        expect(BigInt(breach)).toBe(exactPrice);
      if (!bad) continue;
      liquidatable++;
      const fund = whole(1, 1e9);
      const count = pick([Math.abs(contracts), whole(1, Math.abs(contracts) + 1)]);
      const fill = Math.floor(mark * (0.97 + 0.06 * random()));
      let state = inverse.emptyExchange(BigInt(fund));
      state = { ...state, positions: new Map([["a", position]]) };
      const exact = inverse.liquidate(parameters, state, "a", BigInt(count), BigInt(mark), BigInt(fill));
      const fee = Number(parameters.liquidationFeeRate);
      const end = closeInverse(contract, contracts, entry, margin, count, fill, fee, fund, noClose());
      expect([end.fee, end.covered, end.uncovered].map(BigInt)).toEqual([exact.fee, exact.covered, exact.uncovered]);
      expect(BigInt(margin + end.toAccount)).toBe(inverse.positionOf(exact.state, "a").margin);
      expect(BigInt(entry - end.entry)).toBe(inverse.positionOf(exact.state, "a").entryCoin);
      if (end.uncovered > 0) uncovered++;
      if (contract.equity(contracts, entry, margin, mark) > 0) continue;
      const other = {
        contracts: -contracts,
        entry: Math.ceil(entry * (0.9 + 0.2 * random())),
        margin: whole(1, margin + 1),
      };
      state = {
        ...state,
        positions: new Map(state.positions).set("b", {
          contracts: BigInt(other.contracts),
          entryCoin: BigInt(other.entry),
          margin: BigInt(other.margin),
        }),
      };
      const gain = deleveragedGain({ contracts, entry, margin }, other, count);
      const together = () => inverse.deleverage(parameters, state, "a", "b", BigInt(count), BigInt(mark));
      if (Number.isNaN(gain)) {
        refused++;
        expect(together).toThrow(inverse.WinnerWouldBeBankrupt);
      } else expect(together().movements[1].coin).toBe(BigInt(gain));
      expect(BigInt(bankruptcyUnits(contracts, entry, margin))).toBe(
        inverse.bankruptcyCoin(position.contracts, position.entryCoin, position.margin),
      );
    }
    expect(liquidatable).toBeGreaterThan(400);
    expect(uncovered).toBeGreaterThan(50);
    expect(refused).toBeGreaterThan(20);
  });

  it(`property: Deribit: 2,000 random accounts judged and liquidated in the exact exchange's steps, to the unit (seed ${seed})`, () => {
    let steps = 0;
    let enough = 0;
    let shared = 0;
    for (let index = 0; index < 2000; index++) {
      const { random, whole, pick } = drawer(index + 5000);
      const preset = pick(deribit.presets.filter(({ parameters }) => parameters.kind === "inverse")).parameters;
      const perStep = whole(1, 2000);
      const parameters = { ...preset, contractsPerStep: BigInt(perStep) };
      const contract = new CoinContract(Number(parameters.contractValue), parameters.coinDecimals);
      const rates = {
        base: Number(parameters.maintenanceBase),
        perCoin: Number(parameters.perCoin),
        highest: Number(parameters.highestRate),
      };
      const maintenance = risingMaintenance(rates, parameters.coinDecimals);
      const rule = coinMarginRule(contract, maintenance, false);
      const price = whole(500e8, 90_000e8);
      const contracts = whole(1, 1_000_000) * pick([1, -1]);
      const entry = contract.entry(contracts, price);
      const balance = Math.ceil(entry / whole(2, 80));
      const mark = Math.floor(price * (0.93 + 0.14 * random()));
      const exactAccount = { contracts: BigInt(contracts), entryValue: BigInt(entry), balance: BigInt(balance) };
      const value = contract.value(contracts, mark);
      expect(BigInt(maintenance(value))).toBe(deribit.maintenanceMargin(parameters, BigInt(contracts), BigInt(mark)));
      const bad = perpetualBreaches(rule, contracts, entry, balance, mark);
      expect(bad).toBe(deribit.isLiquidatable(parameters, exactAccount, BigInt(mark)));
      if (!bad) continue;
      let fund = whole(1, 1e8);
      const position = { contracts, entry, balance };
      const fee = Number(parameters.liquidationFeeRate);
      const until = contractsUntilMet(contract, maintenance, position, perStep, mark, fee);
      let state: deribit.DeribitExchange = {
        ...deribit.emptyExchange(BigInt(fund)),
        accounts: new Map([["a", exactAccount]]),
      };
      let closed = 0;
      for (
        let step = 0;
        step < 40 && perpetualBreaches(rule, position.contracts, position.entry, position.balance, mark);
        step++
      ) {
        const fill = step % 2 === 0 ? mark : Math.floor(mark * (0.99 + 0.02 * random()));
        const count = Math.min(perStep, Math.abs(position.contracts));
        const exact = deribit.liquidationStep(parameters, state, "a", BigInt(mark), BigInt(fill));
        const end = deribitStep(contract, position, count, fill, fee, fund, noClose());
        fund += end.fee - end.covered;
        closed += count;
        state = exact.state;
        const after = deribit.accountOf(state, "a");
        expect([position.contracts, position.entry, position.balance].map(BigInt)).toEqual([
          after.contracts,
          after.entryValue,
          after.balance,
        ]);
        expect([end.fee, end.covered, end.uncovered, fund].map(BigInt)).toEqual([
          exact.fee,
          exact.covered,
          exact.uncovered,
          state.fund,
        ]);
        steps++;
      }
      if (position.contracts !== 0 && closed < until) continue;
      enough++;
      if (state.uncovered === 0n) continue;
      const won = [whole(1, 1e9), whole(1, 1e9), whole(1, 1e9)];
      const spread = deribit.socialiseLoss(state, new Map(won.map((one, place) => [String(place), BigInt(one)])));
      const all = won[0] + won[1] + won[2];
      const loss = Math.min(Number(state.uncovered), all);
      expect(
        won.map((one, place) =>
          BigInt(
            lossShare(
              loss,
              won.slice(0, place).reduce((a, b) => a + b, 0),
              one,
              all,
            ),
          ),
        ),
      ).toEqual([...spread.paid.values()]);
      shared++;
    }
    expect(steps).toBeGreaterThan(3000);
    expect(enough).toBeGreaterThan(100);
    expect(shared).toBeGreaterThan(20);
  });

  it("limit: contracts until the margin is met are the fewest whole steps: one step less does not meet it", () => {
    const contract = new CoinContract(1e8, 7);
    const maintenance = risingMaintenance({ base: 10_000, perCoin: 4, highest: 1e6 }, 7);
    const position = { contracts: 200_000, entry: contract.entry(200_000, 2000e8), balance: 9.75e7 };
    const mark = 1840e8;
    const count = contractsUntilMet(contract, maintenance, position, 2000, mark, 9000);
    expect(count % 2000).toBe(0);
    const gap = (closed: number) => {
      const after = { ...position };
      for (let done = 0; done < closed; done += 2000) deribitStep(contract, after, 2000, mark, 9000, 0, noClose());
      return (
        contract.equity(after.contracts, after.entry, after.balance, mark) -
        maintenance(contract.value(after.contracts, mark))
      );
    };
    expect(gap(count)).toBeGreaterThanOrEqual(0);
    expect(gap(count - 2000)).toBeLessThan(0);
  });
});
