import { describe, expect, it } from "vitest";
import { NothingToDo, NotLiquidatable } from "../errors.js";
import {
  type Account,
  type AssetParameters,
  accountRisk,
  BackstopRefused,
  backstop,
  breachMark,
  CoolingDown,
  CounterpartyRefused,
  card,
  deleverageAgainst,
  deleveragingTerms,
  type Exchange,
  FillRefused,
  faults,
  fillLiquidation,
  isBackstopped,
  isLiquidatable,
  isUnderwater,
  type LiquidationRules,
  liquidationOrder,
  liquidationPrice,
  type MarginTier,
  type Movement,
  maintenanceMargin,
  NoPrice,
  NoSuchPosition,
  NotUnderwater,
  notionalValue,
  type Prices,
  presets,
  publishedRules,
  ruleFaults,
  tierRates,
  unwindVault,
  VaultExhausted,
} from "./index.js";

const usd = 1_000_000n;
const coin = 100_000_000n;
const million = 1_000_000n * usd;
const price = (dollars: number) => BigInt(Math.round(dollars * 1e8));
const parametersOf = (name: string) =>
  (presets.find((preset) => preset.name === name) as (typeof presets)[number]).parameters;
const btc = parametersOf("btc");

const pool = (
  walletBalance: bigint,
  size: bigint,
  entryNotional: bigint,
  partialAt: bigint | null = null,
): Account => ({
  walletBalance,
  positions: { BTC: { size, entryNotional } },
  partialAt,
});
const exchange = (
  accounts: Record<string, Account>,
  rules: LiquidationRules = publishedRules,
  balance = 0n,
): Exchange => ({
  rules,
  assets: { BTC: btc },
  accounts,
  vault: { balance, inventory: {} },
});
const at = (dollars: number): Prices => ({ BTC: price(dollars) });
const sums = (movements: readonly Movement[]) => [
  movements.reduce((sum, one) => sum + one.units, 0n),
  movements.reduce((sum, one) => sum + one.quote, 0n),
];

/** Numbers of MECHANISMS section 17 and of the golden vectors of an independent replica (hl_btc_tiers, hl_eth_tiers, hl_liqprice). */
describe("hyperliquid, vectors", () => {
  it("golden: BTC 1.25 % and 2.5 % above 150 million with a deduction of 1,875,000 (hl_btc_tiers)", () => {
    const { scale, rates, deductions } = tierRates(btc.tiers);
    expect(btc.tiers.map((tier) => [tier.floor, tier.maxLeverage])).toEqual([
      [0n, 40n],
      [150n * million, 20n],
    ]);
    expect(rates.map((rate) => (rate * 10_000n) / scale)).toEqual([125n, 250n]);
    expect(deductions.map((deduction) => deduction % scale === 0n && deduction / scale / usd)).toEqual([
      0n,
      1_875_000n,
    ]);
  });

  it("golden: ETH 2 % and a thirtieth above 100 million with a deduction of 1,333,333.333333333 (hl_eth_tiers)", () => {
    const { scale, rates, deductions } = tierRates(parametersOf("eth").tiers);
    expect(rates.map((rate) => [rate * 50n === scale, rate * 30n === scale])).toEqual([
      [true, false],
      [false, true],
    ]);
    expect(deductions.map((deduction) => deduction / scale)).toEqual([0n, 1_333_333_333_333n]);
    expect(3n * deductions[1]).toBe(4_000_000n * usd * scale);
  });

  it("golden: liquidation prices, to the last step of 1e-8 (hl_liqprice: 57721.51898734177, 62222.22222222222)", () => {
    const long = pool(3_000n * usd, coin, 60_000n * usd);
    const short = pool(3_000n * usd, -coin, 60_000n * usd);
    // A long's is cut, a short's goes to the next step.
    expect(liquidationPrice(exchange({}), at(60_000), long, "BTC")).toBe(5_772_151_898_734n);
    expect(liquidationPrice(exchange({}), at(60_000), short, "BTC")).toBe(6_222_222_222_223n);
  });

  it("golden: 39 presets without a fault; half of the initial margin at 10x is 5 %", () => {
    expect(presets).toHaveLength(39);
    for (const { name, parameters } of presets) expect([name, faults(parameters)]).toEqual([name, []]);
    expect(ruleFaults(publishedRules)).toEqual([]);
    expect(maintenanceMargin(parametersOf("doge"), 20n * million)).toBe(million);
    expect(maintenanceMargin(parametersOf("doge"), 30n * million)).toBe(2n * million);
  });
});

describe("hyperliquid, limits", () => {
  // 1 BTC at 60,000 needs 750 dollars.
  const withWallet = (wallet: bigint) => pool(wallet, coin, 60_000n * usd);
  it("equality: an account value exactly at the maintenance margin is safe, one unit below not", () => {
    const bad = (wallet: bigint) => isLiquidatable(exchange({}), at(60_000), withWallet(wallet));
    expect([bad(750n * usd - 1n), bad(750n * usd), bad(750n * usd + 1n)]).toEqual([true, false, false]);
    expect(card.atEquality.liquidatable).toBe(false);
  });
  it("equality: the vault steps in below two thirds of the maintenance margin, not at them; below 0 it does not", () => {
    const taken = (wallet: bigint) => isBackstopped(exchange({}), at(60_000), withWallet(wallet));
    expect([taken(500n * usd), taken(500n * usd - 1n), taken(0n), taken(-1n)]).toEqual([false, true, true, false]);
    const under = (wallet: bigint) => isUnderwater(exchange({}), at(60_000), withWallet(wallet));
    expect([under(0n), under(-1n)]).toEqual([false, true]);
  });
  it("equality: a position of exactly 100,000 USDC is closed at once, one unit more in part", () => {
    // 2 BTC at 50,000; the next step of 1e-8 is worth two hundred-millionths more, the next 50 a unit.
    const state = exchange({ a: pool(0n, 2n * coin, 100_000n * usd) });
    expect(liquidationOrder(state, at(50_000), "a", "BTC", 0n)).toEqual({
      asset: "BTC",
      side: "sell",
      units: 2n * coin,
      partial: false,
    });
    expect(liquidationOrder(state, { BTC: price(50_000) + 50n }, "a", "BTC", 0n)).toEqual({
      asset: "BTC",
      side: "sell",
      units: 40_000_000n,
      partial: true,
    });
  });
  it("limit: the documents' formula and the exact limit agree within rounding inside a tier, and part across tiers", () => {
    for (const size of [coin, -coin]) {
      const account = pool(3_000n * usd, size, 60_000n * usd);
      const exact = breachMark(exchange({}), {}, account, "BTC") as bigint;
      const formula = liquidationPrice(exchange({}), at(60_000), account, "BTC") as bigint;
      expect(Math.abs(Number(exact - formula))).toBeLessThanOrEqual(202);
      expect(isLiquidatable(exchange({}), { BTC: exact }, account)).toBe(true);
      expect(isLiquidatable(exchange({}), { BTC: exact + (size > 0n ? 1n : -1n) }, account)).toBe(false);
    }
    // 2,450 BTC short at 60,000: 147 million. The formula stays at 1.25 %, above 150 million 2.5 % is due: it is liquidated earlier.
    const large = pool(10n * million, -2_450n * coin, 147n * million);
    const exact = breachMark(exchange({}), {}, large, "BTC") as bigint;
    const formula = liquidationPrice(exchange({}), at(60_000), large, "BTC") as bigint;
    expect(formula > exact).toBe(true);
    // Exact: (10 + 147 + 1.875) / 1.025 / 2,450 million = 63,265.3061...; formula: 157 / 1.0125 / 2,450 = 63,290.5014... (own arithmetic).
    expect([Number(exact) / 1e8, Number(formula) / 1e8].map(Math.floor)).toEqual([63_265, 63_290]);
  });
  it("limit: a fully paid long is liquidatable at no mark", () => {
    expect(breachMark(exchange({}), {}, withWallet(60_001n * usd), "BTC")).toBeNull();
    expect(liquidationPrice(exchange({}), at(60_000), withWallet(70_000n * usd), "BTC")).toBeNull();
  });
});

/** Maintenance margin as a marginal tax, in fractions: numerator and denominator of the sum over slices of slice / (2 x leverage). */
function slicedMargin(tiers: readonly MarginTier[], notional: bigint): [bigint, bigint] {
  return tiers.reduce<[bigint, bigint]>(
    ([top, bottom], { floor, maxLeverage }, n) => {
      const cap = tiers[n + 1]?.floor ?? notional;
      const slice = (notional < cap ? notional : cap) - floor;
      return slice <= 0n ? [top, bottom] : [top * 2n * maxLeverage + slice * bottom, bottom * 2n * maxLeverage];
    },
    [0n, 1n],
  );
}

function sliced(tiers: readonly MarginTier[], notional: bigint): bigint {
  const [top, bottom] = slicedMargin(tiers, notional);
  return (top + bottom - 1n) / bottom;
}

describe("hyperliquid, a second implementation", () => {
  it("oracle: maintenance margins are a marginal tax, to the unit, on 5,000 random notionals and tables", () => {
    const random = generator(17);
    for (let round = 0; round < 5_000; round++) {
      const tiers: MarginTier[] = [{ floor: 0n, maxLeverage: 3n + random(48n) }];
      while (random(3n) > 0n) {
        const before = tiers[tiers.length - 1];
        if (before.maxLeverage === 1n) break;
        tiers.push({ floor: before.floor + 1n + random(10n ** 9n), maxLeverage: 1n + random(before.maxLeverage) });
      }
      const parameters: AssetParameters = { ...btc, tiers };
      expect(faults(parameters)).toEqual([]);
      const notional = random(5n * 10n ** 9n);
      expect(maintenanceMargin(parameters, notional)).toBe(sliced(tiers, notional));
    }
  });

  it("oracle: parts and cooldown against a timetable written from the announcement, 4,000 random attempts (seed 1730)", () => {
    const random = generator(1730);
    const seen = new Set<string>();
    for (const duringCooldown of ["entire-position", "nothing"] as const) {
      const rules = { ...publishedRules, duringCooldown };
      for (let round = 0; round < 2_000; round++) {
        const units = 1n + random(10n * coin);
        const partialAt = random(4n) === 0n ? null : random(100n) * 1000n;
        const now = (partialAt ?? 0n) + [0n, 1n, 29_999n, 30_000n, 30_001n, 45_000n][Number(random(6n))];
        const state = exchange({ a: pool(0n, units, units * 600n, partialAt) }, rules);
        // 60,000 dollars a coin: one unit of 1e-8 is worth 600 quote units; 166,666,667 units are the first above 100,000 dollars.
        const large = units >= 166_666_667n;
        const elapsed = partialAt === null ? null : now - partialAt;
        let expected: bigint | "refused";
        if (elapsed === null || elapsed === 0n) expected = large ? units / 5n : units;
        else if (elapsed < 30_000n) expected = duringCooldown === "nothing" ? "refused" : units;
        else expected = duringCooldown === "nothing" || !large ? units : units / 5n;
        seen.add(
          `${duringCooldown} ${large} ${expected === "refused" ? "refused" : expected === units ? "whole" : "part"}`,
        );
        const order = () => liquidationOrder(state, at(60_000), "a", "BTC", now);
        if (expected === "refused") expect(order).toThrow(CoolingDown);
        else expect([round, order().units]).toEqual([round, expected]);
      }
    }
    expect(seen.size).toBe(8);
  });
});

describe("hyperliquid, steps", () => {
  it("behavior: a fifth first, the whole within 30 s, a fifth again after; without fee", () => {
    // 10 BTC bought at 60,000 with 10,000 dollars: at 59,500 worth 5,000 of 7,437.50 needed.
    let state = exchange({ a: pool(10_000n * usd, 10n * coin, 600_000n * usd) });
    const marks = at(59_500);
    const first = liquidationOrder(state, marks, "a", "BTC", 1_000n);
    expect([first.units, first.partial]).toEqual([2n * coin, true]);
    const sold = fillLiquidation(state, marks, "a", "BTC", { units: first.units, cash: 118_900n * usd }, 1_000n);
    expect(sums(sold.movements)).toEqual([0n, 0n]);
    state = sold.exchange;
    expect(state.accounts.a.partialAt).toBe(1_000n);
    // 2 BTC cost 120,000: 1,100 dollars lost, of which 100 to the book; no fee.
    expect(state.accounts.a.walletBalance).toBe(8_900n * usd);
    expect(accountRisk(state, marks, state.accounts.a)).toEqual({
      accountValue: 4_900n * usd,
      maintenanceMargin: 5_950n * usd,
    });
    expect(liquidationOrder(state, marks, "a", "BTC", 20_000n)).toMatchObject({ units: 8n * coin, partial: false });
    expect(liquidationOrder(state, marks, "a", "BTC", 31_000n)).toMatchObject({ units: 160_000_000n, partial: true });
    const done = fillLiquidation(
      state,
      marks,
      "a",
      "BTC",
      { units: 8n * coin, cash: 475_500n * usd },
      20_000n,
    ).exchange;
    expect(done.accounts.a).toEqual({ walletBalance: 4_400n * usd, positions: {}, partialAt: 1_000n });
  });

  it("behavior: the vault takes positions and margin, the account gets nothing back", () => {
    const state = exchange({ a: pool(1_000n * usd, -coin, 60_000n * usd) });
    // Short at 60,600: worth 400, needs 757.50; two thirds are 505.
    const taken = backstop(state, at(60_600), "a");
    expect(taken.marginTaken).toBe(400n * usd);
    expect(taken.exchange.accounts.a).toEqual({ walletBalance: 0n, positions: {}, partialAt: null });
    expect(taken.exchange.vault).toEqual({
      balance: 400n * usd,
      inventory: { BTC: { units: -coin, cost: -60_600n * usd } },
    });
    expect(sums(taken.movements)).toEqual([0n, 0n]);
    const bought = unwindVault(taken.exchange, "BTC", { units: coin, cash: 60_700n * usd });
    expect(bought.exchange.vault.balance).toBe(300n * usd);
    expect(() => unwindVault(taken.exchange, "BTC", { units: coin, cash: 61_001n * usd })).toThrow(VaultExhausted);
  });

  it("behavior: auto-deleveraging at the previous mark; what even that leaves short, the counterparty bears, never anybody else", () => {
    const state = exchange({
      a: pool(1_000n * usd, coin, 60_000n * usd),
      b: pool(30_000n * usd, -coin, 60_000n * usd),
    });
    const marks = at(58_900);
    expect(isUnderwater(state, marks, state.accounts.a)).toBe(true);
    const closed = deleverageAgainst(state, marks, at(59_200), "a", "b", "BTC", coin);
    expect(closed.exchange.accounts.a.walletBalance).toBe(200n * usd);
    expect(closed.exchange.accounts.b.walletBalance).toBe(30_800n * usd);
    expect(sums(closed.movements)).toEqual([0n, 0n]);
    // Previous mark 58,950: 50 dollars short; closed at 59,000, the bankruptcy price.
    expect(deleveragingTerms(state, at(58_950), state.accounts.a)[0].cash).toBe(59_000n * usd);
    expect(deleverageAgainst(state, marks, at(58_950), "a", "b", "BTC", coin).exchange.accounts.a.walletBalance).toBe(
      0n,
    );
  });
});

describe("hyperliquid, switches", () => {
  const state = (rules: Partial<LiquidationRules>) =>
    exchange({ a: pool(10_000n * usd, 10n * coin, 600_000n * usd, 0n) }, { ...publishedRules, ...rules });
  const units = (rules: Partial<LiquidationRules>, now: bigint) =>
    liquidationOrder(state(rules), at(59_500), "a", "BTC", now).units;
  it("behavior: without parts the first order is five times as large", () => {
    expect([units({}, 30_000n), units({ partialShare: 1_000_000n }, 30_000n)]).toEqual([2n * coin, 10n * coin]);
    expect(units({ partialAbove: 600_000n * usd }, 30_000n)).toBe(10n * coin);
  });
  it("behavior: without a cooldown the second order is a part again, with one that sends nothing it waits", () => {
    expect([units({}, 1n), units({ cooldown: 0n }, 1n)]).toEqual([10n * coin, 2n * coin]);
    expect(() => units({ duringCooldown: "nothing" }, 1n)).toThrow(CoolingDown);
  });
  it("behavior: without the vault's share nobody is backstopped; with all of it every liquidatable account is", () => {
    const taken = (numerator: bigint) =>
      isBackstopped(state({ backstopShare: { numerator, denominator: 3n } }), at(59_500), state({}).accounts.a);
    // Worth 5,000 of 7,437.50: above two thirds.
    expect([taken(0n), taken(2n), taken(3n)]).toEqual([false, false, true]);
  });
  it("behavior: without the upper tier 300 million of BTC need half", () => {
    expect(maintenanceMargin({ ...btc, tiers: btc.tiers.slice(0, 1) }, 300n * million)).toBe(3_750_000n * usd);
    expect(maintenanceMargin(btc, 300n * million)).toBe(5_625_000n * usd);
  });
});

describe("hyperliquid, refusals", () => {
  const state = exchange({
    a: pool(1_000n * usd, coin, 60_000n * usd),
    b: pool(1_000n * usd, -coin, 50_000n * usd),
    c: pool(9_000n * usd, coin, 60_000n * usd),
  });
  it("error: every class of refusal", () => {
    expect(() => liquidationOrder(state, at(60_000), "a", "BTC", 0n)).toThrow(NotLiquidatable);
    expect(() => liquidationOrder(state, at(59_500), "x", "BTC", 0n)).toThrow(NoSuchPosition);
    expect(() => liquidationOrder(state, at(59_500), "a", "ETH", 0n)).toThrow(NoSuchPosition);
    expect(() => liquidationOrder(state, {}, "a", "BTC", 0n)).toThrow(NoPrice);
    const fill = (units: bigint, cash: bigint) => () =>
      fillLiquidation(state, at(59_500), "a", "BTC", { units, cash }, 0n);
    expect(fill(0n, 0n)).toThrow(NothingToDo);
    expect(fill(coin, -1n)).toThrow(FillRefused);
    expect(fill(coin, 58_999n * usd)).toThrow(FillRefused);
    expect(fill(coin, 59_000n * usd)).not.toThrow();
    const large = exchange({ a: pool(0n, 10n * coin, 600_000n * usd) });
    expect(() => fillLiquidation(large, at(60_000), "a", "BTC", { units: 2n * coin + 1n, cash: 0n }, 0n)).toThrow(
      FillRefused,
    );
    expect(() => backstop(state, at(59_500), "a")).toThrow(BackstopRefused);
    expect(() => backstop(state, at(58_900), "a")).toThrow(BackstopRefused);
    expect(() => unwindVault(state, "BTC", { units: 0n, cash: 0n })).toThrow(NothingToDo);
    expect(() => unwindVault(state, "BTC", { units: 1n, cash: 0n })).toThrow(NoSuchPosition);
    expect(() => deleverageAgainst(state, at(59_500), at(59_500), "a", "b", "BTC", coin)).toThrow(NotUnderwater);
    expect(() => deleverageAgainst(state, at(58_000), at(58_500), "a", "c", "BTC", coin)).toThrow(CounterpartyRefused);
    expect(() => deleverageAgainst(state, at(58_000), at(58_500), "a", "b", "BTC", coin)).toThrow(CounterpartyRefused);
    expect(() => liquidationPrice(state, at(1), state.accounts.a, "ETH")).toThrow(NoSuchPosition);
    expect(() => breachMark(state, at(1), state.accounts.a, "ETH")).toThrow(NoSuchPosition);
  });

  it.each<[string, Partial<AssetParameters>]>([
    ["decimals-out-of-range", { assetDecimals: -1 }],
    ["tiers-missing", { tiers: [] }],
    ["first-floor-not-zero", { tiers: [{ floor: 1n, maxLeverage: 10n }] }],
    ["leverage-below-one", { tiers: [{ floor: 0n, maxLeverage: 0n }] }],
    [
      "tiers-overlap",
      {
        tiers: [
          { floor: 0n, maxLeverage: 10n },
          { floor: 0n, maxLeverage: 5n },
        ],
      },
    ],
    [
      "rate-falls",
      {
        tiers: [
          { floor: 0n, maxLeverage: 5n },
          { floor: 9n, maxLeverage: 10n },
        ],
      },
    ],
  ])("error: fault %s", (code, change) => {
    expect(faults({ ...btc, ...change }).map((one) => one.code)).toContain(code);
  });
  it("error: faults of the rules, all at once", () => {
    const wrong: LiquidationRules = {
      partialAbove: -1n,
      partialShare: 0n,
      cooldown: -1n,
      duringCooldown: "nothing",
      backstopShare: { numerator: 4n, denominator: 3n },
    };
    expect(ruleFaults(wrong).map((one) => one.code)).toEqual([
      "partial-above-negative",
      "partial-share-out-of-range",
      "cooldown-negative",
      "backstop-share-out-of-range",
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
const without = (size: bigint) => (size < 0n ? -size : size);

/** Units and quote units of accounts and vault together: what only the market's side of a movement may change. */
function totals(state: Exchange): { units: Record<string, bigint>; quote: bigint } {
  const units: Record<string, bigint> = { X: 0n, Y: 0n };
  let quote = state.vault.balance;
  for (const account of Object.values(state.accounts)) {
    quote += account.walletBalance;
    for (const [name, { size, entryNotional }] of Object.entries(account.positions)) {
      units[name] += size;
      quote -= signed(size, entryNotional);
    }
  }
  for (const [name, held] of Object.entries(state.vault.inventory)) {
    units[name] += held.units;
    quote -= held.cost;
  }
  return { units, quote };
}

/** The limit written down once more, without anything of the engine. */
function isHealthy(state: Exchange, marks: Prices, account: Account): boolean {
  let excess = account.walletBalance;
  for (const [name, { size, entryNotional }] of Object.entries(account.positions)) {
    const { assetDecimals, quoteDecimals, tiers } = state.assets[name];
    const exact = without(size) * marks[name];
    const scale = 10n ** BigInt(assetDecimals + 8 - quoteDecimals);
    const notional = size > 0n ? exact / scale : (exact + scale - 1n) / scale;
    excess += signed(size, notional - entryNotional) - sliced(tiers, notional);
  }
  return excess >= 0n;
}

describe("hyperliquid, properties", () => {
  it("property: 30,000 random steps (seed 1717): value is conserved to the unit, no healthy account is closed, vault and traders never fall below 0 by it", () => {
    const random = generator(1717);
    const names = ["X", "Y"];
    const done: Record<string, number> = {
      whole: 0,
      part: 0,
      refusedHealthy: 0,
      refusedFill: 0,
      backstop: 0,
      unwind: 0,
      deleverage: 0,
    };
    const coarse: AssetParameters = {
      assetDecimals: 4,
      quoteDecimals: 2,
      tiers: [
        { floor: 0n, maxLeverage: 25n },
        { floor: 100_000n, maxLeverage: 15n },
      ],
    };
    let state: Exchange = {
      rules: { ...publishedRules, partialAbove: 100_000n },
      assets: { X: coarse, Y: { ...coarse, assetDecimals: 2 } },
      accounts: {},
      vault: { balance: 5_000n, inventory: {} },
    };
    const marks: Record<string, bigint> = { X: price(100), Y: price(3) };
    let previous = { ...marks };
    for (let step = 0; step < 30_000; step++) {
      const id = `account-${random(12n)}`;
      const asset = names[Number(random(2n))];
      const account = state.accounts[id] ?? { walletBalance: 0n, positions: {}, partialAt: null };
      const size = account.positions[asset]?.size ?? 0n;
      const healthy = isHealthy(state, marks, account);
      const label = `seed 1717, step ${step}`;
      const before = totals(state);
      const now = BigInt(step) * 1_000n;
      let movements: readonly Movement[] = [];
      const kind = random(7n);
      try {
        if (kind === 0n) {
          previous = { ...marks };
          marks[asset] = (marks[asset] * (930n + random(144n))) / 1000n + 1n;
          if (marks[asset] > price(1_000)) marks[asset] = price(100);
          if (marks[asset] < price(0.1)) marks[asset] = price(3);
        } else if (kind === 1n) {
          // A new position with 4 to 12 % margin, at the mark; who holds one already begins anew.
          const old =
            account.positions[asset] === undefined ? account : { walletBalance: 0n, positions: {}, partialAt: null };
          const opened = (random(2n) === 0n ? 1n : -1n) * (1n + random(200_000n));
          const entryNotional = notionalValue(state.assets[asset], opened, marks[asset]);
          const deposit = (entryNotional * (4n + random(9n))) / 100n;
          const walletBalance = Object.keys(old.positions).length === 0 ? deposit : old.walletBalance + deposit;
          const next = {
            ...old,
            walletBalance,
            positions: { ...old.positions, [asset]: { size: opened, entryNotional } },
          };
          state = { ...state, accounts: { ...state.accounts, [id]: next } };
          continue;
        } else if (kind <= 3n) {
          const order = liquidationOrder(state, marks, id, asset, now);
          expect(healthy, label).toBe(false);
          expect(
            order.partial ? order.units * 5n <= without(size) || order.units === 1n : order.units === without(size),
            label,
          ).toBe(true);
          const units = random(2n) === 0n ? order.units : random(order.units + 1n);
          const worth = notionalValue(state.assets[asset], signed(size, units), marks[asset]);
          const cash = (worth * (970n + random(60n))) / 1000n;
          const outcome = fillLiquidation(state, marks, id, asset, { units, cash }, now);
          movements = outcome.movements;
          state = outcome.exchange;
          expect(accountRisk(state, marks, state.accounts[id]).accountValue >= 0n, label).toBe(true);
          done[order.partial ? "part" : "whole"]++;
        } else if (kind === 4n) {
          const outcome = backstop(state, marks, id);
          expect(healthy, label).toBe(false);
          expect(outcome.marginTaken >= 0n, label).toBe(true);
          movements = outcome.movements;
          state = outcome.exchange;
          done.backstop++;
        } else if (kind === 5n) {
          const other = Object.keys(state.accounts).find(
            (one) => (state.accounts[one].positions[asset]?.size ?? 0n) * size < 0n,
          );
          if (other === undefined) continue;
          const against = without(state.accounts[other].positions[asset].size);
          const units = against < without(size) ? against : without(size);
          const outcome = deleverageAgainst(state, marks, previous, id, other, asset, units);
          expect(healthy, label).toBe(false);
          movements = outcome.movements;
          state = outcome.exchange;
          if (Object.keys(state.accounts[id].positions).length === 0)
            expect(state.accounts[id].walletBalance >= 0n, label).toBe(true);
          done.deleverage++;
        } else {
          const held = state.vault.inventory[asset]?.units ?? 0n;
          const units = random(without(held) + 1n);
          const cash =
            (notionalValue(state.assets[asset], signed(held, units), marks[asset]) * (980n + random(40n))) / 1000n;
          const outcome = unwindVault(state, asset, { units, cash });
          movements = outcome.movements;
          state = outcome.exchange;
          done.unwind++;
        }
      } catch (problem) {
        if (
          problem instanceof NotLiquidatable ||
          problem instanceof NotUnderwater ||
          problem instanceof BackstopRefused
        )
          done.refusedHealthy++;
        else if (problem instanceof FillRefused) done.refusedFill++;
        else if (
          ![NothingToDo, NoSuchPosition, VaultExhausted, CounterpartyRefused].some(
            (kindOf) => problem instanceof kindOf,
          )
        )
          throw problem;
      }
      const after = totals(state);
      const market = movements.filter((one) => one.party === "market");
      for (const name of names) {
        const taken = market.filter((one) => one.asset === name).reduce((sum, one) => sum + one.units, 0n);
        expect(after.units[name] + taken, label).toBe(before.units[name]);
      }
      expect(after.quote + market.reduce((sum, one) => sum + one.quote, 0n), label).toBe(before.quote);
      expect(sums(movements), label).toEqual([0n, 0n]);
      expect(state.vault.balance >= 0n, label).toBe(true);
    }
    for (const [name, count] of Object.entries(done))
      expect([name, count > 100], JSON.stringify(done)).toEqual([name, true]);
  });
});
