import { describe, expect, it } from "vitest";
import {
  AccountLiquidity,
  accountOf,
  BadCollateral,
  balanceOf,
  batch,
  borrow,
  CollateralDisabled,
  currentOwed,
  deposit,
  disableCollateral,
  ExcessiveRepayAmount,
  enableCollateral,
  InsufficientBalance,
  InsufficientCash,
  InvalidLtvAsset,
  LiquidationCoolOff,
  later,
  liquidate,
  liquidationTerms,
  liquidityOf,
  MinYield,
  openVault,
  PriceOracleNotSupported,
  RepayTooMuch,
  receiveCollateral,
  redeem,
  repay,
  SelfLiquidation,
  sendCollateral,
  setLtv,
  sharesToAssetsDown,
  termsOf,
  toAssetsUp,
  type Vault,
  type VaultParameters,
  ViolatorLiquidityDeferred,
  withAccount,
  withCollateralQuotes,
  withdraw,
  withdrawable,
  withoutSpread,
  ZeroAssets,
  ZeroShares,
} from "./index.js";

const WAD = 10n ** 18n;
const WETH = WAD;
const USDC = 10n ** 6n;
const parameters: VaultParameters = {
  maxLiquidationDiscount: 1500n,
  liquidationCoolOffTime: 0n,
  socializeDebt: true,
  minSocializationLiabilityValue: 10n ** 6n,
  interestFee: 1000n,
  interestRateModel: null,
};
/** A dollar price for one unit of 1e18, unit of account 18 decimals. */
const dollars = (price: bigint) => withoutSpread(price * WAD, WETH);

/** Alice owes 17,000 USDC against 10 WETH at LTVs of 85 and 83 % less nothing; Sue supplied 100,000 USDC; Larry holds 100 WETH. */
function openLoan(change: Partial<VaultParameters> = {}): Vault {
  let vault = openVault("eUSDC", { ...parameters, ...change }, 1_000n, withoutSpread(WAD, USDC), {
    weth: dollars(2100n),
  });
  vault = setLtv(vault, "weth", 8200n, 8300n, 0n);
  vault = deposit(vault, "sue", 100_000n * USDC).vault;
  for (const [name, amount] of [
    ["alice", 10n * WETH],
    ["larry", 100n * WETH],
  ] as const) {
    vault = receiveCollateral(vault, name, "weth", amount).vault;
    vault = enableCollateral(vault, name, "weth").vault;
  }
  return borrow(vault, "alice", 17_000n * USDC).vault;
}
const at = (vault: Vault, price: bigint) => withCollateralQuotes(vault, "weth", dollars(price));
const call = (repaid: bigint | "all" = "all", minYieldBalance = 0n) => ({
  liquidator: "larry",
  violator: "alice",
  collateral: "weth",
  repay: repaid,
  minYieldBalance,
});

describe("liquidation", () => {
  // MECHANISMS section 5, golden vectors euler_v2: vectors of an independent integer replica. 10 WETH, LTV 83 %, 17,000 USDC, highest discount 15 %.
  const vectors = [
    [2048n, 999905882352941176n, 17000000000n, 8301562573536332835n, 0n],
    [2000n, 976470588235294117n, 17000000000n, 8704819277108433740n, 0n],
    [1900n, 927647058823529411n, 17000000000n, 9645229115909621874n, 0n],
    [1800n, 878823529411764705n, 15818823529n, 10000000000000000000n, 1181176470588235310000n],
    [1600n, 850000000000000000n, 13600000000n, 10000000000000000000n, 3400000000000000000000n],
  ] as const;

  it("golden: euler_v2, terms and the whole call", () => {
    expect(termsOf(at(openLoan(), 2050n), "alice", "weth").violation).toBe(false);
    for (const [price, discountFactor, repaid, yieldBalance, lossValue] of vectors) {
      const vault = at(openLoan(), price);
      const terms = termsOf(vault, "alice", "weth");
      expect(terms).toEqual({
        violation: true,
        discountFactor,
        repay: repaid,
        repayValue: 17_000n * WAD - lossValue,
        yieldBalance,
      });
      const outcome = liquidate(vault, call());
      expect([outcome.repaid, outcome.yieldBalance]).toEqual([repaid, yieldBalance]);
      // what is left without collateral is written off, rounded up to whole units
      expect(outcome.socialized).toBe(lossValue === 0n ? 0n : 17_000n * USDC - repaid);
      expect(balanceOf(outcome.vault, "larry", "weth")).toBe(100n * WETH + yieldBalance);
    }
  });

  it("equality: liquidatable when collateral equals the liability, not one unit above", () => {
    const side = { liability: 17n, liabilityValue: 1000n, collateralBalance: 10n, collateralValue: 2000n };
    expect(liquidationTerms({ ...side, collateralAdjustedValue: 1001n }, 1500n).violation).toBe(false);
    const equal = liquidationTerms({ ...side, collateralAdjustedValue: 1000n }, 1500n);
    expect([equal.violation, equal.discountFactor, equal.repay]).toEqual([true, WAD, 17n]);
    expect(liquidationTerms({ ...side, collateralAdjustedValue: 999n }, 1500n).violation).toBe(true);
    // 17000 / (10 x 0.83) = 2048.19...: no whole cent meets it, so the debt is set to 83 % of 20,000 exactly
    const met = at(withAccount(openLoan(), "alice", { owed: (16_600n * USDC) << 31n }), 2000n);
    expect(liquidityOf(met, "alice", "liquidation")).toEqual({
      collateralAdjustedValue: 16_600n * WAD,
      liabilityValue: 16_600n * WAD,
    });
    expect(liquidate(met, call()).repaid).toBe(16_600n * USDC);
    const above = at(withAccount(openLoan(), "alice", { owed: (16_600n * USDC - 1n) << 31n }), 2000n);
    expect(liquidate(above, call()).yieldBalance).toBe(0n);
  });

  it("equality: borrowing is refused at equality too, allowed one unit below", () => {
    // 82 % of 10 x 2100 = 17,220
    const vault = openLoan();
    expect(() => borrow(vault, "alice", 220n * USDC)).toThrow(AccountLiquidity);
    expect(toAssetsUp(currentOwed(borrow(vault, "alice", 220n * USDC - 1n).vault, "alice"))).toBe(17_220n * USDC - 1n);
  });

  it("behavior: health is taken at mid for liquidation, at bid and ask for borrowing", () => {
    const spread = withCollateralQuotes(openLoan(), "weth", {
      bid: 1900n * WAD,
      mid: 2100n * WAD,
      ask: 2300n * WAD,
      unit: WETH,
    });
    expect(termsOf(spread, "alice", "weth").violation).toBe(false);
    expect(liquidityOf(spread, "alice", "borrowing").collateralAdjustedValue).toBe(15_580n * WAD);
    expect(() => borrow(spread, "alice", 1n)).toThrow(AccountLiquidity);
    const dear = { ...spread, assetQuotes: { bid: WAD, mid: WAD, ask: 2n * WAD, unit: USDC } };
    expect(liquidityOf(dear, "alice", "borrowing").liabilityValue).toBe(34_000n * WAD);
    expect(liquidityOf(dear, "alice", "liquidation").liabilityValue).toBe(17_000n * WAD);
  });

  it("behavior: a part is paid in proportion, rounded down", () => {
    const outcome = liquidate(at(openLoan(), 2000n), call(5_000_000_001n));
    expect(outcome.repaid).toBe(5_000_000_001n);
    // 8704819277108433740 x 5000000001 / 17000000000 = 2560240964167498877.41...
    expect(outcome.yieldBalance).toBe((8704819277108433740n * 5_000_000_001n) / 17_000_000_000n);
    expect(toAssetsUp(currentOwed(outcome.vault, "alice"))).toBe(11_999_999_999n);
    expect(toAssetsUp(currentOwed(outcome.vault, "larry"))).toBe(5_000_000_001n);
  });

  it("behavior: the liquidator owes what he took over and must be healthy, at the latest at the end of his batch", () => {
    const poor = at(sendCollateral(openLoan(), "larry", "weth", 100n * WETH).vault, 1800n);
    // 10 WETH at 82 % of 1,800 carry 14,760 USDC, not 15,818
    expect(() => liquidate(poor, call())).toThrow(AccountLiquidity);
    const together = batch(poor, [
      (vault) => liquidate(vault, call()),
      (vault) => repay(vault, "larry", "larry", "all"),
    ]);
    expect(currentOwed(together.vault, "larry")).toBe(0n);
    expect(balanceOf(together.vault, "larry", "weth")).toBe(10n * WETH);
    expect(() => batch(poor, [(vault) => liquidate(vault, call())])).toThrow(AccountLiquidity);
  });

  it("limit: collateral worth nothing goes for nothing, and offering anything for it is refused", () => {
    const vault = at(openLoan(), 0n);
    const outcome = liquidate(vault, call());
    expect([outcome.repaid, outcome.yieldBalance]).toEqual([0n, 10n * WETH]);
    // nothing is left, so the whole debt is written off
    expect(outcome.socialized).toBe(17_000n * USDC);
    expect(liquidate(vault, call(0n)).yieldBalance).toBe(10n * WETH);
    expect(() => liquidate(vault, call(1n))).toThrow(ExcessiveRepayAmount);
  });

  it("limit: an account without collateral and with debt is written off by a call that repays nothing", () => {
    const bare = withAccount(openLoan(), "alice", { balances: {} });
    expect(liquidate(bare, call()).socialized).toBe(17_000n * USDC);
  });

  it("limit: a healthy account and one without debt are left alone without refusal, unless something is asked for", () => {
    const healthy = openLoan();
    const outcome = liquidate(healthy, call());
    expect([outcome.terms.violation, outcome.repaid, outcome.yieldBalance, outcome.socialized]).toEqual([
      false,
      0n,
      0n,
      0n,
    ]);
    expect(() => liquidate(healthy, call(1n))).toThrow(ExcessiveRepayAmount);
    expect(() => liquidate(healthy, call("all", 1n))).toThrow(MinYield);
    const free = repay(healthy, "alice", "alice", "all").vault;
    expect(liquidate(free, call(1n)).repaid).toBe(0n);
  });

  it("behavior: two collaterals; seizing one leaves the debt standing while the other is there", () => {
    let vault = openLoan();
    vault = setLtv(
      { ...vault, collateralQuotes: { ...vault.collateralQuotes, dai: dollars(1n) } },
      "dai",
      5000n,
      6000n,
      0n,
    );
    vault = enableCollateral(receiveCollateral(vault, "alice", "dai", 1_000n * WAD).vault, "alice", "dai").vault;
    vault = at(vault, 1600n);
    // (13280 + 600) / 17000 = 0.816..., below the cap of 0.85
    const outcome = liquidate(vault, call());
    expect([outcome.repaid, outcome.socialized]).toEqual([13_600n * USDC, 0n]);
    const rest = liquidate(outcome.vault, { ...call(), collateral: "dai" });
    expect([rest.repaid, rest.socialized]).toEqual([850n * USDC, 2_550n * USDC]);
  });

  it("behavior: collateral that is not enabled does not hinder socialisation", () => {
    let vault = openLoan();
    vault = setLtv(
      { ...vault, collateralQuotes: { ...vault.collateralQuotes, dai: dollars(1n) } },
      "dai",
      5000n,
      6000n,
      0n,
    );
    vault = at(receiveCollateral(vault, "alice", "dai", 1_000n * WAD).vault, 1600n);
    expect(liquidate(vault, call()).socialized).toBe(3_400n * USDC);
    expect(liquidate(enableCollateral(vault, "larry", "dai").vault, call()).socialized).toBe(3_400n * USDC);
  });

  it("limit: a repayment one unit short of a debt with a fraction takes the fraction along, and the write-off of the rest is refused", () => {
    // The debt is 16,999,999,999 units and a half, rounded up to 17,000,000,000. The collateral pays for one unit less: transferBorrow moves the half unit
    // along as dust, nothing is owed, and decreaseBorrow refuses the unit that socialisation asks for (E_RepayTooMuch).
    const owed = (16_999_999_999n << 31n) + (1n << 30n);
    const fraction = withAccount(openLoan({ maxLiquidationDiscount: 0n }), "alice", { owed });
    const enough = at(fraction, 1700n);
    const oneLess = withCollateralQuotes(fraction, "weth", withoutSpread(1700n * WAD - 1_000n, WETH));
    expect(termsOf(enough, "alice", "weth").repay).toBe(17_000_000_000n);
    expect(termsOf(oneLess, "alice", "weth").repay).toBe(16_999_999_999n);
    expect(() => liquidate(oneLess, call())).toThrow(RepayTooMuch);
    expect(liquidate(enough, call()).socialized).toBe(0n);
    // without socialisation the same call goes through and leaves no debt at all
    const kept = { ...oneLess, parameters: { ...oneLess.parameters, socializeDebt: false } };
    expect(currentOwed(liquidate(kept, call()).vault, "alice")).toBe(0n);
  });
});

describe("socialisation", () => {
  it("behavior: the share price falls by what is written off", () => {
    const vault = at(openLoan(), 1600n);
    const shares = accountOf(vault, "sue").shares;
    expect(sharesToAssetsDown(vault, shares)).toBe(100_000n * USDC);
    const outcome = liquidate(vault, call());
    expect(outcome.socialized).toBe(3_400n * USDC);
    // 100000e6 x (96600e6 + 1e6) / (100000e6 + 1e6): the virtual deposit bears its part
    expect(sharesToAssetsDown(outcome.vault, shares)).toBe(
      (100_000n * USDC * (96_600n * USDC + USDC)) / (100_001n * USDC),
    );
    expect(outcome.vault.totalBorrows).toBe(vault.totalBorrows - ((3_400n * USDC) << 31n));
    expect(withdrawable(outcome.vault, "sue")).toBe(83_000n * USDC);
  });

  it("behavior: switched off, the debt stands and the share price with it", () => {
    const kept = liquidate(at(openLoan({ socializeDebt: false }), 1600n), call());
    expect(kept.socialized).toBe(0n);
    expect(toAssetsUp(currentOwed(kept.vault, "alice"))).toBe(3_400n * USDC);
    expect(sharesToAssetsDown(kept.vault, accountOf(kept.vault, "sue").shares)).toBe(100_000n * USDC);
  });

  it("equality: a liability of exactly the least value is socialised, one unit less is not", () => {
    const least = 17_000n * WAD;
    expect(liquidate(at(openLoan({ minSocializationLiabilityValue: least }), 1600n), call()).socialized).toBe(
      3_400n * USDC,
    );
    expect(liquidate(at(openLoan({ minSocializationLiabilityValue: least + 1n }), 1600n), call()).socialized).toBe(0n);
  });
});

describe("mechanisms switched off", () => {
  it("behavior: without a discount the liquidator receives the worth of what he takes over, no more", () => {
    const yieldAt = (maxLiquidationDiscount: bigint) =>
      liquidate(at(openLoan({ maxLiquidationDiscount }), 2000n), call(1_000n * USDC)).yieldBalance;
    expect(yieldAt(0n)).toBe(WETH / 2n);
    // one less health: 2.35 %
    expect(yieldAt(1500n)).toBe((8704819277108433740n * 1_000n) / 17_000n);
    // capped at 1 %: 0.5 / 0.99
    expect(yieldAt(100n)).toBe(505_050_505_050_505_050n);
  });

  it("behavior: a ramp keeps a position alive that an instant cut would have liquidated", () => {
    const standing = later(openLoan(), 10n);
    const ramped = setLtv(standing, "weth", 0n, 6000n, 86_400n);
    const cut = setLtv(standing, "weth", 0n, 6000n, 0n);
    expect(termsOf(ramped, "alice", "weth").violation).toBe(false);
    expect(termsOf(cut, "alice", "weth").violation).toBe(true);
    expect(termsOf(later(ramped, 86_400n), "alice", "weth").discountFactor).toBe(
      termsOf(cut, "alice", "weth").discountFactor,
    );
    // at 81 % of 21,000 = 17,010 still healthy, at 80.9 % not: 8300 - 2300 t / 86400
    expect(termsOf(later(ramped, 7_500n), "alice", "weth").violation).toBe(false);
    expect(termsOf(later(ramped, 7_700n), "alice", "weth").violation).toBe(true);
    // the borrow LTV fell at once
    expect(() => borrow(ramped, "alice", 1n)).toThrow(AccountLiquidity);
  });

  it("equality: the cool-off ends at its second; without one there is none", () => {
    const vault = at(openLoan({ liquidationCoolOffTime: 60n }), 2000n);
    expect(accountOf(vault, "alice").lastStatusCheck).toBe(1_000n);
    expect(() => liquidate(later(vault, 59n), call())).toThrow(LiquidationCoolOff);
    expect(liquidate(later(vault, 60n), call()).repaid).toBe(17_000n * USDC);
    expect(liquidate(at(openLoan(), 2000n), call()).repaid).toBe(17_000n * USDC);
  });

  it("behavior: repaying does not start the cool-off anew", () => {
    const vault = later(openLoan({ liquidationCoolOffTime: 60n }), 100n);
    expect(accountOf(repay(vault, "alice", "alice", USDC).vault, "alice").lastStatusCheck).toBe(1_000n);
    expect(accountOf(borrow(vault, "alice", USDC).vault, "alice").lastStatusCheck).toBe(1_100n);
  });
});

describe("the rule: discount = 1 - health", () => {
  it("golden: a liquidation improves LTV exactly below the root of the liquidation LTV: 0.921954 for 0.85", () => {
    // Validated models, runner-ups: derived from the vault kit's whitepaper rule. 0.85^(1/2) = 0.9219544457...
    const improves = (ltvMillionths: bigint) => {
      const collateral = 10n ** 24n;
      const debt = (collateral * ltvMillionths) / 1_000_000n;
      const terms = liquidationTerms(
        {
          collateralAdjustedValue: (collateral * 85n) / 100n,
          liabilityValue: debt,
          liability: debt,
          collateralBalance: collateral,
          collateralValue: collateral,
        },
        9_999n,
      );
      const repaid = debt / 1_000n;
      const seized = (repaid * terms.yieldBalance) / terms.repay;
      return (debt - repaid) * collateral < debt * (collateral - seized);
    };
    for (const [ltv, better] of [
      [850_000n, true],
      [900_000n, true],
      [921_954n, true],
      [921_955n, false],
      [950_000n, false],
      [999_999n, false],
    ] as const)
      expect(improves(ltv), `LTV ${ltv}`).toBe(better);
  });
});

describe("refusals", () => {
  const vault = at(openLoan(), 2000n);

  it("error: SelfLiquidation, BadCollateral, CollateralDisabled, in the contract's order", () => {
    expect(() => liquidate(vault, { ...call(), liquidator: "alice" })).toThrow(SelfLiquidation);
    expect(() => liquidate(vault, { ...call(), liquidator: "alice", collateral: "pepe" })).toThrow(SelfLiquidation);
    expect(() => liquidate(vault, { ...call(), collateral: "pepe" })).toThrow(BadCollateral);
    const other = disableCollateral(repay(vault, "alice", "alice", "all").vault, "alice", "weth").vault;
    expect(() => liquidate(other, call())).toThrow(CollateralDisabled);
  });

  it("error: ViolatorLiquidityDeferred when the violator acts in the same batch", () => {
    const steps = [(one: Vault) => enableCollateral(one, "alice", "weth"), (one: Vault) => liquidate(one, call())];
    expect(() => batch(vault, steps)).toThrow(ViolatorLiquidityDeferred);
  });

  it("error: ExcessiveRepayAmount, one unit above what is allowed", () => {
    expect(liquidate(vault, call(17_000n * USDC)).repaid).toBe(17_000n * USDC);
    expect(() => liquidate(vault, call(17_000n * USDC + 1n))).toThrow(ExcessiveRepayAmount);
  });

  it("error: MinYield, one unit above what is due", () => {
    expect(liquidate(vault, call("all", 8704819277108433740n)).yieldBalance).toBe(8704819277108433740n);
    expect(() => liquidate(vault, call("all", 8704819277108433741n))).toThrow(MinYield);
  });

  it("limit: a collateral lowered to 0 can still be liquidated, by whoever repays at once: nobody's carries debt any more", () => {
    const lowered = setLtv(later(openLoan(), 1n), "weth", 0n, 0n, 0n);
    // the discount is at its cap: 17000 / 0.85 = 20,000 of 21,000
    expect(termsOf(lowered, "alice", "weth").discountFactor).toBe(85n * 10n ** 16n);
    expect(() => liquidate(lowered, call())).toThrow(AccountLiquidity);
    const paid = batch(lowered, [(one) => liquidate(one, call()), (one) => repay(one, "larry", "larry", "all")]);
    expect(balanceOf(paid.vault, "larry", "weth")).toBe(100n * WETH + (20_000n * WETH) / 2_100n);
  });

  it("error: InsufficientCash, InsufficientBalance, ZeroShares, ZeroAssets, RepayTooMuch, InvalidLtvAsset, PriceOracleNotSupported", () => {
    expect(() => borrow(openLoan(), "larry", 83_000n * USDC + 1n)).toThrow(InsufficientCash);
    expect(borrow(openLoan(), "larry", 83_000n * USDC).vault.cash).toBe(0n);
    expect(() => redeem(openLoan(), "sue", 90_000n * USDC)).toThrow(InsufficientCash);
    const whole = repay(openLoan(), "alice", "alice", "all").vault;
    expect(() => redeem({ ...whole, cash: whole.cash + 5n }, "sue", 100_000n * USDC + 1n)).toThrow(InsufficientBalance);
    expect(() => withdraw(openLoan(), "sue", 83_000n * USDC + 1n)).toThrow(InsufficientCash);
    expect(withdraw(openLoan(), "sue", 83_000n * USDC).vault.cash).toBe(0n);
    expect(() => sendCollateral(openLoan(), "larry", "weth", 100n * WETH + 1n)).toThrow(InsufficientBalance);
    expect(() => repay(openLoan(), "alice", "alice", 17_000n * USDC + 1n)).toThrow(RepayTooMuch);
    // a vault that lost a third: a share is worth less than a unit; one that gained: a unit buys less than a share
    const poor = { ...openLoan(), cash: 0n };
    expect(() => redeem(poor, "sue", 1n)).toThrow(ZeroAssets);
    const rich = { ...openLoan(), cash: 200_000n * USDC };
    // ... and a unit taken out costs a whole share nevertheless
    expect(accountOf(withdraw(rich, "sue", 1n).vault, "sue").shares).toBe(100_000n * USDC - 1n);
    expect(() => deposit(rich, "sue", 1n)).toThrow(ZeroShares);
    expect(() => setLtv(openLoan(), "eUSDC", 0n, 0n, 0n)).toThrow(InvalidLtvAsset);
    const dark = { ...openLoan(), collateralQuotes: {} };
    expect(() => liquidate(dark, call())).toThrow(PriceOracleNotSupported);
  });

  it("limit: none of an amount moves nothing", () => {
    const standing = openLoan();
    for (const outcome of [
      deposit(standing, "sue", 0n),
      redeem(standing, "sue", 0n),
      withdraw(standing, "sue", 0n),
      borrow(standing, "alice", 0n),
      repay(standing, "alice", "alice", 0n),
    ]) {
      expect(outcome.movements).toEqual([]);
      expect([outcome.vault.cash, outcome.vault.totalBorrows]).toEqual([standing.cash, standing.totalBorrows]);
    }
  });
});
