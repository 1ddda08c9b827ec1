import { describe, expect, it } from "vitest";
import { ProtocolError } from "../errors.js";
import { WAD } from "../scales.js";
import type { BranchState, LiquityV2Parameters, StabilityPool, Transfer } from "./index.js";
import * as liquity from "./index.js";
import { weth, whole, wsteth } from "./test-support.js";

/** A small seeded generator (xorshift, 64 bits), widened to any limit. */
function generator(seed: bigint) {
  let state = seed;
  const next = () => {
    state ^= (state << 13n) & 0xffffffffffffffffn;
    state ^= state >> 7n;
    state ^= (state << 17n) & 0xffffffffffffffffn;
    return state;
  };
  const below = (limit: bigint) => {
    let drawn = next();
    for (let bits = limit; bits > 0n; bits >>= 64n) drawn = (drawn << 64n) | next();
    return drawn % limit;
  };
  return {
    below,
    between: (low: bigint, high: bigint) => low + below(high - low + 1n),
    pick: <T>(from: readonly T[]): T => from[Number(next() % BigInt(from.length))],
  };
}

const seed = 20250519n;
const up = (a: bigint, b: bigint) => (a + b - 1n) / b;
const { ACCOUNTS } = liquity;

describe("property: Liquity v2, any sequence of calls", () => {
  const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
  const depositors = ["d1", "d2", "d3", "d4", "d5"];

  /** Balances kept from the transfers alone. */
  const ledgerOf = () => {
    const accounts = new Map<string, bigint>();
    return {
      move: ({ asset, from, to, units }: Transfer) => {
        if (units < 0n) throw new Error(`a movement of ${units}, seed ${seed}`);
        accounts.set(`${asset} ${from}`, (accounts.get(`${asset} ${from}`) ?? 0n) - units);
        accounts.set(`${asset} ${to}`, (accounts.get(`${asset} ${to}`) ?? 0n) + units);
      },
      held: (account: string) => accounts.get(account) ?? 0n,
    };
  };

  /**
   * What the rounding of the pool may have kept back, from above.
   * BOLD: each touch of a deposit rounds down by less than a unit; each offset rounds P, which stands at 1e27 or above, by less than 1e-27 of the pool.
   * Collateral: each offset loses the part that stands on kept-back BOLD, less than total / P units of S, and what deposits more than two scales old no longer
   * gain; each touch at most three roundings (own scale, two later).
   */
  const boundOf = () => ({ touches: 0n, bold: 0n, collateral: 0n });

  function check(
    parameters: LiquityV2Parameters,
    state: BranchState,
    ledger: ReturnType<typeof ledgerOf>,
    kept: { readonly bound: ReturnType<typeof boundOf>; readonly troveTouches: bigint },
  ) {
    const wrong: string[] = [];
    const same = (what: string, a: bigint, b: bigint) => {
      if (a !== b) wrong.push(`${what}: ${a} and ${b}`);
    };
    const within = (what: string, value: bigint, bound: bigint) => {
      if (value < 0n || value > bound) wrong.push(`${what} is ${value}, bound ${bound}`);
    };
    const { pool } = state;
    // every account is what the transfers say
    same("active collateral", state.activeCollateral, ledger.held(`collateral ${ACCOUNTS.activePool}`));
    same("default collateral", state.defaultCollateral, ledger.held(`collateral ${ACCOUNTS.defaultPool}`));
    same("active debt", state.activeDebt, ledger.held(`debt ${ACCOUNTS.activePool}`));
    same("default debt", state.defaultDebt, ledger.held(`debt ${ACCOUNTS.defaultPool}`));
    same("pool's BOLD", pool.totalDeposits, ledger.held(`bold ${ACCOUNTS.stabilityPool}`));
    same("pool's collateral", pool.collateral, ledger.held(`collateral ${ACCOUNTS.stabilityPool}`));
    same("gas pool", state.gasPool, ledger.held(`weth ${ACCOUNTS.gasPool}`));
    let surplus = 0n;
    for (const units of state.surplus.values()) surplus += units;
    same("surplus", surplus, ledger.held(`collateral ${ACCOUNTS.surplusPool}`));
    let wallets = 0n;
    for (const [party, units] of state.bold) {
      same(`BOLD of ${party}`, units, ledger.held(`bold ${party}`));
      wallets += units;
    }
    same("gas deposits", state.gasPool, parameters.gasDeposit * BigInt(state.troves.size));
    // without interest every BOLD is somebody's debt
    same("BOLD and debt", wallets + pool.totalDeposits, state.activeDebt + state.defaultDebt);
    // troves: recorded amounts are the active pool's to the unit, pending ones the default pool's but for roundings of a unit each
    let collateral = 0n;
    let debt = 0n;
    let stakes = 0n;
    let pendingCollateral = 0n;
    let pendingDebt = 0n;
    for (const trove of state.troves.values()) {
      collateral += trove.collateral;
      debt += trove.debt;
      stakes += trove.stake;
      pendingCollateral += trove.stake * (state.collateralPerStake - trove.collateralSnapshot);
      pendingDebt += trove.stake * (state.debtPerStake - trove.debtSnapshot);
    }
    same("collateral of troves", collateral, state.activeCollateral);
    same("debt of troves", debt, state.activeDebt);
    same("stakes", stakes, state.totalStakes);
    within(
      "collateral kept back",
      state.defaultCollateral * WAD - pendingCollateral - state.collateralError,
      kept.troveTouches * WAD,
    );
    within("debt kept back", state.defaultDebt * WAD - pendingDebt - state.debtError, kept.troveTouches * WAD);
    // pool
    let compounded = 0n;
    let gains = 0n;
    for (const deposit of pool.deposits.values()) {
      compounded += liquity.compoundedDeposit(pool, deposit);
      gains += liquity.collateralGain(pool, deposit) + deposit.stashedCollateral;
    }
    const count = BigInt(pool.deposits.size);
    within(
      "BOLD kept back",
      pool.totalDeposits - compounded,
      kept.bound.touches + count + up(kept.bound.bold, 10n ** 27n),
    );
    within(
      "collateral kept back in the pool",
      pool.collateral - gains,
      kept.bound.collateral + 3n * (kept.bound.touches + count),
    );
    if (pool.product < 10n ** 27n || pool.product > liquity.P_PRECISION) wrong.push(`P is ${pool.product}`);
    if (wrong.length > 0) expect(wrong, `seed ${seed}`).toEqual([]);
  }

  const run = (parameters: LiquityV2Parameters, seedOfRun: bigint, calls: number) => {
    const random = generator(seedOfRun);
    const one = (units: bigint) => units * 10n ** BigInt(parameters.decimals.collateral);
    const bold = (units: bigint) => units * 10n ** BigInt(parameters.decimals.debt);
    const dollars = (units: bigint) => units * 10n ** BigInt(parameters.decimals.price);
    const done: Record<string, number> = {};
    const seen = { scales: 0, redistributed: 0, offset: 0, both: 0, batches: 0, surplus: 0 };
    let state = liquity.emptyBranch;
    let ledger = ledgerOf();
    let bound = boundOf();
    let troveTouches = 0n;
    let price = dollars(2_000n);

    /** BOLD changes hands in the market: it comes from whoever has most. */
    const fund = (party: string, wanted: bigint) => {
      const [richest, held] = [...state.bold].reduce((a, b) => (b[1] > a[1] ? b : a), ["", 0n]);
      if (richest === "" || richest === party) return;
      const moved = liquity.moveBold(state, richest, party, held < wanted ? held : wanted);
      moved.transfers.forEach(ledger.move);
      state = moved.state;
    };
    const touchPool = (moved: liquity.Moved) => {
      bound.touches++;
      return moved;
    };
    const touchTrove = (moved: liquity.Moved) => {
      troveTouches++;
      return moved;
    };

    const call: Record<string, () => { state: BranchState; transfers?: readonly Transfer[] }> = {
      open: () => {
        const name = random.pick(names);
        const debt = random.between(bold(1_900n), bold(60_000n));
        const least =
          (debt * 10n ** BigInt(18 - parameters.decimals.debt)) /
          (price * 10n ** BigInt(18 - parameters.decimals.price));
        const collateral = (one(1n) * (least + 1n) * random.between(108n, random.pick([160n, 160n, 400n]))) / 100n;
        return liquity.openTrove(parameters, state, price, name, { collateral, debt, owner: name });
      },
      adjust: () => {
        const change = {
          collateral: random.between(-one(5n), one(5n)),
          debt: random.between(-bold(5_000n), bold(5_000n)),
        };
        return touchTrove(liquity.adjustTrove(parameters, state, price, random.pick(names), change));
      },
      close: () => {
        const name = random.pick(names);
        fund(name, bold(30_000n));
        return touchTrove(liquity.closeTrove(parameters, state, price, name));
      },
      apply: () => touchTrove(liquity.applyPending(state, random.pick(names))),
      provide: () => {
        const depositor = random.pick(depositors);
        const amount = random.between(1n, bold(random.pick([1n, 100n, 100_000n])));
        fund(depositor, amount);
        return touchPool(liquity.provideToPool(state, depositor, amount, random.below(2n) === 0n));
      },
      withdraw: () => {
        const amount = random.between(0n, bold(50_000n));
        return touchPool(
          liquity.withdrawFromPool(parameters, state, random.pick(depositors), amount, random.below(2n) === 0n),
        );
      },
      stash: () => touchPool(liquity.claimStashedCollateral(state, random.pick(depositors))),
      move: () => {
        // up and down around one level, so that troves come and go
        price = (dollars(2_000n) * random.between(55n, 160n)) / 100n;
        return { state };
      },
      liquidate: () => {
        const tried = names.filter(() => random.below(2n) === 0n);
        const healthy = tried.filter((name) => {
          const trove = state.troves.get(name);
          if (trove === undefined) return true;
          const { collateral, debt } = liquity.latestTrove(state, trove);
          // by cross-multiplication: coll x price / debt >= MCR, without the division
          const places =
            10n ** BigInt(18 + parameters.decimals.debt - parameters.decimals.collateral - parameters.decimals.price);
          return collateral * price * places >= debt * parameters.minimumCollateralRatio;
        });
        const before = state.pool;
        const old = state.troves;
        const latest = new Map([...old.keys()].map((name) => [name, liquity.latestTroveOf(state, name)]));
        const result = liquity.liquidate(parameters, state, price, tried, "keeper");
        for (const { trove, values } of result.liquidated) {
          if (healthy.includes(trove)) throw new Error(`healthy ${trove} was liquidated, seed ${seedOfRun}`);
          const { collateral, debt } = latest.get(trove)!;
          const parts =
            values.collateralToPool + values.gasCompensation + values.collateralToRedistribute + values.surplus;
          expect([parts, values.debtToOffset + values.debtToRedistribute], `seed ${seedOfRun}`).toEqual([
            collateral,
            debt,
          ]);
          // the liquidator gets no more than the rule says, whatever is rounded: half a per cent of the collateral, and the cap
          expect(
            values.gasCompensation * 200n <= collateral && values.gasCompensation <= parameters.gasCompensationCap,
          ).toBe(true);
          troveTouches++;
        }
        seen.batches += result.liquidated.length > 1 ? 1 : 0;
        seen.surplus += result.surplus > 0n ? 1 : 0;
        seen.redistributed += result.debtToRedistribute > 0n ? 1 : 0;
        seen.offset += result.debtToOffset > 0n ? 1 : 0;
        seen.both += result.debtToOffset > 0n && result.debtToRedistribute > 0n ? 1 : 0;
        seen.scales += result.state.pool.scale - before.scale;
        if (result.debtToOffset > 0n) grow(before, result.state.pool, result.collateralToPool);
        return result;
      },
      surplus: () => liquity.claimSurplus(state, random.pick(names)),
      shut: () => {
        const shut = liquity.shutDown(parameters, state, price);
        // most branches live on, or nothing else would be tried
        return { state: random.below(4n) === 0n ? shut : state };
      },
      redeem: () => {
        fund("redeemer", bold(20_000n));
        const request = {
          redeemer: "redeemer",
          bold: random.between(1n, (state.bold.get("redeemer") ?? 0n) + 1n),
          troves: [random.pick(names), random.pick(names)],
          minimumCollateral: 0n,
        };
        const result = liquity.urgentRedemption(parameters, state, price, request);
        troveTouches += BigInt(result.redeemed.length);
        return result;
      },
    };

    /** Lets the bound grow by what one offset may keep back. */
    const grow = (before: StabilityPool, after: StabilityPool, collateral: bigint) => {
      const total = before.totalDeposits;
      const boldKept = bound.touches + BigInt(before.deposits.size) + up(bound.bold, 10n ** 27n) + 1n;
      let stale = 0n;
      for (const deposit of before.deposits.values())
        if (before.scale - deposit.scale > liquity.SCALE_SPAN) stale += liquity.compoundedDeposit(before, deposit) + 1n;
      bound.collateral += up(collateral * (boldKept + stale), total) + up(total, before.product) + 1n;
      bound.bold += after.totalDeposits;
    };

    const often = ["open", "open", "open", "provide", "provide", "liquidate", "liquidate", "liquidate", "move"];
    const choices = [...Object.keys(call), ...often];
    for (let index = 0; index < calls; index++) {
      if (index % 500 === 0) {
        state = liquity.emptyBranch;
        ledger = ledgerOf();
        bound = boundOf();
        troveTouches = 0n;
        price = dollars(2_000n);
      }
      // after a shutdown troves only leave, so redemptions come more often
      const name = state.shutDown && random.below(3n) === 0n ? "redeem" : random.pick(choices);
      try {
        const outcome = call[name]();
        outcome.transfers?.forEach(ledger.move);
        state = outcome.state;
        done[name] = (done[name] ?? 0) + 1;
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
      }
      check(parameters, state, ledger, { bound, troveTouches });
    }
    return { done, seen, calls: Object.keys(call) };
  };

  it("property: 18,000 calls at the chain's decimals conserve every unit and keep back no more than the bounds", () => {
    const { done, seen, calls } = run(weth, seed, 18_000);
    for (const name of calls) expect(done[name] ?? 0, name).toBeGreaterThan(8);
    const least = { scales: 25, redistributed: 100, offset: 150, both: 75, batches: 40, surplus: 12 };
    for (const [what, count] of Object.entries(least))
      expect(seen[what as keyof typeof seen], what).toBeGreaterThan(count);
  });

  it("property: 6,000 calls of a staked-ether branch at the engine's decimals, likewise", () => {
    const { seen } = run(liquity.withDecimals(wsteth, { collateral: 7, debt: 6, price: 8 }), seed + 1n, 6_000);
    expect(seen.offset).toBeGreaterThan(50);
    expect(seen.redistributed).toBeGreaterThan(20);
  });
});

describe("property: Liquity v2 against a second derivation", () => {
  /** What one deposit is worth and has gained since it was made, exact: share = left / of, gain = gained / of, without rounding and without scales. */
  interface ExactDeposit {
    readonly initial: bigint;
    readonly left: bigint;
    readonly of: bigint;
    readonly gained: bigint;
    readonly scale: number;
  }

  it("property: deposits and gains over scale changes against exact rationals (1,200 pools)", () => {
    const random = generator(seed + 2n);
    let scaleChanges = 0;
    let crossed = 0;
    for (let index = 0; index < 1_200; index++) {
      let state: BranchState = liquity.emptyBranch;
      const exact = new Map<string, ExactDeposit>();
      const deposit = (name: string) => {
        const amount = random.between(WAD, whole(random.pick([10n, 10_000n, 5_000_000n])));
        state = { ...state, bold: new Map(state.bold).set(name, amount) };
        state = liquity.provideToPool(state, name, amount, true).state;
        exact.set(name, {
          initial: liquity.depositOf(state.pool, name).initialValue,
          left: 1n,
          of: 1n,
          gained: 0n,
          scale: state.pool.scale,
        });
      };
      deposit("first");
      let offsets = 0n;
      for (let step = 0; step < 8; step++) {
        if (random.below(2n) === 0n) deposit(random.pick(["first", "second", "third"]));
        const total = state.pool.totalDeposits;
        const available = liquity.availableForOffset(weth, state.pool);
        if (available === 0n) continue;
        const debt = random.below(3n) === 0n ? available : random.between(1n, available);
        const collateral = random.between(0n, whole(2_000n));
        const before = state.pool.scale;
        state = { ...state, pool: liquity.offset(state.pool, debt, collateral) };
        scaleChanges += state.pool.scale - before;
        offsets++;
        for (const [name, one] of exact)
          exact.set(name, {
            ...one,
            left: one.left * (total - debt),
            gained: one.gained * total + one.left * collateral,
            of: one.of * total,
          });
      }
      for (const [name, one] of exact) {
        const found = liquity.depositOf(state.pool, name);
        const compounded = liquity.compoundedDeposit(state.pool, found);
        const changes = state.pool.scale - one.scale;
        if (changes > 0) crossed++;
        // never above the truth; below it by the last floor and by 1e-27 an offset
        const truth = one.initial * one.left;
        expect(compounded * one.of <= truth, `pool ${index}, seed ${seed}`).toBe(true);
        const short = truth - compounded * one.of;
        expect(short * 10n ** 27n <= one.of * 10n ** 27n + truth * (offsets + 1n), `pool ${index}, seed ${seed}`).toBe(
          true,
        );
        // gains: never above; below by the part that came later than two scales on, where less than 1e-18 of the deposit was left, and by a unit a step of the sums
        const gain = liquity.collateralGain(state.pool, found);
        const gainTruth = one.initial * one.gained;
        expect(gain * one.of <= gainTruth, `pool ${index}, seed ${seed}`).toBe(true);
        const gainShort = gainTruth - gain * one.of;
        const sums = one.of * (offsets + 4n) * (1n + up(one.initial, found.product));
        const late =
          changes > liquity.SCALE_SPAN
            ? up(gainTruth, 10n ** 18n) + one.of * up(one.initial * whole(2_000n) * offsets, 10n ** 36n)
            : 0n;
        expect(
          gainShort <= sums + late + up(gainTruth * (offsets + 1n), 10n ** 27n),
          `pool ${index}, seed ${seed}`,
        ).toBe(true);
      }
    }
    expect(scaleChanges).toBeGreaterThan(200);
    expect(crossed).toBeGreaterThan(200);
  });

  it("property: a liquidation's split by searching each amount's definition (3,000 cases)", () => {
    const random = generator(seed + 3n);
    const seen = { offset: 0, redistributed: 0, surplus: 0, eaten: 0 };
    /** Largest x with x x b <= a, by bisection. */
    const largest = (a: bigint, b: bigint) => {
      let low = 0n;
      let high = a;
      while (low < high) {
        const middle = (low + high + 1n) >> 1n;
        if (middle * b <= a) low = middle;
        else high = middle - 1n;
      }
      return low;
    };
    const smaller = (a: bigint, b: bigint) => (a < b ? a : b);
    for (let index = 0; index < 3_000; index++) {
      const parameters = random.pick([weth, wsteth]);
      const price = random.between(whole(100n), whole(5_000n));
      const debt = random.between(whole(2_000n), whole(3_000_000n));
      const collateral = (debt * WAD * random.between(60n, 130n)) / price / 100n;
      const available = random.pick([0n, random.between(1n, debt), debt, debt + whole(1n)]);
      // the pool's part of the trove
      const paid = smaller(debt, available);
      const part = largest(collateral * paid, debt);
      const gas = smaller(largest(part, 200n), whole(2n));
      const wanted = largest(paid * (WAD + parameters.poolPenalty), price);
      const toPool = smaller(part - gas, wanted);
      // the rest: everything left may go to the others, up to debt with penalty
      const owed = debt - paid;
      const left = collateral - gas - toPool;
      const toOthers =
        owed > 0n && collateral > part
          ? smaller(left, largest(owed * (WAD + parameters.redistributionPenalty), price))
          : 0n;
      const found = liquity.liquidationValues(parameters, { collateral, debt }, available, price);
      expect(found, `seed ${seed}`).toEqual({
        debtToOffset: paid,
        collateralToPool: toPool,
        gasCompensation: gas,
        debtToRedistribute: owed,
        collateralToRedistribute: toOthers,
        surplus: left - toOthers,
      });
      seen.offset += paid > 0n ? 1 : 0;
      seen.redistributed += owed > 0n ? 1 : 0;
      seen.surplus += found.surplus > 0n ? 1 : 0;
      seen.eaten += toOthers > collateral - part ? 1 : 0;
    }
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(50);
  });

  it("property: redistribution against exact shares, however often it happens (1,000 branches)", () => {
    const random = generator(seed + 4n);
    for (let index = 0; index < 1_000; index++) {
      let state: BranchState = liquity.emptyBranch;
      const stakes = new Map<string, bigint>();
      for (const name of ["a", "b", "c"]) {
        const collateral = random.between(1n, whole(1_000n));
        state = liquity.writeTrove(state, name, { owner: name, collateral, debt: 0n });
        stakes.set(name, collateral);
      }
      let debt = 0n;
      let collateral = 0n;
      const rounds = random.between(1n, 12n);
      for (let round = 0n; round < rounds; round++) {
        const more = random.between(1n, whole(50_000n));
        const moreCollateral = random.between(0n, whole(30n));
        debt += more;
        collateral += moreCollateral;
        state = liquity.redistribute(state, more, moreCollateral);
      }
      const total = state.totalStakes;
      for (const [name, stake] of stakes) {
        const { pendingDebt, pendingCollateral } = liquity.latestTroveOf(state, name);
        // carried remainders: however many rounds, the share is short by less than stake / 1e18 + 1 units, never over
        const short = debt * stake - pendingDebt * total;
        expect(short >= 0n && short * WAD <= total * (stake + WAD), `debt, seed ${seed}`).toBe(true);
        const shortCollateral = collateral * stake - pendingCollateral * total;
        expect(shortCollateral >= 0n && shortCollateral * WAD <= total * (stake + WAD), `seed ${seed}`).toBe(true);
      }
    }
  });
});
