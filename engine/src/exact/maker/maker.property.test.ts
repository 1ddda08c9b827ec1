import { describe, expect, it } from "vitest";
import { ProtocolError } from "../errors.js";
import { RAY, WAD } from "../scales.js";
import type { MakerParameters, MakerState, Transfer } from "./index.js";
import * as maker from "./index.js";
import { dai, ETH, ethA, start } from "./test-support.js";

/** A small seeded generator (xorshift, 64 bits). */
function generator(seed: bigint) {
  let state = seed;
  const next = () => {
    state ^= (state << 13n) & 0xffffffffffffffffn;
    state ^= state >> 7n;
    state ^= (state << 17n) & 0xffffffffffffffffn;
    return state;
  };
  /** Wider than any amount here, or small ones only would come out. */
  const wide = (limit: bigint) => {
    let drawn = next();
    for (let bits = limit; bits > 0n; bits >>= 64n) drawn = (drawn << 64n) | next();
    return drawn % limit;
  };
  return {
    below: wide,
    between: (low: bigint, high: bigint) => low + wide(high - low + 1n),
    pick: <T>(from: readonly T[]): T => from[Number(next() % BigInt(from.length))],
  };
}

const sum = (values: Iterable<bigint>) => [...values].reduce((a, b) => a + b, 0n);
const seed = 20210519n;

describe("property: Maker, any sequence of calls", () => {
  const owners = ["a", "b", "c", "d", "e", "f", "g", "h"];
  const parties = [...owners, "keeper", "buyer"];

  /** Small limits so that they bind, and a fee large enough to matter in an hour. */
  const parameters: MakerParameters = {
    ...ethA,
    feePerSecond: RAY + 3n * 10n ** 19n,
    debtCeiling: dai(400_000n),
    globalAuctionLimit: dai(90_000n),
    auctionLimit: dai(70_000n),
  };

  /** Everything that any sum needs, kept from the transfers alone. */
  const ledgerOf = () => {
    const accounts = new Map<string, bigint>();
    const move = ({ asset, from, to, units }: Transfer) => {
      expect(units >= 0n).toBe(true);
      accounts.set(`${asset} ${from}`, (accounts.get(`${asset} ${from}`) ?? 0n) - units);
      accounts.set(`${asset} ${to}`, (accounts.get(`${asset} ${to}`) ?? 0n) + units);
    };
    const held = (account: string) => accounts.get(account) ?? 0n;
    return { move, held };
  };

  function check(state: MakerState, ledger: ReturnType<typeof ledgerOf>) {
    const wrong: string[] = [];
    const same = (what: string, a: bigint, b: bigint) => {
      if (a !== b) wrong.push(`${what}: ${a} and ${b}`);
    };
    // each party's balance is what the transfers say, and none is negative
    for (const party of [...parties, maker.CLIPPER, maker.VOW]) {
      const collateral = state.collateral.get(party) ?? 0n;
      const held = state.dai.get(party) ?? 0n;
      same(`collateral of ${party}`, collateral, ledger.held(`collateral ${party}`));
      same(`DAI of ${party}`, held, ledger.held(`dai ${party}`));
      if (held < 0n || collateral < 0n) wrong.push(`${party} is in the red`);
    }
    for (const [name, { collateral }] of state.vaults)
      same(`vault ${name}`, collateral, ledger.held(`collateral ${maker.vaultAccount(name)}`));
    // collateral: all that joined is free, locked or at auction
    const locked = sum([...state.vaults.values()].map(({ collateral }) => collateral));
    same("collateral", sum(state.collateral.values()) + locked, -ledger.held(`collateral ${maker.OUTSIDE}`));
    same("lots", state.collateral.get(maker.CLIPPER) ?? 0n, sum([...state.auctions.values()].map(({ lot }) => lot)));
    // DAI: the supply is what parties hold, and what vaults and the Vow owe (the Vat's own equation)
    const debt = sum([...state.vaults.values()].map(({ normalisedDebt }) => normalisedDebt));
    same("Art", state.normalisedDebt, debt);
    same("DAI", sum(state.dai.values()), state.daiSupply);
    same("supply", state.daiSupply, debt * state.rate + state.vowDebt);
    same("sin", state.vowDebt, ledger.held(`sin ${maker.VOW}`));
    // Dirt is the tabs of the running auctions
    const tabs = sum([...state.auctions.values()].map(({ tab }) => tab));
    same("dirt", state.debtAtAuction, tabs);
    same("Dirt", state.globalDebtAtAuction, tabs);
    if (wrong.length > 0) expect(wrong, `seed ${seed}`).toEqual([]);
  }

  it("property: 24,000 calls conserve every unit, Dirt is the sum of tabs, limits hold but for dust, no safe vault is liquidated", () => {
    const random = generator(seed);
    let ledger = ledgerOf();
    let state = maker.emptyState(start);
    const done: Record<string, number> = {};
    let refused = 0;
    const seen = { overLimit: 0, partial: 0, badDebt: 0, returned: 0, trimmed: 0 };
    let source = 2_000n * WAD;
    const chost = maker.leastTab(parameters);

    const call: Record<string, () => { state: MakerState; transfers?: readonly Transfer[] }> = {
      join: () => maker.joinCollateral(state, random.pick(owners), random.between(ETH, 40n * ETH)),
      open: () => {
        const owner = random.pick(owners);
        const collateral = state.collateral.get(owner) ?? 0n;
        const vault = maker.vaultOf(state, owner);
        const carries = ((vault.collateral + collateral) * state.safetyPrice) / state.rate - vault.normalisedDebt;
        const normalisedDebt = (carries * random.between(80n, 103n)) / 100n;
        const moved = maker.adjustVault(parameters, state, owner, { collateral, normalisedDebt });
        const after = maker.vaultOf(moved.state, owner);
        if (normalisedDebt > 0n) expect(maker.isUnsafe(moved.state, after), `seed ${seed}`).toBe(false);
        return moved;
      },
      repay: () => {
        const owner = random.pick(owners);
        const most = (state.dai.get(owner) ?? 0n) / state.rate;
        const debt = maker.vaultOf(state, owner).normalisedDebt;
        const normalisedDebt = -random.between(0n, debt < most ? debt : most);
        return maker.adjustVault(parameters, state, owner, { collateral: -random.below(5n * ETH), normalisedDebt });
      },
      accrue: () => maker.accrueFees(parameters, state),
      poke: () => {
        source = (source * random.between(60n, 150n)) / 100n;
        if (source < 300n * WAD || source > 6_000n * WAD) source = 2_000n * WAD;
        const poked = maker.pokeOracle(parameters, state, random.below(20n) === 0n ? null : source);
        return { state: maker.pokeSafetyPrice(parameters, poked) };
      },
      wait: () => ({ state: maker.elapse(state, random.pick([12n, 90n, 600n, 3_600n, 7_200n])) }),
      bark: () => {
        const vault = random.pick(owners);
        const before = maker.vaultOf(state, vault);
        const unsafe = before.collateral * state.safetyPrice < before.normalisedDebt * state.rate;
        const done = maker.bark(parameters, state, vault, "keeper");
        expect(unsafe, `a safe vault was liquidated, seed ${seed}`).toBe(true);
        // Dog.bark goes above a limit only by taking the whole vault because less than dust would be left: by at most dust with penalty, rounded up
        const excess = [
          done.state.debtAtAuction - parameters.auctionLimit,
          done.state.globalDebtAtAuction - parameters.globalAuctionLimit,
        ].reduce((a, b) => (a > b ? a : b));
        if (excess > 0n) seen.overLimit++;
        if (done.normalisedDebt < before.normalisedDebt) seen.partial++;
        if (excess > 0n) expect(done.normalisedDebt, `seed ${seed}`).toBe(before.normalisedDebt);
        expect(excess <= chost + 1n, `limit exceeded by ${excess}, seed ${seed}`).toBe(true);
        return done;
      },
      take: () => {
        const auction = random.pick([...state.auctions.keys(), 0n]);
        const running = state.auctions.get(auction);
        const amount = random.between(1n, (running?.lot ?? 1n) + (running?.lot ?? 0n) / 3n);
        const buyer = random.pick(parties);
        const taken = maker.take(parameters, state, { auction, amount, maximumPrice: 10n ** 40n, buyer });
        // rounding: the buyer never pays less than slice x price, and overpays by less than the price of one unit
        const worth = taken.slice * taken.price;
        expect(taken.owed >= worth && taken.owed - worth < taken.price, `seed ${seed}`).toBe(true);
        expect(taken.slice <= amount, `seed ${seed}`).toBe(true);
        if (taken.lotLeft === 0n && taken.tabLeft > 0n) seen.badDebt++;
        if (taken.returned > 0n) seen.returned++;
        if (taken.tabLeft === chost) seen.trimmed++;
        // nothing unsellable stays: a tab left is at least chost, or it was below before and the whole lot went
        if (!taken.ended) expect(taken.tabLeft >= chost, `seed ${seed}`).toBe(true);
        return taken;
      },
      redo: () => maker.redo(parameters, state, random.pick([...state.auctions.keys(), 0n]), "keeper"),
      trip: () => ({ state: maker.tripBreaker(parameters, state) }),
      reset: () => ({ state: maker.setBreaker(state, random.pick([0, 0, 0, 1] as const), 600n) }),
      heal: () => maker.heal(state, random.below((state.dai.get(maker.VOW) ?? 0n) + 10n)),
      give: () =>
        maker.moveDai(
          state,
          random.pick(owners),
          "buyer",
          random.below((state.dai.get(random.pick(owners)) ?? 0n) + 1n),
        ),
    };
    const often = ["bark", "bark", "take", "take", "take", "wait", "open", "open", "poke"];
    const names = [...Object.keys(call), ...often];

    for (let index = 0; index < 24_000; index++) {
      if (index % 600 === 0) {
        state = maker.emptyState(start);
        ledger = ledgerOf();
        source = 2_000n * WAD;
      }
      const name = random.pick(names);
      const before = state;
      try {
        const outcome = call[name]();
        outcome.transfers?.forEach(ledger.move);
        state = outcome.state;
        done[name] = (done[name] ?? 0) + 1;
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        refused++;
        expect(state).toBe(before);
      }
      check(state, ledger);
    }
    // the sequence reaches every call, and refusals do not drown it
    for (const name of Object.keys(call)) expect(done[name] ?? 0, name).toBeGreaterThan(name === "trip" ? 5 : 50);
    expect(refused).toBeGreaterThan(1_000);
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(5);
  });
});

describe("property: Maker against a second derivation", () => {
  it("property: rpow is the exact power to half a unit a step (2,000 cases)", () => {
    const random = generator(seed);
    for (let index = 0; index < 2_000; index++) {
      const base = 10n ** 27n;
      const x = base - random.below(base / 50n);
      const n = random.between(0n, 40n);
      const found = maker.rpow(x, n, base);
      // exact power over base^(n-1); each of at most 2 log2(n) <= 12 roundings errs by 1/2 and is multiplied on by factors below 1, at most n times over
      const exact = n === 0n ? base : x ** n / base ** (n - 1n);
      const off = found > exact ? found - exact : exact - found;
      expect(off <= n + 1n, `x ${x}, n ${n}, seed ${seed}`).toBe(true);
    }
  });

  it("property: rpow by bits from the lowest, written as a recursion (2,000 cases)", () => {
    const half = (value: bigint, base: bigint) => {
      const doubled = 2n * value + base;
      return (doubled - (doubled % (2n * base))) / (2n * base);
    };
    /** z and the running square, bit by bit. */
    const byBits = (z: bigint, square: bigint, n: bigint, base: bigint): bigint => {
      if (n === 0n) return z;
      const next = half(square * square, base);
      return byBits(n % 2n === 1n ? half(z * next, base) : z, next, n / 2n, base);
    };
    const random = generator(seed + 1n);
    for (let index = 0; index < 2_000; index++) {
      const base = 10n ** 27n;
      const x = random.between(1n, base + base / 1_000_000n);
      const n = random.below(20_000n);
      const expected = n === 0n ? base : byBits(n % 2n === 1n ? x : base, x, n / 2n, base);
      expect(maker.rpow(x, n, base), `x ${x}, n ${n}, seed ${seed}`).toBe(expected);
    }
    expect([maker.rpow(0n, 0n, RAY), maker.rpow(0n, 3n, RAY), maker.rpow(0n, 4n, RAY)]).toEqual([RAY, 0n, 0n]);
  });

  it("property: bark takes the largest debt whose tab fits the room, by search (1,500 cases)", () => {
    const random = generator(seed + 2n);
    let whole = 0;
    let dusty = 0;
    for (let index = 0; index < 1_500; index++) {
      const chop = random.between(WAD, (12n * WAD) / 10n);
      const rate = random.between(RAY, 2n * RAY);
      const parameters = { ...ethA, liquidationPenalty: chop, dust: random.between(0n, 9_000n) * WAD * RAY };
      const vault = { collateral: random.between(1n, 100n * ETH), normalisedDebt: random.between(WAD, 40_000n * WAD) };
      const room = random.between(1n, 50_000n * WAD * RAY);
      // largest d with d x rate x chop <= room x WAD, by bisection, no division
      let low = 0n;
      let high = vault.normalisedDebt;
      while (low < high) {
        const middle = (low + high + 1n) >> 1n;
        if (middle * rate * chop <= room * WAD) low = middle;
        else high = middle - 1n;
      }
      const rest = (vault.normalisedDebt - low) * rate;
      const expected = low < vault.normalisedDebt && rest < parameters.dust ? vault.normalisedDebt : low;
      const call = () => maker.barkSize(parameters, vault, rate, room);
      if (expected < vault.normalisedDebt && expected * rate < parameters.dust) {
        expect(call).toThrow(maker.DustyAuction);
        dusty++;
      } else if (vault.collateral * expected < vault.normalisedDebt) {
        expect(call).toThrow(maker.NullAuction);
      } else {
        const size = call();
        if (size.normalisedDebt === vault.normalisedDebt) whole++;
        expect(size.normalisedDebt, `seed ${seed}`).toBe(expected);
        // collateral is the whole number with collateral <= ink x dart / art < collateral + 1
        const left = vault.collateral * expected - size.collateral * vault.normalisedDebt;
        expect(left >= 0n && left < vault.normalisedDebt, `seed ${seed}`).toBe(true);
        const over = expected * rate * chop - size.tab * WAD;
        expect(over >= 0n && over < WAD, `seed ${seed}`).toBe(true);
      }
    }
    expect(whole).toBeGreaterThan(100);
    expect(dusty).toBeGreaterThan(50);
  });

  it("property: a sale by its cases, decided in another order (3,000 cases)", () => {
    const random = generator(seed + 3n);
    const seen = { all: 0, trimmed: 0, plain: 0, refused: 0 };
    for (let index = 0; index < 3_000; index++) {
      const lot = random.between(1n, 20n * ETH);
      const tab = random.between(1n, 30_000n * WAD * RAY);
      const price = random.between(1n, 400n * RAY) * random.pick([1n, 10n]);
      const amount = random.between(1n, 22n * ETH);
      const chost = random.between(0n, 9_000n * WAD * RAY);
      const wanted = amount < lot ? amount : lot;
      const call = () => maker.saleSize({ lot, tab }, price, amount, chost);
      if (wanted * price >= tab) {
        seen.all++;
        expect(call().owed).toBe(tab);
        // the largest slice that the tab pays for
        expect(call().slice * price <= tab && (call().slice + 1n) * price > tab, `seed ${seed}`).toBe(true);
      } else if (wanted === lot || wanted * price + chost <= tab) {
        seen.plain++;
        expect(call(), `seed ${seed}`).toEqual({ owed: wanted * price, slice: wanted });
      } else if (tab <= chost) {
        seen.refused++;
        expect(call).toThrow(maker.NoPartialPurchase);
      } else {
        seen.trimmed++;
        const { owed, slice } = call();
        expect(tab - owed, `seed ${seed}`).toBe(chost);
        expect(slice * price <= owed && (slice + 1n) * price > owed, `seed ${seed}`).toBe(true);
      }
    }
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(50);
  });
});
