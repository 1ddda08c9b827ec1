import { describe, expect, it } from "vitest";
import { NothingToDo } from "../errors.js";
import { divDown } from "../rounding.js";
import { WAD } from "../scales.js";
import {
  ActiveBandTooHigh,
  AmountTooLow,
  amountForPrice,
  BandCountOutOfRange,
  BandNotEmpty,
  badDebt,
  borrowMore,
  CannotShrink,
  CeilingReached,
  CollateralTooLow,
  canSkip,
  collateralWhenRising,
  createLoan,
  DebtTooHigh,
  DepositBelowActiveBand,
  debtOf,
  deposit,
  EndsUnhealthy,
  exchange,
  FractionAboveOne,
  firstBandFor,
  health,
  healthOf,
  highestFirstPrice,
  holdingsOf,
  isLiquidatable,
  LoanAlreadyCreated,
  LoanDoesNotExist,
  liquidate,
  type Market,
  maxBorrowable,
  minCollateral,
  NotApproved,
  NotEnoughRekt,
  observe,
  oracleUp,
  removeCollateral,
  repay,
  Slippage,
  smoothedOracle,
  stableToLiquidate,
  stableWhenFalling,
  TooDeep,
  totalDebt,
  Underwater,
  withDebt,
  withdraw,
  withRate,
} from "./index.js";
import { marketAt, usual, usualV1, withBands } from "./test-support.js";

const ten = 10n * WAD;
const half = divDown(WAD, 2n);

/** One borrower: 10 collateral over 10 bands, at the most the market lends at 2,000, or less. */
function borrowed(market = marketAt(2000n * WAD), share = 1000n): Market {
  const debt = divDown(maxBorrowable(market, ten, 10) * share, 1000n);
  return createLoan(market, { account: "ann", collateral: ten, debt, bandCount: 10 }).market;
}

/** The same market two hours later with another oracle price, traded to it where asked for. */
function movedTo(market: Market, price: bigint, sold = 0n): Market {
  const later = observe(market, market.time + 7_200n, price);
  if (sold === 0n) return later;
  const trade = exchange(later, { trader: "t", direction: "up", amount: sold, limit: 0n });
  return trade.market;
}

describe("crvUSD loans", () => {
  it("default: a loan goes to the highest bands that carry it, and its money moves", () => {
    const market = marketAt(2000n * WAD);
    const debt = maxBorrowable(market, ten, 10);
    const made = createLoan(market, { account: "ann", collateral: ten, debt, bandCount: 10 });
    expect([made.firstBand, made.lastBand]).toEqual([0, 9]);
    expect(made.transfers).toEqual([
      { from: "ann", to: "amm", coin: "collateral", amount: ten },
      { from: "controller", to: "ann", coin: "stable", amount: debt },
    ]);
    // llamma_yeff: 8.657615705688271328 effective collateral; band 0 begins at 2,000, the oracle price; 0.01 % less to be sure.
    expect(debt).toBe((((8657615705688271328n * 2000n * WAD) / WAD - 1n) * 9999n) / 10000n);
    expect(totalDebt(made.market)).toBe(debt);
    // The first shares of a band are 1,000 times the wei deposited: with the 1,000 dead shares and the wei added in the division the owner loses nothing.
    expect(holdingsOf(made.market, "ann")).toEqual({ stable: 0n, collateral: ten });
    expect(stableWhenFalling(made.market, "ann") > debt).toBe(true);
    expect(ten - collateralWhenRising(movedTo(made.market, 2100n * WAD), "ann") <= 10n * 1001n).toBe(true);
  });

  it("property: 1,000 random loans: what max borrowable allows is granted, a hundredth more is not", () => {
    let seed = 5n;
    const random = (below: number) => {
      seed = (seed * 6364136223846793005n + 1442695040888963407n) & ((1n << 64n) - 1n);
      return Number(((seed >> 11n) * BigInt(below)) >> 53n);
    };
    for (let round = 0; round < 1_000; round++) {
      const market = marketAt(BigInt(1200 + random(2000)) * WAD, round % 2 === 0 ? usual : usualV1);
      const collateral = BigInt(1 + random(1_000_000)) * 10n ** 14n;
      const bandCount = 4 + random(47);
      const debt = maxBorrowable(market, collateral, bandCount);
      const call = { account: "ann", collateral, debt, bandCount };
      const made = createLoan(market, call);
      const upper = oracleUp(made.market, made.firstBand);
      expect(upper <= smoothedOracle(market).price && health(made.market, "ann", "inner") >= 0n, `round ${round}`).toBe(
        true,
      );
      expect(() => createLoan(market, { ...call, debt: (debt * 102n) / 100n }), `round ${round}`).toThrow(DebtTooHigh);
      const least = minCollateral(market, debt, bandCount);
      // min_collateral is the way back with a margin: 0.01 % twice, and some 2,000 wei a band.
      expect(least >= (collateral * 9990n) / 10000n && least <= (collateral * 10010n) / 10000n + 200_000n).toBe(true);
    }
  });

  it("equality: v2 lends up to a band that begins exactly at the oracle price, v1 only below it", () => {
    // At 1,980 band 1 begins exactly at the oracle price (llamma_bands).
    const at = (parameters: typeof usual) => {
      const market = marketAt(1980n * WAD, parameters);
      const exact = { ...market, externalPrice: oracleUp(market, 1) };
      const debt = (8657615705688271328n * 1980n * 9999n) / 10000n;
      return () => firstBandFor(exact, ten, debt, 10);
    };
    expect(at(usual)()).toBe(1);
    expect(at(usualV1)).toThrow(DebtTooHigh);
  });

  it("equality: full health of exactly zero is not liquidatable, one unit more of debt is", () => {
    const market = movedTo(borrowed(), 1800n * WAD);
    let [low, high] = [1n, 10n ** 24n];
    while (high - low > 1n) {
      const middle = (low + high) / 2n;
      if (healthOf(market, "ann", middle, usual.liquidationDiscount, "full") >= 0n) low = middle;
      else high = middle;
    }
    // A debt beyond 1e18 units changes the health by less than one unit of it: the quotient is cut, so the last healthy debt has a health of zero.
    const [at, over] = [withDebt(market, "ann", low), withDebt(market, "ann", low + 1n)];
    expect([health(at, "ann", "full"), isLiquidatable(at, "ann")]).toEqual([0n, false]);
    expect([health(over, "ann", "full"), isLiquidatable(over, "ann")]).toEqual([-1n, true]);
    const call = { account: "ann", liquidator: "bob", fraction: WAD, leastStable: 0n };
    expect(() => liquidate(at, call)).toThrow(NotEnoughRekt);
    expect(liquidate(over, call).repaid).toBe(low + 1n);
  });

  it("behavior: full health counts what lies above the bands, inner health does not", () => {
    const market = movedTo(borrowed(marketAt(2000n * WAD), 700n), 2500n * WAD);
    const position = market.positions.get("ann");
    const gap = 2500n * WAD - oracleUp(market, position?.firstBand ?? 0);
    const more = health(market, "ann", "full") - health(market, "ann", "inner");
    expect(more).toBe((gap * holdingsOf(market, "ann").collateral) / debtOf(market, "ann"));
    const traded = movedTo(borrowed(), 1900n * WAD, 3_000n * WAD);
    expect(health(traded, "ann", "full")).toBe(health(traded, "ann", "inner"));
  });

  it("behavior: a larger liquidation discount lowers the health by that much of the value", () => {
    const market = borrowed();
    const [six, ten10] = [6n, 10n].map((part) =>
      healthOf(market, "ann", debtOf(market, "ann"), (part * WAD) / 100n, "inner"),
    );
    const lost = (stableWhenFalling(market, "ann") * 4n * WAD) / 100n / debtOf(market, "ann");
    expect(six - ten10 - lost <= 1n && lost - six + ten10 <= 1n).toBe(true);
  });

  it("oracle: the value in the bands is what a slow fall in small arbitrage steps ends with", () => {
    // Without fee to speak of (1e-12), the oracle falls through all bands in 6,000 steps and somebody trades the AMM to it after each.
    const market = borrowed(
      marketAt(2000n * WAD, { ...usual, fee: 1_000_000n, bandFeeShare: 0n, oracleDelaySeconds: 0n }),
    );
    const expected = stableWhenFalling(market, "ann");
    let walking = market;
    const [from, to] = [2000n * WAD, 1770n * WAD];
    const steps = 6_000n;
    for (let step = 1n; step <= steps; step++) {
      const price = from - ((from - to) * step) / steps;
      walking = observe(walking, walking.time + 12n, price);
      const trade = slowTrade(walking, price);
      walking = trade;
    }
    const { stable, collateral } = holdingsOf(walking, "ann");
    expect(collateral < 100_000n).toBe(true);
    // Steps of 0.002 % against bands of 1 %: first order in the step.
    const off = stable - expected;
    expect(off < expected / 1_000n && -off < expected / 1_000n, `${stable} against ${expected}`).toBe(true);
  });

  it("behavior: a fall and a return through the bands costs the borrower, and the traders gain it", () => {
    const before = borrowed();
    const down = movedTo(before, 1850n * WAD, 12_000n * WAD);
    expect(holdingsOf(down, "ann").stable > 0n).toBe(true);
    const up = observe(down, down.time + 7_200n, 2000n * WAD);
    const back = exchange(up, { trader: "t", direction: "down", amount: 9n * WAD, limit: 0n });
    expect(holdingsOf(back.market, "ann").stable).toBe(0n);
    expect(holdingsOf(back.market, "ann").collateral < ten).toBe(true);
  });

  it("behavior: borrowing more and taking collateral back lay the position out anew", () => {
    const market = borrowed(marketAt(2000n * WAD), 500n);
    const first = market.positions.get("ann")?.firstBand ?? 0;
    const more = borrowMore(market, { account: "ann", collateral: 0n, debt: 1_000n * WAD });
    expect(more.firstBand < first).toBe(true);
    expect(debtOf(more.market, "ann")).toBe(debtOf(market, "ann") + 1_000n * WAD);
    const safer = borrowMore(market, { account: "ann", collateral: WAD, debt: 0n });
    expect(safer.firstBand > first).toBe(true);
    const riskier = removeCollateral(market, "ann", WAD);
    expect(riskier.firstBand < first).toBe(true);
    expect(riskier.transfers).toEqual([{ from: "amm", to: "ann", coin: "collateral", amount: WAD }]);
  });

  it("behavior: interest makes debts grow, rounded up under v2 and down under v1", () => {
    const owed = (parameters: typeof usual) => {
      const call = { account: "ann", collateral: ten, debt: 10_000n * WAD + 1n, bandCount: 10 };
      const market = withRate(createLoan(marketAt(2000n * WAD, parameters), call).market, 1_000_000_007n);
      return debtOf(observe(market, market.time + 3_333n, 2000n * WAD), "ann");
    };
    expect(owed(usual) - owed(usualV1)).toBe(1n);
  });

  it("behavior: repaying lowers the debt; all of it gives the collateral back", () => {
    for (const parameters of [usual, usualV1]) {
      const market = borrowed(marketAt(2000n * WAD, parameters));
      const debt = debtOf(market, "ann");
      const part = repay(market, { account: "ann", caller: "ann", amount: debt / 2n });
      expect([part.repaid, debtOf(part.market, "ann")]).toEqual([debt / 2n, debt - debt / 2n]);
      expect((part.market.positions.get("ann")?.firstBand ?? 0) > 60).toBe(true);
      const all = repay(market, { account: "ann", caller: "ann", amount: 2n * debt });
      expect([all.repaid, all.market.loans.size, all.market.positions.size]).toEqual([debt, 0, 0]);
      const got = all.transfers.find((one) => one.coin === "collateral");
      expect(got).toMatchObject({ from: "amm", to: "ann" });
      // The dust left by the last depositor: the admin's under v1, nobody's under v2.
      expect(all.market.adminFees.collateral).toBe(parameters.rules === "v1" ? ten - (got?.amount ?? 0n) : 0n);
      expect(all.market.ammHoldings.collateral).toBe(ten - (got?.amount ?? 0n));
    }
  });

  it("behavior: in conversion, a part repaid leaves the bands; v2 lets the bands pay and shrink, v1 gives their stablecoin back", () => {
    const make = (parameters: typeof usual) =>
      movedTo(borrowed(marketAt(2000n * WAD, parameters)), 1900n * WAD, 3_000n * WAD);
    for (const parameters of [usual, usualV1]) {
      const market = make(parameters);
      const { stable } = holdingsOf(market, "ann");
      const debt = debtOf(market, "ann");
      const part = repay(market, { account: "ann", caller: "ann", amount: 1_000n * WAD });
      expect(part.market.positions.get("ann")).toEqual(market.positions.get("ann"));
      const all = repay(market, { account: "ann", caller: "ann", amount: debt });
      const paid = all.transfers.filter((one) => one.from === "ann").reduce((sum, one) => sum + one.amount, 0n);
      expect(paid).toBe(parameters.rules === "v1" ? debt : debt - stable);
      expect(all.fromBands).toBe(parameters.rules === "v1" ? 0n : stable);
    }
    const market = make(usual);
    const { stable } = holdingsOf(market, "ann");
    const shrunk = repay(market, { account: "ann", caller: "ann", amount: 4_000n * WAD, shrink: true });
    expect(shrunk.fromBands).toBe(stable);
    expect(shrunk.repaid).toBe(4_000n * WAD + stable);
    const position = shrunk.market.positions.get("ann");
    const gone = market.activeBand - (market.positions.get("ann")?.firstBand ?? 0) + 1;
    expect((position?.lastBand ?? 0) - (position?.firstBand ?? 0) + 1).toBe(10 - gone);
    expect(holdingsOf(shrunk.market, "ann").stable).toBe(0n);
  });

  it("behavior: a liquidator pays what the bands do not hold, and gets less than proportional for a part", () => {
    for (const parameters of [usual, usualV1]) {
      const healthy = movedTo(borrowed(marketAt(2000n * WAD, parameters)), 1900n * WAD, 3_000n * WAD);
      const rekt = withDebt(healthy, "ann", (debtOf(healthy, "ann") * 125n) / 100n);
      const { stable, collateral } = holdingsOf(rekt, "ann");
      const debt = debtOf(rekt, "ann");
      const whole = { account: "ann", liquidator: "bob", fraction: WAD, leastStable: 0n };
      const all = liquidate(rekt, whole);
      expect([all.repaid, all.paid, all.seized]).toEqual([debt, debt - stable, { stable, collateral }]);
      expect(all.market.loans.size).toBe(0);
      expect(stableToLiquidate(rekt, whole)).toBe(all.paid);
      const part = liquidate(rekt, { ...whole, fraction: half });
      expect(part.repaid).toBe(parameters.rules === "v1" ? debt / 2n : (debt + 1n) / 2n);
      // llamma_fremove at one half: 0.492924528301886792 of the position.
      const expected = (collateral * 492924528301886792n) / WAD;
      expect(expected - part.seized.collateral <= 20n && part.seized.collateral - expected <= 20n).toBe(true);
      const own = liquidate(rekt, { ...whole, liquidator: "ann", fraction: half });
      expect(own.seized.collateral > part.seized.collateral).toBe(true);
      expect(health(part.market, "ann", "full") > health(rekt, "ann", "full")).toBe(true);
    }
  });

  it("behavior: stablecoin in the bands beyond the debt goes to the liquidator", () => {
    const converted = movedTo(borrowed(), 1700n * WAD, 40_000n * WAD);
    const { stable } = holdingsOf(converted, "ann");
    const own = withDebt(converted, "ann", 1_000n * WAD);
    const closed = liquidate(own, { account: "ann", liquidator: "ann", fraction: WAD, leastStable: stable });
    expect(closed.paid).toBe(0n);
    expect(closed.transfers.filter((one) => one.to === "ann").map((one) => one.amount)).toContain(
      stable - 1_000n * WAD,
    );
  });

  it("behavior: bad debt is what the bands at the oracle price do not cover", () => {
    const market = borrowed();
    expect(badDebt(market, "ann")).toBe(0n);
    const crashed = {
      ...market,
      oracle: { price: 1000n * WAD, fee: 0n, time: market.time },
      externalPrice: 1000n * WAD,
    };
    const worth = (holdingsOf(crashed, "ann").collateral * 1000n * WAD) / WAD;
    expect(badDebt(crashed, "ann")).toBe(debtOf(crashed, "ann") - worth);
  });

  it("behavior: deposits skip empty bands downwards, and only those", () => {
    const market = marketAt(2000n * WAD);
    expect(deposit(market, "ann", ten, -7, -4).activeBand).toBe(-8);
    const below = withBands(market, 0, { 0: [0n, WAD], [-3]: [5n, 0n] });
    expect(canSkip(below, -3)).toBe(true);
    expect(canSkip(below, -4)).toBe(false);
    expect(canSkip(below, 2)).toBe(false);
    expect(highestFirstPrice(below)).toBe(oracleUp(below, 0));
  });

  it("error: every refusal of a loan", () => {
    const market = marketAt(2000n * WAD);
    const call = { account: "ann", collateral: ten, debt: 10_000n * WAD, bandCount: 10 };
    const made = createLoan(market, call).market;
    expect(() => createLoan(made, call)).toThrow(LoanAlreadyCreated);
    expect(() => deposit(made, "ann", ten, 50, 59)).toThrow(LoanAlreadyCreated);
    expect(() => createLoan(market, { ...call, bandCount: 3 })).toThrow(BandCountOutOfRange);
    expect(() => createLoan(market, { ...call, bandCount: 51 })).toThrow(BandCountOutOfRange);
    expect(() => maxBorrowable(market, ten, 3)).toThrow(BandCountOutOfRange);
    expect(() => createLoan(market, { ...call, debt: 30_000n * WAD })).toThrow(DebtTooHigh);
    expect(() => createLoan(market, { ...call, debt: 0n })).toThrow(LoanDoesNotExist);
    expect(() => createLoan(market, { ...call, collateral: 0n })).toThrow(AmountTooLow);
    expect(() => createLoan({ ...market, controllerStable: 9_999n * WAD }, call)).toThrow(CeilingReached);
    expect(() => deposit(market, "ann", 400n, 1, 4)).toThrow(AmountTooLow);
    expect(() => deposit(withBands(market, 0, { 2: [1n, 0n] }), "ann", ten, 1, 4)).toThrow(BandNotEmpty);
    expect(() => deposit(withBands(market, 0, { 0: [1n, 0n] }), "ann", ten, 0, 3)).toThrow(DepositBelowActiveBand);
    const rich = withBands(market, 0, { 1: [0n, 10n ** 60n] });
    expect(() => deposit(rich, "ann", ten, 1, 4)).toThrow(AmountTooLow);
    expect(() => borrowMore(market, { account: "ann", collateral: 1n, debt: 0n })).toThrow(LoanDoesNotExist);
    expect(() => removeCollateral(made, "ann", 11n * WAD)).toThrow(CollateralTooLow);
    expect(() => withdraw(market, "ann", WAD)).toThrow(LoanDoesNotExist);
    const falling = movedTo(borrowed(), 1900n * WAD, 3_000n * WAD);
    expect(() => borrowMore(falling, { account: "ann", collateral: WAD, debt: 0n })).toThrow(Underwater);
    expect(() => health(market, "ann", "full")).toThrow(LoanDoesNotExist);
    expect(() => canSkip(market, 1_100)).toThrow(TooDeep);
    expect(canSkip(marketAt(2000n * WAD, usualV1), 1_100)).toBe(true);
  });

  it("error: every refusal of a repayment and of a liquidation", () => {
    const market = borrowed();
    const falling = movedTo(market, 1900n * WAD, 3_000n * WAD);
    const call = { account: "ann", caller: "ann", amount: WAD };
    expect(() => repay(marketAt(2000n * WAD), call)).toThrow(LoanDoesNotExist);
    expect(() => repay(market, { ...call, amount: 0n })).toThrow(NothingToDo);
    expect(() => repay(market, { ...call, caller: "bob" })).toThrow(NotApproved);
    expect(() => repay(falling, { ...call, highestActiveBand: falling.activeBand - 1 })).toThrow(ActiveBandTooHigh);
    const poor = withDebt(falling, "ann", 30_000n * WAD);
    expect(() => repay(poor, call)).toThrow(EndsUnhealthy);
    const deep = movedTo(market, 1820n * WAD, 13_000n * WAD);
    expect(() => repay(deep, { ...call, shrink: true })).toThrow(CannotShrink);
    const v1 = movedTo(borrowed(marketAt(2000n * WAD, usualV1)), 1900n * WAD, 3_000n * WAD);
    expect(() => repay(v1, { ...call, amount: 0n })).toThrow(NothingToDo);
    expect(() => repay(v1, { ...call, caller: "bob", amount: 10n ** 30n })).toThrow(NotApproved);
    expect(() => repay(withDebt(v1, "ann", 30_000n * WAD), { ...call, caller: "bob" })).toThrow(EndsUnhealthy);
    expect(repay(v1, { ...call, caller: "bob" }).repaid).toBe(WAD);
    const take = { account: "ann", liquidator: "bob", fraction: WAD, leastStable: 0n };
    expect(() => liquidate(market, take)).toThrow(NotEnoughRekt);
    expect(() => liquidate(market, { ...take, account: "eve" })).toThrow(LoanDoesNotExist);
    expect(() => liquidate(poor, { ...take, fraction: WAD + 1n })).toThrow(FractionAboveOne);
    expect(() => liquidate(poor, { ...take, fraction: 0n })).toThrow(NothingToDo);
    expect(() => liquidate(poor, { ...take, leastStable: 10n ** 30n })).toThrow(Slippage);
    const own = { ...take, liquidator: "ann", fraction: half };
    expect(debtOf(liquidate(market, own).market, "ann")).toBe(debtOf(market, "ann") / 2n);
  });
});

/** Trades the AMM of a market without fee to speak of to a price, by what get_amount_for_price asks for. */
function slowTrade(market: Market, price: bigint): Market {
  const { direction, amount } = amountForPrice(market, price);
  return exchange(market, { trader: "t", direction, amount, limit: 0n }).market;
}
