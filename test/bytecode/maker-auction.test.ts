import { beforeAll, describe, expect, it } from "vitest";
import * as maker from "../../engine/src/exact/maker/index.js";
import { RAD, RAY, WAD } from "../../engine/src/exact/scales.js";
import { type Draws, draws } from "./draws.js";
import { drawnCurve, drawnParameters, type Kind, MakerCalls, typical } from "./maker-calls.js";
import { MakerChain } from "./maker-chain.js";
import { MakerPair, payers } from "./maker-pair.js";
import { missing } from "./same.js";

/*
 * Oracle: the deployed bytecode of Maker's Vat, Spotter, Jug, Vow, Dog, Clipper, price curves and ClipperMom, from the test chain that Maker publishes, in a
 * virtual machine in this process. The same random calls go to the contracts and to the exact engine; afterwards every number that either keeps is equal to the
 * last unit, and both refuse the same calls for the same reason.
 */

const seed = 20_210_519n;
const sequences = 42;
const callsInSequence = 70;

/** How often each situation has to come up at least, so that the comparison cannot become empty. */
const situations: Readonly<Record<string, number>> = {
  "bark, passed or refused": 500,
  "take, passed or refused": 500,
  bark: 250,
  "bark of a part": 50,
  "bark of the whole above the room, because dust would be left": 10,
  "edge of dust in bark": 20,
  take: 350,
  "take: a part": 100,
  "take: trimmed to leave chost": 30,
  "take: the tab is paid and collateral goes back": 100,
  "take: the lot is gone and debt is left": 50,
  "take: through an exchange": 50,
  "edge of chost": 50,
  "redo paid": 20,
  "redo unpaid": 5,
  "status: runs": 10,
  "status: needs a reset": 10,
  "take nothing": 10,
  heal: 20,
  drip: 50,
  tripBreaker: 2,
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

const drawnKind = (random: Draws): Kind => ({
  unit: random.chance(80n) ? WAD : random.between(1n, 50n),
  plain: random.chance(30n),
  curve: random.pick(["linear", "stairstep", "stairstep", "exponential"] as const),
});

describe("oracle: Maker's deployed bytecode", () => {
  let chain: MakerChain;

  beforeAll(async () => {
    chain = await MakerChain.create(payers);
    chain.chain.now = 1_700_000_000n;
  }, 120_000);

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
      await chain.adjustVault("alice", 10n * WAD, 10_000n * WAD);
      await chain.setPrice(1_200n * WAD, 700n * WAD);
      await chain.pokeSafetyPrice();
      await chain.setBreaker(0n, 5n);
      await chain.bark("alice", "keeper");
      const standing = await chain.standing(["alice"], 1n);
      expect(standing).toEqual(await chain.standingByGetters("alice", 1n));
      expect(standing["auction 1: lot"]).toBe(10n * WAD);
    });
  });

  it(`oracle: ${sequences} random markets of ${callsInSequence} calls leave the same numbers and the same refusals (seed ${seed})`, async () => {
    const random = draws(seed);
    const seen: Record<string, number> = {};
    for (let sequence = 0; sequence < sequences; sequence++) {
      const kind = drawnKind(random);
      await chain.chain.undone(async () => {
        chain.chain.now += random.below(10_000n);
        const of = { where: `seed ${seed}, sequence ${sequence}`, seen, plain: kind.plain };
        const calls = new MakerCalls(await MakerPair.begin(chain, drawnParameters(random, kind), of), random, kind);
        await calls.begin();
        for (let call = 0; call < callsInSequence; call++) await calls.next();
      });
    }
    expect(missing(seen, situations)).toEqual([]);
  }, 300_000);
});
