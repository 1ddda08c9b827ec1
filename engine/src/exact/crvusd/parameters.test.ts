import { describe, expect, it } from "vitest";
import { WAD } from "../scales.js";
import { bandGrid, card, faults, highestFee, InvalidParameters, openMarket, presets } from "./index.js";
import { usual, usualV1 } from "./test-support.js";

describe("crvUSD parameters", () => {
  it("default: the usual market has no fault, and neither have the presets", () => {
    expect([faults(usual), faults(usualV1)]).toEqual([[], []]);
    for (const { name, parameters } of presets) expect(faults(parameters), name).toEqual([]);
    expect(presets.map((one) => one.name)).toEqual([
      "mainnet-weth",
      "mainnet-wsteth",
      "mainnet-wbtc",
      "mainnet-sfrxeth",
      "mainnet-tbtc",
    ]);
  });

  it("behavior: constants of the grid for A = 100", () => {
    // sqrt(100 / 99) = 1.0050378152592120755..., (100 / 99)^50 = 1.65287598640340405...
    expect(bandGrid(usual).sqrtRatio).toBe(1005037815259212075n);
    expect(bandGrid(usual).farthest).toBe(1652875986403404044n);
    expect([highestFee(100n), highestFee(10n)]).toEqual([(4n * WAD) / 100n, WAD / 10n]);
  });

  it("error: every fault by its code", () => {
    const codes = (changed: Partial<typeof usual>) => faults({ ...usual, ...changed }).map((one) => one.code);
    expect(codes({ amplification: 1n })).toEqual(["amplification-out-of-range"]);
    expect(codes({ basePrice: 0n })).toEqual(["base-price-not-positive"]);
    expect(codes({ fee: 999_999n })).toEqual(["fee-out-of-range"]);
    expect(codes({ fee: (4n * WAD) / 100n + 1n })).toEqual(["fee-out-of-range"]);
    expect(codes({ rules: "v1", adminFee: WAD + 1n })).toEqual(["admin-fee-out-of-range"]);
    expect(codes({ adminFee: 1n })).toEqual(["admin-fee-in-v2"]);
    expect(codes({ bandFeeShare: -1n })).toEqual(["band-fee-out-of-range"]);
    expect(codes({ liquidationDiscount: WAD / 100n - 1n })).toEqual(["liquidation-discount-too-low"]);
    expect(codes({ loanDiscount: WAD / 2n + 1n })).toEqual(["loan-discount-too-high"]);
    expect(codes({ loanDiscount: usual.liquidationDiscount })).toEqual(["loan-discount-below-liquidation-discount"]);
    expect(codes({ stablePrecision: 20n })).toEqual(["precision-no-power-of-ten"]);
    expect(codes({ collateralPrecision: 0n })).toEqual(["precision-no-power-of-ten"]);
    expect(codes({ oracleDelaySeconds: -1n })).toEqual(["delay-negative"]);
    expect(codes({ largestOracleStep: WAD })).toEqual(["oracle-step-not-above-one"]);
    expect(codes({ basePrice: 0n, fee: 0n, largestOracleStep: 0n })).toHaveLength(3);
  });

  it("error: a market with faults is not opened", () => {
    expect(() => openMarket({ ...usual, fee: 0n }, WAD, 0n, 0n)).toThrow(InvalidParameters);
  });

  it("default: the card names what is left out", () => {
    expect(card.id).toBe("crvusd");
    expect(card.notModelled.length).toBeGreaterThan(0);
    expect(card.atEquality.liquidatable).toBe(false);
  });
});
