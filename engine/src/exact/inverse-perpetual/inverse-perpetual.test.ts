import { describe, expect, it } from "vitest";
import { NothingToDo, NotLiquidatable } from "../errors.js";
import {
  addMargin,
  bankruptcyPrice,
  card,
  coinValue,
  contractNumerator,
  decrease,
  deleverage,
  emptyExchange,
  entryValue,
  equity,
  faults,
  fundingPayment,
  type InverseExchange,
  type InversePerpetualParameters,
  type InversePosition,
  increase,
  isLiquidatable,
  LossBeyondMargin,
  liquidate,
  liquidationPrice,
  MoreThanPosition,
  maintenanceMargin,
  NoPosition,
  NotBankrupt,
  OtherSide,
  PriceNotPositive,
  payFunding,
  positionOf,
  WinnerWouldBeBankrupt,
} from "./index.js";

const usd = 100_000_000n;
const btc = 100_000_000n;
const plain: InversePerpetualParameters = {
  coinDecimals: 8,
  contractValue: 100n * usd,
  tiers: [{ fromCoin: 0n, rate: 5_000n }],
  liquidationFeeRate: 5_000n,
  liquidatableAtEquality: false,
};
const tiered: InversePerpetualParameters = {
  ...plain,
  tiers: [
    { fromCoin: 0n, rate: 4_000n },
    { fromCoin: 5n * btc, rate: 5_000n },
    { fromCoin: 10n * btc + 1n, rate: 10_003n },
    { fromCoin: 100n * btc, rate: 125_000n },
  ],
};

/** Seeded generator of whole numbers (splitmix64). */
function generator(seed: bigint): (below: bigint) => bigint {
  let state = seed;
  const mask = (1n << 64n) - 1n;
  return (below) => {
    state = (state + 0x9e3779b97f4a7c15n) & mask;
    let mixed = state;
    mixed = ((mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
    mixed = ((mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn) & mask;
    return (mixed ^ (mixed >> 31n)) % below;
  };
}

/** A position of leverage L at an entry price. */
function levered(contracts: bigint, entry: bigint, leverage: bigint, parameters = plain): InversePosition {
  const entryCoin = entryValue(parameters, contracts, entry);
  return { contracts, entryCoin, margin: entryCoin / leverage };
}

describe("inverse perpetual", () => {
  it("oracle: entry 50,000 at leverage 10 and 0.5 %: bankruptcy 45,454.55, liquidation 45,681.82; the short mirrored (validated models row 19)", () => {
    // 1e10 contracts so that whole coin units resolve the price below a cent.
    const long = levered(10_000_000_000n, 50_000n * usd, 10n);
    expect(Number(bankruptcyPrice(plain, long)) / 1e8).toBeCloseTo(45_454.545454, 4);
    expect(Number(liquidationPrice(plain, long)) / 1e8).toBeCloseTo(45_681.818181, 4);
    const short = levered(-10_000_000_000n, 50_000n * usd, 10n);
    // e L / (L - 1) and e (1 - m) L / (L - 1).
    expect(Number(bankruptcyPrice(plain, short)) / 1e8).toBeCloseTo(55_555.555555, 4);
    expect(Number(liquidationPrice(plain, short)) / 1e8).toBeCloseTo(55_277.777777, 4);
  });

  it("oracle: a short at leverage 1 is never ruined, and only falls due where 1/p is below its maintenance", () => {
    const short = levered(-1000n, 50_000n * usd, 1n);
    expect(bankruptcyPrice(plain, short)).toBeUndefined();
    // margin = entry: equity is the whole value, always above 0.5 % of it, until the value is a few units.
    expect(isLiquidatable(plain, short, 5_000_000n * usd)).toBe(false);
  });

  it("oracle: profit of 1,000 contracts of $100 from 50,000 to 40,000 is -0.5 BTC for a long and +0.5 BTC for a short", () => {
    const flat = { contracts: 1000n, entryCoin: 2n * btc, margin: 0n };
    expect(equity(plain, flat, 40_000n * usd)).toBe(-50_000_000n);
    expect(equity(plain, { ...flat, contracts: -1000n }, 40_000n * usd)).toBe(50_000_000n);
  });

  it("behavior: equity is the exact rational rounded down, the value of a long up and of a short down, 2,000 random cases", () => {
    const random = generator(1n);
    for (let i = 0; i < 2000; i++) {
      const contracts = (random(2n) === 0n ? 1n : -1n) * (1n + random(1_000_000n));
      const price = 1n + random(200_000n * usd);
      const position = { contracts, entryCoin: random(1000n * btc), margin: random(100n * btc) };
      // Second implementation: one fraction over the price, floored at the end.
      const size = contracts < 0n ? -contracts : contracts;
      const dollars = size * 100n * usd * btc;
      const long = contracts > 0n;
      const numerator = (position.margin + (long ? position.entryCoin : -position.entryCoin)) * price;
      const exact = long ? numerator - dollars : numerator + dollars;
      const floored = exact >= 0n || exact % price === 0n ? exact / price : exact / price - 1n;
      expect(equity(plain, position, price)).toBe(floored);
    }
  });

  it("behavior: the liquidation price agrees with the rational closed form within what three coin units move it, 1,500 random cases", () => {
    const random = generator(2n);
    for (let i = 0; i < 1500; i++) {
      const contracts = (random(2n) === 0n ? 1n : -1n) * (100n + random(10_000_000n));
      const entry = 100n * usd + random(200_000n * usd);
      const rate = random(100_000n);
      const parameters = { ...plain, tiers: [{ fromCoin: 0n, rate }] };
      const position = levered(contracts, entry, 2n + random(100n), parameters);
      const size = contracts < 0n ? -contracts : contracts;
      const dollars = size * contractNumerator(parameters);
      const sign = contracts > 0n ? 1n : -1n;
      // equity = maintenance: margin + s entry = W (s + m) / p.
      const coins = position.entryCoin + sign * position.margin;
      const exact = (dollars * (1_000_000n + sign * rate)) / (coins * 1_000_000n);
      const found = liquidationPrice(parameters, position);
      expect(found).toBeDefined();
      const distance = found === undefined ? 0n : found - exact;
      const tolerance = (3n * exact * exact) / dollars + 3n;
      expect(distance <= tolerance && -distance <= tolerance, `case ${i}`).toBe(true);
    }
  });

  it("equality: an account exactly at its maintenance margin is healthy, one unit less is not; the parameter turns it round", () => {
    const value = coinValue(plain, 1000n, 40_000n * usd);
    const needed = maintenanceMargin(plain, value);
    const at = { contracts: 1000n, entryCoin: 2n * btc, margin: needed + value - 2n * btc };
    expect(equity(plain, at, 40_000n * usd)).toBe(needed);
    expect(isLiquidatable(plain, at, 40_000n * usd)).toBe(card.atEquality.liquidatable);
    expect(isLiquidatable(plain, { ...at, margin: at.margin - 1n }, 40_000n * usd)).toBe(true);
    expect(isLiquidatable(plain, { ...at, margin: at.margin + 1n }, 40_000n * usd)).toBe(false);
    const reached = { ...plain, liquidatableAtEquality: true };
    expect(isLiquidatable(reached, at, 40_000n * usd)).toBe(true);
    expect(isLiquidatable(reached, { ...at, margin: at.margin + 1n }, 40_000n * usd)).toBe(false);
  });

  it("behavior: the liquidation price is the last whole price at which the predicate holds, over tiers and sides", () => {
    const random = generator(3n);
    for (let i = 0; i < 400; i++) {
      const contracts = (random(2n) === 0n ? 1n : -1n) * (1n + random(10_000_000n));
      const parameters = { ...tiered, liquidatableAtEquality: random(2n) === 0n };
      const position = levered(contracts, 1000n * usd + random(100_000n * usd), 1n + random(200n), parameters);
      const price = liquidationPrice(parameters, position);
      if (price === undefined || price <= 1n || price >= 1n << 64n) continue;
      expect(isLiquidatable(parameters, position, price)).toBe(true);
      expect(isLiquidatable(parameters, position, contracts > 0n ? price + 1n : price - 1n)).toBe(false);
    }
  });

  it("behavior: maintenance is continuous at every tier, to one unit", () => {
    for (const { fromCoin } of tiered.tiers.slice(1)) {
      const step = maintenanceMargin(tiered, fromCoin) - maintenanceMargin(tiered, fromCoin - 1n);
      expect(step >= -1n && step <= 1n).toBe(true);
    }
  });

  it("behavior: switching rules off moves named numbers: tiers, fee, equality, funding", () => {
    const flat = { ...tiered, tiers: tiered.tiers.slice(0, 1) };
    expect(maintenanceMargin(flat, 200n * btc)).toBeLessThan(maintenanceMargin(tiered, 200n * btc));
    const state = fall({ account: "a", contracts: 1000n, entry: 50_000n, leverage: 10n });
    const withFee = liquidate(plain, state, "a", 1000n, 45_600n * usd, 45_600n * usd);
    const without = liquidate({ ...plain, liquidationFeeRate: 0n }, state, "a", 1000n, 45_600n * usd, 45_600n * usd);
    expect(without.fee).toBe(0n);
    expect(without.kept).toBe(withFee.kept + withFee.fee);
    expect(fundingPayment(plain, 1000n, 50_000n * usd, 0n)).toBe(0n);
    expect(fundingPayment(plain, 1000n, 50_000n * usd, 100_000n)).toBe(-20_000n);
    expect(fundingPayment(plain, -1000n, 50_000n * usd, 100_000n)).toBe(20_000n);
    expect(fundingPayment(plain, -1000n, 50_000n * usd, -100_000n)).toBe(-20_000n);
  });

  it("behavior: a fill below bankruptcy is paid by the fund as far as it reaches, the rest is uncovered", () => {
    const state = { ...fall({ account: "a", contracts: 1000n, entry: 50_000n, leverage: 10n }), fund: 1_000_000n };
    // Entry 2 BTC, margin 0.2 BTC: at 45,000 the value is 2.22222223 BTC, 0.02222223 beyond the margin.
    const end = liquidate(plain, state, "a", 1000n, 45_000n * usd, 45_000n * usd);
    expect([end.covered, end.uncovered, end.fee, end.kept]).toEqual([1_000_000n, 1_222_223n, 0n, 0n]);
    expect(end.state.fund).toBe(0n);
    expect(end.state.uncovered).toBe(1_222_223n);
  });

  it("behavior: deleveraging uses the loser's margin up exactly and passes his bankruptcy value to the winner", () => {
    let state = fall({ account: "loser", contracts: 1000n, entry: 50_000n, leverage: 10n });
    state = addMargin(state, "winner", btc);
    state = increase(plain, state, "winner", -1000n, 50_000n * usd);
    const end = deleverage(plain, state, "loser", "winner", 1000n, 45_000n * usd);
    expect(positionOf(end.state, "loser")).toEqual({ contracts: 0n, entryCoin: 0n, margin: 0n });
    // Value 2.2 BTC at bankruptcy against 2 BTC received at entry: 0.2 BTC, the loser's margin.
    expect(positionOf(end.state, "winner").margin).toBe(btc + 20_000_000n);
    expect(end.state.clearing).toBe(0n);
  });

  it("error: every class is thrown", () => {
    const state = addMargin(
      increase(plain, addMargin(emptyExchange(0n), "a", btc), "a", 10n, 50_000n * usd),
      "short",
      0n,
    );
    const shorted = increase(plain, state, "short", -10n, 10_000n * usd);
    const mark = 50_000n * usd;
    expect(() => coinValue(plain, 1n, 0n)).toThrow(PriceNotPositive);
    expect(() => increase(plain, state, "a", 0n, mark)).toThrow(NothingToDo);
    expect(() => increase(plain, state, "a", -1n, mark)).toThrow(OtherSide);
    expect(() => decrease(plain, state, "b", 1n, mark)).toThrow(NoPosition);
    expect(() => decrease(plain, state, "a", 11n, mark)).toThrow(MoreThanPosition);
    expect(() => decrease(plain, state, "a", 0n, mark)).toThrow(NothingToDo);
    expect(() => decrease(plain, state, "a", 10n, 10n)).toThrow(LossBeyondMargin);
    expect(() => liquidate(plain, state, "a", 10n, mark, mark)).toThrow(NotLiquidatable);
    expect(() => deleverage(plain, shorted, "a", "short", 10n, mark)).toThrow(NotBankrupt);
    expect(() => deleverage(plain, shorted, "a", "a", 10n, mark)).toThrow(OtherSide);
    // The short entered at 10,000 without margin: at the long's bankruptcy value it has lost more than it has.
    const ruined = increase(plain, addMargin(state, "a", -btc), "short", -10n, 10_000n * usd);
    expect(() => deleverage(plain, ruined, "a", "short", 10n, 49_000n * usd)).toThrow(WinnerWouldBeBankrupt);
  });

  it("error: every parameter fault is found, all at once", () => {
    expect(faults(plain)).toEqual([]);
    expect(faults(tiered)).toEqual([]);
    const codes = faults({
      coinDecimals: -1,
      contractValue: 0n,
      tiers: [
        { fromCoin: 1n, rate: -1n },
        { fromCoin: 1n, rate: 2_000_000n },
        { fromCoin: 2n, rate: 5n },
      ],
      liquidationFeeRate: -1n,
      liquidatableAtEquality: false,
    }).map((fault) => fault.code);
    expect(new Set(codes)).toEqual(
      new Set([
        "decimals-out-of-range",
        "scale-not-positive",
        "tiers-start",
        "negative",
        "rate-above-one",
        "tiers-overlap",
        "tiers-fall",
      ]),
    );
    expect(faults({ ...plain, tiers: [], liquidationFeeRate: 1_000_001n }).map((fault) => fault.code)).toEqual([
      "tiers-missing",
      "fee-above-one",
    ]);
  });

  it("property: 20,000 operations keep every coin, liquidate nobody healthy, and rounding never pays out", () => {
    const seed = 20260101n;
    const random = generator(seed);
    const parameters = tiered;
    let state = emptyExchange(2n * btc);
    let deposited = 2n * btc;
    let price = 50_000n * usd;
    let trades = 0n;
    const done = { liquidated: 0, deleveraged: 0, refused: 0, uncovered: 0 };
    const accounts = Array.from({ length: 24 }, (_, index) => `account-${index}`);
    const total = (one: InverseExchange) => {
      let sum = one.fund + one.clearing;
      for (const position of one.positions.values()) sum += position.margin;
      return sum;
    };
    /** Books one side of a trade for an account: reduces what stands against it, then enlarges. */
    const trade = (from: InverseExchange, account: string, contracts: bigint): InverseExchange => {
      const open = positionOf(from, account).contracts;
      if (open * contracts >= 0n) return increase(parameters, from, account, contracts, price);
      const size = open < 0n ? -open : open;
      const wanted = contracts < 0n ? -contracts : contracts;
      const closed = wanted < size ? wanted : size;
      const next = decrease(parameters, from, account, closed, price).state;
      const left = wanted - closed;
      return left === 0n ? next : increase(parameters, next, account, contracts < 0n ? -left : left, price);
    };
    for (let step = 0; step < 20_000; step++) {
      const where = `seed ${seed}, step ${step}`;
      const account = accounts[Number(random(24n))];
      const other = accounts[Number(random(24n))];
      const kind = random(10n);
      if (kind < 2n) {
        price = (price * (950_000n + random(103_000n))) / 1_000_000n;
        if (price < 1000n * usd) price = 50_000n * usd;
      } else if (kind < 3n) {
        // In, or out again: two thirds of the margin, where the account stays healthy.
        const position = positionOf(state, account);
        const out = (-position.margin * 2n) / 3n;
        const healthy = !isLiquidatable(parameters, { ...position, margin: position.margin + out }, price);
        const coins = random(2n) === 0n && position.margin > 0n && healthy ? out : random(btc / 12n);
        state = addMargin(state, account, coins);
        deposited += coins;
      } else if (kind < 5n && account !== other) {
        const contracts = 1n + random(2000n);
        try {
          state = trade(trade(state, account, contracts), other, -contracts);
          trades += 4n;
        } catch (refusal) {
          expect(refusal, where).toBeInstanceOf(LossBeyondMargin);
          done.refused++;
        }
      } else if (kind < 6n) {
        const movement = payFunding(parameters, state, price, random(200_000n) - 100_000n);
        state = movement.state;
        trades += BigInt(state.positions.size);
        expect(
          movement.movements.reduce((sum, one) => sum + one.coin, 0n),
          where,
        ).toBe(0n);
      } else if (kind < 9n) {
        const position = positionOf(state, account);
        const size = position.contracts < 0n ? -position.contracts : position.contracts;
        if (size === 0n || account === other) continue;
        const count = random(3n) === 0n ? 1n + random(size) : size;
        const liquidatable = isLiquidatable(parameters, position, price);
        try {
          const end = liquidate(parameters, state, account, count, price, price);
          expect(liquidatable, where).toBe(true);
          expect(
            end.movements.reduce((sum, one) => sum + one.coin, 0n),
            where,
          ).toBe(0n);
          expect(end.kept >= 0n && end.fee >= 0n && end.state.fund >= 0n, where).toBe(true);
          // The other side of the close: whoever takes it enters at the same price.
          state = trade(end.state, other, position.contracts > 0n ? count : -count);
          trades += 4n;
          done.liquidated++;
          if (end.uncovered > 0n) done.uncovered++;
        } catch (refusal) {
          if (refusal instanceof LossBeyondMargin) continue;
          expect(refusal, where).toBeInstanceOf(NotLiquidatable);
          expect(liquidatable, where).toBe(false);
        }
      } else {
        const position = positionOf(state, account);
        const winner = positionOf(state, other);
        if (position.contracts * winner.contracts >= 0n) continue;
        const size = (one: InversePosition) => (one.contracts < 0n ? -one.contracts : one.contracts);
        const count = size(position) < size(winner) ? size(position) : size(winner);
        try {
          const end = deleverage(parameters, state, account, other, count, price);
          expect(equity(parameters, position, price) <= 0n, where).toBe(true);
          expect(
            end.movements.reduce((sum, one) => sum + one.coin, 0n),
            where,
          ).toBe(0n);
          state = end.state;
          done.deleveraged++;
        } catch (refusal) {
          expect(refusal instanceof NotBankrupt || refusal instanceof WinnerWouldBeBankrupt, where).toBe(true);
        }
      }
      expect(total(state), where).toBe(deposited);
    }
    // Everybody out at one price: what is left in the clearing house is rounding (at most a unit a leg), less what nobody paid.
    for (const [account, position] of state.positions) {
      const size = position.contracts < 0n ? -position.contracts : position.contracts;
      if (size === 0n) continue;
      state = decrease(parameters, addMargin(state, account, 1_000_000n * btc), account, size, price).state;
    }
    const dust = state.clearing + state.uncovered;
    expect(dust >= 0n && dust <= trades, `seed ${seed}: ${dust} of at most ${trades}`).toBe(true);
    expect(done.liquidated).toBeGreaterThan(400);
    expect(done.deleveraged).toBeGreaterThan(5);
    expect(done.uncovered).toBeGreaterThan(5);
  });
});

/** An exchange with one account of a leverage. */
function fall(of: { account: string; contracts: bigint; entry: bigint; leverage: bigint }): InverseExchange {
  const entryCoin = entryValue(plain, of.contracts, of.entry * usd);
  const state = addMargin(emptyExchange(0n), of.account, entryCoin / of.leverage);
  return increase(plain, state, of.account, of.contracts, of.entry * usd);
}
