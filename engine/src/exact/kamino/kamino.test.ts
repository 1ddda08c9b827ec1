import { describe, expect, it } from "vitest";
import { NothingToDo } from "../errors.js";
import {
  borrow,
  CannotSocializeObligationWithCollateral,
  CollateralNonLiquidatable,
  deleveragingBonus,
  deleveragingThreshold,
  deposit,
  divide,
  EMPTY_OBLIGATION,
  FRACTION_ONE,
  faults,
  fromPercent,
  fromUnits,
  InsufficientLiquidity,
  type KaminoMoment,
  type KaminoParameters,
  type KaminoState,
  LiquidationBorrowFactorPriority,
  LiquidationLowestLiquidationLtvPriority,
  LiquidationRewardTooSmall,
  LiquidationTooSmall,
  LoanToValueExceeded,
  liquidate,
  liquidationBonus,
  loanToValue,
  marketPresets,
  multiply,
  type Obligation,
  ObligationBorrowsZero,
  ObligationDepositsZero,
  ObligationHealthy,
  protocolFee,
  RepayTooSmallForFullLiquidation,
  ReserveNotInObligation,
  type ReserveParameters,
  repay,
  reserveOfBonus,
  socializeLoss,
  valueObligation,
  withdraw,
} from "./index.js";

const reserve = (change: Partial<ReserveParameters> = {}): ReserveParameters => ({
  unit: 1_000_000n,
  loanToValuePercent: 75n,
  liquidationThresholdPercent: 80n,
  borrowFactorPercent: 100n,
  minLiquidationBonusBps: 200n,
  maxLiquidationBonusBps: 1_000n,
  badDebtLiquidationBonusBps: 99n,
  protocolLiquidationFeePercent: 0n,
  elevationGroups: [],
  autodeleverageEnabled: false,
  marginCallPeriodSeconds: 0n,
  thresholdDecreaseBpsPerDay: 0n,
  minDeleveragingBonusBps: 0n,
  bonusIncreaseBpsPerDay: 0n,
  ...change,
});
const market = marketPresets[0].parameters;
const parameters = (
  reserves: Record<string, ReserveParameters> = {},
  change: Partial<typeof market> = {},
): KaminoParameters => ({
  market: { ...market, ...change },
  reserves: { SOL: reserve({ unit: 1_000_000_000n }), USDC: reserve(), ...reserves },
});
const moment = (sol: number, at = 0n, change: Partial<KaminoMoment["reserves"]> = {}): KaminoMoment => ({
  at,
  reserves: {
    SOL: { price: (BigInt(Math.round(sol * 100)) * FRACTION_ONE) / 100n },
    USDC: { price: FRACTION_ONE },
    ETH: { price: fromUnits(1_000n) },
    DAI: { price: FRACTION_ONE },
    ...change,
  },
});
const SOL = 1_000_000_000n;
const USDC = 1_000_000n;
const balance = { available: 10n ** 15n, borrowed: 0n, collateral: 0n, fees: 0n };
const empty: KaminoState = { reserves: { SOL: balance, USDC: balance, ETH: balance, DAI: balance }, obligations: {} };
/** 10 SOL against 750 USDC, as borrowed at 100 dollars. */
const opened = (rules = parameters()) =>
  borrow(rules, moment(100), deposit(empty, "a", "SOL", 10n * SOL), "a", "USDC", 750n * USDC);
const pair = { debt: "USDC", collateral: "SOL" };

describe("kamino", () => {
  it("golden: bonus by loan-to-value (MECHANISMS section 11, golden vector kamino)", () => {
    // Allowed loan-to-value 0.8, no borrow factor; least bonus 2 %, largest 10 %, bad-debt bonus 0.99 %: the configuration that gives the vector's floats.
    const one = reserve();
    for (const [ltv, bonus] of [
      [800n, 0.02],
      [810n, 0.02],
      [850n, 0.04999999999999993],
      [900n, 0.09999999999999998],
      [950n, 0.050000000000000044],
      [985n, 0.015000000000000013],
      [990n, 0.010000000000000009],
      [1_020n, 0.0099],
    ] as const) {
      const at = divide(fromUnits(ltv), fromUnits(1_000n));
      const got = liquidationBonus(one, one, fromPercent(80n), at, at, 65_535n);
      expect(Number(got) / Number(FRACTION_ONE), `${ltv}`).toBeCloseTo(bonus, 14);
    }
  });

  it("equality: exactly at the unhealthy loan-to-value it may be liquidated, one unit of debt below not", () => {
    const at = (debt: bigint): KaminoState => ({
      ...empty,
      obligations: {
        a: { ...EMPTY_OBLIGATION, deposits: { SOL: 10n * SOL }, borrows: { USDC: { amount: fromUnits(debt) } } },
      },
    });
    expect(liquidate(parameters(), moment(100), at(800n * USDC), "a", pair, 100n * USDC, 0n).reason).toBe(
      "ltv-exceeded",
    );
    expect(() => liquidate(parameters(), moment(100), at(800n * USDC - 1n), "a", pair, 100n * USDC, 0n)).toThrow(
      ObligationHealthy,
    );
  });

  it("behavior: the close factor is of all debt, up to the cap at once, and all of it above the insolvency-risk loan-to-value", () => {
    const state = opened();
    // At 92 dollars: 750 of 920, 81.5 %: a fifth of 750 is 150; the bonus is the least, 2 %, and 153 dollars are 1.66304 SOL, rounded down.
    const first = liquidate(parameters(), moment(92), state, "a", pair, 10_000n * USDC, 0n);
    expect(first.repaid).toBe(150n * USDC);
    expect(Number(first.withdrawn) / 1e9).toBeCloseTo(153 / 92, 8);
    expect(first.withdrawn <= (153n * SOL) / 92n).toBe(true);
    expect(first.toLiquidator + first.protocolFee).toBe(first.withdrawn);
    // At 78 dollars, 96.2 %: all of it, limited by the collateral: 780 / 1.0385 = 751, so the whole debt.
    const risky = liquidate(parameters(), moment(78), state, "a", pair, 10_000n * USDC, 0n);
    expect(risky.repaid).toBe(750n * USDC);
    const wide = parameters({}, { insolvencyRiskUnhealthyLtvPercent: 97n });
    expect(liquidate(wide, moment(78), state, "a", pair, 10_000n * USDC, 0n).repaid).toBe(150n * USDC);
    const half = parameters({}, { liquidationMaxDebtCloseFactorPercent: 50n });
    expect(liquidate(half, moment(92), state, "a", pair, 10_000n * USDC, 0n).repaid).toBe(375n * USDC);
    const capped = parameters({}, { maxLiquidatableDebtMarketValueAtOnce: 40n });
    expect(liquidate(capped, moment(92), state, "a", pair, 10_000n * USDC, 0n).repaid).toBe(40n * USDC);
  });

  it("behavior: a bad debt takes all collateral, repays what it pays for, and the rest is shared by the lenders", () => {
    const state = opened();
    const done = liquidate(parameters(), moment(70), state, "a", pair, 10_000n * USDC, 0n);
    // 700 dollars of collateral at a bonus of 0.99 % pay for 693.137...
    expect(done.withdrawn).toBe(10n * SOL);
    expect(Number(done.repaid) / 1e6).toBeCloseTo(700 / 1.0099, 5);
    const left = done.state.obligations.a;
    expect(left.deposits).toEqual({});
    const loss = socializeLoss(done.state, "a", "USDC", 10_000n * USDC);
    expect(loss.forgiven).toBe(fromUnits(750n * USDC) - done.settled);
    expect(loss.state.obligations.a.borrows).toEqual({});
    expect(loss.state.reserves.USDC.borrowed).toBe(0n);
  });

  it("behavior: a debt below the threshold must go whole, even where the collateral pays for less", () => {
    const tiny: KaminoState = {
      ...empty,
      obligations: {
        a: { ...EMPTY_OBLIGATION, deposits: { SOL: SOL / 100n }, borrows: { USDC: { amount: fromUnits(1_500_000n) } } },
      },
    };
    expect(() => liquidate(parameters(), moment(100), tiny, "a", pair, 1_499_999n, 0n)).toThrow(
      RepayTooSmallForFullLiquidation,
    );
    const done = liquidate(parameters(), moment(100), tiny, "a", pair, 1_500_000n, 0n);
    expect(done).toMatchObject({ repaid: 1_500_000n, withdrawn: SOL / 100n });
    // Else what a dollar of collateral pays for at a bonus of 0.99 %: 990,197.05 units, rounded up.
    const off = parameters({}, { minFullLiquidationValueThreshold: 0n });
    expect(liquidate(off, moment(100), tiny, "a", pair, 1_500_000n, 0n).repaid).toBe(990_198n);
  });

  it("behavior: the protocol's fee is a part of the bonus, rounded up and at least a unit; an elevation group caps the bonus and lifts the threshold", () => {
    // 10 % on 100: bonus 9.09 of 100, half of it 4.545 rounds to 5.
    expect(protocolFee(50n, 100n, fromPercent(10n))).toBe(5n);
    expect(protocolFee(0n, 100n, fromPercent(10n))).toBe(1n);
    const grouped = { elevationGroups: ["staked"] };
    const rules = parameters(
      { SOL: reserve({ unit: SOL, ...grouped }), USDC: reserve(grouped) },
      {
        elevationGroups: {
          staked: { maxLiquidationBonusBps: 100n, liquidationThresholdPercent: 90n, loanToValuePercent: 85n },
        },
      },
    );
    expect(faults(rules)).toEqual([]);
    const state = opened();
    const inGroup = { ...state, obligations: { a: { ...state.obligations.a, elevationGroup: "staked" } } };
    expect(() => liquidate(rules, moment(92), inGroup, "a", pair, 1_000n * USDC, 0n)).toThrow(ObligationHealthy);
    expect(liquidate(rules, moment(82), inGroup, "a", pair, 1_000n * USDC, 0n).bonus).toBe(fromUnits(100n) / 10_000n);
    // A group's cap of 0 or above a reserve's own counts for nothing: the least bonus of 2 % again.
    const uncapped = {
      ...rules,
      market: {
        ...rules.market,
        elevationGroups: { staked: { ...rules.market.elevationGroups.staked, maxLiquidationBonusBps: 0n } },
      },
    };
    expect(liquidate(uncapped, moment(82), inGroup, "a", pair, 1_000n * USDC, 0n).bonus).toBe(
      fromUnits(200n) / 10_000n,
    );
  });

  it("behavior: price-triggered liquidations can be switched off", () => {
    const off = parameters({}, { priceTriggeredLiquidationDisabled: true });
    expect(() => liquidate(off, moment(92), opened(), "a", pair, 1n * USDC, 0n)).toThrow(ObligationHealthy);
  });

  it("behavior: a marked obligation is deleveraged after its margin call, at a growing bonus, until it is at its target", () => {
    const rules = parameters(
      { USDC: reserve({ minDeleveragingBonusBps: 50n, bonusIncreaseBpsPerDay: 100n, maxLiquidationBonusBps: 1_001n }) },
      { autodeleverageEnabled: true, individualMarginCallPeriodSeconds: 86_400n },
    );
    const state = opened(rules);
    const mark = (targetLtvPercent: bigint): KaminoState => ({
      ...state,
      obligations: { a: { ...state.obligations.a, deleveraging: { targetLtvPercent, markedAt: 0n } } },
    });
    const call = (at: bigint, marked = mark(50n), by = rules) =>
      liquidate(by, moment(100, at), marked, "a", pair, 10_000n * USDC, 0n);
    expect(() => call(86_399n)).toThrow(ObligationHealthy);
    expect(call(86_400n)).toMatchObject({ reason: "individual-deleveraging", bonus: fromUnits(50n) / 10_000n });
    // After two days 0.5 % + 2 %; never above the largest, 10.01 %.
    expect(Number(call(86_400n * 3n).bonus) / Number(FRACTION_ONE)).toBeCloseTo(0.025, 15);
    expect(Number(call(86_400n * 60n).bonus) / Number(FRACTION_ONE)).toBeCloseTo(0.1001, 15);
    expect(() => call(86_400n, mark(75n))).toThrow(ObligationHealthy);
    const off = { ...rules, market: { ...rules.market, autodeleverageEnabled: false } };
    expect(() => call(86_400n, mark(50n), off)).toThrow(ObligationHealthy);
  });

  it("behavior: a reserve over its limit has obligations deleveraged from a falling loan-to-value on; the equality counts", () => {
    const terms = {
      autodeleverageEnabled: true,
      marginCallPeriodSeconds: 3_600n,
      thresholdDecreaseBpsPerDay: 500n,
      bonusIncreaseBpsPerDay: 10n,
    };
    const rules = parameters({ SOL: reserve({ unit: SOL, ...terms }) }, { autodeleverageEnabled: true });
    expect(faults(rules)).toEqual([]);
    const state = opened(rules);
    const call = (at: bigint) =>
      liquidate(
        rules,
        moment(100, at, { SOL: { price: fromUnits(100n), depositLimitCrossedAt: 0n } }),
        state,
        "a",
        pair,
        10_000n * USDC,
        0n,
      );
    // 75 % is reached after five days of 5 % each. Basis points are cut to 60 places, so the threshold then lies a hair above 75 %; a second later it is below.
    expect(() => call(3_600n + 5n * 86_400n - 60n)).toThrow(ObligationHealthy);
    expect(call(3_600n + 5n * 86_400n + 1n).reason).toBe("market-wide-deleveraging");
    expect(deleveragingThreshold(rules.reserves.SOL, fromUnits(30n))).toBe(0n);
    expect(deleveragingBonus(rules.reserves.SOL, 65_535n, fromUnits(5n), fromPercent(75n))).toBe(
      5n * (fromUnits(10n) / 10_000n),
    );
    expect(deleveragingBonus(rules.reserves.SOL, 65_535n, fromUnits(5n), 2n * FRACTION_ONE)).toBe(0n);
    const byDebt = parameters({ USDC: reserve(terms) }, { autodeleverageEnabled: true });
    const at = moment(100, 3_600n + 6n * 86_400n, { USDC: { price: FRACTION_ONE, borrowLimitCrossedAt: 0n } });
    expect(liquidate(byDebt, at, state, "a", pair, 10_000n * USDC, 0n).reason).toBe("market-wide-deleveraging");
  });

  it("equality: exactly at the falling threshold an obligation is deleveraged, a unit of debt below not", () => {
    // 100 % a day, six hours: exactly 75 %, and 750 of 1000 dollars.
    const terms = {
      autodeleverageEnabled: true,
      marginCallPeriodSeconds: 1n,
      thresholdDecreaseBpsPerDay: 10_000n,
      bonusIncreaseBpsPerDay: 1n,
    };
    const rules = parameters({ USDC: reserve(terms) }, { autodeleverageEnabled: true });
    const now = moment(100, 21_601n, { USDC: { price: FRACTION_ONE, borrowLimitCrossedAt: 0n } });
    const owing = (debt: bigint): KaminoState => ({
      ...empty,
      obligations: {
        a: { ...EMPTY_OBLIGATION, deposits: { SOL: 10n * SOL }, borrows: { USDC: { amount: fromUnits(debt) } } },
      },
    });
    expect(liquidate(rules, now, owing(750n * USDC), "a", pair, USDC, 0n).reason).toBe("market-wide-deleveraging");
    expect(() => liquidate(rules, now, owing(750n * USDC - 1n), "a", pair, USDC, 0n)).toThrow(ObligationHealthy);
  });

  it("behavior: a debt that must go whole takes at least one unit; repaying rounds up to a unit", () => {
    // One indivisible unit worth 1.80 for a debt of 1.50: 1.53 of 1.80 would be nothing.
    const coarse = parameters({ SOL: reserve({ unit: 1n }) });
    const owing = (amount: bigint): KaminoState => ({
      ...empty,
      obligations: { a: { ...EMPTY_OBLIGATION, deposits: { SOL: 1n }, borrows: { USDC: { amount } } } },
    });
    expect(liquidate(coarse, moment(1.8), owing(fromUnits(1_500_000n)), "a", pair, 1_500_000n, 0n).withdrawn).toBe(1n);
    const paid = repay(owing(fromUnits(5n) + 1n), "a", "USDC", 10n);
    expect(paid).toMatchObject({ repaid: 6n, settled: fromUnits(5n) + 1n });
    expect(paid.state.obligations.a.borrows).toEqual({});
  });

  it("behavior: after a term the protected part shrinks linearly to nothing; at maturity nothing is protected", () => {
    const rules = parameters(
      {},
      { debtTermLiquidationEnabled: true, matureDebtLiquidationEnabled: true, termFullLiquidationSeconds: 1_000n },
    );
    const state = opened(rules);
    const amount = fromUnits(750n * USDC);
    const ended: Obligation = {
      ...state.obligations.a,
      borrows: { USDC: { amount, term: { endedAt: 100n, amountAtEnd: amount } } },
    };
    const repaid = (at: bigint, by = rules) =>
      liquidate(by, moment(100, at), { ...state, obligations: { a: ended } }, "a", pair, 10_000n * USDC, 0n).repaid;
    expect(() => repaid(99n)).toThrow(ObligationHealthy);
    expect(repaid(350n)).toBe((750n * USDC) / 4n);
    expect(repaid(1_100n)).toBe(750n * USDC);
    expect(repaid(100n, { ...rules, market: { ...rules.market, termFullLiquidationSeconds: 0n } })).toBe(750n * USDC);
    const matured = moment(100, 50n, { USDC: { price: FRACTION_ONE, debtMaturedAt: 50n } });
    expect(liquidate(rules, matured, state, "a", pair, 10_000n * USDC, 0n)).toMatchObject({
      reason: "debt-matured",
      repaid: 750n * USDC,
    });
  });

  it("behavior: of two reserves the larger terms count, the debt's where equal", () => {
    const one = reserve();
    expect(reserveOfBonus(one, { ...one })).not.toBe(one);
    for (const key of ["maxLiquidationBonusBps", "bonusIncreaseBpsPerDay", "minDeleveragingBonusBps"] as const) {
      const more = { ...one, [key]: one[key] + 1n };
      expect(reserveOfBonus(more, one)).toBe(more);
      expect(reserveOfBonus(one, more)).toBe(more);
    }
  });

  it("error: every refusal", () => {
    const rules = parameters({
      ETH: reserve({ liquidationThresholdPercent: 70n, loanToValuePercent: 70n }),
      DAI: reserve({ borrowFactorPercent: 150n }),
    });
    const state = opened();
    expect(() => liquidate(rules, moment(92), state, "a", pair, 0n, 0n)).toThrow(NothingToDo);
    const only = (deposits: Obligation["deposits"], borrows: Obligation["borrows"]): KaminoState => ({
      ...empty,
      obligations: { a: { ...EMPTY_OBLIGATION, deposits, borrows } },
    });
    const owed = { USDC: { amount: fromUnits(900n * USDC) } };
    expect(() => liquidate(rules, moment(92), only({}, owed), "a", pair, 1n, 0n)).toThrow(ObligationDepositsZero);
    expect(() => liquidate(rules, moment(92), only({ SOL }, {}), "a", pair, 1n, 0n)).toThrow(ObligationBorrowsZero);
    expect(() => liquidate(rules, moment(92), state, "a", { ...pair, debt: "DAI" }, 1n, 0n)).toThrow(
      ReserveNotInObligation,
    );
    expect(() => liquidate(rules, moment(92), state, "a", { ...pair, collateral: "ETH" }, 1n, 0n)).toThrow(
      ReserveNotInObligation,
    );
    const worthless = parameters({
      SOL: reserve({ unit: SOL, loanToValuePercent: 0n, liquidationThresholdPercent: 0n }),
    });
    expect(() => liquidate(worthless, moment(92), state, "a", pair, 1n, 0n)).toThrow(CollateralNonLiquidatable);
    const both = only({ SOL: 10n * SOL, ETH: 100_000n }, { ...owed, DAI: { amount: fromUnits(100n * USDC) } });
    expect(() => liquidate(rules, moment(92), both, "a", { debt: "USDC", collateral: "ETH" }, 1n, 0n)).toThrow(
      LiquidationBorrowFactorPriority,
    );
    expect(() => liquidate(rules, moment(92), both, "a", { debt: "DAI", collateral: "SOL" }, 1n, 0n)).toThrow(
      LiquidationLowestLiquidationLtvPriority,
    );
    expect(liquidate(rules, moment(92), both, "a", { debt: "DAI", collateral: "ETH" }, USDC, 0n).repaid).toBe(USDC);
    // Deposits and debts below a stated value do not decide who goes first.
    const skip = { ...rules, market: { ...rules.market, minValueSkipPriorityChecks: 101n } };
    expect(liquidate(skip, moment(92), both, "a", pair, USDC, 0n).repaid).toBe(USDC);
    expect(() => liquidate(rules, moment(92), state, "a", pair, USDC, 10n * SOL)).toThrow(LiquidationRewardTooSmall);
    const coarse = parameters({ SOL: reserve({ unit: 1n }) });
    expect(() => liquidate(coarse, moment(92), only({ SOL: 10n }, owed), "a", pair, 1n, 0n)).toThrow(
      LiquidationTooSmall,
    );
    expect(() => socializeLoss(state, "a", "USDC", 1n)).toThrow(CannotSocializeObligationWithCollateral);
    expect(() => socializeLoss(only({}, {}), "a", "USDC", 1n)).toThrow(ReserveNotInObligation);
    expect(() => deposit(empty, "a", "SOL", 0n)).toThrow(NothingToDo);
    expect(() => borrow(rules, moment(100), state, "a", "USDC", 10n * USDC)).toThrow(LoanToValueExceeded);
    expect(() => borrow(rules, moment(100), state, "a", "USDC", 10n ** 16n)).toThrow(InsufficientLiquidity);
    expect(() => withdraw(rules, moment(100), state, "a", "SOL", 11n * SOL)).toThrow(InsufficientLiquidity);
    expect(() => withdraw(rules, moment(100), state, "a", "SOL", SOL)).toThrow(LoanToValueExceeded);
    expect(() => repay(state, "a", "SOL", 1n)).toThrow(ReserveNotInObligation);
    expect(
      withdraw(rules, moment(100), repay(state, "a", "USDC", 10_000n * USDC).state, "a", "SOL", 10n * SOL).obligations
        .a,
    ).toEqual(EMPTY_OBLIGATION);
  });

  it("error: every fault of the parameters is named, all at once", () => {
    expect(faults(parameters())).toEqual([]);
    const wrongMarket = {
      liquidationMaxDebtCloseFactorPercent: 101n,
      maxLiquidatableDebtMarketValueAtOnce: -1n,
      elevationGroups: { e: { maxLiquidationBonusBps: 0n, loanToValuePercent: 90n, liquidationThresholdPercent: 80n } },
    };
    const wrong = reserve({
      unit: 0n,
      loanToValuePercent: 100n,
      liquidationThresholdPercent: 99n,
      borrowFactorPercent: 99n,
      minLiquidationBonusBps: 10_002n,
      maxLiquidationBonusBps: 10_001n,
      badDebtLiquidationBonusBps: 100n,
      protocolLiquidationFeePercent: 101n,
      minDeleveragingBonusBps: 10_002n,
      autodeleverageEnabled: true,
      bonusIncreaseBpsPerDay: -1n,
      elevationGroups: ["f"],
    });
    expect(faults({ market: { ...market, ...wrongMarket }, reserves: { X: wrong } }).map(({ code }) => code)).toEqual([
      "negative",
      "close-factor-out-of-range",
      "group-threshold-out-of-range",
      "negative",
      "zero-scale",
      "loan-to-value-above-one",
      "threshold-above-one",
      "bonus-above-one",
      "bonus-range-empty",
      "bad-debt-bonus-too-large",
      "borrow-factor-below-one",
      "fee-above-one",
      "deleveraging-bonus-above-largest",
      "deleveraging-without-end",
      "unknown-elevation-group",
    ]);
  });
});

/** The same liquidation in floating point, written from the rule and not from the code. */
function inFloats(deposited: number, debt: number, price: number, offered: number, closeFactor: number) {
  const ltv = debt / (deposited * price);
  const bonus =
    ltv >= 0.99
      ? ltv < 1
        ? Math.max(0.0099, 1 - ltv)
        : 0.0099
      : Math.min(Math.min(Math.max(0.02, ltv - 0.8), 0.1), 1 - ltv);
  const most = debt < 2 ? debt : Math.min(debt * (ltv > 0.95 ? 1 : closeFactor), 500_000);
  const repaid = Math.min(most, offered);
  const wanted = (repaid * (1 + bonus)) / price;
  return wanted > deposited ? { repaid: repaid * (deposited / wanted), taken: deposited } : { repaid, taken: wanted };
}

describe("kamino at random", () => {
  const sequence = (seed: number) => {
    let state = seed >>> 0;
    return (most: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * (most + 1));
    };
  };

  it("oracle: 2,000 liquidations against the rule in floating point", () => {
    const draw = sequence(3);
    let done = 0;
    for (let run = 0; run < 2_000; run++) {
      const sol = 1 + draw(20_000_000) / 1_000;
      const price = 20 + draw(20_000) / 100;
      const ltv = 0.7 + draw(4_000) / 10_000;
      const debt = Math.floor(sol * price * ltv * 1e6) / 1e6;
      const state: KaminoState = {
        ...empty,
        obligations: {
          a: {
            ...EMPTY_OBLIGATION,
            deposits: { SOL: BigInt(Math.round(sol * 1e9)) },
            borrows: { USDC: { amount: fromUnits(BigInt(Math.round(debt * 1e6))) } },
          },
        },
      };
      const offered = debt * (draw(12) / 10) + 2;
      const call = () =>
        liquidate(parameters(), moment(price), state, "a", pair, BigInt(Math.round(offered * 1e6)), 0n);
      if (debt / (sol * price) < 0.8 - 1e-9) {
        expect(call).toThrow(ObligationHealthy);
        continue;
      }
      if (debt / (sol * price) < 0.8 + 1e-9) continue;
      const expected = inFloats(sol, debt, price, offered, 0.2);
      const got = call();
      done++;
      expect(Math.abs(Number(got.repaid) / 1e6 - expected.repaid), `run ${run} of seed 3`).toBeLessThan(
        2e-6 + expected.repaid * 1e-9,
      );
      expect(Math.abs(Number(got.withdrawn) / 1e9 - expected.taken), `run ${run} of seed 3`).toBeLessThan(
        2e-9 + expected.taken * 1e-8,
      );
    }
    expect(done).toBeGreaterThan(1_000);
  });

  it("property: 20,000 operations: tokens conserved to the unit, no healthy obligation liquidated, nobody takes more than debt and bonus buy", () => {
    const seed = 17;
    const draw = sequence(seed);
    const rules = parameters(
      { SOL: reserve({ unit: SOL, protocolLiquidationFeePercent: 20n }) },
      { liquidationMaxDebtCloseFactorPercent: 50n },
    );
    let state: KaminoState = { ...empty, reserves: { SOL: { ...balance, available: 0n }, USDC: balance } };
    let [solIn, usdcOut, forgiven] = [0n, 0n, 0n];
    let price = 10_000;
    const counts = { deposits: 0, borrows: 0, repays: 0, withdrawals: 0, liquidations: 0, losses: 0, refused: 0 };
    for (let step = 0; step < 20_000; step++) {
      const label = `step ${step} of seed ${seed}`;
      price = Math.max(2_000, Math.min(30_000, price + draw(400) - 200));
      if (draw(200) === 0) price = Math.max(2_000, Math.round(price * 0.7));
      const now = moment(price / 100);
      const id = `${draw(30)}`;
      const kind = draw(11);
      try {
        if (kind < 2) {
          const amount = BigInt(draw(20)) * SOL + BigInt(draw(1_000_000));
          state = deposit(state, id, "SOL", amount);
          solIn += amount;
          counts.deposits++;
        } else if (kind < 5) {
          const { allowed, weightedDebt } = valueObligation(rules, now, state.obligations[id] ?? EMPTY_OBLIGATION);
          const room = allowed > weightedDebt ? (allowed - weightedDebt) >> 60n : 0n;
          const amount = (room * USDC * BigInt(draw(105))) / 100n;
          state = borrow(rules, now, state, id, "USDC", amount);
          usdcOut += amount;
          counts.borrows++;
        } else if (kind < 6) {
          const paid = repay(state, id, "USDC", BigInt(draw(300_000_000)));
          state = paid.state;
          usdcOut -= paid.repaid;
          counts.repays++;
        } else if (kind < 7) {
          const amount = BigInt(draw(3_000)) * (SOL / 1_000n);
          state = withdraw(rules, now, state, id, "SOL", amount);
          solIn -= amount;
          counts.withdrawals++;
        } else if (kind < 11) {
          const valuation = valueObligation(rules, now, state.obligations[id] ?? EMPTY_OBLIGATION);
          const amount = BigInt(1 + draw(2_000_000_000));
          const done = liquidate(rules, now, state, id, pair, amount, 0n);
          expect(loanToValue(valuation) >= divide(valuation.unhealthy, valuation.deposited), label).toBe(true);
          expect(done.repaid <= amount && fromUnits(done.repaid) - done.settled < FRACTION_ONE, label).toBe(true);
          // Value taken <= value settled x (1 + bonus), but for a debt that must go whole: it may take one unit. Ratios are cut to 60 places, each by at most
          // one place of the
          // debt's value; four of them enter.
          const cut = 4n * (valuation.borrowed >> 60n) + 8n;
          const taken = (done.withdrawn * now.reserves.SOL.price) / SOL;
          const paidFor = multiply(done.settled / USDC, FRACTION_ONE + done.bonus);
          if (done.withdrawn > 1n) expect(taken <= paidFor + cut, label).toBe(true);
          state = done.state;
          solIn -= done.toLiquidator;
          usdcOut -= done.repaid;
          counts.liquidations++;
          // The rest is not worse off where the bonus left room: below 1 / (1 + bonus).
          const after = state.obligations[id];
          if (after.borrows.USDC !== undefined && after.deposits.SOL === undefined) {
            const loss = socializeLoss(state, id, "USDC", 10n ** 15n);
            forgiven += loss.forgiven;
            state = loss.state;
            counts.losses++;
          }
        } else {
          state = deposit(state, id, "SOL", 0n);
        }
      } catch (error) {
        if (!(error instanceof Error) || error.constructor === Error || error.name === "AssertionError") throw error;
        counts.refused++;
      }
      const { SOL: sol, USDC: usdc } = state.reserves;
      // Compared first: an assertion with a label costs more than the step.
      if (sol.collateral + sol.fees !== solIn) expect(sol.collateral + sol.fees, label).toBe(solIn);
      if (usdc.available !== balance.available - usdcOut)
        expect(usdc.available, label).toBe(balance.available - usdcOut);
      if (step % 50 === 0) {
        const all = Object.values(state.obligations);
        expect(
          all.reduce((sum, one) => sum + (one.deposits.SOL ?? 0n), 0n),
          label,
        ).toBe(sol.collateral);
        expect(
          all.reduce((sum, one) => sum + (one.borrows.USDC?.amount ?? 0n), 0n),
          label,
        ).toBe(usdc.borrowed);
        // Lenders: what is there and what is owed, with what was forgiven, is never less than what they put in.
        expect(fromUnits(usdc.available) + usdc.borrowed + forgiven >= fromUnits(balance.available), label).toBe(true);
      }
    }
    const { losses, ...often } = counts;
    expect(Math.min(...Object.values(often)), JSON.stringify(counts)).toBeGreaterThan(300);
    expect(losses, JSON.stringify(counts)).toBeGreaterThan(5);
  });
});
