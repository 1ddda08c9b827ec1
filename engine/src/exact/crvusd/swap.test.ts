import { describe, expect, it } from "vitest";
import { divDown, mulDivDown, sqrtDown } from "../rounding.js";
import { MAX_UINT256, WAD } from "../scales.js";
import {
  ammPrice,
  amountForPrice,
  type CrvusdParameters,
  exchange,
  exchangeFor,
  type Market,
  oracleUp,
  quote,
  Slippage,
  smoothedOracle,
} from "./index.js";
import { marketAt, usual, usualV1, withBands } from "./test-support.js";

/** Numbers in [0, below) from a fixed seed. */
function generator(seed: bigint) {
  let state = seed;
  return (below: bigint) => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & ((1n << 64n) - 1n);
    return ((state >> 11n) * below) >> 53n;
  };
}

const wide = 10n ** 30n;

/**
 * A trade within one band by exact arithmetic at 48 digits: y0 from the quadratic, f and g from y0, the fee taken off what comes in, and the rest along
 * (f + x)(g + y) = const. No rounding step of the contract appears in it.
 */
function exactTrade(market: Market, band: number, direction: "up" | "down", paid: bigint): bigint {
  const { stable, collateral } = market.bands.get(band) ?? { stable: 0n, collateral: 0n };
  const oracle = smoothedOracle(market).price;
  const upper = oracleUp(market, band);
  const [x, y] = [stable * wide, collateral * wide];
  const b = (upper * 99n * x) / oracle + (100n * oracle * oracle * y) / upper / WAD;
  const y0 = ((b + sqrtDown(b * b + (400n * oracle * x * y) / WAD)) * WAD) / (200n * oracle);
  const f = (100n * y0 * oracle * oracle) / upper / WAD;
  const g = (99n * y0 * upper) / oracle;
  const kept = (paid * wide * (WAD - market.parameters.fee)) / WAD;
  const [inside, out] = direction === "up" ? [f + x, g + y] : [g + y, f + x];
  return (out - (inside * out) / (inside + kept)) / wide;
}

describe("crvUSD trades", () => {
  it("oracle: one band against exact arithmetic, 2,000 random trades", () => {
    const random = generator(11n);
    let compared = 0;
    for (let round = 0; round < 2_000; round++) {
      const oracle = 1981n * WAD + random(18n * WAD);
      const content = [WAD + random(10n ** 23n), 10n ** 15n + random(10n ** 20n)] as const;
      const market = withBands(marketAt(oracle, { ...usual, bandFeeShare: 0n }), 0, { 0: content });
      const direction = random(2n) === 0n ? "up" : "down";
      const paid = direction === "up" ? 10n ** 12n + random(10n ** 22n) : 10n ** 9n + random(10n ** 18n);
      const done = exchange(market, { trader: "trader", direction, amount: paid, limit: 0n });
      if (done.paid !== paid) continue;
      const exact = exactTrade(market, 0, direction, paid);
      const short = exact - done.received;
      compared += 1;
      // The trader never gets more than the exact amount by more than the roundings of f, g and the fee allow: parts in 10^17 of the band's virtual balances,
      // some 100 times what it holds. Measured: 6e-16 of the band.
      const allowed =
        2n +
        (100n * (direction === "up" ? content[1] + divDown(content[0], 1900n) : content[0] + content[1] * 2100n)) /
          10n ** 17n;
      expect(short <= allowed && -short <= allowed, `round ${round}: ${short} against ${allowed}`).toBe(true);
    }
    expect(compared).toBeGreaterThan(1_000);
  });

  it("property: paying what a purchase costs buys it back within rounding, 1,000 random trades over several bands", () => {
    const random = generator(12n);
    for (let round = 0; round < 1_000; round++) {
      const bands: Record<number, readonly [bigint, bigint]> = {
        0: [random(10n ** 22n) + 1n, random(10n ** 19n) + 1n],
      };
      for (let band = 1; band < 6; band++) {
        bands[band] = [0n, random(10n ** 19n)];
        bands[-band] = [random(10n ** 22n), 0n];
      }
      const market = withBands(marketAt(1900n * WAD + random(200n * WAD)), 0, bands);
      const direction = random(2n) === 0n ? "up" : "down";
      const wanted = direction === "up" ? 10n ** 12n + random(10n ** 19n) : 10n ** 14n + random(10n ** 22n);
      const call = { trader: "trader", direction, amount: wanted, limit: MAX_UINT256 } as const;
      const bought = exchangeFor(market, call);
      const paying = exchange(market, { ...call, amount: bought.paid, limit: 0n });
      const short = wanted - paying.received;
      expect(short >= -2n && short <= 2n + wanted / 10n ** 12n, `round ${round}: ${short}`).toBe(true);
    }
  });

  it("behavior: a trade to a price gets there", () => {
    const random = generator(13n);
    for (let round = 0; round < 300; round++) {
      const bands: Record<number, readonly [bigint, bigint]> = {
        0: [10n ** 21n + random(10n ** 22n), 10n ** 18n + random(10n ** 19n)],
      };
      for (let band = 1; band < 8; band++) {
        bands[band] = [0n, 10n ** 18n + random(10n ** 19n)];
        bands[-band] = [10n ** 21n + random(10n ** 22n), 0n];
      }
      const market = withBands(marketAt(1990n * WAD, round % 2 === 0 ? usual : usualV1), 0, bands);
      const target = 1940n * WAD + random(100n * WAD);
      const { direction, amount } = amountForPrice(market, target);
      const { market: after } = exchange(market, { trader: "trader", direction, amount, limit: 0n });
      const off = ammPrice(after) - target;
      // The fee stays in the bands and moves y0, so the price lands within the fee's part of a band: 0.6 % of 1 % of the price and a little.
      expect(off < target / 5_000n && -off < target / 5_000n, `round ${round}: ${off}`).toBe(true);
    }
  });

  it("limit: at most 50 bands, and none some 50 bands away from the oracle", () => {
    const bands: Record<number, readonly [bigint, bigint]> = {};
    for (let band = 0; band < 120; band++) bands[band] = [0n, WAD];
    const all = (price: bigint) =>
      exchange(withBands(marketAt(price), 0, bands), { trader: "t", direction: "up", amount: 10n ** 30n, limit: 0n });
    // At an oracle price of 1,300 (bands 42 and 43) the 50 bands end the trade; at 3,200, 47 bands above band 0, the distance does after a few.
    expect(all(1300n * WAD).received).toBe(50n * WAD);
    expect(all(3200n * WAD).received).toBe(5n * WAD);
    expect(all(3200n * WAD).market.activeBand).toBe(4);
    // Downwards the same: bands below hold stablecoin.
    const below: Record<number, readonly [bigint, bigint]> = {};
    for (let band = 0; band > -120; band--) below[band] = [1000n * WAD, 0n];
    const dump = exchange(withBands(marketAt(3000n * WAD), 0, below), {
      trader: "t",
      direction: "down",
      amount: 10n ** 30n,
      limit: 0n,
    });
    expect(dump.received).toBe(50n * 1000n * WAD);
  });

  it("behavior: an emptied band leaves no dust; a wei whose curve rounds to nothing is passed over and falls to the AMM", () => {
    const emptied = (dust: bigint) => {
      const market = withBands(marketAt(1990n * WAD), 0, { 0: [0n, dust], 1: [0n, WAD] });
      const done = exchange(market, { trader: "t", direction: "up", amount: 1000n * WAD, limit: 0n });
      return done.market.bands.get(0);
    };
    // y0 of two wei is one wei: f = 197,010, g = 99, so emptying costs 197,010 x 101 / 99 - 197,010 = 3,980 and a fee of 24.
    expect(emptied(2n)).toMatchObject({ stable: 4004n, collateral: 0n });
    expect(emptied(1n)).toMatchObject({ stable: 0n, collateral: 0n });
  });

  it("behavior: a fee for bands that the oracle has left makes the trade dearer; an admin's share leaves the bands", () => {
    const sell = (parameters: CrvusdParameters) => {
      const market = withBands(marketAt(1900n * WAD, parameters), 0, { 0: [10_000n * WAD, 0n] });
      return exchange(market, { trader: "t", direction: "down", amount: WAD, limit: 0n });
    };
    const [withFee, without] = [sell(usual), sell({ ...usual, bandFeeShare: 0n })];
    expect(withFee.received < without.received).toBe(true);
    // 1.979389858177736 % instead of 0.6 % (llamma_bandfee at 1900, band 0): 1.39 % less for the trader.
    const ratio = mulDivDown(withFee.received, WAD, without.received);
    expect(ratio > 986n * 10n ** 15n && ratio < 987n * 10n ** 15n).toBe(true);
    const half = sell({ ...usual, rules: "v1", bandFeeShare: 0n, adminFee: divDown(WAD, 2n) });
    expect(half.received).toBe(without.received);
    // Half of 0.6 % of one collateral.
    const admin = half.market.adminFees.collateral;
    expect(WAD - (half.market.bands.get(0)?.collateral ?? 0n)).toBe(admin);
    expect(admin - 3n * 10n ** 15n < 10n && 3n * 10n ** 15n - admin < 10n).toBe(true);
  });

  it("behavior: a higher fee gives the trader less, a jump of the oracle even less", () => {
    const sell = (fee: bigint, jump: bigint) => {
      const market = withBands(marketAt(1990n * WAD, { ...usual, fee }), 0, { 0: [10_000n * WAD, 0n] });
      const before = { ...market, oracle: { price: 1990n * WAD + jump, fee: 0n, time: market.time - 12n } };
      return exchange(before, { trader: "t", direction: "down", amount: WAD, limit: 0n }).received;
    };
    expect(sell(10n ** 16n, 0n) < sell(10n ** 15n, 0n)).toBe(true);
    expect(sell(10n ** 15n, 100n * WAD) < sell(10n ** 15n, 0n)).toBe(true);
  });

  it("behavior: what is too little to trade moves nothing but the oracle's memory", () => {
    const market = withBands(marketAt(1990n * WAD), 0, { 0: [10_000n * WAD, 0n] });
    const nothing = exchange(market, { trader: "t", direction: "down", amount: 0n, limit: 0n });
    expect(nothing).toMatchObject({ paid: 0n, received: 0n, transfers: [] });
    expect(nothing.market.oracle.time).toBe(market.time);
    expect(exchangeFor(market, { trader: "t", direction: "down", amount: 0n, limit: 0n }).transfers).toEqual([]);
    // Nothing is for sale upwards: the band holds stablecoin only.
    expect(exchange(market, { trader: "t", direction: "up", amount: WAD, limit: 0n })).toMatchObject({ paid: 0n });
    expect(quote(market, "down", WAD)).toEqual({ paid: WAD, received: 1994106453727887285581n });
  });

  it("error: less than asked for, more than allowed, more than there is", () => {
    const market = withBands(marketAt(1990n * WAD), 0, { 0: [10_000n * WAD, 0n] });
    // llamma_swap: one collateral gives 1994.106453727887285581.
    const call = { trader: "t", direction: "down", amount: WAD } as const;
    expect(exchange(market, { ...call, limit: 1994106453727887285581n }).received).toBe(1994106453727887285581n);
    expect(() => exchange(market, { ...call, limit: 1994106453727887285582n })).toThrow(Slippage);
    expect(() => exchangeFor(market, { ...call, amount: 1994n * WAD, limit: 9n * 10n ** 17n })).toThrow(Slippage);
    expect(() => exchangeFor(market, { ...call, amount: 10_001n * WAD, limit: MAX_UINT256 })).toThrow(Slippage);
    expect(exchangeFor(market, { ...call, amount: MAX_UINT256, limit: MAX_UINT256 }).received).toBe(10_000n * WAD);
  });
});
