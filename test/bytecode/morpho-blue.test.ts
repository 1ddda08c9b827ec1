import { beforeAll, describe, expect, it } from "vitest";
import * as morpho from "../../engine/src/exact/morpho-blue/index.js";
import { SCALE_36, WAD } from "../../engine/src/exact/scales.js";
import type { Figures, Outcome } from "./chain.js";
import { type Draws, draws } from "./draws.js";
import { MorphoChain, type MorphoStanding } from "./morpho-chain.js";
import { missing, same } from "./same.js";

/*
 * Oracle: Morpho's own contract, compiled from the source that Morpho publishes, in a virtual machine in this process. The same random calls go to the contract
 * and to the exact engine; afterwards every number that either keeps is equal to the last unit, and both refuse the same calls for the same reason.
 */

const seed = 20_240_110n;
const sequences = 42;
const callsInSequence = 70;

/** Why the contract refuses, by the engine's class for it; arithmetic beyond its types has no reason of its own. */
const reasons: Readonly<Record<string, readonly string[]>> = {
  InconsistentInput: ["inconsistent input"],
  NotLiquidatable: ["position is healthy"],
  InsufficientCollateral: ["insufficient collateral"],
  InsufficientLiquidity: ["insufficient liquidity"],
  ZeroAssets: ["zero assets"],
  PositionTooSmall: ["panic 0x11"],
  // an amount that does not fit by itself, and a sum that does not
  MaxUint128Exceeded: ["max uint128 exceeded", "panic 0x11"],
  // shares of a collateral that costs nothing
  RangeError: ["panic 0x12"],
};

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
  "interest with a fee": 80,
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

const borrowers = ["alice", "bob", "carol"];
const lenders = ["dora", "emil"];
const liquidator = "liquidator";
const feeRecipient = "treasury";
const parties = [...borrowers, ...lenders, liquidator, feeRecipient];

describe("oracle: Morpho's own contract", () => {
  let chain: MorphoChain;

  beforeAll(async () => {
    chain = await MorphoChain.create([...borrowers, ...lenders, liquidator], feeRecipient);
    chain.chain.now = 1_704_844_800n;
  }, 120_000);

  it("oracle: the slots that the comparison reads are what the contract's getters answer", async () => {
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
      expect(standing.positions.get(feeRecipient)?.supplyShares).toBeGreaterThan(0n);
    });
  });

  it(`oracle: ${sequences} random markets of ${callsInSequence} calls leave the same numbers and the same refusals (seed ${seed})`, async () => {
    const random = draws(seed);
    const seen: Record<string, number> = {};
    const count = (what: string) => {
      seen[what] = (seen[what] ?? 0) + 1;
    };
    for (let sequence = 0; sequence < sequences; sequence++)
      await chain.chain.undone(() => runSequence(chain, random, sequence, count));
    expect(missing(seen, situations)).toEqual([]);
  });
});

/** The exact engine's side: a market, its positions, and the tokens that the moves of value add up to. */
interface Ours {
  readonly market: morpho.MorphoMarket;
  readonly positions: ReadonlyMap<string, morpho.MorphoPosition>;
  readonly loanHeld: bigint;
  readonly collateralHeld: bigint;
}

/** What one call of the engine leaves behind, of the position that it concerns. */
interface Change {
  readonly market: morpho.MorphoMarket;
  readonly position?: morpho.MorphoPosition;
  readonly entries?: readonly morpho.MorphoEntry[];
  readonly figures: Figures;
}

function figuresOf({ market, positions, loanHeld, collateralHeld }: Ours | MorphoStanding): Figures {
  const figures: Record<string, bigint> = { ...market, loanHeld, collateralHeld };
  for (const [party, position] of positions)
    for (const [key, value] of Object.entries(position)) figures[`${party}: ${key}`] = value;
  return figures;
}

function wouldPass(call: () => unknown): boolean {
  try {
    call();
    return true;
  } catch {
    return false;
  }
}

/** One market from its opening through `callsInSequence` random calls. */
async function runSequence(
  chain: MorphoChain,
  random: Draws,
  sequence: number,
  count: (what: string) => void,
): Promise<void> {
  let parameters = morpho.marketAt(
    random.chance(90n) ? random.between(WAD / 10n, (98n * WAD) / 100n) : random.below(WAD),
  );
  // loan units and the price of a collateral unit: from a handful of units to many places
  const size = 10n ** random.between(1n, 24n);
  const middle = random.between(1n, 9n) * 10n ** random.between(28n, 44n) + random.below(10n ** 28n);
  const collateralFor = (loan: bigint) => (loan * SCALE_36) / middle + 1n;
  let price = middle;
  let rate = 0n;
  await chain.createMarket(parameters.lltv);
  await chain.setPrice(price);
  await chain.setRate(rate);
  let ours: Ours = {
    market: morpho.newMarket(chain.chain.now),
    positions: new Map(parties.map((party) => [party, morpho.newPosition()])),
    loanHeld: 0n,
    collateralHeld: 0n,
  };
  const positionOf = (party: string) => ours.positions.get(party) ?? morpho.newPosition();

  /** The same call on both sides, and all numbers afterwards. `accrues` is true of every call but a deposit of collateral. */
  const both = async (
    name: string,
    party: string,
    accrues: boolean,
    call: (market: morpho.MorphoMarket, position: morpho.MorphoPosition) => Change,
    theirs: () => Promise<Outcome>,
  ) => {
    const where = `seed ${seed}, sequence ${sequence}, ${name}`;
    let refusal: string | undefined;
    let after = ours;
    let figures: Figures = {};
    try {
      const accrued = accrues
        ? morpho.accrue(parameters, ours.market, rate, chain.chain.now)
        : { market: ours.market, interest: 0n, feeShares: 0n };
      const treasury = positionOf(feeRecipient);
      const positions = new Map(ours.positions).set(feeRecipient, {
        ...treasury,
        supplyShares: treasury.supplyShares + accrued.feeShares,
      });
      const change = call(accrued.market, positionOf(party));
      if (change.position !== undefined) positions.set(party, change.position);
      const held = (asset: "loan" | "collateral") =>
        (change.entries ?? [])
          .filter((line) => line.party === "wallets" && line.asset === asset)
          .reduce((sum, line) => sum - line.units, 0n);
      after = {
        market: change.market,
        positions,
        loanHeld: ours.loanHeld + held("loan"),
        collateralHeld: ours.collateralHeld + held("collateral"),
      };
      figures = { interest: accrued.interest, feeShares: accrued.feeShares, ...change.figures };
      if (accrued.interest > 0n) count("interest");
      if (accrued.feeShares > 0n) count("interest with a fee");
    } catch (error) {
      if (!(error instanceof Error) || !(error.name in reasons)) throw error;
      refusal = error.name;
    }
    const answer = await theirs();
    if (refusal !== undefined || answer.refused !== undefined) {
      expect(refusal === undefined ? [] : reasons[refusal], where).toContain(answer.refused);
      count(`${name} refused: ${refusal}`);
    } else {
      same(figures, answer.figures, where);
      ours = after;
      count(name);
    }
    const standing = await chain.standing(parties);
    same({ ...figuresOf(ours), fee: parameters.fee }, { ...figuresOf(standing), fee: standing.fee }, where);
    count(`${name}, passed or refused`);
  };

  const accruedNow = () => morpho.accrue(parameters, ours.market, rate, chain.chain.now).market;

  /** Assets or shares, seldom both or neither. */
  const eitherOf = (assets: bigint, shares: bigint): morpho.AssetsOrShares => {
    if (random.chance(2n))
      return random.pick([
        { assets, shares },
        { assets: 0n, shares: 0n },
      ]);
    return random.chance(50n) ? { assets, shares: 0n } : { assets: 0n, shares };
  };
  const moved = ({ market, position, assets, shares, entries }: morpho.MorphoPositionOutcome): Change => ({
    market,
    position,
    entries,
    figures: { assets, shares },
  });
  const movedCollateral = ({ market, position, entries }: morpho.MorphoPositionOutcome): Change => ({
    market,
    position,
    entries,
    figures: {},
  });

  const supply = (party: string, asked: morpho.AssetsOrShares) =>
    both(
      "supply",
      party,
      true,
      (market, position) => moved(morpho.supply(market, position, asked)),
      () => chain.supply(party, asked.assets, asked.shares),
    );

  const supplyMore = () => {
    const assets = random.chance(2n) ? 1n << random.between(126n, 129n) : random.between(1n, 10n * size);
    return supply(random.pick(lenders), eitherOf(assets, assets * random.between(1n, 2_000_000n)));
  };

  const withdraw = () => {
    const party = random.pick(lenders);
    const { supplyShares } = positionOf(party);
    const shares = random.chance(90n) ? random.below(supplyShares + 1n) : supplyShares + random.below(3n);
    const { totalSupplyAssets, totalSupplyShares } = ours.market;
    const asked = eitherOf(morpho.toAssetsDown(shares, totalSupplyAssets, totalSupplyShares), shares);
    return both(
      "withdraw",
      party,
      true,
      (market, position) => moved(morpho.withdraw(market, position, asked)),
      () => chain.withdraw(party, asked.assets, asked.shares),
    );
  };

  const supplyCollateral = (party: string, assets: bigint) =>
    both(
      "supplyCollateral",
      party,
      false,
      (market, position) => movedCollateral(morpho.supplyCollateral(market, position, assets)),
      () => chain.supplyCollateral(party, assets),
    );

  const withdrawCollateral = () => {
    const party = random.pick(borrowers);
    const { collateral } = positionOf(party);
    const assets = random.pick([collateral, collateral + 1n, random.below(collateral + 1n), collateral / 10n]);
    return both(
      "withdrawCollateral",
      party,
      true,
      (market, position) => movedCollateral(morpho.withdrawCollateral(parameters, market, position, assets, price)),
      () => chain.withdrawCollateral(party, assets),
    );
  };

  const borrow = (party: string, asked: morpho.AssetsOrShares) =>
    both(
      "borrow",
      party,
      true,
      (market, position) => moved(morpho.borrow(parameters, market, position, asked, price)),
      () => chain.borrow(party, asked.assets, asked.shares),
    );

  /** Collateral, and a debt near the most that it carries. */
  const open = async () => {
    const idle = borrowers.filter((one) => positionOf(one).borrowShares === 0n);
    const party = random.pick(idle.length > 0 ? idle : borrowers);
    await supplyCollateral(party, collateralFor(random.between(1n, 3n * size)) * (random.chance(98n) ? 1n : 0n));
    const now = accruedNow();
    const room = morpho.maxBorrow(parameters, positionOf(party), price) - morpho.borrowedAssets(now, positionOf(party));
    const assets = room <= 0n ? 1n : (room * random.between(70n, 100n)) / 100n + random.below(2n);
    const shares = morpho.toSharesDown(assets, now.totalBorrowAssets, now.totalBorrowShares);
    await borrow(party, eitherOf(assets, shares));
  };

  const repay = () => {
    const party = random.pick(borrowers);
    const { borrowShares } = positionOf(party);
    const shares = random.pick([borrowShares, borrowShares + 1n, random.below(borrowShares + 1n)]);
    const { totalBorrowAssets, totalBorrowShares } = ours.market;
    const asked = eitherOf(morpho.toAssetsUp(shares, totalBorrowAssets, totalBorrowShares), shares);
    return both(
      "repay",
      party,
      true,
      (market, position) => moved(morpho.repay(market, position, asked)),
      () => chain.repay(party, asked.assets, asked.shares),
    );
  };

  /** What a liquidator may ask for: all, a part, a unit too much, next to nothing; by collateral or by shares. */
  const drawnLiquidation = (now: morpho.MorphoMarket, party: string): morpho.SeizedOrRepaid => {
    const { collateral, borrowShares } = positionOf(party);
    // shares that all collateral pays for, so that the last unit is seized by shares too
    const incentive = morpho.liquidationIncentiveFactor(parameters);
    const payable = morpho.repaidSharesFor(now, collateral, incentive, price);
    const seized = random.pick([
      () => collateral,
      () => random.below(collateral + 1n),
      () => random.below(collateral + 1n),
      () => collateral + 1n,
      () => random.upTo(40),
    ])();
    const repaid = random.pick([
      () => borrowShares,
      () => payable + random.between(0n, 2_000_000n),
      () => payable,
      () => random.below(borrowShares + 1n),
      () => borrowShares + 1n,
      () => random.upTo(60),
    ])();
    const { assets: seizedAssets, shares: repaidShares } = eitherOf(seized, repaid);
    return { seizedAssets, repaidShares };
  };

  const liquidate = async (wanted?: string) => {
    const now = accruedNow();
    const unhealthy = borrowers.filter((one) => !morpho.isHealthy(parameters, now, positionOf(one), price));
    const drawnParty = unhealthy.length > 0 && random.chance(97n) ? random.pick(unhealthy) : random.pick(borrowers);
    const party = wanted ?? drawnParty;
    const position = positionOf(party);
    let asked = drawnLiquidation(now, party);
    // most of what is drawn is more than the position has: draw again, but not always
    for (let again = 0; again < 3 && random.chance(80n); again++) {
      if (wouldPass(() => morpho.liquidate(parameters, now, position, asked, price))) break;
      asked = drawnLiquidation(now, party);
    }
    await both(
      "liquidate",
      party,
      true,
      (market, position) => {
        const done = morpho.liquidate(parameters, market, position, asked, price);
        const { badDebtAssets, badDebtShares, entries } = done;
        count(asked.seizedAssets > 0n ? "liquidate: by collateral" : "liquidate: by shares");
        if (badDebtAssets > 0n) count("liquidate: bad debt");
        if (badDebtAssets === 0n && badDebtShares > 0n) count("liquidate: bad debt of less than a unit");
        if (done.position.collateral > 0n && done.position.borrowShares === 0n) count("liquidate: all debt repaid");
        return {
          market: done.market,
          position: done.position,
          entries,
          figures: {
            seizedAssets: done.seizedAssets,
            repaidShares: done.repaidShares,
            repaidAssets: done.repaidAssets,
            badDebtAssets,
            badDebtShares,
          },
        };
      },
      () => chain.liquidate(liquidator, party, asked),
    );
  };

  const accrueInterest = () =>
    both(
      "accrueInterest",
      feeRecipient,
      true,
      (market) => ({ market, figures: {} }),
      () => chain.accrueInterest(),
    );

  /** The fee changes; the interest until now is charged at the old one. */
  const setFee = async () => {
    const fee = random.chance(30n) ? 0n : random.below(morpho.MAX_FEE + 1n);
    if (fee === parameters.fee) return;
    await accrueInterest();
    await chain.setFee(fee);
    parameters = { ...parameters, fee };
  };

  /** Anything, or what makes a borrower owe exactly the most that it may, or a unit of price less or more. */
  const movePrice = async () => {
    const party = random.pick(borrowers);
    const { collateral, borrowShares } = positionOf(party);
    if (collateral > 0n && borrowShares > 0n && parameters.lltv > 0n && random.chance(40n)) {
      const now = accruedNow();
      const worth = (morpho.borrowedAssets(now, positionOf(party)) * WAD + parameters.lltv - 1n) / parameters.lltv;
      price = (worth * SCALE_36 + collateral - 1n) / collateral - random.below(2n);
      count(
        `price: at the edge, ${morpho.isHealthy(parameters, now, positionOf(party), price) ? "healthy" : "unhealthy"}`,
      );
      await chain.setPrice(price);
      await liquidate(party);
    } else {
      const indebted = borrowers.filter((one) => positionOf(one).borrowShares > 0n).length;
      const [low, high] = indebted > 1 ? [55n, 100n] : [90n, 130n];
      price = random.chance(1n) ? 0n : (middle * random.between(low, high)) / 100n;
    }
    await chain.setPrice(price);
  };

  const elapse = async () => {
    chain.chain.now += random.upTo(22);
    // a new rate holds from the accrual on: charge the old one first
    if (!random.chance(20n)) return;
    await accrueInterest();
    rate = random.upTo(37);
    await chain.setRate(rate);
  };

  for (const party of lenders) await supply(party, { assets: 20n * size, shares: 0n });
  for (let call = 0; call < callsInSequence; call++) {
    if (random.chance(30n)) await elapse();
    const now = accruedNow();
    const unhealthy = borrowers.filter((one) => !morpho.isHealthy(parameters, now, positionOf(one), price)).length;
    const idle = borrowers.filter((one) => positionOf(one).borrowShares === 0n).length;
    const weighted: readonly (readonly [bigint, () => Promise<unknown>])[] = [
      [unhealthy > 0 ? 60n : 1n, () => liquidate()],
      [unhealthy > 0 ? 3n : 12n, movePrice],
      [idle > 0 ? 20n : 4n, open],
      [3n, supplyMore],
      [3n, withdraw],
      [3n, withdrawCollateral],
      [3n, repay],
      [2n, accrueInterest],
      [1n, setFee],
    ];
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
