import { describe, expect, it } from "vitest";
import {
  available,
  borrow,
  creditInterest,
  departure,
  InsufficientLiquidity,
  type Liquidity,
  RepaysTooMuch,
  repay,
  requireDeparture,
  seize,
  seizureDeparture,
  supply,
  withdraw,
  writeOff,
} from "./index.js";

/** Small seeded generator: xorshift on 32 bits, whole numbers below `bound`. */
function generator(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

describe("liquidity", () => {
  it("equality: exactly what is available leaves, one unit more does not", () => {
    const pool = { supplied: 100n, borrowed: 70n };
    expect(available(pool)).toBe(30n);
    expect(withdraw(pool, 30n)).toEqual({ supplied: 70n, borrowed: 70n });
    expect(borrow(pool, 30n)).toEqual({ supplied: 100n, borrowed: 100n });
    expect(() => withdraw(pool, 31n)).toThrow(InsufficientLiquidity);
    expect(() => borrow(pool, 31n)).toThrow(InsufficientLiquidity);
    expect(departure(pool, 31n)).toEqual({ leaves: 30n, stays: 1n });
  });

  it("limit: at full utilisation nobody can withdraw, and lent collateral cannot leave; idle collateral does", () => {
    const full = { supplied: 100n, borrowed: 100n };
    expect(departure(full, 5n)).toEqual({ leaves: 0n, stays: 5n });
    expect(seizureDeparture(full, "lent", 5n)).toEqual({ leaves: 0n, stays: 5n });
    expect(seizureDeparture(full, "idle", 5n)).toEqual({ leaves: 5n, stays: 0n });
    expect(() => seize(full, "lent", 5n)).toThrow(InsufficientLiquidity);
    expect(seize(full, "idle", 5n)).toBe(full);
    expect(() => requireDeparture(full, 0n)).not.toThrow();
    // owed faster than credited: still nothing, never less
    expect(available({ supplied: 100n, borrowed: 101n })).toBe(0n);
  });

  it("error: InsufficientLiquidity says what was asked and what there is", () => {
    expect(() => requireDeparture({ supplied: 100n, borrowed: 70n }, 31n)).toThrow(
      "31 units are asked for, 30 are not lent out",
    );
  });

  it("error: RepaysTooMuch", () => {
    const pool = { supplied: 100n, borrowed: 70n };
    expect(() => repay(pool, 71n)).toThrow(RepaysTooMuch);
    expect(() => writeOff(pool, 71n)).toThrow(RepaysTooMuch);
    expect(repay(pool, 70n)).toEqual({ supplied: 100n, borrowed: 0n });
  });

  it("behavior: a repayment frees exactly what a blocked seizure needs", () => {
    const full = { supplied: 100n, borrowed: 100n };
    expect(() => seize(full, "lent", 10n)).toThrow(InsufficientLiquidity);
    expect(seize(repay(full, 10n), "lent", 10n)).toEqual({ supplied: 90n, borrowed: 90n });
  });

  it("property: 20,000 operations; what lies in the pool is what went in less what went out, and nobody leaves past it", () => {
    const seed = 7;
    const next = generator(seed);
    let pool: Liquidity = { supplied: 0n, borrowed: 0n };
    let inside = 0n;
    let refused = 0;
    for (let step = 0; step < 20_000; step++) {
      const amount = BigInt(next(1_000));
      const before = pool;
      const kind = next(7);
      try {
        if (kind === 0) [pool, inside] = [supply(pool, amount), inside + amount];
        else if (kind === 1) [pool, inside] = [withdraw(pool, amount), inside - amount];
        else if (kind <= 3) [pool, inside] = [borrow(pool, amount), inside - amount];
        else if (kind === 4) [pool, inside] = [repay(pool, amount), inside + amount];
        else if (kind === 5) pool = creditInterest(pool, amount % 10n);
        else pool = step % 2 === 0 ? writeOff(pool, amount % 10n) : pool;
      } catch (error) {
        refused++;
        expect(pool, `seed ${seed} step ${step}`).toBe(before);
        if (error instanceof InsufficientLiquidity) expect(amount, `seed ${seed} step ${step}`).toBeGreaterThan(inside);
        else expect(error, `seed ${seed} step ${step}`).toBeInstanceOf(RepaysTooMuch);
      }
      expect(available(pool), `seed ${seed} step ${step}`).toBe(inside);
      expect(inside >= 0n, `seed ${seed} step ${step}`).toBe(true);
    }
    expect(refused).toBeGreaterThan(1_000);
  });
});
