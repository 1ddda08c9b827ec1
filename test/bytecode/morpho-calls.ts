import * as morpho from "../../engine/src/exact/morpho-blue/index.js";
import { SCALE_36, WAD } from "../../engine/src/exact/scales.js";
import type { Draws } from "./draws.js";
import { borrowers, lenders, type MorphoPair } from "./morpho-pair.js";

/** What the amounts of a market are of the order of. */
export interface Kind {
  /** Wad. */
  readonly lltv: bigint;
  /** Loan units, from a handful to many places. */
  readonly size: bigint;
  /** The price around which the market moves. */
  readonly middle: bigint;
}

/** A market of any size and price. */
export function drawnKind(random: Draws): Kind {
  return {
    lltv: random.chance(90n) ? random.between(WAD / 10n, (98n * WAD) / 100n) : random.below(WAD),
    size: 10n ** random.between(1n, 24n),
    middle: random.between(1n, 9n) * 10n ** random.between(28n, 44n) + random.below(10n ** 28n),
  };
}

/** Random calls of one market: liquidations most, the edge of health and of liquidity sought out, all the rest now and then. */
export class MorphoCalls {
  readonly #pair: MorphoPair;
  readonly #random: Draws;
  readonly #kind: Kind;

  constructor(pair: MorphoPair, random: Draws, kind: Kind) {
    this.#pair = pair;
    this.#random = random;
    this.#kind = kind;
  }

  async begin(): Promise<void> {
    for (const lender of lenders) await this.#pair.supply(lender, { assets: 20n * this.#kind.size, shares: 0n });
  }

  /** One random call, or two that belong together; sometimes time passes first. */
  async next(): Promise<void> {
    const random = this.#random;
    if (random.chance(30n)) this.#pair.elapse(random.upTo(22));
    if (random.chance(6n)) await this.#pair.setRate(random.upTo(37));
    const weighted = this.#weighted();
    let drawn = random.below(weighted.reduce((sum, [weight]) => sum + weight, 0n));
    for (const [weight, call] of weighted) {
      if (drawn < weight) return call();
      drawn -= weight;
    }
  }

  #weighted(): readonly (readonly [bigint, () => Promise<void>])[] {
    const unhealthy = this.#unhealthy().length;
    return [
      [unhealthy > 0 ? 90n : 1n, () => this.#liquidate()],
      [unhealthy > 0 ? 3n : 16n, () => this.#movePrice()],
      [this.#idle().length > 0 ? 20n : 4n, () => this.#open()],
      [3n, () => this.#supply()],
      [3n, () => this.#withdraw()],
      [1n, () => this.#edgeOfLiquidity()],
      [3n, () => this.#withdrawCollateral()],
      [3n, () => this.#repay()],
      [2n, () => this.#pair.accrueInterest()],
      [1n, () => this.#pair.setFee(this.#random.chance(30n) ? 0n : this.#random.below(morpho.MAX_FEE + 1n))],
    ];
  }

  #idle(): string[] {
    return borrowers.filter((one) => this.#pair.positionOf(one).borrowShares === 0n);
  }

  #unhealthy(): string[] {
    return borrowers.filter((one) => !this.#pair.isHealthy(one));
  }

  /** Assets or shares, seldom both or neither. */
  #either(assets: bigint, shares: bigint): morpho.AssetsOrShares {
    const random = this.#random;
    if (random.chance(2n))
      return random.pick([
        { assets, shares },
        { assets: 0n, shares: 0n },
      ]);
    return random.chance(50n) ? { assets, shares: 0n } : { assets: 0n, shares };
  }

  async #supply(): Promise<void> {
    const random = this.#random;
    const assets = random.chance(2n) ? 1n << random.between(126n, 129n) : random.between(1n, 10n * this.#kind.size);
    await this.#pair.supply(random.pick(lenders), this.#either(assets, assets * random.between(1n, 2_000_000n)));
  }

  async #withdraw(): Promise<void> {
    const party = this.#random.pick(lenders);
    const { supplyShares } = this.#pair.positionOf(party);
    const most = this.#random.chance(90n) ? 0n : this.#random.below(3n);
    const shares = most > 0n ? supplyShares + most : this.#random.below(supplyShares + 1n);
    const { totalSupplyAssets, totalSupplyShares } = this.#pair.market;
    const assets = morpho.toAssetsDown(shares, totalSupplyAssets, totalSupplyShares);
    await this.#pair.withdraw(party, this.#either(assets, shares));
  }

  /** All that is not lent out, or a unit more: borrowed against more than enough, or withdrawn. */
  async #edgeOfLiquidity(): Promise<void> {
    const random = this.#random;
    const { totalSupplyAssets, totalBorrowAssets } = this.#pair.market;
    const assets = totalSupplyAssets - totalBorrowAssets + random.below(2n);
    if (assets <= 0n || this.#pair.price === 0n) return;
    if (random.chance(50n)) {
      await this.#pair.withdraw(random.pick(lenders), { assets, shares: 0n });
      return this.#supply();
    }
    const party = random.pick(borrowers);
    const owed = assets + morpho.borrowedAssets(this.#pair.market, this.#pair.positionOf(party));
    await this.#pair.supplyCollateral(party, ((4n * owed * SCALE_36) / this.#pair.price) * 10n + 1n);
    await this.#pair.borrow(party, { assets, shares: 0n });
    await this.#supply();
  }

  /** Collateral, and a debt near the most that it carries. */
  async #open(): Promise<void> {
    const random = this.#random;
    const { parameters, price } = this.#pair;
    const { size, middle } = this.#kind;
    const idle = this.#idle();
    const party = random.pick(idle.length > 0 ? idle : borrowers);
    const collateral = (random.between(1n, 3n * size) * SCALE_36) / middle + 1n;
    await this.#pair.supplyCollateral(party, random.chance(98n) ? collateral : 0n);
    const { market } = this.#pair;
    const position = this.#pair.positionOf(party);
    const room = morpho.maxBorrow(parameters, position, price) - morpho.borrowedAssets(market, position);
    const assets = room <= 0n ? 1n : (room * random.between(70n, 100n)) / 100n + random.below(2n);
    const shares = morpho.toSharesDown(assets, market.totalBorrowAssets, market.totalBorrowShares);
    await this.#pair.borrow(party, this.#either(assets, shares));
  }

  async #withdrawCollateral(): Promise<void> {
    const party = this.#random.pick(borrowers);
    const { collateral } = this.#pair.positionOf(party);
    const part = this.#random.below(collateral + 1n);
    await this.#pair.withdrawCollateral(
      party,
      this.#random.pick([collateral, collateral + 1n, part, collateral / 10n]),
    );
  }

  async #repay(): Promise<void> {
    const party = this.#random.pick(borrowers);
    const { borrowShares } = this.#pair.positionOf(party);
    const shares = this.#random.pick([borrowShares, borrowShares + 1n, this.#random.below(borrowShares + 1n)]);
    const { totalBorrowAssets, totalBorrowShares } = this.#pair.market;
    const assets = morpho.toAssetsUp(shares, totalBorrowAssets, totalBorrowShares);
    await this.#pair.repay(party, this.#either(assets, shares));
  }

  /** Any price, or the one at which a borrower owes exactly the most that it may, or a unit of price less; then somebody tries to liquidate. */
  async #movePrice(): Promise<void> {
    const random = this.#random;
    const party = random.pick(borrowers);
    const { collateral, borrowShares } = this.#pair.positionOf(party);
    if (collateral > 0n && borrowShares > 0n && this.#kind.lltv > 0n && random.chance(40n)) {
      const owed = morpho.borrowedAssets(this.#pair.market, this.#pair.positionOf(party));
      const worth = (owed * WAD + this.#kind.lltv - 1n) / this.#kind.lltv;
      await this.#pair.setPrice((worth * SCALE_36 + collateral - 1n) / collateral - random.below(2n));
      this.#pair.count(`price: at the edge, ${this.#pair.isHealthy(party) ? "healthy" : "unhealthy"}`);
      return this.#liquidate(party);
    }
    if (random.chance(2n)) {
      await this.#pair.setPrice(0n);
      return this.#liquidate();
    }
    const [low, high] = this.#idle().length < 2 ? [55n, 100n] : [90n, 130n];
    await this.#pair.setPrice((this.#kind.middle * random.between(low, high)) / 100n);
  }

  async #liquidate(wanted?: string): Promise<void> {
    const unhealthy = this.#unhealthy();
    const any = this.#random.pick(unhealthy.length > 0 && this.#random.chance(97n) ? unhealthy : borrowers);
    const party = wanted ?? any;
    let asked = this.#drawnLiquidation(party);
    // most of what is drawn is more than the position has: draw again, but not always
    for (let again = 0; again < 3 && this.#random.chance(80n) && !this.#passes(party, asked); again++)
      asked = this.#drawnLiquidation(party);
    await this.#pair.liquidate(party, asked);
  }

  #passes(party: string, asked: morpho.SeizedOrRepaid): boolean {
    const { parameters, market, price } = this.#pair;
    try {
      morpho.liquidate(parameters, market, this.#pair.positionOf(party), asked, price);
      return true;
    } catch {
      return false;
    }
  }

  /** All, a part, a unit too much, next to nothing; by collateral or by shares. */
  #drawnLiquidation(party: string): morpho.SeizedOrRepaid {
    const random = this.#random;
    const { parameters, market, price } = this.#pair;
    const { collateral, borrowShares } = this.#pair.positionOf(party);
    // shares that all collateral pays for, so that the last unit is seized by shares too
    const incentive = morpho.liquidationIncentiveFactor(parameters);
    const payable = morpho.repaidSharesFor(market, collateral, incentive, price);
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
    const { assets: seizedAssets, shares: repaidShares } = this.#either(seized, repaid);
    return { seizedAssets, repaidShares };
  }
}
