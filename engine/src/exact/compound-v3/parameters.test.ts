import { describe, expect, it } from "vitest";
import { WAD } from "../scales.js";
import * as compound from "./index.js";
import { marketPresets } from "./preset-table.js";

const usdc = compound.presets.find(({ name }) => name === "mainnet-usdc")!.parameters;
const ETHER = 10n ** 18n;

describe("compound v3: parameters", () => {
  const codes = (parameters: compound.CompoundParameters) =>
    compound.faults(parameters).map(({ code, key }) => `${code} ${key}`);
  const withAsset = (change: Partial<compound.CompoundAsset>) => ({
    ...usdc,
    assets: [{ ...usdc.assets[0], ...change }],
  });

  it("behavior: all markets of the source are there, without a fault, in on-chain units", () => {
    expect(compound.presets.length).toBe(28);
    expect(new Set(compound.presets.map(({ name }) => name)).size).toBe(28);
    for (const { name, parameters } of compound.presets)
      expect([name, compound.faults(parameters)]).toEqual([name, []]);
    expect(compound.presets.flatMap(({ parameters }) => parameters.assets).length).toBe(92);
    // MECHANISMS section 3: cUSDCv3 store front 0.5, target 5,000,000e6, smallest debt 100e6, WETH .825/.895/.95, LINK .79/.85/.93.
    expect([usdc.storeFrontPriceFactor, usdc.targetReserves, usdc.borrowMin]).toEqual([
      WAD / 2n,
      5_000_000_000_000n,
      100_000_000n,
    ]);
    expect(usdc.assets.map(({ name }) => name)).toEqual(["COMP", "WBTC", "WETH", "UNI", "LINK"]);
    expect(usdc.assets[4]).toMatchObject({
      borrowCollateralFactor: 790_000_000_000_000_000n,
      liquidateCollateralFactor: 850_000_000_000_000_000n,
      liquidationFactor: 930_000_000_000_000_000n,
    });
    // MECHANISMS section 3: cWETHv3 cbETH and wstETH .90/.93/.95, target 5000e18.
    const ether = compound.presets.find(({ name }) => name === "mainnet-weth")!.parameters;
    expect(ether.targetReserves).toBe(5_000n * ETHER);
    expect(ether.assets.map(({ name }) => name)).toEqual(["cbETH", "wstETH"]);
  });

  it("behavior: the contract stores the presets as they are but for one cap below a whole token", () => {
    const changed = compound.presets.filter(({ parameters }) =>
      compound
        .asStored(parameters)
        .assets.some((asset, index) =>
          Object.entries(asset).some(
            ([key, value]) => value !== parameters.assets[index][key as keyof compound.CompoundAsset],
          ),
        ),
    );
    expect(changed.map(({ name }) => name)).toEqual(["base-usds"]);
    expect(compound.asStored(changed[0].parameters).assets[1]).toMatchObject({ name: "cbBTC", supplyCap: 0n });
    const fine = withAsset({ liquidateCollateralFactor: 800_099_999_999_999_999n });
    expect(compound.asStored(fine).assets[0].liquidateCollateralFactor).toBe(800_000_000_000_000_000n);
  });

  it("error: every fault is named with its key, all at once", () => {
    expect(
      codes({
        ...usdc,
        baseScale: 0n,
        borrowMin: -1n,
        storeFrontPriceFactor: WAD + 1n,
        rates: { ...usdc.rates, supplyKink: WAD + 1n, borrowKink: WAD + 1n, borrowBase: -1n },
      }),
    ).toEqual([
      "negative-value borrowMin",
      "negative-value rates.borrowBase",
      "scale-zero baseScale",
      "store-front-price-factor-above-one storeFrontPriceFactor",
      "kink-above-one rates.supplyKink",
      "kink-above-one rates.borrowKink",
    ]);
    expect(codes(withAsset({ scale: 0n }))).toEqual(["scale-zero assets.0.scale"]);
    expect(codes(withAsset({ supplyCap: -1n }))).toEqual(["negative-value assets.0.supplyCap"]);
    expect(codes(withAsset({ liquidateCollateralFactor: WAD + 1n, liquidationFactor: WAD + 1n }))).toEqual([
      "threshold-above-one assets.0.liquidateCollateralFactor",
      "liquidation-factor-above-one assets.0.liquidationFactor",
    ]);
    expect(codes(withAsset({ borrowCollateralFactor: usdc.assets[0].liquidateCollateralFactor }))).toEqual([
      "borrow-factor-not-below-threshold assets.0.borrowCollateralFactor",
    ]);
    expect(codes(withAsset({ liquidationFactor: usdc.assets[0].liquidateCollateralFactor - 1n }))).toEqual([
      "threshold-times-bonus assets.0.liquidationFactor",
    ]);
    expect(
      codes({
        ...withAsset({ borrowCollateralFactor: 0n, liquidateCollateralFactor: 1n, liquidationFactor: 0n }),
        storeFrontPriceFactor: WAD,
      }),
    ).toEqual([
      "threshold-times-bonus assets.0.liquidationFactor",
      "discount-is-everything assets.0.liquidationFactor",
    ]);
    expect(codes({ ...usdc, assets: [usdc.assets[0], usdc.assets[0], { ...usdc.assets[1], name: "USDC" }] })).toEqual([
      "asset-twice assets.1.name",
      "asset-twice assets.2.name",
    ]);
    expect(
      codes({ ...usdc, assets: Array.from({ length: 25 }, (_, index) => ({ ...usdc.assets[0], name: `A${index}` })) }),
    ).toEqual(["too-many-assets assets"]);
    expect(
      codes({ ...usdc, assets: Array.from({ length: 24 }, (_, index) => ({ ...usdc.assets[0], name: `A${index}` })) }),
    ).toEqual([]);
    const [fault] = compound.faults(
      withAsset({ liquidationFactor: usdc.assets[0].liquidateCollateralFactor - WAD / 100n }),
    );
    expect(fault.message).toContain("0.69 is below the liquidate collateral factor 0.7");
  });

  it("error: a table that writes a number finer than its units is refused", () => {
    expect(() => marketPresets("x 2020-01-01 USDC 6 0.0000001 1 1 1 1 1 1 1 1 1 1")).toThrow(RangeError);
    expect(() => marketPresets("x 2020-01-01 USDC 6 ten 1 1 1 1 1 1 1 1 1 1")).toThrow(RangeError);
  });
});
