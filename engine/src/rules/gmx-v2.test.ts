import { describe, expect, it } from "vitest";
import { closePosition } from "../exact/gmx-v2/decrease.js";
import * as gmx from "../exact/gmx-v2/index.js";
import { uniform } from "../math/index.js";
import {
  type GmxHolding,
  type GmxState,
  type GmxTerms,
  gmxClose,
  gmxDistance,
  noGmxClose,
  profitFactor,
  unitPrice,
} from "./gmx-v2.js";

const seed = 20250611;

/** A fraction as a factor of 1e30. */
const exactGmxTerms = (fraction: number) => BigInt(Math.round(fraction * 1e12)) * 10n ** 18n;

/** The exact parameters as fractions: whoever reads a bigint there reads a number here. */
function gmxTermsOf(parameters: gmx.GmxParameters): GmxTerms {
  const fractions = Object.entries(parameters).map(([key, value]) => [key, Number(value) / 1e30]);
  return Object.fromEntries(fractions) as unknown as GmxTerms;
}
const apart = (a: bigint, b: number) => {
  const gap = a - BigInt(b);
  return gap < 0n ? -gap : gap;
};

describe("GMX v2 in Float64 beside the exact market", () => {
  it(`property: 2,000 random positions judged and closed as the exact market does, amounts within one unit (seed ${seed})`, () => {
    const seen = { liquidatable: 0, insolvent: 0, profit: 0, capped: 0, impact: 0, partial: 0 };
    for (let index = 0; index < 2000; index++) {
      let draws = 0;
      const random = () => uniform(seed, index, 0, 4, draws++);
      const whole = (low: number, high: number) => Math.floor(low * (high / low) ** random());
      const preset = gmx.presets[index % 2].parameters;
      const parameters: gmx.GmxParameters = {
        ...preset,
        maxImpactFactorForLiquidations: index % 3 === 0 ? 0n : exactGmxTerms(0.02),
        negativeImpactFactor: exactGmxTerms(index % 4 === 0 ? 0 : 2e-9),
        negativeImpactExponent: exactGmxTerms([1, 2, 2, 1.5][index % 4]),
        positiveImpactFactor: exactGmxTerms(1e-9),
        ...(index % 5 === 0 ? { maxNegativeImpactFactor: exactGmxTerms(1e-4) } : {}),
      };
      const terms = gmxTermsOf(parameters);
      const steps = whole(500e8, 5000e8);
      const entry = Math.floor(steps * (0.85 + 0.3 * random()));
      const side = random() < 0.5 ? 0 : 1;
      const token = random() < 0.5 ? 0 : 1;
      const tokens = whole(1e6, 1e10);
      const cost = Math.round((tokens * entry) / 1e9);
      const unitUsd = Float64Array.of(unitPrice(steps, 7), unitPrice(1e8, 6));
      const collateral = Math.ceil(cost / 1e6 / whole(2, 60) / unitUsd[token]);
      const others = [whole(1e6, 1e12), whole(1e6, 1e12)];
      const othersTokens = others.map((one) =>
        Math.max(1, Math.round((one * 1e9) / Math.floor(steps * (0.9 + 0.2 * random())))),
      );
      const state: GmxState = {
        pool: Float64Array.of(whole(1e8, 1e11), whole(1e9, 1e13)),
        cost: Float64Array.of(others[0] + (side === 0 ? cost : 0), others[1] + (side === 1 ? cost : 0)),
        tokens: Float64Array.of(
          othersTokens[0] + (side === 0 ? tokens : 0),
          othersTokens[1] + (side === 1 ? tokens : 0),
        ),
        impactPool: whole(1, 1e8),
        unitUsd,
      };
      const of: GmxHolding = { side, token, cost, tokens, collateral };
      const names = ["long", "short"] as const;
      const both = (values: Float64Array, scale = 1n) => ({
        long: BigInt(values[0]) * scale,
        short: BigInt(values[1]) * scale,
      });
      const position: gmx.GmxPosition = {
        isLong: side === 0,
        collateralToken: names[token],
        sizeUsd: BigInt(cost) * 10n ** 24n,
        sizeTokens: BigInt(tokens),
        collateralAmount: BigInt(collateral),
        pendingImpactAmount: 0n,
        borrowingFeeUsd: 0n,
        fundingFeeAmount: 0n,
      };
      const market: gmx.GmxMarket = {
        ...gmx.emptyMarket(both(state.pool)),
        positions: new Map([["a", position]]),
        openInterestUsd: both(state.cost, 10n ** 24n),
        openInterestTokens: both(state.tokens),
        impactPoolAmount: BigInt(state.impactPool),
      };
      const flat = (price: bigint) => ({ min: price, max: price });
      const coin = flat(gmx.tokenPrice(BigInt(steps), 7));
      const prices: gmx.GmxPrices = { index: coin, long: coin, short: flat(gmx.tokenPrice(10n ** 8n, 6)) };
      const check = gmx.checkPosition(parameters, market, prices, position, true, true);
      expect(gmxDistance(terms, state, of, true) < 0).toBe(check.liquidatable);
      expect(gmxDistance(terms, state, of, false) <= 0).toBe(
        gmx.checkPosition(parameters, market, prices, position, false, false).liquidatable,
      );
      expect(profitFactor(state, side)).toBeCloseTo(Number(gmx.pnlToPoolFactor(market, prices, side === 0)) / 1e30, 12);
      if (check.impactUsd < 0n) seen.impact++;
      const partial = !check.liquidatable && random() < 0.7;
      const delta = partial ? whole(1e3, cost) : cost;
      let exact: gmx.CloseOutcome;
      try {
        exact = check.liquidatable
          ? gmx.liquidate(parameters, market, prices, "a")
          : closePosition(parameters, market, prices, "a", position, BigInt(delta) * 10n ** 24n, false);
      } catch (error) {
        if (error instanceof gmx.InsufficientPoolAmount || error instanceof gmx.InsufficientFundsToPayForCosts)
          continue;
        throw error;
      }
      const close = gmxClose(terms, state, of, delta, check.liquidatable, noGmxClose());
      expect(BigInt(close.tokens)).toBe(exact.sizeDeltaTokens);
      for (const name of [0, 1] as const) {
        for (const [mine, theirs] of [
          [close.trader, exact.moved.trader],
          [close.pool, exact.moved.pool],
          [close.receiver, exact.moved.feeReceiver],
          [close.held, exact.moved.heldCollateral],
        ] as const)
          expect(apart(theirs[names[name]], mine[name]), `case ${index}`).toBeLessThanOrEqual(1n);
      }
      const sum = [0, 1].map((name) => close.trader[name] + close.pool[name] + close.receiver[name] + close.held[name]);
      expect(sum[token]).toBe(collateral - close.collateral);
      expect(sum[1 - token]).toBe(0);
      if (check.liquidatable) seen.liquidatable++;
      if (exact.unpaidUsd > 0n) seen.insolvent++;
      expect(close.unpaidUsd > 0).toBe(exact.unpaidUsd > 0n);
      if (exact.pnlUsd > 0n) seen.profit++;
      if (partial) seen.partial++;
      if (exact.impactDifferenceUsd > 0n) seen.capped++;
    }
    for (const [name, times] of Object.entries(seen)) expect(times, name).toBeGreaterThan(20);
  });
});
