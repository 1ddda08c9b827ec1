import { describe, expect, it } from "vitest";
import * as drift from "../exact/drift-v2/index.js";
import { uniform } from "../math/index.js";
import {
  type DriftTerms,
  driftFunding,
  driftMargin,
  driftMeetsInitial,
  driftSocialRate,
  driftTakeover,
  noDriftMargin,
  noTakeover,
} from "./drift-v2.js";

const seed = 20250611;

describe("Drift v2 in Float64 beside the exact market", () => {
  it(`property: 2,000 random users judged, taken over and made bankrupt as the exact market does, to the unit (seed ${seed})`, () => {
    const seen = {
      liquidatable: 0,
      partial: 0,
      whole: 0,
      waiting: 0,
      lateFee: 0,
      small: 0,
      refused: 0,
      bankrupt: 0,
      imf: 0,
    };
    for (let index = 0; index < 2000; index++) {
      let draws = 0;
      const random = () => uniform(seed, index, 0, 4, draws++);
      const whole = (low: number, high: number) => Math.floor(low * (high / low) ** random());
      const maintenance = whole(200, 900);
      const terms: DriftTerms = {
        valueScale: 1e9,
        baseOne: 1e7,
        quoteOne: 1e6,
        stepSize: [1, 1000, 100_000][index % 3],
        marginRatioInitial: maintenance * 2,
        marginRatioMaintenance: maintenance,
        imfFactor: index % 4 === 0 ? whole(10, 2000) : 0,
        liquidationMarginBufferRatio: whole(20, 300),
        liquidatorFee: whole(1, 10_000),
        insuranceFee: whole(1, 10_000),
        initialPctToLiquidate: whole(1, 5000),
        liquidationDuration: index % 5 === 0 ? 0 : whole(20, 1000),
      };
      const { valueScale, baseOne, quoteOne, ...rest } = terms;
      const big = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, BigInt(value)]));
      const parameters = {
        ...big,
        valueScale: BigInt(valueScale),
        baseOne: BigInt(baseOne),
        quoteOne: BigInt(quoteOne),
        priceOne: 100_000_000n,
        maxInsurance: 1_000_000_000_000n,
      } as unknown as drift.DriftParameters;
      const steps = whole(500e8, 5000e8);
      const size = Math.max(1, Math.floor(whole(1e4, 1e10) / terms.stepSize)) * terms.stepSize;
      const side = random() < 0.5 ? 1 : -1;
      const value = Math.floor(size * (steps / 1e9) * (0.95 + 0.1 * random()));
      const base = side * size;
      let user = { deposit: Math.ceil(value / whole(5, 60)), base, quote: -side * value };
      const slot = whole(1, 5000);
      const begun = random() < 0.5;
      const prices = { oracle: BigInt(steps), quote: 100_000_000n };
      const exactUser: drift.DriftUser = {
        ...drift.noUser,
        deposit: BigInt(user.deposit),
        base: BigInt(base),
        quote: BigInt(user.quote),
        beingLiquidated: begun,
        lastActiveSlot: 1n,
        marginFreed: BigInt(begun ? whole(1, 1e9) : 0),
      };
      const scratch = noDriftMargin();
      const margin = driftMargin(terms, user, steps, terms.marginRatioMaintenance, scratch);
      const exactMargin = drift.marginOf(parameters, exactUser, prices);
      expect(
        [margin.totalCollateral, margin.requirement, margin.totalWithBuffer, margin.requirementWithBuffer].map(BigInt),
      ).toEqual([
        exactMargin.totalCollateral,
        exactMargin.requirement,
        exactMargin.totalCollateralWithBuffer,
        exactMargin.requirementWithBuffer,
      ]);
      if (terms.imfFactor > 0) seen.imf++;
      const bad = margin.totalCollateral < margin.requirement;
      expect(bad).toBe(drift.isLiquidatable(parameters, exactUser, prices));
      if (!bad || (begun && margin.shortage === 0)) continue;
      seen.liquidatable++;
      const taker = { deposit: whole(1e6, 1e13), base: 0, quote: 0 };
      let state = drift.emptyState({ insurance: 1n, feePool: 0n });
      state = drift.withUsers(state, {
        u: exactUser,
        l: { ...drift.noUser, deposit: BigInt(taker.deposit) },
        o: { ...drift.noUser, base: BigInt(whole(1e7, 1e10)) },
      });
      const offered = random() < 0.5 ? size : whole(terms.stepSize, size + 1);
      const slots = begun ? slot - 1 : 0;
      const takeover = noTakeover();
      const computed = driftTakeover(
        terms,
        user,
        Number(exactUser.marginFreed),
        slots,
        offered,
        steps,
        scratch,
        takeover,
      );
      let exact: drift.DriftLiquidation;
      try {
        exact = drift.liquidatePerp(parameters, state, "u", "l", BigInt(offered), prices, BigInt(slot));
      } catch (error) {
        if (error instanceof drift.MathError) expect(computed).toBe(false);
        else if (error instanceof drift.InsufficientCollateral) {
          seen.refused++;
          const after = {
            ...taker,
            base: side * takeover.base,
            quote: takeover.liquidatorFee - side * takeover.value,
          };
          expect(driftMeetsInitial(terms, after, steps, scratch)).toBe(false);
        } else throw error;
        continue;
      }
      expect(computed).toBe(true);
      expect(
        [
          takeover.base,
          takeover.value,
          takeover.liquidatorFee,
          takeover.insuranceFee,
          takeover.shortage,
          takeover.share,
        ].map(BigInt),
      ).toEqual([exact.base, exact.value, exact.liquidatorFee, exact.insuranceFee, exact.shortage, exact.share]);
      expect(Number.isFinite(takeover.baseToCover) ? BigInt(takeover.baseToCover) : undefined).toBe(exact.baseToCover);
      if (exact.result === "waiting") {
        seen.waiting++;
        continue;
      }
      if (slots >= 1500) seen.lateFee++;
      if (takeover.value <= 50e6) seen.small++;
      user = {
        deposit: user.deposit,
        base: base - side * takeover.base,
        quote: user.quote + side * takeover.value - takeover.liquidatorFee - takeover.insuranceFee,
      };
      const after = drift.userOf(exact.state, "u");
      expect([user.base, user.quote].map(BigInt)).toEqual([after.base, after.quote]);
      if (user.base !== 0) {
        seen.partial++;
        continue;
      }
      seen.whole++;
      if (user.deposit + user.quote >= 0) continue;
      const taken = drift.takeDepositForLoss(parameters, exact.state, "u", "l", prices, BigInt(slot));
      const loss = -(user.deposit + user.quote);
      const resolved = drift.resolveBankruptcy(parameters, taken.state, "u");
      expect(resolved.socialised).toBe(BigInt(loss));
      const openBase = Number(drift.openBase(taken.state));
      const rate = driftSocialRate(terms, loss, openBase);
      expect(BigInt(rate)).toBe(resolved.fundingRateDelta);
      const other = drift.userOf(resolved.state, "o");
      const paid = drift.settleFunding(parameters, resolved.state, other).quote - other.quote;
      expect(BigInt(driftFunding(terms, Number(other.base), rate))).toBe(paid);
      seen.bankrupt++;
    }
    for (const [name, times] of Object.entries(seen))
      expect(times, JSON.stringify(seen)).toBeGreaterThan(name === "refused" ? 5 : 20);
  });
});
