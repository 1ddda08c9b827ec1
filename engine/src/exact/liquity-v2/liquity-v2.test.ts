import { describe, expect, it } from "vitest";
import { NothingToDo, NotLiquidatable } from "../errors.js";
import { WAD } from "../scales.js";
import type { BranchState, LiquityV2Parameters } from "./index.js";
import * as liquity from "./index.js";
import { branchWith, weth, whole, withDeposit, wsteth } from "./test-support.js";

const {
  adjustTrove,
  applyPending,
  availableForOffset,
  claimStashedCollateral,
  claimSurplus,
  closeTrove,
  collateralGain,
  collateralRatio,
  compoundedDeposit,
  depositOf,
  emptyBranch,
  faults,
  liquidate,
  liquidationValues,
  offset,
  openTrove,
  provideToPool,
  shutDown,
  urgentLot,
  urgentRedemption,
  withdrawFromPool,
} = liquity;

const trove = { collateral: whole(10n), debt: whole(18_500n) };
const at2000 = whole(2_000n);

describe("golden: Liquity v2 (MECHANISMS section 8, of an independent integer replica)", () => {
  const rows: readonly (readonly [string, bigint, Record<string, bigint>])[] = [
    [
      "a pool of a million",
      whole(1_000_000n),
      {
        debtToOffset: 18500000000000000000000n,
        collateralToPool: 9712500000000000000n,
        gasCompensation: 50000000000000000n,
        debtToRedistribute: 0n,
        collateralToRedistribute: 0n,
        surplus: 237500000000000000n,
      },
    ],
    [
      "a pool of only 5,000",
      whole(5_000n),
      {
        debtToOffset: 4999000000000000000000n,
        collateralToPool: 2624475000000000000n,
        gasCompensation: 13510810810810810n,
        debtToRedistribute: 13501000000000000000000n,
        collateralToRedistribute: 7362014189189189190n,
        surplus: 0n,
      },
    ],
    [
      "an empty pool",
      0n,
      {
        debtToOffset: 0n,
        collateralToPool: 0n,
        gasCompensation: 0n,
        debtToRedistribute: 18500000000000000000000n,
        collateralToRedistribute: 10000000000000000000n,
        surplus: 0n,
      },
    ],
  ];
  it.each(rows)("golden: liquity, 10 WETH against 18,500 BOLD at 2,000 with %s", (_, pool, expected) => {
    const troves = { doomed: trove, other: { collateral: whole(100n), debt: whole(2_000n) } };
    const state = pool === 0n ? branchWith(troves) : withDeposit(branchWith(troves), "depositor", pool);
    expect(liquidationValues(weth, trove, availableForOffset(weth, state.pool), at2000)).toEqual(expected);
    const done = liquidate(weth, state, at2000, ["doomed"], "keeper");
    expect(done).toMatchObject(expected);
    expect(done.gasDeposits).toBe(37500000000000000n);
  });

  it("golden: liquity_PS, three offsets without a scale change", () => {
    // The vector carries no inputs. Its totals give the debts (1,000,000 -> 981,500 -> 81,500 -> 1), its S the collateral: dS x total / P = 9.25, 480 and 43.
    const steps: readonly (readonly [bigint, bigint, bigint, bigint])[] = [
      [
        whole(18_500n),
        9_250_000_000_000_000_000n,
        981500000000000000000000000000000000n,
        9250000000000000000000000000000n,
      ],
      [whole(900_000n), whole(480n), 81500000000000000000000000000000000n, 489250000000000000000000000000000n],
      [whole(81_499n), whole(43n), 1000000000000000000000000000000n, 532250000000000000000000000000000n],
    ];
    let pool = withDeposit(emptyBranch, "depositor", whole(1_000_000n)).pool;
    for (const [debt, collateral, product, sum] of steps) {
      pool = offset(pool, debt, collateral);
      expect([pool.product, pool.sums.get(0), pool.scale]).toEqual([product, sum, 0]);
    }
    expect(pool.totalDeposits).toBe(WAD);
    expect(compoundedDeposit(pool, depositOf(pool, "depositor"))).toBe(WAD);
  });
});

describe("behavior: scale changes of the stability pool, by hand", () => {
  const drain = (state: BranchState, to: bigint, collateral: bigint): BranchState => ({
    ...state,
    pool: offset(state.pool, state.pool.totalDeposits - to, collateral),
  });

  it("behavior: a pool drained twice to a millionth changes scale once, deposits and gains cross it", () => {
    let state = withDeposit(emptyBranch, "early", whole(1_000_000n));
    state = drain(state, whole(1n), whole(500n));
    expect([state.pool.product, state.pool.scale]).toEqual([10n ** 30n, 0]);
    state = withDeposit(state, "late", whole(999_999n));
    state = drain(state, whole(1n), whole(400n));
    // 1e30 x 1e-6 = 1e24 is below 1e27: times 1e9, one scale on
    expect([state.pool.product, state.pool.scale]).toEqual([10n ** 33n, 1]);
    const { pool } = state;
    // early: 1,000,000 -> 1 -> 1e-6; late: 999,999 -> 0.999999
    expect(compoundedDeposit(pool, depositOf(pool, "early"))).toBe(10n ** 12n);
    expect(compoundedDeposit(pool, depositOf(pool, "late"))).toBe(WAD - 10n ** 12n);
    // early: all 500, then a millionth of 400
    expect(collateralGain(pool, depositOf(pool, "early"))).toBe(whole(500n) + 4n * 10n ** 14n);
    expect(collateralGain(pool, depositOf(pool, "late"))).toBe(whole(400n) - 4n * 10n ** 14n);
    // in the next scale: gains of S of scale 1, divided by 1e9
    state = withDeposit(state, "later", whole(999_999n));
    state = drain(state, whole(1n), whole(300n));
    expect([state.pool.product, state.pool.scale]).toEqual([10n ** 27n, 1]);
    expect(collateralGain(state.pool, depositOf(state.pool, "early"))).toBe(
      whole(500n) + 4n * 10n ** 14n + 3n * 10n ** 8n,
    );
  });

  it("behavior: one offset may change the scale more than once, and P stays at 1e27 or above", () => {
    // T = 1e33 units down to 1e6: 1e36 x 1e-27 = 1e9, two scales
    const state = drain(withDeposit(emptyBranch, "a", 10n ** 33n), 10n ** 6n, 1n);
    expect([state.pool.product, state.pool.scale]).toEqual([10n ** 27n, 2]);
    expect(compoundedDeposit(state.pool, depositOf(state.pool, "a"))).toBe(10n ** 6n);
  });

  it("limit: gains reach two scales beyond the deposit and no further; beyond eight a deposit counts nothing", () => {
    const pool = { ...withDeposit(emptyBranch, "a", 10n ** 60n).pool, collateral: 10n ** 60n };
    const deposit = depositOf(pool, "a");
    const gainAt = (scale: number) => collateralGain({ ...pool, sums: new Map([[scale, 10n ** 27n]]) }, deposit);
    // 1e60 x 1e27 / 1e36
    expect([0, 1, 2, 3].map(gainAt)).toEqual([10n ** 51n, 10n ** 42n, 10n ** 33n, 0n]);
    const huge = { ...deposit, initialValue: 10n ** 90n };
    const worthAt = (scale: number) => compoundedDeposit({ ...pool, scale }, huge);
    expect([worthAt(1), worthAt(8), worthAt(9)]).toEqual([10n ** 81n, 10n ** 18n, 0n]);
  });
});

describe("equality: Liquity v2", () => {
  const other = { collateral: whole(1_000n), debt: whole(2_000n) };

  it("equality: a trove exactly at MCR is safe, one unit of collateral less is not (TroveManager._batchLiquidateTroves)", () => {
    expect(liquity.card.atEquality.liquidatable).toBe(false);
    // 11 x 2,000 / 20,000 = 110 %
    const attempt = (collateral: bigint) =>
      liquidate(weth, branchWith({ a: { collateral, debt: whole(20_000n) }, other }), at2000, ["a"], "keeper");
    expect(() => attempt(whole(11n))).toThrow(liquity.NothingToLiquidate);
    expect(() => attempt(whole(11n))).toThrow(NotLiquidatable);
    expect(attempt(whole(11n) - 1n).debtToRedistribute).toBe(whole(20_000n));
  });

  it("equality: a trove may be opened at MCR and the branch at CCR, not below", () => {
    const open = (state: BranchState, collateral: bigint) =>
      openTrove(weth, state, at2000, "new", { collateral, debt: whole(20_000n), owner: "new" });
    expect(open(branchWith({ other }), whole(11n)).state.troves.get("new")?.collateral).toBe(whole(11n));
    expect(() => open(branchWith({ other }), whole(11n) - 1n)).toThrow(liquity.ICRBelowMCR);
    expect(open(emptyBranch, whole(15n)).state.troves.size).toBe(1);
    expect(() => open(emptyBranch, whole(15n) - 1n)).toThrow(liquity.TCRBelowCCR);
  });

  it("equality: a branch exactly at SCR runs on, below it is shut down (BorrowerOperations.shutdown)", () => {
    const branch = (collateral: bigint) => branchWith({ a: { collateral, debt: whole(20_000n) } });
    expect(() => shutDown(weth, branch(whole(11n)), at2000)).toThrow(liquity.TCRNotBelowSCR);
    expect(shutDown(weth, branch(whole(11n) - 1n), at2000).shutDown).toBe(true);
  });

  it("equality: an urgent redemption of exactly all collateral burns all BOLD offered (TroveManager._urgentRedeemCollateralFromTrove)", () => {
    // 1,000 and one unit of BOLD buy 0.51 WETH at 2,000; only where the trove has less is BOLD counted back from the collateral
    const burned = (collateral: bigint) =>
      urgentLot(weth, { collateral, debt: whole(18_500n) }, whole(1_000n) + 1n, at2000).bold;
    expect(burned(51n * 10n ** 16n)).toBe(whole(1_000n) + 1n);
    expect(burned(51n * 10n ** 16n - 1n)).toBe(whole(1_000n) - 1_961n);
  });

  it("equality: the pool keeps exactly one BOLD, a withdrawal to one unit less is refused", () => {
    const state = withDeposit(emptyBranch, "a", whole(10n));
    expect(withdrawFromPool(weth, state, "a", whole(9n), true).state.pool.totalDeposits).toBe(WAD);
    expect(() => withdrawFromPool(weth, state, "a", whole(9n) + 1n, true)).toThrow(liquity.WithdrawalMustLeaveMinimum);
    const available = (deposited: bigint) => availableForOffset(weth, withDeposit(emptyBranch, "a", deposited).pool);
    expect([available(WAD - 1n), available(WAD), available(WAD + 1n)]).toEqual([0n, 0n, 1n]);
  });
});

describe("error: Liquity v2", () => {
  const branch = () =>
    branchWith({
      a: { collateral: whole(100n), debt: whole(20_000n) },
      b: { collateral: whole(100n), debt: whole(20_000n) },
    });
  const adjust = (state: BranchState, collateral: bigint, debt: bigint, price = at2000) =>
    adjustTrove(weth, state, price, "a", { collateral, debt });

  it("error: liquidation", () => {
    expect(() => liquidate(weth, branch(), at2000, [], "k")).toThrow(liquity.EmptyData);
    expect(() => liquidate(weth, branch(), at2000, ["a", "b", "nobody"], "k")).toThrow(liquity.NothingToLiquidate);
    expect(() => liquidate(weth, branch(), whole(1n), ["a", "b"], "k")).toThrow(liquity.OnlyOneTroveLeft);
    expect(() => offset(withDeposit(emptyBranch, "a", WAD).pool, WAD, 0n)).toThrow(RangeError);
  });

  it("error: troves", () => {
    const open = (name: string, collateral: bigint, debt: bigint, state = branch()) =>
      openTrove(weth, state, at2000, name, { collateral, debt, owner: name });
    expect(() => open("a", whole(10n), whole(2_000n))).toThrow(liquity.TroveExists);
    expect(() => open("c", whole(10n), whole(2_000n) - 1n)).toThrow(liquity.DebtBelowMin);
    expect(() => open("c", whole(1n), whole(2_000n))).toThrow(liquity.ICRBelowMCR);
    expect(() => open("c", whole(10n), whole(2_000n), { ...branch(), shutDown: true })).toThrow(liquity.IsShutDown);
    expect(() => adjustTrove(weth, branch(), at2000, "c", { collateral: 1n, debt: 0n })).toThrow(liquity.TroveNotOpen);
    expect(() => adjust(branch(), 0n, 0n)).toThrow(liquity.ZeroAdjustment);
    expect(() => adjust(branch(), -whole(101n), 0n)).toThrow(liquity.CollWithdrawalTooHigh);
    expect(() => adjust(branch(), -whole(95n), 0n)).toThrow(liquity.ICRBelowMCR);
    expect(() => adjust(branch(), 0n, 1n, whole(250n))).toThrow(liquity.TCRBelowCCR);
    // at 250 the branch stands at 125 %: collateral leaves only against as much repayment
    expect(() => adjust(branch(), -whole(1n), -whole(250n) + 1n, whole(250n))).toThrow(
      liquity.RepaymentNotMatchingCollWithdrawal,
    );
    expect(adjust(branch(), -whole(1n), -whole(250n), whole(250n)).state.troves.get("a")?.debt).toBe(whole(19_750n));
    // a repayment is cut at the least debt
    expect(adjust(branch(), 0n, -whole(20_000n)).state.troves.get("a")?.debt).toBe(whole(2_000n));
    const poor = { ...branch(), bold: new Map([["a", 5n]]) };
    expect(() => adjust(poor, 0n, -6n)).toThrow(liquity.NotEnoughBoldBalance);
    expect(() => closeTrove(weth, poor, at2000, "a")).toThrow(liquity.NotEnoughBoldBalance);
    expect(() => closeTrove(weth, branch(), whole(250n), "a")).toThrow(liquity.TCRBelowCCR);
    expect(() => closeTrove(weth, branchWith({ a: trove }), at2000, "a")).toThrow(liquity.OnlyOneTroveLeft);
    expect(() => claimSurplus(branch(), "a")).toThrow(liquity.NoSurplus);
    expect(() => applyPending({ ...branch(), shutDown: true }, "a")).toThrow(liquity.IsShutDown);
    // after a shutdown a trove below the least debt may exist; adding debt too small to cure that is refused in a branch that runs
    const small = {
      ...branch(),
      troves: new Map(branch().troves).set("a", { ...branch().troves.get("a")!, debt: 5n }),
    };
    expect(() => adjust(small, 0n, 1n)).toThrow(liquity.DebtBelowMin);
  });

  it("error: pool, shutdown, urgent redemption", () => {
    const state = withDeposit(branch(), "d", whole(100n));
    expect(() => provideToPool(state, "d", 0n, true)).toThrow(NothingToDo);
    expect(() => provideToPool(state, "d", 1n, true)).toThrow(liquity.NotEnoughBoldBalance);
    expect(() => withdrawFromPool(weth, state, "a", 1n, true)).toThrow(liquity.NoDeposit);
    expect(() => withdrawFromPool(weth, state, "d", -1n, true)).toThrow(NothingToDo);
    expect(() => claimStashedCollateral(state, "d")).toThrow(liquity.DepositStands);
    expect(() => claimStashedCollateral(state, "a")).toThrow(NothingToDo);
    expect(() => shutDown(weth, { ...state, shutDown: true }, at2000)).toThrow(liquity.IsShutDown);
    expect(() => shutDown(weth, state, at2000)).toThrow(liquity.TCRNotBelowSCR);
    const request = { redeemer: "a", bold: whole(100n), troves: ["b"], minimumCollateral: 0n };
    const shut = { ...state, shutDown: true };
    expect(() => urgentRedemption(weth, state, at2000, request)).toThrow(liquity.NotShutDown);
    expect(() => urgentRedemption(weth, shut, at2000, { ...request, bold: 0n })).toThrow(NothingToDo);
    expect(() => urgentRedemption(weth, shut, at2000, { ...request, redeemer: "x" })).toThrow(
      liquity.NotEnoughBoldBalance,
    );
    const greedy = { ...request, minimumCollateral: whole(1n) };
    expect(() => urgentRedemption(weth, shut, at2000, greedy)).toThrow(liquity.MinCollNotReached);
    expect(() => liquity.moveBold(state, "x", "a", 1n)).toThrow(liquity.NotEnoughBoldBalance);
    expect(() => liquity.moveBold(state, "a", "x", -1n)).toThrow(RangeError);
  });

  it("error: every parameter fault, all at once", () => {
    for (const { parameters, name } of liquity.presets) expect(faults(parameters), name).toEqual([]);
    const wrong: LiquityV2Parameters = {
      decimals: { collateral: -1, debt: 18, price: 0.5 },
      minimumCollateralRatio: WAD,
      criticalCollateralRatio: WAD - 2n,
      shutdownCollateralRatio: WAD - 1n,
      poolPenalty: -1n,
      redistributionPenalty: -2n,
      gasCompensationDivisor: 0n,
      gasCompensationCap: -1n,
      gasDeposit: -1n,
      minimumDebt: -1n,
      minimumInPool: 0n,
      urgentRedemptionBonus: -1n,
    };
    expect(
      faults(wrong)
        .map(({ code, key }) => `${code} ${key}`)
        .sort(),
    ).toEqual([
      "bonus-below-par poolPenalty",
      "bonus-below-par redistributionPenalty",
      "decimals-out-of-range decimals.collateral",
      "decimals-out-of-range decimals.price",
      "negative gasCompensationCap",
      "negative gasDeposit",
      "negative minimumDebt",
      "negative urgentRedemptionBonus",
      "pool-can-empty minimumInPool",
      "ratios-out-of-order criticalCollateralRatio",
      "ratios-out-of-order shutdownCollateralRatio",
      "threshold-above-one criticalCollateralRatio",
      "threshold-above-one minimumCollateralRatio",
      "threshold-above-one shutdownCollateralRatio",
      "zero-scale gasCompensationDivisor",
    ]);
    const codes = (changed: Partial<LiquityV2Parameters>) => faults({ ...weth, ...changed }).map(({ code }) => code);
    expect(codes({ redistributionPenalty: WAD / 10n + 1n })).toEqual(["threshold-times-bonus"]);
    expect(codes({ decimals: { collateral: 18, debt: 6, price: 18 } })).toEqual(["decimals-out-of-range"]);
  });
});

describe("behavior: Liquity's rules switched off", () => {
  const values = (changed: Partial<LiquityV2Parameters>, available = whole(1_000_000n)) =>
    liquidationValues({ ...weth, ...changed }, trove, available, at2000);

  it("behavior: without penalty the pool gets the debt's worth, the rest is the owner's", () => {
    // 18,500 / 2,000
    expect(values({ poolPenalty: 0n })).toMatchObject({
      collateralToPool: 9_250_000_000_000_000_000n,
      surplus: 7n * 10n ** 17n,
    });
    expect(values({}).surplus).toBeLessThan(values({ poolPenalty: 0n }).surplus);
    expect(values({}, 0n).surplus).toBe(0n);
    expect(values({ redistributionPenalty: 0n }, 0n).surplus).toBe(75n * 10n ** 16n);
  });

  it("behavior: gas compensation is half a per cent, capped at two", () => {
    expect(values({}).gasCompensation).toBe(5n * 10n ** 16n);
    expect(values({ gasCompensationCap: 10n ** 16n }).gasCompensation).toBe(10n ** 16n);
    expect(values({ gasCompensationCap: 0n }).surplus).toBe(values({}).surplus + 5n * 10n ** 16n);
    const large = { collateral: whole(1_000n), debt: whole(1_850_000n) };
    expect(liquidationValues(weth, large, whole(2_000_000n), at2000).gasCompensation).toBe(whole(2n));
  });

  it("behavior: the BOLD that stays leaves more debt to redistribute", () => {
    const available = (parameters: LiquityV2Parameters) =>
      availableForOffset(parameters, withDeposit(emptyBranch, "a", whole(5_000n)).pool);
    expect(values({}, available(weth)).debtToRedistribute).toBe(whole(13_501n));
    expect(values({}, available({ ...weth, minimumInPool: 1n })).debtToRedistribute).toBe(whole(13_500n) + 1n);
  });

  it("behavior: least debt, MCR and CCR each refuse what passes without them", () => {
    const open = (changed: Partial<LiquityV2Parameters>, collateral: bigint, debt: bigint) => () =>
      openTrove({ ...weth, ...changed }, emptyBranch, at2000, "a", { collateral, debt, owner: "a" }).state.activeDebt;
    expect(open({}, whole(10n), whole(1_999n))).toThrow(liquity.DebtBelowMin);
    expect(open({ minimumDebt: 0n }, whole(10n), whole(1_999n))()).toBe(whole(1_999n));
    expect(open({}, whole(10n), whole(14_000n))).toThrow(liquity.TCRBelowCCR);
    expect(open({ criticalCollateralRatio: 0n }, whole(10n), whole(14_000n))()).toBe(whole(14_000n));
    const free = { criticalCollateralRatio: 0n };
    expect(open(free, whole(10n), whole(19_000n))).toThrow(liquity.ICRBelowMCR);
    expect(open({ ...free, minimumCollateralRatio: 0n }, whole(10n), whole(19_000n))()).toBe(whole(19_000n));
  });

  it("behavior: an urgent redemption pays two per cent more, and all there is where there is less", () => {
    const lot = (changed: Partial<LiquityV2Parameters>, bold: bigint, collateral = whole(10n)) =>
      urgentLot({ ...weth, ...changed }, { collateral, debt: whole(18_500n) }, bold, at2000);
    expect(lot({}, whole(2_000n))).toEqual({ bold: whole(2_000n), collateral: 102n * 10n ** 16n });
    expect(lot({ urgentRedemptionBonus: 0n }, whole(2_000n)).collateral).toBe(whole(1n));
    // 5 WETH are worth 10,000; over 1.02, rounded down
    expect(lot({}, whole(20_000n), whole(5n))).toEqual({ bold: 9803921568627450980392n, collateral: whole(5n) });
  });

  it("behavior: staked ether's branches liquidate at 120 % what WETH's leaves alone", () => {
    const position = { collateral: whole(10n), debt: whole(17_000n) };
    expect(collateralRatio(weth, position, at2000)).toBe(1176470588235294117n);
    expect([weth, wsteth].map((branch) => liquity.isLiquidatable(branch, position, at2000))).toEqual([false, true]);
    // redistribution takes up to 20 %, not 10 %
    const both = [weth, wsteth].map(
      (branch) => liquidationValues(branch, position, 0n, at2000).collateralToRedistribute,
    );
    expect(both).toEqual([935n * 10n ** 16n, whole(10n)]);
  });
});

describe("behavior: Liquity v2, whole calls", () => {
  it("behavior: redistributed debt and collateral wait for a touch, shared by stake", () => {
    const state = branchWith({
      doomed: trove,
      a: { collateral: whole(30n), debt: whole(2_000n) },
      b: { collateral: whole(10n), debt: whole(2_000n) },
    });
    const done = liquidate(weth, state, at2000, ["doomed"], "keeper").state;
    expect(done.troves.get("a")).toMatchObject({ collateral: whole(30n), debt: whole(2_000n) });
    expect(liquity.latestTroveOf(done, "a")).toEqual({
      collateral: 375n * 10n ** 17n,
      debt: whole(15_875n),
      pendingCollateral: 75n * 10n ** 17n,
      pendingDebt: whole(13_875n),
    });
    expect([done.defaultCollateral, done.defaultDebt]).toEqual([whole(10n), whole(18_500n)]);
    const applied = applyPending(done, "a").state;
    expect(applied.troves.get("a")).toMatchObject({
      collateral: 375n * 10n ** 17n,
      debt: whole(15_875n),
      stake: whole(30n),
    });
    expect(liquity.branchRatio(weth, applied, at2000)).toBe(liquity.branchRatio(weth, done, at2000));
    // a new trove's stake is smaller: 40 of stake now stand for 50 of collateral
    const opened = openTrove(weth, done, at2000, "c", {
      collateral: whole(50n),
      debt: whole(2_000n),
      owner: "c",
    }).state;
    expect(opened.troves.get("c")?.stake).toBe(whole(40n));
  });

  it("behavior: applying what is pending leaves the stake as it was, an adjustment rounds it down anew", () => {
    const odd = 30_000_000_000_000_000_007n;
    const state = branchWith({
      doomed: trove,
      a: { collateral: odd, debt: whole(2_000n) },
      b: { collateral: 11_000_000_000_000_000_003n, debt: whole(2_000n) },
    });
    const done = liquidate(weth, state, at2000, ["doomed"], "keeper").state;
    expect(applyPending(done, "a").state.troves.get("a")?.stake).toBe(odd);
    const adjusted = adjustTrove(weth, done, whole(20_000n), "a", { collateral: 0n, debt: 1n }).state;
    // L is cut at 18 places: 30 whole units of stake may lack 30 units of collateral, and as many of stake, and two more for the later roundings
    const stake = adjusted.troves.get("a")!.stake;
    expect(stake < odd && stake >= odd - 32n).toBe(true);
  });

  it("behavior: several troves in one call share the pool in the order named", () => {
    const state = withDeposit(
      branchWith({ x: trove, y: trove, rest: { collateral: whole(1_000n), debt: whole(2_000n) } }),
      "depositor",
      whole(20_001n),
    );
    const done = liquidate(weth, state, at2000, ["y", "rest", "y", "x"], "keeper");
    expect(done.liquidated.map((one) => [one.trove, one.values.debtToOffset])).toEqual([
      ["y", whole(18_500n)],
      ["x", whole(1_500n)],
    ]);
    expect(done.gasDeposits).toBe(75n * 10n ** 15n);
    expect(claimSurplus(done.state, "y").transfers[0].units).toBe(237500000000000000n);
  });

  it("behavior: stashed gains wait for their owner", () => {
    const state = withDeposit(
      branchWith({ x: trove, rest: { collateral: whole(1_000n), debt: whole(2_000n) } }),
      "d",
      whole(18_501n),
    );
    const liquidated = liquidate(weth, state, at2000, ["x"], "keeper").state;
    const stashed = withdrawFromPool(weth, withDeposit(liquidated, "other", whole(5n)), "d", whole(9n), false).state;
    const gained = depositOf(stashed.pool, "d").stashedCollateral;
    expect(gained).toBe(9712499999999999999n);
    expect(claimStashedCollateral(stashed, "d").state.pool.collateral).toBe(stashed.pool.collateral - gained);
  });

  it("behavior: at the engine's decimals the same trove is split alike", () => {
    const small = liquity.withDecimals(weth, { collateral: 7, debt: 6, price: 8 });
    expect(faults(small)).toEqual([]);
    const position = { collateral: 10n ** 8n, debt: 18_500n * 10n ** 6n };
    expect(collateralRatio(small, position, 2_000n * 10n ** 8n)).toBe(collateralRatio(weth, trove, at2000));
    expect(liquidationValues(small, position, 10n ** 12n, 2_000n * 10n ** 8n)).toEqual({
      debtToOffset: 18_500_000_000n,
      collateralToPool: 97_125_000n,
      gasCompensation: 500_000n,
      debtToRedistribute: 0n,
      collateralToRedistribute: 0n,
      surplus: 2_375_000n,
    });
    expect(liquity.withDecimals(small, weth.decimals)).toEqual(weth);
  });
});
