import { describe, expect, it } from "vitest";
import { NotLiquidatable, ProtocolError } from "../errors.js";
import { WAD } from "../scales.js";
import * as compound from "./index.js";

const seed = 20260529;

/** Whole numbers below `bound` from a 32-bit xorshift. */
function seeded(start: number) {
  let state = start;
  return (bound: number) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

/** Three collaterals at 7, 8 and 6 decimals against dollars at 6, with high rates so that indices move. */
const parameters: compound.CompoundParameters = {
  baseAsset: "USDC",
  baseScale: 1_000_000n,
  borrowMin: 100_000_000n,
  targetReserves: 300_000_000_000n,
  storeFrontPriceFactor: (WAD * 6n) / 10n,
  rates: {
    supplyKink: (WAD * 8n) / 10n,
    supplySlopeLow: WAD / 20n,
    supplySlopeHigh: 2n * WAD,
    supplyBase: 0n,
    borrowKink: (WAD * 8n) / 10n,
    borrowSlopeLow: WAD / 10n,
    borrowSlopeHigh: 3n * WAD,
    borrowBase: WAD / 50n,
  },
  assets: [
    {
      name: "ETH",
      scale: 10n ** 7n,
      borrowCollateralFactor: (WAD * 825n) / 1000n,
      liquidateCollateralFactor: (WAD * 895n) / 1000n,
      liquidationFactor: (WAD * 95n) / 100n,
      supplyCap: 10n ** 12n,
    },
    {
      name: "BTC",
      scale: 10n ** 8n,
      borrowCollateralFactor: (WAD * 70n) / 100n,
      liquidateCollateralFactor: (WAD * 77n) / 100n,
      liquidationFactor: (WAD * 93n) / 100n,
      supplyCap: 10n ** 11n,
    },
    {
      name: "USDe",
      scale: 10n ** 6n,
      borrowCollateralFactor: (WAD * 85n) / 100n,
      liquidateCollateralFactor: (WAD * 90n) / 100n,
      liquidationFactor: (WAD * 92n) / 100n,
      supplyCap: 10n ** 13n,
    },
  ],
};

/** Stands in for a call that must not write to what it was given. */
function frozen<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value))
    Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

/** The contract's sum without its early exit, written from the formula of MECHANISMS section 3. */
function liquidityOf(
  market: compound.CompoundMarket,
  account: compound.CompoundAccount,
  prices: compound.CompoundPrices,
  factor: (asset: compound.CompoundAsset) => bigint,
): bigint {
  const debt = (-account.principal * market.baseBorrowIndex) / 10n ** 15n;
  return parameters.assets.reduce(
    (sum, asset, index) =>
      sum + (((account.collateral[index] * prices.collateral[index]) / asset.scale) * factor(asset)) / WAD,
    -((debt * prices.base) / parameters.baseScale),
  );
}

describe("compound v3: random sequences", () => {
  it(`property: books balance, only accounts below the limit are absorbed, rounding stays within its bounds (seed ${seed})`, () => {
    const random = seeded(seed);
    const people = 24;
    let market = frozen(compound.newMarket(parameters, 0n));
    const accounts = Array.from({ length: people }, () => frozen(compound.newAccount(parameters)));
    let wallets = [0n, 0n, 0n, 0n];
    let prices: compound.CompoundPrices = {
      base: 100_000_000n,
      collateral: [200_000_000_000n, 6_000_000_000_000n, 100_000_000n],
    };
    let second = 0n;
    let points: compound.LiquidatorPoints | undefined;
    const done = {
      supplied: 0,
      borrowed: 0,
      deposited: 0,
      released: 0,
      absorbed: 0,
      healthy: 0,
      sold: 0,
      refused: 0,
      underwater: 0,
      surplus: 0,
    };
    const amountOf = (most: number) => BigInt(random(most)) * BigInt(1 + random(1000)) + BigInt(random(1000));

    const settle = (outcome: compound.CompoundAccountOutcome, person: number, wallet: number) => {
      expect(
        outcome.entries.filter(({ party }) => party === "wallets").reduce((sum, { units }) => sum + units, 0n) ** 2n,
      ).toBe(outcome.amount ** 2n);
      wallets = wallets.map(
        (held, index) =>
          held + (index === wallet ? (outcome.entries.find(({ party }) => party === "wallets")?.units ?? 0n) : 0n),
      );
      market = frozen(outcome.market);
      accounts[person] = frozen(outcome.account);
      checkSums(outcome.entries);
    };
    const checkSums = (entries: readonly compound.CompoundEntry[]) => {
      for (const asset of ["USDC", "ETH", "BTC", "USDe"])
        if (entries.reduce((sum, entry) => sum + (entry.asset === asset ? entry.units : 0n), 0n) !== 0n)
          throw new Error(`entries of ${asset} do not add up`);
    };

    const calls: readonly ((person: number, asset: number) => void)[] = [
      (person) => {
        settle(
          compound.supplyBase(
            parameters,
            market,
            accounts[person],
            amountOf(person < 6 ? 200_000_000 : 1_000_000),
            second,
          ),
          person,
          0,
        );
        done.supplied++;
      },
      (person) => {
        const accrued = compound.accrue(parameters, market, second);
        const room =
          (liquidityOf(accrued, accounts[person], prices, (asset) => asset.borrowCollateralFactor) *
            parameters.baseScale) /
          prices.base;
        settle(
          compound.withdrawBase(
            parameters,
            market,
            accounts[person],
            room > 0n ? (room * BigInt(50 + random(52))) / 100n : amountOf(2_000_000),
            prices,
            second,
          ),
          person,
          0,
        );
        if (!compound.isBorrowCollateralized(parameters, market, accounts[person], prices))
          throw new Error("a loan without collateral");
        done.borrowed++;
      },
      (person, asset) => {
        settle(
          compound.supplyCollateral(
            parameters,
            market,
            accounts[person],
            asset,
            amountOf(asset === 2 ? 5_000_000 : asset === 1 ? 10_000 : 30_000),
          ),
          person,
          asset + 1,
        );
        done.deposited++;
      },
      (person, asset) => {
        settle(
          compound.withdrawCollateral(parameters, market, accounts[person], asset, amountOf(10_000), prices),
          person,
          asset + 1,
        );
        done.released++;
      },
      (person) => {
        const accrued = compound.accrue(parameters, market, second);
        const before = compound.reserves(parameters, market, second);
        const liquidity = liquidityOf(accrued, accounts[person], prices, (asset) => asset.liquidateCollateralFactor);
        const limit = accounts[person].principal < 0n && liquidity < 0n;
        if (!limit) {
          expect(() => compound.absorb(parameters, market, [accounts[person]], prices, second)).toThrow(
            NotLiquidatable,
          );
          done.healthy++;
          return;
        }
        const outcome = compound.absorb(parameters, market, [accounts[person]], prices, second, points);
        const [{ account, basePaidOut, newBalance, credit }] = outcome.absorptions;
        checkSums(outcome.entries);
        if (outcome.entries.some(({ party }) => party === "wallets")) throw new Error("an absorption pays somebody");
        // Floor of the totals, twice, and the floor of the new principal at an index below 2: two units either way.
        const off = compound.reserves(parameters, outcome.market, second) - before + basePaidOut;
        if (off > 2n || off < -2n) throw new Error(`reserves are off by ${off}`);
        if (account.principal < 0n || account.collateral.some((units) => units !== 0n))
          throw new Error("something is left to absorb");
        if (credit > basePaidOut && newBalance > 0n) throw new Error("more than the credit was kept");
        done[newBalance > 0n ? "surplus" : "underwater"]++;
        market = frozen(outcome.market);
        accounts[person] = frozen(account);
        points = outcome.points;
        done.absorbed++;
      },
      (_, asset) => {
        const inventory = compound.collateralReserves(parameters, market, asset);
        const paid = amountOf(30_000_000);
        const outcome = compound.buyCollateral(parameters, market, asset, 0n, paid, prices, second);
        const { scale, liquidationFactor } = parameters.assets[asset];
        const price = compound.storefrontPrice(parameters, asset, prices);
        // The buyer never gets more than the money buys at the discounted price, and that price is less than one step of 1e-8 below the exact one.
        if (outcome.bought * price * parameters.baseScale > prices.base * paid * scale)
          throw new Error("the buyer got more than was paid for");
        const discount = (parameters.storeFrontPriceFactor * (WAD - liquidationFactor)) / WAD;
        if ((price + 1n) * WAD <= prices.collateral[asset] * (WAD - discount))
          throw new Error("the discount is too large");
        if (outcome.bought > inventory) throw new Error("sold what the protocol does not own");
        checkSums(outcome.entries);
        wallets = wallets.map(
          (held, index) => held + (index === asset + 1 ? outcome.bought : index === 0 ? -paid : 0n),
        );
        market = frozen(outcome.market);
        done.sold++;
      },
      () => {
        const start = [200_000_000_000n, 6_000_000_000_000n, 100_000_000n];
        const moved = (price: bigint, asset: number) => {
          const step =
            asset === 2 ? 9_900 + random(201) : random(20) === 0 ? 5_000 + random(4_000) : 9_750 + random(560);
          const next = (price * BigInt(step)) / 10_000n;
          return next * 3n < start[asset] || next > start[asset] * 2n ? start[asset] : next;
        };
        prices = { base: 99_000_000n + BigInt(random(2_000_000)), collateral: prices.collateral.map(moved) };
      },
      () => {
        second += BigInt(random(20_000));
      },
    ];
    const weights = [0, 0, 1, 1, 1, 2, 2, 3, 4, 4, 4, 5, 6, 7];
    for (let step = 0; step < 20_000; step++) {
      const indices = [market.baseSupplyIndex, market.baseBorrowIndex];
      try {
        calls[weights[random(weights.length)]](random(people), random(3));
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw new Error(`seed ${seed}, step ${step}: ${error}`);
        done.refused++;
      }
      const lent = accounts.reduce((sum, { principal }) => sum + (principal > 0n ? principal : 0n), 0n);
      const owed = accounts.reduce((sum, { principal }) => sum + (principal < 0n ? -principal : 0n), 0n);
      const fine =
        market.totalSupplyBase === lent &&
        market.totalBorrowBase === owed &&
        market.baseBalance >= 0n &&
        wallets[0] + market.baseBalance === 0n &&
        market.collateral.every(
          ({ supplied, held }, asset) =>
            supplied === accounts.reduce((sum, { collateral }) => sum + collateral[asset], 0n) &&
            held >= supplied &&
            wallets[asset + 1] + held === 0n,
        ) &&
        market.baseSupplyIndex >= indices[0] &&
        market.baseBorrowIndex >= indices[1] &&
        market.baseBorrowIndex < 2n * 10n ** 15n;
      if (!fine) throw new Error(`seed ${seed}, step ${step}: the books do not balance`);
    }
    expect(points?.absorbed).toBe(BigInt(done.absorbed));
    for (const [kind, count] of Object.entries(done)) expect([kind, count > 50]).toEqual([kind, true]);
  });

  it(`oracle: exact fractions agree with 2,000 random markets within the rounding that the contract names (seed ${seed})`, () => {
    const random = seeded(seed + 1);
    const factor = () => (WAD * BigInt(1 + random(10_000))) / 10_000n;
    let liquidatable = 0;
    for (let round = 0; round < 2_000; round++) {
      const market: compound.CompoundMarket = {
        ...compound.newMarket(parameters, 0n),
        baseSupplyIndex: 10n ** 15n + BigInt(random(2 ** 31)) * 300_000n,
        baseBorrowIndex: 10n ** 15n + BigInt(random(2 ** 31)) * 400_000n,
      };
      const balance = BigInt(random(2 ** 31)) * BigInt(1 + random(1_000));

      // The principal of a supply is the largest that is not worth more, that of a debt the smallest that is not worth less.
      const supply = compound.principalValue(market, balance);
      expect(
        supply * market.baseSupplyIndex <= balance * 10n ** 15n &&
          (supply + 1n) * market.baseSupplyIndex > balance * 10n ** 15n,
      ).toBe(true);
      const debt = -compound.principalValue(market, -balance);
      expect(
        debt * market.baseBorrowIndex >= balance * 10n ** 15n &&
          (debt - 1n) * market.baseBorrowIndex < balance * 10n ** 15n,
      ).toBe(true);

      // Weighed collateral less debt as a fraction over `whole`: each collateral loses less than two steps, the debt less than one.
      const assets = parameters.assets.map((asset) => ({
        ...asset,
        liquidateCollateralFactor: factor(),
        liquidationFactor: factor(),
      }));
      const own: compound.CompoundParameters = { ...parameters, assets };
      const prices = {
        base: BigInt(90_000_000 + random(20_000_000)),
        collateral: [
          BigInt(1 + random(2 ** 31)) * 100n,
          BigInt(1 + random(2 ** 31)) * 1000n,
          BigInt(1 + random(200_000_000)),
        ],
      };
      const account = {
        principal: -debt,
        collateral: [BigInt(random(2 ** 31)), BigInt(random(2 ** 28)), BigInt(random(2 ** 31)) * 100n],
      };
      const owed = compound.presentValueBorrow(market, debt);
      const whole = WAD * 10n ** 14n;
      const weighed = (key: "liquidateCollateralFactor" | "liquidationFactor") =>
        assets.reduce(
          (sum, asset, index) =>
            sum + account.collateral[index] * prices.collateral[index] * asset[key] * (10n ** 14n / asset.scale),
          0n,
        );
      const exact = weighed("liquidateCollateralFactor") - owed * prices.base * (whole / parameters.baseScale);
      const found = compound.isLiquidatable(own, market, account, prices);
      if (exact >= 6n * whole) expect(found).toBe(false);
      if (exact <= -whole) expect(found).toBe(true);
      if (!found) continue;
      liquidatable++;

      // The credit is at most the exact one and less than six steps of price and one unit short of it.
      const [{ credit, newBalance }] = compound.absorb(own, market, [account], prices, 0n).absorptions;
      const exactCredit = weighed("liquidationFactor") * parameters.baseScale;
      expect(credit * prices.base * whole <= exactCredit).toBe(true);
      expect((credit + 1n) * prices.base * whole + 6n * whole * parameters.baseScale > exactCredit).toBe(true);
      expect(newBalance).toBe(credit > owed ? credit - owed : 0n);

      // Two divisions rounded down are one by the product.
      const asset = random(3);
      const discount = (own.storeFrontPriceFactor * (WAD - assets[asset].liquidationFactor)) / WAD;
      const price = (prices.collateral[asset] * (WAD - discount)) / WAD;
      if (price > 0n)
        expect(compound.quoteCollateral(own, asset, balance, prices)).toBe(
          (prices.base * balance * assets[asset].scale) / (price * own.baseScale),
        );
    }
    expect(liquidatable).toBeGreaterThan(500);
  });

  it(`oracle: kinked rates of 2,000 random curves stay within three roundings of the exact curve (seed ${seed})`, () => {
    const random = seeded(seed + 2);
    const share = () => BigInt(random(1_000_001)) * 10n ** 12n;
    for (let round = 0; round < 2_000; round++) {
      const [kink, low, high, base, use] = [share(), share(), share() * 3n, share(), share() * 2n];
      const own = {
        ...parameters,
        rates: {
          supplyKink: kink,
          supplySlopeLow: low,
          supplySlopeHigh: high,
          supplyBase: base,
          borrowKink: kink,
          borrowSlopeLow: low,
          borrowSlopeHigh: high,
          borrowBase: base,
        },
      };
      // Yearly rate x WAD, exact; a second of it is a 31,536,000th.
      const yearly = base * WAD + low * (use < kink ? use : kink) + (use > kink ? high * (use - kink) : 0n);
      const found = compound.borrowRate(own, use) * WAD * 31_536_000n;
      expect(compound.supplyRate(own, use)).toBe(compound.borrowRate(own, use));
      expect(found <= yearly).toBe(true);
      // Base, low slope and high slope a second each round down (the slopes weigh up to 1 and 2), as do the two products.
      expect(found + 6n * WAD * 31_536_000n > yearly).toBe(true);
    }
  });
});
