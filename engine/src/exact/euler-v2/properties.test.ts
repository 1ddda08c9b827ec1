import { describe, expect, it } from "vitest";
import { ProtocolError } from "../errors.js";
import {
  accountOf,
  accrued,
  batch,
  borrow,
  type Call,
  currentOwed,
  deposit,
  disableCollateral,
  enableCollateral,
  isInViolation,
  type LiquidationOutcome,
  later,
  liquidate,
  liquidationTerms,
  liquidityOf,
  type Outcome,
  openVault,
  receiveCollateral,
  redeem,
  repay,
  sendCollateral,
  setLtv,
  toAssetsUp,
  totalAssets,
  type Vault,
  valueAt,
  withCollateralQuotes,
  withdraw,
  withoutSpread,
} from "./index.js";

const WAD = 10n ** 18n;
const USD = 10n ** 8n;

/** Seeded generator of whole numbers below a bound: 64-bit linear congruence, its upper 48 bits as often as the bound needs. */
function generator(seed: bigint): (bound: bigint) => bigint {
  let state = seed;
  return (bound) => {
    let drawn = 0n;
    for (let width = 0n; width === 0n || 1n << width < bound; width += 48n) {
      state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) % (1n << 64n);
      drawn = (drawn << 48n) + (state >> 16n);
    }
    return drawn % bound;
  };
}

const accounts = ["ann", "bob", "cy", "dee", "eve", "sue", "ted", "larry", "lena"];
const collaterals = ["weth", "wbtc"];
// units as the engine counts them: ETH 7, BTC 8, dollars 6 decimals; unit of account 1e-8 USD
const units: Readonly<Record<string, bigint>> = { weth: 10n ** 7n, wbtc: 10n ** 8n };

function openMarket(): Vault {
  let vault = openVault(
    "eUSDC",
    {
      maxLiquidationDiscount: 1500n,
      liquidationCoolOffTime: 30n,
      socializeDebt: true,
      minSocializationLiabilityValue: 1_000_000n,
      interestFee: 1000n,
      interestRateModel: { baseRate: 10n ** 18n, slope1: 10n ** 9n, slope2: 10n ** 10n, kink: 3_865_470_565n },
    },
    1_000n,
    withoutSpread(USD, 10n ** 6n),
    { weth: withoutSpread(2000n * USD, units.weth), wbtc: withoutSpread(60_000n * USD, units.wbtc) },
  );
  for (const collateral of collaterals) vault = setLtv(vault, collateral, 8000n, 8500n, 0n);
  vault = deposit(vault, "sue", 100_000_000n * 10n ** 6n).vault;
  for (const name of accounts)
    for (const collateral of collaterals) vault = enableCollateral(vault, name, collateral).vault;
  for (const name of ["larry", "lena"]) vault = receiveCollateral(vault, name, "weth", 10_000n * units.weth).vault;
  return vault;
}

/** Per kind, what all parties of a call gain and lose: it must be nothing. */
function imbalance(outcome: Outcome): readonly string[] {
  const sums = new Map<string, bigint>();
  for (const { of, amount } of outcome.movements) sums.set(of, (sums.get(of) ?? 0n) + amount);
  return [...sums].filter(([, sum]) => sum !== 0n).map(([of]) => of);
}

const held = (vault: Vault, collateral: string) =>
  Object.values(vault.accounts).reduce((sum, account) => sum + (account.balances[collateral] ?? 0n), 0n);
const moved = (outcome: Outcome, party: string, of: string) =>
  outcome.movements.filter((one) => one.party === party && one.of === of).reduce((sum, one) => sum + one.amount, 0n);

describe("20,000 random operations", () => {
  it("property: nothing appears or vanishes, the healthy are left alone, the liquidator gains no more than his discount", () => {
    const seed = 20_250n;
    const next = generator(seed);
    const pick = <T>(list: readonly T[]) => list[Number(next(BigInt(list.length)))];
    let vault = openMarket();
    const counts = { done: 0, liquidated: 0, socialized: 0, refused: 0, healthy: 0 };
    let price = 2000n * USD;

    const callOf = (kind: bigint, name: string): Call => {
      const collateral = pick(collaterals);
      if (kind < 2n) return (one) => deposit(one, pick(accounts), next(10n ** 11n));
      if (kind < 3n)
        return (one) => (next(2n) === 0n ? redeem : withdraw)(one, name, next(accountOf(one, name).shares + 2n));
      if (kind < 6n)
        return (one) => {
          const { collateralAdjustedValue, liabilityValue } = liquidityOf(one, name, "borrowing");
          const room = collateralAdjustedValue > liabilityValue ? collateralAdjustedValue - liabilityValue : 0n;
          return borrow(one, name, (room * next(110n)) / 10_000n);
        };
      if (kind < 7n) return (one) => repay(one, name, name, next(4n) === 0n ? "all" : next(10n ** 10n));
      if (kind < 10n) return (one) => receiveCollateral(one, name, collateral, next(10n ** 8n));
      if (kind < 11n) return (one) => sendCollateral(one, name, collateral, next(10n ** 8n));
      return (one) => (next(2n) === 0n ? disableCollateral : enableCollateral)(one, name, collateral);
    };

    const check = (before: Vault, outcome: Outcome, step: number) => {
      const label = `seed ${seed} step ${step}`;
      const after = outcome.vault;
      expect(imbalance(outcome), label).toEqual([]);
      expect(after.cash - before.cash, label).toBe(moved(outcome, "vault", "asset"));
      for (const collateral of collaterals)
        expect(held(after, collateral) - held(before, collateral), label).toBe(-moved(outcome, "outside", collateral));
      const all = Object.values(after.accounts).reduce((sum, account) => sum + account.shares, 0n);
      expect(all + after.accumulatedFees, label).toBe(after.totalShares);
      // every accrual and every touch of a debt rounds by less than 2^-31 of a unit, and interest at most doubles what is rounded
      const owed = Object.keys(after.accounts).reduce((sum, name) => sum + currentOwed(accrued(after), name), 0n);
      const apart = owed - accrued(after).totalBorrows;
      expect(apart < 0n ? -apart : apart, label).toBeLessThan(BigInt(step + 100) * 8n);
    };

    /** The share price (with the virtual deposit) before and after: it may only rise, unless debt is written off. */
    const priceRises = (before: Vault, after: Vault) =>
      (totalAssets(after) + 10n ** 6n) * (before.totalShares + 10n ** 6n) >=
      (totalAssets(before) + 10n ** 6n) * (after.totalShares + 10n ** 6n);

    for (let step = 0; step < 20_000; step++) {
      const label = `seed ${seed} step ${step}`;
      const kind = next(24n);
      const name = pick(accounts);
      if (kind >= 22n) {
        vault = later(vault, next(600n));
        continue;
      }
      if (kind === 21n && next(20n) === 0n) {
        const lowered = 7000n + next(1500n);
        try {
          vault = setLtv(vault, "weth", 6900n, lowered, next(3n) * 500n);
        } catch (error) {
          expect(error, label).toBeInstanceOf(ProtocolError);
        }
        continue;
      }
      if (kind >= 19n) {
        // a walk with crashes: at most 30 % down or 12 % up, kept between 300 and 6,000 USD
        price = (price * (next(12n) === 0n ? 700n + next(200n) : 960n + next(160n))) / 1000n;
        price = price < 300n * USD ? 2000n * USD : price > 6000n * USD ? 3000n * USD : price;
        vault = withCollateralQuotes(vault, "weth", withoutSpread(price, units.weth));
        vault = withCollateralQuotes(vault, "wbtc", withoutSpread(30n * price, units.wbtc));
        continue;
      }
      const before = accrued(vault);
      if (kind < 12n) {
        try {
          const outcome = callOf(kind, name)(vault);
          check(before, outcome, step);
          expect(priceRises(before, accrued(outcome.vault)), label).toBe(true);
          vault = outcome.vault;
          counts.done++;
        } catch (error) {
          if (!(error instanceof ProtocolError)) throw error;
          counts.refused++;
        }
        continue;
      }
      // liquidations: half of them of somebody in violation, if anybody is
      const liquidator = pick(["larry", "lena"]);
      const collateral = pick(collaterals);
      const inViolation = accounts.filter((one) => isInViolation(liquidityOf(before, one, "liquidation")));
      const violator = inViolation.length > 0 && next(2n) === 0n ? pick(inViolation) : name;
      const values = liquidityOf(before, violator, "liquidation");
      const asked = next(3n) === 0n ? next(10n ** 10n) : "all";
      const call = { liquidator, violator, collateral, repay: asked, minYieldBalance: 0n } as const;
      let result: LiquidationOutcome | undefined;
      try {
        const outcome = batch(vault, [
          (one) => (result = liquidate(one, call)),
          (one) => repay(one, liquidator, liquidator, "all"),
        ]);
        check(before, outcome, step);
        vault = outcome.vault;
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        counts.refused++;
        continue;
      }
      if (result === undefined) throw new Error(label);
      if (!isInViolation(values)) {
        counts.healthy++;
        expect([result.repaid, result.yieldBalance, result.socialized], label).toEqual([0n, 0n, 0n]);
        continue;
      }
      if (result.yieldBalance > 0n) counts.liquidated++;
      if (result.socialized > 0n) counts.socialized++;
      else expect(priceRises(before, accrued(vault)), label).toBe(true);
      expect(result.terms.discountFactor >= 85n * 10n ** 16n && result.terms.discountFactor <= WAD, label).toBe(true);
      // Worth received x (1 - discount) is at most the debt taken over plus one unit of the asset (repay rounds down) and two of the unit of account (the
      // collateral's value and the repaid value round down). Exact worth, not rounded: amount x price / unit.
      if (result.terms.repay > 0n) {
        const quotes = before.collateralQuotes[collateral];
        const received = result.yieldBalance * quotes.mid * result.terms.discountFactor * 10n ** 6n;
        const given = ((result.repaid + 1n) * USD + 2n * 10n ** 6n) * WAD * quotes.unit;
        expect(received <= given, label).toBe(true);
      } else expect(valueAt(before.collateralQuotes[collateral], "mid", result.yieldBalance), label).toBe(0n);
      // debt that is left without any enabled collateral does not exist where it could be socialised
      const rest = accountOf(vault, violator);
      const bare = rest.enabled.every((one) => (rest.balances[one] ?? 0n) === 0n);
      if (bare && values.liabilityValue >= 1_000_000n) expect(toAssetsUp(rest.owed), label).toBe(0n);
    }
    expect(counts.liquidated, JSON.stringify(counts)).toBeGreaterThan(300);
    expect(counts.socialized, JSON.stringify(counts)).toBeGreaterThan(50);
    expect(counts.healthy, JSON.stringify(counts)).toBeGreaterThan(500);
    expect(counts.done, JSON.stringify(counts)).toBeGreaterThan(5_000);
  });
});

describe("a second derivation", () => {
  /** Greatest whole number whose `divisor`-fold is at most `amount`, found by halving: no division. */
  function greatest(amount: bigint, divisor: bigint): bigint {
    let high = 1n;
    while (high * divisor <= amount) high <<= 1n;
    let low = 0n;
    while (high - low > 1n) {
      const middle = (low + high) >> 1n;
      if (middle * divisor <= amount) low = middle;
      else high = middle;
    }
    return low;
  }

  it("property: terms from the text of the rule, by search instead of division, 1,500 cases, zero differences", () => {
    const next = generator(77n);
    let short = 0;
    for (let run = 0; run < 1_500; run++) {
      const size = 10n ** (1n + next(22n));
      const liability = 1n + next(10n ** (1n + next(13n)));
      const liabilityValue = 1n + next(size);
      const collateralBalance = 1n + next(10n ** (1n + next(19n)));
      const collateralValue = next(2n * liabilityValue + 2n);
      const collateralAdjustedValue = next(liabilityValue + 1n);
      const cap = next(10_000n);
      const terms = liquidationTerms(
        { liability, liabilityValue, collateralBalance, collateralValue, collateralAdjustedValue },
        cap,
      );
      // health is at least one less the cap: whichever of the two fractions is larger
      const floor = WAD - greatest(WAD * cap, 10_000n);
      const health = greatest(collateralAdjustedValue * WAD, liabilityValue);
      const factor = health > floor ? health : floor;
      expect(terms.discountFactor, `run ${run}`).toBe(factor);
      if (collateralValue === 0n) {
        expect([terms.repay, terms.yieldBalance], `run ${run}`).toEqual([0n, collateralBalance]);
        continue;
      }
      const wanted = greatest(liabilityValue * WAD, factor);
      const suffices = collateralValue >= wanted;
      if (!suffices) short++;
      const repayValue = suffices ? liabilityValue : greatest(collateralValue * factor, WAD);
      expect(terms.repayValue, `run ${run}`).toBe(repayValue);
      expect(terms.repay, `run ${run}`).toBe(greatest(repayValue * liability, liabilityValue));
      expect(terms.yieldBalance, `run ${run}`).toBe(
        suffices ? greatest(wanted * collateralBalance, collateralValue) : collateralBalance,
      );
      expect(terms.yieldBalance <= collateralBalance && terms.repay <= liability, `run ${run}`).toBe(true);
    }
    expect(short).toBeGreaterThan(200);
  });
});
