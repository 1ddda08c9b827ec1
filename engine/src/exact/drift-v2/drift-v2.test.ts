import { describe, expect, it } from "vitest";
import { NothingToDo, NotLiquidatable } from "../errors.js";
import {
  baseToCoverShortage,
  CantLiquidateSelf,
  CantResolvePerpBankruptcy,
  canExitLiquidation,
  card,
  type DriftParameters,
  type DriftPrices,
  type DriftState,
  type DriftUser,
  deposit,
  emptyState,
  faults,
  fundingPayment,
  InsufficientCollateral,
  InvalidBaseAssetAmountForLiquidatePerp,
  InvalidPerpPositionToLiquidate,
  insuranceFee,
  isBankrupt,
  isLiquidatable,
  liquidatePerp,
  liquidatorFee,
  MathError,
  marginOf,
  marginRatio,
  maxLiquidatorFee,
  maxShareToLiquidate,
  noUser,
  openBase,
  presets,
  resolveBankruptcy,
  SufficientCollateral,
  settleFunding,
  socialLossRate,
  takeDepositForLoss,
  trade,
  UserBankrupt,
  UserIsBeingLiquidated,
  UserNotBankrupt,
  userOf,
  withUsers,
} from "./index.js";

const chain = presets[0].parameters;
const usd = 1_000_000n;
const sol = 1_000_000_000n;
const at = (dollars: bigint): DriftPrices => ({ oracle: dollars * usd, quote: usd });
/** Engine decimals: coins of 7, dollars of 6, prices in 1e-8. */
const engine: DriftParameters = { ...chain, baseOne: 10_000_000n, priceOne: 100_000_000n, stepSize: 1_000n };
const steps = (dollars: bigint): DriftPrices => ({ oracle: dollars * 100_000_000n, quote: 100_000_000n });

/** Fails where a condition does not hold: cheaper than an expectation twenty thousand times over. */
function holds(condition: boolean, where: string): void {
  if (!condition) throw new Error(where);
}

/** Seeded generator of whole numbers (splitmix64). */
function generator(seed: bigint): (below: bigint) => bigint {
  let state = seed;
  const mask = (1n << 64n) - 1n;
  return (below) => {
    state = (state + 0x9e3779b97f4a7c15n) & mask;
    let mixed = state;
    mixed = ((mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
    mixed = ((mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn) & mask;
    return (mixed ^ (mixed >> 31n)) % below;
  };
}

/** A user with a position, and a rich liquidator. */
function state(of: Partial<DriftUser>): DriftState {
  return withUsers(emptyState({ insurance: 0n, feePool: 0n }), {
    a: { ...noUser, ...of },
    liquidator: { ...noUser, deposit: 1_000_000n * usd },
  });
}

describe("drift v2", () => {
  it("golden: drift: share by slots (MECHANISMS section 12, vectors of an independent integer replica; shortages in dollars)", () => {
    const share = (shortage: bigint, freed: bigint, slots: bigint) =>
      maxShareToLiquidate(chain, shortage * usd, freed * usd, slots);
    expect(share(49n, 0n, 0n)).toBe(10_000n);
    expect(share(1_000n, 0n, 0n)).toBe(1_000n);
    expect(share(1_000n, 0n, 15n)).toBe(2_000n);
    expect(share(900n, 100n, 15n)).toBe(1_111n);
    expect(share(900n, 100n, 75n)).toBe(5_555n);
    expect(share(500n, 500n, 200n)).toBe(10_000n);
  });

  it("oracle: the numbers of the program's own tests (math/liquidation/tests.rs): size, insurance fee, liquidator's fee, social loss", () => {
    const size = (fee: bigint, toInsurance: bigint, quote = usd) =>
      baseToCoverShortage(chain, 10n * usd, 1_000n, fee, toInsurance, { oracle: 100n * usd, quote });
    expect(size(0n, 0n)).toBe(sol);
    expect(size(0n, 0n, 990_000n)).toBe(1_010_101_010n);
    expect(size(0n, 0n, 1_010_000n)).toBe(990_099_009n);
    expect(size(10_000n, 0n)).toBe((sol * 10n) / 9n);
    expect(size(10_000n, 10_000n)).toBe(1_250_000_000n);
    const wide = { ...chain, insuranceFee: 50_000n };
    const fee = (shortage: bigint, ofLiquidator = 10_000n, prices = at(100n), base = 10n * sol) =>
      insuranceFee(wide, shortage * usd, base, 500n, ofLiquidator, prices);
    expect([fee(20n), fee(1n), fee(1_000n), fee(20n, 100_000n)]).toEqual([19_000n, 37_050n, 0n, 0n]);
    expect([fee(20n, 10_000n, { oracle: 0n, quote: usd }), fee(20n, 10_000n, at(100n), 0n)]).toEqual([0n, 0n]);
    expect(liquidatorFee(20_000n, 50_000n, 100_000n)).toBe(50_000n);
    expect(liquidatorFee(20_000n, 50_000n, 10n)).toBe(20_000n);
    // Here the source is clearer than section 12: past the grace period all slots count, those within it too, so 10,000 slots add 1 %.
    expect(liquidatorFee(20_000n, 50_000n, 10_000n)).toBe(30_000n);
    expect(socialLossRate(chain, 100n * usd, 11n * sol)).toBe(9_090_910_000n);
  });

  it("equality: the liquidator's fee jumps by 15 basis points at the end of the grace period", () => {
    expect(liquidatorFee(10_000n, 50_000n, 1_499n)).toBe(10_000n);
    expect(liquidatorFee(10_000n, 50_000n, 1_500n)).toBe(11_500n);
  });

  it("behavior: on-chain and engine decimals decide alike and give the same dollars", () => {
    for (const [parameters, one, prices] of [
      [chain, sol, at(95n)],
      [engine, engine.baseOne, steps(95n)],
    ] as const) {
      const end = liquidatePerp(
        parameters,
        state({ deposit: 900n * usd, base: 100n * one, quote: -10_000n * usd }),
        "a",
        "liquidator",
        100n * one,
        prices,
        0n,
      );
      // 9,500 of value, loss 500: collateral 400, required 475 and 665 with 2 % (and 10 of loss): shortage 275.
      // Insurance fee 1 % (of 2.9 implied): a coin frees 95 (7 % - 1 %) - 0.95 = 4.75, so 57.895 coins free all and a tenth goes now.
      expect(end.shortage).toBe(275n * usd);
      expect(end.share).toBe(1_000n);
      expect(Number(end.base) / Number(one)).toBeCloseTo(5.7895, 3);
      expect(Number(end.liquidatorFee)).toBeCloseTo(Number(end.value) / 100, -1);
    }
  });

  it("behavior: size and insurance fee agree with exact fractions to what their roundings lose, 1,500 random cases", () => {
    const random = generator(41n);
    for (let i = 0; i < 1500; i++) {
      const ratio = 300n + random(1_700n);
      const fee = random(ratio * 100n);
      const toInsurance = random(ratio * 100n - fee);
      const shortage = 1n + random(1_000_000n * usd);
      const prices = { oracle: usd + random(100_000n * usd), quote: 900_000n + random(200_000n) };
      // shortage x 1e9 / (oracle (quote (ratio - fee) - insurance fee)), over 1e12.
      const freed = prices.quote * (ratio * 100n - fee) - usd * toInsurance;
      if (freed < 1_000_000_000n) continue;
      const exact = (shortage * 1_000_000_000n * usd * usd) / (prices.oracle * freed);
      const found = baseToCoverShortage(chain, shortage, ratio, fee, toInsurance, prices);
      if (found === undefined) throw new Error("the fee is below the ratio");
      // The denominator, in price units, loses at most two of them.
      const denominator = (prices.oracle * freed) / (usd * usd);
      const tolerance = (3n * exact) / (denominator > 3n ? denominator - 3n : 1n) + 2n;
      const distance = found - exact;
      expect(distance <= tolerance && -distance <= tolerance, `case ${i}`).toBe(true);
      const base = sol + random(1_000n * sol);
      const wide = { ...chain, insuranceFee: 10n ** 9n };
      const implied = insuranceFee(wide, shortage, base, ratio, fee, { ...prices, quote: usd });
      const left = (ratio * 100n - fee) * base * prices.oracle - shortage * usd * sol;
      const expected = left > 0n ? (left * 19n) / (20n * base * prices.oracle) : 0n;
      const apart = implied - expected;
      // Two roundings of shortage / value, one of 95 %.
      expect(apart >= -1n && apart <= 2n, `case ${i}: ${apart}`).toBe(true);
    }
  });

  it("behavior: shares agree with one fraction to two units, 1,000 random cases", () => {
    const random = generator(42n);
    for (let i = 0; i < 1000; i++) {
      const shortage = 50n * usd + random(100_000n * usd);
      const freed = random(100_000n * usd);
      const slots = random(300n);
      const parts = slots * 10_000n + 1_000n * 150n;
      const share = parts > 1_500_000n ? 1_500_000n : parts;
      // ((shortage + freed) share - freed) / shortage with share of 1.5e6.
      const numerator = (shortage + freed) * share - freed * 1_500_000n;
      const exact = numerator > 0n ? (numerator * 10_000n) / (shortage * 1_500_000n) : 0n;
      const found = maxShareToLiquidate(chain, shortage, freed, slots);
      const tolerance = 2n + (shortage + freed) / shortage;
      expect(found <= exact && exact - found <= tolerance, `case ${i}: ${found} and ${exact}`).toBe(true);
    }
  });

  it("equality: exactly the maintenance margin is healthy; a running liquidation ends exactly at the margin with buffer", () => {
    // 100 coins at 100: 500 and 700 of 10,000.
    const user = (units: bigint) => ({ ...noUser, deposit: units, base: 100n * sol, quote: -10_000n * usd });
    expect(isLiquidatable(chain, user(500n * usd), at(100n))).toBe(card.atEquality.liquidatable);
    expect(isLiquidatable(chain, user(500n * usd - 1n), at(100n))).toBe(true);
    expect(isLiquidatable(chain, user(500n * usd + 1n), at(100n))).toBe(false);
    expect(canExitLiquidation(chain, user(700n * usd), at(100n))).toBe(true);
    expect(canExitLiquidation(chain, user(700n * usd - 1n), at(100n))).toBe(false);
    // Between the two a fresh liquidation is refused and a running one goes on.
    const between = state(user(600n * usd));
    expect(() => liquidatePerp(chain, between, "a", "liquidator", sol, at(100n), 0n)).toThrow(SufficientCollateral);
    const running = withUsers(between, { a: { ...user(600n * usd), beingLiquidated: true } });
    expect(liquidatePerp(chain, running, "a", "liquidator", 10n * sol, at(100n), 0n).result).toBe("closed");
    const recovered = withUsers(between, { a: { ...user(700n * usd), beingLiquidated: true } });
    const end = liquidatePerp(chain, recovered, "a", "liquidator", 10n * sol, at(100n), 0n);
    expect([end.result, userOf(end.state, "a").beingLiquidated]).toEqual(["exited", false]);
  });

  it("behavior: shares grow with slots, wait in between, and end the liquidation when the whole shortage is freed", () => {
    let now = state({ deposit: 900n * usd, base: 100n * sol, quote: -10_000n * usd });
    const run = (slot: bigint) => {
      const end = liquidatePerp(chain, now, "a", "liquidator", 1_000n * sol, at(95n), slot);
      now = end.state;
      return end;
    };
    const first = run(10n);
    expect([first.result, first.share]).toEqual(["closed", 1_000n]);
    expect(userOf(now, "a").lastActiveSlot).toBe(10n);
    const second = run(10n);
    expect(second.share).toBeLessThan(10n);
    const third = run(85n);
    expect(third.share).toBeGreaterThan(5_000n);
    const last = run(200n);
    expect(last.share).toBe(10_000n);
    expect(userOf(now, "a").beingLiquidated).toBe(false);
    expect(userOf(now, "a").base).toBeGreaterThan(0n);
    expect(marginOf(chain, userOf(now, "a"), at(95n)).shortage).toBeLessThan(usd);
  });

  it("behavior: switching rules off moves named numbers: buffer, shares, fees, growth, size premium, insurance limit", () => {
    const before = state({ deposit: 900n * usd, base: 100n * sol, quote: -10_000n * usd });
    const run = (parameters: DriftParameters, slot = 0n) =>
      liquidatePerp(parameters, before, "a", "liquidator", 1_000n * sol, at(95n), slot);
    const normal = run(chain);
    expect(run({ ...chain, liquidationMarginBufferRatio: 1n }).shortage).toBeLessThan(normal.shortage);
    expect(run({ ...chain, liquidationDuration: 0n }).share).toBe(10_000n);
    expect(run({ ...chain, initialPctToLiquidate: 0n }).result).toBe("waiting");
    expect(run({ ...chain, liquidatorFee: 0n }).liquidatorFee).toBe(0n);
    expect(run({ ...chain, insuranceFee: 0n }).insuranceFee).toBe(0n);
    expect(normal.insuranceFee).toBeGreaterThan(0n);
    expect(maxLiquidatorFee(chain)).toBe(30_000n);
    expect(maxLiquidatorFee({ ...chain, liquidatorFee: 20_000n })).toBe(50_000n);
    // 100 coins: square root of 1e12 is 1e6; 1e6 x 5,000 / 1e7 = 500 on top of four fifths of 500.
    expect(marginRatio({ ...chain, imfFactor: 5_000n }, 500n, 100n * sol)).toBe(900n);
    expect(marginRatio(chain, 500n, 100n * sol)).toBe(500n);
    const old = withUsers(before, { a: { ...userOf(before, "a"), beingLiquidated: true, lastActiveSlot: 0n } });
    const late = liquidatePerp(chain, old, "a", "liquidator", 1_000n * sol, at(95n), 10_000n);
    expect(late.liquidatorFee * 100n).toBeGreaterThan((late.value * 199n) / 100n);
  });

  it("behavior: bankruptcy is paid by the fund but for one unit, then by the fee pool, then by every unit of open interest", () => {
    const bankrupt = { ...noUser, quote: -1_000n * usd, bankrupt: true };
    const positions = {
      long: { ...noUser, base: 7n * sol, quote: 0n },
      short: { ...noUser, base: -4n * sol, quote: 0n },
    };
    const start = withUsers(
      { ...emptyState({ insurance: 500n * usd + 1n, feePool: 400n * usd }) },
      { a: bankrupt, ...positions },
    );
    const end = resolveBankruptcy(chain, start, "a");
    expect([end.loss, end.fromInsurance, end.fromFeePool, end.socialised].map((one) => one / usd)).toEqual([
      1_000n,
      500n,
      400n,
      100n,
    ]);
    expect(end.fundingRateDelta).toBe(9_090_910_000n);
    expect(end.state.insurance).toBe(1n);
    const paid = (name: string) => -settleFunding(chain, end.state, userOf(end.state, name)).quote;
    // 7 / 11 and 4 / 11 of 100 dollars, rounded up a little by the rate.
    expect([paid("long"), paid("short")]).toEqual([63_636_370n, 36_363_640n]);
    expect(resolveBankruptcy({ ...chain, maxInsurance: 100n * usd }, start, "a").fromInsurance).toBe(100n * usd);
    expect(resolveBankruptcy(chain, { ...start, feePool: 0n }, "a").socialised).toBe(500n * usd);
  });

  it("behavior: the deposit of a closed loser goes to the liquidator with the loss, one for one; the rest is bankrupt", () => {
    const start = state({ deposit: 300n * usd, quote: -1_000n * usd, beingLiquidated: true });
    const end = takeDepositForLoss(chain, start, "a", "liquidator", at(100n), 5n);
    expect(end.units).toBe(300n * usd);
    expect(isBankrupt(userOf(end.state, "a"))).toBe(true);
    expect(userOf(end.state, "a").bankrupt).toBe(true);
    expect(userOf(end.state, "liquidator").quote).toBe(-300n * usd);
  });

  it("error: every class is thrown", () => {
    const sick = state({ deposit: 400n * usd, base: 100n * sol, quote: -10_000n * usd });
    const well = state({ deposit: 4_000n * usd, base: 100n * sol, quote: -10_000n * usd });
    const call = (from: DriftState, by = "liquidator", size = 100n * sol) =>
      liquidatePerp(chain, from, "a", by, size, at(100n), 0n);
    expect(() => call(well)).toThrow(SufficientCollateral);
    expect(() => call(well)).toThrow(NotLiquidatable);
    expect(() => call(sick, "a")).toThrow(CantLiquidateSelf);
    expect(() => call(sick, "liquidator", 1n)).toThrow(InvalidBaseAssetAmountForLiquidatePerp);
    expect(() => call(sick, "poor")).toThrow(InsufficientCollateral);
    expect(() => call(state({ bankrupt: true, quote: -1n }))).toThrow(UserBankrupt);
    expect(() => call(state({ deposit: 1n, quote: -5n }))).toThrow(InvalidPerpPositionToLiquidate);
    expect(() => takeDepositForLoss(chain, sick, "a", "liquidator", at(100n), 0n)).toThrow(
      InvalidPerpPositionToLiquidate,
    );
    expect(() => resolveBankruptcy(chain, sick, "a")).toThrow(UserNotBankrupt);
    expect(() => resolveBankruptcy(chain, state({ quote: -5n }), "a")).toThrow(CantResolvePerpBankruptcy);
    expect(() => deposit(sick, "a", 0n)).toThrow(NothingToDo);
    expect(() => deposit(state({ bankrupt: true, quote: -1n }), "a", usd)).toThrow(UserBankrupt);
    const running = withUsers(sick, { a: { ...userOf(sick, "a"), beingLiquidated: true } });
    expect(() => trade(chain, running, "a", "liquidator", sol, at(100n))).toThrow(UserIsBeingLiquidated);
    expect(() => trade(chain, sick, "a", "a", sol, at(100n))).toThrow(NothingToDo);
    expect(() => trade(chain, sick, "a", "liquidator", 1n, at(100n))).toThrow(NothingToDo);
    expect(() => baseToCoverShortage(chain, usd, 500n, 10_000n, 40_000n, at(100n))).toThrow(MathError);
  });

  it("error: every parameter fault is found, all at once; the preset has none", () => {
    for (const preset of presets) expect(faults(preset.parameters), preset.name).toEqual([]);
    expect(faults(engine)).toEqual([]);
    const codes = faults({
      ...chain,
      stepSize: 0n,
      imfFactor: -1n,
      marginRatioInitial: 20_000n,
      marginRatioMaintenance: 20_000n,
      liquidatorFee: 3_000_000n,
      liquidationMarginBufferRatio: 0n,
      initialPctToLiquidate: 10_001n,
    }).map((one) => one.code);
    expect(new Set(codes)).toEqual(
      new Set([
        "scale-not-positive",
        "negative",
        "ratio-above-one",
        "threshold-above-opening",
        "fees-above-maintenance",
        "buffer-missing",
        "share-above-one",
      ]),
    );
  });

  it("property: 20,000 operations keep every coin and every claim, and liquidate nobody healthy", () => {
    const seed = 20260105n;
    const random = generator(seed);
    const parameters = { ...engine, imfFactor: 2_000n, liquidatorFee: 5_000n, insuranceFee: 5_000n };
    const pools = { insurance: 20_000n * usd, feePool: 5_000n * usd };
    let now = emptyState(pools);
    let coins = pools.insurance + pools.feePool;
    now = deposit(now, "rich", 100_000_000n * usd);
    coins += 100_000_000n * usd;
    let slot = 0n;
    let dollars = 100n;
    let dust = 0n;
    const done = { trades: 0, closed: 0, waiting: 0, exited: 0, losses: 0, bankrupt: 0, social: 0 };
    const names = Array.from({ length: 16 }, (_, index) => `user-${index}`);
    for (let step = 0; step < 20_000; step++) {
      const where = `seed ${seed}, step ${step}`;
      const name = names[Number(random(16n))];
      // Half the time a rich user takes the other side: he is never short of margin.
      const other = random(2n) === 0n ? "rich" : names[Number(random(16n))];
      const prices = steps(dollars);
      const kind = random(12n);
      slot += random(4n);
      if (kind < 2n) {
        dollars = (dollars * (920n + random(168n))) / 1_000n;
        if (dollars < 20n || dollars > 800n) dollars = 100n;
      } else if (kind < 3n) {
        if (userOf(now, name).bankrupt || userOf(now, name).deposit > 3_000n * usd) continue;
        const units = 1n + random(2_000n * usd);
        now = deposit(now, name, units);
        coins += units;
      } else if (kind < 6n) {
        try {
          const [buyer, seller] = random(2n) === 0n ? [name, other] : [other, name];
          now = trade(parameters, now, buyer, seller, random(100n * parameters.baseOne), prices);
          done.trades++;
        } catch (refusal) {
          const known = [InsufficientCollateral, NothingToDo, UserBankrupt, UserIsBeingLiquidated];
          holds(
            known.some((one) => refusal instanceof one),
            `${where}: ${refusal}`,
          );
        }
      } else if (kind < 10n) {
        const user = settleFunding(parameters, now, userOf(now, name));
        const due = user.beingLiquidated || isLiquidatable(parameters, user, prices);
        try {
          const end = liquidatePerp(parameters, now, name, other, 1n + random(200n * parameters.baseOne), prices, slot);
          holds(due, where);
          holds(end.moved.user + end.moved.liquidator + end.moved.fees === 0n, where);
          holds(end.liquidatorFee * 1_000_000n <= end.value * maxLiquidatorFee(parameters), where);
          holds(end.base <= (user.base < 0n ? -user.base : user.base), where);
          now = end.state;
          done[end.result]++;
        } catch (refusal) {
          const healthy = refusal instanceof SufficientCollateral;
          const known = [UserBankrupt, CantLiquidateSelf, InsufficientCollateral, InvalidPerpPositionToLiquidate];
          const refused = [...known, InvalidBaseAssetAmountForLiquidatePerp].some((one) => refusal instanceof one);
          holds(healthy ? !due : refused, `${where}: ${refusal}`);
        }
      } else if (kind < 11n) {
        try {
          now = takeDepositForLoss(parameters, now, name, other, prices, slot).state;
          done.losses++;
        } catch (refusal) {
          const known = [UserBankrupt, CantLiquidateSelf, InvalidPerpPositionToLiquidate, SufficientCollateral];
          holds(
            known.some((one) => refusal instanceof one),
            `${where}: ${refusal}`,
          );
        }
      } else {
        try {
          const end = resolveBankruptcy(parameters, now, name);
          holds(end.fromInsurance + end.fromFeePool + end.socialised === end.loss, where);
          holds(end.fromInsurance === 0n || end.state.insurance >= 1n, where);
          now = end.state;
          done.bankrupt++;
          if (end.socialised > 0n) {
            done.social++;
            // The rate is rounded up: at most one unit a coin too much; every settlement rounds down: at most one unit a position too little.
            dust += openBase(now) / parameters.baseOne + 2n + 17n;
          }
        } catch (refusal) {
          const known = [UserNotBankrupt, CantResolvePerpBankruptcy];
          holds(
            known.some((one) => refusal instanceof one),
            `${where}: ${refusal}`,
          );
        }
      }
      let deposits = 0n;
      let base = 0n;
      let claims = now.liquidationFees;
      for (const user of now.users.values()) {
        deposits += user.deposit;
        base += user.base;
        const rate = user.base > 0n ? now.fundingRateLong : now.fundingRateShort;
        claims += user.quote + fundingPayment(parameters, user.base, rate - user.lastFundingRate);
        holds(user.deposit >= 0n && !(user.bankrupt && user.base !== 0n), where);
      }
      holds(base === 0n, where);
      holds(deposits + now.insurance + now.feePool + now.profitPool + now.feePoolUsed === coins, where);
      // What users may claim of each other is what the fund and the fee pool put in, but for the rounding of social losses.
      const distance = claims - now.profitPool - now.feePoolUsed;
      holds(distance <= dust && -distance <= dust, `${where}: ${distance} of ${dust}`);
    }
    expect(done.trades).toBeGreaterThan(500);
    expect(done.closed).toBeGreaterThan(300);
    expect(done.losses).toBeGreaterThan(5);
    expect(done.bankrupt).toBeGreaterThan(5);
    expect(done.social).toBeGreaterThan(0);
  });
});
