import { describe, expect, it } from "vitest";
import { MAX_UINT256, RAY, SECONDS_PER_YEAR, WAD } from "../scales.js";
import {
  AssetNotListed,
  accountData,
  accrued,
  advanceTo,
  BorrowingNotEnabled,
  borrow,
  CollateralCannotCoverNewBorrow,
  collateralValue,
  compoundedInterest,
  debtValue,
  eliminateReserveDeficit,
  HealthFactorLowerThanLiquidationThreshold,
  InconsistentEModeCategory,
  InsufficientLiquidity,
  InvalidAmount,
  InvalidBurnAmount,
  InvalidCollateralInEmode,
  InvalidDebtInEmode,
  InvalidGracePeriod,
  interestRates,
  LtvValidationFailed,
  linearInterest,
  liquidate,
  mintToTreasury,
  NoDebtOfSelectedType,
  NotBorrowableInEMode,
  NotEnoughAvailableUserBalance,
  normalizedDebt,
  openPool,
  PriceUnavailable,
  ReserveFrozen,
  ReserveInactive,
  ReserveNotInDeficit,
  ReservePaused,
  repay,
  setCollateral,
  setEModeCategory,
  startGracePeriod,
  supply,
  UnderlyingBalanceZero,
  UserCannotHaveDebt,
  UserHasAssetWithZeroLtv,
  withdraw,
  withReserve,
} from "./index.js";
import { call, opened, prices, twoReserves } from "./test-support.js";

const state = opened(twoReserves, { supplies: { WETH: 10n * WAD }, debts: { USDC: 10_000_000_000n } });
const of = (asset: string, units: bigint, account = "borrower") => ({ account, asset, units });
const changed = (asset: string, terms: object) => ({
  ...twoReserves,
  reserves: twoReserves.reserves.map((one) => (one.asset === asset ? { ...one, ...terms } : one)),
});
const category = {
  id: 1,
  label: "WETH / WETH",
  loanToValueBps: 9_000n,
  liquidationThresholdBps: 9_300n,
  liquidationBonusBps: 10_200n,
  collateral: ["WETH"],
  borrowable: ["WETH"],
  zeroLoanToValue: [],
  isolated: false,
};

describe("aave v3: what users do", () => {
  it("behavior: a first supply becomes collateral, unless its loan-to-value is 0", () => {
    const backed = supply(twoReserves, openPool(twoReserves, 0n), of("WETH", WAD)).state;
    expect(backed.accounts.borrower.collateral).toEqual(["WETH"]);
    const zero = changed("WETH", { loanToValueBps: 0n });
    expect(supply(zero, openPool(zero, 0n), of("WETH", WAD)).state.accounts.borrower.collateral).toEqual([]);
  });

  it("behavior: borrowing goes up to the loan-to-value and not a unit further", () => {
    const deposited = opened(twoReserves, { supplies: { WETH: 10n * WAD }, debts: {} });
    expect(borrow(twoReserves, deposited, of("USDC", 16_000_000_000n), prices(2000)).transfers).toHaveLength(2);
    expect(() => borrow(twoReserves, deposited, of("USDC", 16_000_000_001n), prices(2000))).toThrow(
      CollateralCannotCoverNewBorrow,
    );
  });

  it("behavior: all is repaid and withdrawn by asking for everything", () => {
    const repaid = repay(twoReserves, state, of("USDC", MAX_UINT256)).state;
    expect(repaid.accounts.borrower.debtShares).toEqual({});
    const gone = withdraw(twoReserves, repaid, of("WETH", MAX_UINT256), prices(2000)).state;
    expect(gone.accounts.borrower.supplyShares).toEqual({});
    expect(gone.accounts.borrower.collateral).toEqual([]);
  });

  it("error: supply refuses no share, an unknown, inactive, paused or frozen reserve", () => {
    expect(() => supply(twoReserves, state, of("WETH", 0n))).toThrow(InvalidAmount);
    expect(() => supply(twoReserves, state, of("XYZ", 1n))).toThrow(AssetNotListed);
    expect(() => supply(changed("WETH", { active: false }), state, of("WETH", 1n))).toThrow(ReserveInactive);
    expect(() => supply(changed("WETH", { paused: true }), state, of("WETH", 1n))).toThrow(ReservePaused);
    expect(() => supply(changed("WETH", { frozen: true }), state, of("WETH", 1n))).toThrow(ReserveFrozen);
    expect(repay(changed("USDC", { frozen: true }), state, of("USDC", 1n)).transfers).toHaveLength(2);
  });

  it("error: withdraw refuses more than is held, than there is, and what the debt needs", () => {
    expect(() => withdraw(twoReserves, state, of("WETH", 11n * WAD), prices(2000))).toThrow(
      NotEnoughAvailableUserBalance,
    );
    expect(() => withdraw(twoReserves, state, of("USDC", MAX_UINT256), prices(2000))).toThrow(InvalidAmount);
    const scarce = withReserve(state, "WETH", { ...state.reserves.WETH, availableUnits: 0n });
    expect(() => withdraw(twoReserves, scarce, of("WETH", 1n), prices(2000))).toThrow(InsufficientLiquidity);
    expect(() => withdraw(twoReserves, state, of("WETH", 5n * WAD), prices(2000))).toThrow(
      HealthFactorLowerThanLiquidationThreshold,
    );
  });

  it("error: collateral of loan-to-value 0 has to go first", () => {
    const both = supply(twoReserves, state, of("USDC", 1_000_000n)).state;
    const zero = changed("USDC", { loanToValueBps: 0n });
    expect(() => withdraw(zero, both, of("WETH", 1n), prices(2000))).toThrow(LtvValidationFailed);
    expect(withdraw(zero, both, of("USDC", 1_000_000n), prices(2000)).state.accounts.borrower.collateral).toEqual([
      "WETH",
    ]);
  });

  it("error: borrow refuses nothing, frozen or unlent reserves, missing collateral, prices and liquidity, and a health factor below 1", () => {
    expect(() => borrow(twoReserves, state, of("USDC", 0n), prices(2000))).toThrow(InvalidAmount);
    expect(() => borrow(twoReserves, state, of("USDC", 10n ** 15n), prices(2000))).toThrow(InvalidAmount);
    expect(() => borrow(changed("USDC", { borrowingEnabled: false }), state, of("USDC", 1n), prices(2000))).toThrow(
      BorrowingNotEnabled,
    );
    expect(() => borrow(changed("USDC", { frozen: true }), state, of("USDC", 1n), prices(2000))).toThrow(ReserveFrozen);
    expect(() => borrow(twoReserves, state, of("USDC", 1n, "nobody"), prices(2000))).toThrow(LtvValidationFailed);
    expect(() => borrow(twoReserves, state, of("USDC", 1n), { USDC: 1n })).toThrow(PriceUnavailable);
    const scarce = withReserve(state, "USDC", { ...state.reserves.USDC, availableUnits: 0n });
    expect(() => borrow(twoReserves, scarce, of("USDC", 1n), prices(2000))).toThrow(InsufficientLiquidity);
    expect(() => borrow(twoReserves, state, of("USDC", 7_000_000_000n), prices(2000))).toThrow(
      HealthFactorLowerThanLiquidationThreshold,
    );
  });

  it("error: repay refuses nothing, where nothing is owed, and what cancels no share", () => {
    expect(() => repay(twoReserves, state, of("USDC", 0n))).toThrow(InvalidAmount);
    expect(() => repay(twoReserves, state, of("WETH", 1n))).toThrow(NoDebtOfSelectedType);
    const grown = withReserve(state, "USDC", { ...state.reserves.USDC, borrowIndexRay: 2n * RAY });
    expect(() => repay(twoReserves, grown, of("USDC", 1n))).toThrow(InvalidBurnAmount);
  });

  it("error: collateral is switched on only with a balance and a loan-to-value, off only if the debt allows", () => {
    expect(() => setCollateral(twoReserves, state, "borrower", "USDC", true, prices(2000))).toThrow(
      UnderlyingBalanceZero,
    );
    expect(() => setCollateral(twoReserves, state, "borrower", "WETH", false, prices(2000))).toThrow(
      HealthFactorLowerThanLiquidationThreshold,
    );
    const off = setCollateral(twoReserves, state, "lender", "WETH", false, prices(2000));
    expect(() =>
      setCollateral(changed("WETH", { loanToValueBps: 0n }), off, "lender", "WETH", true, prices(2000)),
    ).toThrow(UserHasAssetWithZeroLtv);
  });

  it("error: efficiency modes refuse unknown ids, foreign debt, collateral without loan-to-value and a health factor below 1", () => {
    const modes = { ...twoReserves, eModeCategories: [category, { ...category, id: 2, borrowable: ["USDC"] }] };
    expect(() => setEModeCategory(modes, state, "borrower", 9, prices(2000))).toThrow(InconsistentEModeCategory);
    expect(() => setEModeCategory(modes, state, "borrower", 1, prices(2000))).toThrow(InvalidDebtInEmode);
    const inside = setEModeCategory(modes, state, "borrower", 2, prices(2000));
    expect(accountData(modes, inside, "borrower", prices(2000)).averageLiquidationThresholdBps).toBe(9_300n);
    expect(() => setEModeCategory(modes, inside, "borrower", 0, prices(1150))).toThrow(
      HealthFactorLowerThanLiquidationThreshold,
    );
    const isolated = {
      ...twoReserves,
      eModeCategories: [{ ...category, borrowable: ["USDC"], collateral: [], isolated: true }],
    };
    expect(() => setEModeCategory(isolated, state, "borrower", 1, prices(2000))).toThrow(InvalidCollateralInEmode);
    const lending = setEModeCategory(
      modes,
      opened(twoReserves, { supplies: { WETH: WAD }, debts: {} }),
      "borrower",
      1,
      prices(2000),
    );
    expect(() => borrow(modes, lending, of("USDC", 1n), prices(2000))).toThrow(NotBorrowableInEMode);
  });
});

describe("aave v3: interest", () => {
  const curve = { optimalUsageBps: 9_000n, baseBps: 0n, slope1Bps: 450n, slope2Bps: 4_000n };

  it("behavior: a year at 5 % grows supply by 5 % and debt by the first three terms of the exponential series", () => {
    const rate = RAY / 20n;
    expect(linearInterest(rate, SECONDS_PER_YEAR)).toBe((RAY * 105n) / 100n);
    // 1 + 0.05 + 0.05^2 / 2 + 0.05^3 / 6 = 1.05127083333...
    expect(compoundedInterest(rate, SECONDS_PER_YEAR)).toBe(1051270833333333333333333333n);
    expect(compoundedInterest(rate, 0n)).toBe(RAY);
  });

  it("behavior: the curve has its kink at the optimal usage; suppliers get what borrowers pay, less the reserve factor", () => {
    const at = (debtUnits: bigint, deficitUnits = 0n) =>
      interestRates(curve, 1_000n, { availableUnits: 1_000_000n - debtUnits, debtUnits, deficitUnits });
    expect(at(0n)).toEqual({ liquidityRateRay: 0n, borrowRateRay: 0n });
    expect(at(900_000n).borrowRateRay).toBe((RAY * 45n) / 1_000n);
    expect(at(950_000n).borrowRateRay).toBe((RAY * 245n) / 1_000n);
    // 4.5 % x 0.9 x 0.9
    expect(at(900_000n).liquidityRateRay).toBe((RAY * 3_645n) / 100_000n);
    // a deficit lowers what suppliers earn: 0.9 / 1.1 of the lent money is lent
    expect(at(900_000n, 100_000n).liquidityRateRay).toBeLessThan(at(900_000n).liquidityRateRay);
  });

  it("behavior: debt grows with the index, the treasury gets the reserve factor of the interest, and without rates nothing grows", () => {
    const growing = changed("USDC", { interestRates: curve });
    const lent = opened(growing, { supplies: { WETH: 10n * WAD }, debts: { USDC: 10_000_000_000n } });
    const later = advanceTo(lent, SECONDS_PER_YEAR);
    expect(normalizedDebt(later.reserves.USDC, later.now)).toBeGreaterThan(RAY);
    const touched = repay(growing, later, of("USDC", 1_000_000n)).state;
    expect(touched.reserves.USDC.accruedToTreasuryShares).toBeGreaterThan(0n);
    const minted = mintToTreasury(touched, "USDC");
    expect(minted.state.accounts.treasury.supplyShares.USDC).toBe(touched.reserves.USDC.accruedToTreasuryShares);
    expect(minted.state.reserves.USDC.accruedToTreasuryShares).toBe(0n);
    const still = repay(twoReserves, advanceTo(state, SECONDS_PER_YEAR), of("USDC", 1_000_000n)).state;
    expect(still.reserves.USDC.borrowIndexRay).toBe(RAY);
  });

  it("behavior: one unit of an 18-decimal debt counts one unit of the base currency, one of collateral none (v3.5: debt up, collateral down)", () => {
    expect(debtValue(1n, 100_000_000n, 18)).toBe(1n);
    expect(collateralValue(1n, 100_000_000n, 18)).toBe(0n);
    expect(debtValue(10n ** 10n, 100_000_000n, 18)).toBe(1n);
    expect(debtValue(10n ** 10n + 1n, 100_000_000n, 18)).toBe(2n);
    expect(collateralValue(2n * 10n ** 10n - 1n, 100_000_000n, 18)).toBe(1n);
  });

  it("behavior: the treasury's interest is cut before its share is taken, and cut again into shares", () => {
    // 50 % for a year is 1 + 0.5 + 0.125 + 0.0208333..., its last unit up twice (halves); 5 debt shares x 0.6458 = 3.2 units, cut to 3, all of it to the treasury
    const small = {
      ...openPool(twoReserves, 0n).reserves.WETH,
      totalDebtShares: 5n,
      borrowRateRay: RAY / 2n,
      liquidityRateRay: 0n,
    };
    const all = { ...twoReserves.reserves[0], reserveFactorBps: 10_000n };
    const later = accrued(small, all, SECONDS_PER_YEAR);
    expect(later.borrowIndexRay).toBe(1645833333333333333333333334n);
    expect(later.accruedToTreasuryShares).toBe(3n);
    expect(accrued({ ...small, liquidityIndexRay: 2n * RAY }, all, SECONDS_PER_YEAR).accruedToTreasuryShares).toBe(1n);
  });

  it("behavior: interest alone makes an account liquidatable", () => {
    const growing = changed("USDC", { interestRates: { ...curve, baseBps: 2_000n } });
    const lent = opened(growing, { supplies: { WETH: 10n * WAD }, debts: { USDC: 16_000_000_000n } });
    const data = (years: bigint) =>
      accountData(growing, advanceTo(lent, years * SECONDS_PER_YEAR), "borrower", prices(2000)).healthFactorWad;
    expect(data(0n)).toBeGreaterThan(WAD);
    expect(data(1n)).toBeLessThan(WAD);
  });

  it("error: time does not go back", () => {
    expect(() => advanceTo(advanceTo(state, 5n), 4n)).toThrow(RangeError);
  });
});

describe("aave v3: what the protocol does", () => {
  const written = liquidate(
    twoReserves,
    opened(twoReserves, { supplies: { WETH: WAD }, debts: { USDC: 1_700_000_000n } }),
    call(),
    prices(800),
  ).state;

  it("behavior: a deficit is covered by burning supply shares, at most all of it", () => {
    const deficit = written.reserves.USDC.deficitUnits;
    // 1 WETH at 800 pays for 800 / 1.05 dollars of 1,700
    expect(deficit).toBe(1_700_000_000n - 761_904_762n);
    const covered = eliminateReserveDeficit(twoReserves, written, "lender", "USDC", MAX_UINT256);
    expect(covered.coveredUnits).toBe(deficit);
    expect(covered.state.reserves.USDC.deficitUnits).toBe(0n);
    expect(covered.transfers).toEqual([
      { asset: "USDC", of: "supply-shares", from: "lender", to: "issue", units: deficit },
    ]);
  });

  it("error: covering refuses nothing, no deficit, debtors, inactive reserves and missing shares", () => {
    expect(() => eliminateReserveDeficit(twoReserves, written, "lender", "USDC", 0n)).toThrow(InvalidAmount);
    expect(() => eliminateReserveDeficit(twoReserves, written, "lender", "WETH", 1n)).toThrow(ReserveNotInDeficit);
    const indebted = borrow(twoReserves, written, of("WETH", 1n, "lender"), prices(800)).state;
    expect(() => eliminateReserveDeficit(twoReserves, indebted, "lender", "USDC", 1n)).toThrow(UserCannotHaveDebt);
    expect(() => eliminateReserveDeficit(changed("USDC", { active: false }), written, "lender", "USDC", 1n)).toThrow(
      ReserveInactive,
    );
    expect(() => eliminateReserveDeficit(twoReserves, written, "nobody", "USDC", 1n)).toThrow(
      NotEnoughAvailableUserBalance,
    );
  });

  it("error: a grace period of more than four hours", () => {
    expect(startGracePeriod(state, "WETH", 14_400n).reserves.WETH.graceUntil).toBe(14_400n);
    expect(() => startGracePeriod(state, "WETH", 14_401n)).toThrow(InvalidGracePeriod);
  });
});
