import { MarketUtils } from "@morpho-org/blue-sdk";
import { describe, expect, it } from "vitest";
import { ProtocolError } from "../errors.js";
import {
  type Allocation,
  CollateralMismatch,
  checkAllocation,
  checkReallocation,
  currentCap,
  InvalidRiskDataCount,
  InvalidSignatureCount,
  InvalidSigner,
  isWithdrawal,
  LtvTooHigh,
  liquidationBonusOf,
  ltvFormula,
  type Market,
  type RiskData,
  type SmartLtvParameters,
  smartWithdrawal,
  Timeout,
  vaultSupply,
} from "./index.js";

const WAD = 10n ** 18n;
const MILLION = 10n ** 12n;
const NOW = 1_700_000_000n;
const parameters: SmartLtvParameters = {
  trustedRelayer: "relayer",
  chainId: 1n,
  riskLevel: WAD / 10n,
  maxDataAge: 86_400n,
};

/** A market of 10 million of which the vault has 4; Morpho's shares are a millionth of a unit. */
const market: Market = {
  collateralAsset: "weth",
  debtAsset: "usdc",
  lltv: (77n * WAD) / 100n,
  totalSupplyAssets: 10n * MILLION,
  totalSupplyShares: 10n * MILLION * 1_000_000n,
  totalBorrowAssets: 9n * MILLION,
  vaultShares: 4n * MILLION * 1_000_000n,
  vaultCap: 20n * MILLION,
};
const riskData = (change: Partial<RiskData> = {}): RiskData => ({
  collateralAsset: "weth",
  debtAsset: "usdc",
  liquidity: 20n * MILLION,
  volatility: WAD / 100n,
  liquidationBonus: (5n * WAD) / 100n,
  lastUpdate: NOW,
  chainId: 1n,
  ...change,
});
const signed = (change: Partial<RiskData> = {}, signer = "relayer") => ({ data: riskData(change), signer });
const to = (assets: bigint, change: Partial<Market> = {}): Allocation => ({ market: { ...market, ...change }, assets });

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

describe("the allocator's gate", () => {
  it("golden: the bonus of an LLTV, by Morpho's published incentive factors", () => {
    // MECHANISMS section 6, golden vectors morpho_lif: vectors of an independent integer replica
    for (const [lltv, factor] of [
      [385n, 1150000000000000000n],
      [625n, 1126760563380281690n],
      [770n, 1074113856068743286n],
      [860n, 1043841336116910229n],
      [915n, 1026167265264238070n],
      [945n, 1016776817488561260n],
      [965n, 1010611419909044972n],
      [980n, 1006036217303822937n],
    ])
      expect(liquidationBonusOf((lltv * WAD) / 1000n)).toBe(factor - WAD);
  });

  it("oracle: the bonus of 1,000 LLTVs as the blue-sdk has it, zero differences", () => {
    for (let step = 0n; step < 1_000n; step++) {
      const lltv = (step * WAD) / 1_000n + step;
      const theirs = MarketUtils.getLiquidationIncentiveFactor({ lltv });
      expect(liquidationBonusOf(lltv)).toBe(theirs - WAD);
    }
  });

  it("equality: an LLTV equal to the supported LTV is allocated to, one wei above is refused", () => {
    // with a bonus that does not depend on the LLTV (capped at 15 % up to 0.565) the supported LTV is one number
    const low = riskData({ volatility: (4n * WAD) / 100n });
    const supported = ltvFormula({
      confidenceFactor: 10n * WAD,
      volatility: low.volatility,
      liquidity: low.liquidity,
      cap: 20n * MILLION,
      liquidationBonus: (15n * WAD) / 100n,
    });
    expect(liquidationBonusOf(supported)).toBe((15n * WAD) / 100n);
    const check = (lltv: bigint) => () =>
      checkAllocation(parameters, to(5n * MILLION, { lltv }), { data: low, signer: "relayer" }, NOW);
    expect(check(supported)).not.toThrow();
    expect(check(supported + 1n)).toThrow(LtvTooHigh);
  });

  it("equality: keeping exactly what there is counts as putting in, one unit less as taking out", () => {
    // 4e18 shares x (1e13 + 1) / (1e19 + 1e6): the virtual share costs nothing here
    expect(vaultSupply(market)).toBe(4n * MILLION);
    expect(isWithdrawal(to(4n * MILLION))).toBe(false);
    expect(isWithdrawal(to(4n * MILLION - 1n))).toBe(true);
    expect(isWithdrawal(to(0n, { vaultShares: 0n }))).toBe(true);
  });

  it("behavior: withdrawals and the idle market pass whatever the data; putting in does not", () => {
    const worthless = signed({ lastUpdate: 0n, chainId: 9n }, "somebody");
    expect(() => checkAllocation(parameters, to(4n * MILLION - 1n), worthless, NOW)).not.toThrow();
    expect(() =>
      checkAllocation(parameters, to(9n * MILLION, { collateralAsset: null }), worthless, NOW),
    ).not.toThrow();
    expect(() => checkAllocation(parameters, to(4n * MILLION), worthless, NOW)).toThrow(InvalidSigner);
    expect(() => checkAllocation(parameters, to(4n * MILLION), signed({ lastUpdate: 0n }), NOW)).toThrow(Timeout);
  });

  it("behavior: thin liquidity refuses what deep liquidity allows; the market's whole supply counts where it is above the cap", () => {
    expect(() => checkAllocation(parameters, to(5n * MILLION), signed(), NOW)).not.toThrow();
    expect(() => checkAllocation(parameters, to(5n * MILLION), signed({ liquidity: 5n * MILLION }), NOW)).toThrow(
      LtvTooHigh,
    );
    expect(currentCap(market)).toBe(20n * MILLION);
    expect(currentCap({ ...market, vaultCap: 1n })).toBe(10n * MILLION);
    const crowded = { totalSupplyAssets: 200n * MILLION, vaultShares: 0n };
    expect(() => checkAllocation(parameters, to(5n * MILLION, crowded), signed(), NOW)).toThrow(LtvTooHigh);
  });

  it("limit: signed data of another pair passes the allocator, because it asks with the assets that the data names", () => {
    const otherPair = signed({ collateralAsset: "wsteth", debtAsset: "dai" });
    expect(() => checkAllocation(parameters, to(5n * MILLION), otherPair, NOW)).not.toThrow();
    // the keeper's withdrawal asks with the market's assets and refuses it
    expect(() => smartWithdrawal(parameters, market, 0n, otherPair, NOW)).toThrow(CollateralMismatch);
  });

  it("error: LtvTooHigh, InvalidRiskDataCount, InvalidSignatureCount; one refusal refuses all", () => {
    const two = [to(5n * MILLION), to(0n)];
    const call = (data: readonly RiskData[], signers: readonly string[]) => () =>
      checkReallocation(parameters, two, data, signers, NOW);
    expect(call([riskData(), riskData()], ["relayer", ""])).not.toThrow();
    expect(call([riskData()], ["relayer"])).toThrow(InvalidRiskDataCount);
    expect(call([riskData(), riskData()], ["relayer"])).toThrow(InvalidSignatureCount);
    expect(call([riskData({ volatility: WAD }), riskData()], ["relayer", ""])).toThrow(LtvTooHigh);
  });
});

describe("the keeper's withdrawal", () => {
  it("golden: by hand; what is not lent out leaves, the rest of the vault's supply stays", () => {
    const risky = signed({ volatility: WAD / 10n });
    expect(smartWithdrawal(parameters, market, 0n, risky, NOW)).toMatchObject({ leaves: MILLION, stays: 3n * MILLION });
    const liquid = { ...market, totalBorrowAssets: MILLION };
    expect(smartWithdrawal(parameters, liquid, 0n, risky, NOW)).toMatchObject({ leaves: 4n * MILLION, stays: 0n });
    expect(smartWithdrawal(parameters, market, 0n, signed(), NOW)).toMatchObject({ leaves: 0n, stays: 4n * MILLION });
  });

  it("equality: with exactly the least available it withdraws, with one unit less it does not even ask", () => {
    const risky = signed({ volatility: WAD / 10n });
    expect(smartWithdrawal(parameters, market, MILLION, risky, NOW).leaves).toBe(MILLION);
    const stale = signed({ lastUpdate: 0n });
    expect(smartWithdrawal(parameters, market, MILLION + 1n, stale, NOW)).toEqual({
      supported: null,
      leaves: 0n,
      stays: 4n * MILLION,
    });
  });

  it("equality: a supported LTV equal to the LLTV keeps the vault in, one wei more of LLTV takes it out", () => {
    const low = signed({ volatility: (4n * WAD) / 100n });
    const { supported } = smartWithdrawal(parameters, { ...market, lltv: WAD / 2n }, 0n, low, NOW);
    const at = (lltv: bigint) => smartWithdrawal(parameters, { ...market, lltv }, 0n, low, NOW).leaves;
    expect(at(supported as bigint)).toBe(0n);
    expect(at((supported as bigint) + 1n)).toBe(MILLION);
  });
});

describe("20,000 random operations", () => {
  it("property: a vault over four markets; what passes the gate is supported, taking out always passes, nothing appears or vanishes", () => {
    const seed = 2_223n;
    const next = generator(seed);
    let now = NOW;
    let idle = 40n * MILLION;
    const total = 44n * MILLION;
    const markets: Market[] = [385n, 770n, 860n, 945n].map((lltv) => ({
      ...market,
      lltv: (lltv * WAD) / 1000n,
      vaultShares: MILLION * 1_000_000n,
    }));
    let data = riskData();
    const counts = { in: 0, out: 0, refused: 0, keeper: 0 };
    // rounding: every conversion of shares to units drops less than one unit per market
    const held = () => markets.reduce((sum, one) => sum + vaultSupply(one), idle);
    const move = (index: number, by: bigint) => {
      const one = markets[index];
      markets[index] = {
        ...one,
        totalSupplyAssets: one.totalSupplyAssets + by,
        totalSupplyShares: one.totalSupplyShares + by * 1_000_000n,
        vaultShares: one.vaultShares + by * 1_000_000n,
      };
      idle -= by;
    };
    for (let step = 0; step < 20_000; step++) {
      const label = `seed ${seed} step ${step}`;
      const index = Number(next(4n));
      const one = markets[index];
      const kind = next(10n);
      if (kind < 2n) {
        data = riskData({
          liquidity: next(60n * MILLION),
          volatility: next(WAD / 12n),
          liquidationBonus: next(WAD / 40n),
          lastUpdate: now - next(90_000n),
          chainId: 1n + next(20n) / 19n,
        });
      } else if (kind < 3n) now += next(40_000n);
      else if (kind < 4n) {
        markets[index] = { ...one, totalBorrowAssets: next(one.totalSupplyAssets + 1n) };
      } else if (kind < 5n) {
        try {
          const taken = smartWithdrawal(parameters, one, next(MILLION), { data, signer: "relayer" }, now);
          expect(taken.leaves + taken.stays, label).toBe(vaultSupply(one));
          expect(taken.leaves <= one.totalSupplyAssets - one.totalBorrowAssets, label).toBe(true);
          if (taken.leaves > 0n) expect((taken.supported as bigint) < one.lltv, label).toBe(true);
          move(index, -taken.leaves);
          if (taken.leaves > 0n) counts.keeper++;
        } catch (error) {
          if (!(error instanceof ProtocolError)) throw error;
          counts.refused++;
        }
      } else {
        const supply = vaultSupply(one);
        const free = one.totalSupplyAssets - one.totalBorrowAssets;
        const outward = next(2n) === 0n;
        const by = outward ? -next((supply < free ? supply : free) + 1n) : next(idle / 4n > 0n ? idle / 4n : 1n);
        const allocation = { market: one, assets: supply + by };
        const signer = next(10n) === 0n ? "somebody" : "relayer";
        try {
          checkAllocation(parameters, allocation, { data, signer }, now);
          if (!isWithdrawal(allocation)) {
            const question = {
              confidenceFactor: 10n * WAD,
              volatility: data.volatility,
              liquidity: data.liquidity,
              cap: currentCap(one),
              liquidationBonus: liquidationBonusOf(one.lltv),
            };
            expect(ltvFormula(question) >= one.lltv, label).toBe(true);
            expect([signer, data.chainId], label).toEqual(["relayer", 1n]);
            expect(data.lastUpdate >= now - 86_400n, label).toBe(true);
            counts.in++;
          } else counts.out++;
          move(index, by);
        } catch (error) {
          if (!(error instanceof ProtocolError)) throw error;
          expect(isWithdrawal(allocation), label).toBe(false);
          counts.refused++;
        }
      }
      const lost = total - held();
      expect(lost >= -4n && lost <= 4n && idle >= 0n, label).toBe(true);
    }
    for (const count of Object.values(counts)) expect(count, JSON.stringify(counts)).toBeGreaterThan(200);
  });
});
