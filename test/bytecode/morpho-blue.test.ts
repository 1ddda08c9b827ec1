import { beforeAll, describe, expect, it } from "vitest";
import * as morpho from "../../engine/src/exact/morpho-blue/index.js";
import { SCALE_36, WAD } from "../../engine/src/exact/scales.js";
import { type Draws, draws } from "./draws.js";
import { drawnKind, MorphoCalls } from "./morpho-calls.js";
import { MorphoChain } from "./morpho-chain.js";
import { MorphoPair, parties, payers, TREASURY } from "./morpho-pair.js";
import { missing, same } from "./same.js";

/*
 * Oracle: Morpho's own contract, compiled from the source that Morpho publishes, in a virtual machine in this process. The same random calls go to the contract
 * and to the exact engine; afterwards every number that either keeps is equal to the last unit, and both refuse the same calls for the same reason.
 */

const seed = 20_240_110n;
const sequences = 38;
const callsInSequence = 75;

/** How often each situation has to come up at least, so that the comparison cannot become empty. */
const situations: Readonly<Record<string, number>> = {
  "liquidate, passed or refused": 1_000,
  "liquidate: by collateral": 250,
  "liquidate: by shares": 250,
  "liquidate: all debt repaid": 50,
  "liquidate: bad debt": 40,
  "price: at the edge, healthy": 50,
  "price: at the edge, unhealthy": 50,
  interest: 200,
  "interest with a fee": 50,
  supply: 100,
  withdraw: 50,
  borrow: 200,
  repay: 30,
  withdrawCollateral: 20,
  "liquidate refused: NotLiquidatable": 50,
  "liquidate refused: PositionTooSmall": 50,
  "liquidate refused: InconsistentInput": 5,
  "liquidate refused: RangeError": 1,
  "borrow refused: InsufficientCollateral": 5,
  "borrow refused: InsufficientLiquidity": 5,
  "borrow refused: InconsistentInput": 1,
  "withdraw refused: InsufficientLiquidity": 1,
  "withdraw refused: PositionTooSmall": 1,
  "repay refused: PositionTooSmall": 10,
  "withdrawCollateral refused: InsufficientCollateral": 10,
  "withdrawCollateral refused: PositionTooSmall": 10,
  "withdrawCollateral refused: ZeroAssets": 1,
  "supplyCollateral refused: ZeroAssets": 1,
  "supply refused: MaxUint128Exceeded": 1,
};

/** Totals of every size, share prices near one and far from it. */
const drawnTotals = (random: Draws): Omit<morpho.MorphoMarket, "lastUpdate"> => ({
  totalSupplyAssets: random.upTo(100),
  totalSupplyShares: random.upTo(110),
  totalBorrowAssets: random.upTo(100),
  totalBorrowShares: random.upTo(110),
});

describe("oracle: Morpho's own contract", () => {
  let chain: MorphoChain;

  beforeAll(async () => {
    chain = await MorphoChain.create(payers, TREASURY);
    chain.chain.now = 1_704_844_800n;
  }, 120_000);

  it("oracle: the slots that the comparison reads are what the contracts' getters answer", async () => {
    await chain.chain.undone(async () => {
      await chain.createMarket((8n * WAD) / 10n);
      await chain.setPrice(2n * SCALE_36);
      await chain.setRate(3_000_000_000n);
      await chain.setFee(WAD / 7n);
      await chain.supply("dora", 1_000_003n, 0n);
      await chain.supplyCollateral("alice", 700_001n);
      await chain.borrow("alice", 900_001n, 0n);
      chain.chain.now += 1_000_000n;
      await chain.accrueInterest();
      const standing = await chain.standing(parties);
      expect(standing).toEqual(await chain.standingByGetters(parties));
      expect(standing.positions.get("alice")?.borrowShares).toBeGreaterThan(0n);
      expect(standing.positions.get(TREASURY)?.supplyShares).toBeGreaterThan(0n);
    });
  });

  it(`oracle: 700 accruals of interest in markets of any totals (seed ${seed})`, async () => {
    const random = draws(seed + 1n);
    let charged = 0;
    await chain.chain.undone(async () => {
      await chain.createMarket(WAD / 2n);
      for (let round = 0; round < 700; round++) {
        const market = { ...drawnTotals(random), lastUpdate: chain.chain.now };
        const parameters = { ...morpho.marketAt(WAD / 2n), fee: random.below(morpho.MAX_FEE + 1n) };
        // every third time a rate x time of up to 18, at which the debt grows a thousandfold and all three terms count
        const long = random.chance(33n);
        const rate = long ? random.below(1n << 40n) : random.upTo(40);
        await chain.setRate(rate);
        await chain.write(market, parameters.fee, TREASURY, morpho.newPosition());
        chain.chain.now += long ? random.below(1n << 24n) : random.upTo(24);
        const { interest, feeShares, ...ours } = morpho.accrue(parameters, market, rate, chain.chain.now);
        const answer = await chain.accrueInterest();
        const standing = await chain.standing([TREASURY]);
        const where = `seed ${seed}, accrual ${round}`;
        same({ interest, feeShares }, answer.refused === undefined ? answer.figures : {}, where);
        same({ ...ours.market }, { ...standing.market }, where);
        expect(standing.positions.get(TREASURY)?.supplyShares, where).toBe(feeShares);
        if (interest > 0n && feeShares > 0n) charged++;
      }
    });
    expect(charged).toBeGreaterThan(200);
  });

  it(`oracle: 300 times the last debt of a market, which may cost a unit more than is owed (seed ${seed})`, async () => {
    const random = draws(seed + 2n);
    const parameters = morpho.marketAt(WAD / 10n);
    let more = 0;
    await chain.chain.undone(async () => {
      await chain.createMarket(parameters.lltv);
      await chain.setPrice(SCALE_36);
      for (let round = 0; round < 300; round++) {
        const owed = random.upTo(60);
        // shares a little cheaper than they began, as roundings leave them
        const totalBorrowShares = owed * morpho.VIRTUAL_SHARES + 1n + random.upTo(24);
        const totals = { ...drawnTotals(random), totalBorrowAssets: owed, totalBorrowShares };
        const market = { ...totals, totalSupplyAssets: owed + random.upTo(60), lastUpdate: chain.chain.now };
        const position = { supplyShares: 0n, borrowShares: totalBorrowShares, collateral: 2n * owed + 3n };
        await chain.write(market, 0n, "alice", position);
        const all = { seizedAssets: 0n, repaidShares: totalBorrowShares };
        const repays = random.chance(50n);
        const ours = repays
          ? morpho.repay(market, position, { assets: 0n, shares: totalBorrowShares })
          : morpho.liquidate(parameters, market, position, all, SCALE_36);
        const answer = await (repays
          ? chain.repay("alice", 0n, totalBorrowShares)
          : chain.liquidate("liquidator", "alice", all));
        const where = `seed ${seed}, last debt ${round}`;
        expect(answer.refused, where).toBeUndefined();
        const standing = await chain.standing(["alice"]);
        same({ ...ours.market }, { ...standing.market }, where);
        same({ ...ours.position }, { ...standing.positions.get("alice") }, where);
        const paid = answer.refused === undefined ? answer.figures[repays ? "assets" : "repaidAssets"] : 0n;
        expect("assets" in ours ? ours.assets : ours.repaidAssets, where).toBe(paid);
        if (paid > owed) more++;
      }
    });
    expect(more).toBeGreaterThan(50);
  });

  it(`oracle: ${sequences} random markets of ${callsInSequence} calls leave the same numbers and the same refusals (seed ${seed})`, async () => {
    const random = draws(seed);
    const seen: Record<string, number> = {};
    for (let sequence = 0; sequence < sequences; sequence++) {
      const kind = drawnKind(random);
      await chain.chain.undone(async () => {
        const of = { where: `seed ${seed}, sequence ${sequence}`, seen };
        const begun = { parameters: morpho.marketAt(kind.lltv), price: kind.middle };
        const calls = new MorphoCalls(await MorphoPair.begin(chain, begun, of), random, kind);
        await calls.begin();
        for (let call = 0; call < callsInSequence; call++) await calls.next();
      });
    }
    expect(missing(seen, situations)).toEqual([]);
  }, 300_000);
});
