import { describe, expect, it } from "vitest";
import { ProtocolError } from "../errors.js";
import { powerOfTen } from "../rounding.js";
import { MAX_UINT256, RAY, WAD } from "../scales.js";
import {
  type AaveV4Parameters,
  accountData,
  accountOf,
  borrow,
  DEPLOYED_DUST_VALUE,
  LIQUIDATION_HEALTH_FACTOR,
  type LiquidationAmounts,
  type LiquidationOutcome,
  type LiquidationRules,
  type LiquidationSides,
  liquidate,
  liquidationAmounts,
  MustNotLeaveDust,
  type Outcome,
  openSpoke,
  type Prices,
  parametersOf,
  repay,
  type SpokeState,
  setCollateral,
  supply,
  type Transfer,
  valueOf,
  withdraw,
} from "./index.js";
import { Dice, dollars, reserve, usualRules } from "./test-support.js";

/** Three reserves at the engine's decimals: ETH 7, BTC 8, dollars 6. */
const parameters: AaveV4Parameters = {
  reserves: [
    reserve("ETH", { decimals: 7 }),
    reserve("BTC", { decimals: 8, collateralFactorBps: 7_800n, maxLiquidationBonusBps: 11_000n }),
    reserve("USD", {
      decimals: 6,
      collateralFactorBps: 9_000n,
      maxLiquidationBonusBps: 10_400n,
      liquidationFeeBps: 0n,
    }),
  ],
  rules: usualRules,
};
const assets = parameters.reserves.map(({ asset }) => asset);
const names = ["lender", "ann", "ben", "cleo", "dan", "eve", "keeper", "fee-receiver"];
const startPrices: Prices = { ETH: dollars(2000), BTC: dollars(40_000), USD: dollars(1) };
/** Digits of the largest amount that one operation moves: 100 ETH, 1 BTC, 100,000 dollars. */
const reach: Readonly<Record<string, number>> = { ETH: 2, BTC: 0, USD: 5 };
const seed = 20_260_210;

/** Every balance rebuilt from the transfers alone. */
class Book {
  private readonly balances = new Map<string, bigint>();
  add(transfers: readonly Transfer[]): void {
    for (const { asset, of, from, to, units } of transfers) {
      if (units <= 0n) throw new Error(`a transfer of ${units} ${asset}`);
      for (const [party, change] of [
        [from, -units],
        [to, units],
      ] as const)
        this.balances.set(`${of} ${asset} ${party}`, this.of(`${of} ${asset} ${party}`) + change);
    }
  }
  of(key: string): bigint {
    return this.balances.get(key) ?? 0n;
  }
}

/** State and book agree to the unit; what the Hub holds, is owed and has written off is what it owes its suppliers. */
function requireBooked(state: SpokeState, book: Book): void {
  for (const asset of assets) {
    const { availableUnits, deficitUnits } = state.reserves[asset];
    let supplied = 0n;
    let owed = 0n;
    for (const name of names) {
      const account = accountOf(state, name);
      const [held, debt] = [account.supplied[asset] ?? 0n, account.owed[asset] ?? 0n];
      if (held !== book.of(`supply ${asset} ${name}`) || debt !== book.of(`debt ${asset} ${name}`))
        throw new Error(`${name} and the book differ in ${asset}`);
      if (held < 0n || debt < 0n) throw new Error(`${name} is below 0 in ${asset}`);
      supplied += held;
      owed += debt;
    }
    expect(availableUnits).toBe(book.of(`underlying ${asset} hub`));
    expect(availableUnits).toBeGreaterThanOrEqual(0n);
    expect(availableUnits + owed + deficitUnits).toBe(supplied);
  }
}

/** Bounds of one liquidation. */
function requireSound(before: SpokeState, outcome: LiquidationOutcome, prices: Prices, pair: readonly string[]): void {
  const [collateral, debt] = pair.map((asset) => parametersOf(parameters, asset));
  const borrower = outcome.transfers.find((one) => one.of === "debt")?.from ?? "";
  const { bonusBps, repaidUnits, seizedUnits, toLiquidatorUnits, feeUnits } = outcome.amounts;
  expect(accountData(parameters, before, borrower, prices).healthFactorWad).toBeLessThan(LIQUIDATION_HEALTH_FACTOR);
  expect(toLiquidatorUnits + feeUnits).toBe(seizedUnits);
  expect(repaidUnits).toBeLessThanOrEqual(accountOf(before, borrower).owed[debt.asset]);
  // both roundings are against the liquidator: he never gets more than repayment with bonus
  const seizedValue = seizedUnits * prices[collateral.asset] * powerOfTen(debt.decimals) * 10_000n;
  expect(seizedValue).toBeLessThanOrEqual(
    repaidUnits * prices[debt.asset] * powerOfTen(collateral.decimals) * bonusBps,
  );
  const after = accountOf(outcome.state, borrower);
  const left = (units: bigint | undefined, asset: string) =>
    valueOf(units ?? 0n, prices[asset], parametersOf(parameters, asset).decimals);
  const debtLeft = left(after.owed[debt.asset], debt.asset);
  const collateralLeft = left(after.supplied[collateral.asset], collateral.asset);
  // either a side is empty or both keep 1,000 dollars
  if (debtLeft > 0n && collateralLeft > 0n) {
    expect(debtLeft).toBeGreaterThanOrEqual(DEPLOYED_DUST_VALUE);
    expect(collateralLeft).toBeGreaterThanOrEqual(DEPLOYED_DUST_VALUE);
  }
  if (Object.keys(outcome.deficitUnits).length > 0) expect(after.owed).toEqual({});
}

describe("aave v4: sequences of operations", () => {
  it("property: 20,000 operations of eight accounts on three reserves conserve value to the unit and keep health", () => {
    const dice = new Dice(seed);
    const book = new Book();
    const counts: Record<string, number> = {};
    const count = (name: string) => {
      counts[name] = (counts[name] ?? 0) + 1;
    };
    let prices = startPrices;
    let state = openSpoke(parameters);
    const take = (outcome: Outcome) => {
      book.add(outcome.transfers);
      state = outcome.state;
    };
    for (const { asset, decimals } of parameters.reserves)
      take(supply(parameters, state, { account: "lender", asset, units: powerOfTen(decimals + reach[asset] + 2) }));
    const spread = (asset: string) => dice.spread(powerOfTen(parametersOf(parameters, asset).decimals + reach[asset]));
    const operations: Record<string, () => void> = {
      supply: () => {
        const asset = dice.pick(assets);
        const account = dice.pick(names);
        take(supply(parameters, state, { account, asset, units: spread(asset) }));
        state = setCollateral(parameters, state, account, asset, true, prices);
      },
      withdraw: () => {
        const asset = dice.pick(assets);
        const units = dice.below(4) === 0 ? MAX_UINT256 : spread(asset);
        take(withdraw(parameters, state, { account: dice.pick(names.slice(1)), asset, units }, prices));
      },
      borrow: () => {
        const asset = dice.pick(assets);
        const account = dice.pick(names.slice(1, 6));
        const data = accountData(parameters, state, account, prices);
        const room = (data.collateralValue * data.averageCollateralFactorWad) / WAD - data.debtValue;
        const most = (room * powerOfTen(parametersOf(parameters, asset).decimals)) / (WAD * prices[asset]);
        const units = dice.below(3) === 0 ? most : dice.spread(most < 0n ? 1_000n : most + 1n);
        take(borrow(parameters, state, { account, asset, units }, prices));
        expect(accountData(parameters, state, account, prices).healthFactorWad).toBeGreaterThanOrEqual(
          LIQUIDATION_HEALTH_FACTOR,
        );
      },
      repay: () => {
        const asset = dice.pick(assets);
        take(
          repay(parameters, state, {
            account: dice.pick(names),
            asset,
            units: dice.below(4) === 0 ? MAX_UINT256 : spread(asset),
          }),
        );
      },
      collateral: () => {
        state = setCollateral(parameters, state, dice.pick(names), dice.pick(assets), dice.below(2) === 0, prices);
      },
      price: () => {
        const asset = dice.pick(["ETH", "BTC"]);
        prices = { ...prices, [asset]: (startPrices[asset] * BigInt(60 + dice.below(80))) / 100n };
      },
      liquidate: () => {
        const borrower = dice.pick(names.slice(1, 6));
        const account = accountOf(state, borrower);
        const collateralAsset = dice.pick(account.collateral.length > 0 ? account.collateral : assets);
        const owed = Object.keys(account.owed);
        const debtAsset = dice.pick(owed.length > 0 ? owed : assets);
        const debtToCoverUnits = dice.below(2) === 0 ? MAX_UINT256 : dice.spread(account.owed[debtAsset] ?? 1n);
        const receiveShares = dice.below(2) === 0;
        const call = { liquidator: "keeper", borrower, collateralAsset, debtAsset, debtToCoverUnits, receiveShares };
        const outcome = liquidate(parameters, state, call, prices);
        requireSound(state, outcome, prices, [collateralAsset, debtAsset]);
        take(outcome);
        count(outcome.amounts.bypass);
        count(Object.keys(outcome.deficitUnits).length > 0 ? "with deficit" : "without deficit");
      },
    };
    const kinds = [...Object.keys(operations), "liquidate", "liquidate", "liquidate", "borrow", "borrow", "supply"];
    let step = 0;
    for (; step < 20_000; step++) {
      const kind = dice.pick(kinds);
      const before = state;
      try {
        operations[kind]();
        count(kind);
      } catch (error) {
        if (!(error instanceof ProtocolError))
          throw new Error(`seed ${seed}, step ${step}, ${kind}: ${error}`, { cause: error });
        if (kind !== "supply") expect(state).toBe(before);
        count(error.name);
      }
      if (step % 5 === 0) requireBooked(state, book);
    }
    requireBooked(state, book);
    expect(step).toBe(20_000);
    for (const kind of [...kinds, "with deficit", "without deficit", "none", "debt-dust", "MustNotLeaveDust"])
      expect(counts[kind] ?? 0, `${kind} in ${JSON.stringify(counts)}`).toBeGreaterThan(10);
    // rare among whole positions; the comparison below meets it more than a hundred times
    expect(counts["collateral-dust"]).toBeGreaterThan(0);
  });
});

/** Random account and sides; the health factor is below 1 and independent of the prices. */
function drawn(dice: Dice): { rules: LiquidationRules; sides: LiquidationSides; cover: bigint } {
  const debtDecimals = dice.below(19);
  const collateralDecimals = dice.below(19);
  const collateralFactorBps = BigInt(1 + dice.below(9_000));
  const debtPrice = dollars(1 + dice.below(3_000)) + BigInt(dice.below(100_000_000));
  const collateralPrice = dollars(1 + dice.below(3_000)) + BigInt(dice.below(100_000_000));
  const reserveDebtUnits = 1n + dice.spread(powerOfTen(debtDecimals) * 100n);
  const others = dice.below(2) === 0 ? 0n : dice.spread(10n ** 30n);
  const bonusRoom = Number((10_000n * 9_999n) / collateralFactorBps - 10_000n);
  return {
    rules: {
      targetHealthFactorWad: WAD + dice.spread(WAD),
      healthFactorForMaxBonusWad: dice.spread(WAD - 1n),
      liquidationBonusFactorBps: BigInt(dice.below(10_001)),
      dustValue: DEPLOYED_DUST_VALUE,
    },
    sides: {
      healthFactorWad: WAD - 1n - dice.spread(WAD - 1n),
      totalDebtValue: (reserveDebtUnits * debtPrice * WAD) / powerOfTen(debtDecimals) + others,
      reserveDebtUnits,
      debtPrice,
      debtUnit: powerOfTen(debtDecimals),
      collateralUnits: 1n + dice.spread(powerOfTen(collateralDecimals) * 200n),
      collateralPrice,
      collateralUnit: powerOfTen(collateralDecimals),
      collateralFactorBps,
      maxLiquidationBonusBps: 10_000n + BigInt(dice.below(Math.min(bonusRoom, 3_000) + 1)),
      liquidationFeeBps: BigInt(dice.below(10_001)),
    },
    cover: dice.below(3) === 0 ? MAX_UINT256 : 1n + dice.spread(reserveDebtUnits * 2n),
  };
}

const up = (a: bigint, b: bigint) => (a + b - 1n) / b;
const least = (...values: bigint[]) => values.reduce((low, value) => (value < low ? value : low));

/**
 * The amounts as v0.5.9 (c3b92877) reckons them: debt in rays as drawn shares times an index plus premium, here with an index of 1 and no premium; values in rays;
 * the debt to the target in rays and only then in shares; the cover turned into shares; debt recomputed from collateral capped at the shares owed.
 */
function laterVersion(
  rules: LiquidationRules,
  sides: LiquidationSides,
  cover: bigint,
): Partial<LiquidationAmounts> | "dust" {
  const { maxLiquidationBonusBps: most, healthFactorWad, reserveDebtUnits: drawnShares } = sides;
  const smallest = 10_000n + ((most - 10_000n) * rules.liquidationBonusFactorBps) / 10_000n;
  const slope = ((most - smallest) * (WAD - healthFactorWad)) / (WAD - rules.healthFactorForMaxBonusWad);
  const bonus = healthFactorWad <= rules.healthFactorForMaxBonusWad ? most : smallest + slope;
  const penalty = up(bonus * 10n ** 14n * sides.collateralFactorBps, 10_000n);
  const targetRay = up(
    sides.totalDebtValue * RAY * sides.debtUnit * (rules.targetHealthFactorWad - healthFactorWad),
    (rules.targetHealthFactorWad - penalty) * sides.debtPrice * WAD,
  );
  const valueRay = (ray: bigint) => (ray * sides.debtPrice * WAD) / sides.debtUnit;
  let shares = least(up(targetRay, RAY), (cover * RAY) / RAY, drawnShares);
  if (shares < drawnShares && valueRay((drawnShares - shares) * RAY) < rules.dustValue * RAY) shares = drawnShares;
  const collateral = (debtShares: bigint) =>
    (debtShares * RAY * sides.debtPrice * sides.collateralUnit * bonus) /
    (sides.debtUnit * sides.collateralPrice * 10_000n * RAY);
  let seized = collateral(shares);
  const leftover = sides.collateralUnits - seized;
  const dusty = leftover > 0n && (leftover * sides.collateralPrice * WAD) / sides.collateralUnit < rules.dustValue;
  if (leftover < 0n || (dusty && shares < drawnShares)) {
    seized = sides.collateralUnits;
    const ray = up(
      seized * sides.collateralPrice * sides.debtUnit * 10_000n * RAY,
      sides.debtPrice * sides.collateralUnit * bonus,
    );
    shares = up(ray, RAY);
    if (shares > drawnShares) {
      shares = drawnShares;
      seized = least(collateral(shares), sides.collateralUnits);
    }
  }
  if (cover < shares) return "dust";
  const fee = (seized * sides.liquidationFeeBps * (bonus - 10_000n)) / (bonus * 10_000n);
  return { bonusBps: bonus, repaidUnits: shares, seizedUnits: seized, toLiquidatorUnits: seized - fee, feeUnits: fee };
}

describe("aave v4 against its later version", () => {
  it("oracle: the amounts equal those of v0.5.9 at an index of 1 and no premium, 10,000 random cases, zero differences; debt never exceeds what is owed", () => {
    const dice = new Dice(seed);
    let refused = 0;
    const seen: Record<string, number> = {};
    for (let at = 0; at < 10_000; at++) {
      const { rules, sides, cover } = drawn(dice);
      const later = laterVersion(rules, sides, cover);
      try {
        const ours = liquidationAmounts(rules, sides, cover);
        expect(ours, `seed ${seed}, case ${at}`).toMatchObject(later as object);
        expect(ours.repaidUnits).toBeLessThanOrEqual(sides.reserveDebtUnits);
        seen[ours.bypass] = (seen[ours.bypass] ?? 0) + 1;
      } catch (error) {
        if (!(error instanceof MustNotLeaveDust)) throw error;
        expect(later, `seed ${seed}, case ${at}`).toBe("dust");
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(100);
    for (const bypass of ["none", "debt-dust", "collateral-dust"])
      expect(seen[bypass] ?? 0, bypass).toBeGreaterThan(100);
  });
});
