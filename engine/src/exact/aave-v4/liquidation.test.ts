import { describe, expect, it } from "vitest";
import { NothingToDo, NotLiquidatable } from "../errors.js";
import { MAX_UINT256, WAD } from "../scales.js";
import {
  accountData,
  borrow,
  CannotReceiveShares,
  card,
  DOLLAR_VALUE,
  faults,
  HealthFactorBelowThreshold,
  HealthFactorNotBelowThreshold,
  InsufficientLiquidity,
  InvalidAmount,
  InvalidDebtToCover,
  type LiquidationRules,
  leavesDeficit,
  liquidate,
  liquidationAmounts,
  liquidationBonus,
  MustNotLeaveDust,
  PriceUnavailable,
  ReserveFrozen,
  ReserveNotBorrowable,
  ReserveNotBorrowed,
  ReserveNotEnabledAsCollateral,
  ReserveNotListed,
  ReserveNotSupplied,
  ReservePaused,
  repay,
  SelfLiquidation,
  setCollateral,
  supply,
  valueOf,
  withdraw,
  withReserve,
} from "./index.js";
import { call, dollars, opened, prices, reserve, twoReserves, usualRules, usualSides } from "./test-support.js";

const usual = opened(twoReserves, { WETH: 10n * WAD }, { USDC: 17_000_000_000n });
const ruled = (changed: Partial<LiquidationRules>) => ({ ...twoReserves, rules: { ...usualRules, ...changed } });
const changed = (asset: string, terms: object) => ({
  ...twoReserves,
  reserves: twoReserves.reserves.map((one) => (one.asset === asset ? { ...one, ...terms } : one)),
});
const of = (asset: string, units: bigint, account = "borrower") => ({ account, asset, units });

describe("aave v4: golden vectors", () => {
  // vectors of an independent integer replica; what it calls CF is the collateral factor
  it('golden: MECHANISMS section 2, golden vector "partial to targetHF 1.05"', () => {
    const amounts = liquidationAmounts(usualRules, usualSides, 340282366920938463463374607431768211456n);
    expect(amounts).toEqual({
      bonusBps: 10279n,
      debtToTargetUnits: 6350238515n,
      repaidUnits: 6350238515n,
      seizedUnits: 3263705084784250000n,
      toLiquidatorUnits: 3254846502055825000n,
      feeUnits: 3263705084784250000n - 3254846502055825000n,
      bypass: "none",
    });
    expect(liquidate(twoReserves, usual, call(), prices(2000)).amounts).toEqual(amounts);
  });

  it('golden: MECHANISMS section 2, golden vector "deep underwater"', () => {
    const sides = { ...usualSides, collateralPrice: dollars(1500), healthFactorWad: 732352941176470588n };
    const amounts = liquidationAmounts(usualRules, sides, 340282366920938463463374607431768211456n);
    expect(amounts.bonusBps).toBe(10500n);
    expect(amounts.debtToTargetUnits).toBe(30252100841n);
    expect(amounts.repaidUnits).toBe(14285714286n);
    expect(amounts.seizedUnits).toBe(10000000000000000000n);
    expect(amounts.toLiquidatorUnits).toBe(9952380952380952381n);
    const outcome = liquidate(twoReserves, usual, call(), prices(1500));
    expect(outcome.before.healthFactorWad).toBe(732352941176470588n);
    expect(outcome.amounts).toEqual(amounts);
    expect(outcome.deficitUnits).toEqual({ USDC: 17_000_000_000n - 14_285_714_286n });
  });
});

describe("aave v4: who can be liquidated, and how far", () => {
  it("equality: a health factor of exactly 1 is not liquidatable, one unit of debt more is (_validateLiquidationCall: healthFactor < 1e18)", () => {
    const at = opened(twoReserves, { WETH: 10n * WAD }, { USDC: 16_600_000_000n });
    expect(accountData(twoReserves, at, "borrower", prices(2000)).healthFactorWad).toBe(WAD);
    expect(() => liquidate(twoReserves, at, call(), prices(2000))).toThrow(HealthFactorNotBelowThreshold);
    expect(() => liquidate(twoReserves, at, call(), prices(2000))).toThrow(NotLiquidatable);
    const over = opened(twoReserves, { WETH: 10n * WAD }, { USDC: 16_600_000_001n });
    expect(liquidate(twoReserves, over, call(), prices(2000)).before.healthFactorWad).toBeLessThan(WAD);
    const under = opened(twoReserves, { WETH: 10n * WAD }, { USDC: 16_599_999_999n });
    expect(() => liquidate(twoReserves, under, call(), prices(2000))).toThrow(NotLiquidatable);
  });

  it("equality: the largest bonus is paid at its health factor, one unit above it less or equal; towards 1 the smallest", () => {
    const bonus = (healthFactorWad: bigint) => liquidationBonus(usualRules, 20_000n, healthFactorWad);
    expect(bonus(usualRules.healthFactorForMaxBonusWad)).toBe(20_000n);
    expect(bonus(usualRules.healthFactorForMaxBonusWad + 1n)).toBe(19_999n);
    expect(bonus(WAD - 1n)).toBe(15_000n);
    expect(bonus((WAD * 9n) / 10n)).toBe(17_500n);
  });

  it("equality: a leftover of 1,000 dollars is no dust, a unit less is, on the side of the debt", () => {
    const dust = (reserveDebtUnits: bigint) =>
      liquidationAmounts(usualRules, { ...usualSides, reserveDebtUnits }, MAX_UINT256);
    // the target asks for 6,350.238515 USDC
    expect(dust(7_350_238_515n).repaidUnits).toBe(6_350_238_515n);
    const all = dust(7_350_238_514n);
    expect(all.repaidUnits).toBe(7_350_238_514n);
    expect(all.bypass).toBe("debt-dust");
  });

  it("equality: on the side of the collateral a leftover of 1,000 dollars is no dust, a unit less is, and then all of it goes past the target", () => {
    const dust = (collateralUnits: bigint) =>
      liquidationAmounts(usualRules, { ...usualSides, collateralUnits }, MAX_UINT256);
    const enough = 3263705084784250000n + WAD / 2n;
    expect(dust(enough).seizedUnits).toBe(3263705084784250000n);
    const all = dust(enough - 1n);
    expect(all.seizedUnits).toBe(enough - 1n);
    expect(all.bypass).toBe("collateral-dust");
    // 7527.41... dollars of collateral pay for 7527.41... / 1.0279 of debt, rounded up
    expect(all.repaidUnits).toBe(7_323_095_797n);
  });

  it("behavior: repaying the debt to the target lifts the health factor to the target, less what the bonus was cut", () => {
    const outcome = liquidate(twoReserves, usual, call(), prices(2000));
    const after = accountData(twoReserves, outcome.state, "borrower", prices(2000)).healthFactorWad;
    expect(after).toBeGreaterThanOrEqual(usualRules.targetHealthFactorWad);
    expect(after - usualRules.targetHealthFactorWad).toBeLessThan(10n ** 9n);
  });

  it("behavior: a deficit needs the last collateral gone and debt left, here or elsewhere", () => {
    expect(leavesDeficit(true, false, 1, 1)).toBe(true);
    expect(leavesDeficit(true, true, 1, 2)).toBe(true);
    expect(leavesDeficit(true, true, 1, 1)).toBe(false);
    expect(leavesDeficit(true, false, 2, 1)).toBe(false);
    expect(leavesDeficit(false, false, 1, 2)).toBe(false);
  });

  it("behavior: the deficit is reported in every borrowed reserve; collateral of factor 0 does not keep the debt alive", () => {
    const three = {
      ...twoReserves,
      reserves: [...twoReserves.reserves, reserve("DAI"), reserve("DUST", { collateralFactorBps: 0n })],
    };
    const state = opened(three, { WETH: 10n * WAD, DUST: WAD }, { USDC: 9_000_000_000n, DAI: 8_000n * WAD });
    const at = { ...prices(800), DAI: dollars(1), DUST: dollars(1) };
    const outcome = liquidate(three, state, call(), at);
    // 8000 / 1.05 dollars, rounded up
    expect(outcome.deficitUnits).toEqual({ USDC: 9_000_000_000n - 7_619_047_620n, DAI: 8_000n * WAD });
    expect(outcome.state.accounts.borrower.owed).toEqual({});
    expect(outcome.state.reserves.DAI.deficitUnits).toBe(8_000n * WAD);
    const kept = { ...three, reserves: three.reserves.map((one) => ({ ...one, collateralFactorBps: 8_300n })) };
    expect(liquidate(kept, state, call(), at).deficitUnits).toEqual({});
  });

  it("behavior: the collateral as a supply of the liquidator, the fee as a supply of its receiver", () => {
    const outcome = liquidate(twoReserves, usual, call({ receiveShares: true }), prices(2000));
    expect(outcome.state.accounts.keeper.supplied.WETH).toBe(3254846502055825000n);
    expect(outcome.state.accounts["fee-receiver"].supplied.WETH).toBe(8858582728425000n);
    expect(outcome.state.reserves.WETH.availableUnits).toBe(usual.reserves.WETH.availableUnits);
  });

  it("behavior: values are exact: 1e26 for a dollar at any decimals up to 18", () => {
    expect(valueOf(1_000_000n, dollars(1), 6)).toBe(DOLLAR_VALUE);
    expect(valueOf(WAD, dollars(1), 18)).toBe(DOLLAR_VALUE);
    expect(valueOf(1n, 1n, 18)).toBe(1n);
  });
});

describe("aave v4: refusals of a liquidation", () => {
  it("error: SelfLiquidation, InvalidDebtToCover, ReservePaused, ReserveNotSupplied, ReserveNotBorrowed", () => {
    expect(() => liquidate(twoReserves, usual, call({ liquidator: "borrower" }), prices(1900))).toThrow(
      SelfLiquidation,
    );
    expect(() => liquidate(twoReserves, usual, call({ debtToCoverUnits: 0n }), prices(1900))).toThrow(
      InvalidDebtToCover,
    );
    expect(() => liquidate(twoReserves, usual, call({ debtToCoverUnits: 0n }), prices(1900))).toThrow(NothingToDo);
    for (const asset of ["WETH", "USDC"])
      expect(() => liquidate(changed(asset, { paused: true }), usual, call(), prices(1900))).toThrow(ReservePaused);
    expect(() => liquidate(twoReserves, usual, call({ collateralAsset: "USDC" }), prices(1900))).toThrow(
      ReserveNotSupplied,
    );
    expect(() => liquidate(twoReserves, usual, call({ debtAsset: "WETH" }), prices(1900))).toThrow(ReserveNotBorrowed);
  });

  it("error: ReserveNotEnabledAsCollateral for a factor of 0 and for collateral not in use; CannotReceiveShares of a frozen reserve", () => {
    expect(() => liquidate(changed("WETH", { collateralFactorBps: 0n }), usual, call(), prices(1900))).toThrow(
      ReserveNotEnabledAsCollateral,
    );
    const idle = supply(twoReserves, usual, of("USDC", 5_000_000n)).state;
    expect(() => liquidate(twoReserves, idle, call({ collateralAsset: "USDC" }), prices(1900))).toThrow(
      ReserveNotEnabledAsCollateral,
    );
    expect(() =>
      liquidate(changed("WETH", { frozen: true }), usual, call({ receiveShares: true }), prices(1900)),
    ).toThrow(CannotReceiveShares);
    expect(liquidate(changed("WETH", { frozen: true }), usual, call(), prices(2000)).amounts.repaidUnits).toBe(
      6_350_238_515n,
    );
  });

  it("error: MustNotLeaveDust when the cover is a unit short of the debt that dust adds", () => {
    // at a health factor of 0.8715 the target asks for 9,602 of the 10,000 dollars, which would leave dust
    const small = opened(twoReserves, { WETH: 10n * WAD }, { USDC: 10_000_000_000n });
    const cover = (debtToCoverUnits: bigint) => liquidate(twoReserves, small, call({ debtToCoverUnits }), prices(1050));
    expect(() => cover(9_500_000_000n)).toThrow(MustNotLeaveDust);
    expect(() => cover(9_999_999_999n)).toThrow(MustNotLeaveDust);
    expect(cover(10_000_000_000n).amounts.repaidUnits).toBe(10_000_000_000n);
  });

  it("error: InsufficientLiquidity when the Hub has lent the collateral out", () => {
    const scarce = withReserve(usual, "WETH", { ...usual.reserves.WETH, availableUnits: WAD });
    expect(() => liquidate(twoReserves, scarce, call(), prices(2000))).toThrow(InsufficientLiquidity);
  });
});

describe("aave v4: what users do", () => {
  it("behavior: a supply is no collateral until it is made one, and debt needs a health factor of 1", () => {
    const idle = supply(twoReserves, opened(twoReserves, {}, {}), of("WETH", WAD)).state;
    expect(() => borrow(twoReserves, idle, of("USDC", 1n), prices(2000))).toThrow(HealthFactorBelowThreshold);
    const used = setCollateral(twoReserves, idle, "borrower", "WETH", true, prices(2000));
    expect(borrow(twoReserves, used, of("USDC", 1_660_000_000n), prices(2000)).transfers).toHaveLength(2);
    expect(() => borrow(twoReserves, used, of("USDC", 1_660_000_001n), prices(2000))).toThrow(
      HealthFactorBelowThreshold,
    );
  });

  it("behavior: more than there is means all", () => {
    const repaid = repay(twoReserves, usual, of("USDC", MAX_UINT256)).state;
    expect(repaid.accounts.borrower.owed).toEqual({});
    expect(
      withdraw(twoReserves, repaid, of("WETH", MAX_UINT256), prices(2000)).state.accounts.borrower.supplied,
    ).toEqual({});
  });

  it("error: paused, frozen, unlent and unknown reserves, nothing, no liquidity, no price, no health", () => {
    expect(() => supply(changed("WETH", { paused: true }), usual, of("WETH", 1n))).toThrow(ReservePaused);
    expect(() => supply(changed("WETH", { frozen: true }), usual, of("WETH", 1n))).toThrow(ReserveFrozen);
    expect(() => supply(twoReserves, usual, of("XYZ", 1n))).toThrow(ReserveNotListed);
    expect(() => supply(twoReserves, usual, of("WETH", 0n))).toThrow(InvalidAmount);
    expect(() => repay(twoReserves, usual, of("WETH", 1n))).toThrow(InvalidAmount);
    expect(() => borrow(changed("USDC", { borrowable: false }), usual, of("USDC", 1n), prices(3000))).toThrow(
      ReserveNotBorrowable,
    );
    expect(() => borrow(twoReserves, usual, of("USDC", 10n ** 20n), prices(3000))).toThrow(InsufficientLiquidity);
    expect(() => borrow(twoReserves, usual, of("USDC", 1n), { USDC: 1n })).toThrow(PriceUnavailable);
    expect(() => withdraw(twoReserves, usual, of("WETH", 5n * WAD), prices(3000))).toThrow(HealthFactorBelowThreshold);
    expect(() => setCollateral(twoReserves, usual, "borrower", "WETH", false, prices(3000))).toThrow(
      HealthFactorBelowThreshold,
    );
    expect(() =>
      setCollateral(changed("USDC", { frozen: true }), usual, "borrower", "USDC", true, prices(3000)),
    ).toThrow(ReserveFrozen);
  });
});

describe("aave v4: each rule switched off", () => {
  it("behavior: with a bonus factor of 100 % the bonus no longer depends on health: 5 % instead of 2.79 %", () => {
    const flat = liquidationAmounts({ ...usualRules, liquidationBonusFactorBps: 10_000n }, usualSides, MAX_UINT256);
    expect(flat.bonusBps).toBe(10_500n);
    expect(flat.seizedUnits).toBeGreaterThan(3263705084784250000n);
  });

  it("behavior: a target far away repays the whole debt instead of 6,350 dollars", () => {
    const far = liquidate(ruled({ targetHealthFactorWad: 100n * WAD }), usual, call(), prices(2000));
    expect(far.amounts.repaidUnits).toBe(17_000_000_000n);
  });

  it("behavior: without the dust rule both leftovers stand", () => {
    const off = { ...usualRules, dustValue: 0n };
    expect(liquidationAmounts(off, { ...usualSides, reserveDebtUnits: 7_000_000_000n }, MAX_UINT256).repaidUnits).toBe(
      6_350_238_515n,
    );
    const short = { ...usualSides, collateralUnits: 3_500_000_000_000_000_000n };
    expect(liquidationAmounts(off, short, MAX_UINT256).seizedUnits).toBe(3263705084784250000n);
    expect(liquidationAmounts(usualRules, short, MAX_UINT256).seizedUnits).toBe(3_500_000_000_000_000_000n);
  });

  it("behavior: without the fee the liquidator gets all that is seized", () => {
    const free = liquidate(changed("WETH", { liquidationFeeBps: 0n }), usual, call(), prices(2000)).amounts;
    expect(free.toLiquidatorUnits).toBe(3263705084784250000n);
  });
});

describe("aave v4: faults of parameters", () => {
  const one = (terms: object) => faults({ ...twoReserves, reserves: [reserve("A", terms)] }).map(({ code }) => code);
  const rules = (terms: object) => faults(ruled(terms)).map(({ code }) => code);

  it("behavior: sound parameters have none", () => {
    expect(faults(twoReserves)).toEqual([]);
  });

  it("error: collateral-factor-above-one, bonus-below-par, bonus-times-collateral-factor, liquidation-fee-above-one", () => {
    expect(one({ collateralFactorBps: 10_000n })).toEqual([
      "collateral-factor-above-one",
      "bonus-times-collateral-factor",
    ]);
    expect(one({ maxLiquidationBonusBps: 9_999n })).toEqual(["bonus-below-par"]);
    expect(one({ maxLiquidationBonusBps: 10_000n })).toEqual([]);
    expect(one({ liquidationFeeBps: 10_001n })).toEqual(["liquidation-fee-above-one"]);
  });

  it("equality: bonus x collateral factor is rounded up and must be below 1: 10500 x 9522 passes (9998.1 -> 9999), 10500 x 9523 does not (9999.15 -> 10000)", () => {
    expect(one({ collateralFactorBps: 9_522n })).toEqual([]);
    expect(one({ collateralFactorBps: 9_523n })).toEqual(["bonus-times-collateral-factor"]);
  });

  it("error: decimals-out-of-range, negative-value, duplicate-reserve", () => {
    expect(one({ decimals: 19 })).toEqual(["decimals-out-of-range"]);
    expect(one({ liquidationFeeBps: -1n })).toEqual(["negative-value"]);
    expect(faults({ ...twoReserves, reserves: [reserve("A"), reserve("A")] }).map(({ code }) => code)).toEqual([
      "duplicate-reserve",
    ]);
  });

  it("error: target-health-below-one, maximum-bonus-health-not-below-one, bonus-factor-above-one, all at once", () => {
    expect(rules({ targetHealthFactorWad: WAD - 1n })).toEqual(["target-health-below-one"]);
    expect(rules({ targetHealthFactorWad: WAD })).toEqual([]);
    expect(rules({ healthFactorForMaxBonusWad: WAD })).toEqual(["maximum-bonus-health-not-below-one"]);
    expect(rules({ liquidationBonusFactorBps: 10_001n })).toEqual(["bonus-factor-above-one"]);
    expect(rules({ dustValue: -1n })).toEqual(["negative-value"]);
    expect(
      rules({ targetHealthFactorWad: 0n, healthFactorForMaxBonusWad: WAD, liquidationBonusFactorBps: 10_001n }),
    ).toHaveLength(3);
  });

  it("behavior: the card names what is left out", () => {
    expect(card.id).toBe("aave-v4");
    expect(card.notModelled.length).toBeGreaterThan(0);
  });
});
