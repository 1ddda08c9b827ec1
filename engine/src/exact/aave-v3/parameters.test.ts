import * as addressBook from "@bgd-labs/aave-address-book";
import { describe, expect, it } from "vitest";
import { type AaveV3Parameters, card, deployedRules, faults, presets } from "./index.js";
import { reserve, twoReserves } from "./test-support.js";

const rates = { optimalUsageBps: 9_000n, baseBps: 0n, slope1Bps: 450n, slope2Bps: 4_000n };
const category = {
  id: 1,
  label: "x",
  loanToValueBps: 9_000n,
  liquidationThresholdBps: 9_300n,
  liquidationBonusBps: 10_200n,
  collateral: ["WETH"],
  borrowable: ["USDC"],
  zeroLoanToValue: [],
  isolated: false,
};
const one = (changed: object) => faults({ ...twoReserves, reserves: [reserve("A", changed)] }).map(({ code }) => code);
const ruled = (changed: object) =>
  faults({ ...twoReserves, rules: { ...deployedRules, ...changed } }).map(({ code }) => code);
const moded = (...categories: AaveV3Parameters["eModeCategories"]) =>
  faults({ ...twoReserves, eModeCategories: categories }).map(({ code }) => code);

describe("aave v3: faults of parameters", () => {
  it("behavior: sound parameters have none", () => {
    expect(faults({ ...twoReserves, eModeCategories: [category] })).toEqual([]);
    expect(one({ interestRates: rates })).toEqual([]);
  });

  it("error: bonus-below-par, bonus-without-threshold, threshold-above-one, ltv-above-threshold, threshold-times-bonus", () => {
    expect(one({ liquidationBonusBps: 10_000n })).toEqual(["bonus-below-par"]);
    expect(one({ liquidationThresholdBps: 0n, loanToValueBps: 0n })).toEqual(["bonus-without-threshold"]);
    expect(one({ liquidationThresholdBps: 10_001n })).toEqual(["threshold-above-one", "threshold-times-bonus"]);
    expect(one({ loanToValueBps: 8_301n })).toEqual(["ltv-above-threshold"]);
    expect(one({ liquidationBonusBps: 13_000n })).toEqual(["threshold-times-bonus"]);
  });

  it("equality: threshold x bonus is rounded half-up as PoolConfigurator does, so 9524 x 10500 = 10000.2 bps still passes and 9525 x 10500 does not", () => {
    expect(one({ liquidationThresholdBps: 9_524n })).toEqual([]);
    expect(one({ liquidationThresholdBps: 9_525n })).toEqual(["threshold-times-bonus"]);
  });

  it("error: negative-value, decimals-out-of-range, protocol-fee-above-one, reserve-factor-above-one, duplicate-reserve", () => {
    expect(one({ reserveFactorBps: -1n })).toEqual(["negative-value"]);
    expect(one({ decimals: 37 })).toEqual(["decimals-out-of-range"]);
    expect(one({ liquidationProtocolFeeBps: 10_001n })).toEqual(["protocol-fee-above-one"]);
    expect(one({ reserveFactorBps: 10_001n })).toEqual(["reserve-factor-above-one"]);
    expect(faults({ ...twoReserves, reserves: [reserve("A"), reserve("A")] })).toMatchObject([
      { code: "duplicate-reserve" },
    ]);
  });

  it("error: optimal-usage-out-of-range, slope2-below-slope1, maximum-rate", () => {
    expect(one({ interestRates: { ...rates, optimalUsageBps: 9_901n } })).toEqual(["optimal-usage-out-of-range"]);
    expect(one({ interestRates: { ...rates, slope2Bps: 449n } })).toEqual(["slope2-below-slope1"]);
    expect(one({ interestRates: { ...rates, slope2Bps: 99_551n } })).toEqual(["maximum-rate"]);
    expect(one({ interestRates: { ...rates, slope2Bps: 99_550n } })).toEqual([]);
  });

  it("error: duplicate-category, category-id, category-without-terms, unknown-asset", () => {
    expect(moded(category, category)).toEqual(["duplicate-category"]);
    expect(moded({ ...category, id: 256 })).toEqual(["category-id"]);
    expect(moded({ ...category, loanToValueBps: 0n })).toEqual(["category-without-terms"]);
    expect(moded({ ...category, borrowable: ["XYZ"] })).toEqual(["unknown-asset"]);
    expect(moded({ ...category, liquidationBonusBps: 10_000n })).toEqual(["bonus-below-par"]);
  });

  it("error: close-factor-out-of-range, close-factor-health-above-one", () => {
    expect(ruled({ closeFactorBps: 0n })).toEqual(["close-factor-out-of-range"]);
    expect(ruled({ closeFactorBps: 10_001n })).toEqual(["close-factor-out-of-range"]);
    expect(ruled({ closeFactorHealthFactorWad: 2n * 10n ** 18n })).toEqual(["close-factor-health-above-one"]);
    expect(ruled({ minimumLeftoverBase: -1n })).toEqual(["negative-value"]);
  });

  it("behavior: all at once", () => {
    expect(one({ liquidationBonusBps: 9_000n, decimals: -1, reserveFactorBps: 10_001n })).toEqual([
      "bonus-below-par",
      "decimals-out-of-range",
      "reserve-factor-above-one",
    ]);
  });

  it("behavior: the card names what is left out", () => {
    expect(card.id).toBe("aave-v3");
    expect(card.notModelled.length).toBeGreaterThan(0);
  });
});

/** @bgd-labs/aave-address-book 4.44.22: addresses, decimals, names. */
interface Listed {
  readonly UNDERLYING: string;
  readonly decimals: number;
}
const markets = addressBook as unknown as Record<
  string,
  { ASSETS: Record<string, Listed>; E_MODES: Record<string, unknown> }
>;
const bookName: Readonly<Record<string, string>> = {
  arbitrum: "AaveV3Arbitrum",
  avalanche: "AaveV3Avalanche",
  base: "AaveV3Base",
  bnb: "AaveV3BNB",
  celo: "AaveV3Celo",
  ethereum: "AaveV3Ethereum",
  gnosis: "AaveV3Gnosis",
  linea: "AaveV3Linea",
  metis: "AaveV3Metis",
  optimism: "AaveV3Optimism",
  polygon: "AaveV3Polygon",
  scroll: "AaveV3Scroll",
};
/** Where the token's own symbol and the book's key differ in more than the punctuation that a key cannot hold. */
const renamed: Readonly<Record<string, string>> = {
  // a key may not begin with a digit
  "ethereum 1INCH": "ONE_INCH",
  // the book writes n(ative) for Circle's own, and the plain name for the bridged one
  "arbitrum USDC": "USDCn",
  "arbitrum USDC.e": "USDC",
  "optimism USDC": "USDCn",
  "optimism USDC.e": "USDC",
  "polygon USDC": "USDCn",
  "polygon USDC.e": "USDC",
  // Tether's symbol on chain carries its currency sign
  "arbitrum USD₮0": "USDT",
  "celo USD₮": "USDT",
  // Mento renamed its tokens after the day of the presets
  "celo cEUR": "EURm",
  "celo cUSD": "USDm",
};
/** Reserves that the later book has and the presets have not: listed after 10 October 2025. */
const listedLater: Readonly<Record<string, readonly string[]>> = {
  avalanche: ["USDe", "sUSDe", "wrsETH"],
  base: ["syrupUSDC"],
  ethereum: [
    "PT_USDe_5FEB2026",
    "PT_sUSDE_5FEB2026",
    "mUSD",
    "syrupUSDT",
    "USDG",
    "PT_USDe_7MAY2026",
    "PT_sUSDE_7MAY2026",
    "PT_srUSDe_2APR2026",
  ],
  linea: ["mUSD"],
};

describe("aave v3: presets", () => {
  it("oracle: every reserve is in the Aave address book with this address, these decimals and this symbol; every other name is explained", () => {
    const names: Record<string, string> = {};
    for (const { name, parameters } of presets) {
      const listed = Object.entries(markets[bookName[name]].ASSETS);
      for (const { asset, address, decimals } of parameters.reserves) {
        const found = listed.find(([, { UNDERLYING }]) => UNDERLYING.toLowerCase() === address);
        expect(found, `${name} ${asset} ${address}`).toBeDefined();
        expect(found?.[1].decimals, `${name} ${asset}`).toBe(decimals);
        const key = found?.[0] ?? "";
        const plain = (text: string) => text.toLowerCase().replace(/[._-]/g, "");
        if (plain(key) !== plain(asset)) names[`${name} ${asset}`] = key;
      }
      const known = new Set(parameters.reserves.map(({ address }) => address));
      const later = listed.filter(([, { UNDERLYING }]) => !known.has(UNDERLYING.toLowerCase())).map(([key]) => key);
      expect(later, name).toEqual(listedLater[name] ?? []);
    }
    expect(names).toEqual(renamed);
  });

  it("limit: twelve networks, 180 reserves, no fault in any", () => {
    expect(presets.map(({ name }) => name)).toEqual(Object.keys(bookName));
    expect(presets.reduce((count, { parameters }) => count + parameters.reserves.length, 0)).toBe(180);
    for (const { parameters } of presets) expect(faults(parameters)).toEqual([]);
  });

  it("behavior: Ethereum's WETH, wstETH and WBTC as the source's own check has them, the fee 10 % everywhere", () => {
    const ethereum = presets.find(({ name }) => name === "ethereum")?.parameters.reserves ?? [];
    const terms = (name: string) => {
      const found = ethereum.find(({ asset }) => asset === name);
      return [found?.loanToValueBps, found?.liquidationThresholdBps, found?.liquidationBonusBps];
    };
    expect(terms("WETH")).toEqual([8_050n, 8_300n, 10_500n]);
    expect(terms("wstETH")).toEqual([7_850n, 8_100n, 10_600n]);
    expect(terms("WBTC")).toEqual([7_300n, 7_800n, 10_500n]);
    for (const { parameters } of presets)
      for (const { liquidationProtocolFeeBps } of parameters.reserves) expect(liquidationProtocolFeeBps).toBe(1_000n);
  });

  it("behavior: suppliers never earned more than borrowers paid less the reserve factor, to a millionth", () => {
    for (const { parameters, rates: ofDay } of presets)
      for (const { asset, reserveFactorBps } of parameters.reserves) {
        const { liquidityRateRay, borrowRateRay } = ofDay[asset];
        const most = (borrowRateRay * (10_000n - reserveFactorBps)) / 10_000n + 10n ** 21n;
        expect(liquidityRateRay, asset).toBeLessThanOrEqual(most);
      }
  });

  it("oracle: the source's emode_category is no category: it is bits 12 to 19 of the supply cap, which DAI on Ethereum shows", () => {
    // The source reads 16 bits from bit 112 as fee and 8 from bit 128 as category. The contract has the supply cap from bit 116 on, so its lowest 20 bits are
    // category x 4096 + fee / 16. For DAI the source says fee 34816 and category 87; a supply cap of 338,000,000 DAI has exactly those lowest bits. Category 87
    // does not exist: the book's highest is 39.
    expect(338_000_000 % 2 ** 20).toBe(87 * 4_096 + 34_816 / 16);
    expect(Object.keys(markets.AaveV3Ethereum.E_MODES).map(Number).at(-1)).toBe(39);
    for (const { parameters } of presets) expect(parameters.eModeCategories).toEqual([]);
  });

  it("behavior: the zksync pool of the source is not Aave's and is left out", () => {
    // It supplies ZeroLend's tokens: its USDC has the supply token 0x9e20..., Aave's has another.
    const { A_TOKEN } = markets.AaveV3ZkSync.ASSETS.USDC as unknown as { A_TOKEN: string };
    expect(A_TOKEN.toLowerCase()).not.toBe("0x9e20e83d636870a887ce7c85cecfb8b3e95c9db2");
    expect(presets.some(({ name }) => name === "zksync")).toBe(false);
  });
});
