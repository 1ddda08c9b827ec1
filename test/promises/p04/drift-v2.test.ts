import { describe, expect, it } from "vitest";
import * as drift from "../../../engine/src/exact/drift-v2/index.js";
import { slotOf } from "../../../engine/src/mechanisms/pressure/drift/mechanism.js";
import type { DriftRows } from "../../../engine/src/mechanisms/pressure/drift/rows.js";
import { type DriftV2Params, exactDrift } from "../../../engine/src/mechanisms/pressure/protocols/drift-v2.js";
import { positionPlan } from "../../support/position-scenarios.js";
import { runWatched } from "../../support/watched-mechanism.js";
import { p04Scenarios, p04Seed } from "./scenarios.js";

const least = (a: bigint, b: bigint) => (a < b ? a : b);

/** The exact market as it stands in the engine's rows; the liquidator is the last user. */
function exactState(rows: DriftRows, insurance: number): drift.DriftState {
  const users = new Map<string, drift.DriftUser>();
  for (let row = 0; row <= rows.count; row++) {
    users.set(String(row), {
      deposit: BigInt(rows.deposit[row]),
      base: BigInt(rows.base[row]),
      quote: BigInt(rows.quote[row]),
      lastFundingRate: BigInt(rows.fundingRate[row]),
      lastActiveSlot: BigInt(rows.activeSlot[row]),
      marginFreed: BigInt(rows.freed[row]),
      beingLiquidated: rows.liquidating[row] === 1,
      bankrupt: false,
    });
  }
  return {
    ...drift.emptyState({ insurance: BigInt(insurance), feePool: 0n }),
    users,
    fundingRateLong: BigInt(rows.longRate),
    fundingRateShort: -BigInt(rows.longRate),
    insuranceSettled: BigInt(rows.insuranceSettled),
  };
}

/** Runs one scenario beside the exact market: who is called, and every user, the liquidator, rates and fund after every settlement. */
function watch(index: number, seen: Record<string, number>): void {
  const plan = positionPlan(p04Seed, index, {
    exchange: {
      protocol: "drift-v2",
      instrument: index % 4 < 2 ? "ETH-PERP" : "ETH/USD",
      ...(index % 2 === 0
        ? { market: "code-defaults" }
        : {
            initialMargin: "8%",
            maintenance: "4%",
            imf: 0.0004,
            liquidatorFee: "0.7%",
            insuranceFee: "0.5%",
            duration: 900,
            initialShare: "5%",
          }),
      insuranceFund: `${[0, 500, 50_000][index % 3]} USD`,
      liquidatorCapital: `${[5_000, 200_000, 10_000_000][index % 3]} USD`,
    },
    columns: ["size ETH", "entry USD", "margin USD"],
    tick: index % 5 === 0 ? "10 s" : "1 min",
    leverage: [3, 25],
    accounts: 10,
    fairMark: index % 4 >= 2,
  });
  const params = plan.mechanisms.find(({ name }) => name === "exchange")?.params as DriftV2Params;
  const parameters = exactDrift(params, 7, 6);
  const prices = (rows: DriftRows) => ({ oracle: BigInt(rows.mark), quote: parameters.priceOne });
  runWatched<DriftRows>(plan, "exchange", p04Seed, index, {
    decide(rows, at, inner) {
      inner(at);
      if (rows.mark === 0) return;
      const state = exactState(rows, 0);
      const slot = slotOf(rows, at.timeMs);
      for (let row = 0; row < rows.count; row++) {
        const user = drift.settleFunding(parameters, state, drift.userOf(state, String(row)));
        if (user.base === 0n || rows.doneSlot[row] === slot) continue;
        const bad = user.beingLiquidated || drift.isLiquidatable(parameters, user, prices(rows));
        if (bad) seen.orders++;
        if (bad !== rows.standingOf[row] >= 0)
          expect.fail(`scenario ${index}, tick ${at.tick}, row ${row}: exact ${bad}`);
      }
    },
    settle(rows, at, inner) {
      if (!at.afterTrades) return inner(at);
      let state = exactState(rows, at.balance(rows.insurance, rows.quoteAsset));
      const slot = BigInt(slotOf(rows, at.timeMs));
      const taker = String(rows.count);
      const { fills } = at;
      for (let fill = 0; fill < fills.count; fill++) {
        if (fills.mechanism[fill] !== at.mechanismIndex) continue;
        if (fills.order[fill] < 0) {
          seen.trades++;
          const base = BigInt(fills.boughtUnits[fill] - fills.soldUnits[fill]);
          const quote = BigInt(fills.soldCash[fill] - fills.boughtCash[fill]);
          const held = drift.settleFunding(parameters, state, drift.userOf(state, taker));
          const after = held.base + base;
          const rate = after > 0n ? state.fundingRateLong : state.fundingRateShort;
          const next = { ...held, base: after, quote: held.quote + quote, lastFundingRate: rate };
          const result = next.quote < -next.deposit ? -next.deposit : next.quote;
          const closed = { ...next, deposit: next.deposit + result, quote: next.quote - result };
          state = drift.withUsers(state, { [taker]: next.base === 0n ? closed : next });
          continue;
        }
        state = call(state, String(fills.row[fill]), taker, slot, rows);
      }
      inner(at);
      expect(BigInt(at.balance(rows.insurance, rows.quoteAsset))).toBe(state.insurance);
      expect(BigInt(rows.longRate)).toBe(state.fundingRateLong);
      for (let row = 0; row <= rows.count; row++) {
        const user = drift.userOf(state, String(row));
        const where = `scenario ${index}, tick ${at.tick}, row ${row}`;
        for (const [mine, exact] of [
          [rows.deposit[row], user.deposit],
          [rows.base[row], user.base],
          [rows.quote[row], user.quote],
          [rows.liquidating[row], user.beingLiquidated ? 1n : 0n],
          ...(user.beingLiquidated ? [[rows.freed[row], user.marginFreed] as const] : []),
          ...(user.base === 0n ? [] : [[rows.fundingRate[row], user.lastFundingRate] as const]),
        ] as const)
          if (BigInt(mine) !== exact) expect(BigInt(mine), where).toBe(exact);
      }
    },
  });

  /** One call of the exact protocol with as much as its liquidator can carry, and what follows for a user without a position. */
  function call(start: drift.DriftState, name: string, taker: string, slot: bigint, rows: DriftRows): drift.DriftState {
    const at = prices(rows);
    const { base } = drift.userOf(start, name);
    const size = base < 0n ? -base : base;
    const offer = (units: bigint) => {
      try {
        return drift.liquidatePerp(parameters, start, name, taker, units, at, slot);
      } catch (error) {
        if (error instanceof drift.InsufficientCollateral) return undefined;
        throw error;
      }
    };
    let end: drift.DriftLiquidation | undefined;
    try {
      end = offer(size);
      if (end === undefined) {
        seen.limited++;
        let [low, high] = [0n, size / parameters.stepSize];
        while (high - low > 1n) {
          const middle = low + (high - low) / 2n;
          if (offer(middle * parameters.stepSize) === undefined) high = middle;
          else low = middle;
        }
        if (low === 0n) return start;
        end = offer(low * parameters.stepSize);
      }
    } catch (error) {
      if (error instanceof drift.SufficientCollateral || error instanceof drift.MathError) return start;
      throw error;
    }
    if (end === undefined) return start;
    seen[end.result]++;
    let { state } = end;
    const user = drift.userOf(state, name);
    if (end.result !== "closed" || user.base !== 0n || user.quote >= 0n) return state;
    seen.whole++;
    if (!user.beingLiquidated && !user.bankrupt && user.deposit + user.quote >= 0n) return state;
    if (!user.bankrupt) state = drift.takeDepositForLoss(parameters, state, name, taker, at, slot).state;
    if (!drift.isBankrupt(drift.userOf(state, name))) return state;
    try {
      const resolved = drift.resolveBankruptcy(parameters, state, name);
      if (resolved.fromInsurance > 0n) seen.insured++;
      if (resolved.socialised > 0n) seen.shared++;
      expect(resolved.fromInsurance).toBe(least(resolved.fromInsurance, resolved.loss));
      return resolved.state;
    } catch (error) {
      if (error instanceof drift.CantResolvePerpBankruptcy) return state;
      throw error;
    }
  }
}

describe("P04: Drift v2", () => {
  it(`behavior: P04 identical decisions at every decision, amounts to the unit (seed ${p04Seed})`, () => {
    const seen: Record<string, number> = {
      orders: 0,
      trades: 0,
      limited: 0,
      exited: 0,
      waiting: 0,
      closed: 0,
      whole: 0,
      insured: 0,
      shared: 0,
    };
    for (let index = 0; index < p04Scenarios; index++) watch(index, seen);
    for (const [name, times] of Object.entries(seen))
      expect(times, JSON.stringify(seen)).toBeGreaterThan(name === "closed" ? p04Scenarios : 0);
  });
});
