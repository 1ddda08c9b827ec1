import {
  calculateCompoundedInterest,
  calculateHealthFactorFromBalances,
  calculateLinearInterest,
  formatUserSummary,
  getCompoundedBalance,
  getLinearBalance,
  rayDiv as theirRayDiv,
  rayMul as theirRayMul,
  valueToBigNumber,
} from "@aave/math-utils";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { divDown, divUp, mulDivDown, mulDivHalfUp, powerOfTen } from "../rounding.js";
import { RAY, SECONDS_PER_YEAR, WAD } from "../scales.js";
import { rayDiv, rayMul } from "./fixed-point.js";
import {
  type AaveV3Parameters,
  accountData,
  compoundedInterest,
  debtUnits,
  deployedRules,
  healthFactor,
  type LiquidationSides,
  linearInterest,
  liquidationAmounts,
  openPool,
  supplyUnits,
  withAccount,
} from "./index.js";
import { Dice, reserve } from "./test-support.js";

/** @aave/math-utils 1.38.0, Aave's own library for the front end; 10,000 random cases each. */
const CASES = 10_000;
const seed = 37;

function times(run: (dice: Dice, at: number) => void): void {
  const dice = new Dice(seed);
  for (let at = 0; at < CASES; at++) {
    try {
      run(dice, at);
    } catch (error) {
      throw new Error(`seed ${seed}, case ${at}: ${error}`, { cause: error });
    }
  }
}
const integer = (value: { toFixed(places: number): string }) => BigInt(value.toFixed(0));

/** Their decimals divide to 20 places with halves up, which now and then carries into the last unit that is compared; 40 places do not. */
const Decimal = valueToBigNumber(1).constructor as unknown as { config(settings: object): unknown };

describe("aave v3 against @aave/math-utils", () => {
  beforeAll(() => void Decimal.config({ DECIMAL_PLACES: 40 }));
  afterAll(() => void Decimal.config({ DECIMAL_PLACES: 20 }));

  it("oracle: rayMul and rayDiv, equal to the last unit", () => {
    times((dice) => {
      const a = dice.spread(10n ** 40n);
      const b = dice.spread(10n ** 30n) + 1n;
      expect(rayMul(a, b)).toBe(integer(theirRayMul(a.toString(), b.toString())));
      expect(rayDiv(a, b)).toBe(integer(theirRayDiv(a.toString(), b.toString())));
    });
  });

  it("oracle: linear interest; theirs rounds the year's share and the product half-up, the contract cuts once, so they differ by at most a unit and half the rate", () => {
    let equal = 0;
    times((dice) => {
      const rate = dice.spread(10n * RAY);
      const seconds = dice.below(2_000_000_000);
      const theirs = integer(
        calculateLinearInterest({ rate: rate.toString(), currentTimestamp: seconds, lastUpdateTimestamp: 0 }),
      );
      const ours = linearInterest(rate, BigInt(seconds));
      const share = mulDivHalfUp(BigInt(seconds) * powerOfTen(9), RAY, SECONDS_PER_YEAR * powerOfTen(9));
      expect(RAY + mulDivHalfUp(rate, share, RAY), "their rounding, restated").toBe(theirs);
      const apart = ours > theirs ? ours - theirs : theirs - ours;
      expect(apart).toBeLessThanOrEqual(1n + divUp(rate, 2n * RAY));
      if (apart === 0n) equal++;
    });
    expect(equal).toBeGreaterThan(CASES / 4);
  });

  it("oracle: compound interest; theirs is v2's binomial series on the rate per second, restated to the last unit, and differs from the contract's by no more than its own roundings", () => {
    times((dice) => {
      const rate = dice.spread(2n * RAY);
      const seconds = dice.below(100_000_000);
      const theirs = integer(
        calculateCompoundedInterest({ rate: rate.toString(), currentTimestamp: seconds, lastUpdateTimestamp: 0 }),
      );
      const n = BigInt(seconds);
      const perSecond = divDown(rate, SECONDS_PER_YEAR);
      const squared = mulDivHalfUp(perSecond, perSecond, RAY);
      const cubed = mulDivHalfUp(squared, perSecond, RAY);
      const minusTwo = n > 2n ? n - 2n : 0n;
      const restated =
        n === 0n
          ? RAY
          : RAY + n * perSecond + divDown(n * (n - 1n) * squared, 2n) + divDown(n * (n - 1n) * minusTwo * cubed, 6n);
      expect(restated, "v2's series, restated").toBe(theirs);
      const x = divDown(rate * n, SECONDS_PER_YEAR);
      // the cut of the rate per second times the seconds (grown by the later terms), n(n-1) for n^2 and n(n-1)(n-2) for n^3, and half a unit of the square and of the
      // cube times n^2 / 2 and n^3 / 6
      const growth = divUp(RAY + x + mulDivHalfUp(x, x, RAY), RAY);
      const bound =
        n * growth +
        (n === 0n ? 0n : divUp(x * x, 2n * n * RAY) + divUp(x * x * x, 2n * n * RAY * RAY)) +
        divUp(n * n, 4n) +
        divUp(n * n * n, 12n) +
        divUp(n * n * x, 12n * RAY) * n +
        4n;
      const ours = compoundedInterest(rate, n);
      const apart = ours > theirs ? ours - theirs : theirs - ours;
      expect(apart).toBeLessThanOrEqual(bound);
    });
  });

  it("oracle: balances; theirs are half-up, ours are cut for suppliers and rounded up for borrowers (v3.5), so theirs lies between ours and the next unit", () => {
    let apart = 0;
    times((dice) => {
      const shares = dice.spread(10n ** 27n);
      const index = RAY + dice.spread(RAY);
      const common = { lastUpdateTimestamp: 5, currentTimestamp: 5 };
      const supplied = integer(
        getLinearBalance({ balance: shares.toString(), index: index.toString(), rate: "1", ...common }),
      );
      const owed = integer(
        getCompoundedBalance({
          principalBalance: shares.toString(),
          reserveIndex: index.toString(),
          reserveRate: "1",
          ...common,
        }),
      );
      expect(supplied - supplyUnits(shares, index)).toBeOneOf([0n, 1n]);
      expect(debtUnits(shares, index) - owed).toBeOneOf([0n, 1n]);
      if (supplied !== supplyUnits(shares, index)) apart++;
    });
    expect(apart).toBeGreaterThan(CASES / 5);
  });

  it("oracle: the health factor of one collateral, equal to the last unit (theirs given 40 places, then cut to 18)", () => {
    times((dice) => {
      const collateral = dice.spread(10n ** 18n) + 1n;
      const debt = dice.spread(10n ** 18n) + 1n;
      const threshold = BigInt(dice.below(10_001));
      const theirs = calculateHealthFactorFromBalances({
        collateralBalanceMarketReferenceCurrency: collateral.toString(),
        borrowBalanceMarketReferenceCurrency: debt.toString(),
        currentLiquidationThreshold: threshold.toString(),
      });
      expect(healthFactor(collateral * threshold, debt)).toBe(BigInt(theirs.shiftedBy(18).toFixed(0, 1)));
    });
  });

  it("oracle: formatUserSummary of accounts with several collaterals, with and without an efficiency mode: totals, averages and health factor equal to the last unit", () => {
    const names = ["A", "B", "C", "D"];
    const still = { lastUpdateTimestamp: 5, liquidityIndex: RAY.toString(), variableBorrowIndex: RAY.toString() };
    times((dice) => {
      const parameters: AaveV3Parameters = {
        reserves: names.map((asset) => {
          const liquidationThresholdBps = BigInt(1 + dice.below(9_000));
          // whole tokens: both sides then value without rounding, so nothing but the sums and averages is compared
          const loanToValueBps = BigInt(dice.below(Number(liquidationThresholdBps)));
          return reserve(asset, { decimals: 0, liquidationThresholdBps, loanToValueBps });
        }),
        eModeCategories: [
          {
            id: 1,
            label: "",
            loanToValueBps: 9_000n,
            liquidationThresholdBps: 9_300n,
            liquidationBonusBps: 10_100n,
            collateral: names.filter(() => dice.below(2) === 0),
            borrowable: names,
            zeroLoanToValue: names.filter(() => dice.below(3) === 0),
            isolated: false,
          },
        ],
        rules: deployedRules,
      };
      const [category] = parameters.eModeCategories;
      const eModeCategory = dice.below(2);
      const drawn = (most: bigint) => Object.fromEntries(names.map((name) => [name, dice.spread(most) + 1n]));
      const supplyShares = drawn(10n ** 9n);
      const debtShares = drawn(10n ** 8n);
      const collateral = names.filter(() => dice.below(4) !== 0);
      const prices = drawn(10n ** 13n);
      const account = { supplyShares, debtShares, collateral, eModeCategory };
      const ours = accountData(
        parameters,
        withAccount(openPool(parameters, 0n), "borrower", account),
        "borrower",
        prices,
      );
      const theirs = formatUserSummary({
        currentTimestamp: 5,
        marketReferencePriceInUsd: "100000000",
        marketReferenceCurrencyDecimals: 8,
        userEmodeCategoryId: eModeCategory,
        userReserves: names.map((asset) => ({
          underlyingAsset: asset,
          scaledATokenBalance: supplyShares[asset].toString(),
          scaledVariableDebt: debtShares[asset].toString(),
          usageAsCollateralEnabledOnUser: collateral.includes(asset),
        })),
        formattedReserves: parameters.reserves.map((one) => ({
          ...still,
          underlyingAsset: one.asset,
          decimals: 0,
          priceInMarketReferenceCurrency: prices[one.asset].toString(),
          liquidityRate: "0",
          variableBorrowRate: "0",
          reserveLiquidationThreshold: one.liquidationThresholdBps.toString(),
          baseLTVasCollateral: one.loanToValueBps.toString(),
          debtCeiling: "0",
          eModes: [
            {
              id: 1,
              collateralEnabled: category.collateral.includes(one.asset),
              ltvzeroEnabled: category.zeroLoanToValue.includes(one.asset),
              eMode: { ltv: "9000", liquidationThreshold: "9300" },
            },
          ],
        })),
      } as unknown as Parameters<typeof formatUserSummary>[0]);
      const cut = (text: string, places: number) => BigInt(valueToBigNumber(text).shiftedBy(places).toFixed(0, 1));
      expect(ours.collateralBase).toBe(cut(theirs.totalCollateralMarketReferenceCurrency, 8));
      expect(ours.debtBase).toBe(cut(theirs.totalBorrowsMarketReferenceCurrency, 8));
      expect(ours.averageLoanToValueBps).toBe(cut(theirs.currentLoanToValue, 4));
      expect(ours.averageLiquidationThresholdBps).toBe(cut(theirs.currentLiquidationThreshold, 4));
      expect(ours.healthFactorWad).toBe(cut(theirs.healthFactor, 18));
    });
  });
});

describe("aave v3 against exact fractions", () => {
  /** A second way to the same amounts: fractions in lowest terms are never formed, every condition is cross-multiplied, each rounding done by trial on its definition. */
  const largest = (holds: (x: bigint) => boolean): bigint => {
    let step = 1n;
    while (holds(step)) step *= 2n;
    let found = 0n;
    for (; step > 0n; step >>= 1n) if (holds(found + step)) found += step;
    return found;
  };

  it("oracle: liquidation amounts found by bisection on their defining inequalities, 2,000 cases", () => {
    const dice = new Dice(seed);
    for (let at = 0; at < 2_000; at++) {
      const sides: LiquidationSides = {
        reserveDebtUnits: 0n,
        debtPrice: dice.spread(10n ** 13n) + 1n,
        debtUnit: powerOfTen(dice.below(19)),
        collateralUnits: dice.spread(10n ** 22n),
        collateralPrice: dice.spread(10n ** 13n) + 1n,
        collateralUnit: powerOfTen(dice.below(19)),
        bonusBps: 10_001n + BigInt(dice.below(2_000)),
        protocolFeeBps: BigInt(dice.below(10_001)),
      };
      const cover = dice.spread(10n ** 20n);
      const { debtPrice, debtUnit, collateralPrice, collateralUnit, bonusBps } = sides;
      const par = largest((x) => x * collateralPrice * debtUnit <= debtPrice * cover * collateralUnit);
      const wanted = largest((x) => x * 10_000n <= par * bonusBps);
      const all = wanted > sides.collateralUnits;
      const seizedUnits = all ? sides.collateralUnits : wanted;
      const worth = largest((x) => x * debtPrice * collateralUnit <= collateralPrice * seizedUnits * debtUnit);
      // the smallest y with y x bonus >= worth x 1e4 is one more than the largest with y x bonus < worth x 1e4, or 0
      const repaid = worth === 0n ? 0n : largest((y) => y * bonusBps < worth * 10_000n) + 1n;
      const bonus = seizedUnits - largest((x) => x * bonusBps <= seizedUnits * 10_000n);
      const fee =
        bonus * sides.protocolFeeBps === 0n ? 0n : largest((y) => y * 10_000n < bonus * sides.protocolFeeBps) + 1n;
      expect(liquidationAmounts(sides, cover), `seed ${seed}, case ${at}`).toEqual({
        repaidUnits: all ? repaid : cover,
        seizedUnits,
        toLiquidatorUnits: seizedUnits - fee,
        feeUnits: fee,
      });
    }
  });

  it("equality: a health factor whose half-up division carries is still cut: 1 - 1e-23 stays below 1", () => {
    // wadDiv rounds (1e4 x 1e18 - 0.4) up to 1e22 and then / 1e4 gives exactly 1e18: the one place where half-up helps the borrower.
    const debt = 10n ** 24n;
    const weighted = 10_000n * debt - 1n;
    expect(mulDivDown(weighted, WAD, debt * 10_000n)).toBe(WAD - 1n);
    expect(healthFactor(weighted, debt)).toBe(WAD);
    expect(healthFactor(10_000n * debt - 10n ** 8n, debt)).toBe(WAD - 1n);
  });
});
