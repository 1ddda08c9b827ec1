import { describe, expect, it } from "vitest";
import * as binance from "../exact/binance-usdm/index.js";
import * as dydx from "../exact/dydx-v4/index.js";
import * as hyperliquid from "../exact/hyperliquid/index.js";
import { uniform } from "../math/index.js";
import { DydxMargin, type DydxRisk, isValidTransition } from "./dydx-v4.js";
import { hyperliquidStage, leverageRates } from "./hyperliquid.js";
import { maintenanceMargin, type PerpetualRule, perpetualBreachSteps, perpetualRule } from "./perpetual.js";

/** ETH with 7 decimals against a dollar with 6: units x steps / 10^9. */
const scale = 1e9;
const decimals = { assetDecimals: 7, quoteDecimals: 6 };
const cases = 1500;

const binanceTerms = binance.presets.find(({ name }) => name === "eth-usdt")?.parameters as binance.ContractParameters;
const binanceRule = perpetualRule(
  scale,
  binanceTerms.tiers.map(({ floor, maintenanceRate }) => ({ fromUnits: Number(floor), rate: Number(maintenanceRate) })),
  true,
  { exactDeductions: true },
);
/** Leverages whose halves do not come out even, and tiers at odd units, so that what is left over in a deduction counts. */
const odd: hyperliquid.AssetParameters = {
  ...decimals,
  tiers: [
    { floor: 0n, maxLeverage: 25n },
    { floor: 10_000_000_007n, maxLeverage: 15n },
    { floor: 1_000_000_000_003n, maxLeverage: 7n },
  ],
};
const { one, rates } = leverageRates(odd.tiers.map(({ maxLeverage }) => Number(maxLeverage)));
const oddRule = perpetualRule(
  scale,
  odd.tiers.map(({ floor }, tier) => ({ fromUnits: Number(floor), rate: rates[tier] })),
  false,
  { one, exactDeductions: true },
);
const large = dydx.presets.find(({ name }) => name === "eth-usd")?.parameters as dydx.PerpetualParameters;
const dydxTerms: dydx.PerpetualParameters = { ...large, baseDecimals: 7 };
const dydxMargin = new DydxMargin(scale, {
  initialMargin: Number(dydxTerms.tier.initialMarginPpm),
  maintenanceFraction: Number(dydxTerms.tier.maintenanceFractionPpm),
});
const dydxRule: PerpetualRule = { ...oddRule, arithmetic: dydxMargin };
const chain = (size: bigint, quoteBalance: bigint): dydx.Chain => ({
  config: dydx.genesisLiquidationsConfig,
  perpetuals: { ETH: dydxTerms },
  openInterest: {},
  subaccounts: { one: { quoteBalance, positions: { ETH: size } } },
  insuranceFund: 0n,
  height: 1n,
  liquidatedInBlock: {},
  negativeCollateralSeenAt: null,
});

/** Random positions of all sizes around 2,000 dollars a coin. */
function positions(seed: number): { readonly size: number; readonly entry: number; readonly margin: number }[] {
  return Array.from({ length: cases }, (_, index) => {
    let draws = 0;
    const random = () => uniform(seed, index, 0, 2, draws++);
    const size = Math.floor(10 ** (1 + 10 * random())) * (random() < 0.5 ? -1 : 1);
    const entry = Math.floor((Math.abs(size) * 2e11 * (0.9 + 0.2 * random())) / scale);
    return { size, entry, margin: Math.floor(entry * 0.3 * random()) };
  });
}

describe("exchanges' margin rules beside the exact ones", () => {
  it("equality: Binance's breach mark is the exact one to the step", () => {
    const exchange = (account: binance.Account): binance.Exchange => ({
      contracts: { ETH: binanceTerms },
      accounts: { one: account },
      insuranceFund: { balance: 0n, inventory: {} },
    });
    for (const { size, entry, margin } of positions(31)) {
      const account = {
        walletBalance: BigInt(margin),
        positions: { ETH: { size: BigInt(size), entryNotional: BigInt(entry) } },
      };
      const exact = binance.breachMark(exchange(account), {}, account, "ETH");
      const steps = perpetualBreachSteps(binanceRule, size, entry, margin);
      if (exact === null) expect(steps < 1 || steps === Number.POSITIVE_INFINITY).toBe(true);
      else expect(Math.max(1, steps), `${size} ${entry} ${margin}`).toBe(Number(exact));
    }
  });

  it("equality: Hyperliquid's breach mark is the exact one to the step, at rates that do not come out even", () => {
    for (const { size, entry, margin } of positions(32)) {
      const account = {
        walletBalance: BigInt(margin),
        positions: { ETH: { size: BigInt(size), entryNotional: BigInt(entry) } },
        partialAt: null,
      };
      const exchange: hyperliquid.Exchange = {
        rules: hyperliquid.publishedRules,
        assets: { ETH: odd },
        accounts: { one: account },
        vault: { balance: 0n, inventory: {} },
      };
      const exact = hyperliquid.breachMark(exchange, {}, account, "ETH");
      const steps = perpetualBreachSteps(oddRule, size, entry, margin);
      if (exact === null) expect(steps < 1 || steps === Number.POSITIVE_INFINITY).toBe(true);
      else expect(Math.max(1, steps), `${size} ${entry} ${margin}`).toBe(Number(exact));
    }
  });

  it("equality: maintenance at and around every tier's edge is the exact one to the unit", () => {
    for (const { floor } of odd.tiers) {
      for (let off = -40n; off <= 400n; off++) {
        const notional = floor + off;
        if (notional < 0n) continue;
        expect(maintenanceMargin(oddRule, Number(notional))).toBe(Number(hyperliquid.maintenanceMargin(odd, notional)));
      }
    }
    for (const { floor } of binanceTerms.tiers) {
      for (let off = -40n; off <= 400n; off++) {
        const notional = floor + off;
        if (notional < 0n) continue;
        expect(maintenanceMargin(binanceRule, Number(notional))).toBe(
          Number(binance.maintenanceMargin(binanceTerms, notional)),
        );
      }
    }
  });

  it("equality: dYdX's breach price is where the chain's predicate turns, one step away it does not", () => {
    let turned = 0;
    for (const { size, entry, margin } of positions(33)) {
      const quote = BigInt(margin - Math.sign(size) * entry);
      const exact = (steps: number) => {
        const of = chain(BigInt(size), quote);
        return dydx.isLiquidatable(dydx.subaccountRisk(of, { ETH: BigInt(steps) }, of.subaccounts.one));
      };
      const steps = perpetualBreachSteps(dydxRule, size, entry, margin);
      if (steps < 1 || steps === Number.POSITIVE_INFINITY) continue;
      turned++;
      expect(exact(steps), `${size} ${entry} ${margin}`).toBe(true);
      expect(exact(steps + Math.sign(size)), `${size} ${entry} ${margin}`).toBe(false);
    }
    expect(turned).toBeGreaterThan(cases / 2);
  });

  it("property: dYdX's bankruptcy cash, payments to the fund and order size are the exact ones to the unit", () => {
    const rules = {
      maxFee: 15_000,
      bankruptcyAdjustment: 1_000_000,
      spreadRatio: 1_500_000,
      minPositionNotional: 1e9,
      maxPositionPortion: 100_000,
      maxNotional: 100e9,
      maxInsuranceLost: 1e12,
      stepUnits: Number(dydxTerms.stepBaseQuantums),
    };
    let signs = 0;
    positions(34).forEach(({ size, entry, margin }, index) => {
      const of = chain(BigInt(size), BigInt(margin - Math.sign(size) * entry));
      const mark = Math.floor(2e11 * (0.8 + 0.4 * uniform(34, index, 1, 2, 0)));
      const prices = { ETH: BigInt(mark) };
      if (dydxMargin.maintenance(size, mark) === 0) return;
      const units = 1 + Math.floor((Math.abs(size) - 1) * uniform(34, index, 1, 2, 1));
      const side = Math.sign(size);
      const cash = dydxMargin.bankruptcyCash(size, entry, margin, mark, units);
      expect(side * cash).toBe(Number(dydx.bankruptcyQuote(of, prices, "one", "ETH", BigInt(-side * units))));
      const paid = Math.max(0, Math.floor(cash * (0.97 + 0.06 * uniform(34, index, 1, 2, 2))));
      const fill = { quantums: BigInt(units), quote: BigInt(paid) };
      const toFund = dydxMargin.toFund(rules, size, entry, margin, mark, units, paid);
      expect(toFund).toBe(Number(dydx.insuranceFundDelta(of, prices, "one", "ETH", fill)));
      if (toFund < 0) signs++;
      expect(dydxMargin.liquidatable(rules, size, mark)).toBe(
        Number(dydx.liquidatableQuantums(of, prices, "one", "ETH")),
      );
    });
    expect(signs).toBeGreaterThan(cases / 10);
  });

  it("equality: Hyperliquid's vault takes what is worth exactly nothing, deleveraging a unit less, the market exactly two thirds of maintenance", () => {
    const rules = {
      partialAbove: 0,
      partialShare: 200_000,
      cooldownMs: 30_000,
      duringCooldown: "nothing" as const,
      backstopShare: { numerator: 2, denominator: 3 },
    };
    expect([1, 0, -1].map((value) => hyperliquidStage(rules, value, 300))).toEqual([1, 1, 2]);
    expect([201, 200, 199].map((value) => hyperliquidStage(rules, value, 300))).toEqual([0, 0, 1]);
    // The exact exchange draws both lines at the same unit.
    const exactRules = { ...hyperliquid.publishedRules, backstopShare: { numerator: 2n, denominator: 3n } };
    const mark = { ETH: 200_000_000_000n };
    const at = (walletBalance: bigint): hyperliquid.Account => ({
      walletBalance,
      positions: { ETH: { size: 10_000_000n, entryNotional: 2_000_000_000n } },
      partialAt: null,
    });
    const exchange: hyperliquid.Exchange = {
      rules: exactRules,
      assets: { ETH: { ...decimals, tiers: [{ floor: 0n, maxLeverage: 25n }] } },
      accounts: {},
      vault: { balance: 0n, inventory: {} },
    };
    for (const value of [-1, 0, 1, 26_666_666, 26_666_667]) {
      const account = at(BigInt(value));
      const stage = hyperliquid.isUnderwater(exchange, mark, account)
        ? 2
        : hyperliquid.isBackstopped(exchange, mark, account)
          ? 1
          : 0;
      expect(hyperliquidStage(rules, value, 40_000_000), `${value}`).toBe(stage);
    }
  });

  it("equality: dYdX's allowed updates are the chain's, at equal ratios too", () => {
    const risk = (netCollateral: number, maintenanceMargin: number): DydxRisk => ({
      netCollateral,
      maintenanceMargin,
      initialMargin: 2 * maintenanceMargin,
    });
    const exact = (of: DydxRisk): dydx.Risk => ({
      netCollateral: BigInt(of.netCollateral),
      initialMargin: BigInt(of.initialMargin),
      maintenanceMargin: BigInt(of.maintenanceMargin),
    });
    const few = [-6, -3, -2, -1, 0, 1, 2, 3, 6];
    for (const before of few)
      for (const after of few)
        for (const mb of [0, 1, 2, 3])
          for (const ma of [0, 1, 2, 3])
            expect(isValidTransition(risk(before, mb), risk(after, ma)), `${before}/${mb} to ${after}/${ma}`).toBe(
              dydx.isValidTransition(exact(risk(before, mb)), exact(risk(after, ma))),
            );
  });
});
