import { describe, expect, it } from "vitest";
import { NotLiquidatable } from "../errors.js";
import { mulDivDown } from "../rounding.js";
import { MAX_UINT256, WAD } from "../scales.js";
import * as compound from "./index.js";

/** Terms of cUSDCv3 that the vectors use (MECHANISMS section 3): WETH 0.825, 0.895, 0.95, half of the penalty to the buyer, target 5 million. */
const usdc: compound.CompoundParameters = {
  ...compound.presets.find(({ name }) => name === "mainnet-usdc")!.parameters,
};
const weth = 2;
const uncapped: compound.CompoundParameters = {
  ...usdc,
  assets: usdc.assets.map((asset) => ({ ...asset, supplyCap: 10n ** 30n })),
};
/** The same without interest. */
const still: compound.CompoundParameters = {
  ...uncapped,
  rates: {
    ...usdc.rates,
    supplySlopeLow: 0n,
    supplySlopeHigh: 0n,
    borrowSlopeLow: 0n,
    borrowSlopeHigh: 0n,
    borrowBase: 0n,
  },
};

/** Dollars to 1e-8, WETH at `price`. */
const at = (price: number): compound.CompoundPrices => ({
  base: 100_000_000n,
  collateral: usdc.assets.map((_, index) => (index === weth ? BigInt(Math.round(price * 1e8)) : 100_000_000n)),
});

/** A market with 100,000 USDC lent and one borrower with `tokens` of WETH (18 decimals) who owes `debt` base units. */
function opened(parameters: compound.CompoundParameters, tokens: bigint, debt: bigint) {
  const lender = compound.supplyBase(
    parameters,
    compound.newMarket(parameters, 0n),
    compound.newAccount(parameters),
    100_000_000_000n,
    0n,
  );
  const deposit = compound.supplyCollateral(parameters, lender.market, compound.newAccount(parameters), weth, tokens);
  const loan = compound.withdrawBase(parameters, deposit.market, deposit.account, debt, at(1_000_000), 0n);
  return { market: loan.market, borrower: loan.account, lender: lender.account };
}
const ETHER = 10n ** 18n;

const sumOf = (entries: readonly compound.CompoundEntry[]) => {
  const sums = new Map<string, bigint>();
  for (const { asset, units } of entries) sums.set(asset, (sums.get(asset) ?? 0n) + units);
  return [...sums.values()];
};

describe("compound v3: vectors of an independent integer replica (MECHANISMS sections 3 and 30)", () => {
  it("golden: 10 WETH, 17,950 USDC of debt at 2000 is liquidatable by 50 dollars and keeps 1,050 USDC", () => {
    const { market, borrower } = opened(still, 10n * ETHER, 17_950_000_000n);
    expect(compound.isLiquidatable(still, market, borrower, at(2000))).toBe(true);
    expect(compound.liquidationLiquidity(still, market, borrower, at(2000))).toBe(-5_000_000_000n);
    const { absorptions } = compound.absorb(still, market, [borrower], at(2000), 0n);
    expect(absorptions[0].credit).toBe(19_000_000_000n);
    expect(absorptions[0].newBalance).toBe(1_050_000_000n);
    expect(absorptions[0].basePaidOut).toBe(19_000_000_000n);
    expect(compound.storefrontDiscount(still, weth)).toBe(25_000_000_000_000_000n);
    expect(compound.storefrontPrice(still, weth, at(2000))).toBe(195_000_000_000n);
    expect(compound.quoteCollateral(still, weth, 1_000_000_000n, at(2000))).toBe(512_820_512_820_512_820n);
  });

  it("golden: the same at 1600 is under water, the reserves repay all of the debt", () => {
    const { market, borrower } = opened(still, 10n * ETHER, 17_950_000_000n);
    expect(compound.isLiquidatable(still, market, borrower, at(1600))).toBe(true);
    expect(compound.liquidationLiquidity(still, market, borrower, at(1600))).toBe(-363_000_000_000n);
    const { absorptions } = compound.absorb(still, market, [borrower], at(1600), 0n);
    expect(absorptions[0].credit).toBe(15_200_000_000n);
    expect(absorptions[0].newBalance).toBe(0n);
    expect(absorptions[0].basePaidOut).toBe(17_950_000_000n);
    expect(compound.storefrontPrice(still, weth, at(1600))).toBe(156_000_000_000n);
    expect(compound.quoteCollateral(still, weth, 1_000_000_000n, at(1600))).toBe(641_025_641_025_641_025n);
  });
});

describe("compound v3: at equality", () => {
  // 10 WETH at 2000 carry 10 x 2000 x 0.895 = 17,900 USDC until absorption and 10 x 2000 x 0.825 = 16,500 USDC of borrowing.
  const debtOf = (debt: bigint) => {
    const { market, borrower } = opened(still, 10n * ETHER, debt);
    return {
      liquidatable: compound.isLiquidatable(still, market, borrower, at(2000)),
      borrowable: compound.isBorrowCollateralized(still, market, borrower, at(2000)),
    };
  };
  it("equality: a liquidity of exactly zero is not liquidatable; one unit of debt more is, one less is not", () => {
    expect(debtOf(17_899_999_999n).liquidatable).toBe(false);
    expect(debtOf(17_900_000_000n).liquidatable).toBe(false);
    expect(debtOf(17_900_000_001n).liquidatable).toBe(true);
  });

  it("equality: exactly the borrow limit may be borrowed, one unit more may not", () => {
    expect(debtOf(16_499_999_999n).borrowable).toBe(true);
    expect(debtOf(16_500_000_000n).borrowable).toBe(true);
    expect(debtOf(16_500_000_001n).borrowable).toBe(false);
  });

  it("equality: a debt worth less than one step of price is cut to zero and cannot be absorbed", () => {
    const { market, borrower } = opened({ ...still, borrowMin: 0n }, ETHER, 1n);
    const bare = { ...borrower, collateral: borrower.collateral.map(() => 0n) };
    expect(compound.isLiquidatable(still, market, bare, { ...at(2000), base: 999_999n })).toBe(false);
    expect(compound.isLiquidatable(still, market, bare, { ...at(2000), base: 1_000_000n })).toBe(true);
  });

  it("equality: the storefront closes at exactly the target reserves and is open one unit below", () => {
    const market = compound.newMarket(still, 0n);
    const holding = (reserves: bigint) => compound.isForSale(still, { ...market, baseBalance: reserves }, 0n);
    expect(holding(4_999_999_999_999n)).toBe(true);
    expect(holding(5_000_000_000_000n)).toBe(false);
    expect(compound.isForSale({ ...still, targetReserves: 0n }, { ...market, baseBalance: 0n }, 0n)).toBe(false);
    const deficit = { ...market, totalSupplyBase: 1n };
    expect(compound.isForSale({ ...still, targetReserves: 0n }, deficit, 0n)).toBe(true);
  });
});

describe("compound v3: what a call does", () => {
  it("behavior: an absorption moves all collateral into the storefront, pays nobody and leaves the loss with the reserves", () => {
    const { market, borrower } = opened(still, 10n * ETHER, 17_950_000_000n);
    const outcome = compound.absorb(still, market, [borrower], at(1600), 7n);
    expect(outcome.absorptions[0].account).toEqual(compound.newAccount(still));
    expect(outcome.absorptions[0].seized).toEqual([{ asset: weth, units: 10n * ETHER, value: 1_600_000_000_000n }]);
    expect(outcome.absorptions[0].valueOfBasePaidOut).toBe(1_795_000_000_000n);
    expect(compound.collateralReserves(still, outcome.market, weth)).toBe(10n * ETHER);
    expect(compound.reserves(still, outcome.market, 7n)).toBe(-17_950_000_000n);
    expect(outcome.entries).toEqual([
      { party: "borrowers", asset: "USDC", units: 17_950_000_000n },
      { party: "reserves", asset: "USDC", units: -17_950_000_000n },
      { party: "depositors", asset: "WETH", units: -10n * ETHER },
      { party: "reserves", asset: "WETH", units: 10n * ETHER },
    ]);
    expect(outcome.points).toEqual({ absorbs: 1n, absorbed: 1n, approximateSpend: 0n });
  });

  it("behavior: liquidator points count calls, accounts and spending, and absorbing nobody is a call", () => {
    const { market, borrower } = opened(still, 10n * ETHER, 17_950_000_000n);
    const first = compound.absorb(still, market, [], at(1600), 0n, undefined, 5n);
    const second = compound.absorb(still, market, [borrower], at(1600), 0n, first.points, 11n);
    expect(second.points).toEqual({ absorbs: 2n, absorbed: 1n, approximateSpend: 16n });
  });

  it("behavior: one healthy account in the list undoes the whole call", () => {
    const { market, borrower, lender } = opened(still, 10n * ETHER, 17_950_000_000n);
    expect(() => compound.absorb(still, market, [borrower, lender], at(1600), 0n)).toThrow(NotLiquidatable);
  });

  it("behavior: the storefront's proceeds go to the reserves and the discount to the buyer", () => {
    const { market, borrower } = opened(still, 10n * ETHER, 17_950_000_000n);
    const absorbed = compound.absorb(still, market, [borrower], at(2000), 0n).market;
    const sale = compound.buyCollateral(still, absorbed, weth, 512_820_512_820_512_820n, 1_000_000_000n, at(2000), 0n);
    expect(sale.bought).toBe(512_820_512_820_512_820n);
    expect(sale.entries).toEqual([
      { party: "wallets", asset: "USDC", units: -1_000_000_000n },
      { party: "reserves", asset: "USDC", units: 1_000_000_000n },
      { party: "wallets", asset: "WETH", units: 512_820_512_820_512_820n },
      { party: "reserves", asset: "WETH", units: -512_820_512_820_512_820n },
    ]);
  });

  it("behavior: a payment repays first and lends the rest; everything can be repaid and withdrawn at once", () => {
    const { market, borrower, lender } = opened(still, 10n * ETHER, 1_000_000_000n);
    const paid = compound.supplyBase(still, market, borrower, 1_500_000_000n, 0n);
    expect(paid.account.principal).toBe(500_000_000n);
    expect(paid.market.totalBorrowBase).toBe(0n);
    expect(compound.supplyBase(still, market, borrower, MAX_UINT256, 0n).amount).toBe(1_000_000_000n);
    expect(compound.supplyBase(still, market, lender, MAX_UINT256, 0n).amount).toBe(0n);
    expect(compound.withdrawBase(still, paid.market, lender, MAX_UINT256, at(2000), 0n).amount).toBe(100_000_000_000n);
    expect(compound.withdrawBase(still, market, borrower, 0n, at(2000), 0n).amount).toBe(0n);
  });

  it("behavior: collateral can be withdrawn down to what the debt needs", () => {
    const { market, borrower } = opened(still, 10n * ETHER, 1_650_000_000n);
    const outcome = compound.withdrawCollateral(still, market, borrower, weth, 9n * ETHER, at(2000));
    expect(outcome.account.collateral[weth]).toBe(ETHER);
    expect(outcome.entries).toEqual([
      { party: "wallets", asset: "WETH", units: 9n * ETHER },
      { party: "depositors", asset: "WETH", units: -9n * ETHER },
    ]);
    expect(() => compound.withdrawCollateral(still, market, borrower, weth, 9n * ETHER + 10n ** 10n, at(2000))).toThrow(
      compound.NotCollateralized,
    );
  });

  it("behavior: rates are kinked, per second, and interest is simple between accruals", () => {
    // 0.035 / 31,536,000 = 1109842719.4 -> 1109842719; 0.015 -> 475646879; 0.25 -> 7927447995 (wads a second).
    expect(compound.ratePerSecond(35_000_000_000_000_000n)).toBe(1_109_842_719n);
    expect(compound.borrowRate(usdc, 0n)).toBe(475_646_879n);
    expect(compound.borrowRate(usdc, 800_000_000_000_000_000n)).toBe(475_646_879n + 887_874_175n);
    expect(compound.borrowRate(usdc, WAD)).toBe(475_646_879n + 887_874_175n + 1_585_489_599n);
    expect(compound.supplyRate(usdc, 0n)).toBe(0n);
    const { market } = opened(uncapped, 100n * ETHER, 50_000_000_000n);
    expect(compound.utilization(market)).toBe(500_000_000_000_000_000n);
    const rate = compound.borrowRate(uncapped, 500_000_000_000_000_000n);
    const year = compound.accrue(uncapped, market, 31_536_000n);
    expect(year.baseBorrowIndex).toBe(10n ** 15n + mulDivDown(10n ** 15n, rate * 31_536_000n, WAD));
    const halves = compound.accrue(uncapped, compound.accrue(uncapped, market, 15_768_000n), 31_536_000n);
    expect(halves.baseBorrowIndex).toBeGreaterThan(year.baseBorrowIndex);
    expect(compound.accrue(uncapped, year, 31_536_000n)).toBe(year);
    expect(compound.utilization(compound.newMarket(usdc, 0n))).toBe(0n);
  });

  it("behavior: supply rounds down and debt rounds up into principals, both round down out of them", () => {
    const market = {
      ...compound.newMarket(usdc, 0n),
      baseSupplyIndex: 1_500_000_000_000_000n,
      baseBorrowIndex: 1_500_000_000_000_000n,
    };
    expect(compound.principalValue(market, 100n)).toBe(66n);
    expect(compound.principalValue(market, -100n)).toBe(-67n);
    expect(compound.presentValue(market, 67n)).toBe(100n);
    expect(compound.presentValue(market, -67n)).toBe(-100n);
    expect(compound.presentValue(market, -1n)).toBe(-1n);
  });

  it("behavior: prices after the early exit are not read, prices before it are", () => {
    const { market, borrower } = opened(still, 10n * ETHER, 1_000_000_000n);
    const more = compound.supplyCollateral(still, market, borrower, 4, ETHER);
    const broken = (index: number) => ({
      ...at(2000),
      collateral: at(2000).collateral.map((price, one) => (one === index ? 0n : price)),
    });
    expect(compound.isLiquidatable(still, more.market, more.account, broken(4))).toBe(false);
    expect(compound.isLiquidatable(still, more.market, more.account, broken(0))).toBe(false);
    expect(() => compound.isLiquidatable(still, more.market, more.account, broken(weth))).toThrow(compound.BadPrice);
    const exact = opened(still, 10n * ETHER, 17_900_000_000n);
    const exactAndMore = compound.supplyCollateral(still, exact.market, exact.borrower, 4, ETHER);
    expect(compound.isLiquidatable(still, exactAndMore.market, exactAndMore.account, broken(4))).toBe(false);
  });

  it("behavior: the same market in the engine's units decides the same", () => {
    const scales = usdc.assets.map(({ name }) => (name === "WBTC" ? 10n ** 8n : 10n ** 7n));
    const small = compound.inUnits(still, 1_000_000n, scales);
    const { market, borrower } = opened(small, 10n * 10n ** 7n, 17_950_000_000n);
    expect(compound.liquidationLiquidity(small, market, borrower, at(2000))).toBe(-5_000_000_000n);
    expect(compound.absorb(small, market, [borrower], at(2000), 0n).absorptions[0].newBalance).toBe(1_050_000_000n);
    expect(compound.quoteCollateral(small, weth, 1_000_000_000n, at(2000))).toBe(5_128_205n);
    const dai = compound.inUnits(compound.presets.find(({ name }) => name === "base-usds")!.parameters, 1_000_000n, [
      10n ** 6n,
      10n ** 8n,
    ]);
    expect([dai.borrowMin, dai.targetReserves, dai.assets[1].supplyCap]).toEqual([
      1n,
      20_000_000_000_000n,
      10_000_000n,
    ]);
  });
});

describe("compound v3: refusals", () => {
  const { market, borrower, lender } = opened(still, 10n * ETHER, 17_950_000_000n);
  const absorbed = compound.absorb(still, market, [borrower], at(2000), 0n).market;
  const rich = { ...absorbed, baseBalance: absorbed.baseBalance + 5_019_000_000_000n };
  const cases: readonly [string, new (message: string) => Error, () => unknown][] = [
    ["a healthy account", NotLiquidatable, () => compound.absorb(still, market, [borrower], at(3000), 0n)],
    [
      "an account absorbed already",
      NotLiquidatable,
      () => compound.absorb(still, absorbed, [compound.newAccount(still)], at(2000), 0n),
    ],
    ["a lender", NotLiquidatable, () => compound.absorb(still, market, [lender], at(1), 0n)],
    ["a price of zero", compound.BadPrice, () => compound.absorb(still, market, [borrower], at(0), 0n)],
    [
      "a base price of zero",
      compound.BadPrice,
      () => compound.isLiquidatable(still, market, borrower, { ...at(1), base: 0n }),
    ],
    [
      "a collateral that is not there",
      compound.BadAsset,
      () => compound.supplyCollateral(still, market, borrower, 5, 1n),
    ],
    [
      "a debt too large",
      compound.NotCollateralized,
      () => compound.withdrawBase(still, market, borrower, 1n, at(2000), 0n),
    ],
    [
      "a debt too small",
      compound.BorrowTooSmall,
      () => compound.withdrawBase(still, market, compound.newAccount(still), 99_999_999n, at(2000), 0n),
    ],
    [
      "more base than is there",
      compound.TransferOutFailed,
      () => compound.withdrawBase(still, market, lender, 82_050_000_001n, at(2000), 0n),
    ],
    [
      "a cap that is full",
      compound.SupplyCapExceeded,
      () => compound.supplyCollateral(usdc, market, borrower, weth, 1n),
    ],
    [
      "more collateral than is there",
      compound.InsufficientCollateral,
      () => compound.withdrawCollateral(still, market, borrower, weth, 11n * ETHER, at(2000)),
    ],
    [
      "collateral that the debt needs",
      compound.NotCollateralized,
      () => compound.withdrawCollateral(still, market, borrower, weth, 1n, at(2000)),
    ],
    [
      "a purchase while reserves are full",
      compound.NotForSale,
      () => compound.buyCollateral(still, rich, weth, 0n, 1n, at(2000), 0n),
    ],
    [
      "a price above the buyer's",
      compound.TooMuchSlippage,
      () => compound.buyCollateral(still, absorbed, weth, 512_820_512_820_512_821n, 1_000_000_000n, at(2000), 0n),
    ],
    [
      "more than the storefront has",
      compound.InsufficientReserves,
      () => compound.buyCollateral(still, absorbed, weth, 0n, 19_500_000_001n, at(2000), 0n),
    ],
    [
      "time running backwards",
      compound.TimeBeforeLastAccrual,
      () => compound.accrue(still, { ...market, lastAccrualTime: 2n }, 1n),
    ],
  ];
  it.each(cases)("error: %s is refused by its own class", (_, kind, call) => {
    expect(call).toThrow(kind);
  });

  it("error: the storefront sells exactly all it has and exactly at the buyer's minimum", () => {
    expect(compound.buyCollateral(still, absorbed, weth, 10n * ETHER, 19_500_000_000n, at(2000), 0n).bought).toBe(
      10n * ETHER,
    );
  });

  it("error: nothing is paid by a refused borrower who is at the smallest debt", () => {
    const loan = compound.withdrawBase(
      still,
      market,
      compound.supplyCollateral(still, market, compound.newAccount(still), weth, ETHER).account,
      100_000_000n,
      at(2000),
      0n,
    );
    expect(loan.account.principal).toBe(-100_000_000n);
  });
});

describe("compound v3: the direction of every rounding, by numbers that divide unevenly", () => {
  const odd = { ...compound.newMarket(still, 0n), baseSupplyIndex: 10n ** 15n + 1n, baseBorrowIndex: 10n ** 15n + 1n };
  const withUnit = (change: Partial<compound.CompoundAsset>): compound.CompoundParameters => ({
    ...still,
    baseScale: 1n,
    assets: [{ ...still.assets[0], scale: 1n, ...change }],
  });

  it("limit: indices and utilization round down", () => {
    // 1e15 + 1 grown by 1e17 / 1e18 is 100,000,000,000,000.1 more.
    const rates = { ...still.rates, supplyBase: 31_536_000n * 10n ** 17n, borrowBase: 31_536_000n * 10n ** 17n };
    const grown = compound.accrue({ ...still, rates }, odd, 1n);
    expect([grown.baseSupplyIndex, grown.baseBorrowIndex]).toEqual([1_100_000_000_000_001n, 1_100_000_000_000_001n]);
    const market = { ...compound.newMarket(still, 0n), totalSupplyBase: 3n, totalBorrowBase: 2n };
    expect(compound.utilization(market)).toBe(666_666_666_666_666_666n);
  });

  it("limit: weighed collateral rounds down", () => {
    const account = { principal: -1n, collateral: [2n] };
    const prices = { base: 1n, collateral: [1n] };
    // Two steps of value at a factor of 0.7 are one step; a debt of one step is just carried, at 0.49 it is not.
    const carried = (factor: bigint) =>
      compound.liquidationLiquidity(
        withUnit({ liquidateCollateralFactor: factor }),
        compound.newMarket(still, 0n),
        account,
        prices,
      );
    expect(carried((WAD * 7n) / 10n)).toBe(0n);
    expect(carried((WAD * 49n) / 100n)).toBe(-1n);
  });

  it("limit: discount, discounted price and both divisions of a quote round down", () => {
    const third = { ...withUnit({ liquidationFactor: WAD - 2n }), storeFrontPriceFactor: WAD / 3n };
    expect(compound.storefrontDiscount(third, 0)).toBe(0n);
    const half = { ...withUnit({ liquidationFactor: WAD / 2n }), storeFrontPriceFactor: WAD };
    expect(compound.storefrontPrice(half, 0, { base: 1n, collateral: [7n] })).toBe(3n);
    expect(compound.quoteCollateral(half, 0, 2n, { base: 1n, collateral: [7n] })).toBe(0n);
    expect(compound.quoteCollateral(half, 0, 3n, { base: 1n, collateral: [7n] })).toBe(1n);
    expect(compound.quoteCollateral({ ...half, baseScale: 2n }, 0, 3n, { base: 1n, collateral: [7n] })).toBe(0n);
  });

  it("limit: exactly the cap may be supplied, exactly all withdrawn, exactly what the market holds paid out", () => {
    const capped = { ...still, assets: still.assets.map((asset) => ({ ...asset, supplyCap: 10n * ETHER })) };
    const { market, borrower, lender } = opened(capped, 10n * ETHER, 17_950_000_000n);
    expect(() => compound.supplyCollateral(capped, market, borrower, weth, 1n)).toThrow(compound.SupplyCapExceeded);
    const free = { ...borrower, principal: 0n };
    expect(
      compound.withdrawCollateral(capped, market, free, weth, 10n * ETHER, at(2000)).account.collateral[weth],
    ).toBe(0n);
    expect(compound.withdrawBase(capped, market, lender, 82_050_000_000n, at(2000), 0n).market.baseBalance).toBe(0n);
  });

  it("limit: in coarser units the smallest debt and the target round up and the caps down", () => {
    const source = {
      ...still,
      borrowMin: 11n,
      targetReserves: 21n,
      assets: [{ ...still.assets[0], scale: 100n, supplyCap: 199n }],
    };
    const coarse = compound.inUnits(source, 100_000n, [10n]);
    expect([coarse.borrowMin, coarse.targetReserves, coarse.assets[0].supplyCap, coarse.assets[0].scale]).toEqual([
      2n,
      3n,
      19n,
      10n,
    ]);
  });
});

describe("compound v3: each rule, switched off", () => {
  const { market, borrower } = opened(still, 10n * ETHER, 17_950_000_000n);
  const withWeth = (change: Partial<compound.CompoundAsset>): compound.CompoundParameters => ({
    ...still,
    assets: still.assets.map((asset, index) => (index === weth ? { ...asset, ...change } : asset)),
  });

  it("behavior: without the penalty the account keeps 1,000 USDC more of 20,000", () => {
    const kept = (parameters: compound.CompoundParameters) =>
      compound.absorb(parameters, market, [borrower], at(2000), 0n).absorptions[0].newBalance;
    expect(kept(withWeth({ liquidationFactor: WAD })) - kept(still)).toBe(1_000_000_000n);
  });

  it("behavior: without the storefront's share the price is the oracle's; with all of it the discount doubles to 5 %", () => {
    expect(compound.storefrontPrice({ ...still, storeFrontPriceFactor: 0n }, weth, at(2000))).toBe(200_000_000_000n);
    expect(compound.storefrontPrice({ ...still, storeFrontPriceFactor: WAD }, weth, at(2000))).toBe(190_000_000_000n);
  });

  it("behavior: a target of zero closes the storefront of a market without losses", () => {
    const absorbed = { ...compound.absorb(still, market, [borrower], at(2000), 0n).market, baseBalance: 10n ** 12n };
    expect(compound.isForSale(still, absorbed, 0n)).toBe(true);
    expect(compound.isForSale({ ...still, targetReserves: 0n }, absorbed, 0n)).toBe(false);
  });

  it("behavior: without a smallest debt one unit may be owed", () => {
    const asked = (parameters: compound.CompoundParameters) =>
      compound.withdrawBase(
        parameters,
        market,
        { ...compound.newAccount(still), collateral: borrower.collateral },
        1n,
        at(2000),
        0n,
      );
    expect(() => asked(still)).toThrow(compound.BorrowTooSmall);
    expect(asked({ ...still, borrowMin: 0n }).account.principal).toBe(-1n);
  });

  it("behavior: a threshold of one saves the account from absorption", () => {
    expect(compound.isLiquidatable(withWeth({ liquidateCollateralFactor: WAD }), market, borrower, at(2000))).toBe(
      false,
    );
  });

  it("behavior: rates of zero leave the reserves alone for a year; the borrow base rate alone fills them", () => {
    const year = 31_536_000n;
    expect(compound.reserves(still, market, year)).toBe(0n);
    const based = { ...still, rates: { ...still.rates, borrowBase: usdc.rates.borrowBase } };
    // 17,950 USDC x 0.015 a year, the rate a second rounded down.
    expect(compound.reserves(based, market, year)).toBe(269_249_999n);
  });
});

describe("compound v3: books", () => {
  it("property: interest moves from borrowers to suppliers and reserves, to the unit", () => {
    // At a utilization of 0.6: 60,000 x (0.015 + 0.6 x 0.035) = 2,160 paid, 100,000 x 0.6 x 0.0325 = 1,950 earned, 210 left; rates a second round down.
    const { market } = opened(uncapped, 100n * ETHER, 60_000_000_000n);
    const entries = compound.entriesBetween(uncapped, market, compound.accrue(uncapped, market, 31_536_000n));
    expect(sumOf(entries)).toEqual([0n]);
    expect(entries.map(({ party }) => party)).toEqual(["suppliers", "borrowers", "reserves"]);
    expect(Number(entries[2].units) / 210_000_000).toBeCloseTo(1, 6);
  });
});
