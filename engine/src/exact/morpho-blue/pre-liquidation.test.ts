import { describe, expect, it } from "vitest";
import { WAD } from "../scales.js";
import * as morpho from "./index.js";

const market86 = morpho.marketAt(860_000_000_000_000_000n);
const ETHER = 10n ** 18n;
const usd = (price: number) => morpho.oraclePrice(BigInt(price), 1n, ETHER, 1_000_000n);
const same = (price: number) => ({ preLiquidation: usd(price), market: usd(price) });

/** From 80 % to the LLTV of 86 %: 5 to 50 % of the debt for 1.01 to 1.04 (MECHANISMS section 30). */
const terms: morpho.PreLiquidationParameters = {
  preLltv: 800_000_000_000_000_000n,
  preCloseFactorLow: 50_000_000_000_000_000n,
  preCloseFactorHigh: 500_000_000_000_000_000n,
  preIncentiveFactorLow: 1_010_000_000_000_000_000n,
  preIncentiveFactorHigh: 1_040_000_000_000_000_000n,
};

/** A borrower with 10 WETH who owes `debt` units of USDC; at 2000 every 2 USDC of debt are a basis point of loan-to-value. */
function opened(debt: bigint) {
  const { market } = morpho.supply(morpho.newMarket(0n), morpho.newPosition(), {
    assets: 100_000_000_000n,
    shares: 0n,
  });
  const deposit = morpho.supplyCollateral(market, morpho.newPosition(), 10n * ETHER);
  return morpho.borrow(market86, market, deposit.position, { assets: debt, shares: 0n }, usd(1_000_000));
}
function call(
  debt: bigint,
  asked: Partial<morpho.SeizedOrRepaid>,
  prices = same(2000),
  change: Partial<morpho.PreLiquidationParameters> = {},
) {
  const { market, position } = opened(debt);
  return morpho.preLiquidate(
    market86,
    { ...terms, ...change },
    market,
    position,
    { seizedAssets: 0n, repaidShares: 0n, ...asked },
    prices,
  );
}

describe("pre-liquidation", () => {
  it("behavior: at 84 % up to 35 % of the debt is repaid for 1.03 of collateral, and the position is better off", () => {
    // Close factor 0.349999999999999999 of 16,800e12 shares, cut to 5,879.999999 USDC x 1.0299... = 6,056.399998 USDC at 2000.
    const outcome = call(16_800_000_000n, { repaidShares: 5_879_999_999_999_999n });
    expect(outcome.offer.repayableShares).toBe(5_879_999_999_999_999n);
    expect(outcome.repaidAssets).toBe(5_880_000_000n);
    expect(outcome.seizedAssets).toBe(3_028_199_999_000_000_000n);
    expect(outcome.entries).toEqual([
      { party: "wallets", asset: "loan", units: -5_880_000_000n },
      { party: "borrowers", asset: "loan", units: 5_880_000_000n },
      { party: "wallets", asset: "collateral", units: 3_028_199_999_000_000_000n },
      { party: "depositors", asset: "collateral", units: -3_028_199_999_000_000_000n },
    ]);
    const ratio = (market: morpho.MorphoMarket, position: morpho.MorphoPosition) =>
      (morpho.borrowedAssets(market, position) * WAD) / morpho.collateralQuoted(position, usd(2000));
    expect(ratio(outcome.market, outcome.position)).toBeLessThan((84n * WAD) / 100n);
  });

  it("behavior: a choice by collateral rounds the repayment up", () => {
    const outcome = call(16_800_000_000n, { seizedAssets: ETHER });
    // 2,000 / 1.029999999999999999 = 1,941.747573 USDC
    expect(outcome.repaidAssets).toBe(1_941_747_573n);
    expect(outcome.position.collateral).toBe(9n * ETHER);
  });

  it("equality: exactly at its threshold there is nothing to pre-liquidate, one unit beyond there is; exactly at the LLTV there still is, beyond no more", () => {
    expect(() => call(16_000_000_000n, { repaidShares: 1_000_000n })).toThrow(morpho.NotPreLiquidatablePosition);
    expect(() => call(16_000_000_001n, { repaidShares: 1_000_000n })).not.toThrow();
    expect(() => call(17_200_000_000n, { repaidShares: 1_000_000n })).not.toThrow();
    expect(() => call(17_200_000_001n, { repaidShares: 1_000_000n })).toThrow(morpho.LiquidatablePosition);
  });

  it("equality: exactly the repayable shares may be repaid, one more may not", () => {
    expect(() => call(16_800_000_000n, { repaidShares: 5_880_000_000_000_000n })).toThrow(
      morpho.PreLiquidationTooLarge,
    );
  });

  it("error: every refusal has its own class", () => {
    expect(() => call(16_800_000_000n, {})).toThrow(morpho.InconsistentInput);
    expect(() => call(16_800_000_000n, { seizedAssets: 1n, repaidShares: 1n })).toThrow(morpho.InconsistentInput);
    expect(() => call(16_800_000_000n, { repaidShares: 1n })).toThrow(morpho.ZeroAssets);
    // The market's own oracle is lower than that of the terms: healthy before for these, unhealthy afterwards for the market.
    expect(() =>
      call(16_800_000_000n, { seizedAssets: ETHER }, { preLiquidation: usd(2000), market: usd(1700) }),
    ).toThrow(morpho.InsufficientCollateral);
    const all = { preCloseFactorHigh: 10n * WAD };
    expect(() => call(17_200_000_000n, { repaidShares: 17_200_000_001_000_000n }, same(2000), all)).toThrow(
      morpho.PositionTooSmall,
    );
  });

  it("behavior: a close factor above one lets the whole debt be repaid before the LLTV", () => {
    const outcome = call(16_800_000_000n, { repaidShares: 16_800_000_000_000_000n }, same(2000), {
      preCloseFactorHigh: 3n * WAD,
    });
    expect(outcome.position.borrowShares).toBe(0n);
    expect(outcome.position.collateral).toBeGreaterThan(0n);
  });

  it("behavior: without an incentive a WETH costs its 2,000 USDC; without a rise of the close factor only 5 % may be repaid", () => {
    const flat = { preIncentiveFactorLow: WAD, preIncentiveFactorHigh: WAD };
    expect(call(16_800_000_000n, { seizedAssets: ETHER }, same(2000), flat).repaidAssets).toBe(2_000_000_000n);
    const { market, position } = opened(16_800_000_000n);
    const offer = (change: Partial<morpho.PreLiquidationParameters>) =>
      morpho.preLiquidationOffer(market86, { ...terms, ...change }, market, position, usd(2000)).repayableShares;
    expect(offer({ preCloseFactorHigh: terms.preCloseFactorLow })).toBe(840_000_000_000_000n);
    expect(offer({})).toBe(5_879_999_999_999_999n);
  });

  it("error: every fault of the terms is named with its key, the refusals of the contract's constructor", () => {
    const codes = (change: Partial<morpho.PreLiquidationParameters>) =>
      morpho.preLiquidationFaults(market86, { ...terms, ...change }).map(({ code, key }) => `${code} ${key}`);
    expect(codes({})).toEqual([]);
    expect(codes({ preLltv: market86.lltv })).toEqual(["pre-lltv-too-high preLltv"]);
    expect(codes({ preLltv: market86.lltv - 1n })).toEqual([]);
    expect(codes({ preLltv: 0n, preCloseFactorLow: 0n, preIncentiveFactorLow: WAD })).toEqual([]);
    expect(codes({ preLltv: -1n })).toEqual(["negative-value preLltv"]);
    expect(codes({ preCloseFactorHigh: terms.preCloseFactorLow - 1n })).toEqual([
      "close-factor-falls preCloseFactorHigh",
    ]);
    expect(codes({ preCloseFactorLow: WAD + 1n, preCloseFactorHigh: 2n * WAD })).toEqual([
      "close-factor-above-one preCloseFactorLow",
    ]);
    expect(codes({ preCloseFactorLow: WAD, preCloseFactorHigh: 2n * WAD })).toEqual([]);
    expect(codes({ preIncentiveFactorLow: WAD - 1n })).toEqual(["bonus-below-par preIncentiveFactorLow"]);
    expect(codes({ preIncentiveFactorHigh: terms.preIncentiveFactorLow - 1n })).toEqual([
      "bonus-falls preIncentiveFactorHigh",
    ]);
    const idle = morpho.preLiquidationFaults(morpho.marketAt(0n), terms).map(({ code }) => code);
    expect(idle).toEqual(["pre-lltv-too-high"]);
    // 1 / 0.86 = 1.162790697674418604
    expect(codes({ preIncentiveFactorHigh: 1_162_790_697_674_418_604n })).toEqual([]);
    expect(codes({ preIncentiveFactorHigh: 1_162_790_697_674_418_605n })).toEqual([
      "threshold-times-bonus preIncentiveFactorHigh",
    ]);
  });

  it("behavior: the default terms of every tier are without a fault in their market and carry its incentive", () => {
    expect(morpho.preLiquidationPresets.length).toBe(8);
    morpho.preLiquidationPresets.forEach(({ name, parameters }, index) => {
      const market = morpho.presets[index].parameters;
      expect([name, morpho.preLiquidationFaults(market, parameters)]).toEqual([morpho.presets[index].name, []]);
      expect(parameters.preIncentiveFactorHigh).toBe(morpho.liquidationIncentiveFactor(market));
    });
  });
});
