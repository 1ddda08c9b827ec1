import { describe, expect, it } from "vitest";
import { NothingToDo, NotLiquidatable } from "../errors.js";
import { MAX_UINT256, RAY, WAD } from "../scales.js";
import {
  type AaveV3Parameters,
  accountData,
  advanceTo,
  borrow,
  CollateralCannotBeLiquidated,
  deployedRules,
  HealthFactorNotBelowThreshold,
  InsufficientLiquidity,
  InvalidBurnAmount,
  LiquidationGraceSentinelCheckFailed,
  leavesDust,
  liquidate,
  liquidationAmounts,
  MustNotLeaveDust,
  mostRepayable,
  type PoolState,
  ReserveInactive,
  ReservePaused,
  SelfLiquidation,
  SpecifiedCurrencyNotBorrowedByUser,
  setCollateral,
  startGracePeriod,
  supply,
  withdraw,
  withReserve,
} from "./index.js";
import { call, dollars, opened, prices, reserve, twoReserves } from "./test-support.js";

const usual = opened(twoReserves, { supplies: { WETH: 10n * WAD }, debts: { USDC: 17_000_000_000n } });
const three: AaveV3Parameters = {
  ...twoReserves,
  reserves: [...twoReserves.reserves, reserve("DAI", { liquidationThresholdBps: 7_700n, loanToValueBps: 7_000n })],
};
const withRules = (changed: Partial<typeof deployedRules>): AaveV3Parameters => ({
  ...twoReserves,
  rules: { ...deployedRules, ...changed },
});
const withWeth = (changed: object): AaveV3Parameters => ({
  ...twoReserves,
  reserves: [{ ...twoReserves.reserves[0], ...changed }, twoReserves.reserves[1]],
});
/** The usual collateral side against an arbitrary debt, at par prices of one unit each. */
const sides = (reserveDebtUnits: bigint, collateralUnits: bigint) => ({
  reserveDebtUnits,
  debtPrice: dollars(1),
  debtUnit: 1_000_000n,
  collateralUnits,
  collateralPrice: dollars(2000),
  collateralUnit: WAD,
  bonusBps: 10_500n,
  protocolFeeBps: 1_000n,
});

describe("aave v3: who can be liquidated", () => {
  it("equality: a health factor of exactly 1 is not liquidatable, one unit of debt more is (ValidationLogic: healthFactor < 1e18)", () => {
    const at = opened(twoReserves, { supplies: { WETH: 10n * WAD }, debts: { USDC: 16_600_000_000n } });
    expect(accountData(twoReserves, at, "borrower", prices(2000)).healthFactorWad).toBe(WAD);
    expect(() => liquidate(twoReserves, at, call(), prices(2000))).toThrow(HealthFactorNotBelowThreshold);
    expect(() => liquidate(twoReserves, at, call(), prices(2000))).toThrow(NotLiquidatable);
    const over = opened(twoReserves, { supplies: { WETH: 10n * WAD }, debts: { USDC: 16_600_000_001n } });
    expect(liquidate(twoReserves, over, call(), prices(2000)).before.healthFactorWad).toBeLessThan(WAD);
    const under = opened(twoReserves, { supplies: { WETH: 10n * WAD }, debts: { USDC: 16_599_999_999n } });
    expect(() => liquidate(twoReserves, under, call(), prices(2000))).toThrow(NotLiquidatable);
  });

  it("equality: the close factor binds above a health factor of 0.95, not at it, and from 2,000 dollars on both sides, not one unit below", () => {
    const limit = deployedRules.closeFactorHealthFactorWad;
    const two = sides(2_000_000_000n, 10n * WAD);
    const half = 1_000_000_000n;
    expect(mostRepayable(deployedRules, two, dollars(2000), limit + 1n)).toBe(half);
    expect(mostRepayable(deployedRules, two, dollars(2000), limit)).toBe(2_000_000_000n);
    // 1,999.999999 dollars of debt, then of collateral
    expect(mostRepayable(deployedRules, sides(1_999_999_999n, 10n * WAD), dollars(2000), WAD)).toBe(1_999_999_999n);
    expect(mostRepayable(deployedRules, sides(2_000_000_000n, WAD - 1n), dollars(2000), WAD)).toBe(2_000_000_000n);
    expect(mostRepayable(deployedRules, sides(2_000_000_000n, WAD), dollars(2000), WAD)).toBe(half);
  });

  it("equality: 1,000 dollars may be left on either side, one unit of the base currency less may not", () => {
    const base = sides(17_000_000_000n, 10n * WAD);
    const leaving = (debtLeft: bigint, collateralLeft: bigint) => ({
      repaidUnits: base.reserveDebtUnits - debtLeft,
      seizedUnits: base.collateralUnits - collateralLeft,
      toLiquidatorUnits: 0n,
      feeUnits: 0n,
    });
    expect(leavesDust(deployedRules, base, leaving(1_000_000_000n, WAD / 2n))).toBe(false);
    expect(leavesDust(deployedRules, base, leaving(999_999_999n, WAD / 2n))).toBe(true);
    expect(leavesDust(deployedRules, base, leaving(1_000_000_000n, WAD / 2n - 1n))).toBe(true);
    expect(leavesDust(deployedRules, base, leaving(0n, 1n))).toBe(false);
    expect(leavesDust(deployedRules, base, leaving(1n, 0n))).toBe(false);
  });

  it("behavior: the dust rule measures the collateral left after the fee once: the text's (coll - fee) with gross coll would take the fee off twice", () => {
    // LiquidationLogic subtracts the liquidator's share AND the fee from the balance; their sum is the gross amount.
    const outcome = liquidate(twoReserves, usual, call({ debtToCoverUnits: 8_000_000_000n }), prices(2000));
    const left = outcome.state.accounts.borrower.supplyShares.WETH;
    expect(left).toBe(10n * WAD - outcome.amounts.seizedUnits);
    expect(outcome.amounts.seizedUnits).toBe(outcome.amounts.toLiquidatorUnits + outcome.amounts.feeUnits);
    // gross leftover of exactly 1,000 dollars with a fee above zero passes; subtracting the fee twice would refuse it
    const state = opened(twoReserves, { supplies: { WETH: 10n * WAD }, debts: { USDC: 20_000_000_000n } });
    const covers = (1_900_000_000_000n * 10n) / 1_050n;
    const { amounts } = liquidate(twoReserves, state, call({ debtToCoverUnits: covers }), prices(2000));
    const leftBase = ((10n * WAD - amounts.seizedUnits) * dollars(2000)) / WAD;
    expect(leftBase).toBeGreaterThanOrEqual(dollars(1000));
    expect(((10n * WAD - amounts.seizedUnits - amounts.feeUnits) * dollars(2000)) / WAD).toBeLessThan(dollars(1000));
  });

  it("behavior: half of the TOTAL debt may be repaid in one reserve, so a reserve of less than half goes at once", () => {
    const state = opened(three, { supplies: { WETH: 10n * WAD }, debts: { USDC: 8_000_000_000n, DAI: 9_000n * WAD } });
    const at = { ...prices(2000), DAI: dollars(1) };
    expect(liquidate(three, state, call(), at).mostRepayableUnits).toBe(8_000_000_000n);
    const dai = (debtToCoverUnits: bigint) => liquidate(three, state, call({ debtAsset: "DAI", debtToCoverUnits }), at);
    expect(dai(8_000n * WAD).mostRepayableUnits).toBe(8_500n * WAD);
    // the two rules meet: 8,500 of 9,000 may be repaid, but 500 may not be left, so between 8,000 and 8,500 nothing passes
    expect(() => dai(8_500n * WAD)).toThrow(MustNotLeaveDust);
    expect(() => dai(8_000n * WAD + 10n ** 10n)).toThrow(MustNotLeaveDust);
  });
});

describe("aave v3: bad debt", () => {
  it("behavior: without collateral left the debt of every borrowed reserve becomes that reserve's deficit", () => {
    const state = opened(three, { supplies: { WETH: 10n * WAD }, debts: { USDC: 9_000_000_000n, DAI: 8_000n * WAD } });
    const outcome = liquidate(three, state, call(), { ...prices(800), DAI: dollars(1) });
    // 10 WETH at 800 pay for 8000 / 1.05 dollars, rounded up to a unit of USDC
    expect(outcome.amounts.repaidUnits).toBe(7_619_047_620n);
    expect(outcome.deficitUnits).toEqual({ USDC: 9_000_000_000n - 7_619_047_620n, DAI: 8_000n * WAD });
    expect(outcome.state.reserves.DAI.deficitUnits).toBe(8_000n * WAD);
    expect(outcome.state.accounts.borrower.debtShares).toEqual({});
    expect(outcome.state.accounts.borrower.collateral).toEqual([]);
  });

  it("behavior: other collateral in use keeps the debt alive", () => {
    const state = opened(three, {
      supplies: { WETH: 10n * WAD, DAI: 100n * WAD },
      debts: { USDC: 17_000_000_000n },
    });
    const outcome = liquidate(three, state, call(), { ...prices(800), DAI: dollars(1) });
    expect(outcome.deficitUnits).toEqual({});
    expect(outcome.state.accounts.borrower.debtShares.USDC).toBe(17_000_000_000n - 7_619_047_620n);
    expect(outcome.state.accounts.borrower.collateral).toEqual(["DAI"]);
  });

  it("behavior: collateral left that does not change the value in units of the base currency counts as none (v3.7)", () => {
    // 2000 / 1.05 DAI and 4000 units more buy 1 WETH and a few wei of the 1 WETH and 5 wei; both are worth 2,000.00000000 dollars. The dust rule does not ask,
    // because no DAI is left. The USDC debt is written off.
    const dai = (2_000n * WAD * 10_000n) / 10_500n + 4_000n;
    const state = opened(three, { supplies: { WETH: WAD + 5n }, debts: { DAI: dai, USDC: 50_000_000n } });
    const outcome = liquidate(three, state, call({ debtAsset: "DAI" }), { ...prices(2000), DAI: dollars(1) });
    const left = WAD + 5n - outcome.amounts.seizedUnits;
    expect(left).toBeGreaterThan(0n);
    expect(left).toBeLessThanOrEqual(5n);
    expect(outcome.deficitUnits).toEqual({ USDC: 50_000_000n });
    expect(outcome.state.accounts.borrower.supplyShares.WETH).toBe(left);
    expect(outcome.state.accounts.borrower.collateral).toEqual([]);
  });

  it("behavior: debt in an inactive reserve stays", () => {
    const off = {
      ...three,
      reserves: three.reserves.map((one) => (one.asset === "DAI" ? { ...one, active: false } : one)),
    };
    const state = opened(three, { supplies: { WETH: 10n * WAD }, debts: { USDC: 9_000_000_000n, DAI: 8_000n * WAD } });
    const outcome = liquidate(off, state, call(), { ...prices(800), DAI: dollars(1) });
    expect(outcome.deficitUnits.DAI).toBeUndefined();
    expect(outcome.state.accounts.borrower.debtShares).toEqual({ DAI: 8_000n * WAD });
  });
});

describe("aave v3: what is handed over", () => {
  it("behavior: shares instead of underlying leave the reserve's underlying where it is", () => {
    const asShares = liquidate(twoReserves, usual, call({ receiveShares: true }), prices(2000));
    const asUnderlying = liquidate(twoReserves, usual, call(), prices(2000));
    expect(asShares.state.accounts.keeper.supplyShares.WETH).toBe(4441250000000000000n);
    expect(asShares.state.reserves.WETH.availableUnits).toBe(usual.reserves.WETH.availableUnits);
    expect(asUnderlying.state.reserves.WETH.availableUnits).toBe(
      usual.reserves.WETH.availableUnits - 4441250000000000000n,
    );
    expect(asUnderlying.state.accounts.treasury.supplyShares.WETH).toBe(21250000000000000n);
  });

  it("behavior: with an index above 1 the shares taken are rounded up, and the treasury gets at most what is left", () => {
    const grown: PoolState = withReserve(usual, "WETH", {
      ...usual.reserves.WETH,
      liquidityIndexRay: (RAY * 4n) / 3n,
    });
    const outcome = liquidate(twoReserves, grown, call(), prices(1000));
    const { WETH = 0n } = outcome.state.accounts.borrower.supplyShares;
    expect(WETH).toBe(0n);
    expect(outcome.amounts.seizedUnits).toBe((10n * WAD * ((RAY * 4n) / 3n)) / RAY);
  });

  it("behavior: the same asset as collateral and debt", () => {
    let state = opened(twoReserves, { supplies: { USDC: 10_000_000_000n }, debts: {} });
    state = borrow(twoReserves, state, { account: "borrower", asset: "USDC", units: 7_400_000_000n }, prices(1)).state;
    const strict = {
      ...twoReserves,
      reserves: [
        twoReserves.reserves[0],
        { ...twoReserves.reserves[1], liquidationThresholdBps: 7_000n, loanToValueBps: 6_000n },
      ],
    };
    const outcome = liquidate(strict, state, call({ collateralAsset: "USDC" }), prices(1));
    expect(outcome.amounts.repaidUnits).toBe(7_400_000_000n);
    expect(outcome.state.reserves.USDC.availableUnits).toBe(
      state.reserves.USDC.availableUnits + 7_400_000_000n - outcome.amounts.toLiquidatorUnits,
    );
  });
});

describe("aave v3: efficiency modes", () => {
  const category = {
    id: 1,
    label: "WETH / USDC",
    loanToValueBps: 9_000n,
    liquidationThresholdBps: 9_300n,
    liquidationBonusBps: 10_200n,
    collateral: ["WETH"],
    borrowable: ["USDC"],
    zeroLoanToValue: [],
    isolated: false,
  };
  const member = {
    ...usual,
    accounts: { ...usual.accounts, borrower: { ...usual.accounts.borrower, eModeCategory: 1 } },
  };

  it("behavior: threshold and bonus are the category's where the collateral is in it, the reserve's otherwise", () => {
    const inside = { ...twoReserves, eModeCategories: [category] };
    const outside = { ...twoReserves, eModeCategories: [{ ...category, collateral: [] }] };
    // 20000 x 0.93 / 17000 and 20000 x 0.83 / 17000, cut to 18 places
    expect(accountData(inside, member, "borrower", prices(2000)).healthFactorWad).toBe(1094117647058823529n);
    expect(accountData(outside, member, "borrower", prices(2000)).healthFactorWad).toBe(976470588235294117n);
    // 8500 dollars with 2 % and with 5 % bonus at 1,800 dollars: health factors 0.9847 and 0.8788
    expect(
      liquidate(inside, member, call({ debtToCoverUnits: 8_500_000_000n }), prices(1800)).amounts.seizedUnits,
    ).toBe(4816666666666666666n);
    expect(
      liquidate(outside, member, call({ debtToCoverUnits: 8_500_000_000n }), prices(1800)).amounts.seizedUnits,
    ).toBe(4958333333333333333n);
  });

  it("behavior: zero-LTV collateral and collateral outside an isolated category keep their threshold and lose their loan-to-value", () => {
    const zero = { ...twoReserves, eModeCategories: [{ ...category, zeroLoanToValue: ["WETH"] }] };
    const isolated = { ...twoReserves, eModeCategories: [{ ...category, collateral: [], isolated: true }] };
    for (const [parameters, threshold] of [
      [zero, 9_300n],
      [isolated, 8_300n],
    ] as const) {
      const data = accountData(parameters, member, "borrower", prices(2000));
      expect(data.averageLoanToValueBps).toBe(0n);
      expect(data.hasZeroLoanToValueCollateral).toBe(true);
      expect(data.averageLiquidationThresholdBps).toBe(threshold);
    }
  });
});

describe("aave v3: refusals of a liquidation", () => {
  it("error: SelfLiquidation, ReserveInactive, ReservePaused, in the contract's order", () => {
    expect(() => liquidate(twoReserves, usual, call({ liquidator: "borrower" }), prices(1900))).toThrow(
      SelfLiquidation,
    );
    expect(() => liquidate(withWeth({ active: false, paused: true }), usual, call(), prices(1900))).toThrow(
      ReserveInactive,
    );
    expect(() => liquidate(withWeth({ paused: true }), usual, call(), prices(1900))).toThrow(ReservePaused);
  });

  it("error: LiquidationGraceSentinelCheckFailed up to and with the last second of grace", () => {
    const graced = startGracePeriod(usual, "USDC", 3_600n);
    expect(() => liquidate(twoReserves, advanceTo(graced, 3_600n), call(), prices(1900))).toThrow(
      LiquidationGraceSentinelCheckFailed,
    );
    expect(liquidate(twoReserves, advanceTo(graced, 3_601n), call(), prices(1900)).amounts.repaidUnits).toBe(
      17_000_000_000n,
    );
  });

  it("error: CollateralCannotBeLiquidated when the borrower does not use it; a threshold of 0 alone does not protect it (v3.7 dropped that check)", () => {
    const held = supply(twoReserves, usual, { account: "borrower", asset: "USDC", units: 1_000_000n }).state;
    const unused = setCollateral(twoReserves, held, "borrower", "USDC", false, prices(3000));
    expect(() => liquidate(twoReserves, unused, call({ collateralAsset: "USDC" }), prices(1900))).toThrow(
      CollateralCannotBeLiquidated,
    );
    // MECHANISMS says "collateral LT>0"; validateLiquidationCall at fd1fbd91 asks only whether the account uses the asset.
    const worthless = withWeth({ liquidationThresholdBps: 0n, loanToValueBps: 0n });
    expect(
      liquidate(worthless, usual, call({ debtToCoverUnits: 1_000_000_000n }), prices(1900)).before.healthFactorWad,
    ).toBe(0n);
  });

  it("error: SpecifiedCurrencyNotBorrowedByUser", () => {
    expect(() => liquidate(twoReserves, usual, call({ debtAsset: "WETH" }), prices(1900))).toThrow(
      SpecifiedCurrencyNotBorrowedByUser,
    );
  });

  it("error: InvalidBurnAmount for nothing repaid and for nothing seized", () => {
    const none = withRules({ minimumLeftoverBase: 0n });
    expect(() => liquidate(none, usual, call({ debtToCoverUnits: 0n }), prices(1900))).toThrow(InvalidBurnAmount);
    expect(() => liquidate(none, usual, call({ debtToCoverUnits: 0n }), prices(1900))).toThrow(NothingToDo);
    // one unit of USDC is worth less than one unit of a whole-unit collateral
    const coarse = { ...none, reserves: [reserve("WETH", { decimals: 0 }), none.reserves[1]] };
    const state = opened(coarse, { supplies: { WETH: 10n }, debts: { USDC: 17_000_000_000n } });
    expect(() => liquidate(coarse, state, call({ debtToCoverUnits: 1n }), prices(1900))).toThrow(InvalidBurnAmount);
  });

  it("error: InsufficientLiquidity when the collateral is lent out and not taken as shares", () => {
    const lent = withdraw(
      twoReserves,
      usual,
      { account: "lender", asset: "WETH", units: MAX_UINT256 },
      prices(2000),
    ).state;
    const scarce = withReserve(lent, "WETH", { ...lent.reserves.WETH, availableUnits: WAD });
    expect(() => liquidate(twoReserves, scarce, call(), prices(1900))).toThrow(InsufficientLiquidity);
    expect(liquidate(twoReserves, scarce, call({ receiveShares: true }), prices(1900)).amounts.repaidUnits).toBe(
      17_000_000_000n,
    );
  });
});

describe("aave v3: each rule switched off", () => {
  it("behavior: without the close factor 17,000 instead of 8,500 dollars are repaid at a health factor of 0.976", () => {
    expect(liquidate(twoReserves, usual, call(), prices(2000)).amounts.repaidUnits).toBe(8_500_000_000n);
    expect(liquidate(withRules({ closeFactorBps: 10_000n }), usual, call(), prices(2000)).amounts.repaidUnits).toBe(
      17_000_000_000n,
    );
  });

  it("behavior: without the dust rule a leftover of 500 dollars passes", () => {
    const cover = call({ debtToCoverUnits: 16_500_000_000n });
    expect(() => liquidate(twoReserves, usual, cover, prices(1900))).toThrow(MustNotLeaveDust);
    const outcome = liquidate(withRules({ minimumLeftoverBase: 0n }), usual, cover, prices(1900));
    expect(outcome.state.accounts.borrower.debtShares.USDC).toBe(500_000_000n);
  });

  it("behavior: without the protocol fee the liquidator gets all that is seized", () => {
    const { amounts } = liquidate(withWeth({ liquidationProtocolFeeBps: 0n }), usual, call(), prices(2000));
    expect(amounts.toLiquidatorUnits).toBe(4462500000000000000n);
    expect(amounts.feeUnits).toBe(0n);
    expect(liquidate(twoReserves, usual, call(), prices(2000)).amounts.feeUnits).toBe(21250000000000000n);
  });

  it("behavior: without the grace period the same call passes a second earlier", () => {
    const graced = advanceTo(startGracePeriod(usual, "WETH", 60n), 60n);
    expect(() => liquidate(twoReserves, graced, call(), prices(1900))).toThrow(LiquidationGraceSentinelCheckFailed);
    expect(liquidate(twoReserves, advanceTo(usual, 60n), call(), prices(1900)).amounts.repaidUnits).toBe(
      17_000_000_000n,
    );
  });

  it("behavior: a bonus of 1 bp instead of 500 seizes less for the same debt", () => {
    const small = liquidationAmounts({ ...sides(17_000_000_000n, 10n * WAD), bonusBps: 10_001n }, 8_500_000_000n);
    const large = liquidationAmounts(sides(17_000_000_000n, 10n * WAD), 8_500_000_000n);
    expect(large.seizedUnits - small.seizedUnits).toBe(212075000000000000n);
  });
});
