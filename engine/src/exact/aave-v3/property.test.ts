import { describe, expect, it } from "vitest";
import { ProtocolError } from "../errors.js";
import { least, powerOfTen } from "../rounding.js";
import { MAX_UINT256, RAY } from "../scales.js";
import {
  type AaveV3Parameters,
  accountData,
  accountOf,
  accrued,
  advanceTo,
  borrow,
  debtUnits,
  deployedRules,
  eliminateReserveDeficit,
  LIQUIDATION_HEALTH_FACTOR,
  type LiquidationOutcome,
  liquidate,
  mintToTreasury,
  type Outcome,
  openPool,
  owedUnits,
  type PoolState,
  type Prices,
  parametersOf,
  repay,
  setCollateral,
  setEModeCategory,
  supply,
  supplyUnits,
  type Transfer,
  withdraw,
} from "./index.js";
import { Dice, dollars, reserve } from "./test-support.js";

const curve = { optimalUsageBps: 8_000n, baseBps: 100n, slope1Bps: 500n, slope2Bps: 30_000n };
/** Four reserves at the engine's decimals: ETH 7, BTC 8, dollars 6; one dollar backs nothing outside the efficiency mode. */
const parameters: AaveV3Parameters = {
  reserves: [
    reserve("ETH", { decimals: 7, interestRates: curve }),
    reserve("BTC", {
      decimals: 8,
      loanToValueBps: 7_300n,
      liquidationThresholdBps: 7_800n,
      liquidationBonusBps: 10_750n,
      interestRates: curve,
    }),
    reserve("USD", {
      decimals: 6,
      loanToValueBps: 7_500n,
      liquidationThresholdBps: 7_800n,
      liquidationBonusBps: 10_450n,
      interestRates: curve,
      reserveFactorBps: 2_000n,
    }),
    reserve("STABLE", { decimals: 6, loanToValueBps: 0n, liquidationThresholdBps: 7_000n, interestRates: null }),
  ],
  eModeCategories: [
    {
      id: 1,
      label: "dollars",
      loanToValueBps: 9_000n,
      liquidationThresholdBps: 9_300n,
      liquidationBonusBps: 10_200n,
      collateral: ["USD", "STABLE"],
      borrowable: ["USD", "STABLE"],
      zeroLoanToValue: [],
      isolated: false,
    },
  ],
  rules: deployedRules,
};
const assets = parameters.reserves.map(({ asset }) => asset);
const names = ["lender", "ann", "ben", "cleo", "dan", "eve", "keeper", "treasury"];
/** Digits of the largest amount that one operation moves: 100 ETH, 1 BTC, 100,000 dollars. */
const reach: Readonly<Record<string, number>> = { ETH: 2, BTC: 0, USD: 5, STABLE: 5 };
const startPrices: Prices = { ETH: dollars(2000), BTC: dollars(40_000), USD: dollars(1), STABLE: dollars(1) };

/** Every balance rebuilt from the transfers alone. */
class Book {
  private readonly balances = new Map<string, bigint>();
  add(transfers: readonly Transfer[]): void {
    for (const { asset, of, from, to, units } of transfers) {
      if (units <= 0n) throw new Error(`a transfer of ${units} ${asset}`);
      this.shift(`${of} ${asset} ${from}`, -units);
      this.shift(`${of} ${asset} ${to}`, units);
    }
  }
  of(key: string): bigint {
    return this.balances.get(key) ?? 0n;
  }
  private shift(key: string, units: bigint): void {
    this.balances.set(key, this.of(key) + units);
  }
}

/** State and book agree to the unit, accounts add up to the totals. */
function requireBooked(state: PoolState, book: Book): void {
  for (const asset of assets) {
    const one = state.reserves[asset];
    let supplied = 0n;
    let owed = 0n;
    for (const name of names) {
      const { supplyShares, debtShares } = accountOf(state, name);
      supplied += supplyShares[asset] ?? 0n;
      owed += debtShares[asset] ?? 0n;
      if ((supplyShares[asset] ?? 0n) !== book.of(`supply-shares ${asset} ${name}`))
        throw new Error(`${name} ${asset}`);
      if ((debtShares[asset] ?? 0n) !== book.of(`debt-shares ${asset} ${name}`))
        throw new Error(`${name} debt ${asset}`);
      if ((supplyShares[asset] ?? 0n) < 0n || (debtShares[asset] ?? 0n) < 0n) throw new Error(`${name} below 0`);
    }
    expect(supplied).toBe(one.totalSupplyShares);
    expect(owed).toBe(one.totalDebtShares);
    expect(one.availableUnits).toBe(book.of(`underlying ${asset} pool`));
    expect(one.availableUnits).toBeGreaterThanOrEqual(0n);
    expect(one.deficitUnits).toBeGreaterThanOrEqual(0n);
  }
}

/** What the reserve has and is owed, less what it owes, units; interest brought up to now. */
function surplus(state: PoolState, asset: string): bigint {
  const one = accrued(state.reserves[asset], parametersOf(parameters, asset), state.now);
  const owed = debtUnits(one.totalDebtShares, one.borrowIndexRay);
  const promised = supplyUnits(one.totalSupplyShares + one.accruedToTreasuryShares, one.liquidityIndexRay);
  return one.availableUnits + owed + one.deficitUnits - promised;
}

/** The liquidator never gets more than his repayment with the bonus, plus one unit of the debt asset where all collateral goes (its worth is cut before the bonus is taken off). */
function requireFair(
  before: PoolState,
  outcome: LiquidationOutcome,
  prices: Prices,
  pair: readonly [string, string],
): void {
  const [collateral, debt] = pair.map((asset) => parametersOf(parameters, asset));
  const borrower = outcome.transfers.find((one) => one.of === "debt-shares")?.from ?? "";
  expect(outcome.before.healthFactorWad).toBeLessThan(LIQUIDATION_HEALTH_FACTOR);
  expect(accountData(parameters, before, borrower, prices).healthFactorWad).toBe(outcome.before.healthFactorWad);
  const { repaidUnits, seizedUnits, toLiquidatorUnits, feeUnits } = outcome.amounts;
  expect(toLiquidatorUnits + feeUnits).toBe(seizedUnits);
  expect(repaidUnits).toBeLessThanOrEqual(outcome.mostRepayableUnits);
  const inMode = accountOf(before, borrower).eModeCategory === 1 && ["USD", "STABLE"].includes(collateral.asset);
  const bonus = inMode ? 10_200n : collateral.liquidationBonusBps;
  const seizedValue = seizedUnits * prices[collateral.asset] * powerOfTen(debt.decimals) * 10_000n;
  const paidValue = (repaidUnits + 1n) * prices[debt.asset] * powerOfTen(collateral.decimals) * bonus;
  expect(seizedValue).toBeLessThanOrEqual(paidValue);
  const deficits = Object.values(outcome.deficitUnits).reduce((sum, units) => sum + units, 0n);
  const left = accountOf(outcome.state, borrower);
  if (deficits > 0n) {
    expect(left.collateral).toEqual([]);
    expect(left.debtShares).toEqual({});
  }
}

describe("aave v3: sequences of operations", () => {
  it("property: 20,000 operations of eight accounts on four reserves keep value, shares and health", () => {
    const seed = 20_251_010;
    const dice = new Dice(seed);
    const book = new Book();
    const counts: Record<string, number> = {};
    let prices = startPrices;
    let state = openPool(parameters, 0n);
    let step = 0;
    const take = (outcome: Outcome) => {
      book.add(outcome.transfers);
      state = outcome.state;
    };
    for (const { asset, decimals } of parameters.reserves)
      take(supply(parameters, state, { account: "lender", asset, units: powerOfTen(decimals + reach[asset] + 2) }));
    const operations: Record<string, () => void> = {
      supply: () => {
        const asset = dice.pick(assets);
        take(
          supply(parameters, state, {
            account: dice.pick(names),
            asset,
            units: dice.spread(powerOfTen(parametersOf(parameters, asset).decimals + reach[asset])),
          }),
        );
      },
      withdraw: () => {
        const asset = dice.pick(assets);
        const units =
          dice.below(4) === 0
            ? MAX_UINT256
            : dice.spread(powerOfTen(parametersOf(parameters, asset).decimals + reach[asset]));
        take(withdraw(parameters, state, { account: dice.pick(names.slice(1)), asset, units }, prices));
      },
      borrow: () => {
        const asset = dice.pick(assets);
        const account = dice.pick(names.slice(1, 6));
        const data = accountData(parameters, state, account, prices);
        const room = data.collateralBase * data.averageLoanToValueBps - data.debtBase * 10_000n;
        const most = (room * powerOfTen(parametersOf(parameters, asset).decimals)) / (10_000n * prices[asset]);
        const units = dice.below(3) === 0 ? most : dice.spread(most < 0n ? 1_000n : most + 1n);
        take(borrow(parameters, state, { account, asset, units }, prices));
        expect(accountData(parameters, state, account, prices).healthFactorWad).toBeGreaterThanOrEqual(
          LIQUIDATION_HEALTH_FACTOR,
        );
      },
      repay: () => {
        const account = dice.pick(names);
        const asset = dice.pick(assets);
        const owed = owedUnits(state, accountOf(state, account), asset);
        take(
          repay(parameters, state, { account, asset, units: dice.below(4) === 0 ? MAX_UINT256 : dice.spread(owed) }),
        );
      },
      liquidate: () => {
        const borrower = dice.pick(names.slice(1, 6));
        const account = accountOf(state, borrower);
        const collateralAsset = dice.pick(account.collateral.length > 0 ? account.collateral : assets);
        const owed = Object.keys(account.debtShares);
        const debtAsset = dice.pick(owed.length > 0 ? owed : assets);
        const debtToCoverUnits = dice.below(2) === 0 ? MAX_UINT256 : dice.spread(owedUnits(state, account, debtAsset));
        const call = {
          liquidator: "keeper",
          borrower,
          collateralAsset,
          debtAsset,
          debtToCoverUnits,
          receiveShares: dice.below(2) === 0,
        };
        const before = state;
        const outcome = liquidate(parameters, state, call, prices);
        requireFair(before, outcome, prices, [collateralAsset, debtAsset]);
        take(outcome);
        counts[Object.keys(outcome.deficitUnits).length > 0 ? "with deficit" : "without deficit"] =
          (counts[Object.keys(outcome.deficitUnits).length > 0 ? "with deficit" : "without deficit"] ?? 0) + 1;
      },
      price: () => {
        const asset = dice.pick(["ETH", "BTC", "STABLE"]);
        const low = asset === "STABLE" ? 85 : 60;
        prices = {
          ...prices,
          [asset]: (startPrices[asset] * BigInt(low + dice.below(asset === "STABLE" ? 20 : 80))) / 100n,
        };
      },
      time: () => {
        state = advanceTo(state, state.now + dice.spread(2_000_000n));
      },
      collateral: () => {
        state = setCollateral(parameters, state, dice.pick(names), dice.pick(assets), dice.below(2) === 0, prices);
      },
      eMode: () => {
        state = setEModeCategory(parameters, state, dice.pick(names), dice.below(2), prices);
      },
      treasury: () => take(mintToTreasury(state, dice.pick(assets))),
      cover: () =>
        take(eliminateReserveDeficit(parameters, state, "lender", dice.pick(assets), dice.spread(10n ** 9n))),
    };
    const kinds = Object.keys(operations);
    const often = ["liquidate", "liquidate", "liquidate", "borrow", "borrow", "supply"];
    const surpluses = Object.fromEntries(assets.map((asset) => [asset, surplus(state, asset)]));
    for (; step < 20_000; step++) {
      const kind = dice.pick([...kinds, ...often]);
      const before = state;
      try {
        operations[kind]();
        counts[kind] = (counts[kind] ?? 0) + 1;
      } catch (error) {
        if (!(error instanceof ProtocolError))
          throw new Error(`seed ${seed}, step ${step}, ${kind}: ${error}`, { cause: error });
        expect(state).toBe(before);
        counts[error.name] = (counts[error.name] ?? 0) + 1;
        continue;
      }
      if (step % 5 === 0) requireBooked(state, book);
      for (const asset of assets) {
        // Roundings of shares only add to the surplus. The index of supplies is rounded half-up (up to half a ray unit per accrual), which at these sizes is below one
        // unit; suppliers' simple interest is below borrowers' compound interest. So an operation takes at most two units: the cut of both indices to whole units.
        const now = surplus(state, asset);
        const floor = least(surpluses[asset], now + 2n);
        if (floor !== surpluses[asset])
          throw new Error(`seed ${seed}, step ${step}, ${kind}: ${asset} lost ${surpluses[asset] - now}`);
        surpluses[asset] = now;
      }
    }
    expect(step).toBe(20_000);
    requireBooked(state, book);
    // every kind happened, and liquidations of both outcomes
    for (const kind of [
      ...kinds,
      "with deficit",
      "without deficit",
      "HealthFactorNotBelowThreshold",
      "MustNotLeaveDust",
    ])
      expect(counts[kind] ?? 0, `${kind} in ${JSON.stringify(counts)}`).toBeGreaterThan(10);
    expect(state.reserves.ETH.borrowIndexRay).toBeGreaterThan(RAY);
  });
});
