import { beforeAll, describe, expect, it } from "vitest";
import * as maker from "../../engine/src/exact/maker/index.js";
import { fromTerms } from "../../engine/src/exact/maker/preset-terms.js";
import { RAD, RAY, WAD } from "../../engine/src/exact/scales.js";
import type { Figures, Outcome } from "./chain.js";
import { type Draws, draws } from "./draws.js";
import { begunFrom, EXCHANGE, MakerChain, standingOf } from "./maker-chain.js";
import { missing, same } from "./same.js";

/*
 * Oracle: the deployed bytecode of Maker's Vat, Spotter, Jug, Vow, Dog, Clipper, price curves and ClipperMom, from the test chain that Maker publishes, in a
 * virtual machine in this process. The same random calls go to the contracts and to the exact engine; afterwards every number that either keeps is equal to the
 * last unit, and both refuse the same calls for the same reason.
 */

const seed = 20_210_519n;
const sequences = 48;
const callsInSequence = 70;

/** Why the contracts refuse, by the engine's class for it. The Vat's own subtractions give no reason. */
const reasons: Readonly<Record<string, string>> = {
  NotUnsafe: "Dog/not-unsafe",
  LiquidationLimitHit: "Dog/liquidation-limit-hit",
  DustyAuction: "Dog/dusty-auction-from-partial-liquidation",
  NullAuction: "Dog/null-auction",
  StoppedIncorrect: "Clipper/stopped-incorrect",
  ZeroStartPrice: "Clipper/zero-top-price",
  InvalidPrice: "Clipper/invalid-price",
  NotRunningAuction: "Clipper/not-running-auction",
  CannotReset: "Clipper/cannot-reset",
  NeedsReset: "Clipper/needs-reset",
  TooExpensive: "Clipper/too-expensive",
  NoPartialPurchase: "Clipper/no-partial-purchase",
  AlreadyStopped: "ClipperMom/clipper-already-stopped",
  TemporarilyLocked: "ClipperMom/temporary-locked",
  PriceWithinBounds: "ClipperMom/price-within-bounds",
  CeilingExceeded: "Vat/ceiling-exceeded",
  NotSafe: "Vat/not-safe",
  VaultBelowDust: "Vat/dust",
  InsufficientBalance: "",
  InsufficientSurplus: "Vow/insufficient-surplus",
  InsufficientDebt: "Vow/insufficient-debt",
};

/** How often each situation has to come up at least, so that the comparison cannot become empty. */
const situations: Readonly<Record<string, number>> = {
  "bark, passed or refused": 500,
  "take, passed or refused": 500,
  bark: 300,
  "bark of a part": 50,
  "bark of the whole above the room, because dust would be left": 10,
  take: 400,
  "take: a part": 100,
  "take: trimmed to leave chost": 30,
  "take: the tab is paid and collateral goes back": 100,
  "take: the lot is gone and debt is left": 50,
  "take: through an exchange": 100,
  "redo paid": 30,
  "redo unpaid": 1,
  "status: runs": 10,
  "status: needs a reset": 1,
  "take nothing": 20,
  heal: 20,
  drip: 50,
  tripBreaker: 1,
  "bark refused: NotUnsafe": 1,
  "bark refused: LiquidationLimitHit": 1,
  "bark refused: DustyAuction": 1,
  "bark refused: NullAuction": 1,
  "bark refused: StoppedIncorrect": 1,
  "bark refused: ZeroStartPrice": 1,
  "bark refused: InvalidPrice": 1,
  "take refused: StoppedIncorrect": 1,
  "take refused: NotRunningAuction": 1,
  "take refused: NeedsReset": 1,
  "take refused: TooExpensive": 1,
  "take refused: NoPartialPurchase": 1,
  "take refused: InsufficientBalance": 1,
  "redo refused: StoppedIncorrect": 1,
  "redo refused: NotRunningAuction": 1,
  "redo refused: CannotReset": 1,
  "redo refused: InvalidPrice": 1,
  "redo refused: ZeroStartPrice": 1,
  "frob refused: CeilingExceeded": 1,
  "frob refused: NotSafe": 1,
  "frob refused: VaultBelowDust": 1,
  "frob refused: InsufficientBalance": 1,
  "heal refused: InsufficientSurplus": 1,
  "tripBreaker refused: AlreadyStopped": 1,
  "tripBreaker refused: TemporarilyLocked": 1,
  "tripBreaker refused: InvalidPrice": 1,
  "tripBreaker refused: PriceWithinBounds": 1,
};

const owners = ["alice", "bob", "carol", "dave"];
const parties = [...owners, "keeper", "buyer", EXCHANGE, maker.VOW, maker.CLIPPER];

const typical = fromTerms({
  liquidationRatioBps: 14_500n,
  feePerSecond: RAY,
  debtCeilingCents: 1_500_000_000_000n,
  dustDai: 7_500n,
  penaltyBps: 1_300n,
  globalAuctionLimitDai: 150_000_000n,
  auctionLimitDai: 40_000_000n,
  startPriceBps: 11_000n,
  resetAfterSeconds: 7_200n,
  resetBelowBps: 4_500n,
  incentiveBps: 10n,
  incentiveDai: 250n,
  cutBps: 9_900n,
  stepSeconds: 90n,
  breakerToleranceBps: 5_000n,
});

/** A price curve of one kind, from steep to flat. */
function drawnCurve(random: Draws, kind: maker.PriceCurve["kind"]): maker.PriceCurve {
  if (kind === "linear") return { kind, seconds: random.between(1n, 20_000n) };
  if (kind === "stairstep") return { kind, cut: RAY - random.between(1n, RAY / 10n), step: random.between(1n, 300n) };
  return { kind, cut: RAY - random.between(1n, RAY / 1_000n) };
}

/** Parameters in which limits, dust, incentives and resets bind often. Amounts are of the order of `unit`, in wad: one DAI, or a few wei for the roundings. */
function drawnParameters(random: Draws, unit: bigint, priceCurve: maker.PriceCurve): maker.MakerParameters {
  const rad = (low: bigint, high: bigint) => random.between(low * unit * RAY, high * unit * RAY);
  return {
    ...typical,
    liquidationRatio: random.between((105n * RAY) / 100n, 2n * RAY),
    targetPrice: random.chance(50n) ? RAY : random.between((9n * RAY) / 10n, (11n * RAY) / 10n),
    feePerSecond: RAY + random.below(10n ** 20n),
    debtCeiling: rad(50_000n, 1_000_000n),
    dust: random.chance(20n) ? 0n : rad(1n, 12_000n),
    liquidationPenalty: WAD + random.below(WAD / 4n),
    globalAuctionLimit: rad(2_000n, 250_000n),
    auctionLimit: rad(2_000n, 250_000n),
    startPriceFactor: RAY + random.below(RAY / 2n),
    resetAfterSeconds: random.between(600n, 10_000n),
    resetBelowShare: random.between(RAY / 10n, (9n * RAY) / 10n),
    incentiveShare: random.chance(30n) ? 0n : random.below(WAD / 20n),
    incentiveFlat: random.chance(30n) ? 0n : rad(0n, 300n),
    priceCurve,
    breakerTolerance: random.below(RAY),
  };
}

/** What the same call came to on both sides: figures, or the engine's refusal by the name of its class. */
interface Ours {
  readonly state: maker.MakerState;
  readonly figures?: Figures;
}

const wide = WAD * 10n ** 40n;

describe("oracle: Maker's deployed bytecode", () => {
  let chain: MakerChain;

  beforeAll(async () => {
    chain = await MakerChain.create([...owners, "buyer"]);
    chain.chain.now = 1_700_000_000n;
  });

  for (const kind of ["linear", "stairstep", "exponential"] as const)
    it(`oracle: 400 prices of ${kind} auctions, each at any second (seed ${seed})`, async () => {
      const random = draws(seed + BigInt(kind.length));
      let falling = 0;
      await chain.chain.undone(async () => {
        await chain.setParameters({ ...typical, priceCurve: drawnCurve(random, kind) });
        for (let curve = 0; curve < 40; curve++) {
          const priceCurve = drawnCurve(random, kind);
          await chain.setCurve({ ...typical, priceCurve });
          for (let round = 0; round < 10; round++) {
            const startPrice = random.upTo(120);
            const seconds = random.upTo(15);
            const price = maker.auctionPrice(priceCurve, startPrice, seconds);
            if (price > 0n && price < startPrice) falling++;
            expect(await chain.curvePrice(startPrice, seconds), `seed ${seed}, curve ${curve}`).toBe(price);
          }
        }
      });
      expect(falling).toBeGreaterThan(100);
    });

  it("oracle: the slots that the comparison reads are what the contracts' getters answer", async () => {
    await chain.chain.undone(async () => {
      await chain.setParameters({ ...typical, dust: RAD, feePerSecond: RAY + 1n });
      await chain.setPrice(2_000n * WAD, 2_000n * WAD);
      await chain.pokeSafetyPrice();
      await chain.joinCollateral("alice", 11n * WAD);
      await chain.adjustVault("alice", 10n * WAD, 13_000n * WAD);
      await chain.setPrice(1_500n * WAD, 700n * WAD);
      await chain.pokeSafetyPrice();
      await chain.setBreaker(0n, 5n);
      await chain.bark("alice", "keeper");
      expect(await chain.standing(["alice"], 1n)).toEqual(await chain.standingByGetters("alice", 1n));
    });
  });

  it(`oracle: ${sequences} random markets of ${callsInSequence} calls leave the same numbers and the same refusals (seed ${seed})`, async () => {
    const random = draws(seed);
    const seen: Record<string, number> = {};
    const count = (what: string) => {
      seen[what] = (seen[what] ?? 0) + 1;
    };
    for (let sequence = 0; sequence < sequences; sequence++) {
      await chain.chain.undone(() => runSequence(chain, random, sequence, count));
    }
    expect(missing(seen, situations)).toEqual([]);
  });
});

/** One market from its opening through `callsInSequence` random calls. */
async function runSequence(
  chain: MakerChain,
  random: Draws,
  sequence: number,
  count: (what: string) => void,
): Promise<void> {
  const address = (party: string) => chain.address(party);
  const kind = random.pick(["linear", "stairstep", "stairstep", "exponential"] as const);
  const unit = random.chance(80n) ? WAD : random.between(1n, 50n);
  let parameters = drawnParameters(random, unit, drawnCurve(random, kind));
  chain.chain.now += random.below(10_000n);
  await chain.setParameters(parameters);
  let state = begunFrom(chain.chain.now, await chain.standing(parties, 0n), maker.emptyState(0n));
  let queued: bigint[] = [];

  /** The same call on both sides, and all numbers afterwards. */
  const both = async (name: string, ours: () => Ours, theirs: () => Promise<Outcome>) => {
    const where = `seed ${seed}, sequence ${sequence}, ${name}`;
    let done: Ours | undefined;
    let refusal: string | undefined;
    try {
      done = ours();
    } catch (error) {
      if (!(error instanceof Error) || !(error.name in reasons)) throw error;
      refusal = error.name;
    }
    const answer = await theirs();
    if (done === undefined || answer.refused !== undefined) {
      const reason =
        refusal === undefined
          ? undefined
          : name === "tripBreaker" && refusal === "InvalidPrice"
            ? "ClipperMom/invalid"
            : reasons[refusal];
      const told = name === "tripBreaker" ? answer.refused?.replace(/-(cur|nxt)-price$/, "") : answer.refused;
      expect(told, where).toBe(reason);
      count(`${name} refused: ${refusal}`);
    } else {
      same(done.figures ?? {}, answer.figures, where);
      state = done.state;
      count(name);
    }
    same(standingOf(parameters, state, parties, address), await chain.standing(parties, state.auctionsStarted), where);
    count(`${name}, passed or refused`);
    return done !== undefined;
  };

  const elapse = (seconds: bigint) => {
    state = maker.elapse(state, seconds);
    chain.chain.now = state.now;
  };

  const fee = () =>
    both(
      "drip",
      () => {
        const { state: after } = maker.accrueFees(parameters, state);
        return { state: after, figures: { rate: after.rate } };
      },
      () => chain.accrueFees(),
    );

  /** The price source says something else; the Spotter is not always told. */
  const setPrice = async (current: bigint | null, next: bigint | null, told: boolean) => {
    state = { ...state, oracle: { ...state.oracle, current, next } };
    await chain.setPrice(current, next);
    if (told)
      await both(
        "poke",
        () => ({ state: maker.pokeSafetyPrice(parameters, state) }),
        () => chain.pokeSafetyPrice(),
      );
  };

  const middle = random.between(100n * WAD, 4_000n * WAD);
  /** Up while vaults are to be opened, down when they are. */
  const drawnPrice = () => {
    const open = owners.filter((owner) => maker.vaultOf(state, owner).normalisedDebt > 0n).length;
    const [low, high] = random.chance(80n) ? (open > 2 ? [45n, 80n] : [90n, 130n]) : [50n, 150n];
    return (middle * random.between(low, high)) / 100n + random.below(WAD);
  };

  const open = async () => {
    const empty = owners.filter((owner) => maker.vaultOf(state, owner).normalisedDebt === 0n);
    const owner = random.pick(empty.length > 0 ? empty : owners);
    const vault = maker.vaultOf(state, owner);
    const free = state.collateral.get(owner) ?? 0n;
    const wanted = random.between(unit, 40n * unit) + random.below(unit);
    const collateral = wanted < free ? wanted : free;
    const carries = ((vault.collateral + collateral) * state.safetyPrice) / state.rate - vault.normalisedDebt;
    const drawn = (carries * random.between(80n, 100n)) / 100n + random.below(2n);
    const dusty = (vault.normalisedDebt + drawn) * state.rate < parameters.dust;
    const normalisedDebt = carries <= 0n || (dusty && random.chance(80n)) ? 0n : drawn;
    await both(
      "frob",
      () => maker.adjustVault(parameters, state, owner, { collateral, normalisedDebt }),
      () => chain.adjustVault(owner, collateral, normalisedDebt),
    );
  };

  const adjust = async () => {
    const owner = random.pick(owners);
    const vault = maker.vaultOf(state, owner);
    const collateral = random.between(-vault.collateral - 1n, (state.collateral.get(owner) ?? 0n) + 1n) / 4n;
    const normalisedDebt = random.between(-vault.normalisedDebt - 1n, vault.normalisedDebt / 4n);
    await both(
      "frob",
      () => maker.adjustVault(parameters, state, owner, { collateral, normalisedDebt }),
      () => chain.adjustVault(owner, collateral, normalisedDebt),
    );
  };

  const bark = async () => {
    const unsafe = owners.filter((owner) => maker.isUnsafe(state, maker.vaultOf(state, owner)));
    const owner = unsafe.length > 0 && random.chance(95n) ? random.pick(unsafe) : random.pick(owners);
    const before = maker.vaultOf(state, owner);
    const room = () => maker.auctionRoom(parameters, state);
    const done = await both(
      "bark",
      () => {
        const barked = maker.bark(parameters, state, owner, "keeper");
        const { auction, collateral, normalisedDebt, debt, startPrice, tab, incentive } = barked;
        if (normalisedDebt < before.normalisedDebt) count("bark of a part");
        else if (tab > room()) count("bark of the whole above the room, because dust would be left");
        return {
          state: barked.state,
          figures: { auction, collateral, normalisedDebt, debt, startPrice, tab, lot: collateral, incentive },
        };
      },
      () => chain.bark(owner, "keeper"),
    );
    if (done) queued.push(state.now);
  };

  const drawnAuction = () => {
    const running = [...state.auctions.keys()];
    return running.length > 0 && random.chance(97n)
      ? random.pick(running)
      : random.between(0n, state.auctionsStarted + 1n);
  };

  const checkStatus = async (auction: bigint) => {
    const running = state.auctions.get(auction);
    if (running === undefined) return;
    const { price, needsReset } = maker.auctionStatus(parameters, running, state.now);
    const ours = { needsReset: needsReset ? 1n : 0n, price, lot: running.lot, tab: running.tab };
    expect(await chain.status(auction), `seed ${seed}, sequence ${sequence}, status`).toEqual(ours);
    count(needsReset ? "status: needs a reset" : "status: runs");
  };

  const redo = async () => {
    const stale = [...state.auctions].filter(([, one]) => maker.auctionStatus(parameters, one, state.now).needsReset);
    const auction = stale.length > 0 && random.chance(80n) ? random.pick(stale)[0] : drawnAuction();
    await both(
      "redo",
      () => {
        const again = maker.redo(parameters, state, auction, "keeper");
        const { tab, lot } = maker.runningAuction(again.state, auction);
        if (parameters.incentiveFlat > 0n) count(again.incentive > 0n ? "redo paid" : "redo unpaid");
        return { state: again.state, figures: { startPrice: again.startPrice, tab, lot, incentive: again.incentive } };
      },
      () => chain.redo(auction, "keeper"),
    );
  };

  const take = async () => {
    const auction = drawnAuction();
    const running = state.auctions.get(auction) ?? { lot: WAD, tab: RAD, startedAt: 0n, startPrice: RAY };
    const { price } = maker.auctionStatus(parameters, running, state.now);
    const over = (rad: bigint) => (price > 0n && rad > 0n ? rad / price : 0n);
    const amount = random.pick([
      () => running.lot,
      () => running.lot + random.upTo(70),
      () => random.below(running.lot + 1n),
      () => over(running.tab) + random.between(-2n, 2n),
      () => over(running.tab - maker.leastTab(parameters)) + random.between(-2n, 2n),
      () => random.upTo(64),
    ])();
    const maximumPrice = random.pick([price, price, wide, wide, price - 1n]);
    const throughExchange = random.chance(30n);
    const lotBefore = running.lot;
    if (amount <= 0n || maximumPrice < 0n) return;
    await both(
      "take",
      () => {
        const exchange = (balances: maker.Balances, { owed, slice }: maker.SaleSize) =>
          maker.settle(balances, [
            { asset: "collateral", from: "buyer", to: EXCHANGE, units: slice },
            { asset: "dai", from: EXCHANGE, to: "buyer", units: owed },
          ]);
        const purchase = { auction, amount, maximumPrice, buyer: "buyer" };
        const taken = maker.take(parameters, state, throughExchange ? { ...purchase, exchange } : purchase);
        const { owed, slice, tabLeft, lotLeft } = taken;
        if (lotLeft === 0n && tabLeft > 0n) count("take: the lot is gone and debt is left");
        if (tabLeft === 0n && lotLeft > 0n) count("take: the tab is paid and collateral goes back");
        if (!taken.ended && slice < amount) count("take: trimmed to leave chost");
        if (!taken.ended && slice === amount) count("take: a part");
        if (throughExchange) count("take: through an exchange");
        return { state: taken.state, figures: { price: taken.price, owed, tabLeft, lotLeft, slice } };
      },
      () => chain.take({ auction, amount, maximumPrice, buyer: "buyer", throughExchange, lotBefore }),
    );
  };

  /** For nothing the engine refuses; the contract lets it pass without effect, or refuses it where the tab is below chost. */
  const takeNothing = async () => {
    const auction = drawnAuction();
    const purchase = { auction, amount: 0n, maximumPrice: wide, buyer: "buyer" };
    const before = await chain.standing(parties, state.auctionsStarted);
    const answer = await chain.take({ ...purchase, throughExchange: false, lotBefore: 0n });
    let name = "";
    try {
      maker.take(parameters, state, purchase);
    } catch (error) {
      name = (error as Error).name;
    }
    const expected = name === "NothingToDo" ? [undefined, "Clipper/no-partial-purchase"] : [reasons[name]];
    expect(expected, `seed ${seed}, sequence ${sequence}, take nothing`).toContain(answer.refused);
    expect(await chain.standing(parties, state.auctionsStarted)).toEqual(before);
    count("take nothing");
  };

  const heal = async () => {
    const surplus = state.dai.get(maker.VOW) ?? 0n;
    const most = surplus < state.vowDebt ? surplus : state.vowDebt;
    const rad = random.pick([most, most + 1n, random.below(most + 1n), state.vowDebt + 1n]);
    const flogged = queued;
    queued = [];
    await both(
      "heal",
      () => maker.heal(state, rad),
      () => chain.heal(rad, flogged),
    );
  };

  const setBreaker = async () => {
    const level = state.stopped > 0 && random.chance(80n) ? 0 : random.pick([1, 2, 3] as const);
    const lock = random.below(600n);
    await both(
      "setBreaker",
      () => ({ state: maker.setBreaker(state, level, lock) }),
      () => chain.setBreaker(BigInt(level), lock),
    );
  };

  const tripBreaker = () =>
    both(
      "tripBreaker",
      () => ({ state: maker.tripBreaker(parameters, state) }),
      () => chain.tripBreaker(),
    );

  /** Governance changes its mind: everything but the kind of the price curve. */
  const govern = async () => {
    await fee();
    parameters = drawnParameters(random, unit, drawnCurve(random, kind));
    await chain.setParameters(parameters);
  };

  const moveMarket = async () => {
    if (random.chance(8n)) {
      await setPrice(random.pick([null, null, 0n]), random.pick([null, 0n, middle]), random.chance(20n));
      await bark();
      await redo();
      return;
    }
    await setPrice(drawnPrice(), random.chance(90n) ? drawnPrice() : null, random.chance(90n));
  };

  await setPrice(middle, middle, true);
  await both(
    "suck",
    () => maker.payFromVow(state, "buyer", 150_000n * unit * RAY),
    () => chain.payFromVow("buyer", 150_000n * unit * RAY),
  );
  await both(
    "suck",
    () => maker.payFromVow(state, EXCHANGE, 100_000n * unit * RAY),
    () => chain.payFromVow(EXCHANGE, 100_000n * unit * RAY),
  );
  for (const owner of owners) {
    const units = random.between(100n * unit, 300n * unit);
    await both(
      "join",
      () => maker.joinCollateral(state, owner, units),
      () => chain.joinCollateral(owner, units),
    );
  }
  const wouldPass = (call: () => unknown) => {
    try {
      call();
      return true;
    } catch {
      return false;
    }
  };

  /** What can pass now is called most; all the rest now and then. */
  const weights = (): readonly (readonly [bigint, () => Promise<unknown>])[] => {
    const vaults = owners.map((owner) => maker.vaultOf(state, owner));
    const empty = vaults.filter(({ normalisedDebt }) => normalisedDebt === 0n).length;
    const unsafe = vaults.filter((vault) => maker.isUnsafe(state, vault)).length;
    const barks = owners.filter((owner) => wouldPass(() => maker.bark(parameters, state, owner, "keeper"))).length;
    const stale = [...state.auctions.values()].filter(
      (one) => maker.auctionStatus(parameters, one, state.now).needsReset,
    ).length;
    const fresh = state.auctions.size - stale;
    return [
      [fresh > 0 ? 40n : 1n, take],
      [barks > 0 ? 60n : unsafe > 0 ? 12n : 2n, bark],
      [stale > 0 ? 15n : 1n, redo],
      [barks > 0 || empty > 2 ? 2n : 14n, moveMarket],
      [empty > 0 ? 6n + 8n * BigInt(empty) : 1n, open],
      [1n, adjust],
      [1n, fee],
      [2n, heal],
      [state.stopped > 0 ? 20n : 1n, setBreaker],
      [1n, tripBreaker],
      [1n, govern],
      [1n, takeNothing],
      [1n, () => checkStatus(drawnAuction())],
    ];
  };
  for (let call = 0; call < callsInSequence; call++) {
    if (random.chance(40n)) elapse(random.upTo(11));
    const weighted = weights();
    let drawn = random.below(weighted.reduce((sum, [weight]) => sum + weight, 0n));
    for (const [weight, run] of weighted) {
      if (drawn < weight) {
        await run();
        break;
      }
      drawn -= weight;
    }
  }
}
