import { describe, expect, it } from "vitest";
import { NotLiquidatable } from "../errors.js";
import {
  AdlNotEnabled,
  AdlNotRequired,
  accrue,
  addPosition,
  applyExponentFactor,
  type BothSides,
  card,
  checkPosition,
  deleverage,
  EmptyPosition,
  emptyMarket,
  exponential2,
  FLOAT,
  faults,
  type GmxMarket,
  type GmxParameters,
  type GmxPosition,
  type GmxPrices,
  InsufficientFundsToPayForCosts,
  InsufficientPoolAmount,
  InvalidAdl,
  InvalidSizeDeltaForAdl,
  isLiquidatable,
  LiquidatablePosition,
  liquidate,
  logarithm2,
  openPosition,
  PnlOvercorrected,
  PositionExists,
  PositionShouldNotBeLiquidated,
  pnlToPoolFactor,
  positionPnl,
  presets,
  priceImpact,
  tokenPrice,
  updateAdlState,
} from "./index.js";

const wad = 10n ** 18n;
const eth = 10n ** 7n;
const usdc = 10n ** 6n;
const base = presets[0].parameters;
/** The base market with an impact cap of 1 % (that of the test network), in which the impact term is alive. */
const capped: GmxParameters = { ...base, maxImpactFactorForLiquidations: FLOAT / 100n };

/** ETH at whole dollars with a spread in steps of 1e-8 USD, USDC at one. */
function pricesAt(dollars: bigint, spread = 0n): GmxPrices {
  const steps = dollars * 100_000_000n;
  const ether = { min: tokenPrice(steps - spread, 7), max: tokenPrice(steps + spread, 7) };
  const one = tokenPrice(100_000_000n, 6);
  return { index: ether, long: ether, short: { min: one, max: one } };
}

const position = (of: Partial<GmxPosition>): GmxPosition => ({
  isLong: true,
  collateralToken: "short",
  sizeUsd: 20_000n * FLOAT,
  sizeTokens: 10n * eth,
  collateralAmount: 1_000n * usdc,
  pendingImpactAmount: 0n,
  borrowingFeeUsd: 0n,
  fundingFeeAmount: 0n,
  ...of,
});

const market = (pool: BothSides = { long: 1_000n * eth, short: 2_000_000n * usdc }) => emptyMarket(pool);

/** Seeded generator of whole numbers (splitmix64). */
function generator(seed: bigint): (below: bigint) => bigint {
  let state = seed;
  const mask = (1n << 64n) - 1n;
  return (below) => {
    state = (state + 0x9e3779b97f4a7c15n) & mask;
    let mixed = state;
    mixed = ((mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
    mixed = ((mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn) & mask;
    return (mixed ^ (mixed >> 31n)) % below;
  };
}

/** An exact fraction. */
interface Fraction {
  n: bigint;
  d: bigint;
}
const of = (n: bigint, d = 1n): Fraction => ({ n, d });
const add = (a: Fraction, b: Fraction) => of(a.n * b.d + b.n * a.d, a.d * b.d);
const times = (a: Fraction, b: Fraction) => of(a.n * b.n, a.d * b.d);
const negative = (a: Fraction) => of(-a.n, a.d);
const less = (a: Fraction, b: Fraction) => a.n * b.d < b.n * a.d;
const lower = (a: Fraction, b: Fraction) => (less(a, b) ? a : b);
const higher = (a: Fraction, b: Fraction) => (less(a, b) ? b : a);
const whole = (a: Fraction) => a.n / a.d;

/** Second implementation of the check's remaining collateral, in exact fractions, for exponents 1 and 2. */
function remainingExactly(parameters: GmxParameters, state: GmxMarket, prices: GmxPrices, one: GmxPosition): Fraction {
  const side = one.isLong ? "long" : "short";
  const share = (factor: bigint) => of(factor, FLOAT);
  const index = one.isLong ? prices.index.min : prices.index.max;
  const sign = one.isLong ? 1n : -1n;
  let pnl = of(sign * (one.sizeTokens * index - one.sizeUsd));
  const best = one.isLong ? prices.index.max : prices.index.min;
  const all = sign * (state.openInterestTokens[side] * best - state.openInterestUsd[side]);
  const most = times(of(state.poolAmount[side] * prices[side].min), share(parameters.maxPnlFactorForTraders));
  if (pnl.n > 0n && less(most, of(all)) && most.n > 0n) pnl = times(pnl, times(most, of(1n, all)));
  // Open interest before and after, in dollars.
  const middle = of(prices.index.min + prices.index.max, 2n);
  const interest = (which: "long" | "short") =>
    parameters.openInterestInTokens
      ? times(of(state.openInterestTokens[which]), middle)
      : of(state.openInterestUsd[which]);
  const change = parameters.openInterestInTokens ? times(of(one.sizeTokens), middle) : of(one.sizeUsd);
  const long = interest("long");
  const short = interest("short");
  const gap = (a: Fraction, b: Fraction) => higher(add(a, negative(b)), add(b, negative(a)));
  const nextLong = one.isLong ? higher(of(0n), add(long, negative(change))) : long;
  const nextShort = one.isLong ? short : higher(of(0n), add(short, negative(change)));
  const before = gap(long, short);
  const after = gap(nextLong, nextShort);
  const power = (x: Fraction, factor: bigint, exponent: bigint) => {
    if (less(x, of(FLOAT))) return of(0n);
    const squared = exponent === 2n * FLOAT ? times(x, times(x, of(1n, FLOAT))) : x;
    return times(squared, share(factor));
  };
  const gain = (x: Fraction) => power(x, parameters.positiveImpactFactor, parameters.positiveImpactExponent);
  const loss = (x: Fraction) => power(x, parameters.negativeImpactFactor, parameters.negativeImpactExponent);
  const improved = less(after, before);
  const crosses = !less(short, long) !== !less(nextShort, nextLong);
  let impact = crosses
    ? add(gain(before), negative(loss(after)))
    : improved
      ? add(gain(before), negative(gain(after)))
      : add(loss(before), negative(loss(after)));
  impact = lower(impact, times(of(one.sizeUsd), share(parameters.maxPositiveImpactFactor)));
  const pending = one.pendingImpactAmount * (one.pendingImpactAmount > 0n ? prices.index.min : prices.index.max);
  impact = lower(add(impact, of(pending)), of(0n));
  impact = higher(impact, negative(times(of(one.sizeUsd), share(parameters.maxImpactFactorForLiquidations))));
  const feeFactor = improved ? parameters.positionFeeFactorImproved : parameters.positionFeeFactorWorsened;
  const price = prices[one.collateralToken].min;
  const costs = add(times(of(one.sizeUsd), share(feeFactor)), of(one.borrowingFeeUsd + one.fundingFeeAmount * price));
  return add(add(add(of(one.collateralAmount * price), pnl), impact), negative(costs));
}

/** A random market with up to eight positions around a price. */
function randomMarket(random: (below: bigint) => bigint, parameters: GmxParameters) {
  const dollars = 1_000n + random(4_000n);
  const prices = pricesAt(dollars, random(100_000_000n));
  let state = market({ long: (1n + random(2_000n)) * eth, short: (1n + random(4_000_000n)) * usdc });
  const count = 1n + random(8n);
  for (let index = 0n; index < count; index++) {
    const isLong = random(2n) === 0n;
    const collateralToken = random(2n) === 0n ? "long" : "short";
    const sizeTokens = 1n + random(400n * eth);
    const entry = dollars - dollars / 3n + random((dollars * 2n) / 3n);
    const sizeUsd = sizeTokens * tokenPrice(entry * 100_000_000n, 7);
    const worth = sizeUsd / (1n + random(120n));
    state = addPosition(
      state,
      `p${index}`,
      position({
        isLong,
        collateralToken,
        sizeTokens,
        sizeUsd,
        collateralAmount: worth / prices[collateralToken].min,
        pendingImpactAmount: random(eth / 10n) - eth / 20n,
        borrowingFeeUsd: random(100n * FLOAT),
        fundingFeeAmount: random(2n) === 0n ? 0n : random(collateralToken === "long" ? eth / 100n : 20n * usdc),
      }),
    );
  }
  return { state: { ...state, impactPoolAmount: random(20n * eth) }, prices, parameters };
}

describe("gmx v2", () => {
  it("golden: powers of the library: 2^(1/2), 2^10, log2 of powers, x^1, below one dollar", () => {
    // The first multiplier of the exponential is 2^(1/2) = 0x16A09E667F3BCC909 of 2^64 in the library's source.
    expect(exponential2(wad / 2n)).toBe((0x16a09e667f3bcc909n * wad) >> 64n);
    expect(exponential2(10n * wad)).toBe(1024n * wad);
    expect(logarithm2(1024n * wad)).toBe(10n * wad);
    expect(logarithm2(wad)).toBe(0n);
    expect(applyExponentFactor(FLOAT - 1n, 2n * FLOAT)).toBe(0n);
    expect(applyExponentFactor(12_345n * FLOAT, FLOAT)).toBe(12_345n * FLOAT);
  });

  it("behavior: squares by powers agree with products to 1e-14, 1,000 random cases", () => {
    const random = generator(21n);
    for (let i = 0; i < 1000; i++) {
      const value = FLOAT + random(10n ** 40n);
      const exact = (value * value) / FLOAT;
      const found = applyExponentFactor(value, 2n * FLOAT);
      const distance = found > exact ? found - exact : exact - found;
      expect(distance <= exact / 10n ** 14n, `case ${i}`).toBe(true);
    }
  });

  it("behavior: remaining collateral agrees with exact fractions to two token units and the power's error, 1,500 random cases", () => {
    const random = generator(22n);
    const seen = { liquidatable: 0, cut: 0, impact: 0 };
    for (let i = 0; i < 1500; i++) {
      const openInterestInTokens = random(2n) === 0n;
      const { state, prices, parameters } = randomMarket(random, { ...capped, openInterestInTokens });
      for (const one of state.positions.values()) {
        const check = checkPosition(parameters, state, prices, one, true, true);
        const exact = remainingExactly(parameters, state, prices, one);
        const distance = check.remainingUsd - whole(exact);
        // Position and borrowing fee are rounded down to token units; profit, cap and impact lose a few 1e-30 dollars and 1e-14 of the impact before caps.
        const size = one.sizeUsd / 10n ** 10n;
        const tolerance = 2n * prices[one.collateralToken].min + size + 10n;
        expect(distance <= tolerance && -distance <= tolerance, `case ${i}: ${distance}`).toBe(true);
        const floor = [parameters.minCollateralUsd, check.minCollateralUsdForLeverage].sort((a, b) =>
          a < b ? 1 : -1,
        )[0];
        const margin = whole(exact) - floor;
        if (margin > tolerance || -margin > tolerance) expect(check.liquidatable).toBe(margin < 0n);
        if (check.liquidatable) seen.liquidatable++;
        if (check.impactUsd < 0n) seen.impact++;
        const pnl = positionPnl(parameters, state, prices, one, one.sizeUsd);
        if (pnl.pnlUsd < pnl.uncappedPnlUsd) seen.cut++;
      }
    }
    expect(seen.liquidatable).toBeGreaterThan(500);
    expect(seen.cut).toBeGreaterThan(100);
    expect(seen.impact).toBeGreaterThan(500);
  });

  it("behavior: what a liquidated trader gets agrees with one sum over fractions, profit and collateral in one token, 1,000 random cases", () => {
    const random = generator(23n);
    let paid = 0;
    let ruined = 0;
    for (let i = 0; i < 1000; i++) {
      const { state, prices, parameters } = randomMarket(random, {
        ...base,
        minCollateralFactorForLiquidation: FLOAT / 2n,
      });
      for (const [name, one] of state.positions) {
        const token = one.isLong ? "long" : "short";
        if (one.collateralToken !== token || !isLiquidatable(parameters, state, prices, one)) continue;
        let end: ReturnType<typeof liquidate>;
        try {
          end = liquidate(parameters, state, prices, name);
        } catch (refusal) {
          expect(refusal).toBeInstanceOf(InsufficientPoolAmount);
          continue;
        }
        // Second implementation: all gains less all costs at the prices that each is converted at, in token units.
        const impact = priceImpact(parameters, state, prices, one.isLong, -one.sizeUsd, -one.sizeTokens);
        const bound = (one.sizeUsd * parameters.maxPositiveImpactFactor) / FLOAT;
        const pending = one.pendingImpactAmount * (one.pendingImpactAmount > 0n ? prices.index.min : prices.index.max);
        let total = (impact.usd < bound ? impact.usd : bound) + pending;
        total = total < bound ? total : bound;
        const pool = state.impactPoolAmount * prices.index.min;
        total = total < pool ? total : pool;
        const { pnlUsd } = positionPnl(parameters, state, prices, one, one.sizeUsd);
        const price = prices[token];
        let units = of(one.collateralAmount - one.fundingFeeAmount);
        for (const usd of [pnlUsd, total]) units = add(units, of(usd, usd > 0n ? price.max : price.min));
        const factor = impact.balanceWasImproved
          ? parameters.positionFeeFactorImproved
          : parameters.positionFeeFactorWorsened;
        const fees = (one.sizeUsd * (factor + parameters.liquidationFeeFactor)) / FLOAT + one.borrowingFeeUsd;
        units = add(units, of(-fees, price.min));
        const expected = whole(higher(units, of(0n)));
        const distance = end.moved.trader[token] - expected;
        expect(distance <= 6n && -distance <= 6n, `case ${i}: ${end.moved.trader[token]} and ${expected}`).toBe(true);
        if (end.unpaidUsd > 0n) ruined++;
        else paid++;
      }
    }
    expect(paid).toBeGreaterThan(200);
    expect(ruined).toBeGreaterThan(200);
  });

  it("equality: at the smallest collateral and at size x factor it is healthy, at 0 only where the smallest collateral is not asked", () => {
    const free = { ...base, positionFeeFactorImproved: 0n, positionFeeFactorWorsened: 0n };
    // 20,000 of size at entry price: remaining = collateral; 1 % of size is 200 dollars.
    const prices = pricesAt(2_000n);
    const judged = (dollars: bigint, parameters = free, min = true) => {
      const one = position({ collateralAmount: dollars });
      return checkPosition(parameters, addPosition(market(), "a", one), prices, one, min, true);
    };
    expect(judged(200n * usdc).liquidatable).toBe(card.atEquality.liquidatable);
    expect(judged(200n * usdc - 1n).reason).toBe("min-collateral-for-leverage");
    const flat = { ...free, minCollateralFactorForLiquidation: 0n };
    expect(judged(usdc, flat).liquidatable).toBe(false);
    expect(judged(usdc - 1n, flat).reason).toBe("min-collateral");
    expect(judged(0n, flat, false).reason).toBe("nothing-left");
    expect(judged(1n, flat, false).liquidatable).toBe(false);
  });

  it("equality: deleveraging needs the factor above its threshold, not at it", () => {
    // 400 ETH long from 2,000; at 4,000 the profit is 800,000 on a pool of 250 ETH, 0.8 of its million.
    const state = addPosition(
      market({ long: 250n * eth, short: 0n }),
      "a",
      position({ sizeTokens: 400n * eth, sizeUsd: 800_000n * FLOAT, collateralAmount: 100_000n * usdc }),
    );
    const prices = pricesAt(4_000n);
    const factor = pnlToPoolFactor(state, prices, true);
    expect(factor).toBe((FLOAT * 8n) / 10n);
    const at = { ...base, maxPnlFactorForAdl: factor, minPnlFactorAfterAdl: FLOAT / 2n };
    expect(updateAdlState(at, state, prices, true).adlEnabled.long).toBe(false);
    expect(updateAdlState({ ...at, maxPnlFactorForAdl: factor - 1n }, state, prices, true).adlEnabled.long).toBe(true);
  });

  it("behavior: switching rules off moves named numbers: impact cap, traders' cap, fees, liquidation fee, tokens for balance", () => {
    // A long of 2 million against a short side of 4 million: closing it makes the difference larger.
    const big = position({ sizeUsd: 2_000_000n * FLOAT, sizeTokens: 1_000n * eth, collateralAmount: 60_000n * usdc });
    const heavy = position({
      isLong: false,
      sizeUsd: 4_000_000n * FLOAT,
      sizeTokens: 2_000n * eth,
      collateralAmount: 400_000n * usdc,
    });
    const state = addPosition(addPosition(market(), "a", big), "b", heavy);
    const prices = pricesAt(2_000n);
    const check = (parameters: GmxParameters) => checkPosition(parameters, state, prices, big, true, true);
    // Default 0 %: no impact counts at all; 1 %: 20,000 dollars do. Closing the long takes the difference from 2 to 4 million: 1e-7 x 12e12 in full.
    expect(check(base).impactUsd).toBe(0n);
    expect(check(capped).impactUsd).toBe(-20_000n * FLOAT);
    expect(check({ ...base, maxImpactFactorForLiquidations: FLOAT }).impactUsd).toBeLessThan(-20_000n * FLOAT);
    expect(check({ ...base, positionFeeFactorWorsened: 0n }).feesUsd).toBe(0n);
    expect(check(base).feesUsd).toBe(1_200n * FLOAT);
    const rich = { ...state, poolAmount: { long: 10n * eth, short: 0n } };
    const up = pricesAt(3_000n);
    const cut = positionPnl(base, rich, up, big, big.sizeUsd);
    expect(cut.uncappedPnlUsd).toBe(1_000_000n * FLOAT);
    expect(cut.pnlUsd).toBe(27_000n * FLOAT);
    const low = pricesAt(1_960n);
    const withFee = liquidate(base, state, low, "a");
    const without = liquidate({ ...base, liquidationFeeFactor: 0n }, state, low, "a");
    expect(withFee.fees.liquidationFee).toBe(4_000n * usdc);
    // What the fee takes is missing from the impact held for the trader, 4,000 dollars.
    expect(without.moved.heldCollateral.short - withFee.moved.heldCollateral.short).toBe(4_000n * usdc);
    const inUsd = priceImpact(
      { ...base, openInterestInTokens: false },
      state,
      pricesAt(4_000n),
      true,
      -big.sizeUsd,
      -big.sizeTokens,
    );
    const inTokens = priceImpact(
      { ...base, openInterestInTokens: true },
      state,
      pricesAt(4_000n),
      true,
      -big.sizeUsd,
      -big.sizeTokens,
    );
    expect(inTokens.usd).toBeLessThan(inUsd.usd);
  });

  it("behavior: an insolvent liquidation gives the trader nothing, the pool what there is, and names what is missing", () => {
    const one = position({ collateralAmount: 1_000n * usdc });
    const state = addPosition(market(), "a", one);
    const end = liquidate(base, state, pricesAt(1_800n), "a");
    // Loss 2,000 dollars against 1,000: 1,000 are missing, which the contract counts in whole units of the profit token: 0.5555555 ETH at 1,800.
    expect([end.unpaidUsd, end.unpaidStep]).toEqual([(5_555_555n * 1_800n * FLOAT) / eth, "pnl"]);
    expect(end.moved.trader).toEqual({ long: 0n, short: 0n });
    expect(end.moved.pool.short).toBe(1_000n * usdc);
    expect(end.state.positions.size).toBe(0);
    expect(end.state.openInterestUsd.long).toBe(0n);
  });

  it("behavior: impact beyond the cap is held for the trader, and what is charged goes to the pool and is counted in the impact pool", () => {
    const one = position({ collateralAmount: 700n * usdc, pendingImpactAmount: -eth / 10n });
    const state = addPosition(market(), "a", one);
    // At 1,960: loss 400, pending cost 196 capped at 0.5 % of 20,000 = 100; fees 12 or 8 + 40.
    const end = liquidate(
      { ...base, minCollateralFactorForLiquidation: FLOAT / 50n, positiveImpactFactor: 0n },
      state,
      pricesAt(1_960n),
      "a",
    );
    expect(end.impactUsd).toBe(-100n * FLOAT);
    expect(end.impactDifferenceUsd).toBe(96n * FLOAT);
    expect(end.moved.heldCollateral.short).toBe(96n * usdc);
    expect(end.state.impactPoolAmount).toBe((100n * eth) / 1_960n);
  });

  it("behavior: deleveraging by a chosen size lowers the factor and ends between the thresholds", () => {
    const one = position({
      collateralToken: "long",
      sizeTokens: 450n * eth,
      sizeUsd: 900_000n * FLOAT,
      collateralAmount: 100n * eth,
    });
    const prices = pricesAt(4_000n);
    const open = addPosition(market({ long: 250n * eth, short: 0n }), "a", one);
    expect(pnlToPoolFactor(open, prices, true)).toBe((FLOAT * 9n) / 10n);
    const state = updateAdlState(base, open, prices, true);
    // Closing 30 % pays 67.5 ETH out of 250: profit 630,000 on a pool of 182.5 ETH x 4,000 and fees: 0.863 and falls slowly.
    const end = deleverage(base, state, prices, "a", 300_000n * FLOAT);
    const after = pnlToPoolFactor(end.state, prices, true);
    expect(after).toBeLessThan((FLOAT * 9n) / 10n);
    expect(after).toBeGreaterThan(base.minPnlFactorAfterAdl);
    expect(end.moved.trader.long).toBeGreaterThan(0n);
    expect(() => deleverage(base, state, prices, "a", 800_000n * FLOAT)).toThrow(PnlOvercorrected);
  });

  it("error: every class is thrown", () => {
    const one = position({});
    const prices = pricesAt(2_000n);
    const state = addPosition(market(), "a", one);
    expect(() => addPosition(state, "a", one)).toThrow(PositionExists);
    expect(() => liquidate(base, state, prices, "b")).toThrow(EmptyPosition);
    expect(() => liquidate(base, state, prices, "a")).toThrow(PositionShouldNotBeLiquidated);
    expect(() => liquidate(base, state, prices, "a")).toThrow(NotLiquidatable);
    expect(() => deleverage(base, state, prices, "a", FLOAT)).toThrow(AdlNotEnabled);
    const on: GmxMarket = { ...state, adlEnabled: { long: true, short: true } };
    expect(() => deleverage(base, on, prices, "a", FLOAT)).toThrow(AdlNotRequired);
    const rich = pricesAt(100_000n);
    const wide = { ...on, poolAmount: { long: eth, short: 0n } };
    expect(() => deleverage(base, wide, rich, "a", 30_000n * FLOAT)).toThrow(InvalidSizeDeltaForAdl);
    // A share of the pool above the traders' cap: paying 90 % of the pool for 5 % of the profit raises the factor.
    const loose = { ...base, maxPnlFactorForTraders: FLOAT, minPnlFactorAfterAdl: 0n };
    const greedy = { ...loose, maxPnlFactorForAdl: FLOAT / 10n, positionFeeFactorImproved: 0n };
    expect(() => deleverage(greedy, wide, rich, "a", 10n * FLOAT)).toThrow(InvalidAdl);
    const broke = addPosition(market({ long: 2n * eth, short: 0n }), "a", one);
    const barely = { ...broke, poolAmount: { long: 1n, short: 0n }, impactPoolAmount: 10n * eth };
    const gaining = { ...one, pendingImpactAmount: eth, collateralAmount: 100n * usdc };
    const starved = { ...barely, positions: new Map([["a", gaining]]) };
    expect(() => liquidate({ ...base, minCollateralFactorForLiquidation: FLOAT }, starved, prices, "a")).toThrow(
      InsufficientPoolAmount,
    );
    expect(() =>
      openPosition(base, market(), prices, "c", {
        isLong: true,
        collateralToken: "short",
        sizeUsd: 20_000n * FLOAT,
        collateralAmount: 100n * usdc,
      }),
    ).toThrow(LiquidatablePosition);
    expect(() =>
      openPosition(base, market(), prices, "c", {
        isLong: true,
        collateralToken: "short",
        sizeUsd: 0n,
        collateralAmount: usdc,
      }),
    ).toThrow(EmptyPosition);
    // Funding eats more than there is: a partial close cannot pay it.
    const due = accrue(
      addPosition(market({ long: 8n * eth, short: 0n }), "a", position({ collateralAmount: 200n * usdc })),
      "a",
      0n,
      60_000n * usdc,
    );
    const enabled = { ...due, adlEnabled: { long: true, short: false } };
    expect(() => deleverage(base, enabled, pricesAt(8_000n), "a", 1_000n * FLOAT)).toThrow(
      InsufficientFundsToPayForCosts,
    );
  });

  it("error: every parameter fault is found, all at once; the presets have none", () => {
    for (const preset of presets) expect(faults(preset.parameters), preset.name).toEqual([]);
    const codes = faults({
      ...base,
      minCollateralUsd: -1n,
      liquidationFeeFactor: FLOAT + 1n,
      negativeImpactExponent: 0n,
      minCollateralFactor: 0n,
      maxPnlFactorForAdl: FLOAT / 2n,
      maxPnlFactorForTraders: FLOAT / 3n,
    }).map((fault) => fault.code);
    expect(new Set(codes)).toEqual(
      new Set([
        "negative",
        "factor-above-one",
        "exponent-out-of-range",
        "threshold-above-opening",
        "deleveraging-without-room",
        "deleveraging-too-late",
      ]),
    );
  });

  it("property: 20,000 operations keep every token, liquidate nobody healthy, and pay nobody who left a debt", () => {
    const seed = 20260103n;
    const random = generator(seed);
    const parameters = capped;
    let state = market({ long: 300n * eth, short: 600_000n * usdc });
    const deposited = { long: 300n * eth, short: 600_000n * usdc };
    const out = { long: 0n, short: 0n };
    let dollars = 2_000n;
    let serial = 0;
    const done = { opened: 0, liquidated: 0, unpaid: 0, deleveraged: 0 };
    const tokens = ["long", "short"] as const;
    for (let step = 0; step < 20_000; step++) {
      const where = `seed ${seed}, step ${step}`;
      const prices = pricesAt(dollars, random(50_000_000n));
      const names = [...state.positions.keys()];
      const name = names.length === 0 ? "" : names[Number(random(BigInt(names.length)))];
      const kind = random(10n);
      if (kind < 2n) {
        dollars = (dollars * (950n + random(104n))) / 1_000n;
        if (dollars < 500n || dollars > 9_000n) dollars = 2_000n;
      } else if (kind < 4n && names.length < 24) {
        const collateralToken = tokens[Number(random(2n))];
        const isLong = random(2n) === 0n;
        const sizeUsd = (1_000n + random(60_000n)) * FLOAT + random(FLOAT);
        const collateralAmount = sizeUsd / prices[collateralToken].min / (8n + random(60n));
        try {
          const opened = `p${serial++}`;
          state = openPosition(parameters, state, prices, opened, {
            isLong,
            collateralToken,
            sizeUsd,
            collateralAmount,
          });
          deposited[collateralToken] += collateralAmount;
          done.opened++;
        } catch (refusal) {
          expect(refusal, where).toBeInstanceOf(LiquidatablePosition);
        }
      } else if (kind < 5n && name !== "") {
        const funding = state.positions.get(name)?.collateralToken === "long" ? random(eth / 100n) : random(20n * usdc);
        state = accrue(state, name, random(30n * FLOAT), funding);
      } else if (kind < 6n) {
        // Liquidity comes and goes, and stays small enough for profits to press on it.
        const token = tokens[Number(random(2n))];
        const target = token === "long" ? 100n * eth : 200_000n * usdc;
        const change = target + random(target) - state.poolAmount[token];
        state = { ...state, poolAmount: { ...state.poolAmount, [token]: state.poolAmount[token] + change } };
        deposited[token] += change;
      } else if (name !== "") {
        const one = state.positions.get(name);
        if (one === undefined) continue;
        if (kind < 9n) {
          const healthy = !isLiquidatable(parameters, state, prices, one);
          try {
            const end = liquidate(parameters, state, prices, name);
            expect(healthy, where).toBe(false);
            expect(end.state.positions.has(name), where).toBe(false);
            if (end.unpaidUsd > 0n) {
              done.unpaid++;
              expect(end.moved.trader, where).toEqual({ long: 0n, short: 0n });
            }
            for (const token of tokens) out[token] += end.moved.trader[token];
            for (const token of tokens) expect(sum(end.moved, token), where).toBe(0n);
            state = end.state;
            done.liquidated++;
          } catch (refusal) {
            expect(
              refusal instanceof PositionShouldNotBeLiquidated ? healthy : refusal instanceof InsufficientPoolAmount,
              where,
            ).toBe(true);
          }
        } else {
          state = updateAdlState(parameters, state, prices, one.isLong);
          const before = pnlToPoolFactor(state, prices, one.isLong);
          try {
            const end = deleverage(parameters, state, prices, name, (one.sizeUsd * (1n + random(10n))) / 10n);
            const after = pnlToPoolFactor(end.state, prices, one.isLong);
            expect(before > parameters.maxPnlFactorForAdl, where).toBe(true);
            expect(after < before && after >= parameters.minPnlFactorAfterAdl, where).toBe(true);
            for (const token of tokens) out[token] += end.moved.trader[token];
            for (const token of tokens) expect(sum(end.moved, token), where).toBe(0n);
            state = end.state;
            done.deleveraged++;
          } catch (refusal) {
            const known = [AdlNotEnabled, PnlOvercorrected, InvalidAdl, LiquidatablePosition, InsufficientPoolAmount];
            expect(
              [...known, InsufficientFundsToPayForCosts].some((one) => refusal instanceof one),
              `${where}: ${refusal}`,
            ).toBe(true);
          }
        }
      }
      const held = { long: 0n, short: 0n };
      const interest = { usd: { long: 0n, short: 0n }, tokens: { long: 0n, short: 0n } };
      for (const one of state.positions.values()) {
        held[one.collateralToken] += one.collateralAmount;
        interest.usd[one.isLong ? "long" : "short"] += one.sizeUsd;
        interest.tokens[one.isLong ? "long" : "short"] += one.sizeTokens;
      }
      for (const token of tokens) {
        const all = state.poolAmount[token] + state.feeReceiver[token] + state.fundingClaims[token];
        expect(all + state.heldCollateral[token] + held[token] + out[token], where).toBe(deposited[token]);
      }
      expect(state.openInterestUsd, where).toEqual(interest.usd);
      expect(state.openInterestTokens, where).toEqual(interest.tokens);
    }
    expect(done.opened).toBeGreaterThan(400);
    expect(done.liquidated).toBeGreaterThan(300);
    expect(done.unpaid).toBeGreaterThan(20);
    expect(done.deleveraged).toBeGreaterThan(5);
  });
});

/** Change of one token over all parties of a close. */
function sum(moved: Readonly<Record<string, BothSides>>, token: "long" | "short"): bigint {
  return Object.values(moved).reduce((total, party) => total + party[token], 0n);
}
