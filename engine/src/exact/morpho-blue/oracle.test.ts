import {
  AccrualPosition,
  defaultPreLiquidationParamsRegistry,
  MarketUtils,
  MathLib,
  PreLiquidationParams,
  PreLiquidationPosition,
} from "@morpho-org/blue-sdk";
import { describe, expect, it } from "vitest";
import { WAD } from "../scales.js";
import * as morpho from "./index.js";

const seed = 20260723;
const cases = 10_000;
const nobody = "0x0000000000000000000000000000000000000001";

/** Whole numbers of up to `bits` bits, every size as likely, from a 32-bit xorshift. */
function seeded(start: number) {
  let state = start;
  const word = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  return (bits: number) => {
    let value = 0n;
    for (let have = 0; have < bits; have += 32) value = (value << 32n) | BigInt(word());
    return value & ((1n << BigInt(word() % (bits + 1))) - 1n);
  };
}

/** A random market with a position in it: debts of any size, share prices near one and far from it. */
function drawn(random: (bits: number) => bigint) {
  const market: morpho.MorphoMarket = {
    totalSupplyAssets: random(90),
    totalSupplyShares: random(110),
    totalBorrowAssets: random(90),
    totalBorrowShares: random(110),
    lastUpdate: 0n,
  };
  return {
    market,
    parameters: { ...morpho.marketAt(random(60) % WAD), fee: random(58) % (morpho.MAX_FEE + 1n) },
    position: {
      supplyShares: random(100),
      borrowShares: random(110) % (market.totalBorrowShares + 1n),
      collateral: random(100),
    },
    price: random(130),
  };
}

/** Both sides of `cases` random cases, and the first at which they differ. */
function compare(salt: number, sides: (drawn: ReturnType<typeof drawnCase>) => readonly [unknown, unknown]) {
  const random = seeded(seed + salt);
  const differing: string[] = [];
  for (let round = 0; round < cases; round++) {
    const one = drawnCase(random);
    const [ours, theirs] = sides(one);
    if (ours !== theirs && differing.length < 3)
      differing.push(`seed ${seed + salt}, case ${round}: ${ours} and ${theirs}`);
  }
  expect(differing).toEqual([]);
}
const drawnCase = (random: (bits: number) => bigint) => ({ ...drawn(random), random });

describe("morpho blue against @morpho-org/blue-sdk 6.4.0, 10,000 random cases each, no difference allowed", () => {
  it("oracle: incentive by LLTV", () => {
    compare(0, ({ parameters }) => [
      morpho.liquidationIncentiveFactor(parameters),
      MarketUtils.getLiquidationIncentiveFactor(parameters),
    ]);
  });

  it("oracle: shares and assets in all four directions", () => {
    compare(1, ({ market, random }) => {
      const amount = random(120);
      const [assets, shares] = [market.totalBorrowAssets, market.totalBorrowShares];
      return [
        [morpho.toSharesDown, morpho.toSharesUp, morpho.toAssetsDown, morpho.toAssetsUp]
          .map((convert) => convert(amount, assets, shares))
          .join(),
        [
          MarketUtils.toBorrowShares(amount, market, "Down"),
          MarketUtils.toBorrowShares(amount, market, "Up"),
          MarketUtils.toBorrowAssets(amount, market, "Down"),
          MarketUtils.toBorrowAssets(amount, market, "Up"),
        ].join(),
      ];
    });
    compare(2, ({ market, random }) => {
      const amount = random(120);
      const [assets, shares] = [market.totalSupplyAssets, market.totalSupplyShares];
      return [
        [morpho.toSharesDown, morpho.toSharesUp, morpho.toAssetsDown, morpho.toAssetsUp]
          .map((convert) => convert(amount, assets, shares))
          .join(),
        [
          MarketUtils.toSupplyShares(amount, market, "Down"),
          MarketUtils.toSupplyShares(amount, market, "Up"),
          MarketUtils.toSupplyAssets(amount, market, "Down"),
          MarketUtils.toSupplyAssets(amount, market, "Up"),
        ].join(),
      ];
    });
  });

  it("oracle: value of the collateral, most that may be owed, debt", () => {
    compare(3, ({ parameters, market, position, price }) => [
      [
        morpho.collateralQuoted(position, price),
        morpho.maxBorrow(parameters, position, price),
        morpho.borrowedAssets(market, position),
      ].join(),
      [
        MarketUtils.getCollateralValue(position.collateral, { price }),
        MarketUtils.getMaxBorrowAssets(position.collateral, { price }, parameters),
        MarketUtils.toBorrowAssets(position.borrowShares, market),
      ].join(),
    ]);
  });

  it("oracle: health, half of the cases within three units of the limit", () => {
    const seen = { healthy: 0, unhealthy: 0 };
    compare(4, ({ parameters, market, position, price, random }) => {
      const near = {
        ...market,
        totalBorrowAssets: morpho.maxBorrow(parameters, position, price) + random(2) - 1n,
        totalBorrowShares: position.borrowShares,
      };
      const one = random(1) === 0n && near.totalBorrowAssets > 0n ? near : market;
      const ours = morpho.isHealthy(parameters, one, position, price);
      seen[ours ? "healthy" : "unhealthy"]++;
      return [ours, MarketUtils.isHealthy(position, { ...one, price }, parameters)];
    });
    expect(Math.min(seen.healthy, seen.unhealthy)).toBeGreaterThan(1000);
  });

  it("oracle: interest and fee shares", () => {
    compare(5, ({ parameters, market, random }) => {
      const [rate, seconds] = [random(40), random(26) + 1n];
      const { interest, feeShares } = morpho.accrue(
        parameters,
        { ...market, totalSupplyAssets: market.totalSupplyAssets + market.totalBorrowAssets },
        rate,
        seconds,
      );
      const theirs = MarketUtils.getAccruedInterest(
        rate,
        { ...market, ...parameters, totalSupplyAssets: market.totalSupplyAssets + market.totalBorrowAssets },
        seconds,
      );
      return [
        `${interest} ${feeShares} ${morpho.taylorCompounded(rate, seconds)}`,
        `${theirs.interest} ${theirs.feeShares} ${MathLib.wTaylorCompounded(rate, seconds)}`,
      ];
    });
  });

  it("oracle: collateral seized for shares, shares repaid for collateral", () => {
    compare(6, ({ parameters, market, price, random }) => {
      const amount = random(110);
      const incentive = morpho.liquidationIncentiveFactor(parameters);
      const paid = price + 1n;
      return [
        [
          morpho.seizedAssetsFor(market, amount, incentive, paid),
          morpho.repaidSharesFor(market, amount, incentive, paid),
        ].join(),
        [
          MarketUtils.getLiquidationSeizedAssets(amount, { ...market, price: paid }, parameters),
          MarketUtils.getLiquidationRepaidShares(amount, { ...market, price: paid }, parameters),
        ].join(),
      ];
    });
  });

  it("oracle: whole liquidations of as much as is worth seizing", () => {
    const seen = { liquidated: 0, badDebt: 0 };
    compare(7, ({ parameters, market, position, price, random }) => {
      const one = { ...market, totalSupplyAssets: market.totalBorrowAssets + market.totalSupplyAssets };
      // A price at which the collateral is worth between nothing and twice the debt.
      const debt = morpho.borrowedAssets(market, position);
      const own = { ...position, collateral: position.collateral + 10n ** 6n };
      const paid = (debt * 10n ** 36n * (1n + (random(20) % 200n))) / (100n * own.collateral) + (price % 1000n) + 1n;
      const seizable = MarketUtils.getSeizableCollateral(own, { ...one, price: paid }, parameters) ?? -1n;
      if (morpho.isHealthy(parameters, one, own, paid)) return [0n, seizable];
      if (seizable === 0n) return [0n, 0n];
      const whole = seizable === own.collateral;
      const asked = whole
        ? { seizedAssets: seizable, repaidShares: 0n }
        : { seizedAssets: 0n, repaidShares: own.borrowShares };
      const outcome = morpho.liquidate(parameters, one, own, asked, paid);
      seen.liquidated++;
      if (outcome.badDebtAssets > 0n) seen.badDebt++;
      const repaid = MarketUtils.toBorrowAssets(
        whole
          ? (MarketUtils.getLiquidationRepaidShares(seizable, { ...one, price: paid }, parameters) ?? -1n)
          : own.borrowShares,
        one,
        "Up",
      );
      return [`${outcome.seizedAssets} ${outcome.repaidAssets}`, `${seizable} ${repaid}`];
    });
    expect(Math.min(seen.liquidated, seen.badDebt)).toBeGreaterThan(1000);
  });

  it("oracle: factors of pre-liquidation by quotient", () => {
    compare(8, ({ random }) => {
      const low = { preCloseFactorLow: random(60) % WAD, preIncentiveFactorLow: WAD + random(57) };
      const own: morpho.PreLiquidationParameters = {
        ...low,
        preLltv: 0n,
        preCloseFactorHigh: low.preCloseFactorLow + random(62),
        preIncentiveFactorHigh: low.preIncentiveFactorLow + random(57),
      };
      const theirs = kit(own);
      const quotient = random(61);
      return [
        `${morpho.preCloseFactor(own, quotient)} ${morpho.preIncentiveFactor(own, quotient)}`,
        `${theirs.getCloseFactor(quotient)} ${theirs.getIncentiveFactor(quotient)}`,
      ];
    });
  });

  it("oracle: whether a position may be pre-liquidated, its loan-to-value and the most collateral for it", () => {
    const seen = { open: 0, below: 0, above: 0 };
    compare(9, ({ market, position, random }) => {
      const lltv = WAD / 10n + (random(59) % ((8n * WAD) / 10n));
      const parameters = { ...morpho.marketAt(lltv), fee: 0n };
      const low = { preCloseFactorLow: random(60) % WAD, preIncentiveFactorLow: WAD + random(54) };
      const own: morpho.PreLiquidationParameters = {
        ...low,
        preLltv: (lltv * (random(20) % 1000n)) / 1000n,
        preCloseFactorHigh: low.preCloseFactorLow + random(58),
        preIncentiveFactorHigh: low.preIncentiveFactorLow + random(54),
      };
      const account = {
        ...position,
        borrowShares: position.borrowShares + 1n,
        collateral: position.collateral + 10n ** 6n,
      };
      const one = { ...market, totalBorrowShares: market.totalBorrowShares + 1n };
      // A price at which the loan-to-value is between half of and one and a half of the LLTV.
      const price =
        (morpho.borrowedAssets(one, account) * 10n ** 36n * WAD * 100n) /
          (account.collateral * lltv * (50n + (random(16) % 75n))) +
        1n;
      const theirs = new PreLiquidationPosition(
        {
          ...account,
          user: nobody,
          preLiquidationParams: { ...kit(own) },
          preLiquidation: nobody,
          preLiquidationOraclePrice: price,
        },
        {
          ...one,
          params: { loanToken: nobody, collateralToken: nobody, oracle: nobody, irm: nobody, lltv },
          fee: 0n,
          price,
        },
      );
      const said = `${theirs.isLiquidatable} ${theirs.isLiquidatable ? theirs.ltv : "-"} ${theirs.seizableCollateral}`;
      try {
        const offer = morpho.preLiquidationOffer(parameters, own, one, account, price);
        seen.open++;
        return [
          `true ${offer.loanToValue} ${morpho.seizedAssetsFor(one, offer.repayableShares, offer.incentiveFactor, price)}`,
          said,
        ];
      } catch (error) {
        if (!(error instanceof morpho.LiquidatablePosition || error instanceof morpho.NotPreLiquidatablePosition))
          throw error;
        seen[error instanceof morpho.LiquidatablePosition ? "above" : "below"]++;
        return ["false - 0", said];
      }
    });
    for (const count of Object.values(seen)) expect([seen, count > 500]).toEqual([seen, true]);
  });

  it("oracle: supply, withdrawal, loan and repayment as the kit simulates them", () => {
    const seen = { done: 0, refused: 0, beyond: 0 };
    compare(10, ({ parameters, market, position, price, random }) => {
      const one = {
        ...market,
        totalSupplyAssets: market.totalSupplyAssets + market.totalBorrowAssets,
        totalSupplyShares: market.totalSupplyShares + position.supplyShares,
      };
      const size = random(100);
      const asked = random(1) === 0n ? { assets: size + 1n, shares: 0n } : { assets: 0n, shares: size + 1n };
      const kind = random(16) % 4n;
      const kitOf = () =>
        new AccrualPosition(
          { ...position, user: nobody },
          {
            ...one,
            params: { loanToken: nobody, collateralToken: nobody, oracle: nobody, irm: nobody, lltv: parameters.lltv },
            fee: 0n,
            price,
          },
        );
      const attempt = (call: () => { assets: bigint; shares: bigint }) => {
        try {
          const { assets, shares } = call();
          return { assets, shares, text: `${assets} ${shares}` };
        } catch (error) {
          return { assets: 0n, shares: 0n, text: "refused", beyond: error instanceof morpho.MaxUint128Exceeded };
        }
      };
      const ours = attempt(() =>
        kind === 0n
          ? morpho.supply(one, position, asked)
          : kind === 1n
            ? morpho.withdraw(one, position, asked)
            : kind === 2n
              ? morpho.borrow(parameters, one, position, asked, price)
              : morpho.repay(one, position, asked),
      );
      const theirs = attempt(() => {
        const [assets, shares] = [asked.assets, asked.shares];
        return kind === 0n
          ? kitOf().supply(assets, shares, 0n)
          : kind === 1n
            ? kitOf().withdraw(assets, shares, 0n)
            : kind === 2n
              ? kitOf().borrow(assets, shares, 0n)
              : kitOf().repay(assets, shares, 0n);
      });
      seen[ours.text === "refused" ? "refused" : "done"]++;
      if (!ours.beyond) return [ours.text, theirs.text];
      // The kit keeps no amount to the 128 bits that the contract stores (UtilsLib.toUint128): what we refuse for that must exceed them.
      seen.beyond++;
      const [assets, shares] =
        kind === 0n ? [one.totalSupplyAssets, one.totalSupplyShares] : [one.totalBorrowAssets, one.totalBorrowShares];
      return [
        true,
        theirs.text === "refused" ||
          assets + theirs.assets > morpho.MAX_UINT128 ||
          shares + theirs.shares > morpho.MAX_UINT128,
      ];
    });
    expect(Math.min(seen.done, seen.refused)).toBeGreaterThan(1000);
    expect(seen.beyond).toBeLessThan(1000);
  });

  it("oracle: tiers and default terms are those of the kit's registry", () => {
    expect([...defaultPreLiquidationParamsRegistry.keys()]).toEqual(
      morpho.presets.map(({ parameters }) => parameters.lltv),
    );
    const theirs = [...defaultPreLiquidationParamsRegistry.values()].map(
      ({ preLltv, preLCF1, preLCF2, preLIF1, preLIF2 }) => [preLltv, preLCF1, preLCF2, preLIF1, preLIF2],
    );
    expect(morpho.preLiquidationPresets.map(({ parameters }) => Object.values(parameters))).toEqual(theirs);
  });
});

/** Our terms in the kit's words. */
function kit(own: morpho.PreLiquidationParameters): PreLiquidationParams {
  return new PreLiquidationParams({
    preLltv: own.preLltv,
    preLCF1: own.preCloseFactorLow,
    preLCF2: own.preCloseFactorHigh,
    preLIF1: own.preIncentiveFactorLow,
    preLIF2: own.preIncentiveFactorHigh,
    preLiquidationOracle: nobody,
  });
}
