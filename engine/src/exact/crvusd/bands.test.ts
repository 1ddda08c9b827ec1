import { describe, expect, it } from "vitest";
import { divDown, divTowardsZero, sqrtDown } from "../rounding.js";
import { WAD } from "../scales.js";
import {
  ammPrice,
  BandTooFar,
  bandFee,
  bandGrid,
  currentDown,
  currentUp,
  effectiveCollateral,
  exchange,
  fullCollateral,
  openMarket,
  oracleDown,
  oracleUp,
  priceInBand,
  rateMultiplier,
  removedShare,
  smoothedOracle,
  wadExponential,
  wadLogarithm,
  withRate,
} from "./index.js";
import { marketAt, usual, usualV1, withBands } from "./test-support.js";

// "golden:" numbers are the vectors llamma_* of MECHANISMS section 7 (vectors of an independent integer replica, not of the bytecode).

const percent = divDown(WAD, 100n);
/** base price 2,000 x 0.99^band in whole units, exact, rounded down. */
const exactUp = (band: bigint) => (2000n * WAD * 99n ** band) / 100n ** band;

describe("crvUSD bands", () => {
  it("golden: llamma_bands, within what 18 digits of the power allow", () => {
    const market = marketAt(1950n * WAD);
    const vectors: readonly [number, bigint, bigint][] = [
      [0, 2000000000000000000000n, 1853718750000000000000n],
      [1, 1980000000000000000000n, 1891356749311294765839n],
      [2, 1960200000000000000000n, 1929758952465355337046n],
      [3, 1940598000000000000000n, 1968940875895679356235n],
      [4, 1921192020000000000000n, 2008918351082215443562n],
      [10, 1808764150017608980020n, 2266417687378564672532n],
      [50, 1210012134275073300895n, 5064357820273231047574n],
    ];
    for (const [band, upper, down] of vectors) {
      // The vectors hold 2000 x 0.99^n to the wei. The contract multiplies the base price by a power of 18 digits whose exponent is short by up to n x 1e-18,
      // so it cannot give them for n = 10 (2,000 wei off) and n = 50 (11,105 wei off): "few wei" holds of the power, not of the price.
      const allowed = (BigInt(band) + 1n) * 2000n;
      expect(upper).toBe(exactUp(BigInt(band)));
      const found = oracleUp(market, band);
      expect(found - upper <= allowed && upper - found <= allowed).toBe(true);
      if (band <= 4) expect([found, currentDown(market, band)]).toEqual([upper, down]);
    }
    expect(oracleUp(market, 10)).toBe(1808764150017608982000n);
    expect(oracleUp(market, 50)).toBe(1210012134275073312000n);
  });

  it("golden: llamma_limit", () => {
    const vectors: readonly [bigint, bigint, bigint, bigint][] = [
      [1980n, 0n, 1980000000000000000000n, 29701000000000000n],
      [1980n, 60n, 1980000000000000000000n, 14850500000000000n],
      [1980n, 120n, 1980000000000000000000n, 0n],
      [1900n, 12n, 1900000000000000000000n, 128362500000000000n],
      [1500n, 12n, 1600000000000000000000n, 439200000000000000n],
      [2600n, 12n, 2500000000000000000000n, 439200000000000000n],
    ];
    for (const [price, time, limited, fee] of vectors) {
      const market = { ...openMarket(usual, 2000n * WAD, 0n, 0n), time, externalPrice: price * WAD };
      expect(smoothedOracle(market)).toEqual({ price: limited, fee });
    }
  });

  it("golden: llamma_bandfee", () => {
    const vectors: readonly [bigint, number, bigint][] = [
      [1990n, 0, 0n],
      [1950n, 0, 7518365472910927n],
      [1950n, 5, 12161190004259174n],
      [1900n, 0, 19793898581777369n],
      [2050n, 0, 12046400951814396n],
    ];
    for (const [price, band, fee] of vectors) {
      const market = marketAt(price * WAD);
      expect(bandFee(market, price * WAD, oracleUp(market, band))).toBe(fee);
    }
  });

  it("golden: llamma_swap, but for the price afterwards", () => {
    const market = withBands(marketAt(1990n * WAD), 0, { 0: [10_000n * WAD, 0n] });
    const done = exchange(market, { trader: "trader", direction: "down", amount: WAD, limit: 0n });
    const band = { amplification: 100n, oraclePrice: 1990n * WAD, upperOraclePrice: 2000n * WAD };
    const before = fullCollateral({ ...band, stable: 10_000n * WAD, collateral: 0n });
    expect(done.received).toBe(1994106453727887285581n);
    expect(done.market.bands.get(0)).toMatchObject({ stable: 8005893546272112714419n, collateral: WAD });
    expect(before).toBe(4999873740562107017n);
    // The vector's p_after, 2002118751057899788584, is (f + x) / (g + y) at the y0 of before the trade. get_p solves y0 again from what the band holds now, fee
    // included, which lies 7e-6 lower.
    const f = divDown(divDown(100n * before * 1990n * WAD, 2000n * WAD) * 1990n * WAD, WAD);
    const g = divDown(99n * before * 2000n * WAD, 1990n * WAD);
    expect(divDown((f + 8005893546272112714419n) * WAD, g + WAD)).toBe(2002118751057899788584n);
    expect(ammPrice(done.market)).toBe(2002104294121984938136n);
  });

  it("golden: llamma_fremove and llamma_yeff", () => {
    const shares = [10n, 50n, 90n, 100n].map((part) => removedShare(part * percent, 6n * percent));
    expect(shares).toEqual([97452830188679245n, 492924528301886792n, 897452830188679244n, WAD]);
    const market = marketAt(1950n * WAD);
    const effective = [4, 10, 50].map((count) => effectiveCollateral(market, 10n * WAD, count, 9n * percent));
    expect(effective).toEqual([8919473067476531649n, 8657615705688271328n, 7152854816953018458n]);
    expect(effective.map((one) => one * 2000n)).toEqual([
      17838946134953063298000n,
      17315231411376542656000n,
      14305709633906036916000n,
    ]);
  });

  it("behavior: a v1 factory's logarithm is ten units short, v2's is the logarithm rounded down", () => {
    // ln(100 / 99) = 0.010050335853501441183548857...
    expect(bandGrid(usual).logRatio).toBe(10050335853501441n);
    expect(bandGrid(usualV1).logRatio).toBe(10050335853501431n);
  });

  it("oracle: exponential and logarithm against exact series in 60 digits", () => {
    const scale = 10n ** 60n;
    const series = (power: bigint) => {
      // e^(power / 1e18) by halving the argument 2^10 times and squaring back.
      const x = (power * scale) / WAD / 1024n;
      let [sum, term] = [scale, scale];
      for (let n = 1n; n < 60n; n++) {
        term = (term * x) / scale / n;
        sum += term;
      }
      for (let n = 0; n < 10; n++) sum = (sum * sum) / scale;
      return sum / 10n ** 42n;
    };
    for (let band = -1100n; band <= 1100n; band += 7n) {
      const power = -band * 10050335853501441n;
      const exact = series(power);
      const off = wadExponential(power, divDown) - exact;
      const allowed = 1n + exact / WAD / 40n;
      expect(off * off <= allowed * allowed, `band ${band}: ${off}`).toBe(true);
      // v1 rounds the number of halvings towards zero, which leaves the approximation its range for bands above 0: up to 5.1e-12 relative, measured.
      const offV1 = wadExponential(power, divTowardsZero) - exact;
      const allowedV1 = 2n + (exact * 6n) / 10n ** 12n;
      expect(offV1 * offV1 <= allowedV1 * allowedV1, `band ${band}: ${offV1}`).toBe(true);
      const back = wadLogarithm(exact) - power;
      const unit = exact < WAD ? (2n * WAD) / exact + 2n : 2n;
      expect(back * back <= unit * unit).toBe(true);
    }
  });

  it("behavior: band edges meet, and the AMM's prices run against the oracle's", () => {
    const market = marketAt(1950n * WAD);
    for (let band = -60; band < 60; band++) {
      expect(oracleDown(market, band)).toBe(oracleUp(market, band + 1));
      expect(oracleUp(market, band) > oracleDown(market, band)).toBe(true);
      expect(currentUp(market, band)).toBe(currentDown(market, band + 1));
      expect(currentUp(market, band) > currentDown(market, band)).toBe(true);
    }
  });

  it("behavior: the price within a band lies between its edges, at them with one coin only", () => {
    const market = marketAt(1950n * WAD);
    const at = (stable: bigint, collateral: bigint) =>
      priceInBand(withBands(market, 2, { 2: [stable, collateral] }), 2);
    expect(at(0n, WAD)).toBe(currentDown(market, 2));
    const up = at(1000n * WAD, 0n);
    // 0.99 of the upper price rounds otherwise than the next band's own power does.
    expect(up - currentUp(market, 2) < 10_000n && currentUp(market, 2) - up < 10_000n).toBe(true);
    const inside = at(1000n * WAD, WAD);
    expect(inside > at(0n, WAD) && inside < up).toBe(true);
    const middle = at(0n, 0n);
    expect(middle > at(0n, WAD) && middle < up).toBe(true);
  });

  it("behavior: interest lifts the whole grid", () => {
    const lent = { ...withRate(marketAt(1950n * WAD), divDown(WAD, 1_000_000n)), time: 11_000n };
    expect(rateMultiplier(lent)).toBe(WAD + divDown(WAD, 100n));
    expect(oracleUp(lent, 0)).toBe(2020n * WAD);
    expect(oracleUp(lent, 4)).toBe(divDown(1921192020000000000000n * 101n, 100n));
  });

  it("error: a band without price", () => {
    expect(() => oracleUp(marketAt(1950n * WAD), 3_500)).toThrow(BandTooFar);
    expect(() => wadExponential(136n * WAD, divDown)).toThrow(RangeError);
    expect(wadExponential(-42n * WAD, divDown)).toBe(0n);
    expect(() => wadLogarithm(0n)).toThrow(RangeError);
  });

  it("behavior: switching smoothing off takes the fee of a jump away", () => {
    const jump = (oracleDelaySeconds: bigint) =>
      smoothedOracle({
        ...openMarket({ ...usual, oracleDelaySeconds }, 2000n * WAD, 0n, 0n),
        time: 12n,
        externalPrice: 1500n * WAD,
      });
    expect(jump(120n)).toEqual({ price: 1600n * WAD, fee: 439200000000000000n });
    expect(jump(0n)).toEqual({ price: 1500n * WAD, fee: 0n });
  });

  it("behavior: y0 against the quadratic it solves, 2,000 random bands", () => {
    let seed = 7n;
    const random = (below: bigint) => {
      seed = (seed * 6364136223846793005n + 1442695040888963407n) & ((1n << 64n) - 1n);
      return ((seed >> 11n) * below) >> 53n;
    };
    const wide = 10n ** 24n;
    for (let round = 0; round < 2_000; round++) {
      const upperOraclePrice = 1000n * WAD + random(1000n * WAD);
      const oraclePrice = divDown(upperOraclePrice * (900n + random(200n)), 1000n);
      const [stable, collateral] = [10n ** 15n + random(10n ** 24n), 10n ** 15n + random(10n ** 21n)];
      const found = fullCollateral({ amplification: 100n, stable, collateral, oraclePrice, upperOraclePrice });
      // The same root with 24 digits more, in another order: y0 = (b + sqrt(b^2 + 4 a x y)) / 2a.
      const b =
        (upperOraclePrice * 99n * stable * wide) / oraclePrice +
        (100n * oraclePrice * oraclePrice * collateral * wide) / upperOraclePrice / WAD;
      const root = sqrtDown(b * b + (400n * oraclePrice * stable * collateral * wide * wide) / WAD);
      const exact = ((b + root) * WAD) / (200n * oraclePrice) / wide;
      const off = exact - found;
      expect(off >= 0n && off <= 2n, `round ${round}: ${off}`).toBe(true);
    }
  });
});
