import { describe, expect, it } from "vitest";
import { WAD } from "../scales.js";
import {
  AccessControlUnauthorizedAccount,
  CannotSlash,
  configureStake,
  coverDeficitOffset,
  coverPendingDeficit,
  coverReserveDeficit,
  DebounceNotRespected,
  deployedStewardLimits,
  InvalidUpdateToZero,
  LEAST_STAKED_UNITS,
  liquidate,
  newDeficit,
  ReserveCoverageNotSetup,
  ReserveIsConfigured,
  requireInjectable,
  setDeficitOffset,
  slash,
  stewardUpdate,
  TooMuchDeficitOffsetReduction,
  type UmbrellaReserve,
  UPDATE_LIFE,
  UpdateCannotBeInjected,
  UpdateNotInRange,
  ZeroAmountSlashing,
  ZeroDeficitToCover,
  ZeroFundsAvailable,
} from "./index.js";
import { call, Dice, dollars, opened, prices, twoReserves } from "./test-support.js";

const unset: UmbrellaReserve = { deficitOffsetUnits: 0n, pendingDeficitUnits: 0n, stake: null };
const staked = (stakedUnits: bigint, liquidationFeeBps = 500n): UmbrellaReserve => ({
  deficitOffsetUnits: 100_000_000n,
  pendingDeficitUnits: 50_000_000n,
  stake: { stakedUnits, liquidationFeeBps },
});
const atPar = { reservePrice: dollars(1), stakePrice: dollars(1) };
const opening = opened(twoReserves, { supplies: { WETH: 10n * WAD }, debts: { USDC: 17_000_000_000n } });
/** 809.523809 USDC of deficit (golden vector "underwater"). */
const written = liquidate(twoReserves, opening, call(), prices(1700)).state;
const cover = (units: bigint, caller = "lender") => ({ caller, coverageManager: "lender", asset: "USDC", units });

describe("aave v3: Umbrella", () => {
  it("behavior: the deficit that is there when a stake is set becomes the offset, later deficits are slashable", () => {
    const set = configureStake(unset, { stakedUnits: 10n ** 12n, liquidationFeeBps: 0n }, 700n);
    expect(set.deficitOffsetUnits).toBe(700n);
    expect(newDeficit(set, 700n)).toBe(0n);
    expect(newDeficit(set, 701n)).toBe(1n);
    expect(configureStake(set, { stakedUnits: 1n, liquidationFeeBps: 0n }, 999n).deficitOffsetUnits).toBe(700n);
  });

  it("behavior: a full slash covers the new deficit and takes the fee on top", () => {
    // deficit 1,000 - 100 offset - 50 pending = 850; with 5 % 892.5
    const done = slash(staked(10n ** 12n), 1_000_000_000n, atPar);
    expect(done).toEqual({
      umbrella: {
        deficitOffsetUnits: 100_000_000n,
        pendingDeficitUnits: 900_000_000n,
        stake: { stakedUnits: 10n ** 12n - 892_500_000n, liquidationFeeBps: 500n },
      },
      coveredUnits: 850_000_000n,
      feeUnits: 42_500_000n,
      slashedUnits: 892_500_000n,
    });
    expect(() => slash(done.umbrella, 1_000_000_000n, atPar)).toThrow(CannotSlash);
  });

  it("behavior: a short stake covers in proportion and keeps its minimum", () => {
    const done = slash(staked(447_250_000n), 1_000_000_000n, atPar);
    expect(done.slashedUnits).toBe(446_250_000n);
    expect(done.coveredUnits).toBe(425_000_000n);
    expect(done.feeUnits).toBe(21_250_000n);
    expect(done.umbrella.stake?.stakedUnits).toBe(LEAST_STAKED_UNITS);
  });

  it("behavior: a cheaper stake loses more units; without the fee it loses fewer", () => {
    const cheap = slash(staked(10n ** 12n), 1_000_000_000n, { reservePrice: dollars(1), stakePrice: dollars(1) / 2n });
    expect(cheap.slashedUnits).toBe(1_785_000_000n);
    expect(slash(staked(10n ** 12n, 0n), 1_000_000_000n, atPar).slashedUnits).toBe(850_000_000n);
  });

  it("property: covered and fee never exceed what the slashed units are worth by more than the cut of three divisions, 5,000 slashes", () => {
    const dice = new Dice(11);
    for (let at = 0; at < 5_000; at++) {
      const reservePrice = dice.spread(10n ** 12n) + 1n;
      const stakePrice = dice.spread(10n ** 12n) + 1n;
      const before: UmbrellaReserve = {
        deficitOffsetUnits: dice.spread(10n ** 12n),
        pendingDeficitUnits: dice.spread(10n ** 12n),
        stake: {
          stakedUnits: LEAST_STAKED_UNITS + 1n + dice.spread(10n ** 15n),
          liquidationFeeBps: BigInt(dice.below(10_001)),
        },
      };
      const deficit = before.deficitOffsetUnits + before.pendingDeficitUnits + 1n + dice.spread(10n ** 13n);
      try {
        const done = slash(before, deficit, { reservePrice, stakePrice });
        expect(done.coveredUnits).toBeLessThanOrEqual(newDeficit(before, deficit));
        // slashing cuts once (less than one staked unit), so what is noted as covered may be worth up to a staked unit more than what was taken
        expect((done.coveredUnits + done.feeUnits) * reservePrice).toBeLessThan(
          (done.slashedUnits + 1n) * stakePrice + stakePrice,
        );
        expect((before.stake?.stakedUnits ?? 0n) - (done.umbrella.stake?.stakedUnits ?? 0n)).toBe(done.slashedUnits);
      } catch (error) {
        if (!(error instanceof ZeroAmountSlashing)) throw new Error(`seed 11, case ${at}: ${error}`, { cause: error });
      }
    }
  });

  it("behavior: pending deficit, offset and an unstaked reserve are covered with the manager's shares", () => {
    const books = { ...unset, deficitOffsetUnits: 500_000_000n, pendingDeficitUnits: 300_000_000n };
    const pending = coverPendingDeficit(twoReserves, written, books, cover(400_000_000n));
    expect(pending.coveredUnits).toBe(300_000_000n);
    expect(pending.umbrella.pendingDeficitUnits).toBe(0n);
    expect(pending.state.reserves.USDC.deficitUnits).toBe(509_523_809n);
    const offset = coverDeficitOffset(twoReserves, written, books, cover(10n ** 12n));
    expect(offset.coveredUnits).toBe(500_000_000n);
    // an offset above the deficit: only what is not pending can be covered
    const high = coverDeficitOffset(
      twoReserves,
      written,
      { ...books, deficitOffsetUnits: 10n ** 10n },
      cover(10n ** 12n),
    );
    expect(high.coveredUnits).toBe(509_523_809n);
    const plain = coverReserveDeficit(twoReserves, written, unset, cover(10n ** 12n));
    expect(plain.coveredUnits).toBe(809_523_809n);
  });

  it("error: who may not, what is not set, what is too much, what is nothing", () => {
    const books = { ...unset, pendingDeficitUnits: 1n };
    expect(() => coverPendingDeficit(twoReserves, written, books, cover(1n, "keeper"))).toThrow(
      AccessControlUnauthorizedAccount,
    );
    expect(() => coverPendingDeficit(twoReserves, written, unset, cover(1n))).toThrow(ZeroDeficitToCover);
    expect(() => coverReserveDeficit(twoReserves, written, books, cover(1n))).toThrow(ReserveIsConfigured);
    expect(() => setDeficitOffset(unset, 0n, 1n)).toThrow(ReserveCoverageNotSetup);
    expect(() => setDeficitOffset(staked(1n), 200_000_000n, 149_999_999n)).toThrow(TooMuchDeficitOffsetReduction);
    expect(setDeficitOffset(staked(1n), 200_000_000n, 150_000_000n).deficitOffsetUnits).toBe(150_000_000n);
    expect(() => slash(unset, 1n, atPar)).toThrow(CannotSlash);
    expect(() => slash(staked(LEAST_STAKED_UNITS), 1_000_000_000n, atPar)).toThrow(ZeroFundsAvailable);
    expect(() => slash(staked(10n ** 12n), 150_000_001n, { reservePrice: 1n, stakePrice: 100n })).toThrow(
      ZeroAmountSlashing,
    );
  });
});

describe("aave v3: risk stewards", () => {
  const threshold = deployedStewardLimits.liquidationThreshold;
  const cap = deployedStewardLimits.supplyCap;
  const days = 86_400n;
  const update = (from: bigint, to: bigint, now = 3n * days) => ({ from, to, lastChangedAt: 0n, now });

  it("equality: exactly the delay and exactly the largest change pass, a second less or a unit more does not", () => {
    expect(stewardUpdate(threshold, update(8_300n, 8_250n))).toBe(8_250n);
    expect(stewardUpdate(threshold, update(8_300n, 8_350n))).toBe(8_350n);
    expect(() => stewardUpdate(threshold, update(8_300n, 8_249n))).toThrow(UpdateNotInRange);
    expect(() => stewardUpdate(threshold, update(8_300n, 8_250n, 3n * days - 1n))).toThrow(DebounceNotRespected);
  });

  it("behavior: ratios are limited in absolute basis points (the code), not relatively (the README's example); caps relatively", () => {
    // Relatively, 50 bps of a threshold of 8,300 would allow 41 bps; the code allows 50.
    expect(stewardUpdate(threshold, update(8_300n, 8_258n))).toBe(8_258n);
    expect(() => stewardUpdate({ ...threshold, relative: true }, update(8_300n, 8_258n))).toThrow(UpdateNotInRange);
    expect(stewardUpdate(cap, update(1_000n, 1_300n))).toBe(1_300n);
    expect(() => stewardUpdate(cap, update(1_000n, 1_301n))).toThrow(UpdateNotInRange);
  });

  it("error: InvalidUpdateToZero, except for rates", () => {
    expect(() => stewardUpdate(threshold, update(50n, 0n))).toThrow(InvalidUpdateToZero);
    expect(stewardUpdate(deployedStewardLimits.baseRate, update(100n, 0n))).toBe(0n);
  });

  it("error: UpdateCannotBeInjected for an executed update and from the sixth hour on", () => {
    expect(() => requireInjectable(0n, UPDATE_LIFE, false)).toThrow(UpdateCannotBeInjected);
    expect(() => requireInjectable(0n, 1n, true)).toThrow(UpdateCannotBeInjected);
    expect(requireInjectable(0n, UPDATE_LIFE - 1n, false)).toBeUndefined();
  });
});
