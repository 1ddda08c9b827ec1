import { describe, expect, it } from "vitest";
import { NotLiquidatable } from "../errors.js";
import { MAX_UINT256, SCALE_36, WAD } from "../scales.js";
import * as morpho from "./index.js";

const at86 = morpho.marketAt(860_000_000_000_000_000n);
const ETHER = 10n ** 18n;
/** Dollars a WETH, in units of USDC (6) for units of WETH (18), scale 1e36. */
const usd = (price: number) => morpho.oraclePrice(BigInt(price) * 100_000_000n, 100_000_000n, ETHER, 1_000_000n);

/** A market with `supplied` lent units and one borrower with `tokens` of WETH who owes `debt` units; nothing is checked. */
function opened(tokens: bigint, debt: bigint, supplied = 100_000_000_000n) {
  const lent = morpho.supply(morpho.newMarket(0n), morpho.newPosition(), { assets: supplied, shares: 0n });
  const deposit = morpho.supplyCollateral(lent.market, morpho.newPosition(), tokens);
  const loan = morpho.borrow(at86, deposit.market, deposit.position, { assets: debt, shares: 0n }, usd(1_000_000));
  return { market: loan.market, borrower: loan.position, lender: lent.position };
}
const seize = (seizedAssets: bigint): morpho.SeizedOrRepaid => ({ seizedAssets, repaidShares: 0n });
const shares = (repaidShares: bigint): morpho.SeizedOrRepaid => ({ seizedAssets: 0n, repaidShares });
const sums = (entries: readonly morpho.MorphoEntry[]) =>
  (["loan", "collateral"] as const).map((asset) =>
    entries.reduce((sum, entry) => sum + (entry.asset === asset ? entry.units : 0n), 0n),
  );

describe("morpho blue: vectors of an independent integer replica (MECHANISMS sections 6 and 30)", () => {
  it.each([
    ["0.385", 385n, 1_150_000_000_000_000_000n],
    ["0.625", 625n, 1_126_760_563_380_281_690n],
    ["0.77", 770n, 1_074_113_856_068_743_286n],
    ["0.86", 860n, 1_043_841_336_116_910_229n],
    ["0.915", 915n, 1_026_167_265_264_238_070n],
    ["0.945", 945n, 1_016_776_817_488_561_260n],
    ["0.965", 965n, 1_010_611_419_909_044_972n],
    ["0.98", 980n, 1_006_036_217_303_822_937n],
  ])("golden: incentive at an LLTV of %s, which governance has enabled", (_, thousandths, incentive) => {
    const lltv = (thousandths * WAD) / 1000n;
    expect(morpho.liquidationIncentiveFactor(morpho.marketAt(lltv))).toBe(incentive);
    expect(morpho.presets.some(({ parameters }) => parameters.lltv === lltv)).toBe(true);
  });

  it("golden: 10 WETH and 17,300 USDC of debt at 2000: five WETH cost 9,580.000001 USDC", () => {
    const { market, borrower } = opened(10n * ETHER, 17_300_000_000n);
    expect(usd(2000)).toBe(2000n * 10n ** 24n);
    expect(morpho.maxBorrow(at86, borrower, usd(2000))).toBe(17_200_000_000n);
    expect(morpho.borrowedAssets(market, borrower)).toBe(17_300_000_000n);
    const outcome = morpho.liquidate(at86, market, borrower, seize(5n * ETHER), usd(2000));
    expect(outcome.repaidShares).toBe(9_580_000_001_000_000n);
    expect(outcome.repaidAssets).toBe(9_580_000_001n);
    expect(outcome.badDebtAssets).toBe(0n);
  });

  it("golden: the same at 1500: all ten cost 14,370.000001 USDC and 2,929.999999 are bad debt", () => {
    const { market, borrower } = opened(10n * ETHER, 17_300_000_000n);
    expect(morpho.maxBorrow(at86, borrower, usd(1500))).toBe(12_900_000_000n);
    const outcome = morpho.liquidate(at86, market, borrower, seize(10n * ETHER), usd(1500));
    expect(outcome.repaidShares).toBe(14_370_000_001_000_000n);
    expect(outcome.repaidAssets).toBe(14_370_000_001n);
    expect(outcome.badDebtAssets).toBe(2_929_999_999n);
    expect(outcome.position).toEqual(morpho.newPosition());
    expect(outcome.market.totalSupplyAssets).toBe(100_000_000_000n - 2_929_999_999n);
    expect(outcome.entries).toEqual([
      { party: "wallets", asset: "loan", units: -14_370_000_001n },
      { party: "suppliers", asset: "loan", units: -2_929_999_999n },
      { party: "borrowers", asset: "loan", units: 17_300_000_000n },
      { party: "wallets", asset: "collateral", units: 10n * ETHER },
      { party: "depositors", asset: "collateral", units: -10n * ETHER },
    ]);
  });

  // MECHANISMS section 30 names the terms by their ends: 80 to 86 %, incentive 1.01 to 1.04, close factor 5 to 50 %.
  const terms: morpho.PreLiquidationParameters = {
    preLltv: 800_000_000_000_000_000n,
    preCloseFactorLow: 50_000_000_000_000_000n,
    preCloseFactorHigh: 500_000_000_000_000_000n,
    preIncentiveFactorLow: 1_010_000_000_000_000_000n,
    preIncentiveFactorHigh: 1_040_000_000_000_000_000n,
  };
  it.each([
    ["0.80", 80n, 0n, 1_010_000_000_000_000_000n, 50_000_000_000_000_000n],
    ["0.82", 82n, 333_333_333_333_333_333n, 1_019_999_999_999_999_999n, 199_999_999_999_999_999n],
    ["0.84", 84n, 666_666_666_666_666_666n, 1_029_999_999_999_999_999n, 349_999_999_999_999_999n],
    ["0.86", 86n, 1_000_000_000_000_000_000n, 1_040_000_000_000_000_000n, 500_000_000_000_000_000n],
  ])("golden: pre-liquidation at a loan-to-value of %s", (_, hundredths, quotient, incentive, close) => {
    const found = morpho.preLiquidationQuotient(at86, terms, (hundredths * WAD) / 100n);
    expect(found).toBe(quotient);
    expect(morpho.preIncentiveFactor(terms, found)).toBe(incentive);
    expect(morpho.preCloseFactor(terms, found)).toBe(close);
    if (quotient === 0n) return;
    const { market, borrower } = opened(10n * ETHER, hundredths * 200_000_000n);
    const offer = morpho.preLiquidationOffer(at86, terms, market, borrower, usd(2000));
    expect(offer).toEqual({
      loanToValue: (hundredths * WAD) / 100n,
      incentiveFactor: incentive,
      closeFactor: close,
      repayableShares: (borrower.borrowShares * close) / WAD,
    });
  });
});

describe("morpho blue: at equality", () => {
  const healthy = (debt: bigint) => {
    const { market, borrower } = opened(10n * ETHER, debt);
    return morpho.isHealthy(at86, market, borrower, usd(2000));
  };
  it("equality: owing exactly the limit of 17,200 USDC is healthy, one unit more is not", () => {
    expect([healthy(17_199_999_999n), healthy(17_200_000_000n), healthy(17_200_000_001n)]).toEqual([true, true, false]);
  });

  it("equality: exactly at the limit nobody may liquidate, one unit beyond anybody may", () => {
    const call = (debt: bigint) => {
      const { market, borrower } = opened(10n * ETHER, debt);
      return () => morpho.liquidate(at86, market, borrower, seize(1n), usd(2000));
    };
    expect(call(17_200_000_000n)).toThrow(NotLiquidatable);
    expect(call(17_200_000_001n)).not.toThrow();
  });

  it("equality: all that is supplied may be lent out, one unit more may not", () => {
    const { market, borrower } = opened(1000n * ETHER, 99_999_999_999n);
    const last = morpho.borrow(at86, market, borrower, { assets: 1n, shares: 0n }, usd(2000));
    expect(last.market.totalBorrowAssets).toBe(last.market.totalSupplyAssets);
    expect(() => morpho.borrow(at86, last.market, last.position, { assets: 1n, shares: 0n }, usd(2000))).toThrow(
      morpho.InsufficientLiquidity,
    );
  });
});

describe("morpho blue: what a call does", () => {
  it("behavior: the first supplier gets a million shares a unit, and both directions round against the caller", () => {
    const lent = morpho.supply(morpho.newMarket(0n), morpho.newPosition(), { assets: 5n, shares: 0n });
    expect(lent.shares).toBe(5_000_000n);
    const grown = { ...lent.market, totalSupplyAssets: 6n };
    // 7 assets stand for 6,000,000 shares now.
    expect(morpho.supply(grown, morpho.newPosition(), { assets: 1n, shares: 0n }).shares).toBe(857_142n);
    expect(morpho.supply(grown, morpho.newPosition(), { assets: 0n, shares: 857_143n }).assets).toBe(2n);
    expect(morpho.withdraw(grown, lent.position, { assets: 1n, shares: 0n }).shares).toBe(857_143n);
    expect(morpho.withdraw(grown, lent.position, { assets: 0n, shares: 857_143n }).assets).toBe(1n);
    expect(morpho.withdraw(grown, lent.position, { assets: 0n, shares: 857_142n }).assets).toBe(0n);
  });

  it("behavior: borrowing and repaying by units or by shares round against the borrower", () => {
    const { market, borrower } = opened(10n * ETHER, 3n);
    const owed = { ...market, totalBorrowAssets: 4n };
    // 5 assets stand for 4,000,000 shares now.
    expect(morpho.borrow(at86, owed, borrower, { assets: 1n, shares: 0n }, usd(2000)).shares).toBe(800_000n);
    expect(morpho.borrow(at86, owed, borrower, { assets: 0n, shares: 800_001n }, usd(2000)).assets).toBe(1n);
    expect(morpho.repay(owed, borrower, { assets: 1n, shares: 0n }).shares).toBe(800_000n);
    expect(morpho.repay(owed, borrower, { assets: 0n, shares: 800_001n }).assets).toBe(2n);
  });

  it("behavior: the last to repay pays one unit more than is owed, which then belongs to nobody", () => {
    // One unit owed for one share: a share more than a unit is worth a unit by rounding up even when nothing is owed any more.
    const market = { ...opened(10n * ETHER, 1n).market, totalBorrowAssets: 0n, totalBorrowShares: 1n };
    const outcome = morpho.repay(
      market,
      { supplyShares: 0n, borrowShares: 1n, collateral: 0n },
      { assets: 0n, shares: 1n },
    );
    expect(outcome.assets).toBe(1n);
    expect(outcome.entries).toEqual([
      { party: "wallets", asset: "loan", units: -1n },
      { party: "unowned", asset: "loan", units: 1n },
    ]);
  });

  it("behavior: interest is the first three terms of the exponential, and the fee is minted as supply shares", () => {
    // 5 % over a year of 31,536,000 s: first term 0.05 less a remainder, then 1/2 and 1/6 of its powers: about 0.0512708.
    const rate = 50_000_000_000_000_000n / 31_536_000n;
    const first = rate * 31_536_000n;
    const second = (first * first) / (2n * WAD);
    expect(morpho.taylorCompounded(rate, 31_536_000n)).toBe(first + second + (second * first) / (3n * WAD));
    expect(Number(morpho.taylorCompounded(rate, 31_536_000n)) / 1e18).toBeCloseTo(0.051270833, 8);
    const { market, lender } = opened(100n * ETHER, 50_000_000_000n);
    const plain = morpho.accrue(at86, market, rate, 31_536_000n);
    const taxed = morpho.accrue({ ...at86, fee: WAD / 10n }, market, rate, 31_536_000n);
    expect(plain.interest).toBe(2_563_541_666n);
    expect(plain.feeShares).toBe(0n);
    expect(taxed.interest).toBe(plain.interest);
    const own = (outcome: morpho.AccrualOutcome, one: bigint) =>
      morpho.toAssetsDown(one, outcome.market.totalSupplyAssets, outcome.market.totalSupplyShares);
    // A tenth of 2,563.541666 USDC, rounded down twice; the lender gets the rest.
    expect(own(taxed, taxed.feeShares)).toBe(256_354_165n);
    expect(own(plain, lender.supplyShares) - own(taxed, lender.supplyShares)).toBe(256_354_166n);
    expect(morpho.accrue(at86, plain.market, rate, 31_536_000n).market).toBe(plain.market);
    expect(sums(morpho.entriesBetween(market, taxed.market, 0n, 0n))).toEqual([0n, 0n]);
  });

  it("behavior: a liquidator may choose shares; the collateral rounds down", () => {
    const { market, borrower } = opened(10n * ETHER, 17_300_000_000n);
    const outcome = morpho.liquidate(at86, market, borrower, shares(borrower.borrowShares / 2n), usd(2000));
    expect(outcome.repaidAssets).toBe(8_650_000_000n);
    // 8,650 x 1.043841336116910229 = 9,029.227557... USDC, cut to units, at 2000.
    expect(outcome.seizedAssets).toBe(4_514_613_778_500_000_000n);
    expect(outcome.position.borrowShares).toBe(8_650_000_000_000_000n);
  });

  it("behavior: debt left behind without collateral falls on every supplier at once", () => {
    const { market, borrower, lender } = opened(10n * ETHER, 17_300_000_000n);
    const worth = (state: morpho.MorphoMarket) =>
      morpho.toAssetsDown(lender.supplyShares, state.totalSupplyAssets, state.totalSupplyShares);
    const most = morpho.liquidate(at86, market, borrower, seize(10n * ETHER - 1n), usd(1500));
    expect(most.badDebtAssets).toBe(0n);
    expect(worth(most.market)).toBe(100_000_000_000n);
    const rest = morpho.liquidate(at86, most.market, most.position, seize(1n), usd(1500));
    expect(worth(rest.market)).toBe(100_000_000_000n - rest.badDebtAssets);
    expect(rest.badDebtAssets).toBe(2_929_999_998n);
  });

  it("behavior: a position without debt is healthy at any price", () => {
    const { market } = opened(10n * ETHER, 1n);
    expect(morpho.isHealthy(at86, market, morpho.newPosition(), 0n)).toBe(true);
  });

  it("behavior: the same market in the engine's units decides the same", () => {
    const price = morpho.oraclePrice(200_000_000_000n, 100_000_000n, 10n ** 7n, 10n ** 6n);
    expect(price).toBe(200n * SCALE_36);
    const lent = morpho.supply(morpho.newMarket(0n), morpho.newPosition(), { assets: 100_000_000_000n, shares: 0n });
    const deposit = morpho.supplyCollateral(lent.market, morpho.newPosition(), 10n * 10n ** 7n);
    const loan = morpho.borrow(
      at86,
      deposit.market,
      deposit.position,
      { assets: 17_300_000_000n, shares: 0n },
      price * 2n,
    );
    const outcome = morpho.liquidate(at86, loan.market, loan.position, seize(5n * 10n ** 7n), price);
    expect(outcome.repaidAssets).toBe(9_580_000_001n);
  });
});

describe("morpho blue: refusals", () => {
  const { market, borrower, lender } = opened(10n * ETHER, 17_300_000_000n);
  const full = { ...market, totalBorrowAssets: market.totalSupplyAssets };
  const both = { assets: 1n, shares: 1n };
  const none = { assets: 0n, shares: 0n };
  const cases: readonly [string, new (message: string) => Error, () => unknown][] = [
    ["a healthy position", NotLiquidatable, () => morpho.liquidate(at86, market, borrower, seize(1n), usd(2100))],
    ["a position without debt", NotLiquidatable, () => morpho.liquidate(at86, market, lender, seize(1n), usd(1))],
    [
      "a liquidation of both amounts",
      morpho.InconsistentInput,
      () => morpho.liquidate(at86, market, borrower, { seizedAssets: 1n, repaidShares: 1n }, usd(2000)),
    ],
    [
      "a liquidation of nothing",
      morpho.InconsistentInput,
      () => morpho.liquidate(at86, market, borrower, seize(0n), usd(2000)),
    ],
    ["supplying both", morpho.InconsistentInput, () => morpho.supply(market, lender, both)],
    ["withdrawing nothing", morpho.InconsistentInput, () => morpho.withdraw(market, lender, none)],
    ["borrowing both", morpho.InconsistentInput, () => morpho.borrow(at86, market, borrower, both, usd(2000))],
    ["repaying nothing", morpho.InconsistentInput, () => morpho.repay(market, borrower, none)],
    ["depositing no collateral", morpho.ZeroAssets, () => morpho.supplyCollateral(market, borrower, 0n)],
    [
      "withdrawing no collateral",
      morpho.ZeroAssets,
      () => morpho.withdrawCollateral(at86, market, borrower, 0n, usd(9000)),
    ],
    [
      "borrowing beyond the limit",
      morpho.InsufficientCollateral,
      () => morpho.borrow(at86, market, borrower, { assets: 1n, shares: 0n }, usd(2000)),
    ],
    [
      "taking collateral that the debt needs",
      morpho.InsufficientCollateral,
      () => morpho.withdrawCollateral(at86, market, borrower, 1n, usd(2000)),
    ],
    [
      "withdrawing from a market lent out",
      morpho.InsufficientLiquidity,
      () => morpho.withdraw(full, lender, { assets: 1n, shares: 0n }),
    ],
    [
      "borrowing from a market lent out",
      morpho.InsufficientLiquidity,
      () =>
        morpho.borrow(
          at86,
          full,
          morpho.supplyCollateral(full, morpho.newPosition(), ETHER).position,
          { assets: 1n, shares: 0n },
          usd(2000),
        ),
    ],
    [
      "withdrawing more than one has",
      morpho.PositionTooSmall,
      () => morpho.withdraw(market, lender, { assets: 100_000_000_001n, shares: 0n }),
    ],
    [
      "repaying more than one owes",
      morpho.PositionTooSmall,
      () => morpho.repay(market, borrower, { assets: 17_300_000_001n, shares: 0n }),
    ],
    [
      "seizing more collateral than there is",
      morpho.PositionTooSmall,
      () => morpho.liquidate(at86, market, borrower, seize(10n * ETHER + 1n), usd(1500)),
    ],
    [
      "repaying more shares than there are",
      morpho.PositionTooSmall,
      () => morpho.liquidate(at86, market, borrower, shares(borrower.borrowShares + 1n), usd(2000)),
    ],
    [
      "taking more collateral than one has",
      morpho.PositionTooSmall,
      () => morpho.withdrawCollateral(at86, market, borrower, 11n * ETHER, usd(2000)),
    ],
    [
      "an amount beyond 128 bits",
      morpho.MaxUint128Exceeded,
      () => morpho.supply(market, lender, { assets: MAX_UINT256, shares: 0n }),
    ],
    [
      "time running backwards",
      morpho.TimeBeforeLastUpdate,
      () => morpho.accrue(at86, { ...market, lastUpdate: 2n }, 0n, 1n),
    ],
  ];
  it.each(cases)("error: %s is refused by its own class", (_, kind, call) => {
    expect(call).toThrow(kind);
  });

  it("error: 2^128 - 1 units can be stored, one more cannot", () => {
    const most = 340_282_366_920_938_463_463_374_607_431_768_211_455n;
    expect(morpho.supplyCollateral(market, morpho.newPosition(), most).position.collateral).toBe(most);
    expect(() => morpho.supplyCollateral(market, morpho.newPosition(), most + 1n)).toThrow(morpho.MaxUint128Exceeded);
  });

  it("error: collateral that costs nothing is seized for nothing and cannot be bought by shares, as in the contract", () => {
    expect(morpho.liquidate(at86, market, borrower, seize(10n * ETHER), 0n).repaidAssets).toBe(0n);
    expect(() => morpho.liquidate(at86, market, borrower, shares(1n), 0n)).toThrow(RangeError);
  });
});

describe("morpho blue: parameters", () => {
  const codes = (change: Partial<morpho.MorphoParameters>) =>
    morpho.faults({ ...at86, ...change }).map(({ code, key }) => `${code} ${key}`);

  it("behavior: the eight enabled LLTVs are there, each without a fault", () => {
    expect(morpho.presets.length).toBe(8);
    for (const { name, parameters } of morpho.presets) expect([name, morpho.faults(parameters)]).toEqual([name, []]);
  });

  it("error: every fault is named with its key", () => {
    expect(codes({ lltv: WAD, fee: morpho.MAX_FEE + 1n })).toEqual(["threshold-above-one lltv", "fee-above-most fee"]);
    expect(codes({ fee: morpho.MAX_FEE, maxLiquidationIncentiveFactor: WAD, liquidationCursor: 0n })).toEqual([]);
    // 1 / 1.15 = 0.8695...47826: cut at the last place times 1.15 is below one, rounded up it is above.
    const cap = { liquidationCursor: (WAD * 11n) / 10n };
    expect(codes({ ...cap, lltv: 869_565_217_391_304_347n })).toEqual(["cursor-above-one liquidationCursor"]);
    expect(codes({ ...cap, lltv: 869_565_217_391_304_348n })).toEqual([
      "cursor-above-one liquidationCursor",
      "threshold-times-bonus liquidationCursor",
    ]);
    expect(codes({ fee: -1n })).toEqual(["negative-value fee"]);
    expect(codes({ maxLiquidationIncentiveFactor: WAD - 1n })).toEqual([
      "bonus-below-par maxLiquidationIncentiveFactor",
    ]);
    expect(codes({ liquidationCursor: 2n * WAD })).toEqual(["cursor-above-one liquidationCursor"]);
    expect(codes({ liquidationCursor: 2n * WAD, maxLiquidationIncentiveFactor: 2n * WAD })).toEqual([
      "cursor-above-one liquidationCursor",
      "threshold-times-bonus liquidationCursor",
    ]);
    expect(codes({ lltv: 0n, liquidationCursor: WAD })).toEqual(["incentive-without-end liquidationCursor"]);
  });
});

describe("morpho blue: each rule, switched off", () => {
  const { market, borrower } = opened(10n * ETHER, 17_300_000_000n);
  const repaid = (change: Partial<morpho.MorphoParameters>) =>
    morpho.liquidate({ ...at86, ...change }, market, borrower, seize(5n * ETHER), usd(2000)).repaidAssets;

  it("behavior: without a cursor there is no incentive and five WETH cost their 10,000 USDC", () => {
    expect(repaid({})).toBe(9_580_000_001n);
    expect(repaid({ liquidationCursor: 0n })).toBe(10_000_000_000n);
  });

  it("behavior: a cap of one removes the incentive, no cap raises that of an LLTV of 38.5 % above 1.15", () => {
    expect(repaid({ maxLiquidationIncentiveFactor: WAD })).toBe(10_000_000_000n);
    const low = { ...morpho.marketAt(385_000_000_000_000_000n), maxLiquidationIncentiveFactor: 2n * WAD };
    // 1 / (1 - 0.3 x 0.615) = 1 / 0.8155
    expect(morpho.liquidationIncentiveFactor(low)).toBe(1_226_241_569_589_209_074n);
  });

  it("behavior: a lower LLTV makes a healthy position liquidatable", () => {
    expect(morpho.isHealthy(at86, market, borrower, usd(2100))).toBe(true);
    expect(morpho.isHealthy(morpho.marketAt(770_000_000_000_000_000n), market, borrower, usd(2100))).toBe(false);
  });

  it("behavior: without collateral left over the bad debt is written off, with one unit left it is not", () => {
    const left = (tokens: bigint) =>
      morpho.liquidate(at86, market, borrower, seize(tokens), usd(1500)).market.totalSupplyAssets;
    expect(left(10n * ETHER - 1n) - left(10n * ETHER)).toBe(2_929_999_999n);
  });
});
