import { describe, expect, it } from "vitest";
import { NotLiquidatable, ProtocolError } from "../errors.js";
import { SCALE_36, WAD } from "../scales.js";
import * as morpho from "./index.js";

const seed = 20250114;

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

/** Stands in for a call that must not write to what it was given. */
function frozen<Value extends object>(value: Value): Value {
  return Object.freeze(value);
}

const parameters: morpho.MorphoParameters = { ...morpho.marketAt((WAD * 86n) / 100n), fee: WAD / 10n };
const terms: morpho.PreLiquidationParameters = {
  preLltv: (WAD * 80n) / 100n,
  preCloseFactorLow: WAD / 20n,
  preCloseFactorHigh: (WAD * 12n) / 10n,
  preIncentiveFactorLow: (WAD * 101n) / 100n,
  preIncentiveFactorHigh: (WAD * 104n) / 100n,
};
const incentive = morpho.liquidationIncentiveFactor(parameters);

describe("morpho blue: random sequences", () => {
  it(`property: books balance, only unhealthy positions are liquidated, no rounding favours a liquidator (seed ${seed})`, () => {
    const random = seeded(seed);
    const people = 20;
    const positions = Array.from({ length: people }, () => frozen(morpho.newPosition()));
    let market = frozen(morpho.newMarket(0n));
    let [feeShares, loanHeld, collateralHeld, unowned, second] = [0n, 0n, 0n, 0n, 0n];
    // ETH at 7 decimals against dollars at 6: 200 units for a unit are 2000 dollars.
    let price = 200n * SCALE_36;
    const done = {
      supplied: 0,
      withdrawn: 0,
      borrowed: 0,
      repaid: 0,
      deposited: 0,
      released: 0,
      liquidated: 0,
      healthy: 0,
      badDebt: 0,
      preLiquidated: 0,
      refused: 0,
    };
    const amountOf = (most: number) => BigInt(random(most)) * BigInt(1 + random(1000)) + BigInt(random(1000));
    const either = (assets: bigint) =>
      random(2) === 0
        ? { assets, shares: 0n }
        : { assets: 0n, shares: assets * 1_000_000n + BigInt(random(1_000_000)) };
    /** The limit as one inequality of whole numbers over the debt's own fraction; the contract's three roundings can only make it narrower. */
    const beyond = (position: morpho.MorphoPosition) =>
      position.borrowShares * (market.totalBorrowAssets + 1n) * SCALE_36 * WAD >
      position.collateral * price * parameters.lltv * (market.totalBorrowShares + 1_000_000n);

    const settle = (
      outcome: { market: morpho.MorphoMarket; position: morpho.MorphoPosition; entries: readonly morpho.MorphoEntry[] },
      person: number,
    ) => {
      for (const asset of ["loan", "collateral"] as const) {
        const lines = outcome.entries.filter((entry) => entry.asset === asset);
        if (lines.reduce((sum, { units }) => sum + units, 0n) !== 0n)
          throw new Error(`entries of ${asset} do not add up`);
      }
      const line = (party: morpho.MorphoParty, asset: "loan" | "collateral") =>
        outcome.entries.find((entry) => entry.party === party && entry.asset === asset)?.units ?? 0n;
      loanHeld -= line("wallets", "loan");
      collateralHeld -= line("wallets", "collateral");
      unowned += line("unowned", "loan");
      if (line("unowned", "loan") < 0n || line("unowned", "loan") > 1n) throw new Error("more than a unit is nobody's");
      market = frozen(outcome.market);
      positions[person] = frozen(outcome.position);
    };

    const calls: readonly ((person: number) => void)[] = [
      (person) => {
        settle(
          morpho.supply(market, positions[person], either(amountOf(person < 5 ? 200_000_000 : 1_000_000))),
          person,
        );
        done.supplied++;
      },
      (person) => {
        settle(morpho.withdraw(market, positions[person], either(amountOf(20_000_000))), person);
        done.withdrawn++;
      },
      (person) => {
        const room =
          morpho.maxBorrow(parameters, positions[person], price) - morpho.borrowedAssets(market, positions[person]);
        const asked = room > 0n ? (room * BigInt(50 + random(52))) / 100n : amountOf(1_000_000);
        const outcome = morpho.borrow(parameters, market, positions[person], either(asked), price);
        settle(outcome, person);
        if (beyond(outcome.position)) throw new Error("a loan beyond the limit");
        done.borrowed++;
      },
      (person) => {
        settle(
          morpho.repay(
            market,
            positions[person],
            random(4) === 0 ? { assets: 0n, shares: positions[person].borrowShares } : either(amountOf(1_000_000)),
          ),
          person,
        );
        done.repaid++;
      },
      (person) => {
        settle(morpho.supplyCollateral(market, positions[person], amountOf(30_000)), person);
        done.deposited++;
      },
      (person) => {
        settle(morpho.withdrawCollateral(parameters, market, positions[person], amountOf(10_000), price), person);
        done.released++;
      },
      (person) => {
        const position = positions[person];
        const share = BigInt(1 + random(120));
        const asked =
          random(2) === 0
            ? {
                seizedAssets: share > 100n ? position.collateral : (position.collateral * share) / 100n,
                repaidShares: 0n,
              }
            : {
                seizedAssets: 0n,
                repaidShares: share > 100n ? position.borrowShares : (position.borrowShares * share) / 100n,
              };
        if (asked.seizedAssets + asked.repaidShares === 0n) return;
        if (morpho.isHealthy(parameters, market, position, price)) {
          if (beyond(position)) throw new Error("healthy beyond the limit");
          expect(() => morpho.liquidate(parameters, market, position, asked, price)).toThrow(NotLiquidatable);
          done.healthy++;
          return;
        }
        const supplied = market.totalSupplyAssets;
        const outcome = morpho.liquidate(parameters, market, position, asked, price);
        // Against the liquidator without exception: value, debt and shares round up, or units, incentive and collateral round down.
        if (outcome.seizedAssets * price * WAD > outcome.repaidAssets * incentive * SCALE_36)
          throw new Error("the liquidator got more than the incentive");
        if (supplied - outcome.market.totalSupplyAssets !== outcome.badDebtAssets)
          throw new Error("suppliers lose something else than the bad debt");
        if (outcome.badDebtShares > 0n && outcome.position.collateral > 0n)
          throw new Error("bad debt with collateral left");
        if (outcome.position.collateral === 0n && outcome.position.borrowShares > 0n)
          throw new Error("debt without collateral left");
        settle(outcome, person);
        done.liquidated++;
        if (outcome.badDebtAssets > 0n) done.badDebt++;
      },
      (person) => {
        const position = positions[person];
        const asked =
          random(2) === 0
            ? { seizedAssets: (position.collateral * BigInt(1 + random(30))) / 100n, repaidShares: 0n }
            : { seizedAssets: 0n, repaidShares: (position.borrowShares * BigInt(1 + random(30))) / 100n };
        const outcome = morpho.preLiquidate(parameters, terms, market, position, asked, {
          preLiquidation: price,
          market: price,
        });
        if (outcome.seizedAssets * price * WAD > outcome.repaidAssets * outcome.offer.incentiveFactor * SCALE_36)
          throw new Error("the liquidator got more than the incentive");
        if (outcome.repaidShares > outcome.offer.repayableShares) throw new Error("more than the close factor");
        settle(outcome, person);
        if (beyond(outcome.position)) throw new Error("a pre-liquidation left the position beyond the limit");
        done.preLiquidated++;
      },
      () => {
        const next = (price * BigInt(random(15) === 0 ? 6_000 + random(3_000) : 9_750 + random(560))) / 10_000n;
        price = next < 60n * SCALE_36 || next > 400n * SCALE_36 ? 200n * SCALE_36 : next;
      },
      () => {
        second += BigInt(random(20_000));
        const outcome = morpho.accrue(parameters, market, BigInt(random(2 ** 31)) * 5n, second);
        if (outcome.market.totalSupplyAssets - market.totalSupplyAssets !== outcome.interest)
          throw new Error("suppliers earn something else than the interest");
        feeShares += outcome.feeShares;
        market = frozen(outcome.market);
      },
    ];
    const weights = [0, 0, 1, 2, 2, 2, 3, 4, 4, 5, 6, 6, 6, 7, 7, 8, 9];
    for (let step = 0; step < 20_000; step++) {
      const before = market;
      const written = done.badDebt;
      try {
        calls[weights[random(weights.length)]](random(people));
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw new Error(`seed ${seed}, step ${step}: ${error}`);
        done.refused++;
      }
      const total = (of: (position: morpho.MorphoPosition) => bigint) =>
        positions.reduce((sum, position) => sum + of(position), 0n);
      const fine =
        market.totalSupplyShares === total(({ supplyShares }) => supplyShares) + feeShares &&
        market.totalBorrowShares === total(({ borrowShares }) => borrowShares) &&
        collateralHeld === total(({ collateral }) => collateral) &&
        loanHeld === market.totalSupplyAssets - market.totalBorrowAssets + unowned &&
        market.totalBorrowAssets <= market.totalSupplyAssets &&
        // A supply share is never worth less, whatever rounds, but for bad debt.
        (done.badDebt > written ||
          (market.totalSupplyAssets + 1n) * (before.totalSupplyShares + 1_000_000n) >=
            (before.totalSupplyAssets + 1n) * (market.totalSupplyShares + 1_000_000n));
      if (!fine) throw new Error(`seed ${seed}, step ${step}: the books do not balance`);
    }
    for (const [kind, count] of Object.entries(done)) expect([kind, count, count > 50]).toEqual([kind, count, true]);
  });

  it(`oracle: exact fractions agree with the incentive, the limit and both sizes of 2,000 random positions within the rounding named (seed ${seed})`, () => {
    const random = seeded(seed + 1);
    const wide = () => BigInt(random(2 ** 31)) * BigInt(1 + random(2 ** 20)) + 1n;
    for (let round = 0; round < 2_000; round++) {
      const lltv = (WAD * BigInt(random(9_999))) / 10_000n;
      const own = morpho.marketAt(lltv);
      // 1 / (1 - 0.3 (1 - l)) = 10 / (7 + 3 l), cut to the wad or to 1.15; the divisor is a whole number of wads here.
      const exact = (10n * WAD * WAD) / (7n * WAD + 3n * lltv);
      expect(morpho.liquidationIncentiveFactor(own)).toBe(exact < (115n * WAD) / 100n ? exact : (115n * WAD) / 100n);

      const debt = wide();
      const market: morpho.MorphoMarket = {
        ...morpho.newMarket(0n),
        totalBorrowAssets: debt,
        totalBorrowShares: wide() * 1000n,
      };
      const [assets, shares] = [debt + 1n, market.totalBorrowShares + 1_000_000n];
      const price = wide() * 10n ** 20n;
      const rate = morpho.liquidationIncentiveFactor(own);

      // Smallest number of shares whose exact worth, at the incentive, is at least the collateral's; up to one unit of debt twice and one share above it.
      const seized = wide();
      const need = morpho.repaidSharesFor(market, seized, rate, price);
      expect(need * assets * rate * SCALE_36 >= seized * price * WAD * shares).toBe(true);
      const slack = assets * rate * SCALE_36 + shares * (WAD * SCALE_36 + rate * SCALE_36);
      expect(need * assets * rate * SCALE_36 <= seized * price * WAD * shares + slack).toBe(true);

      // Most collateral whose worth is at most that of the shares at the incentive; less than two units of debt and one of collateral below it.
      const repaid = wide() * 1000n;
      const got = morpho.seizedAssetsFor(market, repaid, rate, price);
      expect(got * price * WAD * shares <= repaid * assets * rate * SCALE_36).toBe(true);
      expect(
        (got + 1n) * price * WAD * shares + shares * (rate + WAD) * SCALE_36 > repaid * assets * rate * SCALE_36,
      ).toBe(true);
    }
  });
});
