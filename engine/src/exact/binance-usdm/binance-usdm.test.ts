import { describe, expect, it } from "vitest";
import { NothingToDo, NotLiquidatable } from "../errors.js";
import {
  type Account,
  accountRisk,
  bankruptcyTerms,
  breachMark,
  type ContractParameters,
  CounterpartyRefused,
  card,
  cumulativeAmounts,
  deleverageAgainst,
  type Exchange,
  faults,
  fillLiquidation,
  fundCanTakeOver,
  fundWorth,
  InsuranceFundExhausted,
  InsuranceFundSuffices,
  isLiquidatable,
  liquidationOrder,
  liquidationPrice,
  type MarginTier,
  type Marks,
  type Movement,
  maintenanceMargin,
  marginFor,
  marginRatio,
  NoMarkPrice,
  NoSuchPosition,
  notionalValue,
  presets,
  takeOverByFund,
  unwindInventory,
} from "./index.js";

const usd = 1_000_000n;
const price = (dollars: number) => BigInt(Math.round(dollars * 1e8));
const btc = presets[0].parameters;
const coin = 100_000_000n;

/** Two tiers, 1 % and 5 % from 1,000 dollars on, assets of 4 decimals, money of 2: rounding shows. */
const coarse: ContractParameters = {
  assetDecimals: 4,
  quoteDecimals: 2,
  tiers: [
    { floor: 0n, cap: 100_000n, maintenanceRate: 10_000n, maxLeverage: 50n },
    { floor: 100_000n, cap: 10_000_000n, maintenanceRate: 50_000n, maxLeverage: 10n },
  ],
  liquidationFee: 12_500n,
};

function exchange(accounts: Record<string, Account>, balance = 0n, contracts = { BTC: btc }): Exchange {
  return { contracts, accounts, insuranceFund: { balance, inventory: {} } };
}

const long = (wallet: bigint): Account => ({
  walletBalance: wallet,
  positions: { BTC: { size: coin, entryNotional: 60_000n * usd } },
});
const short = (wallet: bigint): Account => ({
  walletBalance: wallet,
  positions: { BTC: { size: -coin, entryNotional: 60_000n * usd } },
});
const at = (dollars: number): Marks => ({ BTC: price(dollars) });

/** Numbers of MECHANISMS section 16 and of the golden vectors of an independent replica (binance_cum_check, binance_mm, binance_liqprice). */
describe("binance-usdm, vectors", () => {
  it("golden: cumulative amounts of BTCUSDT follow from its rates and are the exchange's own (binance_cum_check)", () => {
    const rows = [
      [0, 0],
      [50_000, 50],
      [600_000, 950],
      [3_000_000, 11_450],
      [12_000_000, 131_450],
      [70_000_000, 481_450],
      [100_000_000, 2_981_450],
      [230_000_000, 14_481_450],
      [480_000_000, 26_481_450],
      [600_000_000, 41_481_450],
      [800_000_000, 121_481_450],
      [1_200_000_000, 421_481_450],
    ];
    expect(btc.tiers.map((tier) => Number(tier.floor / usd))).toEqual(rows.map(([floor]) => floor));
    expect(cumulativeAmounts(btc.tiers).map((amount) => Number(amount / usd / usd))).toEqual(
      rows.map(([, cum]) => cum),
    );
  });

  it("golden: maintenance margins of BTCUSDT, to the unit (binance_mm)", () => {
    const rows = [
      [25_000, 100],
      [50_000, 200],
      [100_000, 450],
      [1_000_000, 5_550],
      [5_000_000, 38_550],
      [50_000_000, 868_550],
      [90_000_000, 1_768_550],
      [200_000_000, 7_018_550],
      [300_000_000, 15_518_550],
      [500_000_000, 36_018_550],
      [700_000_000, 63_518_550],
      [1_000_000_000, 128_518_550],
      [1_500_000_000, 328_518_550],
    ];
    for (const [notional, margin] of rows) {
      expect(maintenanceMargin(btc, BigInt(notional) * usd)).toBe(BigInt(margin) * usd);
    }
  });

  it("golden: liquidation prices, to the last step of 1e-8 (binance_liqprice: 55226.13065326633, 64726.36815920399, 55439.89898989899, 64469.80198019802)", () => {
    const of = (coins: bigint, wallet: bigint) =>
      liquidationPrice(
        btc,
        { size: coins * coin, entryNotional: (coins < 0n ? -coins : coins) * 60_000n * usd },
        wallet * usd,
      );
    // A long's is cut, a short's goes to the next step.
    expect(of(1n, 5_000n)).toBe(5_522_613_065_326n);
    expect(of(-1n, 5_000n)).toBe(6_472_636_815_921n);
    expect(of(100n, 500_000n)).toBe(5_543_989_898_989n);
    expect(of(-100n, 500_000n)).toBe(6_446_980_198_020n);
  });

  it("golden: every preset's own cumulative amounts are those of its rates: 40 contracts without a fault", () => {
    expect(presets).toHaveLength(40);
    for (const { parameters, name } of presets) {
      expect([name, faults(parameters)]).toEqual([name, []]);
      expect(parameters.tiers.every((tier) => tier.statedCumulative !== undefined)).toBe(true);
    }
    expect(presets.map((preset) => preset.name)).toEqual(
      expect.arrayContaining(["btc-usdt", "eth-usdt", "sol-usdt", "bnb-usdt", "xrp-usdt", "doge-usdt"]),
    );
    // Appendix T: SOLUSDT above 200 million dollars, 50 %, 66,728,380.
    const sol = presets.find((preset) => preset.name === "sol-usdt") as (typeof presets)[number];
    expect(sol.parameters.tiers.at(-1)).toMatchObject({
      maintenanceRate: 500_000n,
      statedCumulative: 66_728_380n * usd,
    });
  });
});

describe("binance-usdm, limits", () => {
  it("equality: a margin balance exactly at the maintenance margin is liquidated, one unit above not (margin ratio >= 100 %)", () => {
    // At 60,000 the position is worth 60,000 and needs 60,000 x 0.5 % - 50 = 250 dollars.
    const state = (wallet: bigint) => exchange({ a: long(wallet) });
    const bad = (wallet: bigint) => isLiquidatable(state(wallet), at(60_000), long(wallet));
    expect([bad(250n * usd - 1n), bad(250n * usd), bad(250n * usd + 1n)]).toEqual([true, true, false]);
    expect(card.atEquality.liquidatable).toBe(true);
    expect(marginRatio(accountRisk(state(250n * usd), at(60_000), long(250n * usd)))).toBe(1_000_000n);
    expect(marginRatio(accountRisk(state(0n), at(60_000), long(0n)))).toBeNull();
  });

  it("equality: the formula's price liquidates, for a long and a short; the exact limit lies within rounding of it", () => {
    for (const account of [long(5_000n * usd), short(5_000n * usd)]) {
      const state = exchange({ a: account });
      const formula = liquidationPrice(btc, account.positions.BTC, marginFor(state, {}, account, "BTC")) as bigint;
      const exact = breachMark(state, {}, account, "BTC") as bigint;
      const beyond = account.positions.BTC.size > 0n ? 1n : -1n;
      expect(isLiquidatable(state, { BTC: exact }, account)).toBe(true);
      expect(isLiquidatable(state, { BTC: exact + beyond }, account)).toBe(false);
      // One quote unit of rounding is 100 steps for one coin; two roundings.
      expect(Math.abs(Number(exact - formula))).toBeLessThanOrEqual(202);
    }
  });

  it("limit: nothing owed, nothing liquidated: a fully paid long is liquidatable at no mark, an account without positions never", () => {
    expect(liquidationPrice(btc, { size: coin, entryNotional: 60_000n * usd }, 60_000n * usd)).toBeNull();
    expect(breachMark(exchange({}), {}, long(60_001n * usd), "BTC")).toBeNull();
    expect(isLiquidatable(exchange({}), {}, { walletBalance: -1n, positions: {} })).toBe(false);
  });

  it("oracle: margin balance equals maintenance margin at the formula's price, by bisection in rational arithmetic over 2,000 accounts", () => {
    const random = generator(16);
    let compared = 0;
    for (let round = 0; round < 2_000; round++) {
      const parameters = presets[Number(random(BigInt(presets.length)))].parameters;
      const size = (random(2n) === 0n ? 1n : -1n) * (1n + random(10n ** 12n));
      const units = size < 0n ? -size : size;
      const entryNotional = 1n + random(10n ** 15n);
      const wallet = random(entryNotional);
      const found = liquidationPrice(parameters, { size, entryNotional }, wallet);
      // Excess x 1e6 x scale at a price, no rounding anywhere; maintenance summed tier by tier instead of by cumulative amounts.
      const scale = 10n ** BigInt(parameters.assetDecimals + 8 - parameters.quoteDecimals);
      const excess = (steps: bigint) => {
        const notional = units * steps;
        const profit = size > 0n ? notional - entryNotional * scale : entryNotional * scale - notional;
        return (wallet * scale + profit) * usd - slicedMargin(parameters.tiers, notional, scale);
      };
      if (found === null) {
        expect(excess(1n) > 0n).toBe(size > 0n);
        continue;
      }
      const [inside, outside] = size > 0n ? [found, found + 1n] : [found, found - 1n];
      expect(excess(inside) <= 0n).toBe(true);
      expect(excess(outside) > 0n).toBe(true);
      compared++;
    }
    expect(compared).toBeGreaterThan(1_000);
  });
});

/** Maintenance margin as a marginal tax: each slice of the notional at its own rate, x 1e6 x scale. */
function slicedMargin(tiers: readonly MarginTier[], notional: bigint, scale: bigint): bigint {
  return tiers.reduce((sum, { floor, cap, maintenanceRate }, n) => {
    const top = n === tiers.length - 1 || notional < cap * scale ? notional : cap * scale;
    return top > floor * scale ? sum + (top - floor * scale) * maintenanceRate : sum;
  }, 0n);
}

function sums(movements: readonly Movement[]): [bigint, bigint] {
  return [movements.reduce((sum, one) => sum + one.units, 0n), movements.reduce((sum, one) => sum + one.quote, 0n)];
}

describe("binance-usdm, steps", () => {
  it("behavior: a full fill above the bankruptcy price pays fee and rest, one below costs the fund", () => {
    // 1 BTC, 5,000 wallet, entry 60,000: at 55,000 the margin balance is 0, the bankruptcy price 55,000.
    const state = exchange({ a: long(5_000n * usd) }, 1_000n * usd);
    const order = liquidationOrder(state, at(55_200), "a", "BTC");
    expect(order).toMatchObject({ side: "sell", units: coin });
    expect(order.bankruptcy).toMatchObject({ cash: 55_000n * usd, price: price(55_000), deficit: 0n });
    const good = fillLiquidation(state, at(55_200), "a", "BTC", { units: coin, cash: 55_180n * usd });
    // 180 dollars are left, the fee of 1.25 % would be 689.75: all of it is the fund's.
    expect([good.fee, good.coveredByFund]).toEqual([180n * usd, 0n]);
    expect(good.exchange.accounts.a).toEqual({ walletBalance: 0n, positions: {} });
    const bad = fillLiquidation(state, at(55_200), "a", "BTC", { units: coin, cash: 54_400n * usd });
    expect([bad.fee, bad.coveredByFund, bad.exchange.insuranceFund.balance]).toEqual([0n, 600n * usd, 400n * usd]);
    expect([sums(good.movements), sums(bad.movements)]).toEqual([
      [0n, 0n],
      [0n, 0n],
    ]);
  });

  it("behavior: a partial fill that restores the margin ends the liquidation", () => {
    // At 55,226 the balance is 226 and 226.13 are needed. Half sold at the mark: 226 - fee, against 27,613 x 0.4 % = 110.45.
    const state = exchange({ a: long(5_000n * usd) }, 0n, { BTC: { ...btc, liquidationFee: 2_500n } });
    expect(isLiquidatable(state, at(55_226), state.accounts.a)).toBe(true);
    const after = fillLiquidation(state, at(55_226), "a", "BTC", { units: coin / 2n, cash: 27_613n * usd });
    // 27,613 x 0.25 % = 69.0325 dollars.
    expect(after.fee).toBe(69_032_500n);
    expect(isLiquidatable(after.exchange, at(55_226), after.exchange.accounts.a)).toBe(false);
    expect(() => liquidationOrder(after.exchange, at(55_226), "a", "BTC")).toThrow(NotLiquidatable);
  });

  it("behavior: the fund takes over at the bankruptcy price and unwinds later; what it cannot carry goes to a counterparty", () => {
    const state = exchange({ a: long(5_000n * usd), b: short(50_000n * usd) }, 500n * usd);
    const taken = takeOverByFund(state, at(54_600), "a");
    expect(taken.taken[0]).toMatchObject({ cash: 55_000n * usd, deficit: 400n * usd });
    expect(taken.exchange.accounts.a).toEqual({ walletBalance: 0n, positions: {} });
    expect(fundWorth(taken.exchange, at(54_600), taken.exchange.insuranceFund)).toBe(100n * usd);
    const sold = unwindInventory(taken.exchange, "BTC", { units: coin / 2n, cash: 27_300n * usd });
    expect(sold.exchange.insuranceFund.balance).toBe(300n * usd);
    expect(sums([...taken.movements, ...sold.movements])).toEqual([0n, 0n]);
    // At 54,000 the fund would be worth -500.
    expect(() => takeOverByFund(state, at(54_000), "a")).toThrow(InsuranceFundExhausted);
    const closed = deleverageAgainst(state, at(54_000), "a", "b", "BTC", coin);
    // The short buys at 55,000: 5,000 of its 6,000 profit.
    expect(closed.exchange.accounts.b).toEqual({ walletBalance: 55_000n * usd, positions: {} });
    expect(closed.exchange.accounts.a).toEqual({ walletBalance: 0n, positions: {} });
    expect(sums(closed.movements)).toEqual([0n, 0n]);
  });

  it("behavior: a cross account's margin carries all positions; their bankruptcy cash empties the wallet to the unit", () => {
    const eth = presets[1].parameters;
    const account: Account = {
      walletBalance: 3_000n * usd,
      positions: {
        BTC: { size: coin, entryNotional: 60_000n * usd },
        ETH: { size: -100_000_000n, entryNotional: 25_000n * usd },
      },
    };
    const state: Exchange = {
      contracts: { BTC: btc, ETH: eth },
      accounts: { a: account },
      insuranceFund: { balance: 10n ** 12n, inventory: {} },
    };
    const marks = { BTC: price(58_000), ETH: price(2_590) };
    // 3,000 - 2,000 - 900 = 100; needed 58,000 x 0.5 % - 50 + 25,900 x 0.4 % = 343.60.
    expect(accountRisk(state, marks, account)).toEqual({ marginBalance: 100n * usd, maintenanceMargin: 343_600_000n });
    expect(bankruptcyTerms(state, marks, account).map(({ contract }) => contract)).toEqual(["BTC", "ETH"]);
    const taken = takeOverByFund(state, marks, "a");
    expect(taken.exchange.accounts.a).toEqual({ walletBalance: 0n, positions: {} });
    expect(fundWorth(taken.exchange, marks, taken.exchange.insuranceFund) - 10n ** 12n).toBe(100n * usd);
    // The other position's profit stands behind this one.
    expect(marginFor(state, marks, account, "BTC")).toBe(3_000n * usd - 900n * usd - 103_600_000n);
  });
});

describe("binance-usdm, switches", () => {
  const state = exchange({ a: long(5_000n * usd) }, 0n);
  it("behavior: without a fee the fund earns nothing and the owner keeps more", () => {
    const free = exchange({ a: long(5_000n * usd) }, 0n, { BTC: { ...btc, liquidationFee: 0n } });
    const fill = { units: coin, cash: 55_180n * usd };
    expect(fillLiquidation(state, at(55_200), "a", "BTC", fill).exchange.insuranceFund.balance).toBe(180n * usd);
    expect(fillLiquidation(free, at(55_200), "a", "BTC", fill).exchange.accounts.a.walletBalance).toBe(180n * usd);
  });
  it("behavior: without higher tiers a large position needs less: 70 million dollars need 0.28 million instead of 1.27", () => {
    const flat = { ...btc, tiers: btc.tiers.slice(0, 1) };
    expect(maintenanceMargin(flat, 70_000_000n * usd)).toBe(280_000n * usd);
    expect(maintenanceMargin(btc, 70_000_000n * usd)).toBe(1_268_550n * usd);
  });
  it("behavior: without a fund a takeover is refused that 100 dollars would have carried", () => {
    const funded = exchange({ a: long(5_000n * usd) }, 100n * usd);
    expect([fundCanTakeOver(state, at(54_900), "a"), fundCanTakeOver(funded, at(54_900), "a")]).toEqual([false, true]);
  });
});

describe("binance-usdm, refusals", () => {
  const state = exchange({ a: long(5_000n * usd), b: short(2_000n * usd), c: long(50_000n * usd) }, 100n * usd);
  const low = at(54_000);
  it("error: every class of refusal", () => {
    expect(() => liquidationOrder(state, at(60_000), "a", "BTC")).toThrow(NotLiquidatable);
    expect(() => liquidationOrder(state, low, "x", "BTC")).toThrow(NoSuchPosition);
    expect(() => liquidationOrder(state, {}, "a", "BTC")).toThrow(NoMarkPrice);
    expect(() => liquidationOrder(state, { BTC: 0n }, "a", "BTC")).toThrow(NoMarkPrice);
    expect(() => fillLiquidation(state, low, "a", "BTC", { units: 0n, cash: 0n })).toThrow(NothingToDo);
    expect(() => fillLiquidation(state, low, "a", "BTC", { units: 1n, cash: -1n })).toThrow(NothingToDo);
    expect(() => fillLiquidation(state, low, "a", "BTC", { units: coin + 1n, cash: 1n })).toThrow(NoSuchPosition);
    expect(() => fillLiquidation(state, low, "a", "BTC", { units: coin, cash: 54_899n * usd })).toThrow(
      InsuranceFundExhausted,
    );
    expect(() => deleverageAgainst(state, at(54_950), "a", "b", "BTC", coin)).toThrow(InsuranceFundSuffices);
    expect(() => deleverageAgainst(state, low, "a", "c", "BTC", coin)).toThrow(CounterpartyRefused);
    expect(() => unwindInventory(state, "BTC", { units: 1n, cash: 1n })).toThrow(NoSuchPosition);
    expect(() => unwindInventory(state, "BTC", { units: 0n, cash: 1n })).toThrow(NothingToDo);
    expect(() => breachMark(state, low, state.accounts.a, "ETH")).toThrow(NoSuchPosition);
    expect(() => marginFor(state, low, state.accounts.a, "ETH")).toThrow(NoSuchPosition);
    const held = takeOverByFund(state, at(54_950), "a").exchange;
    expect(() => unwindInventory(held, "BTC", { units: coin, cash: 54_000n * usd })).toThrow(InsuranceFundExhausted);
    // A short that bought back at 60,000 in a market at 59,000 would be left with less than nothing.
    const poor = {
      ...state,
      accounts: {
        a: { ...long(0n), walletBalance: -1n },
        b: { walletBalance: -6_500n * usd, positions: short(0n).positions },
      },
    };
    expect(() => deleverageAgainst(poor, low, "a", "b", "BTC", coin)).toThrow(CounterpartyRefused);
  });

  const tier = (floor: bigint, cap: bigint, maintenanceRate: bigint, maxLeverage = 1n) => ({
    floor,
    cap,
    maintenanceRate,
    maxLeverage,
  });
  it.each<[string, Partial<ContractParameters>]>([
    ["decimals-out-of-range", { quoteDecimals: 13 }],
    ["fee-out-of-range", { liquidationFee: -1n }],
    ["tiers-missing", { tiers: [] }],
    ["first-floor-not-zero", { tiers: [tier(1n, 2n, 1n)] }],
    ["tier-empty", { tiers: [tier(0n, 0n, 1n)] }],
    ["rate-out-of-range", { tiers: [tier(0n, 1n, 1_000_001n)] }],
    ["leverage-below-one", { tiers: [tier(0n, 1n, 1n, 0n)] }],
    ["leverage-above-maintenance", { tiers: [tier(0n, 1n, 20_000n, 51n)] }],
    ["tiers-overlap", { tiers: [tier(0n, 10n, 1n), tier(9n, 20n, 2n)] }],
    ["tiers-gap", { tiers: [tier(0n, 10n, 1n), tier(11n, 20n, 2n)] }],
    ["rate-falls", { tiers: [tier(0n, 10n, 2n), tier(10n, 20n, 1n)] }],
    ["cumulative-mismatch", { tiers: [{ ...tier(0n, 10n, 2n), statedCumulative: 1n }] }],
  ])("error: fault %s", (code, change) => {
    expect(faults({ ...coarse, ...change }).map((one) => one.code)).toContain(code);
  });
  it("error: all faults at once, none for good parameters", () => {
    expect(faults(coarse)).toEqual([]);
    expect(faults({ ...coarse, liquidationFee: -1n, tiers: [] }).map((one) => one.code)).toEqual([
      "fee-out-of-range",
      "tiers-missing",
    ]);
  });
});

/** A small generator of whole numbers below a bound: linear congruence modulo 2^64, upper bits. */
function generator(seed: number): (below: bigint) => bigint {
  let state = BigInt(seed);
  return (below) => {
    state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) & ((1n << 64n) - 1n);
    return below === 0n ? 0n : ((state >> 16n) * below) >> 48n;
  };
}

const signed = (size: bigint, amount: bigint) => (size < 0n ? -amount : amount);

/** Units of a contract and quote units of accounts and fund together: what only the market's side of a movement may change. */
function totals(state: Exchange): { units: Record<string, bigint>; quote: bigint } {
  const units: Record<string, bigint> = { X: 0n, Y: 0n };
  let quote = state.insuranceFund.balance;
  for (const account of Object.values(state.accounts)) {
    quote += account.walletBalance;
    for (const [name, { size, entryNotional }] of Object.entries(account.positions)) {
      units[name] += size;
      quote -= signed(size, entryNotional);
    }
  }
  for (const [name, held] of Object.entries(state.insuranceFund.inventory)) {
    units[name] += held.units;
    quote -= held.cost;
  }
  return { units, quote };
}

/** The limit written down once more, without anything of the engine: margin balance above the sum of the sliced margins. */
function isHealthy(state: Exchange, marks: Marks, account: Account): boolean {
  let excess = account.walletBalance;
  for (const [name, { size, entryNotional }] of Object.entries(account.positions)) {
    const { assetDecimals, quoteDecimals, tiers } = state.contracts[name];
    const exact = (size < 0n ? -size : size) * marks[name];
    const scale = 10n ** BigInt(assetDecimals + 8 - quoteDecimals);
    const notional = size > 0n ? exact / scale : (exact + scale - 1n) / scale;
    excess += size > 0n ? notional - entryNotional : entryNotional - notional;
    excess -= (slicedMargin(tiers, notional, 1n) + usd - 1n) / usd;
  }
  return excess > 0n || Object.keys(account.positions).length === 0;
}

describe("binance-usdm, properties", () => {
  it("property: 30,000 random steps (seed 1616): value is conserved to the unit, no healthy account is liquidated, the fund is never negative", () => {
    const random = generator(1616);
    const names = ["X", "Y"];
    const done: Record<string, number> = {
      fill: 0,
      refusedHealthy: 0,
      takeover: 0,
      exhausted: 0,
      unwind: 0,
      deleverage: 0,
    };
    let state: Exchange = {
      contracts: { X: coarse, Y: { ...coarse, assetDecimals: 2 } },
      accounts: {},
      insuranceFund: { balance: 5_000n, inventory: {} },
    };
    const marks: Record<string, bigint> = { X: price(100), Y: price(3) };
    for (let step = 0; step < 30_000; step++) {
      const id = `account-${random(12n)}`;
      const contract = names[Number(random(2n))];
      const account = state.accounts[id] ?? { walletBalance: 0n, positions: {} };
      const label = `seed 1616, step ${step}`;
      const before = totals(state);
      let movements: readonly Movement[] = [];
      const kind = random(6n);
      try {
        if (kind === 0n) {
          marks[contract] = (marks[contract] * (900n + random(215n))) / 1000n + 1n;
          if (marks[contract] > price(1_000)) marks[contract] = price(100);
          if (marks[contract] < price(0.1)) marks[contract] = price(3);
        } else if (kind === 1n) {
          // A new position with 2 to 10 % margin, at the mark; who holds one already begins anew, a flat account's rest is withdrawn.
          const old = account.positions[contract] === undefined ? account : { walletBalance: 0n, positions: {} };
          const size = (random(2n) === 0n ? 1n : -1n) * (1n + random(200_000n));
          const entryNotional = notionalValue(state.contracts[contract], size, marks[contract]);
          const deposit = (entryNotional * (2n + random(9n))) / 100n;
          const walletBalance = Object.keys(old.positions).length === 0 ? deposit : old.walletBalance + deposit;
          const next = { walletBalance, positions: { ...old.positions, [contract]: { size, entryNotional } } };
          state = { ...state, accounts: { ...state.accounts, [id]: next } };
          continue;
        } else if (kind === 2n || kind === 3n) {
          const size = account.positions[contract]?.size ?? 0n;
          const whole = size < 0n ? -size : size;
          const units = random(3n) === 0n ? whole : random(whole + 1n);
          const worth = notionalValue(state.contracts[contract], signed(size, units), marks[contract]);
          const cash = (worth * (950n + random(100n))) / 1000n;
          const healthy = isHealthy(state, marks, account);
          const outcome = fillLiquidation(state, marks, id, contract, { units, cash });
          expect(healthy, label).toBe(false);
          const rate = state.contracts[contract].liquidationFee;
          // The fee is the rate rounded up by less than a unit, never more.
          expect(outcome.fee * usd <= cash * rate + usd - 1n, label).toBe(true);
          expect(outcome.fee > 0n && outcome.coveredByFund > 0n, label).toBe(false);
          movements = outcome.movements;
          state = outcome.exchange;
          done.fill++;
        } else if (kind === 4n) {
          const healthy = isHealthy(state, marks, account);
          try {
            const outcome = takeOverByFund(state, marks, id);
            expect(healthy, label).toBe(false);
            movements = outcome.movements;
            state = outcome.exchange;
            expect(state.accounts[id], label).toEqual({ walletBalance: 0n, positions: {} });
            expect(fundWorth(state, marks, state.insuranceFund) >= 0n, label).toBe(true);
            done.takeover++;
          } catch (problem) {
            if (!(problem instanceof InsuranceFundExhausted)) throw problem;
            done.exhausted++;
            const size = account.positions[contract]?.size ?? 0n;
            const other = Object.keys(state.accounts).find(
              (one) => (state.accounts[one].positions[contract]?.size ?? 0n) * size < 0n,
            );
            if (other === undefined) continue;
            const against = state.accounts[other].positions[contract].size;
            const [mine, theirs] = [size < 0n ? -size : size, against < 0n ? -against : against];
            const outcome = deleverageAgainst(state, marks, id, other, contract, mine < theirs ? mine : theirs);
            movements = outcome.movements;
            state = outcome.exchange;
            done.deleverage++;
          }
        } else {
          const held = state.insuranceFund.inventory[contract]?.units ?? 0n;
          const units = random((held < 0n ? -held : held) + 1n);
          const cash =
            (notionalValue(state.contracts[contract], signed(held, units), marks[contract]) * (980n + random(40n))) /
            1000n;
          const outcome = unwindInventory(state, contract, { units, cash });
          movements = outcome.movements;
          state = outcome.exchange;
          done.unwind++;
        }
      } catch (problem) {
        if (problem instanceof NotLiquidatable) done.refusedHealthy++;
        else if (
          !(
            problem instanceof NothingToDo ||
            problem instanceof NoSuchPosition ||
            problem instanceof InsuranceFundExhausted ||
            problem instanceof CounterpartyRefused
          )
        ) {
          throw problem;
        }
      }
      const after = totals(state);
      const market = movements.filter((one) => one.party === "market");
      for (const name of names) {
        const taken = market.filter((one) => one.contract === name).reduce((sum, one) => sum + one.units, 0n);
        expect(after.units[name] + taken, label).toBe(before.units[name]);
      }
      expect(after.quote + market.reduce((sum, one) => sum + one.quote, 0n), label).toBe(before.quote);
      expect(sums(movements), label).toEqual([0n, 0n]);
      expect(state.insuranceFund.balance >= 0n, label).toBe(true);
    }
    for (const [name, count] of Object.entries(done))
      expect([name, count > 100], JSON.stringify(done)).toEqual([name, true]);
  });
});
