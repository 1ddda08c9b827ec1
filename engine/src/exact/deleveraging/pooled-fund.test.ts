import { describe, expect, it } from "vitest";
import {
  drawdown,
  drawFromPool,
  openPool,
  type PooledFundParameters,
  payIntoPool,
  TimeRunsBackwards,
  UnknownSymbol,
} from "./index.js";

/** The numbers of Bybit's own example: one million, trigger at 30 % with a trigger balance of 1, stop at 25 %, eight hours. */
const bybit: PooledFundParameters = {
  triggerBasisPoints: 3_000n,
  stopBasisPoints: 2_500n,
  triggerBalance: 1n,
  windowSeconds: 28_800n,
};
const opened = openPool(1_000_000n, ["A", "B", "C"], 0n);

describe("pooled fund", () => {
  it("golden: a loss of 350,000 in a pool of a million leaves 50,000 to the users (Bybit API v5, ADL alert, example 1)", () => {
    const drawn = drawFromPool(bybit, opened, "A", 350_000n, 60n);
    expect(drawn).toMatchObject({ balance: 700_000n, paid: 300_000n, shortfall: 50_000n });
    expect(drawdown(bybit, drawn.pool, "A", 60n)).toEqual({ lost: 300_000n, highestBalance: 1_000_000n });
    expect(drawn.pool.symbols.A.deleveraging).toBe(true);
    // The others still draw on the pool.
    expect(drawFromPool(bybit, drawn.pool, "B", 100_000n, 61n).paid).toBe(100_000n);
    // A itself gets nothing more until it is below the stop.
    expect(drawFromPool(bybit, drawn.pool, "A", 1n, 61n)).toMatchObject({ paid: 0n, shortfall: 1n });
  });

  it("equality: exactly at the trigger nothing is deleveraged, one unit beyond it is; exactly at the stop it goes on, one unit below it ends", () => {
    const at = drawFromPool(bybit, opened, "A", 300_000n, 60n);
    expect(at).toMatchObject({ paid: 300_000n, shortfall: 0n });
    expect(at.pool.symbols.A.deleveraging).toBe(false);
    const beyond = drawFromPool(bybit, opened, "A", 300_001n, 60n);
    expect(beyond).toMatchObject({ paid: 300_000n, shortfall: 1n });
    const atStop = payIntoPool(bybit, beyond.pool, "A", 50_000n, 61n);
    expect(atStop.symbols.A.deleveraging).toBe(true);
    expect(payIntoPool(bybit, beyond.pool, "A", 50_001n, 61n).symbols.A.deleveraging).toBe(false);
  });

  it("behavior: a symbol is measured from its best moment: a gain before the loss counts", () => {
    const gained = payIntoPool(bybit, opened, "A", 100_000n, 10n);
    const drawn = drawFromPool(bybit, gained, "A", 400_000n, 20n);
    // 30 % of 1.1 million, measured from a profit of 100,000.
    expect(drawn).toMatchObject({ paid: 330_000n, shortfall: 70_000n });
  });

  it("limit: what lies before the window is forgotten, what held at its beginning is not", () => {
    const drawn = drawFromPool(bybit, opened, "A", 200_000n, 100n).pool;
    expect(drawdown(bybit, drawn, "A", 100n + 28_799n)).toEqual({ lost: 200_000n, highestBalance: 1_000_000n });
    expect(drawdown(bybit, drawn, "A", 100n + 28_800n)).toEqual({ lost: 0n, highestBalance: 800_000n });
    // A longer window keeps it: switching the window off (very long) leaves less to pay.
    const long = { ...bybit, windowSeconds: 1_000_000n };
    expect(drawFromPool(long, drawn, "A", 300_000n, 40_000n).paid).toBe(100_000n);
    expect(drawFromPool(bybit, drawn, "A", 300_000n, 40_000n).paid).toBe(240_000n);
  });

  it("behavior: at or below the trigger balance the pool pays what it has and no drawdown counts", () => {
    const small = openPool(10_000n, ["A"], 0n);
    const rule = { ...bybit, triggerBalance: 10_000n };
    expect(drawFromPool(rule, small, "A", 9_000n, 1n)).toMatchObject({ paid: 9_000n, shortfall: 0n });
    expect(drawFromPool({ ...rule, triggerBalance: 9_999n }, small, "A", 9_000n, 1n)).toMatchObject({ paid: 3_000n });
    expect(drawFromPool(rule, small, "A", 12_000n, 1n)).toMatchObject({
      balance: 0n,
      paid: 10_000n,
      shortfall: 2_000n,
    });
  });

  it("behavior: without a trigger (the whole balance) the pool is a plain fund", () => {
    const off = { ...bybit, triggerBasisPoints: 10_000n };
    expect(drawFromPool(off, opened, "A", 350_000n, 60n)).toMatchObject({ paid: 350_000n, shortfall: 0n });
  });

  it("error: a symbol outside the pool, and time that runs backwards", () => {
    expect(() => drawdown(bybit, opened, "D", 0n)).toThrow(UnknownSymbol);
    const later = payIntoPool(bybit, opened, "A", 1n, 10n);
    expect(() => drawFromPool(bybit, later, "A", 1n, 9n)).toThrow(TimeRunsBackwards);
  });

  it("property: over 20,000 flows the balance is what was paid in less what was paid out, and no drawdown passes the trigger by paying", () => {
    let seed = 7;
    const draw = (most: number) => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((seed / 2 ** 32) * (most + 1));
    };
    let pool = opened;
    let expected = 1_000_000n;
    let at = 0n;
    let refused = 0;
    for (let step = 0; step < 20_000; step++) {
      at += BigInt(draw(2_000));
      const symbol = "ABC"[draw(2)];
      const amount = BigInt(draw(60_000));
      if (draw(9) < 5) {
        pool = payIntoPool(bybit, pool, symbol, amount, at);
        expected += amount;
      } else {
        const drawn = drawFromPool(bybit, pool, symbol, amount, at);
        expect(drawn.paid + drawn.shortfall).toBe(amount);
        if (drawn.shortfall > 0n) refused++;
        if (drawn.paid > 0n) {
          const { lost, highestBalance } = drawdown(bybit, drawn.pool, symbol, at);
          expect(lost * 10_000n <= 3_000n * highestBalance, `step ${step} of seed 7`).toBe(true);
        }
        expected -= drawn.paid;
        pool = drawn.pool;
      }
      expect(pool.balance, `step ${step} of seed 7`).toBe(expected);
      expect(pool.balance >= 0n).toBe(true);
    }
    expect(refused).toBeGreaterThan(50);
    expect(pool.history.length).toBeLessThan(100);
  });
});
