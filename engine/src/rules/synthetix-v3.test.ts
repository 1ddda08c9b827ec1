import { describe, expect, it } from "vitest";
import * as synthetix from "../exact/synthetix-v3/index.js";
import { uniform } from "../math/index.js";
import {
  callReward,
  grantedAmount,
  recordAmount,
  type SynthetixTerms,
  synthetixDistance,
  synthetixMaintenance,
  synthetixTieUnits,
  type WindowRecord,
} from "./synthetix-v3.js";

const seed = 20250611;
const wad = (fraction: number) => BigInt(Math.round(fraction * 1e9)) * 10n ** 9n;

describe("Synthetix v3 in Float64 beside the exact market", () => {
  it(`property: 2,000 random accounts judged, flagged and closed window by window as the exact market does, amounts within one unit (seed ${seed})`, () => {
    const seen = { flagged: 0, windows: 0, throttled: 0, lowSkew: 0, endorsed: 0, near: 0 };
    for (let index = 0; index < 2000; index++) {
      let draws = 0;
      const random = () => uniform(seed, index, 0, 4, draws++);
      const whole = (low: number, high: number) => Math.floor(low * (high / low) ** random());
      const endorsed = index % 7 === 0;
      const rules: synthetix.SynthetixMarketParameters = {
        valueScale: 10n ** 9n,
        makerFee: wad(0.0002),
        takerFee: wad(0.0005),
        skewScale: BigInt(index % 11 === 0 ? 0 : whole(1e11, 1e14)),
        maxFundingVelocity: 0n,
        initialMarginRatio: wad(random() * 2),
        minimumInitialMarginRatio: wad(0.01 + 0.03 * random()),
        maintenanceMarginScalar: wad(0.3 + 0.4 * random()),
        minimumPositionMargin: BigInt(whole(1, 1e8)),
        flagRewardRatio: wad(0.0003 * random()),
        maxLiquidationLimitAccumulationMultiplier: wad(whole(1, 20) / 10),
        maxSecondsInLiquidationWindow: BigInt(whole(10, 120)),
        maxLiquidationPd: index % 3 === 0 ? wad(0.05) : 0n,
        endorsedLiquidator: endorsed ? "keeper" : undefined,
      };
      const parameters: synthetix.SynthetixParameters = {
        markets: new Map([["m", rules]]),
        minKeeperRewardUsd: BigInt(whole(1, 3e6)),
        maxKeeperRewardUsd: BigInt(whole(1e7, 1e9)),
        minKeeperProfitRatio: wad(0.2),
        maxKeeperScalingRatio: wad(0.5),
        collateralLiquidateRewardRatio: wad(0.01),
        flagCostUsd: BigInt(whole(1, 1e6)),
        liquidateCostUsd: BigInt(whole(1, 1e6)),
      };
      const fraction = (one: bigint) => Number(one) / 1e18;
      const terms: SynthetixTerms = {
        valueScale: 1e9,
        skewScale: Number(rules.skewScale),
        initialMarginRatio: fraction(rules.initialMarginRatio),
        minimumInitialMarginRatio: fraction(rules.minimumInitialMarginRatio),
        maintenanceMarginScalar: fraction(rules.maintenanceMarginScalar),
        minimumPositionMargin: Number(rules.minimumPositionMargin),
        flagRewardRatio: fraction(rules.flagRewardRatio),
        maxInWindow: Number(synthetix.maxLiquidationInWindow(rules)),
        windowSeconds: Number(rules.maxSecondsInLiquidationWindow),
        maxLiquidationPd: fraction(rules.maxLiquidationPd),
        endorsed,
        minKeeperReward: Number(parameters.minKeeperRewardUsd),
        maxKeeperReward: Number(parameters.maxKeeperRewardUsd),
        minKeeperProfitRatio: 0.2,
        maxKeeperScalingRatio: 0.5,
        collateralRewardRatio: 0.01,
        flagCost: Number(parameters.flagCostUsd),
        liquidateCost: Number(parameters.liquidateCostUsd),
      };
      let size = whole(1e6, 1e11) * (random() < 0.5 ? 1 : -1);
      const entry = whole(500e8, 5000e8);
      const steps = Math.floor(entry * (0.9 + 0.2 * random()));
      const collateral = Math.ceil(Math.abs(size * entry) / 1e9 / whole(2, 60));
      let skew = size + whole(1e6, 1e12) * (random() < 0.5 ? 1 : -1);
      const prices = new Map([["m", BigInt(steps)]]);
      const account: synthetix.SynthetixAccount = {
        collateralUsd: BigInt(collateral),
        debtUsd: 0n,
        positions: new Map([["m", { size: BigInt(size), latestPrice: BigInt(entry), latestFunding: 0n }]]),
        flagged: false,
      };
      let state = synthetix.emptyState(parameters, 0n);
      state = synthetix.withAccount(state, "a", account);
      const market = state.markets.get("m");
      if (market === undefined) throw new Error("no market");
      state = synthetix.withMarket(state, "m", { ...market, skew: BigInt(skew), size: BigInt(Math.abs(skew)) });
      const exactMargin = synthetix.requiredMargins(rules, BigInt(size), BigInt(steps)).maintenance;
      expect(Math.abs(Number(exactMargin - BigInt(synthetixMaintenance(terms, size, steps))))).toBeLessThanOrEqual(1);
      const distance = synthetixDistance(terms, size, entry, collateral, steps);
      const bad = synthetix.isEligibleForLiquidation(parameters, state, account, prices, 1n);
      if (Math.abs(distance) > synthetixTieUnits) expect(distance < 0, `case ${index}`).toBe(bad);
      else seen.near++;
      if (!bad) continue;
      const records: WindowRecord[] = [];
      let seconds = 1;
      for (let call = 0; call < 12 && size !== 0; call++) {
        const exact = synthetix.liquidate(parameters, state, "a", "keeper", prices, BigInt(seconds));
        const granted = grantedAmount(terms, records, skew, Math.abs(size), seconds);
        expect(BigInt(granted), `case ${index}, call ${call}`).toBe(exact.positions[0].amount);
        const reward = callReward(terms, size, steps, call === 0, call === 0 ? collateral : 0, granted);
        expect(Math.abs(Number(exact.rewardUsd) - reward), `case ${index}, call ${call}`).toBeLessThanOrEqual(1);
        expect(exact.seizedUsd).toBe(BigInt(call === 0 ? collateral : 0));
        if (granted > 0 && !endorsed && terms.maxInWindow > 0) recordAmount(terms, records, granted, seconds);
        const closed = size > 0 ? granted : -granted;
        size -= closed;
        skew -= closed;
        state = exact.state;
        if (call === 0) seen.flagged++;
        else if (granted > 0) seen.windows++;
        if (granted === 0) seen.throttled++;
        if (exact.positions[0].grant === "low-skew") seen.lowSkew++;
        if (exact.positions[0].grant === "endorsed") seen.endorsed++;
        seconds += Math.floor(random() * terms.windowSeconds);
      }
      expect(BigInt(skew)).toBe(state.markets.get("m")?.skew);
    }
    const { near, ...must } = seen;
    expect(near).toBeLessThan(20);
    for (const [name, times] of Object.entries(must)) expect(times, name).toBeGreaterThan(10);
  });
});
